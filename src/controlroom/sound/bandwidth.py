"""Where the sound of a file really ends, whatever rate it is sampled at.

A conversion from a lower rate, or a lossy encoder, leaves a cliff in the average spectrum: a broad sound up to it, and
within 1 kHz next to nothing, which lasts up to Nyquist. Sounds that die away by themselves have no cliff.
"""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from controlroom.sound.spectrum import FLOOR_DB, Spectrum, band_levels_db

Floats: TypeAlias = npt.NDArray[np.float64]

BAND_HZ = 250.0
CLIFF_BANDS = 4  # 1 kHz
CLIFF_DB = 25.0
LOWEST_HZ = 1500.0
BROAD_DB = 40.0  # a lone tone is no sound that ends: the octave below a cliff is within this of its edge
FAR_DB = 95.0  # further below the loudest band lies the window's own skirt
REST_SHARE = 0.06  # of the range must be empty: a soft filter's zero at Nyquist is no cliff


def bandwidth_hz(spectrum: Spectrum) -> float | None:
    """The frequency above which there is nothing, to about 250 Hz: Nyquist without a cliff; None for silence."""
    nyquist_hz = spectrum.rate_hz / 2
    if not spectrum.counted or not spectrum.power.any():
        return None
    edges_hz = np.arange(0.0, nyquist_hz, BAND_HZ)
    levels = np.maximum(band_levels_db(spectrum, edges_hz), FLOOR_DB)
    best_db, ends_hz = CLIFF_DB, nyquist_hz
    least_rest = max(CLIFF_BANDS, round(REST_SHARE * len(levels)))
    for i in range(int(LOWEST_HZ / BAND_HZ), len(levels) - CLIFF_BANDS - least_rest):
        rest = float(_loudest_pair(levels[i + CLIFF_BANDS :]))
        below = float(levels[i - 1 : i + 1].mean())
        broad = np.median(levels[i // 2 : i]) > below - BROAD_DB and below > levels.max() - FAR_DB
        if below - rest > best_db and broad:
            best_db = below - rest
            heard = np.flatnonzero(levels[: i + CLIFF_BANDS] > (below + rest) / 2)
            ends_hz = float(edges_hz[heard[-1] + 1])
    return ends_hz


def _loudest_pair(levels: Floats) -> float:
    """The loudest two neighbouring bands: a single whistle (a pilot tone, a switching supply) is no sound."""
    return float(np.minimum(levels[:-1], levels[1:]).max()) if len(levels) > 1 else float(levels[0])
