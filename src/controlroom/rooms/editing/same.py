"""Do passes belong to one time, and do two of them carry the very same sound somewhere?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations

import numpy as np
import scipy

from controlroom.rooms.editing.contour import HOP_S, Floats, smoothed
from controlroom.rooms.editing.joints import RANGE_DB, Heard
from controlroom.rooms.editing.report import pair
from controlroom.sound.signal import Signal

ALIKE = 0.25
APART_S = 0.25
AROUND_JOINT_S = 0.025
SAME_SOUND = 0.5


def common_time(passes: Sequence[Heard]) -> bool:
    """Whether loud and quiet moments of all whole passes fall together, within a quarter of a second."""
    whole = [it for it in passes if not it.heard.punch_in and it.heard.sound_start_s is not None]
    if len(whole) < 2:
        return True
    return all(max(_alike_where_both_are(one, other) for other in whole if other is not one) >= ALIKE for one in whole)


def _alike_where_both_are(one: Heard, other: Heard) -> float:
    start = max(one.contour.first, other.contour.first)
    stop = min(it.contour.first + len(it.contour.level_db) for it in (one, other))
    return _alike(_shape(one, start, stop), _shape(other, start, stop)) if stop > start else 0.0


def _shape(heard: Heard, start: int, stop: int) -> Floats:
    level_db = smoothed(heard.contour.within(start, stop), 5) - heard.contour.loud_db
    shape: Floats = np.clip(level_db, -RANGE_DB / 2, 0.0)
    centred: Floats = shape - shape.mean()
    return centred


def _alike(one: Floats, other: Floats) -> float:
    together = float(np.sqrt(np.vdot(one, one) * np.vdot(other, other)))
    if together <= 1e-9:
        return 1.0  # nothing rises or falls: any time fits
    reach = min(round(APART_S / HOP_S), len(one) - 1)
    curve = scipy.signal.correlate(other, one, "full", "fft")[len(one) - 1 - reach : len(one) + reach]
    return float(curve.max() / together)


def same_sound(mics: Mapping[str, Signal], starts_s: Mapping[str, float], at_s: float) -> tuple[str, ...]:
    """The pairs of takes whose samples around a joint are alike (a copy, or a take that was punched into)."""
    around = {name: _around(mic, at_s - starts_s[name]) for name, mic in mics.items()}
    pairs = []
    for one, other in combinations(around, 2):
        a, b = around[one], around[other]
        together = float(np.sqrt(np.vdot(a, a) * np.vdot(b, b))) if len(a) == len(b) else 0.0
        if together > 1e-9 and float(np.vdot(a, b)) / together > SAME_SOUND:
            pairs.append(pair(one, other))
    return tuple(pairs)


def _around(signal: Signal, at_s: float) -> Floats:
    """Mono samples of the 50 ms around a place; empty where the file does not reach."""
    reach = round(AROUND_JOINT_S * signal.rate_hz)
    first = round(at_s * signal.rate_hz) - reach
    if first < 0 or first + 2 * reach > signal.frames:
        return np.zeros(0)
    mean: Floats = signal.read(first, 2 * reach).mean(axis=0, dtype=np.float64)
    return mean
