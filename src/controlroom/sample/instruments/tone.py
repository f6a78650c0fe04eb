"""What all instruments share: the session's rate, colouring a row with filters, levels."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from controlroom.sound.filters import Band, Equalizer, response_db
from controlroom.sound.signal import BLOCK_FRAMES, frozen

RATE_HZ = 48000
Row: TypeAlias = npt.NDArray[np.float32]

_AIR = (Band("highpass", 25.0), Band("lowshelf", 160.0, 9.0), Band("highshelf", 3000.0, -7.0))
_AIR_RMS = float(np.sqrt(np.mean(10 ** (response_db(_AIR, RATE_HZ, np.arange(1, RATE_HZ // 2, 5)) / 10))))


def coloured(row: Row, bands: Sequence[Band]) -> Row:
    """`row` through an equaliser, as a new row."""
    equalizer = Equalizer(RATE_HZ, 1, bands)
    out = np.empty_like(row)
    for begin in range(0, row.size, BLOCK_FRAMES):
        block = slice(begin, begin + BLOCK_FRAMES)
        out[block] = equalizer.process(frozen(row[block]))[0]
    return out


def gain(db: float) -> float:
    """Decibels as a factor."""
    return float(10 ** (db / 20))


def peaking_at(row: Row, peak_db: float) -> Row:
    """`row`, brought in place to that highest peak (dBFS); silence stays silence."""
    if top := peak_of(row):
        row *= np.float32(gain(peak_db) / top)
    return row


def peak_of(row: Row) -> float:
    """The largest magnitude in `row`."""
    return float(max(row.max(initial=0.0), -row.min(initial=0.0)))


def hertz(midi: float, a4_hz: float = 440.0) -> float:
    """Equal temperament."""
    return float(a4_hz * 2 ** ((midi - 69) / 12))


def frame(seconds: float) -> int:
    """The frame nearest to a time."""
    return round(seconds * RATE_HZ)


def noisy(row: Row, level_dbfs: float, chance: np.random.Generator) -> Row:
    """`row` with the steady noise of a quiet room and a preamplifier added in place: RMS `level_dbfs`, low-heavy."""
    equalizer = Equalizer(RATE_HZ, 1, _AIR)
    level = np.float32(gain(level_dbfs) / _AIR_RMS)
    for begin in range(0, row.size, BLOCK_FRAMES):
        block = row[begin : begin + BLOCK_FRAMES]
        block += level * equalizer.process(frozen(chance.standard_normal(block.size, dtype=np.float32)))[0]
    return row
