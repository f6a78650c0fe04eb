"""What the ends of a master look like."""

from __future__ import annotations

import math

import numpy as np

from controlroom.rooms.delivery.report import DeliveryReport
from controlroom.sound.signal import BLOCK_FRAMES, Samples, Signal, duration_s

SILENCE_DB = -60.0


def measure(master: Signal) -> DeliveryReport:
    """What the ends of a master look like; reads no more than its silences."""
    first = _first_loud(master)
    if first is None:
        silence = duration_s(master)
        return DeliveryReport(
            rate_hz=master.rate_hz,
            channels=master.channels,
            duration_s=silence,
            silence_at_start_s=silence,
            silence_at_end_s=silence,
            silent=True,
        )
    return DeliveryReport(
        rate_hz=master.rate_hz,
        channels=master.channels,
        duration_s=duration_s(master),
        silence_at_start_s=first / master.rate_hz,
        silence_at_end_s=(master.frames - 1 - _last_loud(master)) / master.rate_hz,
        edge_start_db=_level_db(master.read(0, 1)),
        edge_end_db=_level_db(master.read(master.frames - 1, 1)),
    )


def _loud_frames(block: Samples) -> np.ndarray[tuple[int], np.dtype[np.intp]]:
    return np.flatnonzero(np.abs(block).max(axis=0) > 10 ** (SILENCE_DB / 20))


def _first_loud(signal: Signal) -> int | None:
    for at in range(0, signal.frames, BLOCK_FRAMES):
        loud = _loud_frames(signal.read(at, BLOCK_FRAMES))
        if len(loud):
            return at + int(loud[0])
    return None


def _last_loud(signal: Signal) -> int:
    for at in range((signal.frames - 1) // BLOCK_FRAMES * BLOCK_FRAMES, -1, -BLOCK_FRAMES):
        loud = _loud_frames(signal.read(at, BLOCK_FRAMES))
        if len(loud):
            return at + int(loud[-1])
    return 0


def _level_db(block: Samples) -> float | None:
    peak = float(np.abs(block).max())
    return 20 * math.log10(peak) if peak > 0 else None
