"""The loudest level a mix carries: tried on its loudest part and on a softer one, within stated limits of damage."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Literal

import msgspec
import numpy as np

from controlroom.base.progress import SILENT, Progress
from controlroom.rooms.mastering.chain import LastStage
from controlroom.rooms.mastering.measure import EXCERPT_S
from controlroom.rooms.mastering.peaks import held
from controlroom.rooms.mastering.plan import MasterPlan
from controlroom.rooms.mastering.report import MasterReport
from controlroom.rooms.mastering.shaping import before_gain
from controlroom.sound.damage import Damage, damage
from controlroom.sound.meter import measure_loudness, true_peak_dbtp
from controlroom.sound.onsets import onsets_of
from controlroom.sound.parallel import side_by_side
from controlroom.sound.resample import Resampled
from controlroom.sound.signal import Audio, Signal
from controlroom.sound.stream import Chain, Processor

MOST_RESIDUAL_DB, MOST_ONSET_DB, MOST_CONTRAST_LU = -18.0, 1.0, 1.0  # what a level may cost to be carried
MOST_OVER_DB, LOUDEST_LUFS = 14.0, -7.0
USUAL_OVER_DB, NEAR_DB, FINE_DB, MOST_ROUNDS = (3.0, 6.0), 0.45, 1.0, 4
NOTHING = -20.0  # is lost
LEAD_S = 1.0
USUAL_PERCENT = 98.0

Bound = Literal["distortion", "onsets", "contrast", "loudest"]
WORDS: dict[Bound, str] = {
    "distortion": "more would distort",
    "onsets": "more would blunt the onsets",
    "contrast": "more would level out verse and chorus",
    "loudest": "nothing is made louder than that",
}


class Carried(msgspec.Struct, frozen=True, kw_only=True):
    """The loudest level a mix carries, and what stops it there. `damage`: at that level, in its loudest part."""

    lufs: float
    bound: Bound
    damage: Damage

    @property
    def says(self) -> str:
        return f"The mix carries {self.lufs:.1f} LUFS: {WORDS[self.bound]}."


def carried(signal: Signal, report: MasterReport, plan: MasterPlan, progress: Progress = SILENT) -> Carried | None:
    """The loudest level that stays within the limits of distortion, onsets and contrast; None for silence.

    Tried on the loudest and on a softer part of the mix, through the plan's own chain: the residual against the mix at
    most -18 dB, onsets at most 1 dB softer, loud and soft parts at most 1 LU nearer than the plan brings them anyway.
    """
    integrated, peak = report.loudness.integrated_lufs, report.loudness.true_peak_dbtp
    if integrated is None or peak is None:
        return None
    parts = _Parts(signal, report, plan)
    low, high = _bracket(parts, progress)
    best = low or parts.at(0.0)  # so much every mix carries
    lufs = integrated + best.louder_lu
    if high is None or lufs > LOUDEST_LUFS:
        return Carried(lufs=min(round(lufs, 1), LOUDEST_LUFS), bound="loudest", damage=best.damage)
    return Carried(lufs=round(lufs, 1), bound=high.bound, damage=best.damage)


class _Tried(msgspec.Struct, frozen=True):
    """One level: how far the usual peaks stood over the ceiling; how much louder the loud part came out; how far each
    limit was passed (0 or less: it was not)."""

    over_db: float
    louder_lu: float
    passed: dict[Bound, float]
    damage: Damage

    @property
    def bound(self) -> Bound:
        return max(self.passed, key=self.passed.__getitem__)

    @property
    def broken(self) -> bool:
        return self.passed[self.bound] > 0


def _bracket(parts: _Parts, progress: Progress) -> tuple[_Tried | None, _Tried | None]:
    """The loudest level that breaks no limit and the softest that breaks one. Two are tried at a time, on two cores:
    first usual ones, then to both sides of where the limit should lie."""
    low: _Tried | None = None
    high: _Tried | None = None
    for k in range(MOST_ROUNDS):
        progress(k, MOST_ROUNDS, "how loud")
        for tried in side_by_side(parts.at, _levels(low, high)):
            if high and tried.over_db > high.over_db:
                break
            low, high = (low, tried) if tried.broken else (tried, high)
        if low and high and high.over_db - low.over_db <= FINE_DB:
            break
    return low, high


def _levels(low: _Tried | None, high: _Tried | None) -> tuple[float, float]:
    if low is None and high is None:
        return USUAL_OVER_DB
    bottom, top = low.over_db if low else 0.0, high.over_db if high else MOST_OVER_DB
    if low is None or high is None:
        return bottom + (top - bottom) / 3, top - (top - bottom) / 3
    shares = [low.passed[one] / (low.passed[one] - high.passed[one]) for one in high.passed if high.passed[one] > 0]
    limit, edge = bottom + (top - bottom) * min(shares), (top - bottom) / 10
    return max(limit - NEAR_DB, bottom + edge), min(limit + NEAR_DB, top - edge)


class _Parts:
    """The loudest and a softer part of a mix, as the last stage gets them."""

    def __init__(self, signal: Signal, report: MasterReport, plan: MasterPlan) -> None:
        self._plan = plan
        make = lambda: before_gain(plan, signal.rate_hz, signal.channels)  # noqa: E731
        self._loud = excerpt(signal, report.loudest_s, plan.rate_hz)
        self._soft = excerpt(signal, report.softer_s, plan.rate_hz)
        self._loud_shaped = excerpt(signal, report.loudest_s, plan.rate_hz, make)
        self._soft_shaped = excerpt(signal, report.softer_s, plan.rate_hz, make)
        self._onsets_s = onsets_of(self._loud).times_s
        self._highest_dbtp = true_peak_dbtp(self._loud_shaped) or 0.0
        self._usual_peak_db = usual_peak_db(self._loud_shaped)
        louder_lu, softer_lu, _ = self._louder_lu(0.0)
        self._least_contrast_lu = louder_lu - softer_lu  # what the plan does to it anyway

    def at(self, over_db: float) -> _Tried:
        louder_lu, softer_lu, loud = self._louder_lu(over_db)
        lost = damage(self._loud, loud, onsets_s=self._onsets_s)
        onsets = lost.onsets_fitted
        passed: dict[Bound, float] = {
            "distortion": NOTHING if lost.residual_db is None else lost.residual_db - MOST_RESIDUAL_DB,
            "onsets": NOTHING if onsets is None else -onsets.first_5_ms_db - MOST_ONSET_DB,
            "contrast": self._least_contrast_lu - (louder_lu - softer_lu) - MOST_CONTRAST_LU,
        }
        return _Tried(over_db, louder_lu, passed, lost)

    def _louder_lu(self, over_db: float) -> tuple[float, float, Audio]:
        """How much louder the loud part and the softer one come out, and the loud part itself."""
        ceiling_dbtp = self._plan.limit.ceiling_dbtp
        gain_db = ceiling_dbtp + over_db - self._usual_peak_db
        plan = held(self._plan, self._highest_dbtp + gain_db - ceiling_dbtp)
        loud, soft = (_last(part, plan, gain_db) for part in (self._loud_shaped, self._soft_shaped))
        return _louder_lu(self._loud, loud), _louder_lu(self._soft, soft), loud


def usual_peak_db(part: Audio) -> float:
    """What one in fifty of the peaks of 10 ms passes (dBFS): a single click does not say how loud music may be."""
    length = part.rate_hz // 100
    whole = part.frames // length * length
    peaks = np.abs(part.samples[:, :whole]).max(axis=0).reshape(-1, length).max(axis=1)
    return 20 * math.log10(max(float(np.percentile(peaks, USUAL_PERCENT)), 1e-6))


def excerpt(signal: Signal, start_s: float, rate_hz: int, make: Callable[[], list[Processor]] | None = None) -> Audio:
    """Eight seconds of a signal from `start_s` on, at `rate_hz`, through a chain that has a second before to settle."""
    first = max(round((start_s - LEAD_S) * signal.rate_hz), 0)
    last = min(round((start_s + EXCERPT_S) * signal.rate_hz), signal.frames)
    part: Signal = Audio(signal.read(first, last - first), signal.rate_hz)
    if make:
        part = Chain(part, make)
    if rate_hz != part.rate_hz:
        part = Resampled(part, rate_hz)
    begin = round(start_s * rate_hz) - round(first * rate_hz / signal.rate_hz)
    return Audio(part.read(0, part.frames)[:, begin:], rate_hz)


def _last(part: Audio, plan: MasterPlan, gain_db: float) -> Audio:
    stage = LastStage(plan, part.channels, gain_db, plan.limit.ceiling_dbtp)
    made = Chain(part, lambda: [*stage.before_limiter(), stage.limiter])
    return Audio(made.read(0, made.frames), part.rate_hz)


def _louder_lu(before: Audio, after: Audio) -> float:
    heard = [measure_loudness(part).integrated_lufs for part in (before, after)]
    return 0.0 if heard[0] is None or heard[1] is None else heard[1] - heard[0]
