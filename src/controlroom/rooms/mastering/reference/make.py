"""A master toward references: made, heard, and made again where dynamics and limiter moved its tone."""

from __future__ import annotations

from pathlib import Path

import msgspec

from controlroom.base.finding import Finding
from controlroom.base.progress import SILENT, Progress, scaled
from controlroom.rooms.mastering.plan import MasterPlan
from controlroom.rooms.mastering.reference.compare import Comparison, compared
from controlroom.rooms.mastering.reference.hear import portrait
from controlroom.rooms.mastering.reference.profile import Profile
from controlroom.rooms.mastering.reference.toward import USUAL, Amounts, findings, refined, toward
from controlroom.rooms.mastering.render import MasterRender, render
from controlroom.sound.signal import Signal

MOST_TIMES = 2
SHARE_HEARING = 0.1


class Guide(msgspec.Struct, frozen=True, kw_only=True):
    """What to go toward, and how far."""

    profile: Profile
    amounts: Amounts = USUAL


class Guided(msgspec.Struct, frozen=True, kw_only=True):
    """A master, the plan it was made by, what was changed, and what the references could not tell."""

    plan: MasterPlan
    made: MasterRender
    comparison: Comparison
    findings: tuple[Finding, ...]


def guided(
    signal: Signal, plan: MasterPlan, guide: Guide, progress: Progress = SILENT, *, folder: Path | None = None
) -> Guided:
    """`plan` turned toward references and rendered; its curve is corrected until the master itself is near them.

    Two renders at most; one where nothing would come half a decibel nearer. `signal` has a loudness: raises `Refused`
    for silence.
    """
    mix = portrait(signal, progress=scaled(progress, 0.0, SHARE_HEARING, "listening"))
    target, amounts = guide.profile, guide.amounts
    plan = toward(plan, mix, target, amounts)
    begin = SHARE_HEARING
    for time in range(MOST_TIMES):
        end = 1.0 if time == MOST_TIMES - 1 else (begin + 1.0) / 2
        part = scaled(progress, begin, end, "mastering")
        made = render(signal, plan, scaled(part, 0.0, 0.8, "mastering"), folder=folder)
        heard = portrait(made.signal, progress=scaled(part, 0.8, 1.0, "listening"))
        better = refined(plan, mix, heard, target, amounts)
        if better == plan or time == MOST_TIMES - 1:
            break
        plan, begin = better, end
    progress(1.0, 1.0, "mastering")
    comparison = compared(mix, heard, target, plan)
    return Guided(
        plan=plan,
        made=made,
        comparison=comparison,
        findings=findings(mix, target, amounts, comparison.misses),
    )
