"""What frames of a fingerprint are compared by: how each band moves around its own recent mean.

That leaves out what mixing and mastering change (level, tone, slow dynamics) and keeps what was played when. Each frame
is measured against the liveliness of its surroundings, so that a squeezed master counts like the open mix; silence is
zero and agrees with everything a little less than nothing.
"""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import scipy

Floats: TypeAlias = npt.NDArray[np.float64]
Rows: TypeAlias = npt.NDArray[np.float32]

RANGE_DB = 50.0  # below the loud passages: what is fainter is noise, or a coder's
MEAN_S, LIVELY_S = 1.0, 4.0
LEAST_DB = 1.5  # a band that moves by less is standing still


def moving_bands(levels_db: Floats, hop_s: float) -> Rows:
    """Levels (frames, bands) as unit-size movements: the mean square over a few seconds is 1, in silence 0."""
    if not len(levels_db):
        return np.zeros(levels_db.shape, np.float32)
    floor_db = np.percentile(levels_db, 95, axis=0) - RANGE_DB
    heard = np.maximum(levels_db, floor_db)
    around = scipy.ndimage.uniform_filter1d(heard, 2 * round(MEAN_S / 2 / hop_s) + 1, axis=0, mode="nearest")
    moved = heard - around
    power = (moved**2).mean(axis=1)
    lively = scipy.ndimage.uniform_filter1d(power, 2 * round(LIVELY_S / 2 / hop_s) + 1, mode="nearest")
    scale = np.sqrt(np.maximum(lively, 0.0) + LEAST_DB**2) * np.sqrt(levels_db.shape[1])
    return np.ascontiguousarray(moved / scale[:, None], np.float32)
