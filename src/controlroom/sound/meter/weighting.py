"""K-weighting (BS.1770-5, annex 1) at any rate, and how much each channel counts."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import numpy as np
import numpy.typing as npt

Coefficients = npt.NDArray[np.float64]

STANDARD_RATE_HZ = 48_000
SHELF_48K = (1.53512485958697, -2.69169618940638, 1.19839281085285, -1.69065929318241, 0.73248077421585)  # table 1
HIGHPASS_48K = (1.0, -2.0, 1.0, -1.99004745483398, 0.99007225036621)  # table 2
SURROUND_WEIGHT = 1.41  # +1.5 dB: a loudspeaker at the side, 60 to 120 degrees, below 30 degrees of elevation (table 4)

LAYOUTS: dict[str, tuple[float, ...]] = {
    "mono": (1.0,),
    "stereo": (1.0, 1.0),
    "5.1": (1.0, 1.0, 1.0, 0.0, SURROUND_WEIGHT, SURROUND_WEIGHT),
    "7.1": (1.0, 1.0, 1.0, 0.0, SURROUND_WEIGHT, SURROUND_WEIGHT, 1.0, 1.0),
    "7.1.4": (1.0, 1.0, 1.0, 0.0, SURROUND_WEIGHT, SURROUND_WEIGHT, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0),
}
"""Weights by layout, channels in the order of a WAV file (L R C LFE, sides, rears, heights); the LFE does not count."""


def channel_weights(channels: int) -> tuple[float, ...]:
    """What each channel counts when no layout is given: six channels are 5.1, all others count alike."""
    return LAYOUTS["5.1"] if channels == 6 else (1.0,) * channels


@cache
def k_weighting(rate_hz: int) -> Coefficients:
    """The shelf and the high-pass at `rate_hz`: array (2, 5) of b0, b1, b2, a1, a2 (a0 = 1).

    The standard gives coefficients for 48 kHz and asks for the same response at other rates. A bilinear transform of
    the analogue prototype misses that by up to 0.3 dB at 8 kHz; here the poles are carried over exactly (z to the power
    of 48000/rate) and the numerators fit the 48 kHz response (after Vicanek, Matched Second Order Digital Filters,
    2016). At 48 kHz that gives the standard's own figures; they are then used as they stand.
    """
    if rate_hz == STANDARD_RATE_HZ:
        return np.array([SHELF_48K, HIGHPASS_48K])
    return np.array([_carried_over(SHELF_48K, rate_hz), _carried_over(HIGHPASS_48K, rate_hz, zeros_at_dc=True)])


def _carried_over(standard: Sequence[float], rate_hz: int, *, zeros_at_dc: bool = False) -> Coefficients:
    poles = np.roots([1.0, *standard[3:]]).astype(complex) ** (STANDARD_RATE_HZ / rate_hz)
    denominator = np.array([1.0, -poles.sum().real, poles.prod().real])
    highest_hz = min(20_000.0, 0.46 * rate_hz)
    freqs_hz = np.geomspace(20.0, highest_hz, 128)
    wanted = _power(np.array(standard[:3]), freqs_hz, STANDARD_RATE_HZ) / _power(
        np.array([1.0, *standard[3:]]), freqs_hz, STANDARD_RATE_HZ
    )
    numerator_power = wanted * _power(denominator, freqs_hz, rate_hz)
    if zeros_at_dc:
        double_zero = np.array([1.0, -2.0, 1.0])
        in_band = freqs_hz > 200.0
        gain = np.sqrt(np.median((numerator_power / _power(double_zero, freqs_hz, rate_hz))[in_band]))
        return np.concatenate([gain * double_zero, denominator[1:]])
    return np.concatenate([_numerator(numerator_power, freqs_hz, rate_hz), denominator[1:]])


def _numerator(power: Coefficients, freqs_hz: Coefficients, rate_hz: int) -> Coefficients:
    """The minimum-phase b0, b1, b2 whose |B|^2 fits `power`, least squares of the relative error.

    |B|^2 = p (1 - s) + q s + 4 r s (1 - s) with s = sin^2(w/2), p = (b0+b1+b2)^2, q = (b0-b1+b2)^2, r = -4 b0 b2.
    """
    s = np.sin(np.pi * freqs_hz / rate_hz) ** 2
    basis = np.stack([1.0 - s, s, 4.0 * s * (1.0 - s)], axis=1)
    p, q, r = np.linalg.lstsq(basis / power[:, None], np.ones(len(power)), rcond=None)[0]
    at_dc, at_nyquist = np.sqrt(p), np.sqrt(max(q, 0.0))
    half = 0.5 * (at_dc + at_nyquist)
    b0 = 0.5 * (half + np.sqrt(max(half**2 + r, 0.0)))
    return np.array([b0, 0.5 * (at_dc - at_nyquist), -r / (4.0 * b0)])


def _power(polynomial: Coefficients, freqs_hz: Coefficients, rate_hz: float) -> Coefficients:
    delay = np.exp(-2j * np.pi * freqs_hz / rate_hz)
    return np.asarray(np.abs(polynomial[0] + polynomial[1] * delay + polynomial[2] * delay**2) ** 2)
