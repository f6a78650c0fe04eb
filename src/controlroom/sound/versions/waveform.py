"""The same recording to the millisecond: waveforms compared where their features lie beside each other."""

from __future__ import annotations

from typing import NamedTuple

import msgspec
import numpy as np
import numpy.typing as npt

from controlroom.sound.correlation import Delay, best_delay
from controlroom.sound.resample import Resampled
from controlroom.sound.signal import Audio, Samples, Signal
from controlroom.sound.versions.alignment import Stretch

MOST_LOOKS, LOOK_S, REACH_MS = 8, 0.5, 40.0
EDGE_S = 0.5  # looks keep away from the joints
CLEAR, ALIKE = 6.0, 0.15
TOGETHER_S = 0.001
LEAST_LOOKS = 3
SAME_SPEED = 1e-6
JOINT_S, CELL_S, CLEAR_CELLS = 1.0, 0.01, 1.5


class Refined(NamedTuple):
    stretch: Stretch
    polarity: int


def refined(old: Signal, new: Signal, stretch: Stretch, most_looks: int = MOST_LOOKS) -> Refined:
    """The stretch with its distance as the waveforms have it; as it is where they do not show it clearly, or where
    the two do not run at one speed."""
    if abs(stretch.speed - 1.0) > SAME_SPEED:
        return Refined(stretch, 1)
    places = _places(stretch, min(most_looks, MOST_LOOKS))
    looks = [look for look in (_look(old, new, at_s, _partner(stretch, at_s)) for at_s in places) if look]
    rate_hz = min(old.rate_hz, new.rate_hz)
    if len(looks) < LEAST_LOOKS:
        return Refined(stretch, 1)
    off_s = float(np.median([look.frames for look in looks])) / rate_hz
    near = [look for look in looks if abs(look.frames / rate_hz - off_s) < TOGETHER_S]
    if len(near) < max(LEAST_LOOKS, len(looks) / 2):
        return Refined(stretch, 1)
    polarity = 1 if sum(look.polarity for look in near) >= 0 else -1
    moved = Stretch(
        old_start_s=stretch.old_start_s,
        old_end_s=stretch.old_end_s,
        new_start_s=stretch.new_start_s + off_s,
        new_end_s=stretch.new_end_s + off_s,
        confidence=stretch.confidence,
    )
    return Refined(moved, polarity)


def rejoined(old: Signal, new: Signal, found: list[Stretch], polarity: int) -> list[Stretch]:
    """Stretches whose joints lie where the waveform changes over from one to the other, where that is clear."""
    joined = found[:1]
    for right in found[1:]:
        left = joined.pop()
        if right.new_start_s - left.new_end_s >= right.old_start_s - left.old_end_s:  # put in: told by the old clock
            joined += _joint(old, new, left, right, polarity)
        else:
            joined += [one.turned() for one in _joint(new, old, left.turned(), right.turned(), polarity)]
    return joined


def _joint(old: Signal, new: Signal, left: Stretch, right: Stretch, polarity: int) -> tuple[Stretch, Stretch]:
    """The old time up to which the left stretch fits better than the right one."""
    start_s = max(left.old_start_s, left.old_end_s - JOINT_S)
    length_s = min(right.old_end_s, right.old_start_s + JOINT_S) - start_s
    if right.old_start_s - left.old_end_s > JOINT_S or abs(left.speed - 1.0) + abs(right.speed - 1.0) > SAME_SPEED:
        return left, right
    rate_hz = min(old.rate_hz, new.rate_hz)
    by_left_s, by_right_s = left.new_start_s - left.old_start_s, right.new_start_s - right.old_start_s
    mine = mono_piece(old, start_s, length_s, rate_hz)
    fits = (
        _fit(mine, mono_piece(new, max(start_s + by_s, 0.0), length_s, rate_hz), rate_hz) * polarity
        for by_s in (by_left_s, by_right_s)
    )
    gained = np.concatenate([[0.0], np.cumsum(next(fits) - next(fits))])
    now, best = round((left.old_end_s - start_s) / CELL_S), int(np.argmax(gained))
    if gained[best] - gained[min(now, len(gained) - 1)] < CLEAR_CELLS:
        return left, right
    at_s = start_s + best * CELL_S
    return (
        msgspec.structs.replace(left, old_end_s=at_s, new_end_s=at_s + by_left_s),
        msgspec.structs.replace(right, old_start_s=at_s, new_start_s=at_s + by_right_s),
    )


def _fit(mine: Samples, other: Samples, rate_hz: int) -> npt.NDArray[np.float64]:
    """Correlation of cells of 10 ms; 0 where one is silent or not there."""
    cell = round(CELL_S * rate_hz)
    count = len(mine) // cell
    cells = [np.zeros((count, cell)), np.zeros((count, cell))]
    for rows, piece in zip(cells, (mine, other), strict=True):
        whole = piece[: count * cell]
        rows.reshape(-1)[: len(whole)] = whole
    a, b = cells
    size = np.sqrt((a * a).sum(axis=1) * (b * b).sum(axis=1))
    return np.asarray((a * b).sum(axis=1) / (size + 1e-6 * cell), float)


def _places(stretch: Stretch, looks: int) -> list[float]:
    """Where to look, in old time, in order: compressed files are read forwards only."""
    first_s, last_s = stretch.old_start_s + EDGE_S, stretch.old_end_s - EDGE_S - LOOK_S
    return np.linspace(first_s, last_s, looks).tolist() if last_s > first_s else []


def _partner(stretch: Stretch, old_s: float) -> float:
    return stretch.new_start_s + (old_s - stretch.old_start_s)


def _look(old: Signal, new: Signal, old_s: float, new_s: float) -> Delay | None:
    """How much later `new` is at one place than thought; None where that is not clear."""
    rate_hz = min(old.rate_hz, new.rate_hz)
    mine, other = mono_piece(old, old_s, LOOK_S, rate_hz), mono_piece(new, new_s, LOOK_S, rate_hz)
    found = best_delay(mine, other, rate_hz, REACH_MS)
    return found if found.clarity >= CLEAR and abs(found.correlation) >= ALIKE else None


def mono_piece(signal: Signal, at_s: float, length_s: float, rate_hz: int) -> Samples:
    """A short piece (frames,) that starts at exactly `at_s`, at another rate if need be."""
    first = round(at_s * signal.rate_hz)
    piece = signal.read(first, round(length_s * signal.rate_hz))
    mono = np.nan_to_num(piece.mean(axis=0, dtype=np.float32), nan=0.0, posinf=0.0, neginf=0.0)
    if rate_hz != signal.rate_hz and len(mono):
        whole = Resampled(Audio(mono, signal.rate_hz), rate_hz)
        mono = whole.read(0, whole.frames)[0]
    result: Samples = mono
    return result
