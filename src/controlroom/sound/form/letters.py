"""Which sections repeat each other: the same letter for the same music."""

from __future__ import annotations

from itertools import pairwise
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import scipy

from controlroom.sound.form.grid import PARTS, Bars

Floats: TypeAlias = npt.NDArray[np.float64]

HARMONY_APART, TIMBRE_APART = 0.42, 3.0  # differences of harmony, of timbre, that alone make another section
MOVED = (-2, -1, 1, 2)  # semitones by which a chorus may come back higher or lower
MOVED_COST = 0.08
SURELY_ABOVE = 0.5  # of the way from the likeness of any two bars to identity


def letters_of(bars: Bars, edges: tuple[int, ...]) -> tuple[tuple[str, ...], tuple[float, ...]]:
    """A letter for each section between the edges, in order of appearance: A, B, ... Z, A1, ..., and how sure it is (0
    to 1) that others with its letter follow the same harmony: more than any two parts of this piece do."""
    count = len(edges) - 1
    if count == 1:
        return ("A",), (0.0,)
    matches = _matches(bars, edges)
    means = np.array([bars.timbre[begin:end].mean(axis=0) for begin, end in pairwise(edges)])
    apart = scipy.spatial.distance.cdist(means, means) / TIMBRE_APART + (1 - matches) / HARMONY_APART
    np.fill_diagonal(apart, 0.0)
    condensed = scipy.spatial.distance.squareform(apart, checks=False)
    groups = scipy.cluster.hierarchy.fcluster(scipy.cluster.hierarchy.average(condensed), 1.0, "distance")
    order = list(dict.fromkeys(groups.tolist()))
    return tuple(_letter(order.index(group)) for group in groups.tolist()), _sureness(bars, matches, groups)


def _letter(number: int) -> str:
    return chr(ord("A") + number % 26) + (str(number // 26) if number >= 26 else "")


def _sureness(bars: Bars, matches: Floats, groups: npt.NDArray[np.int32]) -> tuple[float, ...]:
    same = groups[:, None] == groups
    same &= np.abs(np.subtract.outer(np.arange(len(groups)), np.arange(len(groups)))) > 1  # neighbours prove little
    usual = float(np.mean(bars.harmony.mean(axis=0) ** 2) * bars.harmony.shape[1])
    above = (matches - usual) / max(1 - usual, 1e-6) / SURELY_ABOVE
    return tuple(
        float(np.clip(above[number][others].mean(), 0.0, 1.0)) if others.any() else 0.0
        for number, others in enumerate(same)
    )


def _matches(bars: Bars, edges: tuple[int, ...]) -> Floats:
    """How well the harmony of any two sections matches (sections, sections), at best 1."""
    keys, spans = _keys(bars.harmony), [slice(*span) for span in pairwise(edges)]
    result: Floats = np.ones((len(spans), len(spans)))
    for one, span in enumerate(spans):
        for other in range(one):
            match = max(_best_match(alike[span, spans[other]]) for alike in keys)
            result[one, other] = result[other, one] = match
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
