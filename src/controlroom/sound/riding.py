"""Gains that follow levels, worked out once every 16 frames: for processors that ride several bands at once.

Level, gain computer and ballistics are those of `sound/dynamics.py` (Giannoulis, Massberg and Reiss, JAES 60 (6), 2012:
"smooth, decoupled", the release automatic where it is asked for); between two cells of 16 frames the gain goes in a
straight line, so that it has no steps. Where nothing has to come down it is 1 to the last bit.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from controlroom.sound.dynamics import SLOW_CHARGE, SLOW_RELEASE, compression_db, smoothing
from controlroom.sound.kernels import kernel
from controlroom.sound.signal import Samples, frozen

Floats: TypeAlias = npt.NDArray[np.float64]

CELL = 16  # frames: a third of a millisecond at 48 kHz
PIECE = 1024 * CELL  # worked on at a time: its bands stay in the processor's cache
OPEN_DB = 1e-7
QUIETEST = 1e-20  # mean square: -200 dBFS


class Rider:
    """Gains for one band. `averaging_ms`: of the power; `range_db`: takes off no more."""

    def __init__(
        self,
        rate_hz: int,
        *,
        threshold_db: float,
        ratio: float,
        knee_db: float = 0.0,
        range_db: float = math.inf,
        attack_ms: float,
        release_ms: float,
        averaging_ms: float,
        makeup_db: float = 0.0,
        auto_release: bool = False,
    ) -> None:
        rate = rate_hz / CELL
        self._curve = {"threshold_db": threshold_db, "ratio": ratio, "knee_db": knee_db}
        self._range_db, self._makeup_db = range_db, makeup_db
        charge = smoothing(SLOW_CHARGE * release_ms, rate) if auto_release else 0.0
        times = (smoothing(ms, rate) for ms in (averaging_ms, attack_ms, release_ms, SLOW_RELEASE * release_ms))
        self._times = np.array([*times, charge])
        self._state = np.zeros(4)  # mean power, and the reduction: held, smooth, slow
        self._last = 10 ** (makeup_db / 20)
        self.max_reduction_db = 0.0

    def ride(self, power: Floats) -> Samples:
        """From the mean square of each cell (cells,) to the gain of each frame (cells * CELL,), linear."""
        level = np.empty_like(power)
        _average(power, self._times[0], self._state, level)
        wanted = compression_db(10 * np.log10(np.maximum(level, QUIETEST)), **self._curve)
        reduction = np.minimum(wanted, self._range_db)
        _follow(reduction, self._times, self._state)
        reduction[reduction < OPEN_DB] = 0.0
        self.max_reduction_db = max(self.max_reduction_db, float(reduction.max(initial=0.0)))
        gains = 10 ** ((self._makeup_db - reduction) / 20)
        out = np.empty(len(power) * CELL, np.float32)
        _ramps(self._last, gains, out)
        self._last = float(gains[-1]) if len(gains) else self._last
        return out


class WholeCells:
    """Hands `work` whole cells, whatever blocks come in; `CELL` frames late.

    `work` takes and gives (channels, frames), frames a multiple of CELL.
    """

    latency_frames = CELL

    def __init__(self, channels: int, work: Callable[[Samples], Samples]) -> None:
        self._work = work
        self._waiting = np.zeros((channels, 0), np.float32)
        self._ready = np.zeros((channels, CELL), np.float32)

    def process(self, block: Samples) -> Samples:
        line = np.concatenate([self._waiting, block], axis=1)
        whole = line.shape[1] - line.shape[1] % CELL
        self._waiting = line[:, whole:]
        made = [self._work(frozen(line[:, at : min(at + PIECE, whole)])) for at in range(0, whole, PIECE)]
        ready = np.concatenate([self._ready, *made], axis=1)
        self._ready = ready[:, block.shape[1] :]
        return frozen(ready[:, : block.shape[1]])


@kernel
def _average(power: Floats, averaging: float, state: Floats, level: Floats) -> None:
    mean = state[0]
    for n in range(power.size):
        mean += averaging * (power[n] - mean)
        level[n] = mean
    state[0] = mean if mean > 1e-30 else 0.0


@kernel
def _follow(reduction: Floats, times: Floats, state: Floats) -> None:
    """Attack and release, in place."""
    attack, release, slow_release, charge = times[1], times[2], times[3], times[4]
    held, smooth, slow = state[1], state[2], state[3]
    for n in range(reduction.size):
        wanted = reduction[n]
        held = max(wanted, held + release * (wanted - held))
        smooth += attack * (held - smooth)
        if charge > 0.0:
            slow += (charge if smooth > slow else slow_release) * (smooth - slow)
        reduction[n] = max(smooth, slow)
    state[1] = held if held > 1e-30 else 0.0
    state[2] = smooth if smooth > 1e-30 else 0.0
    state[3] = slow if slow > 1e-30 else 0.0


@kernel
def _ramps(last: float, gains: Floats, out: Samples) -> None:
    before = last
    for cell in range(gains.size):
        step = (gains[cell] - before) / CELL
        for n in range(CELL):
            out[cell * CELL + n] = np.float32(before + step * (n + 1))
        before = gains[cell]
