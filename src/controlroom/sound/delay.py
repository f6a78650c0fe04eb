"""Moving a signal in time by parts of a sample: a windowed-sinc fractional delay (Laakso et al., 1996, section 3)."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from controlroom.sound.signal import Samples, Shifted, Signal, frozen
from controlroom.sound.stream import Chain

TAPS = 64
KAISER_BETA = 9.0  # flat within 0.01 dB to 0.43 of the rate, in a linear-phase delay
WHOLE_WITHIN = 1e-3  # frames: nearer than this to a whole sample is that sample


def delayed(signal: Signal, frames: float) -> Signal:
    """`signal`, `frames` samples later (earlier when negative), its end moved with it; whole samples are copied.

    A fraction of a sample is interpolated; the result is `ceil(frames)` longer (shorter) than the source.
    """
    nearest = round(frames)
    if abs(frames - nearest) < WHOLE_WITHIN:
        return signal if nearest == 0 else Shifted(signal, nearest)
    whole = math.floor(frames)
    shifted = Shifted(signal, whole, max(signal.frames + whole + 1, 0))
    return Chain(shifted, lambda: [FractionalDelay(signal.channels, frames - whole)])


class FractionalDelay:
    """A processor: a delay of 0 <= `fraction` < 1 samples beyond its latency."""

    latency_frames = TAPS // 2 - 1

    def __init__(self, channels: int, fraction: float) -> None:
        self._taps = fractional_taps(fraction)
        self._past = np.zeros((channels, TAPS - 1), np.float32)

    def process(self, block: Samples) -> Samples:
        joined = np.concatenate([self._past, block], axis=1)
        self._past = joined[:, joined.shape[1] - (TAPS - 1) :]
        return frozen(np.stack([np.convolve(row, self._taps, mode="valid") for row in joined.astype(np.float64)]))


def fractional_taps(fraction: float) -> npt.NDArray[np.float64]:
    """Kaiser-windowed sinc centred on `TAPS / 2 - 1 + fraction`, unity at 0 Hz."""
    centre = TAPS // 2 - 1 + fraction
    at = np.arange(TAPS) - centre
    inside = np.sqrt(np.maximum(1.0 - (at / (TAPS / 2)) ** 2, 0.0))
    taps = np.sinc(at) * np.i0(KAISER_BETA * inside) / np.i0(KAISER_BETA)
    return np.asarray(taps / taps.sum(), np.float64)
