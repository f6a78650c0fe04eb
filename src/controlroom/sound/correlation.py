"""How two signals belong together: the delay and polarity between two microphones, and the image of a stereo pair.

The delay is the peak of the generalised cross-correlation (C. Knapp and G. Carter, 1976) of the band from 60 Hz to
10 kHz, half whitened (the cross-spectrum divided by the square root of its magnitude): whole whitening (PHAT) listens
to noise where two mics share little, none is blunted by the low end of a drum. Correlation is the ordinary,
normalised one of the same band at that delay.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

import msgspec
import numpy as np
import numpy.typing as npt
import scipy.fft

from controlroom.sound.signal import Signal

Floats: TypeAlias = npt.NDArray[np.float64]
Complexes: TypeAlias = npt.NDArray[np.complex128]

LOWEST_HZ, HIGHEST_HZ = 60.0, 10000.0
SEGMENT_S = 0.5
HEARD_AT_MOST_S = 20.0
FINER = 8  # points per sample around the peak, before the parabola


class Delay(msgspec.Struct, frozen=True, kw_only=True):
    """`b` comes `frames` later than `a` (earlier when negative) and looks like it (`polarity` 1) or turned over (-1).

    `correlation` is the normalised correlation there, -1 to 1, with the sign of `polarity`; `clarity` says how far the
    peak stands out: its height over the RMS of the correlation in the searched range (2 to 4: chance; above 6: sure).
    Signals that have nothing in common, or silence, give 0 frames and correlation 0.
    """

    frames: float = 0.0
    correlation: float = 0.0
    polarity: int = 1
    clarity: float = 0.0


class _Pair:
    """Cross- and power spectra of two signals, added up over segments."""

    def __init__(self, rate_hz: int, longest: int, max_frames: int) -> None:
        self.max_frames = max(max_frames, 1)
        self.size = scipy.fft.next_fast_len(longest + 2 * self.max_frames + 2, real=True)
        freqs_hz = np.fft.rfftfreq(self.size, 1 / rate_hz)
        self.inside = (freqs_hz >= LOWEST_HZ) & (freqs_hz <= min(HIGHEST_HZ, 0.45 * rate_hz))
        self.cross: Complexes = np.zeros(len(freqs_hz), complex)
        self.power_a = self.power_b = 0.0

    def add(self, a: npt.NDArray[np.floating], b: npt.NDArray[np.floating]) -> None:
        bins_a, bins_b = scipy.fft.rfft(a, self.size) * self.inside, scipy.fft.rfft(b, self.size) * self.inside
        self.cross += np.conj(bins_a) * bins_b
        self.power_a += float(np.vdot(bins_a, bins_a).real)
        self.power_b += float(np.vdot(bins_b, bins_b).real)

    def delay(self) -> Delay:
        together = np.sqrt(self.power_a * self.power_b)
        if together <= 1e-18 * self.size:
            return Delay()
        magnitude = np.abs(self.cross)
        half_white = self.cross / np.sqrt(np.maximum(magnitude, 1e-12 * magnitude.max() + 1e-300))
        lags = np.arange(-self.max_frames, self.max_frames + 1)
        shape = scipy.fft.irfft(half_white, self.size)[lags]
        rough = int(lags[np.argmax(np.abs(shape))])
        frames = _refined(half_white, self.size, rough, float(np.sign(shape[rough + self.max_frames])))
        frames = min(max(frames, -float(self.max_frames)), float(self.max_frames))
        turns = np.exp(2j * np.pi * np.arange(len(self.cross)) * frames / self.size)
        correlation = float((self.cross * turns).real.sum() / together)
        clarity = float(np.abs(shape).max() / max(np.sqrt(np.mean(shape**2)), 1e-300))
        polarity = 1 if correlation >= 0 else -1
        return Delay(frames=frames, correlation=correlation, polarity=polarity, clarity=clarity)


def _refined(bins: Complexes, size: int, rough: int, sign: float) -> float:
    """The place of the extremum around a lag: band-limited interpolation, then a parabola through its top."""
    at = rough + np.arange(-FINER, FINER + 1) / FINER
    turns = np.exp(2j * np.pi / size * np.outer(at, np.arange(len(bins))))
    curve = sign * (turns @ bins).real
    top = min(max(int(np.argmax(curve)), 1), len(at) - 2)
    left, middle, right = curve[top - 1 : top + 2]
    bend = left - 2 * middle + right
    return float(at[top] + (0.5 * (left - right) / bend / FINER if bend < 0 else 0.0))


def best_delay(a: npt.NDArray[np.floating], b: npt.NDArray[np.floating], rate_hz: int, max_ms: float = 30.0) -> Delay:
    """How much later `b` (frames,) is than `a` (frames,), searched within +-`max_ms`."""
    pair = _Pair(rate_hz, max(len(a), len(b), 1), round(max_ms * rate_hz / 1000))
    if len(a) and len(b):
        pair.add(a, b)
    return pair.delay()


def delay_between(
    a: Signal, b: Signal, max_ms: float = 30.0, where: Sequence[tuple[float, float]] | None = None
) -> Delay:
    """How much later `b` is than `a`: heard in half-second segments spread over `where` ((start_s, end_s), ...).

    At most 20 s are read, so that long files cost no more than short ones. Channels are folded to mono. Signals of
    different rates cannot be compared: `ValueError`.
    """
    if a.rate_hz != b.rate_hz:
        raise ValueError(f"signals of one rate are needed, not {a.rate_hz} and {b.rate_hz}")
    shared = min(a.frames, b.frames)
    length = min(round(SEGMENT_S * a.rate_hz), max(shared, 1))
    pair = _Pair(a.rate_hz, length, round(max_ms * a.rate_hz / 1000))
    for start in _spread(where or [(0.0, shared / a.rate_hz)], a.rate_hz, length, shared):
        pair.add(a.read(start, length).mean(axis=0), b.read(start, length).mean(axis=0))
    return pair.delay()


def _spread(where: Sequence[tuple[float, float]], rate_hz: int, length: int, shared: int) -> list[int]:
    """First frames of segments: all there is room for, or evenly chosen ones of them."""
    starts: list[int] = []
    for start_s, end_s in where:
        first, last = max(round(start_s * rate_hz), 0), min(round(end_s * rate_hz), shared)
        starts += range(first, max(last - length // 2, first + 1), length) if last > first else []
    most = round(HEARD_AT_MOST_S / SEGMENT_S)
    if len(starts) <= most:
        return starts
    return [starts[i] for i in np.linspace(0, len(starts) - 1, most).round().astype(int)]


class StereoImage(msgspec.Struct, frozen=True, kw_only=True):
    """A stereo pair as a whole. `correlation`: 1 mono, 0 unrelated, -1 turned over; `side_db`: side less mid level,
    dB (-120 at least: mono); `balance_db`: right less left level, dB, within +-120."""

    correlation: float
    side_db: float
    balance_db: float


def stereo_image(left_power: float, right_power: float, product: float) -> StereoImage | None:
    """The image from mean squares and the mean product of left and right; None for silence."""
    if left_power + right_power <= 1e-12:
        return None
    together = np.sqrt(left_power * right_power)
    mid, side = left_power + right_power + 2 * product, left_power + right_power - 2 * product
    return StereoImage(
        correlation=float(np.clip(product / together, -1, 1)) if together > 1e-12 else 0.0,
        side_db=_ratio_db(side, mid),
        balance_db=_ratio_db(right_power, left_power),
    )


def stereo_correlation(left: npt.NDArray[np.floating], right: npt.NDArray[np.floating]) -> float:
    """The correlation of two channels (frames,), -1 to 1; 0 when one is silent."""
    if not len(left):
        return 0.0
    one, two = left.astype(float), right.astype(float)
    image = stereo_image(float(np.mean(one * one)), float(np.mean(two * two)), float(np.mean(one * two)))
    return image.correlation if image else 0.0


def _ratio_db(over: float, under: float) -> float:
    return float(np.clip(10 * np.log10(max(over, 1e-30) / max(under, 1e-30)), -120, 120))
