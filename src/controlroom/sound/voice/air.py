"""The unvoiced sounds of a voice that sounds alone: breaths before phrases, sibilants."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from controlroom.sound.pitch import PitchTrack
from controlroom.sound.voice.features import BANDS, VoiceFeatures

Floats: TypeAlias = npt.NDArray[np.float64]
Flags: TypeAlias = npt.NDArray[np.bool_]

BREATH_DB = (-50.0, -12.0)  # against the voiced level
BREATH_S = (0.15, 1.2)
OVER_FLOOR_DB = 6.0
BEFORE_S = 0.3  # a breath ends at most so long before the voice begins
FEW_SIBILANTS = 5
HISS_BANDS = slice(BANDS - 5, BANDS)  # about 4 to 6.6 kHz


def _levels(features: VoiceFeatures) -> tuple[Floats, Floats]:
    """(cells,) levels of everything and of the hissing bands, in dB."""
    power = 10 ** (features.bands_db.astype(np.float64) / 10)
    return 10 * np.log10(power.sum(axis=1)), 10 * np.log10(power[:, HISS_BANDS].sum(axis=1))


def _voiced(features: VoiceFeatures, track: PitchTrack) -> Floats:
    """(cells,) the share of each cell that has a pitch."""
    cell = np.minimum((track.times_s / features.cell_s).astype(np.int64), len(features.motion) - 1)
    counts = np.bincount(cell, minlength=len(features.motion))
    voiced = np.bincount(cell, weights=track.f0_hz > 0, minlength=len(features.motion))
    result: Floats = voiced / np.maximum(counts, 1)
    return result


def breaths_of(features: VoiceFeatures, track: PitchTrack) -> tuple[float, ...]:
    """Where the singer breathes in, in seconds: noise without pitch, softer than the voice and louder than the pause
    around it, just before the voice begins."""
    level_db, _ = _levels(features)
    voiced = _voiced(features, track)
    if not (voiced > 0.8).any():
        return ()
    sung_db = float(np.median(level_db[voiced > 0.8]))
    quiet_db = float(np.percentile(level_db, 5))
    low_db, high_db = max(sung_db + BREATH_DB[0], quiet_db + OVER_FLOOR_DB), sung_db + BREATH_DB[1]
    airy = (voiced < 0.1) & (level_db > low_db) & (level_db < high_db)
    edges = np.flatnonzero(np.diff(np.concatenate([[False], airy, [False]]).astype(np.int8))).reshape(-1, 2)
    reach = round(BEFORE_S / features.cell_s)
    found = []
    for first, last in edges:
        lasts_s = (last - first) * features.cell_s
        begins = (voiced[last : last + reach + 1] > 0.5).any()
        if BREATH_S[0] <= lasts_s <= BREATH_S[1] and begins and not voiced[max(first - 1, 0)] > 0.5:
            found.append(round(float(first * features.cell_s), 2))
    return tuple(found)


def sibilance_of(features: VoiceFeatures, track: PitchTrack) -> float | None:
    """How far the sibilants (4 to 6.6 kHz, in the unvoiced parts of words) stand above (+) or below the sung level,
    in dB; None where there are too few."""
    level_db, hiss_db = _levels(features)
    voiced = _voiced(features, track)
    hissing = (voiced < 0.7) & (hiss_db > level_db - 4.0) & (hiss_db > np.percentile(level_db, 90) - 30)
    if hissing.sum() < FEW_SIBILANTS or not (voiced > 0.8).any():
        return None
    return round(float(np.percentile(hiss_db[hissing], 75) - np.median(level_db[voiced > 0.8])), 1)
