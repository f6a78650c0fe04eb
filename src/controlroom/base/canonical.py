"""One encoding for every value that is kept, hashed or shown: JSON for machines, TOML for people.

The canonical form of a value is its JSON with sorted keys; its identity is the SHA-256 of that. Fractions are written
as "2/3". NaN and infinity have no place in JSON: they become null, so compute `None` where a figure does not exist.
"""

from __future__ import annotations

import hashlib
import tomllib
from fractions import Fraction
from pathlib import Path
from typing import Any, TypeVar

import msgspec
import tomli_w

T = TypeVar("T")


def _encode(value: Any) -> Any:
    if isinstance(value, Fraction):
        return str(value)
    if isinstance(value, Path):
        return value.as_posix()
    if hasattr(value, "tolist"):  # numpy scalars and arrays
        return value.tolist()
    raise NotImplementedError(f"no canonical form for {type(value).__name__}")


def _decode(kind: type, value: Any) -> Any:
    if kind is Fraction:
        return Fraction(value)
    if kind is Path or issubclass(kind, Path):
        return Path(value)
    raise NotImplementedError(f"no canonical form for {kind.__name__}")


def to_json(value: Any, *, indent: int = 0) -> bytes:
    """Canonical JSON: sorted keys, no white space unless `indent`."""
    encoded = msgspec.json.encode(value, enc_hook=_encode, order="sorted")
    return msgspec.json.format(encoded, indent=indent) if indent else encoded


def to_plain(value: Any) -> Any:
    """A value as dictionaries, lists, strings and figures: what its JSON holds."""
    return msgspec.to_builtins(value, enc_hook=_encode)


def from_json(data: bytes | str, kind: type[T]) -> T:
    """Read `kind` from JSON; raises `msgspec.ValidationError` where it does not fit."""
    return msgspec.json.decode(data, type=kind, dec_hook=_decode)


def identity(*values: Any) -> str:
    """SHA-256 (hex) of the canonical form of `values`."""
    return hashlib.sha256(to_json(list(values))).hexdigest()


def to_toml(value: Any) -> str:
    """A value as TOML for people to read and change; fields that are None are left out."""
    return tomli_w.dumps(_without_none(to_plain(value)), multiline_strings=True)


def from_toml(text: str, kind: type[T]) -> T:
    """Read `kind` from TOML; raises `tomllib.TOMLDecodeError` or `msgspec.ValidationError`."""
    return from_tree(tomllib.loads(text), kind)


def from_tree(values: Any, kind: type[T]) -> T:
    """Read `kind` from what a TOML document holds; raises `msgspec.ValidationError`."""
    return msgspec.convert(values, type=kind, dec_hook=_decode, strict=False)


def _without_none(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_none(item) for key, item in value.items() if item is not None}
    if isinstance(value, list | tuple):
        return [_without_none(item) for item in value]
    return value
