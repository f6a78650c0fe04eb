"""Making the master: block by block, at constant memory, to its target and under its ceiling."""

from __future__ import annotations

import math
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import msgspec
import numpy as np
from msgspec.structs import replace

from controlroom.base.progress import SILENT, Progress, scaled
from controlroom.rooms.mastering.beside import Ahead, stream
from controlroom.rooms.mastering.chain import LastStage
from controlroom.rooms.mastering.contrast import Contrast, Floats, Ridden
from controlroom.rooms.mastering.drive import ABSOLUTE_GATE_LUFS, BLOCK_STEPS, DriveModel, Profile
from controlroom.rooms.mastering.plan import MasterPlan
from controlroom.rooms.mastering.probe import probed
from controlroom.rooms.mastering.shaping import Measured, Step
from controlroom.sound.meter import Loudness, LoudnessMeter
from controlroom.sound.resample import Resampled
from controlroom.sound.scratch import Scratch
from controlroom.sound.signal import Signal
from controlroom.sound.spectrum import Spectrum, SpectrumAccumulator
from controlroom.sound.stream import Chain

CLOSE_LU, NEAR_LU = 0.04, 0.08  # good enough at once; good enough after a few passes
FEW_PASSES, MOST_PASSES = 3, 6
PROBES, SAME_DB = 2, 0.3  # a second look where the first one moved the gain
MARGIN_DB = 0.05  # other meters interpolate peaks differently
ROUNDING_DB = 0.001  # what 24 bits with dither may add
RIDES = 1  # passes after which the ride is looked at again
STUCK_DB, MOST_STEP_DB = 0.002, 4.0
RELIEVED_DB = 1.0  # over the ceiling: what relief leaves to the limiter
SHARE_BEFORE = 0.3  # of the progress: what comes before the first pass through the limiter


class Taken(msgspec.Struct, frozen=True, kw_only=True):
    """What the last stage took off, dB: the limiter at most and on average while it worked,
    clipper and relief at most; the ride, in soft sections."""

    ride_max_db: float = 0.0
    limiter_max_db: float = 0.0
    limiter_mean_db: float = 0.0
    clipper_max_db: float = 0.0
    relief_max_db: float = 0.0


class MasterRender(msgspec.Struct, frozen=True, kw_only=True):
    """A finished master: `signal` is undithered float at the delivery rate, read as often and as wildly as you like.

    `gain_db` went into the clipper and limiter; `passes` through them were needed to find it.
    """

    signal: Scratch
    loudness: Loudness
    spectrum: Spectrum
    gain_db: float
    taken: Taken
    passes: int
    steps: tuple[Step, ...] = ()


class _Mix(msgspec.Struct, frozen=True):
    """The mix before the gain, at the delivery rate, with what the search for the gain needs to know."""

    signal: Scratch
    block_lufs: Floats
    profile: Profile
    steps: tuple[Step, ...]


def render(
    signal: Signal, plan: MasterPlan, progress: Progress = SILENT, *, folder: Path | None = None
) -> MasterRender:
    """Master `signal` by `plan`; raises `SurroundingsFailed` when `folder` (None: the temporary one) is full.

    The same signal and plan give the same samples. What comes before the gain is made once; then the gain is searched
    with one pass through clipper and limiter each, two as a rule, until loudness and true peak hold.
    """
    mix = _before(signal, plan, scaled(progress, 0.0, SHARE_BEFORE, "mastering"), folder)
    search = _Search(mix, plan, folder)
    if plan.target_lufs is None or not _heard(mix, plan):
        made = search.at_gain(plan.gain_db, progress)
    else:
        made = search.at_loudness(plan.target_lufs, progress)
    progress(1.0, 1.0, "mastering")
    return made


def _heard(mix: _Mix, plan: MasterPlan) -> bool:
    """Does the mix have a loudness, at least once the gain has lifted it over the absolute gate?"""
    return bool(np.any(mix.block_lufs + max(plan.gain_db, 0.0) > ABSOLUTE_GATE_LUFS))


def _before(signal: Signal, plan: MasterPlan, progress: Progress, folder: Path | None) -> _Mix:
    with ThreadPoolExecutor(max_workers=1) as pool:
        measured = Measured(plan, signal.rate_hz, signal.channels)
        mix: Signal = Chain(Ahead(signal, pool), measured.processors)
        if plan.rate_hz != signal.rate_hz:
            mix = Resampled(mix, plan.rate_hz)
        kept = Scratch(plan.rate_hz, mix.channels, mix.frames, folder)
        meter = LoudnessMeter(plan.rate_hz, mix.channels, true_peak=False)
        profile = Profile(plan.rate_hz, mix.frames)
        stream(mix, [[kept.append, meter.add, profile.add]], progress, "mastering")
    whole_blocks = meter.series().momentary_lufs[BLOCK_STEPS - 1 :].astype(np.float64)
    return _Mix(kept, whole_blocks, profile, measured.steps())


