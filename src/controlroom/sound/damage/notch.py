"""A narrow notch cut into a source, and how deep it still is in what was made of it.

What is neither level nor tone mixes frequencies with each other, and the products fall into the notch: a test as old as
the noise-power-ratio measurement of transmission lines (ITU-R F.399).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import scipy
import scipy.fft

from controlroom.sound.damage.fit import segments
from controlroom.sound.signal import Samples, Signal, frozen
from controlroom.sound.stream import Chain

Floats: TypeAlias = npt.NDArray[np.float64]

DEPTH_DB, RIPPLE_DB, ORDER = 90.0, 0.1, 8  # elliptic: that deep over 0.6 of its width, level from its edges on
FREQS_HZ = (500.0, 1000.0, 3000.0, 6000.0)
THIRD = 1 / 3
CENTRE = 0.6  # of the width: where the notch is looked at
SHOULDERS = (0.6, 1.4)  # widths off the centre, on either side
HIGHEST_OF_RATE = 0.45
BINS_ACROSS = 32  # at least, of the spectrum, over the width of the notch
LEAST_FRAMES = 4096  # of a spectrum
LEAST_POWER, MOST_DB = 1e-30, 150.0


def notched(signal: Signal, freqs_hz: Sequence[float] = FREQS_HZ, octaves: float = THIRD) -> Signal:
    """`signal` without `octaves` around each of `freqs_hz` (90 dB down); those above 0.45 of the rate are left out."""
    kept = [freq_hz for freq_hz in freqs_hz if freq_hz < HIGHEST_OF_RATE * signal.rate_hz]
    return Chain(signal, lambda: [_Notch(signal.rate_hz, signal.channels, freq_hz, octaves) for freq_hz in kept])


class _Notch:
    latency_frames = 0

    def __init__(self, rate_hz: int, channels: int, freq_hz: float, octaves: float) -> None:
        edges_hz = freq_hz * 2.0 ** (np.array([-0.5, 0.5]) * octaves)
        self._sections = scipy.signal.ellip(ORDER, RIPPLE_DB, DEPTH_DB, edges_hz, "bandstop", fs=rate_hz, output="sos")
        self._state = np.zeros((len(self._sections), channels, 2))

    def process(self, block: Samples) -> Samples:
        out, self._state = scipy.signal.sosfilt(self._sections, block.astype(np.float64), zi=self._state)
        return frozen(out)


def notch_depth_db(signal: Signal, freq_hz: float, octaves: float = THIRD) -> float | None:
    """How far the power spectral density in a notch lies below that on its shoulders, dB, over the whole signal.

    None where there is too little to say so: silence on the shoulders, a notch above 0.45 of the rate, or a signal too
    short for a spectrum that resolves it.
    """
    wanted = BINS_ACROSS * signal.rate_hz / (freq_hz * octaves)
    size = max(1 << int(np.ceil(np.log2(wanted))), LEAST_FRAMES)
    if freq_hz >= HIGHEST_OF_RATE * signal.rate_hz or size > signal.frames:
        return None
    off = np.abs(np.log2(np.maximum(np.fft.rfftfreq(size, 1 / signal.rate_hz), 1e-3) / freq_hz)) / octaves
    density = _density(signal, size)
    centre = float(density[off <= CENTRE / 2].mean())
    shoulders = float(density[(off >= SHOULDERS[0]) & (off <= SHOULDERS[1])].mean())
    if shoulders <= LEAST_POWER:
        return None
    return min(10.0 * float(np.log10(shoulders / max(centre, LEAST_POWER))), MOST_DB)


def _density(signal: Signal, size: int) -> Floats:
    """Mean power spectrum, all channels together; sidelobes of the window 92 dB down."""
    window = scipy.signal.get_window("blackmanharris", size).astype(np.float32)
    count = max((signal.frames - size) // (size // 2) + 1, 1)
    total = np.zeros(size // 2 + 1)
    for held in segments(signal, 0, size // 2, size, count):
        bins = scipy.fft.rfft(held * window)
        total += np.einsum("ck,ck->k", bins.real, bins.real) + np.einsum("ck,ck->k", bins.imag, bins.imag)
    result: Floats = total / (count * float((window**2).sum()))
    return result
