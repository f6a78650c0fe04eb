"""How alike two aligned versions move: the proof of an alignment, and what tells a recording from a new performance.

Bands of the new version are read where the stretches say the old one's frames are, moved up or down by its
transposition, and correlated. One recording agrees by 0.8 and more at any speed, pitch and sound; a new performance of
the same notes by 0.4 to 0.6; another song over the same chords by less than 0.3, wherever its attacks are led.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from controlroom.sound.versions.alignment import Stretch
from controlroom.sound.versions.features import Rows
from controlroom.sound.versions.fingerprint import BAND_HOP_S, BANDS, HIGHEST_HZ, LOWEST_HZ

Floats: TypeAlias = npt.NDArray[np.float64]

BAND_SEMITONES = 12 * float(np.log2(HIGHEST_HZ / LOWEST_HZ)) / BANDS


def together(old: Rows, new: Rows, stretches: Sequence[Stretch], semitones: float) -> float:
    """Correlation, -1 to 1, of the movements (frames, 16) of both versions along `stretches`; 0 without any."""
    places = [_places(stretch, len(old)) for stretch in stretches]
    if not places:
        return 0.0
    frames = np.concatenate([mine for mine, _ in places])
    there = np.concatenate([its for _, its in places])
    inside = (there >= 0) & (there < len(new) - 1)
    mine = old[frames[inside]].astype(float)
    other = _moved(_read(new, there[inside]), semitones / BAND_SEMITONES)
    both = float(np.sqrt(np.vdot(mine, mine) * np.vdot(other, other)))
    return float(np.vdot(mine, other)) / both if both > 0 else 0.0


def _places(stretch: Stretch, frames: int) -> tuple[npt.NDArray[np.int64], Floats]:
    """Old frames of a stretch, and the frames (with fractions) where they are in the new version."""
    first, last = int(np.ceil(stretch.old_start_s / BAND_HOP_S)), int(stretch.old_end_s / BAND_HOP_S)
    mine = np.arange(first, min(last + 1, frames))
    new_s = stretch.new_start_s + (mine * BAND_HOP_S - stretch.old_start_s) * stretch.speed
    return mine, np.asarray(new_s / BAND_HOP_S, float)


def _read(rows: Rows, places: Floats) -> Floats:
    whole = np.floor(places).astype(int)
    share = (places - whole)[:, None]
    return np.asarray(rows[whole] * (1 - share) + rows[whole + 1] * share, float)


def _moved(rows: Floats, by_bands: float) -> Floats:
    """What lies `by_bands` higher, in the place of each band."""
    wanted = np.clip(np.arange(BANDS) + by_bands, 0, BANDS - 1)
    whole = np.minimum(np.floor(wanted).astype(int), BANDS - 2)
    share = wanted - whole
    return np.asarray(rows[:, whole] * (1 - share) + rows[:, whole + 1] * share, float)
