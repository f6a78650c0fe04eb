"""What the last stage does about peaks over the ceiling."""

from __future__ import annotations

from msgspec.structs import replace

from controlroom.rooms.mastering.plan import Clip, Limit, MasterPlan, Relief, SectionRide

LIMITER_ALONE_DB, LOW_END_ALONE_DB = 1.0, 4.0  # over the ceiling
MIDS_ABOVE_DB, CLIP_ABOVE_DB = 2.0, 2.5
FINISHED_OVER_DB, FINISHED_ABOVE_DB = 3.0, 0.8
QUICK_RELEASE_MS, QUICK_LOOKAHEAD_MS = 30.0, 1.5


def held(plan: MasterPlan, over_db: float, *, finished: bool = False) -> MasterPlan:
    """`plan` with the last stage that peaks `over_db` over the ceiling ask for: the limiter alone, the low end giving
    way before it, the mids and a clipper too. Behind relief it meets only what is short, so it lets go at once.
    Of a `finished` master the few peaks that stand out are rounded off: that changes it least."""
    limit = Limit(ceiling_dbtp=plan.limit.ceiling_dbtp, reason=_limiting(over_db))
    if finished and 0 < over_db <= FINISHED_OVER_DB:
        clip = Clip(
            above_db=FINISHED_ABOVE_DB, reason="The few peaks over the ceiling are rounded off; the rest stays."
        )
        return replace(plan, ride=None, relief=None, clip=clip, limit=_quick(limit))
    if over_db <= LIMITER_ALONE_DB:
        return replace(plan, ride=None, relief=None, clip=None, limit=limit)
    far = over_db > LOW_END_ALONE_DB
    who = "the low end gives way to them, the mids to the highest" if far else "the low end gives way to them"
    return replace(
        plan,
        ride=SectionRide(reason="Loud sections give way more than soft ones: these come down with them.")
        if far
        else None,
        relief=Relief(mids_above_db=MIDS_ABOVE_DB if far else None, reason=f"Short peaks stand on long waves: {who}."),
        clip=Clip(above_db=CLIP_ABOVE_DB, reason="What still stands far over the ceiling is rounded off.")
        if far
        else None,
        limit=_quick(limit),
    )


def _quick(limit: Limit) -> Limit:
    return replace(limit, release_ms=QUICK_RELEASE_MS, lookahead_ms=QUICK_LOOKAHEAD_MS)


def _limiting(over_db: float) -> str:
    if over_db <= 0:
        return "The loudest peak stays below the ceiling; the limiter has nothing to do."
    return f"The loudest peak comes {over_db:.1f} dB over the ceiling."
