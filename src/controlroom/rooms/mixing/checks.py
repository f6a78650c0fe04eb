"""What there is to say of a finished mix: figures against their bounds, and findings with the next step."""

from __future__ import annotations

import msgspec

from controlroom.base.check import Check
from controlroom.base.finding import Finding, Severity
from controlroom.rooms.mixing.ears import Heard
from controlroom.rooms.mixing.plan import MixPlan

MONO_LOSS_MOST_LU, GONE_LU = 2.0, 40.0
LOW_CORRELATION_LEAST = 0.7
VOICE_LEAST_LU, VOICE_MOST_LU = -2.0, 5.0
BURIED_MOST = 0.25
HEADROOM_WITHIN_DB = 2.5
FULL_SCALE_DBTP = 0.0


def checks(heard: Heard, plan: MixPlan) -> tuple[Check, ...]:
    """The figures of the mix; bounds apply where a figure exists."""
    wanted = plan.headroom_dbtp
    return (
        Check(
            name="true peak",
            value=heard.loudness.true_peak_dbtp,
            unit="dBTP",
            at_least=None if wanted is None else wanted - HEADROOM_WITHIN_DB,
            at_most=FULL_SCALE_DBTP if wanted is None else wanted + HEADROOM_WITHIN_DB,
        ),
        Check(name="loss in mono", value=heard.mono_loss_lu, unit="LU", at_most=MONO_LOSS_MOST_LU),
        Check(name="low end correlation", value=heard.low_correlation, at_least=LOW_CORRELATION_LEAST),
        Check(
            name="lead vocal over the rest, middle range",
            value=heard.voice_over_band_lu,
            unit="LU",
            at_least=VOICE_LEAST_LU,
            at_most=VOICE_MOST_LU,
        ),
    )


def findings(heard: Heard, plan: MixPlan) -> tuple[Finding, ...]:
    """The same as sentences, only where something is amiss."""
    found = []
    peak = heard.loudness.true_peak_dbtp
    if peak is None:
        found.append(Finding(code="mix_silent", severity="warning"))
    elif peak > FULL_SCALE_DBTP:
        found.append(_finding("mix_over_full_scale", "info", peak_dbtp=peak))
    elif plan.headroom_dbtp is not None and abs(peak - plan.headroom_dbtp) > HEADROOM_WITHIN_DB:
        found.append(_finding("mix_headroom", "info", peak_dbtp=peak, wanted_dbtp=plan.headroom_dbtp))
    if heard.mono_loss_lu is not None and heard.mono_loss_lu > GONE_LU:
        found.append(_finding("mix_mono_gone", "warning"))
    elif heard.mono_loss_lu is not None and heard.mono_loss_lu > MONO_LOSS_MOST_LU:
        found.append(_finding("mix_mono_loss", "warning", loss_lu=heard.mono_loss_lu))
    if heard.low_correlation is not None and heard.low_correlation < LOW_CORRELATION_LEAST:
        found.append(_finding("mix_low_end_wide", "advice", correlation=heard.low_correlation))
    return (*found, *_voice(heard))


def _voice(heard: Heard) -> list[Finding]:
    over, buried = heard.voice_over_band_lu, heard.buried
    if over is None or buried is None:
        return []
    if buried > BURIED_MOST or over < VOICE_LEAST_LU:
        masked = _finding("mix_vocal_masked", "warning", over_lu=over, percent=100.0 * buried)
        start_s, end_s = heard.buried_span_s or (None, None)
        return [msgspec.structs.replace(masked, start_s=start_s, end_s=end_s)]
    return [_finding("mix_vocal_loud", "advice", over_lu=over)] if over > VOICE_MOST_LU else []


def _finding(code: str, severity: Severity, **args: float) -> Finding:
    return Finding(code=code, severity=severity, args=dict(args))
