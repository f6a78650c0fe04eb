"""How good each take of a bar is: its hits against the same hits of the other takes, and against the groove."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from controlroom.rooms.editing.contour import Floats
from controlroom.rooms.editing.grid import Grid, Hits

STRONG_SHARE = 0.3
LATE_ROLES = ("room", "overhead")
SAME_HIT_S = 0.07
"""Hits of two takes that lie within this are the same stroke."""


def strong(hits: Hits) -> Floats:
    """Times of the hits that count: weak ones are bleed and ghosts."""
    times_s, strengths = hits
    if not len(times_s):
        return times_s
    result: Floats = times_s[strengths >= STRONG_SHARE * np.percentile(strengths, 95)]
    return result


def timing_misses_ms(
    takes: Mapping[str, Sequence[Floats]], grid: Grid | None, bars: Sequence[tuple[float, float]]
) -> list[dict[str, float]]:
    """For each bar: how far (ms) each take's farthest hit is from where it should be, the median over its mics.

    It should be where the median of three takes or more has it. Two takes cannot outvote each other: of them, the one
    that is nearer to the groove is right. `takes`: the hits of each mic, in the same order of mics for every take.
    """
    count = max((len(mics) for mics in takes.values()), default=0)
    misses = [_of_mic({name: mics[at] for name, mics in takes.items() if at < len(mics)}, grid) for at in range(count)]
    found: list[dict[str, float]] = []
    for start_s, end_s in bars:
        bar: dict[str, float] = {}
        for name in takes:
            farthest = []
            for at_s, miss_s in (one[name] for one in misses if name in one):
                inside = miss_s[(at_s >= start_s) & (at_s < end_s)]
                if len(inside):
                    farthest.append(1000 * float(inside.max()))
            if farthest:
                bar[name] = float(np.median(farthest))
        found.append(bar)
    return found


def _of_mic(takes: Mapping[str, Floats], grid: Grid | None) -> dict[str, Hits]:
    """For each take: its hits that other takes have too, and how far (s) each is from where it should be."""
    groove = _groove(np.concatenate(list(takes.values())), grid) if grid else None
    found: dict[str, Hits] = {}
    for name, times_s in takes.items():
        others = [other for key, other in takes.items() if key != name and len(other)]
        if not len(times_s) or not others:
            continue
        nearest = np.array([_nearest(other, times_s) for other in others])
        nearest[np.abs(nearest - times_s) > SAME_HIT_S] = np.nan
        shared = np.isfinite(nearest).any(axis=0)
        together = np.vstack([times_s, nearest])[:, shared]
        found[name] = times_s[shared], _misses_s(together, grid, groove)
    return found


def _misses_s(together: Floats, grid: Grid | None, groove: Floats | None) -> Floats:
    """(takes, hits), the take in question first: its distance from the right time of each hit."""
    voices = np.isfinite(together).sum(axis=0)
    right = np.nanmedian(together, axis=0)
    if grid is not None and groove is not None:
        late = np.where(np.isfinite(together), np.abs(_late_s(together, grid, groove)), np.inf)
        nearer = np.take_along_axis(together, late.argmin(axis=0)[None, :], axis=0)[0]
        right = np.where(voices > 2, right, nearer)
    result: Floats = np.abs(together[0] - right)
    return result


def _nearest(times_s: Floats, wanted_s: Floats) -> Floats:
    after = np.clip(np.searchsorted(times_s, wanted_s), 0, len(times_s) - 1)
    before = np.maximum(after - 1, 0)
    nearer = np.abs(times_s[before] - wanted_s) < np.abs(times_s[after] - wanted_s)
    result: Floats = np.where(nearer, times_s[before], times_s[after])
    return result


def _groove(times_s: Floats, grid: Grid) -> Floats:
    """How late each step of the bar is played as a rule."""
    steps, late_s = grid.steps(times_s), grid.late_s(times_s)
    usual = float(np.median(late_s)) if len(late_s) else 0.0
    return np.array(
        [np.median(late_s[steps == step]) if (steps == step).sum() > 2 else usual for step in range(grid.steps_per_bar)]
    )


def _late_s(times_s: Floats, grid: Grid, groove: Floats) -> Floats:
    known = np.nan_to_num(times_s)
    result: Floats = grid.late_s(known) - groove[grid.steps(known)]
    return result
