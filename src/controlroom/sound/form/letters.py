"""Which sections repeat each other: the same letter for the same music."""

from __future__ import annotations

from itertools import pairwise
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import scipy.cluster.hierarchy
import scipy.spatial.distance

from controlroom.sound.form.grid import PARTS, Bars

Floats: TypeAlias = npt.NDArray[np.float64]

HARMONY_APART, TIMBRE_APART = 0.42, 3.0  # differences of harmony, of timbre, that alone make another section
MOVED = (-2, -1, 1, 2)  # semitones by which a chorus may come back higher or lower
MOVED_COST = 0.08


def letters_of(bars: Bars, edges: tuple[int, ...]) -> tuple[str, ...]:
    """A letter for each section between the edges, in order of appearance: A, B, ... Z, A1, ..."""
    count = len(edges) - 1
    if count == 1:
        return ("A",)
    apart = scipy.spatial.distance.squareform(distances(bars, edges), checks=False)
    groups = scipy.cluster.hierarchy.fcluster(scipy.cluster.hierarchy.average(apart), 1.0, "distance")
    order = list(dict.fromkeys(groups.tolist()))
    return tuple(_letter(order.index(group)) for group in groups.tolist())


def _letter(number: int) -> str:
    return chr(ord("A") + number % 26) + (str(number // 26) if number >= 26 else "")


def distances(bars: Bars, edges: tuple[int, ...]) -> Floats:
    """How different any two sections are (sections, sections); 1: another section."""
    spans = list(pairwise(edges))
    means = np.array([bars.timbre[begin:end].mean(axis=0) for begin, end in spans])
    result: Floats = scipy.spatial.distance.cdist(means, means) / TIMBRE_APART
    keys = _keys(bars.harmony)
    for one, (begin, end) in enumerate(spans):
        for other in range(one):
            across = slice(*spans[other])
            match = max(_best_match(alike[begin:end, across]) for alike in keys)
            result[one, other] = result[other, one] = result[one, other] + (1 - match) / HARMONY_APART
    return result


def _keys(harmony: Floats) -> list[Floats]:
    """Likeness of the harmony of any two units, in the same key and, at a cost, a few semitones apart."""
    classes = harmony.reshape(-1, PARTS * 2, 12)
    moved = [np.roll(classes, semitones, axis=2).reshape(harmony.shape) for semitones in MOVED]
    return [harmony @ harmony.T, *(harmony @ other.T - MOVED_COST for other in moved)]


def _best_match(alike: Floats) -> float:
    """The mean along the best diagonal of a block in which the shorter section lies wholly in the longer."""
    block = alike if alike.shape[0] <= alike.shape[1] else alike.T
    at = np.arange(len(block))
    return max(float(block[at, at + late].mean()) for late in range(block.shape[1] - len(block) + 1))
