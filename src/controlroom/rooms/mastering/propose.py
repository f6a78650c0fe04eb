"""The plan for a mix that can be listened to again: what its report and its faults ask for, and how loud it may be."""

from __future__ import annotations

from msgspec.structs import replace

from controlroom.base.progress import SILENT, Progress
from controlroom.rooms.mastering.decide import aimed, decide
from controlroom.rooms.mastering.listen import Heard
from controlroom.rooms.mastering.loud import carried
from controlroom.rooms.mastering.media import adapt
from controlroom.rooms.mastering.media import measure as measure_for
from controlroom.rooms.mastering.media import medium as medium_named
from controlroom.rooms.mastering.plan import MasterPlan
from controlroom.rooms.mastering.report import MasterReport
from controlroom.rooms.mastering.shaping import shaped
from controlroom.sound.signal import Signal

USUAL_CEILING_DBTP = -1.0


def propose(
    signal: Signal,
    heard: Heard | None,
    report: MasterReport,
    *,
    target_lufs: float | None = None,
    medium: str = "",
    ceiling_dbtp: float | None = None,
    rate_hz: int | None = None,
    at_most_lufs: float | None = None,
    progress: Progress = SILENT,
) -> MasterPlan:
    """`decide`, with the shaping that the mix's faults ask for (where `heard` is at hand). `target_lufs` None: the
    loudest level the mix carries, found by trying, never over `at_most_lufs` (its references). A finished master keeps
    its own. `medium`: a destination whose rules the plan follows. `ceiling_dbtp` None: -1, or the destination's.
    """
    goal = medium_named(medium) if medium else None
    if ceiling_dbtp is None:
        ceiling_dbtp = goal.ceiling_dbtp if goal else USUAL_CEILING_DBTP
    plan = decide(report, target_lufs=target_lufs, ceiling_dbtp=ceiling_dbtp, rate_hz=rate_hz)
    if heard is not None:
        plan = shaped(plan, report, heard)
    if goal:
        plan = adapt(plan, goal, report, measure_for(signal) if goal.most_sibilance_db is not None else None)
    if target_lufs is not None or report.finished or (goal and goal.sets_level):
        return plan
    found = carried(signal, report, plan, progress)
    if found is None:
        return plan
    says, lufs = found.says, found.lufs
    if at_most_lufs is not None and at_most_lufs < lufs:
        says, lufs = f"{says} Its references are at {at_most_lufs:.1f}, and it is made no louder.", at_most_lufs
    return replace(aimed(plan, report, lufs), reasons=(*plan.reasons, says))