class _Search:
    """Passes through the last stage until the master holds its figures."""

    def __init__(self, mix: _Mix, plan: MasterPlan, folder: Path | None) -> None:
        self._mix, self._plan, self._folder = mix, plan, folder
        self._highest_dbtp = plan.limit.ceiling_dbtp - ROUNDING_DB
        self._ceiling_dbtp = plan.limit.ceiling_dbtp - MARGIN_DB
        self._signal: Signal = mix.signal
        self._contrast = Contrast(mix.block_lufs, plan.ride.within_lu if plan.ride else math.inf)
        self._made_lufs = mix.block_lufs
        self._passes = 0

    def at_gain(self, gain_db: float, progress: Progress) -> MasterRender:
        """The master at this gain, under the ceiling."""
        made = self._pass(gain_db, progress)
        while self._lower(made) and self._passes < MOST_PASSES:
            made = self._pass(gain_db, progress)
        return made

    def at_loudness(self, target_lufs: float, progress: Progress) -> MasterRender:
        """The master at this loudness, or as near as it gets."""
        plan, mix = self._plan, self._mix
        model = DriveModel(mix.profile, mix.block_lufs, self._ceiling_dbtp, plan.limit, _clips_above_db(plan))
        gain_db = self._aimed(model, target_lufs)
        for _ in range(PROBES):
            if (found := probed(self._signal, plan, gain_db, self._ceiling_dbtp)) is None:
                break
            model.learn_from(gain_db, *found)
            tried_db, gain_db = gain_db, self._aimed(model, target_lufs)
            if abs(gain_db - tried_db) < SAME_DB:
                break
        best: MasterRender | None = None
        nearest = (math.inf, True, math.inf)
        passed: list[tuple[float, float]] = []
        while self._passes < MOST_PASSES:
            made = self._pass(gain_db, progress)
            reached = made.loudness.integrated_lufs
            over = self._lower(made)
            if reached is None:
                return made
            miss_lu = abs(reached - target_lufs)
            model.learn(gain_db, reached, self._made_lufs if self._passes <= RIDES else None)
            levelled = self._passes <= RIDES and not self._contrast.kept(model, gain_db)
            far = (max(miss_lu - NEAR_LU, 0.0), levelled, miss_lu)
            if not over and far < nearest:
                best, nearest = made, far
            if nearest[2] <= (CLOSE_LU if self._passes < FEW_PASSES else NEAR_LU) and not levelled:
                break
            passed.append((gain_db, reached))
            before_db, gain_db = gain_db, self._aimed(model, target_lufs)
            gain_db = _between(
                passed[RIDES:], target_lufs, min(max(gain_db, before_db - MOST_STEP_DB), before_db + MOST_STEP_DB)
            )
            if not over and not levelled and abs(gain_db - before_db) < STUCK_DB:
                break
        return replace(best or made, passes=self._passes)

    def _aimed(self, model: DriveModel, target_lufs: float) -> float:
        """The gain for the target, with the ride that the plan asks for; it is left alone after the first passes, since
        each ride asks for another gain."""
        if self._plan.ride is None or self._passes > RIDES:
            return model.gain_for(target_lufs)
        gain_db = self._contrast.ride(model, target_lufs)
        ride_db = self._contrast.ride_db
        self._signal = Ridden(self._mix.signal, ride_db) if ride_db.any() else self._mix.signal
        return gain_db

    def _lower(self, made: MasterRender) -> bool:
        """Lower the inner ceiling by what came out above the ceiling; False when nothing did."""
        peak = made.loudness.true_peak_dbtp
        if peak is None or peak <= self._highest_dbtp:
            return False
        self._ceiling_dbtp -= peak - self._highest_dbtp + ROUNDING_DB
        return True

    def _pass(self, gain_db: float, progress: Progress) -> MasterRender:
        mix, plan = self._signal, self._plan
        begin = 1.0 - (1.0 - SHARE_BEFORE) * 0.5**self._passes
        part = scaled(progress, begin, (1.0 + begin) / 2, "mastering")
        stage = LastStage(plan, mix.channels, gain_db, self._ceiling_dbtp)
        made = Scratch(plan.rate_hz, mix.channels, mix.frames, self._folder)
        meter, spectrum = LoudnessMeter(plan.rate_hz, mix.channels), SpectrumAccumulator(plan.rate_hz, mix.channels)
        with ThreadPoolExecutor(max_workers=1) as pool:
            driven = Ahead(Chain(mix, stage.before_limiter), pool)
            limited = Chain(driven, lambda: [stage.limiter])
            stream(limited, [[made.append, meter.add], [spectrum.add]], part, "mastering")
        self._passes += 1
        self._made_lufs = meter.series().momentary_lufs[BLOCK_STEPS - 1 :].astype(np.float64)
        return MasterRender(
            signal=made,
            loudness=meter.result(),
            spectrum=spectrum.result(),
            gain_db=gain_db,
            taken=replace(_taken(stage), ride_max_db=self._contrast.most_db),
            passes=self._passes,
            steps=self._mix.steps,
        )


def _between(passed: list[tuple[float, float]], target_lufs: float, gain_db: float) -> float:
    """Between two passes (gain, loudness) on either side of the target a straight line knows better than `gain_db`."""
    low = max((one for one in passed if one[1] <= target_lufs), default=None, key=lambda one: one[1])
    high = min((one for one in passed if one[1] > target_lufs), default=None, key=lambda one: one[1])
    if low is None or high is None:
        return gain_db
    return low[0] + (high[0] - low[0]) * (target_lufs - low[1]) / (high[1] - low[1])


def _clips_above_db(plan: MasterPlan) -> float | None:
    """Where peaks end before the limiter, as the model of it sees them."""
    if plan.relief:
        return RELIEVED_DB
    return plan.clip.above_db if plan.clip else None


def _taken(stage: LastStage) -> Taken:
    return Taken(
        limiter_max_db=abs(stage.limiter.max_reduction_db),
        limiter_mean_db=abs(stage.limiter.mean_reduction_db),
        clipper_max_db=stage.clipper.most_db if stage.clipper else 0.0,
        relief_max_db=max((relief.most_db for relief in stage.relief), default=0.0),
    )
