"""From what was heard to an edit plan: the best take of each phrase, changed only where it pays; then top and tail."""

from __future__ import annotations

import msgspec
import numpy as np
import numpy.typing as npt

from controlroom.rooms.editing.plan import EditPlan, PlannedTake, Segment
from controlroom.rooms.editing.reasons import reasons_for
from controlroom.rooms.editing.report import EditReport, HeardPass, Joint, Phrase

CHANGE_COST = 0.05
"""What a change of take must be worth, in points of score (a phrase's score goes from 0 to 1)."""
LOUD_JOINT_COST_PER_DB = 0.015
"""What each decibel above a take's own quiet costs where it is joined."""
QUIET_DB = 6.0
PUNCH_IN_BONUS = 0.3
"""Somebody went back to sing this again: it is taken unless it is clearly worse."""
ABSENT_COST = 2.0
"""A take that does not have the phrase, when that is a second or longer."""

CROSSFADE_MS = {"lead vocal": 30.0, "backing vocal": 30.0, "drums": 6.0, "percussion": 6.0}
OTHER_CROSSFADE_MS = 15.0
PRE_ROLL_MS = 60.0
"""Kept before the first sound, so that no breath or pick is cut."""
FADE_IN_MS = 40.0
FADE_OUT_MS = 250.0
"""Begins where the last sound has gone down into the noise."""
ABRUPT_FADE_MS = 3.0
"""Where a file starts or breaks off inside the sound: enough against a click."""


def decide(report: EditReport) -> EditPlan:
    """The plan for one part. Never raises for anything that `measure` reports."""
    chosen = _best_takes(report)
    first, last = _pass(report, chosen[0]), _pass(report, chosen[-1])
    head_s, fade_in_ms = _head(first)
    tail_s, fade_out_ms = _tail(last)
    segments = _segments(report, chosen, min(head_s, first.start_s), max(tail_s, last.end_s))
    plan = EditPlan(
        part=report.part,
        takes=tuple(PlannedTake(name=it.name, start_s=it.start_s, end_s=it.end_s) for it in report.passes),
        mics=report.mics,
        segments=segments,
        head_s=round(head_s, 4),
        tail_s=tail_s if tail_s == last.end_s else round(max(tail_s, head_s), 4),
        fade_in_ms=fade_in_ms,
        fade_out_ms=fade_out_ms,
        crossfade_ms=CROSSFADE_MS.get(report.role, OTHER_CROSSFADE_MS) if len(segments) > 1 else 0.0,
    )
    return msgspec.structs.replace(plan, reasons=reasons_for(plan, report))


def _best_takes(report: EditReport) -> list[str]:
    """The take of each phrase with the least total cost (Viterbi, 1967)."""
    names = [heard.name for heard in report.passes]
    cost = np.array([[_cost(phrase, heard) for heard in report.passes] for phrase in report.phrases])
    total, came_from = cost[0], []
    for at, joint in enumerate(report.joints, start=1):
        through = total[:, None] + _change_costs(joint, names)
        came_from.append(through.argmin(axis=0))
        total = through.min(axis=0) + cost[at]
    path = [int(total.argmin())]
    for step in reversed(came_from):
        path.append(int(step[path[-1]]))
    return [names[take] for take in reversed(path)]


def _cost(phrase: Phrase, heard: HeardPass) -> float:
    score = phrase.scores.get(heard.name)
    if score is None:
        return ABSENT_COST * min(phrase.end_s - phrase.start_s, 1.0) if phrase.sounding else 0.0
    if not phrase.sounding:
        return 0.0
    return 1.0 - score.value - (PUNCH_IN_BONUS if heard.punch_in else 0.0)


def _change_costs(joint: Joint, names: list[str]) -> npt.NDArray[np.float64]:
    """[from, to]: what joining two takes here costs; staying costs nothing."""
    loud_db = np.array([max(joint.loud_db.get(name, 0.0) - QUIET_DB, 0.0) for name in names])
    louder_db: npt.NDArray[np.float64] = np.maximum(loud_db[:, None], loud_db[None, :])
    costs = CHANGE_COST + LOUD_JOINT_COST_PER_DB * louder_db
    np.fill_diagonal(costs, 0.0)
    return costs


def _segments(report: EditReport, chosen: list[str], start_s: float, end_s: float) -> tuple[Segment, ...]:
    """Neighbouring phrases of one take as one segment."""
    segments: list[Segment] = []
    begins = 0
    for at in range(1, len(chosen) + 1):
        if at < len(chosen) and chosen[at] == chosen[begins]:
            continue
        entered = report.joints[begins - 1] if begins else None
        segments.append(
            Segment(
                take=chosen[begins],
                start_s=entered.at_s if entered else start_s,
                end_s=report.joints[at - 1].at_s if at < len(chosen) else end_s,
                score=_mean_score(report.phrases[begins:at], chosen[begins]),
                crossfade=entered.crossfade(chosen[begins - 1], chosen[begins]) if entered else "equal power",
            )
        )
        begins = at
    return tuple(segments)


def _mean_score(phrases: tuple[Phrase, ...], take: str) -> float | None:
    """The score of a take over several phrases, the longer ones counting for more."""
    scored = [(phrase.end_s - phrase.start_s, phrase.scores.get(take)) for phrase in phrases if phrase.sounding]
    total_s = sum(length_s for length_s, _ in scored)
    if not total_s:
        return None
    return round(sum(length_s * score.value for length_s, score in scored if score) / total_s, 3)


def _head(heard: HeardPass) -> tuple[float, float]:
    """Where the part begins, and its fade in (ms)."""
    if heard.sound_start_s is None:
        return heard.start_s, 0.0
    if heard.starts_inside:
        return heard.start_s, ABRUPT_FADE_MS
    if not heard.head_noise:
        return heard.start_s, 0.0
    head_s = max(heard.sound_start_s - PRE_ROLL_MS / 1000, heard.start_s)
    return head_s, min(FADE_IN_MS, round((heard.sound_start_s - head_s) * 1000, 1))


def _tail(heard: HeardPass) -> tuple[float, float]:
    """Where the part ends, and its fade out (ms)."""
    if heard.sound_end_s is None:
        return heard.end_s, 0.0
    if heard.ends_inside:
        return heard.end_s, ABRUPT_FADE_MS
    if not heard.tail_noise:
        return heard.end_s, 0.0
    tail_s = min(heard.sound_end_s + FADE_OUT_MS / 1000, heard.end_s)
    return tail_s, max(round((tail_s - heard.sound_end_s) * 1000, 1), ABRUPT_FADE_MS)


def _pass(report: EditReport, name: str) -> HeardPass:
    return next(heard for heard in report.passes if heard.name == name)
