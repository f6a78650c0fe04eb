"""Where sections meet: the division of a recording that explains its bars best.

A division is scored as a whole and the best one found by dynamic programming (like a change-point model: B. Jackson et
al., "An algorithm for optimal partitioning of data on an interval", IEEE SPL 12, 2005). A section should sound alike
from bar to bar, last four or eight bars (or a few fours), and begin where the pattern of repetition turns: where what
a bar repeats, or is repeated by, changes (J. Serrà et al., "Unsupervised music structure annotation by time series
structure features and segment similarity", IEEE Trans. Multimedia 16, 2014).
"""

from __future__ import annotations

from typing import TypeAlias

import msgspec
import numpy as np
import numpy.typing as npt

from controlroom.sound.form.grid import Bars

Floats: TypeAlias = npt.NDArray[np.float64]

LONGEST = 64  # units in a section
USUAL_S, USUAL_OCTAVES = 18.0, 0.9  # how long a section is, and how widely that varies
SHORTEST_S, NEVER = 4.0, 1e6  # what is shorter is a fill or a rest, no section
ODD = 5.0  # what a length costs that no pair of bars makes; half as much, or a quarter, where pairs or fours do
LENGTH_WEIGHT, TURN_WEIGHT, COST = 1.6, 3.4, 10.0
FREE_COST = 15.0  # of a section where there is no beat to begin it
AROUND = 4  # units on either side of a turn: chords mostly come round in four
ALIKE = 2.0  # squared distance of timbres at which they are no longer alike


class Division(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    """`edges` (sections + 1,): the units at which sections begin, and the last one's end. `strengths` (sections - 1,):
    by how much the division is better with each inner edge than without it."""

    edges: tuple[int, ...]
    strengths: tuple[float, ...]


def divided(bars: Bars) -> Division:
    """The best division into sections of two units or more."""
    scores = _scores(bars)
    edges = _best(scores)
    edges = [edge for edge in edges if edge in (0, bars.count) or 1 < edge < bars.count - 1]
    strengths = tuple(
        max(float(scores[begin, edge] + scores[edge, end] - scores[begin, end]), 0.0)
        for begin, edge, end in zip(edges, edges[1:], edges[2:], strict=False)
    )
    return Division(edges=tuple(edges), strengths=strengths)


def similarity(bars: Bars) -> Floats:
    """How alike units are in harmony and, more than half, in timbre too (units, units)."""
    norms = (bars.timbre**2).sum(axis=1)
    apart = np.maximum(norms[:, None] + norms - 2 * bars.timbre @ bars.timbre.T, 0.0)
    result: Floats = bars.harmony @ bars.harmony.T * (0.3 + 0.7 * np.exp(-apart / ALIKE))
    return result


def _scores(bars: Bars) -> Floats:
    """The score of a section from each unit to each later one (units + 1, units + 1)."""
    at = np.arange(bars.count + 1)
    length = np.maximum(at - at[:, None], 0)
    scores = LENGTH_WEIGHT * _length_scores(bars)[length] - _unlikeness(bars.timbre)
    scores -= COST if bars.grid.beaten else FREE_COST
    short = bars.edges_s - bars.edges_s[:, None] < SHORTEST_S
    scores[1:, :-1][short[1:, :-1]] -= NEVER  # but for what leads in, or rings out
    result: Floats = scores + TURN_WEIGHT * _turns(similarity(bars))
    return result


def _length_scores(bars: Bars) -> Floats:
    length = np.arange(1, bars.count + 1)
    unit_s = float(np.median(np.diff(bars.edges_s)))
    usual = -0.5 * (np.log2(length * unit_s / USUAL_S) / USUAL_OCTAVES) ** 2
    if bars.grid.bars_each != 1:
        return np.concatenate([[0.0], usual])
    share = np.select([length % 8 == 0, length % 4 == 0, length % 2 == 0], [0.0, 0.25, 0.6], 1.0)
    return np.concatenate([[0.0], usual - ODD * share])


def _unlikeness(timbre: Floats) -> Floats:
    """Squared deviations from the section's own mean, for sections between any two units."""
    sums = np.concatenate([np.zeros((1, timbre.shape[1])), np.cumsum(timbre, axis=0)])
    squares = np.concatenate([[0.0], np.cumsum((timbre**2).sum(axis=1))])
    at = np.arange(len(sums))
    length = np.maximum(at - at[:, None], 1)
    norms = (sums**2).sum(axis=1)
    of_sums = np.maximum(norms[:, None] + norms - 2 * sums @ sums.T, 0.0)
    result: Floats = squares - squares[:, None] - of_sums / length
    return result


def _turns(alike: Floats) -> Floats:
    """How much the pattern of repetition turns before each unit (units + 1,), in its own spread over the median."""
    count = len(alike)
    by_lag = np.full((count, 2 * count), np.nan)
    for unit in range(count):
        by_lag[unit, count - unit : 2 * count - unit] = alike[unit]
    known = ~np.isnan(by_lag)
    sums = np.concatenate([np.zeros((1, 2 * count)), np.cumsum(np.where(known, by_lag, 0.0), axis=0)])
    counts = np.concatenate([np.zeros((1, 2 * count)), np.cumsum(known, axis=0)])
    turns = np.zeros(count + 1)
    for unit in range(1, count):
        first, last = max(unit - AROUND, 0), min(unit + AROUND, count)
        before, after = counts[unit] - counts[first], counts[last] - counts[unit]
        both = (before > 0) & (after > 0)
        change = (sums[last] - sums[unit])[both] / after[both] - (sums[unit] - sums[first])[both] / before[both]
        turns[unit] = np.sqrt((change**2).mean())
    inner = turns[1:count]
    if inner.size and inner.std() > 1e-6:
        turns[1:count] = (inner - np.median(inner)) / inner.std()
    return turns


def _best(scores: Floats) -> list[int]:
    """The edges of the division with the highest sum of scores."""
    count = len(scores) - 1
    total, origin = np.full(count + 1, -np.inf), np.zeros(count + 1, np.int64)
    total[0] = 0.0
    for end in range(1, count + 1):
        first = max(end - LONGEST, 0)
        sums = total[first:end] + scores[first:end, end]
        origin[end] = first + int(np.argmax(sums))
        total[end] = sums.max()
    edges = [count]
    while edges[-1] > 0:
        edges.append(int(origin[edges[-1]]))
    return edges[::-1]
