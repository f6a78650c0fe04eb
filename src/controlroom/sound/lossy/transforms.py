"""The transforms in which lossy codecs quantise: each coefficient as the filter that gives it at any place.

AAC and Vorbis code the coefficients of an MDCT of 2048 samples every 1024 (ISO/IEC 14496-3, 4.6.11: a sine or a
Kaiser-Bessel-derived window; Vorbis I specification, 4.3.1: the power-complementary window); MP3 those of a hybrid of a
polyphase filter bank of 32 bands and an MDCT of 36 subband samples with its aliasing reduced, every 576 (ISO/IEC
11172-3, 2.4.3.4, C.1.3). Long blocks only: encoders leave them for attacks alone.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Literal, TypeAlias

import msgspec
import numpy as np
import numpy.typing as npt
import scipy.fft

from controlroom.sound.excerpts import EXCERPT
from controlroom.sound.signal import Samples

Floats: TypeAlias = npt.NDArray[np.float64]
Integers: TypeAlias = npt.NDArray[np.int64]
Codec = Literal["MP3", "AAC", "Vorbis"]
Window = Literal["sine", "kbd", "vorbis"]

LOWEST, HIGHEST = 0.07, 0.70  # of Nyquist: coefficients that are coarsely quantised and that encoders keep
COEFFICIENTS = 48  # looked at, spread between the two
MDCT_HOP, HYBRID_HOP = 1024, 576
KBD_ALPHA = 4.0
# The 512 taps of the standard's table C.1, with their signs undone, are these cosines to -98 dB.
PROTOTYPE = np.array([1.0, 2.000062, 1.992551, 1.878712, 1.414304, 0.685908, 0.173152, 0.015461])
ALIASING = np.array([-0.6, -0.535, -0.33, -0.185, -0.095, -0.041, -0.0142, -0.0037])  # the standard's c_i, table B.9
SUBBANDS, TAPS, SLOTS, LINES = 32, 512, 36, 18


class Transform(msgspec.Struct, frozen=True, eq=False):
    """Some coefficients of a codec: `spectra` (coefficients, EXCERPT // 2 + 1) are their filters, `taps` long, and
    `turns` (coefficients,) how far each one's carrier turns a sample, in radians. A frame comes every `hop` samples."""

    codec: Codec
    hop: int
    taps: int
    spectra: npt.NDArray[np.complex64]
    turns: Floats

    def coefficients(self, excerpt: Samples) -> Samples:
        """What each coefficient would be if a frame began at each sample: (coefficients, places)."""
        bins = scipy.fft.rfft(excerpt)
        rows: Samples = scipy.fft.irfft(bins[None, :] * self.spectra, EXCERPT, axis=1)
        return rows[:, : EXCERPT - self.taps + 1]


@lru_cache(maxsize=1)
def transforms() -> tuple[Transform, ...]:
    """All that are known."""
    lines = np.linspace(LOWEST, HIGHEST, COEFFICIENTS)
    mdct_lines, hybrid_lines = (lines * MDCT_HOP).astype(np.int64), (lines * HYBRID_HOP).astype(np.int64)
    return (
        _transform("MP3", HYBRID_HOP, hybrid_lines, hybrid(hybrid_lines)),
        _transform("AAC", MDCT_HOP, mdct_lines, mdct(mdct_lines, "sine")),
        _transform("AAC", MDCT_HOP, mdct_lines, mdct(mdct_lines, "kbd")),
        _transform("Vorbis", MDCT_HOP, mdct_lines, mdct(mdct_lines, "vorbis")),
    )


def _transform(codec: Codec, hop: int, lines: Integers, filters: Floats) -> Transform:
    spectra = np.conj(scipy.fft.rfft(filters.astype(np.float32), EXCERPT, axis=1))
    return Transform(codec, hop, filters.shape[1], spectra, np.pi * (lines + 0.5) / hop)


def mdct(lines: Integers, window: Window) -> Floats:
    """The basis functions (lines, 2048) of the MDCT, orthonormal over frames."""
    at = np.arange(2 * MDCT_HOP) + 0.5
    phases = np.outer(lines + 0.5, at + MDCT_HOP / 2)
    return np.asarray(window_of(window) * np.sqrt(2 / MDCT_HOP) * np.cos(np.pi / MDCT_HOP * phases))


def window_of(kind: Window) -> Floats:
    """(2048,)"""
    sine: Floats = np.sin(np.pi / (2 * MDCT_HOP) * (np.arange(2 * MDCT_HOP) + 0.5))
    if kind == "sine":
        return sine
    if kind == "vorbis":
        return np.asarray(np.sin(np.pi / 2 * sine**2))
    rising = np.cumsum(np.kaiser(MDCT_HOP + 1, np.pi * KBD_ALPHA))
    half = np.sqrt(rising[:-1] / rising[-1])
    return np.concatenate([half, half[::-1]])


def hybrid(lines: Integers) -> Floats:
    """The functions (lines, 1632) that MP3's analysis correlates the signal with; of unit energy, nearly."""
    cosine, sine = 1 / np.sqrt(1 + ALIASING**2), ALIASING / np.sqrt(1 + ALIASING**2)
    rows = []
    for line in lines:
        band, k = divmod(int(line), LINES)
        row = _before_butterflies(band, k)
        if k >= LINES - len(ALIASING) and band < SUBBANDS - 1:
            i = LINES - 1 - k
            row = cosine[i] * row + sine[i] * _before_butterflies(band + 1, i)
        elif k < len(ALIASING) and band > 0:
            row = cosine[k] * row - sine[k] * _before_butterflies(band - 1, LINES - 1 - k)
        rows.append(row)
    return np.array(rows)


def _before_butterflies(band: int, k: int) -> Floats:
    """Line `k` of one subband's MDCT (in odd bands every other sample is turned), through the band's filter."""
    slots = np.arange(SLOTS)
    basis = np.sin(np.pi / SLOTS * (slots + 0.5)) * np.cos(np.pi / (2 * SLOTS) * np.outer(2 * k + 1, 2 * slots + 19))[0]
    basis *= (-1.0) ** (slots * band) / 3
    spread = np.zeros((SLOTS - 1) * SUBBANDS + 1)
    spread[::SUBBANDS] = basis
    return np.convolve(spread, _band_filter(band))


@lru_cache(maxsize=SUBBANDS)
def _band_filter(band: int) -> Floats:
    at = np.arange(TAPS)
    low = np.cos(2 * np.pi / TAPS * np.outer(at - TAPS / 2, np.arange(len(PROTOTYPE)))) @ PROTOTYPE
    taps = np.sqrt(2 / (low @ low)) * low * np.cos(np.pi / (2 * SUBBANDS) * (2 * band + 1) * (at - 16))
    return np.asarray(taps[::-1])
