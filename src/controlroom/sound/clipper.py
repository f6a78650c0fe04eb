"""A soft clipper without aliasing: what a peak has too much is worked out at four times the rate and taken off there.

The shape is a straight line up to the knee and bends into the ceiling above it, x / sqrt(1 + x^2), so that nothing
passes it. Only the difference between the clipped and the unclipped sound goes through the resampling filters: sound
below the knee passes unchanged, to the last bit (a parallel form of oversampled clipping; see J. Kahles, F. Esqueda,
V. Välimäki, "Oversampling for Nonlinear Waveshaping", JAES 67 (6), 2019, for the rate needed).
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from controlroom.sound.kernels import kernel
from controlroom.sound.signal import Samples, frozen

FACTOR = 4
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


class SoftClipper:
    """A processor: rounds off peaks above `KNEE_DB` below `ceiling_db` (dBFS), each channel by itself.

    `most_db`: how much was taken off the highest peak so far.
    """

    latency_frames = 2 * REACH

    def __init__(self, channels: int, ceiling_db: float) -> None:
        self._ceiling = 10 ** (ceiling_db / 20)
        self._knee = 10 ** ((ceiling_db - KNEE_DB) / 20)
        self._up, self._back = _phases(), _phases(BACK_BAND, BACK_BETA)
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
        _find_excess(line, excess, self._up, self._back, self._knee, self._ceiling, self._most)
        self._line, self._excess = line[:, frames:], excess[:, frames:]
        return frozen(line[:, :frames] + excess[:, :frames])


def clipped_level(level: npt.ArrayLike, ceiling_db: float) -> npt.NDArray[np.float64]:
    """What a magnitude (linear) becomes: the clipper's curve."""
    ceiling, knee = 10 ** (ceiling_db / 20), 10 ** ((ceiling_db - KNEE_DB) / 20)
    levels = np.asarray(level, np.float64)
    over = np.maximum(levels - knee, 0.0) / (ceiling - knee)
    return np.asarray(np.minimum(levels, knee) + (ceiling - knee) * over / np.sqrt(1.0 + over * over))


@kernel
def _find_excess(
    line: Samples,
    excess: Samples,
    up: Samples,
    back: Samples,
    knee: float,
    ceiling: float,
    most: npt.NDArray[np.float64],
) -> None:
    """Add to `excess` what clipping changes, for every frame that has REACH frames of `line` after it."""
    values, changes = np.empty(FACTOR, np.float32), np.empty(FACTOR, np.float32)
    span = ceiling - knee
    for c in range(line.shape[0]):
        x, out = line[c], excess[c]
        for n in range(REACH, x.size - REACH):
            if max(max(abs(x[n - 1]), abs(x[n])), max(abs(x[n + 1]), abs(x[n + 2]))) <= NEAR * knee:
                continue
            _between(x[n - REACH + 1 : n + REACH + 1], up, values)
            clips = False
            for p in range(FACTOR):
                size = np.float64(abs(values[p]))
                over = max(size - knee, 0.0) / span
                clipped = knee + span * over / math.sqrt(1.0 + over * over) if over > 0.0 else size
                changes[p] = (clipped / size - 1.0) * values[p] / FACTOR if over > 0.0 else 0.0
                clips = clips or over > 0.0
                most[0] = max(most[0], size / clipped if over > 0.0 else 1.0)
            if clips:
                _spread(changes, back, out[n - REACH + 1 : n + REACH + 1])


@kernel
def _between(near: Samples, up: Samples, values: Samples) -> None:
    """The curve at a frame and at three places after it; six sums at a time, which need not wait for each other."""
    first, second, third = up[1], up[2], up[3]
    a = b = c = d = e = f = np.float32(0.0)
    for k in range(0, 2 * REACH, 2):
        x, y = near[k], near[k + 1]
        a += first[k] * x
        b += first[k + 1] * y
        c += second[k] * x
        d += second[k + 1] * y
        e += third[k] * x
        f += third[k + 1] * y
    values[0], values[1], values[2], values[3] = near[REACH - 1], a + b, c + d, e + f


@kernel
def _spread(changes: Samples, back: Samples, out: Samples) -> None:
    """The way back to the frames."""
    here, first, second, third = back[0], back[1], back[2], back[3]
    a, b, c, d = changes[0], changes[1], changes[2], changes[3]
    for k in range(2 * REACH):
        out[k] += (a * here[k] + b * first[k]) + (c * second[k] + d * third[k])
