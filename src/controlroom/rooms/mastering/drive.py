"""How much gain brings the finished master to its target: a small model of the limiter that learns from each pass.

One pass through the real limiter costs a second; this model costs a millisecond. It knows the peaks and the energy of
the music before the limiter, hop by hop, and the loudness of its 400 ms blocks. For a gain it works out what the
clipper and the limiter would take off in each hop and weighs each block by it (BS.1770-5 gating on the result). What
the model misses is the same at neighbouring gains, so each measured pass corrects it, and two passes meet the target.
"""

from __future__ import annotations

import math
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from controlroom.rooms.mastering.plan import Limit
from controlroom.sound.clipper import clipped_level
from controlroom.sound.kernels import kernel
from controlroom.sound.limiter import FAST, SLOW_CHARGE, SLOW_RELEASE
from controlroom.sound.signal import BLOCK_FRAMES, Samples

Floats: TypeAlias = npt.NDArray[np.float64]

ABSOLUTE_GATE_LUFS = -70.0  # BS.1770-5, annex 1
RELATIVE_GATE_LU = -10.0
STEP_S, BLOCK_STEPS = 0.1, 4  # loudness blocks of 400 ms, every 100 ms
MOST_HOPS = 1 << 20  # 23 minutes in full detail: memory stays, whatever the length
SATURATED = 0.05  # LU gained by a decibel: more gain only squashes
MOST_STEPS, LONGEST_STEP_DB, CLOSE_DB = 40, 3.0, 0.002
MOST_GAIN_DB, HALVINGS = 80, 12
LEAST_APART_LU, MOST_STEEP, LEAST_TURNED_DB = 0.02, 2.0, 0.05


def hop_frames(rate_hz: int, frames: int) -> int:
    """About 1.4 ms and a power of two, so that blocks hold whole hops; longer where there would be too many of them."""
    hop: int = 64 * 2 ** max(round(math.log2(rate_hz / 48000)), 0)
    while frames > MOST_HOPS * hop and hop < BLOCK_FRAMES:
        hop *= 2
    return hop


