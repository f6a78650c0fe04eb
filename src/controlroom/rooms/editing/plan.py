"""What the editing room would do to one part: which take plays when, and where the sound begins and ends.

All times are seconds on the song's time line. A joint and every fade act on all mics of a pass at the same frames,
with the same gains, so that what was in phase stays in phase.
"""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import Literal

import msgspec

from controlroom.base.errors import UsageError

SCHEMA = "controlroom/edit-plan/1"

Crossfade = Literal["equal power", "equal gain"]


class PlannedTake(msgspec.Struct, frozen=True, kw_only=True):
    """A pass that is at hand, and where it lies on the song's time line."""

    name: str
    start_s: float
    end_s: float


class PlannedMic(msgspec.Struct, frozen=True, kw_only=True):
    """One finished track: its name, its role, and the file it comes from in each take."""

    name: str
    role: str
    files: dict[str, Path]


class Segment(msgspec.Struct, frozen=True, kw_only=True):
    """From `start_s` to `end_s` this take plays; `crossfade` is the shape of the joint it enters by."""

    take: str
    start_s: float
    end_s: float
    score: float | None = None
    crossfade: Crossfade = "equal power"


class EditPlan(msgspec.Struct, frozen=True, kw_only=True):
    """The comp, top-and-tail and fades of one part.

    Outside `head_s` .. `tail_s` there is silence. The fade in begins at `head_s`, the fade out ends at `tail_s`;
    a crossfade of `crossfade_ms` lies centred on each joint.
    """

    schema: str = SCHEMA
    part: str
    takes: tuple[PlannedTake, ...]
    mics: tuple[PlannedMic, ...]
    segments: tuple[Segment, ...]
    head_s: float
    tail_s: float
    fade_in_ms: float = 0.0
    fade_out_ms: float = 0.0
    crossfade_ms: float = 0.0
    reasons: tuple[str, ...] = ()

    @property
    def changes_nothing(self) -> bool:
        """Whether the rendered part would be the recorded file itself, from 0:00 to its end."""
        if len(self.segments) != 1 or self.fade_in_ms or self.fade_out_ms:
            return False
        only = self.segments[0]
        take = next((take for take in self.takes if take.name == only.take), None)
        if take is None or take.start_s != 0.0 or self.head_s > 0.0 or only.start_s > 0.0:
            return False
        return min(self.tail_s, only.end_s) >= take.end_s


def checked(plan: EditPlan) -> EditPlan:
    """`plan`, when it can be rendered; raises `UsageError` with what to mend when somebody edited it out of shape."""

    def refuse(why: str, next_step: str) -> UsageError:
        return UsageError(f"The edit plan of {plan.part!r}", why, next_step)

    if plan.schema != SCHEMA:
        raise refuse(f"its schema is {plan.schema!r}, not {SCHEMA!r}", "Plan it anew with --replan.")
    names = {take.name for take in plan.takes}
    for segment in plan.segments:
        if segment.take not in names:
            raise refuse(f"there is no take {segment.take!r}", f"Takes at hand: {', '.join(sorted(names))}.")
        if not segment.start_s <= segment.end_s:
            raise refuse(f"the segment at {segment.start_s:.3f} s ends before it starts", "Mend its times.")
    for before, after in pairwise(plan.segments):
        if after.start_s < before.end_s:
            raise refuse(f"two segments overlap at {after.start_s:.3f} s", "End one where the next starts.")
    if min(plan.fade_in_ms, plan.fade_out_ms, plan.crossfade_ms) < 0:
        raise refuse("a fade is shorter than nothing", "Give fades of 0 ms or more.")
    return plan
