"""Harmonic saturation: a smooth bend that adds harmonics, even and odd, without aliasing and at the same level.

The curve is u / sqrt(1 + u^2) around a point a little off its middle, with slope 1 where nothing is driven; so loud
sound gets second and third harmonics above all, and quiet sound passes. It is worked out at four times the rate, and
only what it changes goes through the filters and is added (as in `sound/clipper.py`; for the rate see J. Kahles,
F. Esqueda and V. Välimäki, "Oversampling for Nonlinear Waveshaping", JAES 67 (6), 2019). The direct voltage of the even
harmonics is taken out. The level is kept for what is as loud as `level_db`: a Gaussian signal of that RMS, as dense
music nearly is, comes out with the power it had.
"""

from __future__ import annotations

import math
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from controlroom.sound.filters import Band, Equalizer
from controlroom.sound.kernels import kernel
from controlroom.sound.signal import Samples, frozen

Floats: TypeAlias = npt.NDArray[np.float64]

FACTOR = 4
REACH = 24  # frames of the resampling filter on either side
UP_BETA, UP_BAND = 9.0, 0.5  # images more than 90 dB down
BACK_BETA, BACK_BAND = 9.0, 0.44  # what folds back below 20 kHz is more than 90 dB down
CHUNK = 512
PIECE = 8192  # frames worked on at a time
BIAS = 0.2  # how far off the middle: more even harmonics than odd where the drive is low
WORKING_DB = -16.0  # where on the curve (0: its bend) sound of `level_db` lies at a drive of 0 dB
DC_HZ = 8.0
GAUSS_POINTS = 64


def _phases(band: float, beta: float) -> Samples:
    """A low-pass up to `band` of the rate, (FACTOR, 2 REACH): row p weighs the frames around p/FACTOR of a frame."""
    offsets = np.arange(2 * REACH) - (REACH - 1) - np.arange(FACTOR)[:, None] / FACTOR
    window = np.i0(beta * np.sqrt(np.maximum(1 - (offsets / REACH) ** 2, 0))) / np.i0(beta)
    taps = np.sinc(2 * band * offsets) * window
    return np.ascontiguousarray(taps / taps.sum(axis=1, keepdims=True), dtype=np.float32)


def curve(sound: npt.ArrayLike, drive: float) -> Floats:
    """The bend at samples already scaled so that 1 is where it bends; slope 1 at 0."""
    u = np.asarray(sound, np.float64) * drive + BIAS
    slope = drive * (1 + BIAS * BIAS) ** -1.5
    return np.asarray((u / np.sqrt(1 + u * u) - BIAS / math.sqrt(1 + BIAS * BIAS)) / slope)


def compensation(drive: float, rms: float, mix: float) -> float:
    """The gain (linear) after which Gaussian sound of this RMS has its power back."""
    points, weights = np.polynomial.hermite_e.hermegauss(GAUSS_POINTS)
    sound = rms * points
    bent = sound + mix * (curve(sound, drive) - sound)
    bent -= weights @ bent / weights.sum()
    return float(rms / math.sqrt(weights @ (bent * bent) / weights.sum()))


