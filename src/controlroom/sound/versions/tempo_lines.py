"""Lines through places that two versions share.

Where both keep a steady tempo, a straight line through all places is better than any one of them; where bars were cut
or put in, a line beside it with the same slope goes on. Where a tempo breathes, the line bends every few seconds.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple, TypeAlias

import msgspec
import numpy as np
import numpy.typing as npt
import scipy

from controlroom.sound.versions.alignment import Stretch
from controlroom.sound.versions.features import Rows

Floats: TypeAlias = npt.NDArray[np.float64]

CLOSE_S = 0.06  # a place so near a line holds it up
LEAST_PLACES, STEADY_SHARE = 3, 0.6
BEND_PLACES = 2
ALONG_S = 0.02  # places of an edited song lie so near their lines; a breathing one drifts across
OPEN_S = 20.0  # so much between two lines is shared out between them


class Anchors(NamedTuple):
    """Places of the old version, and where they are in the new one."""

    old_s: Floats
    new_s: Floats


def steady_slope(points: Anchors) -> float:
    """Slope of the line that most places lie on."""
    best_share, best_slope = 0.0, 1.0
    count = len(points.old_s)
    for one in range(count):
        for other in range(one + max(count // 4, 1), count):
            slope = float((points.new_s[other] - points.new_s[one]) / (points.old_s[other] - points.old_s[one]))
            off_s = points.new_s - points.new_s[one] - slope * (points.old_s - points.old_s[one])
            share = float((np.abs(off_s) < CLOSE_S).mean())
            if share > best_share:
                best_share, best_slope = share, slope
    origins_s = points.new_s - best_slope * points.old_s
    near = _cluster(origins_s, np.ones(count, bool))
    if near.sum() >= 2:
        best_slope = float(np.polyfit(points.old_s[near], points.new_s[near], 1)[0])
    return best_slope


def lines(points: Anchors, slope: float, ends_s: tuple[float, float]) -> list[Stretch]:
    """Straight stretches of one slope, in the order of time; nothing where they leave too much aside.

    `ends_s`: where the first begins and the last ends, in the old version.
    """
    origins_s = points.new_s - slope * points.old_s
    left = np.ones(len(origins_s), bool)
    label = np.full(len(origins_s), -1)
    for number in range(len(origins_s) // LEAST_PLACES):
        near = _cluster(origins_s, left)
        if near.sum() < LEAST_PLACES:
            break
        label[near], left = number, left & ~near
    places = np.flatnonzero(label >= 0)
    turns = np.flatnonzero(np.diff(label[places])) + 1
    runs = [run for run in np.split(places, turns) if len(run) >= LEAST_PLACES]
    if sum(map(len, runs)) < STEADY_SHARE * len(origins_s) or _breathes(origins_s, runs):
        return []
    bounds = [(float(points.old_s[run[0]]), float(points.old_s[run[-1]])) for run in runs]
    bounds[0] = (min(ends_s[0], bounds[0][0]), bounds[0][1])
    bounds[-1] = (bounds[-1][0], max(ends_s[1], bounds[-1][1]))
    origins = [float(np.median(origins_s[run])) for run in runs]
    return [_line(a, b, slope * a + c, slope * b + c) for (a, b), c in zip(bounds, origins, strict=True)]


def _breathes(origins_s: Floats, runs: Sequence[npt.NDArray[np.int64]]) -> bool:
    """Whether several lines stand for one that bends."""
    off_s = np.concatenate([origins_s[run] - np.median(origins_s[run]) for run in runs])
    return len(runs) > 1 and float(np.sqrt(np.mean(off_s**2))) > ALONG_S


def _cluster(values_s: Floats, left: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    """Those that are left and lie closest together, as many as there are."""
    near = (np.abs(values_s[:, None] - values_s[None, :]) < CLOSE_S) & left[None, :] & left[:, None]
    result: npt.NDArray[np.bool_] = near[int(np.argmax(near.sum(axis=1)))]
    return result


def bends(points: Anchors) -> list[Stretch]:
    """A line that bends every few seconds, through what most places nearby agree on."""
    by_s = scipy.ndimage.median_filter(points.new_s - points.old_s, 3, mode="nearest")
    chosen = np.unique([*range(0, len(by_s), BEND_PLACES), len(by_s) - 1])
    old_s, new_s = points.old_s[chosen], (points.old_s + by_s)[chosen]
    knots = pairwise(zip(old_s.tolist(), new_s.tolist(), strict=True))
    return [_line(a, b, c, d) for (a, c), (b, d) in knots if d > c]


def _line(old_start_s: float, old_end_s: float, new_start_s: float, new_end_s: float) -> Stretch:
    return Stretch(
        old_start_s=old_start_s,
        old_end_s=old_end_s,
        new_start_s=new_start_s,
        new_end_s=new_end_s,
        confidence=1.0,
    )


def met(found: Sequence[Stretch], old: Rows, new: Rows, hop_s: float) -> list[Stretch]:
    """Neighbours led towards each other until they meet, where the music changes over from one to the other."""
    led: list[Stretch] = list(found[:1])
    for right in found[1:]:
        left = led.pop()
        more_new_s = (right.new_start_s - left.new_end_s) - (right.old_start_s - left.old_end_s) * left.speed
        if more_new_s >= 0:
            led += _meeting(left, right, old, new, hop_s)
        else:
            led += [one.turned() for one in _meeting(left.turned(), right.turned(), new, old, hop_s)]
    return led


def _meeting(left: Stretch, right: Stretch, old: Rows, new: Rows, hop_s: float) -> tuple[Stretch, Stretch]:
    """Where the new version has more between the two: at which old time the left line ends and the right one begins."""
    open_s = right.old_start_s - left.old_end_s
    if not 0 < open_s <= OPEN_S:
        return left, right
    frames = np.arange(round(left.old_end_s / hop_s), round(right.old_start_s / hop_s))
    frames = frames[(frames >= 0) & (frames < len(old))]
    gained = np.cumsum(_common(left, frames, old, new, hop_s) - _common(right, frames, old, new, hop_s))
    best = int(np.argmax(np.concatenate([[0.0], gained])))
    at_s = left.old_end_s + open_s * best / max(len(frames), 1)
    ended = left.new_start_s + (at_s - left.old_start_s) * left.speed
    begun = right.new_start_s - (right.old_start_s - at_s) * right.speed
    return (
        msgspec.structs.replace(left, old_end_s=at_s, new_end_s=ended),
        msgspec.structs.replace(right, old_start_s=at_s, new_start_s=max(begun, ended)),
    )


def _common(line: Stretch, frames: npt.NDArray[np.int64], old: Rows, new: Rows, hop_s: float) -> Floats:
    """What each old frame has in common with its place on a line; nothing outside the new version."""
    places = np.round((line.new_start_s + (frames * hop_s - line.old_start_s) * line.speed) / hop_s).astype(int)
    inside = (places >= 0) & (places < len(new))
    common = np.zeros(len(frames))
    common[inside] = np.einsum("ij,ij->i", old[frames[inside]], new[places[inside]])
    return common
