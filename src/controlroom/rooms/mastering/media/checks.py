"""Does a master hold the rules of its destination?"""

from __future__ import annotations

from controlroom.base.check import Check
from controlroom.base.finding import Finding, Value
from controlroom.rooms.mastering.media.medium import Medium
from controlroom.rooms.mastering.media.report import MediumReport

NOTHING_DB = -60.0  # against the whole: no sound
SHORT_PROGRAMME_S = 120.0  # EBU R 128 s1


def checks(medium: Medium, report: MediumReport) -> tuple[Check, ...]:
    """The figures that the medium has a rule for, held against it."""
    target, low, loud = medium.target_lufs, report.worst_low, report.loudness
    short = report.duration_s < SHORT_PROGRAMME_S
    asked = (
        Check(
            name="loudness",
            value=loud.integrated_lufs,
            unit="LUFS",
            at_least=medium.least_lufs if target is None else target - medium.tolerance_lu,
            at_most=None if target is None else target + medium.tolerance_lu,
        ),
        Check(name="true peak", value=loud.true_peak_dbtp, unit="dBTP", at_most=medium.ceiling_dbtp),
        Check(name="peak to loudness", value=loud.plr_db, unit="dB", at_least=medium.least_plr_db),
        Check(name="loudness range", value=loud.range_lu, unit="LU", at_most=medium.most_range_lu),
        Check(
            name="loudest 3 s",
            value=loud.max_short_term_lufs,
            unit="LUFS",
            at_most=medium.most_short_term_lufs if short else None,
        ),
        Check(name="side below 150 Hz", value=report.side_low_db, unit="dB", at_most=medium.most_side_low_db),
        Check(
            name="phase below 150 Hz",
            value=None if low is None else low.low_correlation,
            at_least=medium.least_low_correlation,
        ),
        Check(name="sibilants", value=report.sibilance_over_db, unit="dB", at_most=medium.most_sibilance_db),
        Check(name="sub-bass", value=report.sub_db, unit="dB", at_least=medium.least_sub_db),
        Check(name="channels", value=float(report.channels), at_most=medium.most_channels),
        Check(name="flat tops", value=float(report.clipped), unit="samples", at_most=medium.most_clipped),
    )
    return tuple(one for one in asked if one.at_least is not None or one.at_most is not None)


def findings(medium: Medium, report: MediumReport) -> tuple[Finding, ...]:
    """What the failed checks mean, each at its place."""
    low, sibilant = report.worst_low, report.worst_sibilance
    places = {
        "phase below 150 Hz": low.start_s if low else None,
        "sibilants": sibilant.start_s if sibilant else None,
    }
    codes = {
        "channels": "medium_channels",
        "true peak": "medium_peak",
        "peak to loudness": "medium_dense",
        "loudness range": "medium_range",
        "loudest 3 s": "medium_short_term",
        "side below 150 Hz": "medium_low_width",
        "phase below 150 Hz": "medium_low_phase",
        "sibilants": "medium_sibilants",
        "flat tops": "medium_clipped",
    }
    failed = [check for check in checks(medium, report) if not check.passed]
    return tuple(
        Finding(
            code=codes.get(check.name) or _code(check),
            severity="warning",
            start_s=places.get(check.name),
            end_s=None if places.get(check.name) is None else (places[check.name] or 0.0) + 10.0,
            args=_args(medium, check),
        )
        for check in failed
    )


def _code(check: Check) -> str:
    """Where one rule is broken in two ways."""
    value = check.value or 0.0
    if check.name == "sub-bass":
        return "medium_sub" if value > NOTHING_DB else "medium_sub_none"
    return "medium_loud" if check.at_most is not None and value > check.at_most else "medium_quiet"


def _args(medium: Medium, check: Check) -> dict[str, Value]:
    bound = check.at_most if check.at_most is not None and (check.value or 0.0) > check.at_most else check.at_least
    value, bound = check.value or 0.0, bound if bound is not None else 0.0
    return {"medium": medium.name, "value": value, "bound": bound, "by": abs(value - bound)}
