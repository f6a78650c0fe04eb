"""The noise under a recording, from its quietest moments.

After R. Martin, "Noise power spectral density estimation based on optimal smoothing and minimum statistics", IEEE
Transactions on Speech and Audio Processing 9, 2001.

A steady noise is a floor: the quietest moments of a band all lie within a few dB. Music that never rests has no such
floor: its quietest moments go on getting quieter the fewer are taken, and nothing is said.
"""

from __future__ import annotations

import msgspec
import numpy as np
import scipy

from controlroom.sound.ambience.bands import EDGES_HZ, BandLevels, Floats

SMOOTHED = 7  # frames: 0.11 s
LEAST_FRAMES = 120  # 2 s of sound
DEEPEST, DEEP = 0.3, 2.0  # percentiles of the levels
STEADY_DB = 0.8  # what lies between the two in a steady noise, besides chance
CHANCE = 0.7  # standard deviations between the two percentiles
HISS_BANDS = slice(6, 8)  # 4 to 16 kHz
LEAST_BANDS = 5


class Noise(msgspec.Struct, frozen=True, kw_only=True):
    """`floor_dbfs`: level of the noise from 63 Hz to 16 kHz (RMS of the mono fold); `hiss_dbfs`: from 4 to 16 kHz. None
    where the sound never rests."""

    floor_dbfs: float | None = None
    hiss_dbfs: float | None = None


def noise_of(bands: BandLevels) -> Noise:
    """The noise under a recording; digital silence does not count."""
    floors = [_floor_db(column, bands) for column in range(bands.steps.shape[1])]
    there = [floor for floor in floors if floor is not None]
    hiss = [floor for floor in floors[HISS_BANDS] if floor is not None]
    return Noise(
        floor_dbfs=_sum_db(there) if len(there) >= LEAST_BANDS else None,
        hiss_dbfs=_sum_db(hiss) if len(hiss) == HISS_BANDS.stop - HISS_BANDS.start else None,
    )


def _sum_db(levels: list[float]) -> float:
    return float(10 * np.log10(np.sum(10 ** (np.array(levels) / 10))))


def _floor_db(column: int, bands: BandLevels) -> float | None:
    steps = bands.steps[:, column]
    sounds = steps > 0
    if sounds.sum() < LEAST_FRAMES:
        return None
    power: Floats = 10 ** (bands.levels_db[:, column] / 10)
    whole = scipy.ndimage.minimum_filter1d(sounds.astype(np.uint8), SMOOTHED) > 0
    smooth = 10 * np.log10(scipy.ndimage.uniform_filter1d(power, SMOOTHED)[whole])
    if len(smooth) < LEAST_FRAMES:
        return None
    deepest, deep = np.percentile(smooth, [DEEPEST, DEEP])
    moments = (EDGES_HZ[column + 1] - EDGES_HZ[column]) * SMOOTHED * bands.hop_s  # independent ones in each level
    chance_db = 10 / np.log(10) / np.sqrt(moments)
    return float(deep) if deep - deepest < STEADY_DB + CHANCE * chance_db else None
