"""The chapters of the report: takes, edits, strips of the mix, steps of the master."""

from __future__ import annotations

from collections import Counter
from typing import Any

from controlroom.base.finding import Finding
from controlroom.production.material import Material
from controlroom.production.report.words import spoken
from controlroom.production.results import CheckedTake, MasterMade, MixMade, Story
from controlroom.rooms.editing import EditPlan
from controlroom.rooms.mixing import Standing
from controlroom.sound.drawing import Lane, comp_lanes, waveform
from controlroom.sound.survey import Survey

TONES = {"keeper": "ok", "usable": "warn", "retake": "bad"}
MOST_OF_A_KIND = 3  # findings of one kind that are shown of a take; the rest are counted


def takes_of(story: Story) -> list[dict[str, Any]]:
    """Every recording with its picture, its verdict and what was found."""
    checked = story.checked
    return [_take(take, checked.surveys[take.report.path]) for take in checked.takes] if checked else []


def _take(take: CheckedTake, survey: Survey) -> dict[str, Any]:
    loud, peak = survey.loudness.integrated_lufs, survey.levels.peak_db
    figures = [f"{loud:.1f} LUFS" if loud is not None else "", f"peak {peak:.1f} dBFS" if peak is not None else ""]
    return {
        "name": take.report.path.as_posix(),
        "verdict": take.report.verdict or "unheard",
        "tone": TONES.get(take.report.verdict or "", ""),
        "figures": " · ".join(figure for figure in figures if figure),
        "wave": waveform(survey.waveform, f"Waveform of {take.report.path.name}", height=44),
        "findings": shortened(take.report.findings),
    }


def shortened(findings: tuple[Finding, ...]) -> list[dict[str, str]]:
    """Findings for the page: the first few of each kind, then how many more."""
    shown: list[Finding] = []
    seen: Counter[str] = Counter()
    for finding in findings:
        seen[finding.code] += 1
        if seen[finding.code] <= MOST_OF_A_KIND:
            shown.append(finding)
    lines = spoken(shown)
    more = sum(count - MOST_OF_A_KIND for count in seen.values() if count > MOST_OF_A_KIND)
    if more:
        lines.append({"severity": "info", "place": "", "says": f"{more} more of the same kinds."})
    return lines


def edits_of(story: Story) -> list[dict[str, Any]]:
    """What the editing room did to each part."""
    if story.edited is None:
        return []
    return [_edit(plan) for plan in story.edited.plans if not plan.changes_nothing]


def _edit(plan: EditPlan) -> dict[str, Any]:
    names = [take.name for take in plan.takes]
    lanes = [Lane(k, take.start_s, take.end_s, 0.0, False) for k, take in enumerate(plan.takes)]
    lanes += [
        Lane(names.index(segment.take), segment.start_s, segment.end_s, segment.score or 0.0, True)
        for segment in plan.segments
    ]
    span_s = max(take.end_s for take in plan.takes)
    picture = comp_lanes(lanes, names, span_s, f"Which take of {plan.part} plays when") if len(names) > 1 else ""
    return {"part": plan.part, "says": " ".join(plan.reasons), "lanes": picture}


def beside_of(material: Material) -> list[tuple[str, list[str]]]:
    """What lies with the song and is not mixed."""
    kinds = (
        ("References:", material.references),
        ("Masters, left as they are:", material.masters),
        ("Set aside:", material.set_aside),
    )
    return [(what, [path.as_posix() for path in paths]) for what, paths in kinds if paths]


def strips_of(mix: MixMade) -> list[dict[str, str]]:
    """The strips of our mix, as a recall sheet."""
    return [_strip(strip) for strip in mix.facts.strips] if mix.plan else []


def _strip(strip: Standing) -> dict[str, str]:
    return {
        "name": strip.name,
        "role": strip.role,
        "gain": "silent" if strip.gain_db is None else f"{strip.gain_db:+.1f} LU",
        "pan": _side(strip.pan),
        "steps": " ".join(strip.reasons),
    }


def _side(pan: float) -> str:
    if abs(pan) < 0.005:
        return "centre"
    return f"{abs(pan) * 100:.0f} % {'left' if pan < 0 else 'right'}"


def master_steps(master: MasterMade) -> list[str]:
    """What the master's plan does, in the order of the signal."""
    plan = master.plan
    steps = [*plan.reasons]
    if plan.high_pass:
        steps.append(f"High-pass at {plan.high_pass.freq_hz:g} Hz. {plan.high_pass.reason}")
    if plan.mono_below:
        steps.append(f"Mono below {plan.mono_below.freq_hz:g} Hz. {plan.mono_below.reason}")
    for move in plan.tone:
        steps.append(f"{move.gain_db:+.1f} dB {move.kind} at {move.freq_hz:g} Hz. {move.reason}")
    if plan.glue:
        steps.append(f"Glue, {plan.glue.ratio:g}:1 above {plan.glue.threshold_db:.1f} dBFS. {plan.glue.reason}")
    steps.append(
        f"Gain {master.facts.gain_db:+.2f} dB into the limiter at {plan.limit.ceiling_dbtp:g} dBTP. {plan.limit.reason}"
    )
    taken = master.facts.taken
    if taken.limiter_max_db > 0.05:
        steps.append(
            f"The limiter took off {taken.limiter_max_db:.1f} dB at most, {taken.limiter_mean_db:.1f} dB on average."
        )
    return [step.strip() for step in steps]
