"""Where a delivery goes, and what each place asks for: one TOML file each, dated, with where it is said.

`basis` is "published" where the place says so itself, and "practice" where it is the custom of the trade: there, ask.
A list ages; what a place says on the day counts.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from typing import Literal

import msgspec

from controlroom.base.errors import UsageError
from controlroom.rooms.delivery.plan import Kind, Version

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
        words = [self.kind.upper(), f"{bits} bit" if bits else "", f"at {rates} kHz" if rates else ""]
        return " ".join(word for word in words if word)


class CoverRule(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the cover has to be: edge in pixels, size in bytes; without one nothing is taken where it is `needed`."""

    least_px: int
    wanted_px: int = 0
    most_bytes: int | None = None
    needed: bool = True


class Destination(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One place. `needs` keeps a delivery back when it is missing, `wishes` does not.

    `deliver`: the formats to make for it. `ceiling_dbtp` is advice unless `ceiling_holds`; above `loud_lufs` it is
    `loud_ceiling_dbtp`. `lufs`: the loudness has to lie within. `rights`: splits and samples have to be settled.
    """

    key: str = ""
    name: str
    as_of: str
    basis: Literal["published", "practice"]
    sources: tuple[str, ...]
    deliver: tuple[str, ...]
    accepts: tuple[Accepts, ...]
    channels: tuple[int, ...] = (2,)
    least_s: float = 0.0
    most_bytes: int | None = None
    silence_at_start_s: float | None = None
    silence_at_end_s: float | None = None
    ceiling_dbtp: float | None = None
    ceiling_holds: bool = False
    loud_lufs: float | None = None
    loud_ceiling_dbtp: float | None = None
    lufs: tuple[float, float] | None = None
    needs: tuple[Named, ...] = ()
    wishes: tuple[Named, ...] = ()
    cover: CoverRule | None = None
    versions: tuple[Version, ...] = ()
    rights: bool = False


@cache
def destinations() -> dict[str, Destination]:
    """Every place by its key, such as "spotify", in the order of the keys."""
    folder = files("controlroom.rooms.delivery.destinations")
    found = {}
    for file in sorted(folder.iterdir(), key=lambda each: each.name):
        if file.name.endswith(".toml"):
            key = file.name.removesuffix(".toml")
            values = tomllib.loads(file.read_text(encoding="utf-8"))
            found[key] = msgspec.convert({**values, "key": key}, Destination)
    return found


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
