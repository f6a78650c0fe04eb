"""A soft clipper without aliasing: what a peak has too much is worked out at four times the rate and taken off there.

The shape is a straight line up to the knee and bends into the ceiling above it, x / sqrt(1 + x^2), so that nothing
passes it. Only the difference between the clipped and the unclipped sound goes through the resampling filters: sound
below the knee passes unchanged, to the last bit (a parallel form of oversampled clipping; see J. Kahles, F. Esqueda,
V. Välimäki, "Oversampling for Nonlinear Waveshaping", JAES 67 (6), 2019, for the rate needed).
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import numpy.typing as npt

from controlroom.sound.kernels import inlined_kernel, kernel, reordering_kernel
from controlroom.sound.signal import Samples, frozen

FACTOR = 4
CELL = 32  # frames looked at together
REACH = 16  # frames of the resampling filter on either side
KAISER_BETA = 8.0  # of the way up: about 80 dB down beyond 1.17 of Nyquist
BACK_BAND, BACK_BETA = 0.41, 6.0  # of the way back: nothing new near Nyquist, where no two meters read peaks alike
KNEE_DB = 3.0
NEAR = 0.7  # where four neighbouring samples stay below this part of the knee, no peak between them reaches it


def _phases(band: float = 0.5, beta: float = KAISER_BETA) -> Samples:
    """A low-pass up to `band` of the rate, (FACTOR, 2 REACH): row p weighs the frames around p/FACTOR of a frame."""
    offsets = np.arange(2 * REACH) - (REACH - 1) - np.arange(FACTOR)[:, None] / FACTOR
    window = np.i0(beta * np.sqrt(np.maximum(1 - (offsets / REACH) ** 2, 0))) / np.i0(beta)
    taps = np.sinc(2 * band * offsets) * window
    return np.ascontiguousarray(taps / taps.sum(axis=1, keepdims=True), dtype=np.float32)


_UP = _phases()


class SoftClipper:
    """A processor: rounds off peaks above `KNEE_DB` below `ceiling_db` (dBFS), each channel by itself.

    `most_db`: how much was taken off the highest peak so far.
    """

    latency_frames = 2 * REACH

    def __init__(self, channels: int, ceiling_db: float) -> None:
        self._ceiling = 10 ** (ceiling_db / 20)
        self._knee = 10 ** ((ceiling_db - KNEE_DB) / 20)
        self._back = _phases(BACK_BAND, BACK_BETA)
        self._line = np.zeros((channels, 2 * REACH), np.float32)
        self._excess = np.zeros((channels, 2 * REACH), np.float32)
        self._most = np.ones(1)

    @property
    def most_db(self) -> float:
        return 20 * math.log10(self._most[0])

    def process(self, block: Samples) -> Samples:
        frames = block.shape[1]
        line = np.concatenate([self._line, block], axis=1)
        excess = np.concatenate([self._excess, np.zeros_like(block)], axis=1)
        _find_excess(line, excess, self._back, self._knee, self._ceiling, self._most)
        self._line, self._excess = line[:, frames:], excess[:, frames:]
        return frozen(line[:, :frames] + excess[:, :frames])


def clipped_level(level: npt.ArrayLike, ceiling_db: float) -> npt.NDArray[np.float64]:
    """What a magnitude (linear) becomes: the clipper's curve."""
    ceiling, knee = 10 ** (ceiling_db / 20), 10 ** ((ceiling_db - KNEE_DB) / 20)
    levels = np.array(level, np.float64)
    bent = levels > knee
    over = (levels[bent] - knee) / (ceiling - knee)
    levels[bent] = knee + (ceiling - knee) * over / np.sqrt(1.0 + over * over)
    return levels


