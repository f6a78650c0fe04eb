"""The voice's source: one cycle of glottal flow (its derivative) at several efforts, free of aliasing.

The LF model (Fant, Liljencrants and Lin, STL-QPSR 4/1985) with its parameters from one, R_d (Fant, STL-QPSR 2-3/1995):
2.4 is soft and breathy, 0.6 loud and pressed. Each cycle is kept once per third of an octave of pitch, with only
the harmonics that fit below `HIGHEST_HZ`.
"""

from __future__ import annotations

import math
from functools import cache

import numpy as np
import numpy.typing as npt
import scipy

Floats = npt.NDArray[np.float64]

TABLE = 4096
EFFORTS = np.array([2.4, 1.7, 1.25, 0.95, 0.75, 0.6])
LOWEST_HZ, BANDS_PER_OCTAVE, BANDS = 70.0, 3, 13
HIGHEST_HZ = 20000.0


def flow_derivative(effort: float, points: int = 2 * TABLE) -> Floats:
    """One cycle of the LF model for an R_d, its strongest excitation -1 at the moment of closure."""
    r_a, r_k = (-1 + 4.8 * effort) / 100, (22.4 + 11.8 * effort) / 100
    r_g = r_k / 4 * (0.5 + 1.2 * r_k) / (0.11 * effort - r_a * (0.5 + 1.2 * r_k))
    opening = 1 / (2 * r_g)
    closing = opening * (1 + r_k)
    omega = math.pi / opening
    rest = 1 - closing
    decay = scipy.optimize.brentq(lambda e: e * r_a - 1 + math.exp(-e * rest), 1e-6 + 0.2 / r_a, 4 / r_a)
    time = (np.arange(points) + 0.5) / points
    is_open = time < closing

    def cycle(growth: float) -> Floats:
        rise = np.exp(growth * (time - closing)) * np.sin(omega * time) / -math.sin(omega * closing)
        fall = -(np.exp(-decay * (time - closing)) - math.exp(-decay * rest)) / (decay * r_a)
        return np.where(is_open, rise, fall)

    growth = scipy.optimize.brentq(lambda a: float(cycle(a).sum()), -60.0, 200.0)
    return cycle(growth)


@cache
def harmonics() -> npt.NDArray[np.complex128]:
    """The complex harmonics of every effort, shape (efforts, harmonics)."""
    rows = [np.fft.rfft(flow_derivative(float(effort))) / TABLE for effort in EFFORTS]
    table = np.array(rows)[:, : TABLE // 2]
    table[:, 0] = 0.0
    return table


@cache
def tables() -> Floats:
    """Wave tables, shape (efforts, bands, TABLE + 1); band b serves pitches up to `LOWEST_HZ * 2**((b + 1) / 3)`."""
    spectra = harmonics()
    out = np.zeros((len(EFFORTS), BANDS, TABLE + 1))
    for band in range(BANDS):
        top_hz = LOWEST_HZ * 2 ** ((band + 1) / BANDS_PER_OCTAVE)
        keep = min(int(HIGHEST_HZ / top_hz), TABLE // 2 - 1)
        limited = np.zeros((len(EFFORTS), TABLE // 2 + 1), complex)
        limited[:, 1 : keep + 1] = spectra[:, 1 : keep + 1]
        out[:, band, :TABLE] = np.fft.irfft(limited, TABLE) * TABLE / 2
    out[:, :, TABLE] = out[:, :, 0]
    return out
