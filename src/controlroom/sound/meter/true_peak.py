"""True peak (BS.1770-5, annex 2) on a grid of 16 points a sample, without computing most of it.

The curve between the samples is made in two steps: a windowed sinc of 48 taps (flat to 0.46 of the rate) gives four
points a sample; six of those give each of the twelve places between them (off by 0.001 dB at most up to there).

A place is computed only where the peak can be. Cells of 30 frames are passed over, `peak` being what was found so far,

1. when the largest sample near by, times the largest sum of absolute taps, is not above `peak`;
2. when no quarter point comes near `peak`. The curve has no content above BAND, so it cannot fall fast from its largest
   value M: a distance d from a point of height M cos(a), it is at least M cos(a + BAND d) (R. J. Duffin and
   A. C. Schaeffer, "Some properties of functions of exponential type", Bull. AMS 44, 1938).

What is passed over cannot be the largest, and each place has one value, so cutting and order do not change the result.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt

from controlroom.sound.kernels import inlined_kernel, kernel, reordering_kernel
from controlroom.sound.signal import Samples

PHASES = 16
TAPS = 48
HALF = TAPS // 2
KAISER_BETA = 6.5
CELL = 32  # frames computed together: whole registers on any machine
OWN = CELL - 2  # of these in the cell's own right; the places next to its edges need the frames beyond
PART = OWN << 14  # frames of one channel that a thread looks through in one go
REACH = TAPS + 1  # frames beyond its own that a cell needs: 24 before, 25 after

Taps = npt.NDArray[np.float64]


def sinc_taps(taps: int, beta: float, phases: int = PHASES) -> Taps:
    """Interpolation filters, array (phases, taps): row p weighs the `taps` samples around the place p / phases.

    The place lies between samples number taps/2 - 1 and taps/2. A sinc in a Kaiser window; each row sums to 1.
    """
    distance = np.arange(1 - taps // 2, taps // 2 + 1) - np.arange(phases)[:, None] / phases
    inside = np.clip(1.0 - (distance / (taps // 2)) ** 2, 0.0, None)
    rows = np.sinc(distance) * np.i0(beta * np.sqrt(inside))
    return np.asarray(rows / rows.sum(axis=1, keepdims=True))


def _folded() -> Samples:
    """Rows: the half-way point, and half the sum and half the difference of the two quarter points.

    A quarter point mirrors the other, so that pairs of samples can be added first (24 products each, not 48).
    """
    after = sinc_taps(TAPS, KAISER_BETA, 4)[:, HALF - 1 :: -1]  # taps of the samples before the place, nearest first
    _, quarter, half, three_quarters = after
    return np.stack([half, (quarter + three_quarters) / 2, (quarter - three_quarters) / 2]).astype(np.float32)


def _between() -> Samples:
    """Row i weighs six quarter points (two before, three after) for the place (i + 1) / 16 after the middle one.

    Least squares over all waves up to 0.48 of the rate.
    """
    nodes = np.arange(-2, 4)
    wave = np.linspace(0.0, 0.48 * 2 * np.pi / 4, 256)  # radians a quarter
    system = np.concatenate([np.cos(np.outer(wave, nodes)), np.sin(np.outer(wave, nodes))])
    places = np.arange(1, 4) / 4
    wanted = np.concatenate([np.cos(np.outer(wave, places)), np.sin(np.outer(wave, places))])
    weights = np.linalg.lstsq(system, wanted, rcond=None)[0].T
    return np.ascontiguousarray(weights / weights.sum(axis=1, keepdims=True), dtype=np.float32)


def grid_taps() -> Taps:
    """Both steps as one: row p weighs 50 samples for the place p / 16 between samples number 24 and 25."""
    sinc = np.pad(sinc_taps(TAPS, KAISER_BETA, 4), ((0, 0), (0, 2)))
    quarters = np.concatenate([np.roll(sinc, shift, axis=1) for shift in range(3)])  # quarter points -4 ... 7
    rows = [quarters[4 + phase // 4] for phase in range(PHASES)]
    for phase in range(PHASES):
        if phase % 4:
            rows[phase] = _BETWEEN[phase % 4 - 1] @ quarters[2 + phase // 4 : 8 + phase // 4]
    return np.array(rows)


_FOLDED = _folded()
_BETWEEN = _between()
_ROUNDING = 1.00001  # single precision
_MOST_OF_SAMPLES = float(np.abs(grid_taps()).sum(axis=1).max()) * _ROUNDING
_MOST_OF_QUARTERS = float(np.abs(_BETWEEN).sum(axis=1).max()) * _ROUNDING
_BAND = np.pi * 1.08  # radians a sample: where the filter's stop band begins
_STEP = _BAND / (2 * PHASES)  # the grid may miss the top of the curve by half a step
_NEAR = float(np.cos(_BAND / 8 + _STEP)) - 0.005  # what the second step may be off


class PeakSearch:
    """The running true peak of some channels, block by block; the same for any cutting into blocks."""

    def __init__(self, channels: int) -> None:
        self._found = [0.0]  # linear; of each part looked through so far, the largest first
        self._past = [np.zeros(TAPS, np.float32) for _ in range(channels)]

    def add(self, rows: Sequence[Samples]) -> list[Callable[[], None]]:
        """Work that looks through the next frames (`rows`: one array of samples a channel).

        Every piece of it may run on its own thread; all must have run before the next frames are given.
        """
        self._found = [max(self._found)]
        return [partial(self._look, part) for channel, row in enumerate(rows) for part in self._parts(channel, row)]

    def result(self) -> float:
        """The largest place so far, linear; what has been given is taken to end in silence."""
        peak = max(self._found)
        for past in self._past:
            peak = _peak(np.concatenate([past, np.zeros(TAPS + CELL, np.float32)]), peak)
        return peak

    def _look(self, part: Samples) -> None:
        self._found.append(_peak(part, max(self._found)))

    def _parts(self, channel: int, row: Samples) -> Iterator[Samples]:
        """All whole cells of what there is of a channel; the rest waits for the frames to come."""
        past = self._past[channel]
        overlap = -(-len(past) // OWN) * OWN  # frames in the cells that begin in the past
        joined = np.concatenate([past, row[: overlap - len(past) + REACH]])
        yield joined
        if len(past) + len(row) > len(joined):
            joined = row[overlap - len(past) :]
            whole = _own_frames(joined)
            for start in range(0, whole, PART):
                yield joined[start : min(start + PART, whole) + REACH]
        self._past[channel] = joined[_own_frames(joined) :].copy()


def _own_frames(row: Samples) -> int:
    """How many frames the whole cells of `row` have."""
    return max((len(row) - REACH) // OWN, 0) * OWN


def _peak(row: Samples, peak: float) -> float:
    """The larger of `peak` and the true peak of the whole cells of `row`."""
    row = row.view()
    row.flags.writeable = False  # one compiled form for all
    return float(_search(row, _own_frames(row) // OWN, peak))


def frame_peaks(row: Samples, count: int, above: float) -> Samples:
    """The largest magnitude of the curve from row[24 + n] to the next sample, for n = 0 ... `count` - 1.

    Where it is not larger than `above`, what is given is not either. `row` has `count` + 49 samples or more.
    """
    padded = np.zeros(count + 3 * OWN, np.float32)  # whole cells, and what they look at
    padded[: count + REACH] = row[: count + REACH]
    peaks = np.zeros(count, np.float32)
    _frame_peaks(padded, above, peaks)
    return peaks


@kernel
def _search(row: Samples, cells: int, peak: float) -> float:
    """The larger of `peak` and the true peak from row[24] to row[24 + 30 cells]."""
    largest = np.empty(cells + 2, np.float32)
    for cell in range(cells + 2):
        largest[cell] = _largest(row[cell * OWN : (cell + 1) * OWN])
    peak = max(peak, np.float64(largest.max()))
    halves, even, odd = np.empty(CELL, np.float32), np.empty(CELL, np.float32), np.empty(CELL, np.float32)
    quarters, tops = np.zeros(4 * CELL + 8, np.float32), np.empty(4 * CELL, np.float32)
    for cell in range(cells):
        if max(largest[cell], largest[cell + 1], largest[cell + 2]) * _MOST_OF_SAMPLES <= peak:
            continue
        around = row[cell * OWN : cell * OWN + CELL + TAPS]
        if _quarters(around, halves, even, odd, tops) >= _NEAR * peak:
            _places(around, halves, even, odd, quarters, tops)
            peak = max(peak, np.float64(_largest(tops[: 4 * OWN])))
    return peak


@kernel
def _frame_peaks(row: Samples, above: float, peaks: Samples) -> None:
    halves, even, odd = np.empty(CELL, np.float32), np.empty(CELL, np.float32), np.empty(CELL, np.float32)
    quarters, tops = np.zeros(4 * CELL + 8, np.float32), np.empty(4 * CELL, np.float32)
    near, here = _largest(row[:OWN]), _largest(row[OWN : 2 * OWN])
    for start in range(0, peaks.size, OWN):
        after = _largest(row[start + 2 * OWN : start + 3 * OWN])
        largest, near, here = max(max(near, here), after), here, after
        if largest * _MOST_OF_SAMPLES <= above:
            continue
        around = row[start : start + CELL + TAPS]
        if _quarters(around, halves, even, odd, tops) * _MOST_OF_QUARTERS <= above:
            continue
        _places(around, halves, even, odd, quarters, tops)
        for n in range(min(OWN, peaks.size - start)):
            peaks[start + n] = max(max(tops[4 * n], tops[4 * n + 1]), max(tops[4 * n + 2], tops[4 * n + 3]))


@reordering_kernel
def _largest(row: Samples) -> float:
    largest = np.float32(0.0)
    for frame in range(row.size):
        largest = max(largest, abs(row[frame]))
    return largest  # type: ignore[return-value]  # a float32 to the compiler


@inlined_kernel
def _quarters(around: Samples, halves: Samples, even: Samples, odd: Samples, tops: Samples) -> float:
    """The points after each sample of a cell: half-way, and half the sum and half the difference of the quarter points.

    Gives the largest of these points and the samples.
    """
    zero = np.float32(0.0)
    for n in range(CELL):
        half, both, between = _four_pairs(around, n, 0, zero, zero, zero)
        half, both, between = _four_pairs(around, n, 4, half, both, between)
        half, both, between = _four_pairs(around, n, 8, half, both, between)
        half, both, between = _four_pairs(around, n, 12, half, both, between)
        half, both, between = _four_pairs(around, n, 16, half, both, between)
        halves[n], even[n], odd[n] = _four_pairs(around, n, 20, half, both, between)
    for n in range(CELL):  # |even| + |odd| is the larger of |even + odd| and |even - odd|
        tops[n] = max(max(abs(even[n]) + abs(odd[n]), abs(halves[n])), abs(around[n + HALF - 1]))
    largest: float = abs(around[HALF - 1 + CELL])
    for n in range(CELL):
        largest = max(largest, tops[n])
    return largest


@inlined_kernel
def _four_pairs(x: Samples, n: int, k: int, half: Any, even: Any, odd: Any) -> Any:
    """Four of the 24 pairs of samples, nearest first; written out so that the loop over n runs in SIMD lanes."""
    half, even, odd = _pair(x[n + 23 - k], x[n + 24 + k], k, half, even, odd)
    half, even, odd = _pair(x[n + 22 - k], x[n + 25 + k], k + 1, half, even, odd)
    half, even, odd = _pair(x[n + 21 - k], x[n + 26 + k], k + 2, half, even, odd)
    return _pair(x[n + 20 - k], x[n + 27 + k], k + 3, half, even, odd)


@inlined_kernel
def _pair(before: float, after: float, k: int, half: Any, even: Any, odd: Any) -> Any:
    both = before + after
    return half + _FOLDED[0, k] * both, even + _FOLDED[1, k] * both, odd + _FOLDED[2, k] * (before - after)


@kernel
def _places(around: Samples, halves: Samples, even: Samples, odd: Samples, quarters: Samples, tops: Samples) -> None:
    """For each quarter point of the cell's own frames, the largest of it and the three places after it."""
    for n in range(CELL):
        quarters[4 * n] = around[n + HALF - 1]
        quarters[4 * n + 1] = even[n] + odd[n]
        quarters[4 * n + 2] = halves[n]
        quarters[4 * n + 3] = even[n] - odd[n]
    for n in range(4 * CELL):
        first, second = _place(quarters, n, 0), _place(quarters, n, 1)
        tops[n] = max(max(abs(quarters[n + 4]), first), max(second, _place(quarters, n, 2)))


@kernel
def _place(quarters: Samples, n: int, row: int) -> Any:
    return abs(
        _BETWEEN[row, 0] * quarters[n + 2]
        + _BETWEEN[row, 1] * quarters[n + 3]
        + _BETWEEN[row, 2] * quarters[n + 4]
        + _BETWEEN[row, 3] * quarters[n + 5]
        + _BETWEEN[row, 4] * quarters[n + 6]
        + _BETWEEN[row, 5] * quarters[n + 7]
    )