class Saturator:
    """A processor: each channel by itself. `drive_db`: how much further into the curve than sound of `level_db` (RMS,
    dBFS) lies by itself; `mix` 0..1: how much of what the curve changes is added. `below_hz`: only what lies below it
    is driven (for harmonics of the bass; None: everything)."""

    def __init__(
        self,
        rate_hz: int,
        channels: int,
        *,
        drive_db: float,
        level_db: float,
        mix: float = 1.0,
        below_hz: float | None = None,
    ) -> None:
        self.latency_frames = 2 * REACH
        rms = 10 ** (level_db / 20)
        self._drive = 10 ** ((drive_db + WORKING_DB) / 20) / rms
        self._mix = mix
        self._gain = np.float32(1.0 if below_hz else compensation(self._drive, rms, mix))
        self._up = _phases(UP_BAND, UP_BETA)
        self._back = np.ascontiguousarray(_phases(BACK_BAND, BACK_BETA)[:, ::-1])
        edges = [Band("lowpass", below_hz)] if below_hz else []
        self._before = Equalizer(rate_hz, channels, edges)
        self._after = Equalizer(rate_hz, channels, [Band("highpass", DC_HZ)])
        self._line = np.zeros((channels, 2 * REACH), np.float32)
        self._driven = np.zeros((channels, 2 * REACH), np.float32)
        self._change = np.zeros((channels, FACTOR, 2 * REACH + PIECE), np.float32)

    def process(self, block: Samples) -> Samples:
        out = np.empty(block.shape, np.float32)
        for at in range(0, block.shape[1], PIECE):
            piece = frozen(block[:, at : at + PIECE])
            out[:, at : at + PIECE] = self._late(piece) + self._added(piece)
        out *= self._gain
        return frozen(out)

    def _late(self, block: Samples) -> Samples:
        line = np.concatenate([self._line, block], axis=1)
        self._line = line[:, block.shape[1] :]
        return line[:, : block.shape[1]]

    def _added(self, block: Samples) -> Samples:
        frames = block.shape[1]
        driven = np.concatenate([self._driven, self._before.process(block)], axis=1)
        self._driven = driven[:, frames:]
        added = np.empty(block.shape, np.float32)
        for channel, change in enumerate(self._change):
            _bend(driven[channel], change, self._up, self._drive, BIAS)
            _return(change, self._back, np.float32(self._mix / FACTOR), added[channel])
            change[:, : 2 * REACH] = change[:, frames : frames + 2 * REACH].copy()
        return self._after.process(frozen(added))


@kernel
def _bend(x: Samples, change: Samples, up: Samples, drive: float, bias: float) -> None:
    """What the curve changes, at the frames and three places after each: change[p, i + 2 REACH] for frame i + REACH."""
    d, b = np.float32(drive), np.float32(bias)
    one = np.float32(1.0)
    slope = np.float32(drive * (1.0 + bias * bias) ** -1.5)
    rest = np.float32(bias / math.sqrt(1.0 + bias * bias))
    frames = x.size - 2 * REACH
    for begin in range(0, frames, CHUNK):
        count = min(CHUNK, frames - begin)
        for p in range(FACTOR):
            out = change[p, 2 * REACH + begin : 2 * REACH + begin + count]
            if p == 0:
                out[:] = x[begin + REACH : begin + REACH + count]
            else:
                _filtered(x[begin + 1 : begin + count + 2 * REACH], up[p], out)
            for n in range(count):
                u = d * out[n] + b
                out[n] = (u / np.sqrt(one + u * u) - rest) / slope - out[n]


@kernel
def _return(change: Samples, back: Samples, share: np.float32, added: Samples) -> None:
    """Back to the frames: added[i] from the changes around change[:, i + REACH]; `back` runs backwards in time."""
    part = np.empty(CHUNK, np.float32)
    for begin in range(0, added.size, CHUNK):
        count = min(CHUNK, added.size - begin)
        out = added[begin : begin + count]
        out[:] = np.float32(0.0)
        for p in range(FACTOR):
            _filtered(change[p, begin : begin + count + 2 * REACH - 1], back[p], part[:count])
            for n in range(count):
                out[n] += share * part[n]


@kernel
def _filtered(x: Samples, taps: Samples, out: Samples) -> None:
    """out[n] = sum over k of taps[k] x[n + k]; four taps at a time over a row that stays in the cache."""
    count = out.size
    out[:] = np.float32(0.0)
    for k in range(0, 2 * REACH, 4):
        a, b, c, d = taps[k], taps[k + 1], taps[k + 2], taps[k + 3]
        first, second, third, fourth = x[k : k + count], x[k + 1 :], x[k + 2 :], x[k + 3 :]
        for n in range(count):
            out[n] += (a * first[n] + b * second[n]) + (c * third[n] + d * fourth[n])
