"""What is on an audio CD, and whether the Red Book (IEC 60908) and the plants take it.

Everything on a disc is placed in sectors of 1/75 s: 588 frames at 44.1 kHz, two channels of 16 bits. Addresses count
from the first sector of the programme area, where the pre-gap of track 1 begins: two seconds (150 sectors) at least,
so the music of track 1 begins at 00:02:00 of the disc's own clock.
"""

from __future__ import annotations

import msgspec

from controlroom.base.finding import Finding, Severity, Value
from controlroom.song.identifiers import ean, isrc

CD_RATE_HZ = 44100
SECTORS_PER_S = 75
SECTOR_FRAMES = CD_RATE_HZ // SECTORS_PER_S
SECTOR_BYTES = SECTOR_FRAMES * 4
PREGAP_SECTORS = 2 * SECTORS_PER_S
SHORTEST_TRACK_SECTORS = 4 * SECTORS_PER_S
MOST_TRACKS = 99
MOST_SECTORS = (79 * 60 + 57) * SECTORS_PER_S  # what an 80-minute disc holds
LONG_SECTORS = 74 * 60 * SECTORS_PER_S  # what the Red Book had in mind


class DiscTrack(msgspec.Struct, frozen=True, kw_only=True):
    """A track: `start_at` is its index 01; `pause_at` its index 00, where the pause before it begins (None: no pause).

    In sectors of the programme area. `isrc` without hyphens, or nothing.
    """

    start_at: int
    pause_at: int | None = None
    title: str = ""
    performer: str = ""
    songwriter: str = ""
    isrc: str = ""


class Disc(msgspec.Struct, frozen=True, kw_only=True):
    """An audio CD; `end_at` is where its lead-out begins, `upc` its 13 figures (EAN-13; a UPC-A has a 0 in front)."""

    tracks: tuple[DiscTrack, ...]
    end_at: int
    title: str = ""
    performer: str = ""
    upc: str = ""

    def length_of(self, number: int) -> int:
        """Sectors from index 01 of a track (counted from 1) to the next one's, or to the lead-out."""
        following = self.tracks[number].start_at if number < len(self.tracks) else self.end_at
        return following - self.tracks[number - 1].start_at

    @property
    def pregap(self) -> int:
        """Sectors before the music of track 1."""
        return self.tracks[0].start_at


def sectors_of(frames: int) -> int:
    """How many sectors `frames` at 44.1 kHz fill, the last one in part."""
    return -(-frames // SECTOR_FRAMES)


def msf(sectors: int) -> tuple[int, int, int]:
    """An address as minutes, seconds and frames (of 1/75 s)."""
    return sectors // SECTORS_PER_S // 60, sectors // SECTORS_PER_S % 60, sectors % SECTORS_PER_S


def findings(disc: Disc) -> tuple[Finding, ...]:
    """Which rules the disc breaks: blocking where no plant would press it, advice where it is unusual."""
    found = [*_of_the_length(disc), *_of_the_codes(disc)]
    if len(disc.tracks) > MOST_TRACKS:
        found.append(_found("disc_tracks", "blocking", count=len(disc.tracks), most=MOST_TRACKS))
    for number in range(1, len(disc.tracks) + 1):
        if (length := disc.length_of(number)) < SHORTEST_TRACK_SECTORS:
            found.append(_found("disc_track_short", "blocking", track=number, length_s=length / SECTORS_PER_S))
    return tuple(found)


def _of_the_length(disc: Disc) -> list[Finding]:
    if disc.end_at > MOST_SECTORS:
        return [_found("disc_too_long", "blocking", minutes=disc.end_at / SECTORS_PER_S / 60)]
    if disc.end_at > LONG_SECTORS:
        return [_found("disc_long", "advice", minutes=disc.end_at / SECTORS_PER_S / 60)]
    return []


def _of_the_codes(disc: Disc) -> list[Finding]:
    found = []
    if not disc.upc:
        found.append(_found("disc_no_upc", "advice"))
    elif ean(disc.upc) != disc.upc:
        found.append(_found("disc_upc_invalid", "blocking", upc=disc.upc))
    said = [track.isrc for track in disc.tracks]
    for number, code in enumerate(said, 1):
        if code and isrc(code) != code:
            found.append(_found("disc_isrc_invalid", "blocking", track=number, isrc=code))
        elif code and code in said[: number - 1]:
            found.append(_found("disc_isrc_twice", "blocking", track=number, isrc=code))
    if missing := said.count(""):
        found.append(_found("disc_no_isrc", "advice", count=missing))
    return found


def _found(code: str, severity: Severity, **args: Value) -> Finding:
    return Finding(code=code, severity=severity, args=args)
