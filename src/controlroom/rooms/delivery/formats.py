"""The formats that a song leaves the house in, by name.

The release set is what every song gets: the 24-bit WAV that distributors ask for, the FLAC that keeps the same
samples and carries tags, and an MP3 to listen to and to pass on. They need one master (two where the session runs above
48 kHz). The others are made when they are asked for: 16 bits at 44.1 kHz and Opus (48 kHz alone) need a master at a
rate of their own, ALAC says once more what FLAC says, V0 and AAC what MP3 320 says.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, NamedTuple

from controlroom.base.errors import UsageError
from controlroom.rooms.delivery.plan import Item, Kind, Version

CD_FAMILY_HZ, VIDEO_FAMILY_HZ = 44100, 48000


class Standard(NamedTuple):
    """A format: how it is written, at which rate, and for how many channels at most."""

    kind: Kind
    rate: Literal["session", "cd", "common", "opus"]
    channels: int
    bits: Literal[16, 24] | None = None
    bitrate_kbps: int | None = None
    vbr_quality: int | None = None

    def rate_hz(self, session_hz: int) -> int:
        """The session's own rate; 44.1 or 48 kHz by its family; the one that the format has."""
        match self.rate:
            case "session":
                return session_hz
            case "cd":
                return CD_FAMILY_HZ
            case "common":
                return lossy_rate_hz(session_hz)
            case "opus":
                return VIDEO_FAMILY_HZ


STANDARD: dict[str, Standard] = {
    "wav24": Standard("wav", "session", 64, bits=24),
    "wav16": Standard("wav", "cd", 64, bits=16),
    "flac": Standard("flac", "session", 8, bits=24),
    "alac": Standard("alac", "session", 8, bits=24),
    "mp3-320": Standard("mp3", "common", 2, bitrate_kbps=320),
    "mp3-v0": Standard("mp3", "common", 2, vbr_quality=0),
    "aac-256": Standard("aac", "common", 8, bitrate_kbps=256),
    "opus": Standard("opus", "opus", 8, bitrate_kbps=160),
}
RELEASE = ("wav24", "flac", "mp3-320")
ALTERNATE = ("wav24",)


def items(names: Iterable[str], *, rate_hz: int, channels: int = 2, version: Version = "") -> tuple[Item, ...]:
    """A file for each format of `names` that holds so many channels; raises `UsageError` for one that is none."""
    chosen = [STANDARD[name] for name in format_names(names)]
    return tuple(
        Item(
            kind=one.kind,
            rate_hz=one.rate_hz(rate_hz),
            bits=one.bits,
            bitrate_kbps=one.bitrate_kbps,
            vbr_quality=one.vbr_quality,
            version=version,
        )
        for one in chosen
        if channels <= one.channels
    )


def in_order(chosen: Iterable[Item]) -> tuple[Item, ...]:
    """`chosen`, each once, in the order of `STANDARD`; of one format the highest rate first."""
    order = [(one.kind, one.bits, one.bitrate_kbps, one.vbr_quality) for one in STANDARD.values()]

    def place(item: Item) -> tuple[int, int]:
        return order.index((item.kind, item.bits, item.bitrate_kbps, item.vbr_quality)), -item.rate_hz  # type: ignore[arg-type]

    return tuple(sorted(dict.fromkeys(chosen), key=place))


def format_names(names: Iterable[str]) -> tuple[str, ...]:
    """`names`, each once and in the order of `STANDARD`; "all" and "release" stand for several.

    Raises `UsageError` for a name that is none.
    """
    wanted: set[str] = set()
    for name in names:
        meant = {"all": tuple(STANDARD), "release": RELEASE}.get(name, (name,))
        if not set(meant) <= set(STANDARD):
            known = ", ".join(["all", "release", *STANDARD])
            raise UsageError(f"There is no format called {name!r}", f"there are {known}", "Choose of these.")
        wanted.update(meant)
    return tuple(name for name in STANDARD if name in wanted)


def lossy_rate_hz(rate_hz: int) -> int:
    """44.1 kHz for its multiples, 48 kHz for every other rate: what all players take."""
    return CD_FAMILY_HZ if rate_hz % CD_FAMILY_HZ == 0 else VIDEO_FAMILY_HZ
