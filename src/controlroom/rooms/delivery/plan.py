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
