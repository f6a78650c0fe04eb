"""Loudness from power: the two gates of BS.1770-5 and the loudness range of EBU Tech 3342. Power 0 is silence."""

from __future__ import annotations

import numpy as np

from controlroom.sound.meter.power import Energies

OFFSET_LU = -0.691  # BS.1770-5, eq. 2
ABSOLUTE_GATE_LUFS = -70.0
RELATIVE_GATE_LU = -10.0  # BS.1770-5, eq. 6
RANGE_GATE_LU = -20.0  # EBU Tech 3342, section 3
RANGE_PERCENTILES = (10, 95)
FLOOR_LUFS = -120.0  # what a series shows for silence


def lufs(power: float) -> float | None:
    """Loudness of a mean weighted power; None for silence."""
    return OFFSET_LU + 10.0 * float(np.log10(power)) if power > 0.0 else None


def lufs_series(powers: Energies) -> Energies:
    """Loudness of each power, never below -120 LUFS."""
    floor = _power(FLOOR_LUFS)
    return OFFSET_LU + 10.0 * np.log10(np.maximum(powers, floor))


def integrated_lufs(momentary: Energies) -> float | None:
    """Gated loudness of 400 ms blocks (BS.1770-5, eq. 4 to 7); None when no block is above -70 LUFS."""
    loud = momentary[momentary > _power(ABSOLUTE_GATE_LUFS)]
    if not len(loud):
        return None
    return lufs(float(loud[loud > loud.mean() * _ratio(RELATIVE_GATE_LU)].mean()))


def range_lu(short_term: Energies) -> float | None:
    """Loudness range of 3 s blocks (EBU Tech 3342, section 3); None when no block is above -70 LUFS."""
    loud = short_term[short_term > _power(ABSOLUTE_GATE_LUFS)]
    if not len(loud):
        return None
    steady = np.sort(loud[loud > loud.mean() * _ratio(RANGE_GATE_LU)])
    low, high = (steady[int((len(steady) - 1) * percent / 100 + 0.5)] for percent in RANGE_PERCENTILES)
    return 10.0 * float(np.log10(high / low))


def _power(loudness_lufs: float) -> float:
    return _ratio(loudness_lufs - OFFSET_LU)


def _ratio(level_lu: float) -> float:
    return float(10.0 ** (level_lu / 10.0))
