"""Beats by dynamic programming (D. Ellis, "Beat tracking by dynamic programming", 2007), at a tempo that may move."""

from __future__ import annotations

import numpy as np

from controlroom.sound.kernels import kernel
from controlroom.sound.rhythm.pulses import Floats, Ints

TIGHTNESS = 300.0  # what a beat too early or too late costs


def tracked(whole: Floats, periods: Floats) -> Floats:
    """Places of beats (in hops, parts of a hop too): the chain of strong accents that keeps the local `periods` (hops,)
    best."""
    before, score = _chain(whole / max(float(whole.std()), 1e-12), periods, TIGHTNESS)
    last = max(len(before) - round(float(periods[-1])), 0)
    at = int(np.argmax(score[last:])) + last
    places: list[int] = []
    while at >= 0:
        places.append(at)
        at = int(before[at])
    return _between(whole, np.array(places[::-1], np.int64))


def _between(whole: Floats, places: Ints) -> Floats:
    """Peaks placed between hops by a parabola."""
    inner = np.clip(places, 1, max(len(whole) - 2, 1))
    left, middle, right = whole[inner - 1], whole[inner], whole[inner + 1]
    bend = left - 2 * middle + right
    shift = np.where(bend < 0, (left - right) / np.minimum(2 * bend, -1e-12), 0.0)
    peaked = (middle >= left) & (middle >= right) & (inner == places)
    result: Floats = places.astype(np.float64) + np.where(peaked, np.clip(shift, -0.5, 0.5), 0.0)
    return result


@kernel
def _chain(whole: Floats, periods: Floats, tightness: float) -> tuple[Ints, Floats]:
    """For each hop the best beat before it (-1: none), and the score of the chain that ends there."""
    count = whole.shape[0]
    before, score = np.full(count, -1), np.zeros(count)
    logs = np.zeros(2 * int(periods.max()) + 2)
    for gap in range(1, len(logs)):
        logs[gap] = np.log(gap)
    for i in range(count):
        period = periods[i]
        wanted = np.log(period)
        best, source = 0.0, -1
        for gap in range(max(int(0.7 * period), 1), min(int(1.4 * period) + 1, i) + 1):
            off = logs[gap] - wanted
            value = score[i - gap] - tightness * off * off
            if value > best:
                best, source = value, i - gap
        score[i], before[i] = whole[i] + best, source
    return before, score
