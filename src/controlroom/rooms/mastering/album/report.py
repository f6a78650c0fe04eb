"""What an album is decided from: each song, measured."""

from __future__ import annotations

import msgspec

from controlroom.rooms.mastering.media import MediumReport
from controlroom.rooms.mastering.plan import MasterPlan
from controlroom.rooms.mastering.report import MasterReport

OCTAVES_HZ = (63.0, 125.0, 250.0, 500.0, 1000.0, 2000.0, 4000.0, 8000.0, 16000.0)


class Ends(msgspec.Struct, frozen=True, kw_only=True):
    """How a song begins and ends.

    `silence_*_s`: what lies 60 dB under its peak; `dies_away`: the second before that is faint already.
    `in_sound_*`: it begins or ends in the middle of sound. By channel: `first` and `last`, its outermost samples, and
    `expected`, where the line through the last two leads. `corner_*`: the mean size (RMS) of the corners from sample to
    sample near that end; `level_*_db`: the level of its outermost 50 ms.
    """

    silence_before_s: float = 0.0
    silence_after_s: float = 0.0
    in_sound_before: bool = False
    in_sound_after: bool = False
    dies_away: bool = False
    first: tuple[float, ...] = ()
    last: tuple[float, ...] = ()
    expected: tuple[float, ...] = ()
    corner_before: float = 0.0
    corner_after: float = 0.0
    level_before_db: float = -200.0
    level_after_db: float = -200.0


class SongReport(msgspec.Struct, frozen=True, kw_only=True):
    """A song of an album.

    `own`: what it needs by itself, its level open. `carries_lufs`: the loudest level it carries by itself. `loud_lufs`:
    the power mean of the loudest third of its short-term loudness. Both are None for silence. `octaves_db`: the level
    of each octave of `OCTAVES_HZ`, None above the end of the sound.
    """

    file: str
    title: str = ""
    artist: str = ""
    isrc: str = ""
    master: MasterReport
    medium: MediumReport
    own: MasterPlan
    carries_lufs: float | None = None
    loud_lufs: float | None
    octaves_db: tuple[float | None, ...]
    ends: Ends
