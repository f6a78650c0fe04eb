"""The spectrogram: how loud each 24th of an octave is over time, in about as many columns as a picture is wide.

Hann frames of 46 to 186 ms, half overlapping, the shorter the shorter the recording is: what a column shows is never
finer than what its frame can hear. Below the width of one bin the bands share its power, so the lowest octaves look
smooth.
"""

from __future__ import annotations

from typing import TypeAlias

import msgspec
import numpy as np
import numpy.typing as npt
import scipy.fft

from controlroom.base.progress import SILENT, Progress
from controlroom.sound.signal import Samples, Signal, blocks

Floats: TypeAlias = npt.NDArray[np.float64]

COLUMNS = 720
LOWEST_HZ, HIGHEST_HZ, A_OCTAVE = 20.0, 20000.0, 24
SHORTEST_S, LONGEST_S = 0.046, 0.186
BATCH = 32
FLOOR_DB = -120.0


class Spectrogram(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    """`levels_db` (rows, columns), float16: power in the bands around `freqs_hz` (rows,), lowest first, of the mean of
    all channels, in dB relative to a full-scale sine (at least -120). Column i covers [i, i + 1) * `column_s`."""

    column_s: float
    freqs_hz: Floats
    levels_db: npt.NDArray[np.float16]


class SpectrogramAccumulator:
    """Takes blocks (channels, frames) of any size of a signal `frames` long, gives its Spectrogram.

    Memory: 1.5 MB, however long it is.
    """

    def __init__(self, rate_hz: int, channels: int, frames: int, columns: int = COLUMNS) -> None:
        self._rate_hz = rate_hz
        self._column = max(-(-frames // columns), 1)
        size_s = min(max(2 * self._column / rate_hz, SHORTEST_S), LONGEST_S)
        self._size = 1 << max(round(np.log2(size_s * rate_hz)), 4)
        self._hop = min(self._size // 2, self._column)
        self._window = np.hanning(self._size + 1)[1:].astype(np.float32)
        self._window *= 2 / self._window.sum()
        self._span = self._size + (BATCH - 1) * self._hop
        self._waiting = np.zeros(self._span, np.float32)
        self._held = self._size // 2  # frame k is centred on k * hop
        self._weights = _bands(rate_hz, self._size)
        self._levels = np.full((-(-frames // self._column), len(band_hz())), FLOOR_DB, np.float16)
        self._frame, self._open, self._count = 0, 0, 0
        self._sum = np.zeros(self._size // 2 + 1, np.float32)

    def add(self, block: Samples) -> None:
        mono = block.mean(axis=0, dtype=np.float32)
        at = 0
        while at < len(mono):
            taken = min(self._span - self._held, len(mono) - at)
            self._waiting[self._held : self._held + taken] = mono[at : at + taken]
            self._held, at = self._held + taken, at + taken
            if self._held == self._span:
                self._look(BATCH)

    def _look(self, count: int) -> None:
        """Add the power of the first `count` frames waiting to their columns, and move up."""
        frames = np.lib.stride_tricks.sliding_window_view(self._waiting, self._size)[:: self._hop][:count]
        bins = scipy.fft.rfft(frames * self._window, axis=1)
        power = bins.real**2 + bins.imag**2
        columns = (self._frame + np.arange(count)) * self._hop // self._column
        firsts = np.flatnonzero(np.diff(columns, prepend=-1))
        for first, summed, size in zip(
            firsts, np.add.reduceat(power, firsts, axis=0), np.diff(firsts, append=count), strict=True
        ):
            if columns[first] != self._open:
                self._close()
                self._open = int(columns[first])
            self._sum += summed
            self._count += int(size)
        self._frame += count
        kept = self._span - count * self._hop
        self._waiting[:kept] = self._waiting[count * self._hop :].copy()
        self._held -= count * self._hop

    def _close(self) -> None:
        """The open column is complete."""
        if self._count and self._open < len(self._levels):
            power = (self._sum / self._count) @ self._weights
            self._levels[self._open] = 10 * np.log10(np.maximum(power, 10 ** (FLOOR_DB / 10)))
        self._sum[:] = 0.0
        self._count = 0

    def result(self) -> Spectrogram:
        """The spectrogram of all that was given; nothing more may follow."""
        self._waiting[self._held :] = 0.0
        while (left := -(-(self._held - self._size // 2) // self._hop)) > 0:
            self._look(min(left, BATCH))
            self._waiting[max(self._held, 0) :] = 0.0
        self._close()
        return Spectrogram(
            column_s=self._column / self._rate_hz, freqs_hz=band_hz(), levels_db=np.ascontiguousarray(self._levels.T)
        )


def band_hz() -> Floats:
    """The middles of the bands, 24 to an octave."""
    count = round(np.log2(HIGHEST_HZ / LOWEST_HZ) * A_OCTAVE)
    return np.asarray(LOWEST_HZ * 2 ** ((np.arange(count) + 0.5) / A_OCTAVE))


def _bands(rate_hz: int, size: int) -> Samples:
    """What each bin gives to each band (bins, bands): its share, or for narrow bands the power between two bins."""
    middles = band_hz()
    width_hz = rate_hz / size
    bins_hz = np.arange(size // 2 + 1) * width_hz
    half = 2 ** (0.5 / A_OCTAVE)
    weights = np.zeros((len(bins_hz), len(middles)), np.float32)
    for band, middle_hz in enumerate(middles):
        if middle_hz * half > rate_hz / 2:
            break
        low, high = middle_hz / half, middle_hz * half
        share = np.clip((np.minimum(bins_hz + width_hz / 2, high) - np.maximum(bins_hz - width_hz / 2, low)), 0, None)
        weights[:, band] = share / width_hz
    return weights


def spectrogram_of(signal: Signal, columns: int = COLUMNS, progress: Progress = SILENT) -> Spectrogram:
    """The spectrogram of a signal."""
    accumulator = SpectrogramAccumulator(signal.rate_hz, signal.channels, signal.frames, columns)
    done = 0
    for block in blocks(signal):
        accumulator.add(block)
        done += block.shape[1]
        progress(done, signal.frames, "spectrogram")
    return accumulator.result()
