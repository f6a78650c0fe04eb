"""What is on an audio CD (Red Book, IEC 60908), and where.

Everything on a disc is placed in sectors of 1/75 s: 588 frames at 44.1 kHz, two channels of 16 bits. Addresses count
from the first sector of the programme area, where the pre-gap of track 1 begins: two seconds (150 sectors) at least,
so the music of track 1 begins at 00:02:00 of the disc's own clock.
"""

from __future__ import annotations

import msgspec

CD_RATE_HZ = 44100
SECTORS_PER_S = 75
SECTOR_FRAMES = CD_RATE_HZ // SECTORS_PER_S
SECTOR_BYTES = SECTOR_FRAMES * 4
PREGAP_SECTORS = 2 * SECTORS_PER_S


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
