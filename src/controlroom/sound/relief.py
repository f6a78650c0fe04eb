"""Relief: sound gives way to its own peaks. Loudness that costs neither attack nor clarity.

A peak is most often a short sound on top of a long wave of the bass. A limiter turns all of it down, a clipper cuts it
off with a noise that reaches over the whole spectrum. Here a curve is added instead, so smooth that it stays below a
frequency: it moves the wave out of the way of the peak. Of all such curves the one that costs least is taken:

    minimise   cost |e|^2 + |what still lies outside the ceiling with e added|^2      over smooth curves e

a convex problem (for clipping by optimisation see B. Defraene et al., "Real-Time Perception-Based Clipping of Audio
Signals Using Convex Optimization", IEEE TASLP 20 (10), 2012), solved by accelerated gradient steps (A. Beck and M.
Teboulle, SIAM J. Imaging Sciences 2 (1), 2009) on the highest and lowest sample of every few frames. What is left
outside the ceiling is for a clipper or limiter behind it.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from controlroom.sound.kernels import kernel
from controlroom.sound.signal import Samples, frozen

Floats = npt.NDArray[np.float64]

SMOOTHINGS = 4  # moving averages in a row; an even number has no negative response, which the gradient needs


class Pace(NamedTuple):
    """How quickly the curve may move: it is worked out `hops_per_s` times a second, by `steps` gradient steps, and has
    nothing left at `zero_hz` (4 dB less at 0.27, 60 dB at 0.9 of that). `cost`: of the curve, relative to what is left
    outside."""

    hops_per_s: int
    zero_hz: float
    cost: float
    steps: int


SLOW = Pace(hops_per_s=6000, zero_hz=550.0, cost=0.03, steps=16)  # the low end
QUICK = Pace(hops_per_s=24000, zero_hz=5000.0, cost=0.1, steps=12)  # low mids and mids


class Relief:
    """A processor: adds to each channel the smooth curve that brings it under `ceiling_db` (dBFS) at the least cost.

    Takes blocks of whole hops (a power of two of frames: at 48 kHz 8 at the slow pace, 2 at the quick one). What lies
    further off than the latency has no influence on the curve, so it is the same in blocks of any size. `most_db`: how
    much lower it left the highest of all samples.
    """

    def __init__(self, rate_hz: int, channels: int, ceiling_db: float, pace: Pace = SLOW) -> None:
        self._hop = 2 ** max(round(math.log2(rate_hz / pace.hops_per_s)), 0)
        self._reach = max(round(rate_hz / self._hop / pace.zero_hz / 2), 1)  # hops of an average on either side
        self._pace = pace
        self.latency_frames = (pace.steps * SMOOTHINGS * self._reach + 1) * self._hop
        self._ceiling = 10 ** (ceiling_db / 20)
        self._line = np.zeros((channels, 2 * self.latency_frames), np.float32)
        self._highest, self._left = self._ceiling, self._ceiling

    @property
    def most_db(self) -> float:
        return 20 * math.log10(self._highest / self._left)

    def process(self, block: Samples) -> Samples:
        line = np.concatenate([self._line, block], axis=1)
        self._line = line[:, block.shape[1] :]
        out = line[:, self.latency_frames : self.latency_frames + block.shape[1]].copy()
        for row, moved in zip(line, out, strict=True):
            if (highest := float(max(row.max(), -row.min()))) > self._ceiling:
                curve = np.zeros(row.size // self._hop)
                _solve(row, self._hop, self._reach, self._ceiling, self._pace.cost, self._pace.steps, curve)
                _add(curve[self.latency_frames // self._hop - 1 :], self._hop, moved)
                self._highest = max(self._highest, highest)
                self._left = max(self._left, float(moved.max()), -float(moved.min()))
        return frozen(out)


@kernel
def _solve(row: Samples, hop: int, reach: int, ceiling: float, cost: float, steps: int, curve: Floats) -> None:
    """The curve at each hop. It is worked out only around peaks, as far as the steps can carry it."""
    hops = curve.size
    highest, lowest = np.empty(hops), np.empty(hops)
    for k in range(hops):
        high, low = row[k * hop], row[k * hop]
        for n in range(k * hop + 1, (k + 1) * hop):
            high, low = max(high, row[n]), min(low, row[n])
        highest[k], lowest[k] = high - ceiling, low + ceiling
    far = steps * SMOOTHINGS * reach
    begin, end = 0, -1
    for k in range(hops + 1):
        if k < hops and (highest[k] > 0.0 or lowest[k] < 0.0):
            if k - far > end:
                if end > begin:
                    _solve_span(highest[begin:end], lowest[begin:end], reach, cost, steps, curve[begin:end])
                begin = max(k - far, 0)
            end = min(k + far + 1, hops)
    if end > begin:
        _solve_span(highest[begin:end], lowest[begin:end], reach, cost, steps, curve[begin:end])


@kernel
def _solve_span(highest: Floats, lowest: Floats, reach: int, cost: float, steps: int, curve: Floats) -> None:
    hops, pad = curve.size, (SMOOTHINGS + 1) * (reach + 1)  # each sum of `_smooth` is one `reach` + 1 further behind
    ahead = np.zeros(hops)
    smoothed = np.zeros((SMOOTHINGS + 1, hops + 2 * pad))  # nothing lies outside
    outside, push = smoothed[0, pad : pad + hops], smoothed[SMOOTHINGS, pad : pad + hops]
    momentum, kept = 1.0, 1.0 / (1.0 + cost)
    for _ in range(steps):
        for k in range(hops):
            outside[k] = max(highest[k] + ahead[k], 0.0) + min(lowest[k] + ahead[k], 0.0)
        _smooth(smoothed, reach, pad, hops)
        following = (1.0 + math.sqrt(1.0 + 4.0 * momentum * momentum)) / 2.0
        further = (momentum - 1.0) / following
        momentum = following
        for k in range(hops):
            stepped = (ahead[k] - push[k]) * kept
            ahead[k] = stepped + further * (stepped - curve[k])
            curve[k] = stepped


@kernel
def _smooth(rows: Floats, reach: int, begin: int, count: int) -> None:
    """Each row becomes the moving average of the one before, over 2 `reach` + 1 values, `count` of them from `begin`
    on; nothing lies outside. Four sums run side by side, each so far behind that it need not wait for the one before.
    """
    late = reach + 1
    share, start, steps = 1.0 / (late + reach), begin - reach, count + reach + SMOOTHINGS * late
    into_a, from_a = rows[0, start + reach :], rows[0, start - late :]
    into_b, from_b = rows[1, start - 1 :], rows[1, start - 2 * late :]
    into_c, from_c = rows[2, start - late - 1 :], rows[2, start - 3 * late :]
    into_d, from_d = rows[3, start - 2 * late - 1 :], rows[3, start - 4 * late :]
    b, c, d, e = rows[1, start:], rows[2, start - late :], rows[3, start - 2 * late :], rows[4, start - 3 * late :]
    first = second = third = fourth = 0.0
    for k in range(steps):
        first += into_a[k] - from_a[k]
        second += into_b[k] - from_b[k]
        third += into_c[k] - from_c[k]
        fourth += into_d[k] - from_d[k]
        b[k] = first * share
        c[k] = second * share
        d[k] = third * share
        e[k] = fourth * share


@kernel
def _add(curve: Floats, hop: int, out: Samples) -> None:
    """Add the curve, straight between the middles of its hops; the second hop of `curve` is the first one of `out`."""
    for k in range(out.size // hop):
        near = curve[k : k + 3]
        before, after, moved = near[1] - near[0], near[2] - near[1], out[k * hop : (k + 1) * hop]
        for n in range(hop):
            place = (n + 0.5) / hop - 0.5
            moved[n] += near[1] + place * (before if place < 0.0 else after)
