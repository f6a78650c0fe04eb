"""What leaves the house: which files, under which name, with which tags. Kept as `plan.toml`, yours to change."""

from __future__ import annotations

from typing import Literal

import msgspec

from controlroom.sound.files import Format

SCHEMA = "controlroom.delivery/1"


class Item(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One file to deliver. `bits` for wav and flac, `bitrate_kbps` for the lossy kinds."""

    kind: Literal["wav", "flac", "mp3"]
    rate_hz: int
    bits: Literal[16, 24, 32] | None = None
    bitrate_kbps: int | None = None

    @property
    def format(self) -> Format:
        return Format(self.kind, self.bits or 24, self.bitrate_kbps)

    @property
    def quality(self) -> str:
        """As a person says it: "44.1 kHz 24 bit", "48 kHz 320 kbps"."""
        rest = f"{self.bits} bit" if self.bits else f"{self.bitrate_kbps} kbps" if self.bitrate_kbps else ""
        return f"{self.rate_hz / 1000:g} kHz {rest}".strip()


class DeliveryPlan(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`name` is the file name without its ending; everything else stands in the files' tags."""

    schema: Literal["controlroom.delivery/1"] = "controlroom.delivery/1"
    name: str
    title: str = ""
    artist: str = ""
    album: str = ""
    composer: str = ""
    copyright: str = ""
    date: str = ""
    isrc: str = ""
    items: tuple[Item, ...] = ()

    @property
    def rates_hz(self) -> tuple[int, ...]:
        """The rates a master is needed at: each is rendered, and limited, at its own."""
        return tuple(sorted({item.rate_hz for item in self.items}, reverse=True))

    def file_name(self, item: Item) -> str:
        """The name of an item's file; two of one kind say how they differ."""
        alike = [other for other in self.items if other.format.suffix == item.format.suffix]
        return self.name + (f" ({item.quality})" if len(alike) > 1 else "") + item.format.suffix
