"""A band of an equaliser that moves: it cuts only while its own part of the sound is too loud.

The filter is a state-variable filter with fixed poles (A. Simper, "Linear Trapezoidal Integrated State Variable
Filter", 2013); only the share of its outputs that is added to the sound moves, so that it stays stable and has no
steps whatever the gain does. The same outputs are what the detector hears. Cutting by G, with band-pass B, high-pass H
and low-pass L of the filter (B + H + L = 1):

    bell         1 + (G - 1) B
    high shelf   1 + (sqrt G - 1) B + (G - 1) H
    low shelf    1 + (sqrt G - 1) B + (G - 1) L

At Q 0.707 the shelves fall from level to level without a bump. With nothing to cut the sound passes to the last bit.
"""

from __future__ import annotations

import math
from typing import Literal, TypeAlias

import numpy as np
import numpy.typing as npt

from controlroom.sound.kernels import kernel
from controlroom.sound.riding import CELL, Rider, WholeCells
from controlroom.sound.signal import Samples, frozen

Floats: TypeAlias = npt.NDArray[np.float64]
MovingKind = Literal["bell", "lowshelf", "highshelf"]

HIGHEST_OF_RATE = 0.45
LEAST_AVERAGING_MS = 1.0
_KINDS = {"bell": 0, "lowshelf": 1, "highshelf": 2}


class MovingBand:
    """A processor: cuts its band by 1 - 1/`ratio` of what it is over `threshold_db` (dBFS), `range_db` at most.

    The level is the mean power of the band in the loudest channel over one period of its frequency (at least 1 ms); all
    channels get one gain. `max_reduction_db`: the most it cut so far. Raises ValueError for another kind of band.
    """

    latency_frames = CELL

    def __init__(
        self,
        rate_hz: int,
        channels: int,
        *,
        kind: str,
        freq_hz: float,
        q: float,
        threshold_db: float,
        ratio: float,
        range_db: float,
        attack_ms: float,
        release_ms: float,
    ) -> None:
        if kind not in _KINDS:
            raise ValueError(f"a moving band is a bell, lowshelf or highshelf, not {kind!r}")
        self._kind = _KINDS[kind]
        freq_hz = min(freq_hz, HIGHEST_OF_RATE * rate_hz)
        g, k = math.tan(math.pi * freq_hz / rate_hz), 1.0 / q
        first = 1.0 / (1.0 + g * (g + k))
        self._filter = np.array([first, g * first, g * g * first, k])
        self._state = np.zeros((channels, 2))
        self._rider = Rider(
            rate_hz,
            threshold_db=threshold_db,
            ratio=ratio,
            range_db=range_db,
            attack_ms=attack_ms,
            release_ms=release_ms,
            averaging_ms=max(1000.0 / freq_hz, LEAST_AVERAGING_MS),
        )
        self._cells = WholeCells(channels, self._work)

    @property
    def max_reduction_db(self) -> float:
        return self._rider.max_reduction_db

    def process(self, block: Samples) -> Samples:
        return self._cells.process(block)

    def _work(self, block: Samples) -> Samples:
        band = np.empty((2, *block.shape), np.float32)
        power = np.zeros(block.shape[1] // CELL)
        for channel in range(block.shape[0]):
            _split(block[channel], self._kind, self._filter, self._state[channel], band[:, channel], power)
        gains = self._rider.ride(power)
        if gains.min() == 1.0:
            return block
        out = np.empty(block.shape, np.float32)
        _cut(block, band, self._kind, gains, out)
        return frozen(out)


@kernel
def _split(row: Samples, kind: int, c: Floats, state: Floats, band: Samples, power: Floats) -> None:
    """Band-pass and shelf part of a channel, and the loudest channel's mean square in each cell."""
    first, second, third, k = c[0], c[1], c[2], c[3]
    one, two = state[0], state[1]
    for cell in range(power.size):
        total = 0.0
        for n in range(cell * CELL, (cell + 1) * CELL):
            x = np.float64(row[n])
            rest = x - two
            v1 = first * one + second * rest
            v2 = two + second * one + third * rest
            one, two = 2.0 * v1 - one, 2.0 * v2 - two
            passed = k * v1
            part = 0.0 if kind == 0 else (v2 if kind == 1 else x - passed - v2)
            band[0, n] = np.float32(passed)
            band[1, n] = np.float32(part)
            heard = passed if kind == 0 else part
            total += heard * heard
        power[cell] = max(power[cell], total / CELL)
    state[0] = one if abs(one) > 1e-100 else 0.0
    state[1] = two if abs(two) > 1e-100 else 0.0


@kernel
def _cut(block: Samples, band: Samples, kind: int, gains: Samples, out: Samples) -> None:
    one = np.float32(1.0)
    for channel in range(block.shape[0]):
        x, passed, part, y = block[channel], band[0, channel], band[1, channel], out[channel]
        if kind == 0:
            for n in range(gains.size):
                y[n] = x[n] + (gains[n] - one) * passed[n]
        else:
            for n in range(gains.size):
                y[n] = x[n] + ((np.sqrt(gains[n]) - one) * passed[n] + (gains[n] - one) * part[n])
