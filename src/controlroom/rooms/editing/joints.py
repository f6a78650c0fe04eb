"""Where passes may be joined: in the quiet between phrases, before the beats of a bar, at the ends of a punch-in."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import numpy as np
import scipy

from controlroom.rooms.editing.contour import HOP_S, QUIETEST_DB, Contour, Floats, smoothed
from controlroom.rooms.editing.report import HeardPass

SMOOTHED_HOPS = 5
RANGE_DB = 55.0
"""How far under the loud parts it is looked; what is quieter is all the same."""
DEPTH_DB = 12.0
"""A gap is at least this much quieter than the phrases on both sides."""
SHORTEST_PHRASE_S = 1.0
GAP_WITHIN_DB = 6.0
GAP_SHARE = 0.7
"""Where in a gap takes are joined: after the decay, and before the breath that belongs to what follows."""
LATEST_BEFORE_GAP_END_S = 0.03
LINE_REACH_S = 0.07
PUNCH_EDGE_S, PUNCH_REACH_S, PUNCH_CLEARS_S = 0.03, 0.8, 0.6
PUNCH_AWAY_DB_PER_S = 6.0


class Heard(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    """A pass, and how loud it is over time."""

    heard: HeardPass
    contour: Contour

    @property
    def name(self) -> str:
        return self.heard.name


class Gap(msgspec.Struct, frozen=True):
    """A quiet stretch, in hops of the song's time line, and how deep it lies under its surroundings."""

    start: int
    end: int
    depth_db: float

    @property
    def at_s(self) -> float:
        """Where to join in it."""
        inside = self.start + GAP_SHARE * (self.end - self.start)
        return max(inside * HOP_S, (self.start + self.end) / 2 * HOP_S)


def common_level_db(passes: Sequence[Heard], start: int, stop: int) -> Floats:
    """How loud the loudest pass is, against its own loud parts, in each hop: low only where all are quiet."""
    levels = [
        np.maximum(smoothed(it.contour.within(start, stop), SMOOTHED_HOPS) - it.contour.loud_db, -RANGE_DB)
        for it in passes
    ]
    result: Floats = np.max(levels, axis=0)
    return result


def gaps(level_db: Floats, start: int) -> list[Gap]:
    """The quiet stretches that part phrases: the deepest first, none nearer than a phrase's length to another."""
    padded = np.concatenate([[0.0], -level_db, [0.0]])
    tops, facts = scipy.signal.find_peaks(padded, prominence=DEPTH_DB, plateau_size=1)
    found = []
    for top, depth_db in zip(tops - 1, facts["prominences"], strict=True):
        near = level_db <= level_db[top] + GAP_WITHIN_DB
        before, after = np.flatnonzero(~near[:top]), np.flatnonzero(~near[top:])
        first = int(before[-1]) + 1 if len(before) else 0
        last = int(top + after[0]) if len(after) else len(near)
        found.append(Gap(start + first, start + last, float(depth_db)))
    kept: list[Gap] = []
    for gap in sorted(found, key=lambda gap: -gap.depth_db):
        if all(_apart_s(gap, other) >= SHORTEST_PHRASE_S for other in kept):
            kept.append(gap)
    return sorted(kept, key=lambda gap: gap.start)


def _apart_s(one: Gap, other: Gap) -> float:
    return (max(one.start, other.start) - min(one.end, other.end)) * HOP_S


def phrase_joints(passes: Sequence[Heard]) -> list[float]:
    """Places (s) between phrases that all the whole passes have in common, and the ends of punch-ins."""
    whole = [it for it in passes if not it.heard.punch_in and it.heard.sound_start_s is not None] or list(passes)
    start = min(it.contour.first for it in passes)
    stop = max(it.contour.first + len(it.contour.level_db) for it in passes)
    found = gaps(common_level_db(whole, start, stop), start)
    joints = [gap.at_s for gap in found]
    for punch in (it for it in passes if it.heard.punch_in):
        joints = _with_punch(joints, punch, whole)
    return joints


def _with_punch(joints: list[float], punch: Heard, whole: Sequence[Heard]) -> list[float]:
    """Joints at both ends of a punch-in, where it and all passes are quietest, instead of those near by."""
    it = punch.heard
    if it.sound_start_s is None or it.sound_end_s is None:
        return joints
    middle_s = 0.5 * (it.sound_start_s + it.sound_end_s)
    into = (it.start_s + PUNCH_EDGE_S, min(it.sound_start_s + PUNCH_REACH_S, middle_s))
    out_of = (max(it.sound_end_s - PUNCH_REACH_S, middle_s), it.end_s - PUNCH_EDGE_S)
    edges_s = [_quietest_s(punch, whole, *into, it.sound_start_s), _quietest_s(punch, whole, *out_of, it.sound_end_s)]
    kept = [at_s for at_s in joints if all(abs(at_s - edge_s) > PUNCH_CLEARS_S for edge_s in edges_s)]
    return sorted([*kept, *edges_s])


def _quietest_s(punch: Heard, whole: Sequence[Heard], first_s: float, last_s: float, wanted_s: float) -> float:
    """The hop in which neither the punch-in nor any pass sounds; of several, the one nearest to where it is wanted."""
    first, last = round(first_s / HOP_S), round(last_s / HOP_S)
    if last <= first:
        return wanted_s
    level_db = common_level_db([*whole, punch], first, last)
    away_s = np.abs(np.arange(first, last) * HOP_S - wanted_s)
    return float((first + int(np.argmin(level_db + PUNCH_AWAY_DB_PER_S * away_s))) * HOP_S)


def bar_joints(lines_s: Sequence[float], onsets_s: Sequence[Floats], clearance_s: float) -> list[float]:
    """Just before the first hit that any pass plays on each line of the grid: a crossfade must be over by then.

    Where nothing is played on a line there is nothing to hide a joint behind, and none is made.
    """
    hits = np.sort(np.concatenate([np.zeros(0), *onsets_s]))
    on_lines = [hits[(hits > line_s - LINE_REACH_S) & (hits < line_s + LINE_REACH_S)] for line_s in lines_s]
    return [float(near[0]) - clearance_s for near in on_lines if len(near)]


def loudness_at(heard: Heard, at_s: float) -> float:
    """How far (dB) a pass is above its own quiet at a place; 0 where it is silent."""
    place = round(at_s / HOP_S)
    level_db = float(np.max(smoothed(heard.contour.within(place - 4, place + 5), 3)[3:-3]))
    quiet_db = max(heard.contour.floor_db, heard.contour.loud_db - RANGE_DB)
    return 0.0 if level_db <= QUIETEST_DB else max(level_db - quiet_db, 0.0)
