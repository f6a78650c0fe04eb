"""A signal as a picture: least, greatest and RMS value of each of about 2000 stretches of time."""

from __future__ import annotations

from typing import TypeAlias

import msgspec
import numpy as np
import numpy.typing as npt

from controlroom.sound.kernels import kernel
from controlroom.sound.signal import Samples, Signal, blocks

Floats: TypeAlias = npt.NDArray[np.float64]

BINS = 2000


class Waveform(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    """Bin i covers [i, i + 1) * `bin_s`. `lowest`, `highest`, `rms`: (channels, bins), full scale 1.0.

    The last bin may reach past the end; an empty signal has no bins.
    """

    bin_s: float
    lowest: Floats
    highest: Floats
    rms: Floats

    def folded(self) -> Waveform:
        """All channels as one row: the least, the greatest, and the RMS of all of them."""
        return Waveform(
            bin_s=self.bin_s,
            lowest=self.lowest.min(axis=0, keepdims=True),
            highest=self.highest.max(axis=0, keepdims=True),
            rms=np.sqrt(np.mean(self.rms**2, axis=0, keepdims=True)),
        )


class WaveformAccumulator:
    """Takes blocks of any size of a signal `frames` long, gives its Waveform in about `bins` bins."""

    def __init__(self, rate_hz: int, channels: int, frames: int, bins: int = BINS) -> None:
        self._rate_hz = rate_hz
        self._bin_frames = max(-(-frames // bins), 1)
        self._room = -(-frames // self._bin_frames)
        self._lowest = np.full((channels, self._room), np.inf)
        self._highest = np.full((channels, self._room), -np.inf)
        self._squares = np.zeros((channels, self._room))
        self._at = 0

    def add(self, block: Samples) -> None:
        kept = block[:, : max(self._room * self._bin_frames - self._at, 0)]
        _fill(np.ascontiguousarray(kept), self._at, self._bin_frames, self._lowest, self._highest, self._squares)
        self._at += kept.shape[1]

    def result(self) -> Waveform:
        counts = np.clip(self._at - np.arange(self._room) * self._bin_frames, 0, self._bin_frames)
        seen = counts > 0
        return Waveform(
            bin_s=self._bin_frames / self._rate_hz,
            lowest=np.where(seen, self._lowest, 0.0),
            highest=np.where(seen, self._highest, 0.0),
            rms=np.sqrt(self._squares / np.maximum(counts, 1)),
        )


@kernel
def _fill(block: Samples, at: int, bin_frames: int, lowest: Floats, highest: Floats, squares: Floats) -> None:
    for channel in range(block.shape[0]):
        i = 0
        while i < block.shape[1]:
            place = (at + i) // bin_frames
            stop = min((place + 1) * bin_frames - at, block.shape[1])
            row = block[channel, i:stop]
            low, high, square = np.float32(np.inf), np.float32(-np.inf), 0.0
            for x in row:
                low, high = min(low, x), max(high, x)
                square += x * x
            lowest[channel, place] = min(lowest[channel, place], low)
            highest[channel, place] = max(highest[channel, place], high)
            squares[channel, place] += square
            i = stop


def waveform_of(signal: Signal, bins: int = BINS) -> Waveform:
    """The waveform of a signal."""
    accumulator = WaveformAccumulator(signal.rate_hz, signal.channels, signal.frames, bins)
    for block in blocks(signal):
        accumulator.add(block)
    return accumulator.result()
