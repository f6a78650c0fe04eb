"""True peak (BS.1770-5, annex 2) on a grid of 16 points a sample, without computing most of it.

The curve between the samples is made with a windowed sinc of 48 taps (flat to 0.46 of the rate). A point of it is
computed only where the peak can be. Let `peak` be what has been found so far, and M the largest point of the grid:

1. A cell of 32 frames is passed over when its largest sample, times the largest sum of absolute taps, is below `peak`.
2. The curve has no content above BAND, so it cannot fall fast from its largest value: within d of a point of height M,
   it is at least M cos(BAND d) (Duffin and Schaeffer 1938; points of the grid may miss the top of the curve by half
   a step, hence STEP). So a cell is passed over when no sample and no half-way point reaches that share of `peak`,
3. and when no quarter point reaches its share.
4. Around a quarter point that does, the places of the grid are estimated by the polynomial through five quarter points.
   It is off by h^5 max|f(5)| / 85 at most (h: a quarter), and BAND bounds the derivative (Bernstein).
5. What is left is computed in double precision.

Every step only leaves out what cannot be the largest, so cutting and order do not change the result.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt

from controlroom.sound.kernels import kernel, reordering_kernel
from controlroom.sound.signal import Samples

PHASES = 16
TAPS = 48
HALF = TAPS // 2
CELL = 32
KAISER_BETA = 6.5

Taps = npt.NDArray[np.float64]


def sinc_taps(taps: int, beta: float, phases: int = PHASES) -> Taps:
    """Interpolation filters, array (phases, taps): row p weighs the `taps` samples around the place p / phases.

    The place lies between samples number taps/2 - 1 and taps/2. A sinc in a Kaiser window; each row sums to 1.
    """
    distance = np.arange(1 - taps // 2, taps // 2 + 1) - np.arange(phases)[:, None] / phases
    inside = np.clip(1.0 - (distance / (taps // 2)) ** 2, 0.0, None)
    rows = np.sinc(distance) * np.i0(beta * np.sqrt(inside))
    return np.asarray(rows / rows.sum(axis=1, keepdims=True))


_TAPS = sinc_taps(TAPS, KAISER_BETA)
_PASSED_OVER = float(np.abs(_TAPS).sum(axis=1).max())
_BAND = np.pi * 1.08  # radians a sample: where the filter's stop band begins
_STEP = _BAND / (2 * PHASES)
_HALF_SHARE = float(np.cos(_BAND / 4 + _STEP))
_QUARTER_SHARE = float(np.cos(_BAND / 8 + _STEP))
_NEAR_SHARE = 0.8  # of a level: where no quarter point reaches that, no place reaches the level
_ESTIMATE_SHARE = float(1.0 - (_BAND / 4) ** 5 / 85 / np.cos(_STEP))


def _lagrange() -> Taps:
    """Row i weighs five quarter points for the place (i - 2) / 16 of a sample after the middle one, i = 0 ... 5."""
    powers = np.vander(np.arange(-2.0, 3.0), increasing=True)
    wanted = np.vander(np.arange(-2.0, 4.0) / 4, 5, increasing=True)
    return np.asarray(np.linalg.solve(powers.T, wanted.T).T)


_ESTIMATE = _lagrange()


def _folded() -> Samples:
    """Rows: the half-way point, and half the sum and half the difference of the two quarter points.

    A quarter point mirrors the other, so that pairs of samples can be added first (24 products each, not 48).
    """
    after = _TAPS[:, HALF - 1 :: -1]  # taps of the samples before the place, nearest first
    quarter, half, three_quarters = (after[PHASES * n // 4] for n in (1, 2, 3))
    return np.stack([half, (quarter + three_quarters) / 2, (quarter - three_quarters) / 2]).astype(np.float32)


_FOLDED = _folded()


class PeakSearch:
    """The running true peak of some channels, block by block; the same for any cutting into blocks."""

    def __init__(self, channels: int) -> None:
        self.peak = 0.0  # linear
        self._found = np.zeros(channels)
        self._past = [np.zeros(HALF, np.float32) for _ in range(channels)]

    def add(self, rows: Sequence[Samples]) -> list[Callable[[], None]]:
        """Work, one piece a channel, that looks through the next frames (`rows`: one array of samples a channel).

        Every piece may run on its own thread; all must have run before the next frames are given.
        """
        self.peak = max(self.peak, self._found.max(initial=0.0))
        return [partial(self._look, channel, row) for channel, row in enumerate(rows)]

    def result(self) -> float:
        """The largest point so far, linear; what has been given is taken to end in silence."""
        ending = np.zeros(HALF + CELL, np.float32)
        peaks = [_whole_cells(np.concatenate([past, ending]), self.peak)[0] for past in self._past]
        return float(max(self.peak, *self._found, *peaks))

    def _look(self, channel: int, row: Samples) -> None:
        past = self._past[channel]
        overlap = -(-len(past) // CELL) * CELL  # frames in the cells that begin in the past
        joined = np.concatenate([past, row[: overlap - len(past) + TAPS - 1]])
        peak, done = _whole_cells(joined, max(self.peak, self._found[channel]))
        if len(past) + len(row) > len(joined):
            begin = overlap - len(past)
            peak, done = _whole_cells(row[begin:], peak)
            self._past[channel] = row[begin + done :].copy()
        else:
            self._past[channel] = joined[done:]
        self._found[channel] = peak


def _whole_cells(row: Samples, peak: float) -> tuple[float, int]:
    """The larger of `peak` and the true peak of the whole cells of `row`; and how many frames those are."""
    cells = max((len(row) - TAPS + 1) // CELL, 0)
    return (_search(row, cells, peak, _FOLDED, _TAPS), cells * CELL) if cells else (peak, 0)


def frame_peaks(row: Samples, count: int, above: float) -> Samples:
    """The largest magnitude of the curve from row[24 + n] to the next sample, for n = 0 ... `count` - 1.

    Exact (to 0.01 dB up to 0.4 of the rate) where it is larger than `above`; elsewhere at most `above`.
    """
    padded = np.zeros(count + CELL + TAPS, np.float32)
    padded[: count + TAPS + 1] = row[: count + TAPS + 1]
    peaks = np.zeros(count, np.float32)
    _frame_peaks(padded, above, _FOLDED, _ESTIMATE.astype(np.float32), peaks)
    return peaks


@kernel
def _search(row: Samples, cells: int, peak: float, folded: Samples, taps: Taps) -> float:
    """The larger of `peak` and the true peak between row[23] and row[23 + 32 cells]."""
    largest = np.empty(cells + 2, np.float32)
    for cell in range(cells + 2):
        largest[cell] = _largest(row[cell * CELL : (cell + 1) * CELL])
    peak = max(peak, np.float64(largest.max()))
    work = np.empty((4, CELL), np.float32)
    for cell in range(cells):
        nearby = max(largest[cell], largest[cell + 1], largest[cell + 2])
        if nearby * _PASSED_OVER > peak:
            around = row[cell * CELL : cell * CELL + CELL + TAPS]
            if (
                _halves(around, folded, work) >= _HALF_SHARE * peak
                and _quarters(around, folded, work) >= _QUARTER_SHARE * peak
            ):
                peak = _refined(around, work, taps, peak)
    return peak


@reordering_kernel
def _largest(row: Samples) -> float:
    largest = np.float32(0.0)
    for frame in range(row.size):
        largest = max(largest, abs(row[frame]))
    return largest  # type: ignore[return-value]  # a float32 to the compiler


@kernel
def _halves(around: Samples, folded: Samples, work: Samples) -> float:
    """The curve half-way between the samples, into work[0]; the largest of these points and the samples."""
    halves = work[0]
    for n in range(CELL):
        halves[n] = _sums(around, n, 0, folded, 0) + _sums(around, n, 8, folded, 0) + _sums(around, n, 16, folded, 0)
    return max(_largest(halves), _largest(around[HALF - 1 : HALF + CELL]))


@kernel
def _quarters(around: Samples, folded: Samples, work: Samples) -> float:
    """The quarter points, as half their sum (work[1]) and half their difference; the largest of all four points."""
    even, odd, points = work[1], work[2], work[3]
    for n in range(CELL):
        even[n] = _sums(around, n, 0, folded, 1) + _sums(around, n, 8, folded, 1) + _sums(around, n, 16, folded, 1)
    for n in range(CELL):
        odd[n] = (
            _differences(around, n, 0, folded, 2)
            + _differences(around, n, 8, folded, 2)
            + _differences(around, n, 16, folded, 2)
        )
    for n in range(CELL):
        points[n] = abs(even[n]) + abs(odd[n])  # the larger of |even + odd| and |even - odd|
    return max(_largest(points), _largest(work[0]), _largest(around[HALF - 1 : HALF + CELL]))


@kernel
def _sums(x: Samples, n: int, k: int, folded: Samples, row: int) -> Any:  # float32, which Python has no name for
    """Eight of the 24 products of a symmetric filter; written out so that the loop over n runs in SIMD lanes."""
    return (
        folded[row, k] * (x[n + 23 - k] + x[n + 24 + k])
        + folded[row, k + 1] * (x[n + 22 - k] + x[n + 25 + k])
        + folded[row, k + 2] * (x[n + 21 - k] + x[n + 26 + k])
        + folded[row, k + 3] * (x[n + 20 - k] + x[n + 27 + k])
        + folded[row, k + 4] * (x[n + 19 - k] + x[n + 28 + k])
        + folded[row, k + 5] * (x[n + 18 - k] + x[n + 29 + k])
        + folded[row, k + 6] * (x[n + 17 - k] + x[n + 30 + k])
        + folded[row, k + 7] * (x[n + 16 - k] + x[n + 31 + k])
    )


@kernel
def _differences(x: Samples, n: int, k: int, folded: Samples, row: int) -> Any:
    """The same for an antisymmetric filter."""
    return (
        folded[row, k] * (x[n + 23 - k] - x[n + 24 + k])
        + folded[row, k + 1] * (x[n + 22 - k] - x[n + 25 + k])
        + folded[row, k + 2] * (x[n + 21 - k] - x[n + 26 + k])
        + folded[row, k + 3] * (x[n + 20 - k] - x[n + 27 + k])
        + folded[row, k + 4] * (x[n + 19 - k] - x[n + 28 + k])
        + folded[row, k + 5] * (x[n + 18 - k] - x[n + 29 + k])
        + folded[row, k + 6] * (x[n + 17 - k] - x[n + 30 + k])
        + folded[row, k + 7] * (x[n + 16 - k] - x[n + 31 + k])
    )


@kernel
def _refined(around: Samples, work: Samples, taps: Taps, peak: float) -> float:
    """The larger of `peak` and the places of the grid around each quarter point that the largest can be next to."""
    points = np.empty(4 * CELL + 1, np.float32)
    for n in range(CELL):
        points[4 * n], points[4 * n + 1] = around[HALF - 1 + n], work[1, n] + work[2, n]
        points[4 * n + 2], points[4 * n + 3] = work[0, n], work[1, n] - work[2, n]
    points[4 * CELL] = around[HALF - 1 + CELL]
    for at in range(points.size):
        if abs(points[at]) < _QUARTER_SHARE * peak:
            continue
        for place in range(max(4 * at - 2, 0), min(4 * at + 3, PHASES * CELL)):
            if 2 <= at < points.size - 2 and _estimate(points, at, place) < _ESTIMATE_SHARE * peak:
                continue
            first, phase = place // PHASES, place % PHASES
            peak = max(peak, abs(_point(around[first : first + TAPS], taps[phase])))
    return peak


@kernel
def _estimate(points: Samples, at: int, place: int) -> float:
    """The magnitude of a place near quarter point `at`, from that point and two on either side."""
    total = 0.0
    for node in range(5):
        total += _ESTIMATE[place - 4 * at + 2, node] * points[at - 2 + node]
    return abs(total)


@reordering_kernel
def _point(samples: Samples, taps: Taps) -> float:
    total = 0.0
    for k in range(TAPS):
        total += taps[k] * samples[k]
    return total


@kernel
def _frame_peaks(row: Samples, above: float, folded: Samples, estimate: Samples, peaks: Samples) -> None:
    """Cells overlap by two frames, whose quarter points the estimate needs on either side."""
    work = np.empty((4, CELL), np.float32)
    points = np.zeros((4, CELL + 2), np.float32)
    found = np.empty(CELL, np.float32)
    for cell in range(0, peaks.size, CELL - 2):
        around = row[cell : cell + CELL + TAPS]
        if _largest(around) * _PASSED_OVER <= above:
            continue
        _halves(around, folded, work)
        if _quarters(around, folded, work) < _NEAR_SHARE * above:
            continue
        for n in range(CELL):
            points[0, n], points[2, n] = around[HALF - 1 + n], work[0, n]
            points[1, n], points[3, n] = work[1, n] + work[2, n], work[1, n] - work[2, n]
        found[:] = 0.0
        for quarter in range(4):
            _places_after(points, quarter, estimate, found)
        count = min(CELL - 2, peaks.size - cell)
        peaks[cell : cell + count] = found[:count]


@kernel
def _places_after(points: Samples, quarter: int, estimate: Samples, found: Samples) -> None:
    """Raise `found` to the four places of the grid from this quarter point on."""
    p0 = points[(quarter + 2) % 4, (quarter + 2) // 4 :]  # two quarter points earlier: one sample less two quarters
    p1 = points[(quarter + 3) % 4, (quarter + 3) // 4 :]
    p2 = points[quarter, 1:]
    p3 = points[(quarter + 1) % 4, (quarter + 5) // 4 :]
    p4 = points[(quarter + 2) % 4, (quarter + 6) // 4 :]
    a0, a1, a2, a3, a4 = estimate[3]
    b0, b1, b2, b3, b4 = estimate[4]
    c0, c1, c2, c3, c4 = estimate[5]
    for n in range(CELL):
        first = abs(a0 * p0[n] + a1 * p1[n] + a2 * p2[n] + a3 * p3[n] + a4 * p4[n])
        second = abs(b0 * p0[n] + b1 * p1[n] + b2 * p2[n] + b3 * p3[n] + b4 * p4[n])
        third = abs(c0 * p0[n] + c1 * p1[n] + c2 * p2[n] + c3 * p3[n] + c4 * p4[n])
        found[n] = max(max(found[n], abs(p2[n])), max(first, max(second, third)))
