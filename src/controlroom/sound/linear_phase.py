"""Linear phase: any smooth curve of gain over frequency as one filter that leaves the timing of every frequency alone.

The taps are the inverse transform of the curve, cut to 171 ms with a taper over their outer halves (frequency sampling;
A. V. Oppenheim and R. W. Schafer, "Discrete-Time Signal Processing", ch. 7), and run by overlap-save. What is narrower
than about 12 Hz is rounded off. Half of the response comes before the sound itself: `pre_ring_ms` says how much of it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import scipy
import scipy.fft

from controlroom.sound.signal import Samples, frozen

Floats: TypeAlias = npt.NDArray[np.float64]
Curve: TypeAlias = Callable[[Floats], Floats]  # frequencies in Hz to gain in dB

HALF_S = 4095 / 48000  # with it a block of 32,768 frames fits a transform of 40,960
LOWEST_HZ = 10.0  # below, a curve stays level: the taps cannot tell it from 0 Hz
SILENT_DB = -300.0
PIECE = 8192  # frames transformed at a time, or twice the taps: several at once keep the arithmetic units busy
RING_DB = -60.0


def through(freq_hz: npt.ArrayLike, gain_db: npt.ArrayLike) -> Curve:
    """The smooth curve through points: no overshoot between them (monotone cubic in log frequency), level outside.

    Raises ValueError unless the frequencies are positive and rise, and every point has a gain.
    """
    at_hz, y = np.asarray(freq_hz, np.float64), np.asarray(gain_db, np.float64)
    fits = at_hz.shape == y.shape and at_hz.ndim == 1 and at_hz.size > 0
    if not fits or not np.isfinite([at_hz, y]).all() or at_hz[0] <= 0 or (np.diff(at_hz) <= 0).any():
        raise ValueError("a curve needs rising frequencies above 0 Hz and a gain for each of them")
    x = np.log(at_hz)
    if x.size == 1:
        return lambda freqs_hz: np.full(np.shape(freqs_hz), y[0])
    inside = scipy.interpolate.PchipInterpolator(x, y)
    return lambda freqs_hz: np.asarray(inside(np.clip(np.log(np.maximum(freqs_hz, LOWEST_HZ)), x[0], x[-1])))


def taps_of(curve: Curve, rate_hz: int, half_s: float = HALF_S) -> Samples:
    """The symmetric filter with the gain of `curve`: (2 half + 1,), its middle `half_s` late."""
    half = max(round(half_s * rate_hz), 1)
    grid = scipy.fft.next_fast_len(8 * half, real=True)
    freqs_hz = scipy.fft.rfftfreq(grid, 1 / rate_hz)
    gains = 10.0 ** (np.maximum(curve(np.maximum(freqs_hz, LOWEST_HZ / 2)), SILENT_DB) / 20)
    response = np.roll(scipy.fft.irfft(gains, grid), half)[: 2 * half + 1]
    outside = np.clip(2.0 * np.abs(np.arange(-half, half + 1)) / (half + 1) - 1.0, 0.0, 1.0)
    return np.asarray(response * (0.5 + 0.5 * np.cos(np.pi * outside)), np.float32)


def pre_ring_ms(taps: Samples, rate_hz: int, above_db: float = RING_DB) -> float:
    """How long before the sound itself its shadow is louder than `above_db` (of the sound)."""
    heard = np.abs(taps) > np.abs(taps).max() * 10 ** (above_db / 20)
    return (len(taps) // 2 - int(np.argmax(heard))) * 1000 / rate_hz


class Convolver:
    """Filters by overlap-save, half the taps late: `run(block)` gives (filters, channels, frames)."""

    def __init__(self, channels: int, taps: Samples) -> None:
        self._taps = np.atleast_2d(taps)
        self.latency_frames = self._taps.shape[1] // 2
        self._past = np.zeros((channels, self._taps.shape[1] - 1), np.float32)
        self._spectra: dict[int, npt.NDArray[np.complex64]] = {}

    def run(self, block: Samples) -> Samples:
        kept, frames = self._past.shape[1], block.shape[1]
        count = max(round(frames / max(PIECE, 2 * kept)), 1)
        hop = -(-frames // count)
        line = np.concatenate([self._past, block, np.zeros((len(block), count * hop - frames), np.float32)], axis=1)
        self._past = line[:, frames : frames + kept].copy()
        size = scipy.fft.next_fast_len(kept + hop, real=True)
        bins = scipy.fft.rfft(np.lib.stride_tricks.sliding_window_view(line, kept + hop, axis=1)[:, ::hop], size)
        out = np.empty((len(self._taps), *block.shape), np.float32)
        for made, spectrum in zip(out, self._at(size), strict=True):
            pieces = scipy.fft.irfft(bins * spectrum, size)[:, :, kept : kept + hop]
            made[:] = pieces.reshape(len(block), -1)[:, :frames]
        return out

    def _at(self, size: int) -> npt.NDArray[np.complex64]:
        if size not in self._spectra:
            self._spectra = {size: np.asarray(scipy.fft.rfft(self._taps, size, axis=1), np.complex64)}
        return self._spectra[size]


class LinearPhase:
    """A processor: every channel through `curve`."""

    def __init__(self, rate_hz: int, channels: int, curve: Curve) -> None:
        self.taps = taps_of(curve, rate_hz)
        self._convolver = Convolver(channels, self.taps)
        self.latency_frames = self._convolver.latency_frames

    def process(self, block: Samples) -> Samples:
        return frozen(self._convolver.run(block)[0])