class Profile:
    """Peak and energy of the music in hops: add blocks in order, then ask."""

    def __init__(self, rate_hz: int, frames: int) -> None:
        self.rate_hz, self.hop = rate_hz, hop_frames(rate_hz, frames)
        hops = -(-frames // self.hop)
        self.peaks, self.energy = np.zeros(hops), np.zeros(hops)
        self._channels = 1
        self._at = 0

    def add(self, block: Samples) -> None:
        _profile(block, self._at, self.hop, self.peaks, self.energy)
        self._at += block.shape[1]
        self._channels = block.shape[0]

    @property
    def levels(self) -> Floats:
        """What most waves of a hop reach: the amplitude of a sine of its energy."""
        return np.asarray(np.sqrt(2 * self.energy / (self.hop * self._channels)))


class DriveModel:
    """Integrated loudness behind the limiter as a function of the gain before it.

    `block_lufs`: loudness of the 400 ms blocks before the gain, one every 100 ms. `clip_db`: the clipper's ceiling over
    the limiter's (None: no clipper); relief is one too, as far as loudness goes.
    """

    def __init__(
        self, profile: Profile, block_lufs: npt.ArrayLike, ceiling_dbtp: float, limit: Limit, clip_db: float | None
    ) -> None:
        self._profile = profile
        self._before = np.asarray(block_lufs, float)
        self._ceiling_db, self._clip_db = ceiling_dbtp, clip_db
        hop_ms = 1000 * profile.hop / profile.rate_hz
        self._ahead = round(limit.lookahead_ms / hop_ms)
        self._rates = 1 - np.exp(-hop_ms / (limit.release_ms * np.array([FAST, SLOW_CHARGE, SLOW_RELEASE])))
        places_s = np.arange(len(profile.peaks)) * hop_ms / 1000
        self._step = np.minimum((places_s / STEP_S).astype(np.int64), len(self._before) + BLOCK_STEPS - 2)
        self._expected_lufs = self._measured_lufs = 0.0
        self._share = 1.0
        self.ride(np.zeros(len(self._before)))
        self._missed_db = np.zeros(len(self._before))

    def ride(self, ride_db: Floats) -> None:
        """The level is ridden before the gain, by so many decibels in the middle of each block. What was learnt of how
        steeply loudness rises is forgotten."""
        self._steepness, self._learnt = 1.0, False
        if not len(ride_db):
            ride_db = np.zeros(1)
        steps = np.arange(len(self._before) + BLOCK_STEPS - 1) - (BLOCK_STEPS - 1) / 2
        by = 10 ** (np.interp(steps, np.arange(len(ride_db)), ride_db) / 20)[self._step]
        self._blocks = self._before + ride_db[: len(self._before)]
        self._peaks, self._levels = self._profile.peaks * by, self._profile.levels * by
        self._hops = self._profile.energy * by**2
        self._energy = self._blockwise(self._hops)

    def change_db(self, gain_db: float) -> Floats:
        """How much louder each block comes out."""
        return np.asarray(self._plain_blocks_lufs(gain_db) - self._before)

    def _blockwise(self, energy: Floats) -> Floats:
        """Energy in each 400 ms block."""
        steps = np.bincount(self._step, weights=energy, minlength=len(self._before) + BLOCK_STEPS - 1)
        return np.asarray(np.convolve(steps, np.ones(BLOCK_STEPS), "valid")[: len(self._before)])

    def loudness_lufs(self, gain_db: float) -> float:
        """What the master would measure with this gain, by what the model knows so far."""
        return self._measured_lufs + self._steepness * (self._plain_lufs(gain_db) - self._expected_lufs)

    def _plain_lufs(self, gain_db: float) -> float:
        """The same before anything was learnt."""
        return gated_lufs(self._plain_blocks_lufs(gain_db))

    def _plain_blocks_lufs(self, gain_db: float) -> Floats:
        return np.asarray(self._blocks + gain_db + self._share * self._turned_db(gain_db) + self._missed_db)

    def _turned_db(self, gain_db: float) -> Floats:
        """What the last stage does to each block, as far as the hops tell; 0 or less."""
        kept = self._limited(gain_db) ** 2
        left = self._blockwise(self._hops * kept) / np.maximum(self._energy, 1e-30)
        return np.asarray(10 * np.log10(np.maximum(left, 1e-30)))

    def _limited(self, gain_db: float) -> Floats:
        """The gain that clipper and limiter together have in each hop."""
        gain = 10 ** (gain_db / 20)
        peaks = self._peaks * gain
        clipping: Floats = np.ones_like(peaks)
        if self._clip_db is not None:
            clip_db = self._ceiling_db + self._clip_db
            usual = np.maximum(np.minimum(self._levels * gain, peaks), 1e-9)
            clipping = clipped_level(usual, clip_db) / usual
            peaks = clipped_level(peaks, clip_db)
        limiting = np.empty_like(peaks)
        _limit(peaks / 10 ** (self._ceiling_db / 20), self._ahead, self._rates, limiting)
        return np.asarray(clipping * limiting)

    def learn(self, gain_db: float, measured_lufs: float, block_lufs: Floats | None = None) -> None:
        """Take in what a pass through the real limiter measured, in its blocks too; from the second on, how steeply it
        rises."""
        expected_lufs = self._plain_lufs(gain_db)
        apart_lu = expected_lufs - self._expected_lufs
        if self._learnt and abs(apart_lu) > LEAST_APART_LU:
            self._steepness = min(max((measured_lufs - self._measured_lufs) / apart_lu, 1 / MOST_STEEP), MOST_STEEP)
        if block_lufs is not None:
            self._missed_db = (
                self._missed_db
                + np.maximum(block_lufs, ABSOLUTE_GATE_LUFS)
                - np.maximum(self._plain_blocks_lufs(gain_db), ABSOLUTE_GATE_LUFS)
            )
            expected_lufs = self._plain_lufs(gain_db)
        self._expected_lufs, self._measured_lufs, self._learnt = expected_lufs, measured_lufs, True

    def learn_from(self, gain_db: float, places: npt.NDArray[np.int64], measured_lufs: Floats) -> None:
        """Take in what some of the blocks measured behind the real limiter: by how much it does more or less than
        the hops tell."""
        before = self._blocks[places] + gain_db + self._missed_db[places]
        told, weight = self._turned_db(gain_db)[places], 10 ** (measured_lufs / 10)
        if abs(total := float(weight @ told)) > LEAST_TURNED_DB * weight.sum():
            self._share = float(weight @ (measured_lufs - before)) / total

    def gain_for(self, target_lufs: float) -> float:
        """The gain (dB) at which the master measures `target_lufs`; where more gain brings next to nothing, it ends.

        Secants from below: the curve rises ever less steeply, so they do not pass the target. Where gating makes it
        jump (quiet parts that come to count as everything gets louder), a search.
        """
        gain_db = target_lufs - self.loudness_lufs(0.0)
        reached_lufs, slope = self.loudness_lufs(gain_db), 1.0
        for _ in range(MOST_STEPS):
            step_db = (target_lufs - reached_lufs) / max(slope, SATURATED)
            if abs(step_db) < CLOSE_DB:
                return gain_db
            if slope < 0.0:
                break
            if slope < SATURATED and step_db > 0:
                return gain_db
            step_db = min(max(step_db, -LONGEST_STEP_DB), LONGEST_STEP_DB)
            before_lufs, reached_lufs = reached_lufs, self.loudness_lufs(gain_db + step_db)
            slope = min((reached_lufs - before_lufs) / step_db, 1.0)
            gain_db += step_db
        return self._searched(target_lufs)

    def _searched(self, target_lufs: float) -> float:
        """The lowest gain on a grid of 1 dB that reaches the target, made finer by halving."""
        for high in range(-MOST_GAIN_DB, MOST_GAIN_DB):
            if self.loudness_lufs(high) >= target_lufs:
                break
        low = high - 1.0
        upper = float(high)
        for _ in range(HALVINGS):
            middle = (low + upper) / 2
            low, upper = (middle, upper) if self.loudness_lufs(middle) < target_lufs else (low, middle)
        return upper


def gated_lufs(blocks: Floats) -> float:
    """Integrated loudness from the loudness of overlapping 400 ms blocks (BS.1770-5, eq. 5 to 7)."""
    loud = blocks[blocks > ABSOLUTE_GATE_LUFS]
    if not len(loud):
        return ABSOLUTE_GATE_LUFS
    power = 10 ** (loud / 10)
    kept = power[loud > 10 * math.log10(power.mean()) + RELATIVE_GATE_LU]
    return float(10 * math.log10(kept.mean()))


@kernel
def _profile(block: Samples, at: int, hop: int, peaks: Floats, energy: Floats) -> None:
    for channel in range(block.shape[0]):
        row = block[channel]
        for begin in range(0, block.shape[1], hop):
            k = (at + begin) // hop
            peak, total = 0.0, 0.0
            for i in range(begin, min(begin + hop, block.shape[1])):
                peak = max(peak, abs(row[i]))
                total += row[i] * row[i]
            peaks[k] = max(peaks[k], peak)
            energy[k] += total


@kernel
def _limit(peaks: Floats, ahead: int, rates: Floats, gains: Floats) -> None:
    """The limiter in hops; `peaks` relative to its ceiling. Hold, two-speed release and mean, as it does in frames."""
    quick, charge, slow_release = rates
    last = len(peaks) - 1
    window = np.ones(ahead + 1)
    fast, slow, total = 1.0, 1.0, ahead + 1.0
    for k in range(len(peaks)):
        highest = 1.0
        for j in range(k, min(k + ahead, last) + 1):
            highest = max(highest, peaks[j])
        fast = min(1.0 / highest, fast + quick * (1.0 / highest - fast))
        slow += (charge if fast < slow else slow_release) * (fast - slow)
        now = min(fast, slow)
        total += now - window[k % (ahead + 1)]
        window[k % (ahead + 1)] = now
        gains[k] = total / (ahead + 1)
