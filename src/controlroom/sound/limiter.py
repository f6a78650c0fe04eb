"""A true-peak limiter with look-ahead: nothing passes the ceiling, not between the samples either, and no gain step.

How the gain is made, frame by frame:

    need     ceiling / largest magnitude of the curve on either side of the frame (1 where that is below)
    hold     the smallest need of the frames ahead, as far as the look-ahead reaches
    release  back up at two speeds, the lower of both: a fast one, for single peaks, and a slow one that follows the
             fast one, so that what is held down all the time (a bass note, a loud chorus) stays at one level
    window   the mean of the last frames, by three moving averages (a bell, as long as the look-ahead)

Every value in the window has seen the peak ahead of it, so at the peak the gain has come down all the way. The averages
are sums of integers: they do not drift, and where nothing has to come down the gain is 1 to the last bit.
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from controlroom.sound.kernels import kernel
from controlroom.sound.meter.true_peak import HALF, TAPS, frame_peaks
from controlroom.sound.signal import Samples, frozen

Floats = npt.NDArray[np.float64]
Counts = npt.NDArray[np.int64]

BEHIND = HALF + 1  # frames after a frame that the curve beside it needs
LOOKED_AT = TAPS + 1
UNIT = 1 << 30  # the gain 1 in the sums
FAST, SLOW_CHARGE, SLOW_RELEASE = 0.3, 3.0, 6.0  # times the release: a single peak; how the slow part moves
MARGIN_DB = 0.01  # below the ceiling: what meters with other interpolation filters may read more
NOTED_EVERY = 64  # frames
PIECE = 16384  # frames worked on at a time: they stay in the processor's cache


class Limiter:
    """A processor: holds the true peak at `ceiling_dbtp`; all channels get one gain (the picture stays).

    `release_ms` is for music in general: the gain comes back three times as fast after a single peak, and up to six
    times as slowly after long limiting. `max_reduction_db` and `mean_reduction_db` say what it took off so far.
    """

    def __init__(
        self,
        rate_hz: int,
        channels: int,
        ceiling_dbtp: float = -1.0,
        *,
        lookahead_ms: float = 5.0,
        release_ms: float = 100.0,
    ) -> None:
        self._ahead = max(round(lookahead_ms * rate_hz / 1000), HALF)
        self.latency_frames = self._ahead + BEHIND
        self._ceiling = 10.0 ** ((ceiling_dbtp - MARGIN_DB) / 20.0)
        self._line = np.zeros((channels, self.latency_frames), np.float32)
        self._last_peak = 0.0
        self._needs = np.ones(self._ahead)
        self._rates = np.array([_per_frame(release_ms * times, rate_hz) for times in (FAST, SLOW_CHARGE, SLOW_RELEASE)])
        self._released = np.ones(2)  # fast, slow
        self._past = np.full(self._ahead, UNIT)
        self._frames, self._noted = 0, 0
        self._lowest, self._summed_db = 1.0, 0.0

    @property
    def max_reduction_db(self) -> float:
        return -20.0 * math.log10(self._lowest)

    @property
    def mean_reduction_db(self) -> float:
        """The mean over all frames so far (noted at every 64th)."""
        return -self._summed_db / self._noted if self._noted else 0.0

    def process(self, block: Samples) -> Samples:
        if block.shape[1] <= PIECE:
            return self._limited(block)
        pieces = [self._limited(block[:, at : at + PIECE]) for at in range(0, block.shape[1], PIECE)]
        return frozen(np.concatenate(pieces, axis=1))

    def _limited(self, block: Samples) -> Samples:
        frames = block.shape[1]
        line = np.concatenate([self._line, block], axis=1)
        needs = np.concatenate([self._needs, self._need(line[:, self.latency_frames - LOOKED_AT :], frames)])
        gains = self._smoothed(self._released_gain(_lowest_ahead(needs, self._ahead + 1)))
        self._needs, self._line = needs[frames:], line[:, frames:]
        self._note(gains)
        out = np.empty(block.shape, np.float32)
        _turn(line, gains, out)
        return frozen(out)

    def _need(self, line: Samples, frames: int) -> Floats:
        """The gain that each frame needs: both the curve before and the curve after it stay at the ceiling."""
        peaks = np.empty(frames + 1, np.float32)
        peaks[0] = self._last_peak
        np.maximum.reduce([frame_peaks(row, frames, self._ceiling) for row in line], out=peaks[1:])
        self._last_peak = peaks[-1]
        needs = np.empty(frames)
        _needed(peaks, self._ceiling, needs)
        return needs

    def _released_gain(self, holds: Floats) -> Counts:
        gains = np.empty(len(holds), np.int64)
        _release(holds, self._rates, self._released, gains)
        return gains

    def _smoothed(self, gains: Counts) -> Floats:
        """Three moving averages over the last `ahead` + 1 gains."""
        window = np.concatenate([self._past, gains])
        self._past = window[len(gains) :]
        lengths = _averages(self._ahead + 1)
        for length in lengths:
            sums = np.empty(len(window) - length + 1, np.int64)
            _moving_sums(window, length, sums)
            window = sums
        return window * (1.0 / (math.prod(lengths) * UNIT))

    def _note(self, gains: Floats) -> None:
        noted = gains[-self._frames % NOTED_EVERY :: NOTED_EVERY]
        self._frames += len(gains)
        self._noted += len(noted)
        self._summed_db += 20.0 * float(np.log10(noted).sum())
        self._lowest = min(self._lowest, float(gains.min()))


def _per_frame(time_ms: float, rate_hz: int) -> float:
    return 1.0 - math.exp(-1000.0 / (time_ms * rate_hz))


def _averages(frames: int) -> tuple[int, int, int]:
    """The lengths of three moving averages that together span `frames`."""
    first = (frames + 2) // 3
    second = (frames + 2 - first) // 2
    return first, second, frames + 2 - first - second


def _lowest_ahead(values: Floats, length: int) -> Floats:
    """The smallest of each `length` values in a row (M. van Herk, Pattern Recognition Letters 13 (7), 1992)."""
    lowest = np.empty(len(values) - length + 1)
    _van_herk(values, length, lowest)
    return lowest


@kernel
def _van_herk(values: Floats, length: int, lowest: Floats) -> None:
    """Of two running minima, one back from and one on from a mark every `length` values, the smaller."""
    before = np.empty(length)
    for mark in range(0, lowest.size, length):
        low = np.inf
        for n in range(length - 1, -1, -1):
            low = min(low, values[mark + n])
            before[n] = low
        low = np.inf
        for n in range(min(length, lowest.size - mark)):
            lowest[mark + n] = min(before[n], low)
            if n + 1 < length and mark + length + n < values.size:
                low = min(low, values[mark + length + n])


@kernel
def _release(holds: Floats, rates: Floats, released: Floats, gains: Counts) -> None:
    quick, charge, slow_release = rates
    fast, slow = released
    for n in range(holds.size):
        fast = min(holds[n], fast + quick * (holds[n] - fast))
        slow += (charge if fast < slow else slow_release) * (fast - slow)
        gains[n] = np.int64(min(fast, slow) * UNIT)
    released[0], released[1] = fast, slow


@kernel
def _needed(peaks: Samples, ceiling: float, needs: Floats) -> None:
    before, after = peaks[: needs.size], peaks[1:]
    for n in range(needs.size):
        needs[n] = ceiling / max(np.float64(max(before[n], after[n])), ceiling)


@kernel
def _moving_sums(values: Counts, length: int, sums: Counts) -> None:
    total = values[:length].sum()
    sums[0] = total
    newest, oldest, rest = values[length:], values[: sums.size], sums[1:]
    for n in range(rest.size):
        total += newest[n] - oldest[n]
        rest[n] = total


@kernel
def _turn(line: Samples, gains: Floats, out: Samples) -> None:
    for c in range(out.shape[0]):
        row, turned = line[c], out[c]
        for n in range(gains.size):
            turned[n] = row[n] * gains[n]
