"""From figures to one score: what each miss costs, so that a flawless phrase has 1."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from controlroom.rooms.editing.contour import HOP_S, QUIETEST_DB
from controlroom.rooms.editing.joints import Heard
from controlroom.rooms.editing.report import Score
from controlroom.sound.levels import Levels

# What passes unnoticed, what costs everything there is to lose on that account, and how much that is.
PITCH_CENTS = (6.0, 45.0, 0.7)
UNSTEADY_CENTS = (12.0, 60.0, 0.1)
SUNG_MS = (20.0, 110.0, 0.5)
PLAYED_MS = (8.0, 45.0, 0.7)
LEVEL_DB = (2.0, 12.0, 0.45)

CLIPPED_COST, DROPOUT_COST, CLICK_COST, MOST_FAULTS = 0.35, 0.4, 0.15, 0.6
ACTIVE_DB = 25.0
"""A hop within this of a take's loud parts is sung or played."""
LEAST_ACTIVE_S = 0.12


def score(
    *,
    pitch_cents: float | None = None,
    unsteady_cents: float | None = None,
    timing_ms: float | None = None,
    level_db: float | None = None,
    faults: float = 0.0,
    fault_count: int = 0,
    sung: bool = True,
) -> Score:
    """The score of one take of one phrase; figures that do not exist cost nothing."""
    lost = (
        _cost(pitch_cents, PITCH_CENTS)
        + _cost(unsteady_cents, UNSTEADY_CENTS)
        + _cost(timing_ms, SUNG_MS if sung else PLAYED_MS)
        + _cost(level_db, LEVEL_DB)
        + min(faults, MOST_FAULTS)
    )
    return Score(
        value=round(max(1.0 - lost, 0.0), 3),
        pitch_cents=_rounded(pitch_cents),
        unsteady_cents=_rounded(unsteady_cents),
        timing_ms=_rounded(timing_ms),
        level_db=_rounded(level_db),
        faults=fault_count,
    )


def _cost(miss: float | None, scale: tuple[float, float, float]) -> float:
    unnoticed, worst, most = scale
    return 0.0 if miss is None else most * min(max((miss - unnoticed) / (worst - unnoticed), 0.0), 1.0)


def faults_within(mics: Sequence[Levels], offset_s: float, start_s: float, end_s: float) -> tuple[float, int]:
    """(cost, number) of clipped places, dropouts and clicks of a pass in a stretch of the song."""
    first_s, last_s = start_s - offset_s, end_s - offset_s
    cost, count = 0.0, 0
    for levels in mics:
        clipped = sum(span.start_s < last_s and span.end_s > first_s for span in levels.clipped)
        gaps = sum(span.start_s < last_s and span.end_s > first_s for span in levels.dropouts)
        clicks = sum(first_s <= click.at_s < last_s for click in levels.clicks)
        cost += CLIPPED_COST * bool(clipped) + DROPOUT_COST * gaps + CLICK_COST * clicks
        count += clipped + gaps + clicks
    return cost, count


def level_misses_db(passes: Sequence[Heard], start_s: float, end_s: float) -> dict[str, float]:
    """How far each take's level lies from what the others lead to expect, each against its own loud parts."""
    whole = [it for it in passes if not it.heard.punch_in]  # a punch-in has no other phrase to be compared with
    levels = {it.name: level for it in whole if (level := active_level_db(it, start_s, end_s)) is not None}
    if len(levels) < 2:
        return {}
    usual = float(np.median(list(levels.values())))
    return {name: abs(level - usual) for name, level in levels.items()}


def active_level_db(heard: Heard, start_s: float, end_s: float) -> float | None:
    """The level of what is sung or played in a stretch, against the take's loud parts; None where there is nothing."""
    level_db = heard.contour.within(round(start_s / HOP_S), round(end_s / HOP_S)) - heard.contour.loud_db
    active = level_db[level_db > -ACTIVE_DB]
    return float(10 * np.log10(np.mean(10 ** (active / 10)))) if len(active) * HOP_S >= LEAST_ACTIVE_S else None


def sounding(passes: Sequence[Heard], start_s: float, end_s: float) -> bool:
    return any(active_level_db(it, start_s, end_s) is not None for it in passes)


def has(heard: Heard, others: Sequence[Heard], start_s: float, end_s: float) -> bool:
    """Whether a pass has a phrase: its file spans what the others play there, and it is not silent."""
    spans = [span for it in others if (span := active_span_s(it, start_s, end_s))]
    if not spans:
        return heard.heard.start_s <= start_s and end_s <= heard.heard.end_s
    first_s, last_s = float(np.median([a for a, _ in spans])), float(np.median([b for _, b in spans]))
    inside = heard.heard.start_s <= first_s + 0.05 and heard.heard.end_s >= last_s - 0.05
    return inside and active_level_db(heard, start_s, end_s) is not None


def active_span_s(heard: Heard, start_s: float, end_s: float) -> tuple[float, float] | None:
    """From the first to the last active hop in a stretch."""
    level_db = heard.contour.within(round(start_s / HOP_S), round(end_s / HOP_S)) - heard.contour.loud_db
    active = np.flatnonzero((level_db > -ACTIVE_DB) & (level_db > QUIETEST_DB))
    return (start_s + active[0] * HOP_S, start_s + (active[-1] + 1) * HOP_S) if len(active) else None


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 1)
