"""What each room says of a song, as its page shows it: plain JSON, kept beside the song."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from controlroom.base.check import Check
from controlroom.production.report.chapters import edits_of, master_steps, strips_of, takes_of
from controlroom.production.report.words import spoken
from controlroom.production.results import Story
from controlroom.sound.meter import Loudness


def chapters_of(story: Story) -> dict[str, dict[str, Any]]:
    """The chapters of a walk, by stage; rooms it did not enter are left out."""
    chapters: dict[str, dict[str, Any]] = {}
    if story.checked:
        chapters["tracking"] = {
            "takes": [{**take, "wave": str(take["wave"])} for take in takes_of(story)],
            "findings": spoken(story.material.findings),
        }
    if story.edited:
        chapters["editing"] = {
            "parts": [{**part, "lanes": str(part["lanes"])} for part in edits_of(story)],
            "findings": spoken(story.edited.findings),
        }
    if story.mix:
        facts = story.mix.facts
        chapters["mixing"] = {
            "says": " ".join(story.mix.plan.reasons) if story.mix.plan else "",
            "supplied": story.mix.plan is None,
            "strips": strips_of(story.mix),
            "figures": _figures(story.mix.survey.loudness),
            "checks": _checks(facts.checks),
            "findings": spoken(story.mix.findings),
        }
    if story.master:
        chapters["mastering"] = {
            "steps": master_steps(story.master),
            "figures": _figures(story.master.facts.loudness),
            "checks": _checks(story.master.facts.checks),
            "findings": spoken(story.master.findings),
        }
    if story.delivered:
        chapters["delivery"] = {
            "files": [file.to_json() for file in story.delivered.files],
            "checks": _checks(story.delivered.checks),
            "findings": spoken([*story.delivered.findings, *story.findings]),
        }
    return chapters


def _checks(checks: Sequence[Check]) -> list[dict[str, Any]]:
    return [check.to_json() for check in checks]


def _figures(loudness: Loudness) -> list[dict[str, Any]]:
    rows = (
        ("Loudness", loudness.integrated_lufs, "LUFS"),
        ("True peak", loudness.true_peak_dbtp, "dBTP"),
        ("Loudness range", loudness.range_lu, "LU"),
        ("Loudest 3 s", loudness.max_short_term_lufs, "LUFS"),
    )
    return [{"name": name, "value": value, "unit": unit} for name, value, unit in rows if value is not None]
