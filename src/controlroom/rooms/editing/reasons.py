"""Why an edit plan is as it is, in sentences for the person who reads and changes it."""

from __future__ import annotations

from controlroom.rooms.editing.plan import EditPlan, Segment
from controlroom.rooms.editing.report import EditReport, HeardPass, Phrase, Score

LONGEST_LIST = 24


def reasons_for(plan: EditPlan, report: EditReport) -> tuple[str, ...]:
    """Where it starts and ends, which take carries the part, and what sent each other segment to another take."""
    by_name = {heard.name: heard for heard in report.passes}
    reasons = [_where_it_starts(plan, by_name[plan.segments[0].take])]
    reasons.append(_where_it_ends(plan, by_name[plan.segments[-1].take]))
    if len(report.passes) > 1:
        reasons.extend(_why_these_takes(plan, report, by_name))
    return tuple(reason for reason in reasons if reason)[:LONGEST_LIST]


def clock(at_s: float) -> str:
    """A time as it stands on a counter: 1:07.25."""
    hundredths = round(max(at_s, 0.0) * 100)
    return f"{hundredths // 6000}:{hundredths // 100 % 60:02d}.{hundredths % 100:02d}"


def _where_it_starts(plan: EditPlan, heard: HeardPass) -> str:
    if heard.sound_start_s is None:
        return f"There is no sound in {heard.name}."
    if heard.starts_inside:
        return f"{heard.name} starts inside the sound: a {plan.fade_in_ms:g} ms fade against the click."
    if heard.head_noise:
        return f"Starts at {clock(plan.head_s)}; the {plan.head_s - heard.start_s:.2f} s of noise before it are gone."
    return ""


def _where_it_ends(plan: EditPlan, heard: HeardPass) -> str:
    if heard.sound_end_s is None:
        return ""
    if heard.ends_inside:
        return f"{heard.name} breaks off inside the sound: a {plan.fade_out_ms:g} ms fade against the click."
    if heard.tail_noise:
        return f"Ends at {clock(plan.tail_s)}; the {heard.end_s - plan.tail_s:.2f} s of noise after the decay are gone."
    return ""


def _why_these_takes(plan: EditPlan, report: EditReport, by_name: dict[str, HeardPass]) -> list[str]:
    if not report.common_time:
        return [f"The passes were not played to the same time: {plan.segments[0].take} is taken as a whole."]
    main = _main_take(plan)
    reasons = [f"{main} carries the part ({_share(plan, main):.0%} of it)."]
    for segment in plan.segments:
        if segment.take == main:
            continue
        where = f"{clock(segment.start_s)} to {clock(segment.end_s)} from {segment.take}"
        reasons.append(f"{where}: {_why_not(main, segment, report, punch_in=by_name[segment.take].punch_in)}.")
    return reasons


def _main_take(plan: EditPlan) -> str:
    names = dict.fromkeys(segment.take for segment in plan.segments)
    return max(names, key=lambda name: _share(plan, name))


def _share(plan: EditPlan, take: str) -> float:
    total_s = sum(segment.end_s - segment.start_s for segment in plan.segments)
    return sum(segment.end_s - segment.start_s for segment in plan.segments if segment.take == take) / (total_s or 1.0)


def _why_not(main: str, segment: Segment, report: EditReport, *, punch_in: bool) -> str:
    """What is wrong with the main take in a segment: the phrase where it falls behind the most."""
    inside = [
        it for it in report.phrases if it.sounding and segment.start_s <= it.start_s and it.end_s <= segment.end_s
    ]
    behind = max(inside, key=lambda phrase: _lead(phrase, segment.take, main), default=None)
    if behind is None:
        return "it is silent"
    if main not in behind.scores:
        return f"{main} has nothing here"
    if punch_in:
        return f"the punch-in ({behind.scores[segment.take].value:.2f} against {behind.scores[main].value:.2f})"
    return f"{main} {_weakness(behind.scores[segment.take], behind.scores[main])} at {clock(behind.start_s)}"


def _lead(phrase: Phrase, take: str, main: str) -> float:
    ours, theirs = phrase.scores.get(take), phrase.scores.get(main)
    return (ours.value if ours else 0.0) - (theirs.value if theirs else -1.0)


def _weakness(better: Score, weaker: Score) -> str:
    """The figure in which one score falls behind another the most, each against what is worth a change."""
    gaps = [
        (weaker.faults - better.faults, f"has {weaker.faults} clipped, clicking or missing places"),
        (_gap(weaker.pitch_cents, better.pitch_cents) / 15, f"is {weaker.pitch_cents or 0:.0f} cents off pitch"),
        (_gap(weaker.unsteady_cents, better.unsteady_cents) / 20, f"wavers by {weaker.unsteady_cents or 0:.0f} cents"),
        (_gap(weaker.timing_ms, better.timing_ms) / 15, f"is {weaker.timing_ms or 0:.0f} ms out of time"),
        (_gap(weaker.level_db, better.level_db) / 4, f"is {weaker.level_db or 0:.0f} dB off in level"),
    ]
    return max(gaps)[1]


def _gap(weaker: float | None, better: float | None) -> float:
    return (weaker or 0.0) - (better or 0.0)
