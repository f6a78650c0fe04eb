"""The long-term average power spectrum, by Welch's method (P. D. Welch, 1967): Hann frames, half overlapping.

Frames have 8192 samples at 44.1 and 48 kHz and about the same length in time at other rates. A frame counts when its
loudest channel is above -70 dBFS RMS (the absolute gate of BS.1770); when no frame is, all that are not digital silence
count. So pauses do not thin out the average, and a very quiet recording still has a spectrum.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TypeAlias

import msgspec
import numpy as np
import numpy.typing as npt
import scipy.fft

from controlroom.sound.kernels import kernel
from controlroom.sound.moments import Moments, MomentsAccumulator
from controlroom.sound.signal import BLOCK_FRAMES, Samples, Signal, blocks

Floats: TypeAlias = npt.NDArray[np.float64]

GATE_POWER = 10 ** (-70 / 10)
FLOOR_DB = -200.0
BATCH = 16  # frames transformed together; always the same ones, so that the block size leaves no trace

# IEC 61260-1, base ten: 20 Hz to 20 kHz.
THIRD_OCTAVES_HZ: Floats = 1000.0 * 10.0 ** (np.arange(-17, 14) / 10)
THIRD_OCTAVE_EDGES_HZ: Floats = 1000.0 * 10.0 ** ((np.arange(-17, 15) - 0.5) / 10)


class Spectrum(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    """Mean power in each bin; bin k lies at k * rate_hz / fft_frames and has that width.

    `power` (bins,) is the sum of the channels', `channel_power` (channels, bins) each one's; the sum over all bins is
    the mean square of the frames that count (a full-scale sine: 0.5). `counted` is their number; 0 means silence.
    `cross_power` (bins,) is the real part of left times right of a stereo signal (None for any other): the power of
    left plus right is the sum of both powers and twice this.
    """

    rate_hz: int
    fft_frames: int
    counted: int
    channel_power: Floats
    cross_power: Floats | None = None

    @property
    def power(self) -> Floats:
        return np.asarray(self.channel_power.sum(axis=0))

    @property
    def freqs_hz(self) -> Floats:
        return np.arange(self.fft_frames // 2 + 1, dtype=np.float64) * (self.rate_hz / self.fft_frames)


def fft_frames_at(rate_hz: int) -> int:
    """The power of two that comes nearest to 178 ms: 8192 at 44.1 and 48 kHz."""
    return 1 << max(round(math.log2(8192 * rate_hz / 46000)), 4)


def _hann(frames: int) -> Samples:
    window: Samples = (0.5 - 0.5 * np.cos(2 * np.pi * np.arange(frames) / frames)).astype(np.float32)
    return window


class SpectrumAccumulator:
    """Takes blocks of any size, gives their Spectrum; the result does not depend on how they were cut.

    With `moments` how it moves is kept as well.
    """

    def __init__(self, rate_hz: int, channels: int, *, moments: bool = False) -> None:
        self.rate_hz = rate_hz
        self.fft_frames = fft_frames_at(rate_hz)
        self._hop = self.fft_frames // 2
        self._span = self._hop * (BATCH + 1)
        self._window = _hann(self.fft_frames)
        self._waiting = np.zeros((channels, self._span), np.float32)
        self._held = 0
        self._sums = np.zeros((2, channels, self._hop + 1))  # of frames above the gate, and of those below
        self._cross = np.zeros((2, self._hop + 1)) if channels == 2 else None
        self._counts = np.zeros(2, np.int64)
        scale = 2.0 / (self.fft_frames * float(self._window.astype(float) @ self._window))
        self._moments = MomentsAccumulator(rate_hz, channels, self.fft_frames, scale) if moments else None

    def add(self, block: Samples) -> None:
        at = 0
        while at < block.shape[1]:
            taken = min(self._span - self._held, block.shape[1] - at)
            self._waiting[:, self._held : self._held + taken] = block[:, at : at + taken]
            self._held, at = self._held + taken, at + taken
            if self._held == self._span:
                self._transform(self._waiting)
                self._waiting[:, : self._hop] = self._waiting[:, -self._hop :]
                self._held = self._hop

    def _transform(self, held: Samples) -> None:
        """Add the power of every whole frame in `held` (channels, frames)."""
        frames = np.lib.stride_tricks.sliding_window_view(held, self.fft_frames, axis=1)[:, :: self._hop]
        loudest = np.einsum("cfn,cfn->cf", frames, frames).max(axis=0) / self.fft_frames
        kept = np.where(loudest > GATE_POWER, 0, np.where(loudest > 0, 1, 2))
        bins = [scipy.fft.rfft(rows * self._window, axis=1).view(np.float32) for rows in frames]
        for channel, rows in enumerate(bins):
            _add_power(rows, rows, kept, self._sums[:, channel])
        if self._cross is not None:
            _add_power(bins[0], bins[1], kept, self._cross)
        if self._moments:
            self._moments.add(bins, kept)
        self._counts += np.bincount(kept, minlength=3)[:2]

    def result(self) -> Spectrum:
        """The spectrum so far; less than one whole frame is filled up with silence and scaled to its true power."""
        sums, counts, fill = self._sums.copy(), self._counts.copy(), 1.0
        cross = None if self._cross is None else self._cross.copy()
        held = self._waiting[:, : self._held]
        if not counts.any() and held.any():
            fill = max(held.shape[1], self.fft_frames) / held.shape[1]
            held = np.pad(held, ((0, 0), (0, max(self.fft_frames - held.shape[1], 0))))
        if held.shape[1] >= self.fft_frames:
            self._transform(held)
        gate = 0 if self._counts[0] else 1
        counted = int(self._counts[gate])
        scale = 2.0 * fill / (self.fft_frames * float(self._window.astype(float) @ self._window) * max(counted, 1))
        power = _one_sided(self._sums[gate] * scale)
        both = None if self._cross is None else _one_sided(self._cross[gate] * scale)
        self._sums, self._counts, self._cross = sums, counts, cross
        return Spectrum(
            rate_hz=self.rate_hz, fft_frames=self.fft_frames, counted=counted, channel_power=power, cross_power=both
        )

    def moments(self) -> Moments | None:
        """How the spectrum moved so far, in whole batches of frames; None unless it was asked for."""
        return self._moments.result() if self._moments else None


def _one_sided(power: Floats) -> Floats:
    power[..., [0, -1]] /= 2  # 0 Hz and Nyquist have no twin at negative frequency
    return power


@kernel
def _add_power(first: Samples, second: Samples, kept: npt.NDArray[np.int64], sums: Floats) -> None:
    """Add the real part of first times conjugate second to the sum each frame belongs to (2: to none).

    Real and imaginary parts lie side by side.
    """
    for frame in range(first.shape[0]):
        if kept[frame] < 2:
            row, a, b = sums[kept[frame]], first[frame], second[frame]
            for k in range(row.shape[0]):
                row[k] += a[2 * k] * b[2 * k] + a[2 * k + 1] * b[2 * k + 1]


def spectrum_of(signal: Signal, start: int = 0, stop: int | None = None) -> Spectrum:
    """The spectrum of a signal between two frames."""
    accumulator = SpectrumAccumulator(signal.rate_hz, signal.channels)
    for block in blocks(signal, BLOCK_FRAMES, start, stop):
        accumulator.add(block)
    return accumulator.result()


def band_levels_db(spectrum: Spectrum, edges_hz: Sequence[float] | Floats, channel: int | None = None) -> Floats:
    """Level between each two neighbouring edges, in dBFS (-3.01 for a full-scale sine; at least -200).

    Of all channels together, or of one. Bins that an edge cuts count in part.
    """
    power = spectrum.power if channel is None else spectrum.channel_power[channel]
    width_hz = spectrum.rate_hz / spectrum.fft_frames
    borders_hz = (np.arange(len(power) + 1) - 0.5) * width_hz
    below = np.interp(edges_hz, borders_hz, np.concatenate([[0.0], np.cumsum(power)]))
    levels: Floats = 10 * np.log10(np.maximum(np.diff(below), 10 ** (FLOOR_DB / 10)))
    return levels


def third_octave_levels_db(spectrum: Spectrum, channel: int | None = None) -> Floats:
    """Levels of the bands around `THIRD_OCTAVES_HZ` (31,), in dBFS."""
    return band_levels_db(spectrum, THIRD_OCTAVE_EDGES_HZ, channel)
