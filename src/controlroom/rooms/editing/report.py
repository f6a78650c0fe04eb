"""What the editing room hears in the passes of one part: where they can be joined, and how good each phrase is."""

from __future__ import annotations

import msgspec

from controlroom.rooms.editing.plan import Crossfade, PlannedMic


class HeardPass(msgspec.Struct, frozen=True, kw_only=True):
    """A pass on the song's time line (seconds): the file's bounds, and the bounds of the sound in it.

    `sound_start_s` and `sound_end_s` are None for a silent pass. `head_noise` and `tail_noise` say whether there is
    anything to take away before and after the sound; `starts_inside` and `ends_inside` that the file begins or
    breaks off while it sounds.
    """

    name: str
    start_s: float
    end_s: float
    sound_start_s: float | None
    sound_end_s: float | None
    head_noise: bool = False
    tail_noise: bool = False
    starts_inside: bool = False
    ends_inside: bool = False
    punch_in: bool = False


class Score(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How good one take is in one phrase: `value` 1 is flawless, 0 useless; the figures behind it where they exist.

    `pitch_cents`: median distance of the held notes from the semitone that is meant; `unsteady_cents`: their spread;
    `timing_ms`: distance from the grid, or from the other takes; `level_db`: distance from the level that the others
    lead to expect; `faults`: clipped places, clicks and dropouts.
    """

    value: float
    pitch_cents: float | None = None
    unsteady_cents: float | None = None
    timing_ms: float | None = None
    level_db: float | None = None
    faults: int = 0


class Phrase(msgspec.Struct, frozen=True, kw_only=True):
    """A phrase or bar between two joints; `scores` by take, only of the takes that have it."""

    start_s: float
    end_s: float
    sounding: bool
    scores: dict[str, Score]


class Joint(msgspec.Struct, frozen=True, kw_only=True):
    """A place where takes may be joined: how far each take is above its own quiet there, and how two of them fade.

    `loud_db` by take; `correlated` names the pairs ("a|b", sorted) that carry the same sound, so that they must be
    crossfaded at equal gain.
    """

    at_s: float
    loud_db: dict[str, float]
    correlated: tuple[str, ...] = ()

    def crossfade(self, before: str, after: str) -> Crossfade:
        return "equal gain" if pair(before, after) in self.correlated else "equal power"


class EditReport(msgspec.Struct, frozen=True, kw_only=True):
    """`joints[k]` lies between `phrases[k]` and `phrases[k + 1]`; one phrase where there is one pass."""

    part: str
    role: str
    mics: tuple[PlannedMic, ...]
    passes: tuple[HeardPass, ...]
    phrases: tuple[Phrase, ...]
    joints: tuple[Joint, ...] = ()
    common_time: bool = True
    """Whether the passes were played to the same time; else they are not joined inside the song."""


def pair(one: str, other: str) -> str:
    """The name of a pair of takes, whichever comes first."""
    return "|".join(sorted((one, other)))
