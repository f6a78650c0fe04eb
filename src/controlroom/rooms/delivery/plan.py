"""What leaves the house: which files, under which name, with which tags. Kept as `plan.toml`, yours to change."""

from __future__ import annotations

from typing import Literal, get_args

import msgspec

from controlroom.sound.files import Credit, Dither, Format

SCHEMA = "controlroom.delivery/1"

Kind = Literal["wav", "flac", "alac", "mp3", "aac", "opus"]
Version = Literal["", "instrumental", "a cappella", "tv mix", "clean"]
VERSIONS: tuple[Version, ...] = tuple(version for version in get_args(Version) if version)
FULL_SCALE_DBTP = 0.0
LOSSY: tuple[Kind, ...] = ("mp3", "aac", "opus")


def kind_name(kind: str) -> str:
    """As people write it: "WAV", "Opus"."""
    return "Opus" if kind == "opus" else kind.upper()


def in_brackets(version: Version) -> str:
    """What a title and a file name get behind them: " (TV Mix)"; nothing for the song itself."""
    return f" ({version.title().replace('Tv', 'TV')})" if version else ""


class Item(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One file to deliver. `bits` and `dither` for wav, flac and alac; `bitrate_kbps` for the lossy kinds, or
    `vbr_quality` (0 is V0) for mp3. `version`: which version of the song it holds; "" is the song itself.
    """

    kind: Kind
    rate_hz: int
    bits: Literal[16, 24, 32] | None = None
    bitrate_kbps: int | None = None
    vbr_quality: int | None = None
    dither: Dither = "tpdf"
    version: Version = ""

    @property
    def format(self) -> Format:
        return Format(self.kind, self.bits or 24, self.bitrate_kbps, self.vbr_quality, self.dither)

    @property
    def lossy(self) -> bool:
        return self.kind in LOSSY

    @property
    def quality(self) -> str:
        """As a person says it: "44.1 kHz 24 bit", "48 kHz 320 kbps", "48 kHz V0"."""
        rest = f"{self.bits} bit" if self.bits else f"{self.bitrate_kbps} kbps" if self.bitrate_kbps else ""
        if self.vbr_quality is not None:
            rest = f"V{self.vbr_quality}"
        return f"{self.rate_hz / 1000:g} kHz {rest}".strip()


class Marker(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A place in the song with its name, such as a chorus; a cue point in WAV."""

    at_s: float
    label: str = ""


class DeliveryPlan(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`name` is the file name without its ending; everything else stands in the files' tags.

    `composer` stands for the credits of writers where there are none. `language` of the words as ISO 639 ("en");
    `explicit` None: nobody has said. `destinations`: whose list the delivery is held against.
    """

    schema: Literal["controlroom.delivery/1"] = "controlroom.delivery/1"
    name: str
    title: str = ""
    artist: str = ""
    album: str = ""
    composer: str = ""
    copyright: str = ""
    date: str = ""
    isrc: str = ""
    upc: str = ""
    label: str = ""
    language: str = ""
    explicit: bool | None = None
    lyrics: str = ""
    credits: tuple[Credit, ...] = ()
    markers: tuple[Marker, ...] = ()
    destinations: tuple[str, ...] = ()
    items: tuple[Item, ...] = ()

    @property
    def rates_hz(self) -> tuple[int, ...]:
        """The rates a master is needed at: each is rendered, and limited, at its own."""
        return self.rates_of("")

    @property
    def versions(self) -> tuple[Version, ...]:
        """The alternate versions that files are asked of."""
        return tuple(dict.fromkeys(item.version for item in self.items if item.version))

    def rates_of(self, version: Version) -> tuple[int, ...]:
        """The rates that one version is needed at."""
        return tuple(sorted({item.rate_hz for item in self.items if item.version == version}, reverse=True))

    def file_name(self, item: Item) -> str:
        """The name of an item's file; two of one kind say how they differ."""
        alike = [
            other for other in self.items if (other.format.suffix, other.version) == (item.format.suffix, item.version)
        ]
        return (
            self.name
            + in_brackets(item.version)
            + (f" ({item.quality})" if len(alike) > 1 else "")
            + item.format.suffix
        )
