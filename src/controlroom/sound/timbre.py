"""Timbre over time: the level of some 24 bands and of the side channel every 45 ms, small enough to keep for hours.

What instruments play is seen in the levels of bands; how busy they are, in their rises from frame to frame.
"""

from __future__ import annotations

from typing import TypeAlias

import msgspec
import numpy as np
import numpy.typing as npt
import scipy
import scipy.fft

from controlroom.sound.bands import band_edges, band_power
from controlroom.sound.signal import Samples, Signal, blocks

Floats: TypeAlias = npt.NDArray[np.float64]
Halves: TypeAlias = npt.NDArray[np.float16]
Ints: TypeAlias = npt.NDArray[np.int64]

FRAME_S = 0.045
BANDS, LOWEST_HZ, HIGHEST_HZ = 24, 40.0, 16000.0
LEAST_POWER = 1e-12  # -120 dBFS
BATCH = 64


class Timbre(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    """Frames of `hop_s`, frame i beginning at i * `hop_s`, none overlapping: `bands_db` (frames, bands) the power in
    each band between two of `edges_hz` (bands + 1,), in dB of full scale (a full-scale sine: -3); `level_db` and
    `side_db` (frames,) the power of the mean of all channels and of half the difference of the first two (-120 where
    there is none)."""

    hop_s: float
    edges_hz: Floats
    bands_db: Halves
    level_db: Halves
    side_db: Halves


class TimbreAccumulator:
    """Takes blocks (channels, frames) of any size; keeps 1.2 kB a second."""

    def __init__(self, rate_hz: int, channels: int) -> None:
        self._size = 1 << round(np.log2(FRAME_S * rate_hz))
        self._rate_hz, self._channels = rate_hz, channels
        window = scipy.signal.windows.tukey(self._size, 0.5)
        self._window = (window * np.sqrt(2 / (self._size * (window**2).sum()))).astype(np.float32)
        self._edges = band_edges(rate_hz, self._size, BANDS, LOWEST_HZ, HIGHEST_HZ)
        self._waiting = np.zeros((2, BATCH * self._size), np.float32)  # mid and side
        self._held = 0
        self._bands: list[Halves] = []
        self._levels: list[Halves] = []

    def add(self, block: Samples) -> None:
        at, frames = 0, block.shape[1]
        while at < frames:
            taken = min(self._waiting.shape[1] - self._held, frames - at)
            piece, room = block[:, at : at + taken], self._waiting[:, self._held : self._held + taken]
            np.mean(piece, axis=0, out=room[0])
            if self._channels > 1:
                np.subtract(piece[0], piece[1], out=room[1])
                room[1] *= 0.5
            self._held, at = self._held + taken, at + taken
            if self._held == self._waiting.shape[1]:
                self._look(BATCH)
                self._held = 0

    def _look(self, count: int) -> None:
        mid, side = self._waiting[:, : count * self._size].reshape(2, count, self._size)
        bins = scipy.fft.rfft(mid * self._window, axis=1).view(np.float32)
        levels = np.stack([np.einsum("fn,fn->f", part, part) / self._size for part in (mid, side)], axis=1)
        self._bands.append(_decibels(band_power(bins, self._edges)))
        self._levels.append(_decibels(levels))

    def result(self) -> Timbre:
        """The timbre of all that was added, a last part of a frame with silence behind it; ask once."""
        self._waiting[:, self._held :] = 0
        self._look(-(-self._held // self._size))
        levels = np.concatenate(self._levels)
        return Timbre(
            hop_s=self._size / self._rate_hz,
            edges_hz=self._edges * (self._rate_hz / self._size),
            bands_db=np.concatenate(self._bands),
            level_db=levels[:, 0],
            side_db=levels[:, 1],
        )


def _decibels(power: Samples) -> Halves:
    result: Halves = (10 * np.log10(power + LEAST_POWER)).astype(np.float16)
    return result


def timbre_of(signal: Signal) -> Timbre:
    """The timbre of a signal."""
    accumulator = TimbreAccumulator(signal.rate_hz, signal.channels)
    for block in blocks(signal):
        accumulator.add(block)
    return accumulator.result()
