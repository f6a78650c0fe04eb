"""Second-order filters: what an equaliser band is, its response, and running many of them over many channels.

High-pass, low-pass, low shelf and notch are the biquads of R. Bristow-Johnson's "Audio EQ Cookbook" (W3C note, 2021).
Bell and high shelf take the same analogue prototypes, but are matched instead of warped (M. Vicanek, "Matched Second
Order Digital Filters", 2016): poles by impulse invariance, zeros so that the magnitude is the prototype's at 0 Hz, at
the band's frequency and at Nyquist. So a bell at 16 kHz keeps its shape at 44.1 kHz instead of being squeezed: up to
Q 2 and 12 dB the response stays within 1.5 dB of the prototype's up to Nyquist, and within 0.5 dB for 3 dB of gain.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Literal, TypeAlias

import msgspec
import numpy as np
import numpy.typing as npt

from controlroom.sound.kernels import kernel
from controlroom.sound.signal import Samples, frozen

Kind = Literal["highpass", "lowpass", "lowshelf", "highshelf", "bell", "notch"]
Floats: TypeAlias = npt.NDArray[np.float64]

LOWEST_HZ = 0.5
HIGHEST_OF_RATE = 0.49  # a band above this part of the rate is out of the signal's reach
MATCHED_BELOW = 0.6 * math.pi  # above, the middle of the three matched points stays here: the whole shape fits better
CHUNK_FRAMES = 256
IDENTITY = (1.0, 0.0, 0.0, 0.0, 0.0)


class Band(msgspec.Struct, frozen=True, omit_defaults=True):
    """One band of an equaliser; `gain_db` speaks for shelves and bells only. Q 0.707 is a Butterworth slope."""

    kind: Kind
    freq_hz: float
    gain_db: float = 0.0
    q: float = 0.707


def coefficients(band: Band, rate_hz: int) -> Floats:
    """The band at a rate as b0, b1, b2, a1, a2 (a0 = 1).

    Out-of-range figures are brought into range: the frequency to at least 0.5 Hz, Q to 0.05..50. A low-pass, notch,
    bell or high shelf above 0.49 of the rate changes nothing; a high-pass or low shelf there sits at 0.49.
    """
    q = min(max(band.q, 0.05), 50.0)
    reach_hz = HIGHEST_OF_RATE * rate_hz
    if band.freq_hz >= reach_hz and band.kind not in ("highpass", "lowshelf"):
        return np.array(IDENTITY)
    omega = 2 * math.pi * min(max(band.freq_hz, LOWEST_HZ), reach_hz) / rate_hz
    if band.kind in ("bell", "highshelf"):
        return _matched(band.kind, omega, band.gain_db, q)
    return _cookbook(band.kind, omega, band.gain_db, q)


def _cookbook(kind: Kind, omega: float, gain_db: float, q: float) -> Floats:
    """The Audio EQ Cookbook's formulas, `omega` in radians per sample."""
    cos, alpha = math.cos(omega), math.sin(omega) / (2 * q)
    if kind == "lowpass":
        b, a = [(1 - cos) / 2, 1 - cos, (1 - cos) / 2], [1 + alpha, -2 * cos, 1 - alpha]
    elif kind == "highpass":
        b, a = [(1 + cos) / 2, -(1 + cos), (1 + cos) / 2], [1 + alpha, -2 * cos, 1 - alpha]
    elif kind == "notch":
        b, a = [1.0, -2 * cos, 1.0], [1 + alpha, -2 * cos, 1 - alpha]
    else:
        g = 10 ** (gain_db / 40)
        slope = 2 * math.sqrt(g) * alpha
        b = [g * (g + 1 - (g - 1) * cos + slope), 2 * g * (g - 1 - (g + 1) * cos), g * (g + 1 - (g - 1) * cos - slope)]
        a = [g + 1 + (g - 1) * cos + slope, -2 * (g - 1 + (g + 1) * cos), g + 1 + (g - 1) * cos - slope]
    return np.array([*b, *a[1:]]) / a[0]


def _matched(kind: Kind, omega: float, gain_db: float, q: float) -> Floats:
    """Vicanek's matched design (2016, eq. 12-25); a boost is the exact inverse of the cut of the same size.

    The bell is designed as a boost, the shelf as a cut: so the poles stay as far below Nyquist as they can.
    """
    size_db = abs(gain_db) if kind == "bell" else -abs(gain_db)
    g = 10 ** (size_db / 40)
    if kind == "bell":
        upper, lower = (1.0, g / q, 1.0), (1.0, 1 / (g * q), 1.0)
    else:
        upper, lower = (g * g, g * math.sqrt(g) / q, g), (1.0, math.sqrt(g) / q, g)
    a = _impulse_invariant(lower, omega)
    at = np.array([0.0, min(omega, MATCHED_BELOW), math.pi])
    phi = _phi(at)
    wanted = _squared(upper, at / omega) / _squared(lower, at / omega) * (phi @ _folded(a))
    b = _unfolded(np.linalg.solve(phi, wanted).astype(np.float64))
    b, a = (b, a) if (gain_db >= 0) == (kind == "bell") else (a, b)
    return np.array([*(b / a[0]), *(a[1:] / a[0])])


