"""The residual that is left when level and tone are fitted anew in each window: rides and slow bands do not count.

Spectra of 85 ms, in bands a third of an octave wide: in each 3 s the made is likened to the fitted source by one
complex gain for each band, all channels together; what that cannot explain is left (1 less the coherence, by band).
"""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import scipy.fft

from controlroom.sound.bands import band_edges
from controlroom.sound.kernels import kernel
from controlroom.sound.meter.weighting import channel_weights, k_weighting
from controlroom.sound.signal import Samples

Floats: TypeAlias = npt.NDArray[np.float64]
Bins: TypeAlias = npt.NDArray[np.complex64]
Places: TypeAlias = npt.NDArray[np.int64]

FRAME_S = 4096 / 48_000
BANDS, LOWEST_HZ, HIGHEST_HZ = 30, 20.0, 20_000.0
SECONDS = 3  # of a window, one each second
LEAST = 1e-30


class Refit:
    """Takes the fitted source and the made block by block."""

    def __init__(self, rate_hz: int, channels: int) -> None:
        self._rate_hz, self._size = rate_hz, scipy.fft.next_fast_len(round(FRAME_S * rate_hz), real=True)
        self._window = np.hanning(self._size + 1)[1:].astype(np.float32)
        self._edges = band_edges(rate_hz, self._size, BANDS, LOWEST_HZ, HIGHEST_HZ)
        self._weights = np.outer(channel_weights(channels), _k_power(rate_hz, self._size))
        self._waiting = np.zeros((2 * channels, 0), np.float32)
        self._frames = 0
        self._sums: list[Floats] = []

    def add(self, likened: Samples, after: Samples) -> None:
        """The next frames (channels, n) of both."""
        held = np.concatenate([self._waiting, np.concatenate([likened, after])], axis=1)
        count = held.shape[1] // self._size
        pieces = held[:, : count * self._size].reshape(len(held), count, self._size)
        bins = scipy.fft.rfft(pieces * self._window)
        for k in range(count):
            second = (self._frames + self._size // 2) // self._rate_hz
            while len(self._sums) <= second:
                self._sums.append(np.zeros((4, len(self._edges) - 1)))
            _gather(bins[:, k], self._weights, self._edges, self._sums[second])
            self._frames += self._size
        self._waiting = held[:, count * self._size :]

    def windows(self) -> Floats:
        """The fitted source's energy and the residual's (2, n), in windows of 3 s, one each second."""
        if len(self._sums) < SECONDS:
            return np.zeros((2, 0))
        windows = np.lib.stride_tricks.sliding_window_view(np.array(self._sums), SECONDS, axis=0).sum(axis=-1)
        fitted, made, real, imaginary = windows.swapaxes(0, 1)
        explained = (real**2 + imaginary**2) / np.maximum(fitted, LEAST)
        return np.array([fitted.sum(axis=1), np.maximum(made - explained, 0.0).sum(axis=1)])


def _k_power(rate_hz: int, size: int) -> Floats:
    """The K-weighting's power response at the bins."""
    z = np.exp(-2j * np.pi * np.arange(size // 2 + 1) / size)
    power = np.ones(len(z))
    for b0, b1, b2, a1, a2 in k_weighting(rate_hz):
        power *= np.abs((b0 + b1 * z + b2 * z * z) / (1 + a1 * z + a2 * z * z)) ** 2
    return power


@kernel
def _gather(bins: Bins, weights: Floats, edges: Places, sums: Floats) -> None:
    """Add the weighted powers of both, and their product, in each band; `bins`: channels fitted, then channels made."""
    channels = weights.shape[0]
    for channel in range(channels):
        for band in range(edges.size - 1):
            fitted, made, real, imaginary = 0.0, 0.0, 0.0, 0.0
            for k in range(edges[band], edges[band + 1]):
                one, two, weight = bins[channel, k], bins[channels + channel, k], weights[channel, k]
                fitted += weight * (one.real * one.real + one.imag * one.imag)
                made += weight * (two.real * two.real + two.imag * two.imag)
                real += weight * (one.real * two.real + one.imag * two.imag)
                imaginary += weight * (one.real * two.imag - one.imag * two.real)
            sums[0, band] += fitted
            sums[1, band] += made
            sums[2, band] += real
            sums[3, band] += imaginary
