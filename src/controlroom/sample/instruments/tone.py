"""What all instruments share: the session's rate, colouring a row with filters, levels."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from controlroom.sound.filters import Band, Equalizer
from controlroom.sound.signal import frozen

RATE_HZ = 48000
Row: TypeAlias = npt.NDArray[np.float32]


def coloured(row: Row, bands: Sequence[Band]) -> Row:
    """`row` through an equaliser, writable."""
    return np.array(Equalizer(RATE_HZ, 1, bands).process(frozen(row))[0])


def gain(db: float) -> float:
    """Decibels as a factor."""
    return float(10 ** (db / 20))


def peaking_at(row: Row, peak_db: float) -> Row:
    """`row` with its highest peak at that level (dBFS); silence stays silence."""
    top = float(np.max(np.abs(row), initial=0.0))
    return row * np.float32(gain(peak_db) / top) if top else row


def hertz(midi: float) -> float:
    """Equal temperament, A4 = 440 Hz."""
    return float(440.0 * 2 ** ((midi - 69) / 12))


def frame(seconds: float) -> int:
    """The frame nearest to a time."""
    return round(seconds * RATE_HZ)


def room_noise(frames: int, level_dbfs: float, chance: np.random.Generator) -> Row:
    """Steady noise of a quiet room through a preamplifier: RMS `level_dbfs`, falling gently to high frequencies."""
    white = chance.standard_normal(frames, dtype=np.float32)
    air = coloured(white, [Band("highpass", 25.0), Band("lowshelf", 160.0, 9.0), Band("highshelf", 3000.0, -7.0)])
    rms = float(np.sqrt(np.mean(np.square(air[: 4 * RATE_HZ])), dtype=np.float64)) or 1.0
    return air * np.float32(gain(level_dbfs) / rms)
