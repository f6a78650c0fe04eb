"""Does the master hold what the plan promised? And what did that cost?"""

from __future__ import annotations

from controlroom.base.check import Check
from controlroom.base.finding import Finding, Severity, Value
from controlroom.rooms.mastering.measure import WORST_FOLD_LOSS_LU, WORST_LOW_END_CORRELATION
from controlroom.rooms.mastering.plan import MasterPlan
from controlroom.rooms.mastering.render import MasterRender
from controlroom.rooms.mastering.report import Stereo
from controlroom.sound.damage import Damage

TOLERANCE_LU = 0.1
UNCHANGED_DB = -100.0  # lower is no distortion, but the end of the scale
MUCH_LIMITING_DB, MUCH_MEAN_LIMITING_DB, MUCH_DISTORTION_DB = 9.0, 1.0, -18.0
LEAST_TAKEN_DB = 0.5  # off the peaks: else it is not the loudness that costs


def checks(made: MasterRender, plan: MasterPlan, stereo: Stereo | None, frames: int, lost: Damage) -> tuple[Check, ...]:
    """The master against its plan; `stereo`: the master's own image, `frames`: the length it should have, `lost`: what
    its loudest part lost."""
    target, peak = plan.target_lufs, made.loudness.true_peak_dbtp
    reached = made.loudness.integrated_lufs
    return (
        Check(
            name="loudness",
            value=reached,
            unit="LUFS",
            at_least=None if target is None else target - TOLERANCE_LU,
            at_most=None if target is None else target + TOLERANCE_LU,
        ),
        Check(name="true peak", value=peak, unit="dBTP", at_most=plan.limit.ceiling_dbtp),
        Check(name="length", value=made.signal.frames, unit="frames", at_least=frames, at_most=frames),
        Check(
            name="mono fold loss",
            value=None if stereo is None else stereo.fold_loss_lu,
            unit="LU",
            at_most=WORST_FOLD_LOSS_LU,
        ),
        Check(
            name="low-end phase",
            value=None if stereo is None else stereo.low_end_correlation,
            at_least=WORST_LOW_END_CORRELATION,
        ),
        Check(name="distortion", value=_distortion_db(lost), unit="dB"),
        Check(name="onsets", value=lost.onsets_fitted.first_5_ms_db if lost.onsets_fitted else None, unit="dB"),
        Check(name="limiter at most", value=made.taken.limiter_max_db, unit="dB"),
        Check(name="limiter on average", value=made.taken.limiter_mean_db, unit="dB"),
        Check(name="clipper at most", value=made.taken.clipper_max_db, unit="dB"),
    )


def findings(made: MasterRender, plan: MasterPlan, lost: Damage) -> tuple[Finding, ...]:
    """What the target cost, and whether it was met."""
    target, reached, taken = plan.target_lufs, made.loudness.integrated_lufs, made.taken
    if target is None or reached is None:
        return ()
    if abs(reached - target) > TOLERANCE_LU:
        code = "master_target_missed" if reached < target else "master_target_passed"
        return (_found(code, "warning", target_lufs=target, reached_lufs=reached),)
    most_db, distortion_db = taken.limiter_max_db + taken.clipper_max_db + taken.relief_max_db, _distortion_db(lost)
    if distortion_db is not None and distortion_db > MUCH_DISTORTION_DB and most_db > LEAST_TAKEN_DB:
        return (_found("master_price", "advice", target_lufs=target, most_db=most_db, distortion_db=distortion_db),)
    if most_db > MUCH_LIMITING_DB or taken.limiter_mean_db > MUCH_MEAN_LIMITING_DB:
        return (_found("master_price_peaks", "advice", target_lufs=target, most_db=most_db),)
    return ()


def _distortion_db(lost: Damage) -> float | None:
    """None where nothing was changed."""
    return None if lost.residual_db is None or lost.residual_db < UNCHANGED_DB else lost.residual_db


def _found(code: str, severity: Severity, **args: Value) -> Finding:
    return Finding(code=code, severity=severity, args=args)
