"""From a rough path to times that hold: windows of a few seconds are moved until their attacks meet.

What the windows agree on is drawn by `tempo_lines`.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import scipy

from controlroom.sound.versions.alignment import Stretch
from controlroom.sound.versions.features import Rows
from controlroom.sound.versions.tempo_lines import Anchors, bends, lines, met, steady_slope

Floats: TypeAlias = npt.NDArray[np.float64]

WINDOW_S, HOP_S = 8.0, 2.0
BENT_WINDOW_S, BENT_REACH_S = 4.0, 0.3  # where the tempo breathes, the second time
REACH_S = 0.6
JUMP_STEPS, LEAST_PART_S, LEAST_ANCHORS = 4.0, 6.0, 3
SMOOTH_STEPS = 41


def anchors(
    old: Rows, new: Rows, hop_s: float, knots: tuple[Floats, Floats], reach_s: float, window_s: float = WINDOW_S
) -> Anchors:
    """Every window between the first and the last knot (old_s, new_s), moved by at most `reach_s`."""
    half = round(window_s / 2 / hop_s)
    steps = np.arange(-round(reach_s / hop_s), round(reach_s / hop_s) + 1)
    middles = np.arange(max(knots[0][0], 0.0) + window_s / 4, knots[0][-1], HOP_S)
    found: list[tuple[float, float]] = []
    for middle_s in middles:
        middle = round(middle_s / hop_s)
        frames = np.arange(max(middle - half, 0), min(middle + half, len(old)))
        frames = frames[(frames * hop_s >= knots[0][0]) & (frames * hop_s <= knots[0][-1])]
        places = np.interp(frames * hop_s, *knots) / hop_s
        curve = _curve(old[frames], new, places, steps)
        at = int(np.argmax(curve))
        if 0 < at < len(steps) - 1 and curve[at] > 0:
            bend = curve[at - 1] - 2 * curve[at] + curve[at + 1]
            off = steps[at] + (0.5 * (curve[at - 1] - curve[at + 1]) / bend if bend < 0 else 0.0)
            new_s = float(np.interp(middle_s, *knots)) + off * hop_s
            found.append((float(middle_s), new_s))
    rows = np.array(found, float).reshape(-1, 2)
    return Anchors(rows[:, 0], rows[:, 1])


def _curve(mine: Rows, new: Rows, places: Floats, steps: npt.NDArray[np.int64]) -> Floats:
    """Correlation of a window with the new version, read at `places` moved by each step (frames)."""
    first, last = int(np.floor(places[0])) + int(steps[0]) - 1, int(np.ceil(places[-1])) + int(steps[-1]) + 2
    area = np.zeros((last - first + 1, new.shape[1]), np.float32)
    inside = slice(max(first, 0), max(min(last + 1, len(new)), 0))
    if inside.stop > inside.start:
        area[inside.start - first : inside.stop - first] = new[inside]
    whole = np.floor(places).astype(int) - first
    share = (places - np.floor(places))[:, None].astype(np.float32)
    curve = np.zeros(len(steps))
    for number, step in enumerate(steps):
        other = area[whole + step] * (1 - share) + area[whole + step + 1] * share
        both = np.sqrt(float(np.vdot(mine, mine)) * float(np.vdot(other, other)))
        curve[number] = float(np.vdot(mine, other)) / both if both > 0 else 0.0
    return np.asarray(scipy.ndimage.gaussian_filter1d(curve, 1.0), float)


def followed(old: Rows, new: Rows, hop_s: float, old_s: Floats, new_s: Floats, *, whole: bool = False) -> list[Stretch]:
    """Stretches along a rough path (pairs of times), as the attacks of both meet.

    `whole`: the path has no jumps, and few points.
    """
    found: list[Stretch] = []
    for part in [slice(None)] if whole else _parts(old_s, new_s):
        knots = (old_s, new_s) if whole else _smooth(old_s[part], new_s[part])
        points = anchors(old, new, hop_s, knots, REACH_S)
        if len(points.old_s) < LEAST_ANCHORS:
            continue
        straight = lines(points, steady_slope(points), (float(old_s[part][0]), float(old_s[part][-1])))
        if not straight and len(rough := bends(points)) > 1:
            points = anchors(old, new, hop_s, _corners(rough), BENT_REACH_S, BENT_WINDOW_S)
        found += straight or bends(points)
    return met(found, old, new, hop_s)


def _parts(old_s: Floats, new_s: Floats) -> list[slice]:
    """Where a path goes on without a jump."""
    steps = np.maximum(np.diff(old_s), np.diff(new_s))
    jumps = np.flatnonzero(steps > JUMP_STEPS * np.median(steps)) + 1 if len(steps) else np.zeros(0, np.int64)
    bounds = [0, *jumps.tolist(), len(old_s)]
    return [slice(a, b) for a, b in pairwise(bounds) if b - a > 1 and old_s[b - 1] - old_s[a] >= LEAST_PART_S]


def _smooth(old_s: Floats, new_s: Floats) -> tuple[Floats, Floats]:
    """Knots of a path without its stairs."""
    width = min(SMOOTH_STEPS, len(old_s))
    old_s, new_s = (scipy.ndimage.uniform_filter1d(times, width, mode="nearest") for times in (old_s, new_s))
    kept = np.concatenate([[True], np.diff(old_s) > 1e-6])
    return old_s[kept], new_s[kept]


def _corners(rough: list[Stretch]) -> tuple[Floats, Floats]:
    """The ends of stretches as knots."""
    old_s = [rough[0].old_start_s, *(stretch.old_end_s for stretch in rough)]
    new_s = [rough[0].new_start_s, *(stretch.new_end_s for stretch in rough)]
    return np.array(old_s), np.array(new_s)