@kernel
def _find_excess(
    line: Samples, excess: Samples, back: Samples, knee: float, ceiling: float, most: npt.NDArray[np.float64]
) -> None:
    """Add to `excess` what clipping changes, for every frame that has REACH frames of `line` after it.

    The curve is made for a cell of frames at once, and only where it may reach the knee."""
    values, changes = np.empty(FACTOR, np.float32), np.empty(FACTOR, np.float32)
    first, second, third = np.empty(CELL, np.float32), np.empty(CELL, np.float32), np.empty(CELL, np.float32)
    padded = np.zeros(CELL + 2 * REACH, np.float32)
    near = np.float32(NEAR * knee)
    for c in range(line.shape[0]):
        x, out = line[c], excess[c]
        for start in range(REACH, x.size - REACH, CELL):
            count = min(CELL, x.size - REACH - start)
            if _largest(x[start - 1 : start + count + 2]) <= near:
                continue
            around = x[start - REACH + 1 : start + count + REACH + 1]
            if around.size < padded.size:
                padded[: around.size] = around
                around = padded
            _between(around, first, second, third)
            for n in range(count):
                values[0], values[1], values[2], values[3] = x[start + n], first[n], second[n], third[n]
                if _clipped(values, knee, ceiling, changes, most):
                    _spread(changes, back, out[start + n - REACH + 1 : start + n + REACH + 1])


@kernel
def _clipped(values: Samples, knee: float, ceiling: float, changes: Samples, most: npt.NDArray[np.float64]) -> bool:
    """Does clipping change a frame or a place after it? `changes`: by how much."""
    if max(max(abs(values[0]), abs(values[1])), max(abs(values[2]), abs(values[3]))) <= knee:
        return False
    span = ceiling - knee
    for p in range(FACTOR):
        size = np.float64(abs(values[p]))
        over = max(size - knee, 0.0) / span
        clipped = knee + span * over / math.sqrt(1.0 + over * over) if over > 0.0 else size
        changes[p] = (clipped / size - 1.0) * values[p] / FACTOR if over > 0.0 else 0.0
        most[0] = max(most[0], size / clipped if over > 0.0 else 1.0)
    return True


@reordering_kernel
def _largest(row: Samples) -> float:
    largest = np.float32(0.0)
    for frame in range(row.size):
        largest = max(largest, abs(row[frame]))
    return largest  # type: ignore[return-value]  # a float32 to the compiler


@kernel
def _between(around: Samples, first: Samples, second: Samples, third: Samples) -> None:
    """The curve at three places after each frame of a cell; `around` begins REACH - 1 frames before it."""
    zero = np.float32(0.0)
    for n in range(CELL):
        a, b, c = _eight(around, n, 0, zero, zero, zero)
        a, b, c = _eight(around, n, 8, a, b, c)
        a, b, c = _eight(around, n, 16, a, b, c)
        first[n], second[n], third[n] = _eight(around, n, 24, a, b, c)


@inlined_kernel
def _eight(x: Samples, n: int, k: int, a: Any, b: Any, c: Any) -> Any:
    """Eight of the taps of three places; written out so that the loop over n runs in SIMD lanes."""
    a, b, c = _tap(x[n + k], k, a, b, c)
    a, b, c = _tap(x[n + k + 1], k + 1, a, b, c)
    a, b, c = _tap(x[n + k + 2], k + 2, a, b, c)
    a, b, c = _tap(x[n + k + 3], k + 3, a, b, c)
    a, b, c = _tap(x[n + k + 4], k + 4, a, b, c)
    a, b, c = _tap(x[n + k + 5], k + 5, a, b, c)
    a, b, c = _tap(x[n + k + 6], k + 6, a, b, c)
    return _tap(x[n + k + 7], k + 7, a, b, c)


@inlined_kernel
def _tap(value: float, k: int, a: Any, b: Any, c: Any) -> Any:
    return a + _UP[1, k] * value, b + _UP[2, k] * value, c + _UP[3, k] * value


@kernel
def _spread(changes: Samples, back: Samples, out: Samples) -> None:
    """The way back to the frames."""
    here, first, second, third = back[0], back[1], back[2], back[3]
    a, b, c, d = changes[0], changes[1], changes[2], changes[3]
    for k in range(2 * REACH):
        out[k] += (a * here[k] + b * first[k]) + (c * second[k] + d * third[k])
