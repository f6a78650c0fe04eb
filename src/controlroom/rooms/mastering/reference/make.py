"""A master toward references: made, heard, and made again where dynamics and limiter moved its tone."""

from __future__ import annotations

from pathlib import Path

import msgspec

from controlroom.base.progress import SILENT, Progress, scaled
from controlroom.rooms.mastering.plan import MasterPlan
from controlroom.rooms.mastering.reference.hear import portrait
from controlroom.rooms.mastering.reference.profile import Profile
from controlroom.rooms.mastering.reference.toward import USUAL, Amounts, refined
from controlroom.rooms.mastering.render import MasterRender, render
from controlroom.sound.signal import Signal

MOST_TIMES = 3


class Guide(msgspec.Struct, frozen=True, kw_only=True):
    """What to go toward, and how far."""

    profile: Profile
    amounts: Amounts = USUAL


class Matched(msgspec.Struct, frozen=True, kw_only=True):
    """A master, the plan it was made by, and how it sounds."""

    plan: MasterPlan
    made: MasterRender
    heard: Profile


def matched(
    signal: Signal,
    plan: MasterPlan,
    mix: Profile,
    guide: Guide,
    progress: Progress = SILENT,
    *,
    folder: Path | None = None,
) -> Matched:
    """Render a plan that goes toward references, and correct its curve until the master itself is near them.

    Three renders at most, as a rule one or two; where the plan has no curve, one.
    """
    for time in range(MOST_TIMES):
        part = scaled(progress, 1.0 - 0.5**time, 1.0 - 0.5 ** (time + 1), "mastering")
        made = render(signal, plan, scaled(part, 0.0, 0.8, "mastering"), folder=folder)
        heard = portrait(made.signal, progress=scaled(part, 0.8, 1.0, "listening"))
        better = refined(plan, mix, heard, guide.profile, guide.amounts) if time < MOST_TIMES - 1 else plan
        if better == plan:
            break
        plan = better
    progress(1.0, 1.0, "mastering")
    return Matched(plan=plan, made=made, heard=heard)
