"""What a mix needs to become a master, and no more."""

from __future__ import annotations

from msgspec.structs import replace

from controlroom.rooms.mastering.measure import judged
from controlroom.rooms.mastering.peaks import held
from controlroom.rooms.mastering.plan import HighPass, Limit, MasterPlan, MonoBelow, ToneMove
from controlroom.rooms.mastering.report import MasterReport
from controlroom.sound.filters import Kind
from controlroom.sound.tone import RegionBalance

LOWEST_RATE_HZ = 44100
MOST_TONE_DB, LEAST_TONE_DB = 3.0, 0.5
FULL_BAND_HZ = 16000.0
BELLS: dict[str, tuple[Kind, float, float]] = {
    "low end": ("lowshelf", 110.0, 0.7),
    "low mids": ("bell", 230.0, 0.7),
    "mids": ("bell", 900.0, 0.5),
    "presence": ("bell", 3600.0, 0.7),
    "air": ("highshelf", 8000.0, 0.7),
}
SUBSONIC_DB, DC = -20.0, 0.002
HIGH_PASS_HZ = 20.0
LOW_END_WIDE, LOW_END_SOUND = 0.6, 0.2
MONO_BELOW_HZ = 100.0


def decide(
    report: MasterReport,
    *,
    target_lufs: float | None = None,
    ceiling_dbtp: float = -1.0,
    rate_hz: int | None = None,
) -> MasterPlan:
    """Propose a plan. `target_lufs` None leaves the level open, at a gain of 0 dB: what a mix carries is found by
    trying (`propose`), or follows from a destination's rules (`media.adapt`).

    `rate_hz` None: the mix's own rate, or at least 44.1 kHz. A mix that is a finished master keeps its sound: only gain
    and ceiling are touched, and with no target asked for it is turned down by as much as its peaks pass the ceiling.
    Silence and recordings shorter than 400 ms have no loudness: they keep their level.
    """
    rate_hz = rate_hz or delivery_rate_hz(report.rate_hz)
    integrated, peak = report.loudness.integrated_lufs, report.loudness.true_peak_dbtp
    if integrated is None or peak is None:
        gain_db = min(ceiling_dbtp - peak, 0.0) if peak is not None else 0.0
        limit = Limit(ceiling_dbtp=ceiling_dbtp, reason="Holds the ceiling.")
        reasons = ("There is no loudness to bring to a target: the level stays, below the ceiling.",)
        return MasterPlan(rate_hz=rate_hz, gain_db=round(gain_db, 2), limit=limit, reasons=reasons)
    if target_lufs is None and report.finished:  # limiting it once more would cost more than the level is worth
        target_lufs = integrated - max(peak - ceiling_dbtp, 0.0)
    plan = MasterPlan(rate_hz=rate_hz, limit=Limit(ceiling_dbtp=ceiling_dbtp))
    plan = held(plan, peak - ceiling_dbtp) if target_lufs is None else aimed(plan, report, target_lufs)
    if report.finished:
        return replace(plan, reasons=("It is a finished master: only its level and its peaks are touched.",))
    return replace(
        plan,
        high_pass=_high_pass(report),
        mono_below=_mono_below(report),
        tone=_tone(report),
        reasons=(_tone_reason(report),),
    )


def aimed(plan: MasterPlan, report: MasterReport, target_lufs: float) -> MasterPlan:
    """`plan` at another loudness, with the last stage that this takes; as it is where the mix has no loudness."""
    integrated, peak = report.loudness.integrated_lufs, report.loudness.true_peak_dbtp
    if integrated is None or peak is None:
        return plan
    gain_db = target_lufs - integrated
    plan = replace(plan, target_lufs=round(target_lufs, 2), gain_db=round(gain_db, 2))
    return held(plan, peak + gain_db - plan.limit.ceiling_dbtp, finished=report.finished)


def delivery_rate_hz(rate_hz: int) -> int:
    """The rate a master of such a mix is made at: its own; below 44.1 kHz the next common one."""
    if rate_hz >= LOWEST_RATE_HZ:
        return rate_hz
    return LOWEST_RATE_HZ if LOWEST_RATE_HZ % rate_hz == 0 else 48000


def _high_pass(report: MasterReport) -> HighPass | None:
    if report.dc > DC:
        return HighPass(freq_hz=HIGH_PASS_HZ, reason=f"There is a DC offset of {100 * report.dc:.1f} % of full scale.")
    if report.subsonic_db is not None and report.subsonic_db > SUBSONIC_DB:
        return HighPass(
            freq_hz=HIGH_PASS_HZ,
            reason=f"Below 20 Hz there is rumble, {-report.subsonic_db:.0f} dB under the music; it costs headroom.",
        )
    return None


def _mono_below(report: MasterReport) -> MonoBelow | None:
    """Only what is wide, never what is out of phase: folding that would take the bass away."""
    low = None if report.stereo is None else report.stereo.low_end_correlation
    if low is None or not LOW_END_SOUND <= low < LOW_END_WIDE:
        return None
    return MonoBelow(
        freq_hz=MONO_BELOW_HZ, reason=f"The low end is wide (correlation {low:.2f}); clubs sum it to mono."
    )


def _tone(report: MasterReport) -> tuple[ToneMove, ...]:
    moves = (_move(region, report) for region in judged(report.balance))
    return tuple(move for move in moves if move is not None)


def _move(region: RegionBalance, report: MasterReport) -> ToneMove | None:
    """Half of the way into the range, since the balance is the artist's."""
    gain_db = round(min(max(-region.excess_db / 2, -MOST_TONE_DB), MOST_TONE_DB), 1)
    if abs(gain_db) < LEAST_TONE_DB or (gain_db > 0 and not _can_be_lifted(region, report)):
        return None
    kind, freq_hz, q = BELLS[region.name]
    side = "over" if region.excess_db > 0 else "under"
    reason = f"{region.name.capitalize()}: {abs(region.excess_db):.1f} dB {side} the range of finished records."
    return ToneMove(kind=kind, freq_hz=freq_hz, gain_db=gain_db, q=q, reason=reason)


def _can_be_lifted(region: RegionBalance, report: MasterReport) -> bool:
    """A shelf lifts everything above it: not where the sound ends before."""
    narrow = report.bandwidth_hz is not None and report.bandwidth_hz < FULL_BAND_HZ
    return not (narrow and BELLS[region.name][0] == "highshelf")


def _tone_reason(report: MasterReport) -> str:
    if not judged(report.balance):
        return "It does not have the spectrum of a whole mix: tone is left alone."
    if report.bandwidth_hz is not None and report.bandwidth_hz < FULL_BAND_HZ:
        return f"The sound ends at {report.bandwidth_hz / 1000:.1f} kHz and keeps ending there."
    return "Tone is touched only where it lies outside the range of finished records."
