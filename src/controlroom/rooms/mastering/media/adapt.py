"""A plan for a destination: its level, its ceiling, its low end."""

from __future__ import annotations

from msgspec.structs import replace

from controlroom.rooms.mastering.decide import aimed
from controlroom.rooms.mastering.media.medium import Medium
from controlroom.rooms.mastering.media.report import MediumReport
from controlroom.rooms.mastering.peaks import held
from controlroom.rooms.mastering.plan import DynamicBand, MasterPlan, MonoBelow
from controlroom.rooms.mastering.report import MasterReport

MONO_ALREADY = 0.98  # a low end this close is mono
BASS_WOULD_GO = -0.2  # folding a low end that is out of phase takes it away
ROOM_DB = 2.0  # what that much limiting takes of the loudness
DE_ESS = DynamicBand(
    kind="bell", freq_hz=8500.0, q=0.7, threshold_db=0.0, ratio=4.0, range_db=8.0, attack_ms=1.0, release_ms=60.0
)


def adapt(plan: MasterPlan, medium: Medium, report: MasterReport, heard: MediumReport | None = None) -> MasterPlan:
    """`plan` for `medium`; `report` and `heard` (for the sibilants) speak of the mix.

    Where the medium asks for no loudness, the level follows from the peaks: they stand `limiting_db` over the ceiling
    before the limiter, or higher where it wants more level and the peaks allow it. A medium that forbids a wall loses
    the clipper.
    """
    ceiling_dbtp = min(plan.limit.ceiling_dbtp, medium.ceiling_dbtp)
    limit = replace(plan.limit, ceiling_dbtp=ceiling_dbtp)
    adapted = replace(plan, limit=limit, rate_hz=medium.rate_hz or plan.rate_hz)
    integrated, peak = report.loudness.integrated_lufs, report.loudness.true_peak_dbtp
    if integrated is None or peak is None:
        return adapted
    if medium.target_lufs is not None:
        adapted = aimed(adapted, report, medium.target_lufs)
    elif medium.limiting_db is not None:
        adapted = _by_peaks(adapted, medium, peak, integrated)
    low = None if report.stereo is None else report.stereo.low_end_correlation
    if medium.mono_below_hz and low is not None and BASS_WOULD_GO <= low < MONO_ALREADY:
        reason = f"{medium.says} Its low end is wider than that (correlation {low:.2f})."
        adapted = replace(adapted, mono_below=MonoBelow(freq_hz=medium.mono_below_hz, reason=reason))
    return replace(adapted, dynamic=(*adapted.dynamic, *_de_essed(medium, heard)))


def _by_peaks(plan: MasterPlan, medium: Medium, peak_dbtp: float, integrated_lufs: float) -> MasterPlan:
    """So much of the peaks goes; more where the medium wants it louder, as far as its density allows."""
    limiting_db, ceiling_dbtp = medium.limiting_db or 0.0, plan.limit.ceiling_dbtp
    gain_db = ceiling_dbtp - peak_dbtp + limiting_db
    reason = f"The level follows from the peaks: {limiting_db:.0f} dB of them are held, and no loudness is asked for."
    if medium.least_lufs is not None and medium.least_plr_db is not None:
        wanted = min(medium.least_lufs, ceiling_dbtp - medium.least_plr_db) + ROOM_DB - integrated_lufs
        if wanted > gain_db:
            gain_db = wanted
            reason = f"It has to stand beside records of {medium.least_lufs:.0f} LUFS and keeps its peaks otherwise."
    plan = held(plan, peak_dbtp + gain_db - ceiling_dbtp)
    walled = medium.most_clipped is None
    return replace(
        plan,
        target_lufs=None,
        gain_db=round(gain_db, 2),
        ride=None,
        relief=plan.relief if walled else None,
        clip=plan.clip if walled else None,
        limit=replace(plan.limit, reason=reason),
        reasons=(*plan.reasons, medium.says),
    )


def _de_essed(medium: Medium, heard: MediumReport | None) -> tuple[DynamicBand, ...]:
    """Only while a sibilant is louder than the medium takes."""
    over_db = None if heard is None else heard.sibilance_over_db
    if medium.most_sibilance_db is None or over_db is None or over_db <= medium.most_sibilance_db or heard is None:
        return ()
    threshold_db = round((heard.level_db or 0.0) + medium.most_sibilance_db, 1)
    reason = f"Sibilants reach {over_db:.1f} dB over the programme; the cutter takes {medium.most_sibilance_db:.0f}."
    return (replace(DE_ESS, threshold_db=threshold_db, reason=reason),)
