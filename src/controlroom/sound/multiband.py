"""A multiband compressor whose bands add up to what came in.

The bands are differences of linear-phase low-passes with the magnitude of a Linkwitz-Riley crossover of the fourth
order, 1 / (1 + (f/fc)^4): 24 dB an octave on either side, and no turning of phases, so that peaks stay where they are.
With gains g the output is written

    x g_top + sum over the crossovers k of  lowpass_k(x) (g_k - g_k+1)

which is x to the last bit when all gains are 1. Detector and ballistics are those of `sound/dynamics.Compressor`: mean
power of 10 ms, the loudest channel decides, soft knee, automatic release.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TypeAlias

import msgspec
import numpy as np
import numpy.typing as npt

from controlroom.sound.dynamics import RMS_MS
from controlroom.sound.kernels import kernel
from controlroom.sound.linear_phase import Convolver, Curve, Floats, taps_of
from controlroom.sound.riding import CELL, Rider, WholeCells
from controlroom.sound.signal import Samples, frozen

MOST_BANDS = 5
PERIODS = 2.7  # of the lowest crossover, on either side: what the taper cuts off lies 100 dB down
Gains: TypeAlias = npt.NDArray[np.float32]


class BandSettings(msgspec.Struct, frozen=True, kw_only=True):
    """One band: `threshold_db` is the level of 10 ms, dBFS; what is held down for long is let go up to eight times as
    slowly as `release_ms`."""

    threshold_db: float
    ratio: float
    knee_db: float = 6.0
    attack_ms: float = 10.0
    release_ms: float = 100.0
    makeup_db: float = 0.0


class MultibandCompressor:
    """A processor: one more band than crossovers. `lookahead_ms`: how far the gains see ahead.

    `max_reduction_db` of each band so far. Raises ValueError for other numbers of bands than 2 to 5, or crossovers
    that do not rise below Nyquist.
    """

    def __init__(
        self,
        rate_hz: int,
        channels: int,
        crossovers_hz: Sequence[float],
        bands: Sequence[BandSettings],
        *,
        lookahead_ms: float = 0.0,
    ) -> None:
        edges = np.array([0.0, *crossovers_hz, rate_hz / 2])
        if not 2 <= len(bands) <= MOST_BANDS or len(bands) != len(crossovers_hz) + 1 or (np.diff(edges) <= 0).any():
            raise ValueError("2 to 5 bands are needed, and rising crossovers between them, below Nyquist")
        half_s = PERIODS / crossovers_hz[0]
        self._lows = Convolver(channels, np.stack([taps_of(_low_pass(at), rate_hz, half_s) for at in crossovers_hz]))
        self._ahead = round(lookahead_ms * rate_hz / 1000)
        self.latency_frames = self._lows.latency_frames + self._ahead + CELL
        self._line = np.zeros((channels, self._lows.latency_frames), np.float32)
        self._parts = np.zeros((len(bands), channels, self._ahead), np.float32)
        self._riders = [_rider(rate_hz, band) for band in bands]
        self._cells = WholeCells(channels, self._work)

    @property
    def max_reduction_db(self) -> tuple[float, ...]:
        return tuple(rider.max_reduction_db for rider in self._riders)

    def process(self, block: Samples) -> Samples:
        return self._cells.process(block)

    def _work(self, block: Samples) -> Samples:
        frames = block.shape[1]
        line = np.concatenate([self._line, block], axis=1)
        self._line = line[:, frames:]
        parts = np.concatenate([self._lows.run(block), line[None, :, :frames]])  # low-passes, and all of it
        power = np.zeros((len(parts), frames // CELL))
        _band_power(parts, power)
        gains = np.stack([rider.ride(cells) for rider, cells in zip(self._riders, power, strict=True)])
        if self._ahead:
            parts = np.concatenate([self._parts, parts], axis=2)
            self._parts = parts[:, :, frames:].copy()
        out = np.empty((block.shape[0], frames), np.float32)
        _mixed(parts, gains, out)
        return frozen(out)


def _low_pass(at_hz: float) -> Curve:
    def curve(freqs_hz: Floats) -> Floats:
        return np.asarray(-20 * np.log10(1 + (freqs_hz / at_hz) ** 4))

    return curve


def _rider(rate_hz: int, band: BandSettings) -> Rider:
    return Rider(
        rate_hz,
        threshold_db=band.threshold_db,
        ratio=band.ratio,
        knee_db=band.knee_db,
        range_db=math.inf,
        attack_ms=band.attack_ms,
        release_ms=band.release_ms,
        averaging_ms=RMS_MS,
        makeup_db=band.makeup_db,
        auto_release=True,
    )


@kernel
def _band_power(parts: Samples, power: Floats) -> None:
    """The loudest channel's mean square of each band in each cell."""
    for band in range(parts.shape[0]):
        for channel in range(parts.shape[1]):
            whole, below = parts[band, channel], parts[max(band - 1, 0), channel]
            kept = np.float32(0.0) if band == 0 else np.float32(1.0)
            for cell in range(power.shape[1]):
                total = np.float32(0.0)
                for n in range(cell * CELL, (cell + 1) * CELL):
                    part = whole[n] - kept * below[n]
                    total += part * part
                power[band, cell] = max(power[band, cell], total / CELL)


@kernel
def _mixed(parts: Samples, gains: Gains, out: Samples) -> None:
    top = gains.shape[0] - 1
    for channel in range(out.shape[0]):
        y = out[channel]
        whole, last = parts[top, channel], gains[top]
        for n in range(y.size):
            y[n] = whole[n] * last[n]
        for band in range(top):
            low, here, above = parts[band, channel], gains[band], gains[band + 1]
            for n in range(y.size):
                y[n] += low[n] * (here[n] - above[n])
