"""Where a delivery goes, and what each place asks for: one TOML file each.

Rules stand in blocks (`[[rules]]`), each under who says them (`by`), and when that was read (`as_of`). `basis`:
"published", the place says so itself, or the standard does; "reported", somebody in the trade says so, such as a
distributor; "practice", nobody was found to say it, and it is this house's value: ask. What is only practice never
keeps a delivery back. A list ages; what a place says on the day counts.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from typing import Any, Literal

import msgspec

from controlroom.base.errors import UsageError
from controlroom.rooms.delivery.plan import Kind, Version, kind_name

Named = Literal["isrc", "upc", "composer", "language", "explicit", "label", "album", "date", "copyright"]


class Accepts(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A file that is taken: its kind, its bits and rates (any, where none is said)."""

    kind: Kind
    bits: tuple[int, ...] = ()
    rates_hz: tuple[int, ...] = ()

    def takes(self, kind: str, bits: int | None, rate_hz: int | None) -> bool:
        fits = (not self.bits or bits in self.bits) and (not self.rates_hz or rate_hz in self.rates_hz)
        return kind == self.kind and fits

    def says(self) -> str:
        """ "WAV 16/24 bit at 44.1 kHz"."""
        bits = "/".join(str(one) for one in self.bits)
        rates = "/".join(f"{one / 1000:g}" for one in self.rates_hz)
        words = [kind_name(self.kind), f"{bits} bit" if bits else "", f"at {rates} kHz" if rates else ""]
        return " ".join(word for word in words if word)


class Said(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who says a rule (an address, a standard, or "Controlroom"), since when it is known here, and by what right."""

    by: str
    as_of: str
    basis: Literal["published", "reported", "practice"]


class Destination(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One place. `needs` keeps a delivery back when it is missing, `wishes` does not.

    `deliver`: the formats to make for it. `ceiling_dbtp` is advice unless `ceiling_holds`; above `loud_lufs` it is
    `loud_ceiling_dbtp`. `clip_free`: kinds of lossy file that may not decode over full scale. `lufs`: the loudness has
    to lie within. `cover_*`: edge in pixels, size in bytes; without a cover nothing is taken where it is needed.
    `rights`: splits and samples have to be settled. `said`: who says each of these rules, by its name.
    """

    key: str
    name: str
    said: dict[str, Said]
    deliver: tuple[str, ...]
    accepts: tuple[Accepts, ...]
    channels: tuple[int, ...]
    least_s: float = 0.0
    most_s: float | None = None
    most_bytes: int | None = None
    silence_at_start_s: float | None = None
    silence_at_end_s: float | None = None
    ceiling_dbtp: float | None = None
    ceiling_holds: bool = False
    loud_lufs: float | None = None
    loud_ceiling_dbtp: float | None = None
    clip_free: tuple[Kind, ...] = ()
    lufs: tuple[float, float] | None = None
    needs: tuple[Named, ...] = ()
    wishes: tuple[Named, ...] = ()
    cover_needed: bool = False
    cover_least_px: int = 0
    cover_wanted_px: int = 0
    cover_most_bytes: int | None = None
    versions: tuple[Version, ...] = ()
    rights: bool = False

    def takes(self, kind: str, bits: int | None, rate_hz: int | None) -> bool:
        return any(one.takes(kind, bits, rate_hz) for one in self.accepts)

    def rates_hz(self, kind: str, bits: int | None) -> tuple[int, ...]:
        """The rates that it takes such a file at; nothing where it takes any, or no such file."""
        fitting = [one for one in self.accepts if one.kind == kind and (not one.bits or bits in one.bits)]
        return tuple(rate for one in fitting for rate in one.rates_hz)


@cache
def destinations() -> dict[str, Destination]:
    """Every place by its key, such as "spotify", in the order of the keys."""
    folder = files("controlroom.rooms.delivery.destinations")
    found = {}
    for file in sorted(folder.iterdir(), key=lambda each: each.name):
        if file.name.endswith(".toml"):
            key = file.name.removesuffix(".toml")
            found[key] = _destination(key, tomllib.loads(file.read_text(encoding="utf-8")))
    return found


def _destination(key: str, values: dict[str, Any]) -> Destination:
    """A place of what its file says; a rule that stands twice, or that is none, is a `ValueError`."""
    rules: dict[str, Any] = {}
    said: dict[str, Said] = {}
    for block in values["rules"]:
        by = msgspec.convert({name: block.pop(name, None) for name in ("by", "as_of", "basis")}, Said)
        if twice := rules.keys() & block.keys():
            raise ValueError(f"{key}: {', '.join(sorted(twice))} stands twice")
        rules |= block
        said |= dict.fromkeys(block, by)
    place = {"key": key, "name": values["name"], "deliver": values["deliver"], **rules}
    return msgspec.structs.replace(msgspec.convert({**place, "said": {}}, Destination), said=said)


def destination_names(names: Iterable[str]) -> tuple[str, ...]:
    """`names` as keys, each once, in their order; "all" stands for every place. Raises `UsageError` for one unknown."""
    known = destinations()
    wanted: list[str] = []
    for name in names:
        key = name.strip().lower().replace(" ", "-").replace("_", "-")
        meant = list(known) if key == "all" else [key]
        if not set(meant) <= set(known):
            raise UsageError(f"Nobody here knows {name!r}", f"there are {', '.join(known)}", "Choose of these.")
        wanted += meant
    return tuple(dict.fromkeys(wanted))
