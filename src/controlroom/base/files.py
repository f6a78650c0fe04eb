"""Files that are either whole or not there."""

from __future__ import annotations

import hashlib
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from controlroom.base.errors import UsageError, surroundings

READ_BYTES = 1 << 20


@contextmanager
def whole_or_nothing(path: str | os.PathLike[str], *, force: bool = True) -> Iterator[Path]:
    """Give a name to write to; when the block ends well the file appears at `path`, else nothing is left.

    The name lies in the same folder and keeps the suffix, so that encoders that look at it are content.
    `force=False` refuses an existing `path`. Raises `SurroundingsFailed` when the disk refuses.
    """
    target = Path(path)
    if not force and target.exists():
        raise UsageError(str(target), "it is there already", "Choose another name, or say --force.")
    part = target.with_name(f".{secrets.token_hex(6)}.part{target.suffix}")
    with surroundings(target):
        target.parent.mkdir(parents=True, exist_ok=True)
    try:
        with surroundings(target):
            yield part
            with part.open("rb") as written:
                os.fsync(written.fileno())
            part.replace(target)
    finally:
        part.unlink(missing_ok=True)


def write_bytes(path: str | os.PathLike[str], data: bytes, *, force: bool = True) -> None:
    """Write `data` to `path`, whole or not at all."""
    with whole_or_nothing(path, force=force) as part:
        part.write_bytes(data)


def write_text(path: str | os.PathLike[str], text: str, *, force: bool = True) -> None:
    """Write `text` (UTF-8) to `path`, whole or not at all."""
    write_bytes(path, text.encode(), force=force)


def sha256_of(path: str | os.PathLike[str]) -> str:
    """The SHA-256 of a file's bytes, in hex."""
    digest = hashlib.sha256()
    with Path(path).open("rb") as stream:
        while chunk := stream.read(READ_BYTES):
            digest.update(chunk)
    return digest.hexdigest()


def safe_name(title: str, *, fallback: str = "untitled") -> str:
    """A title as a file name that every file system takes: no separators, no control characters, no trailing dot."""
    kept = "".join("-" if c in '/\\:*?"<>|' or ord(c) < 32 or ord(c) == 127 else c for c in title)
    name = " ".join(kept.split()).strip(". ")
    while len(name.encode("utf-8", "replace")) > 120:
        name = name[:-1]
    return name.rstrip(". ") or fallback