def _impulse_invariant(lower: tuple[float, float, float], omega: float) -> Floats:
    """The denominator in z of a denominator in s (highest power first; 1 is the band's frequency)."""
    decay = lower[1] / (2 * lower[0]) * omega
    natural = math.sqrt(lower[2] / lower[0]) * omega
    spread = natural * natural - decay * decay
    swing = math.cos(math.sqrt(spread)) if spread >= 0 else math.cosh(math.sqrt(-spread))
    return np.array([1.0, -2 * math.exp(-decay) * swing, math.exp(-2 * decay)])


def _squared(polynomial: tuple[float, float, float], ratio: Floats) -> Floats:
    """|p(j ratio)|^2 of a polynomial in s, highest power first."""
    real = polynomial[2] - polynomial[0] * ratio**2
    result: Floats = real**2 + (polynomial[1] * ratio) ** 2
    return result


def _phi(omega: Floats) -> Floats:
    """Vicanek's basis: |b(z)|^2 on the unit circle is linear in it; one row per frequency."""
    sine = np.sin(omega / 2) ** 2
    return np.stack([1 - sine, sine, 4 * sine * (1 - sine)], axis=1)


def _folded(c: Floats) -> Floats:
    return np.array([c.sum() ** 2, (c[0] - c[1] + c[2]) ** 2, -4 * c[0] * c[2]])


def _unfolded(big: Floats) -> Floats:
    """The minimum-phase polynomial whose squared magnitude has these coefficients in Vicanek's basis."""
    at_zero, at_nyquist = math.sqrt(max(big[0], 0.0)), math.sqrt(max(big[1], 0.0))
    half = (at_zero + at_nyquist) / 2
    first = (half + math.sqrt(max(half * half + big[2], 0.0))) / 2
    return np.array([first, (at_zero - at_nyquist) / 2, -big[2] / (4 * first)])


def response_db(bands: Sequence[Band], rate_hz: int, freqs_hz: npt.ArrayLike) -> Floats:
    """Gain of all bands together at each frequency, in dB (never below -300)."""
    z = np.exp(-2j * np.pi * np.asarray(freqs_hz, float) / rate_hz)
    power = np.ones(z.shape)
    for band in bands:
        b0, b1, b2, a1, a2 = coefficients(band, rate_hz)
        power *= np.abs((b0 + b1 * z + b2 * z * z) / (1 + a1 * z + a2 * z * z)) ** 2
    result: Floats = 10 * np.log10(np.maximum(power, 1e-30))
    return result


class Equalizer:
    """A processor: all `bands` over all channels in one kernel (transposed direct form II, double precision)."""

    latency_frames = 0

    def __init__(self, rate_hz: int, channels: int, bands: Sequence[Band]) -> None:
        self._sections = np.array([coefficients(band, rate_hz) for band in bands]).reshape(-1, 5)
        self._state = np.zeros((channels, len(bands), 2))

    def process(self, block: Samples) -> Samples:
        if not len(self._sections):
            return block
        out = np.empty_like(block)
        _cascade(block, out, self._sections, self._state)
        return frozen(out)


@kernel
def _section(row: Floats, frames: int, c: Floats, state: Floats) -> None:
    """One biquad over one row, in place."""
    b0, b1, b2, a1, a2 = c[0], c[1], c[2], c[3], c[4]
    s1, s2 = state[0], state[1]
    for i in range(frames):
        x = row[i]
        y = b0 * x + s1
        s1 = b1 * x - a1 * y + s2
        s2 = b2 * x - a2 * y
        row[i] = y
    state[0], state[1] = s1, s2


@kernel
def _section_pair(left: Floats, right: Floats, frames: int, c: Floats, first: Floats, second: Floats) -> None:
    """The same biquad over two rows: two independent chains keep the arithmetic units busy."""
    b0, b1, b2, a1, a2 = c[0], c[1], c[2], c[3], c[4]
    p1, p2, q1, q2 = first[0], first[1], second[0], second[1]
    for i in range(frames):
        x, u = left[i], right[i]
        y = b0 * x + p1
        v = b0 * u + q1
        p1 = b1 * x - a1 * y + p2
        q1 = b1 * u - a1 * v + q2
        p2 = b2 * x - a2 * y
        q2 = b2 * u - a2 * v
        left[i], right[i] = y, v
    first[0], first[1], second[0], second[1] = p1, p2, q1, q2


@kernel
def _cascade(block: Samples, out: Samples, sections: Floats, state: Floats) -> None:
    """All sections over all channels, chunk by chunk; what has died away is set to zero before it turns denormal."""
    channels, frames = block.shape
    rows = np.empty((2, CHUNK_FRAMES))
    for begin in range(0, frames, CHUNK_FRAMES):
        length = min(CHUNK_FRAMES, frames - begin)
        for channel in range(0, channels, 2):
            pair = min(2, channels - channel)
            for k in range(pair):
                for i in range(length):
                    rows[k, i] = block[channel + k, begin + i]
            for band in range(sections.shape[0]):
                if pair == 2:
                    _section_pair(
                        rows[0], rows[1], length, sections[band], state[channel, band], state[channel + 1, band]
                    )
                else:
                    _section(rows[0], length, sections[band], state[channel, band])
                for k in range(pair):
                    for j in range(2):
                        if abs(state[channel + k, band, j]) < 1e-100:
                            state[channel + k, band, j] = 0.0
            for k in range(pair):
                for i in range(length):
                    out[channel + k, begin + i] = np.float32(rows[k, i])
