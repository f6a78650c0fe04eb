"""Everything that a demo's page shows: the report in the order in which a producer reads it."""

from __future__ import annotations

import json
from typing import Any

import msgspec
from django.utils.safestring import mark_safe

from controlroom.desk.accounts.actor import Actor
from controlroom.desk.songs import auditions, listening
from controlroom.desk.songs.models import Recording

WIDE = (("song", "The song at a glance"), ("chords", "Chords"), ("spectrogram", "Spectrogram"))
NARROW = (("voice", "Range"), ("energy", "Loudness"), ("tempo", "Tempo"), ("spectrum", "Spectrum"))


def context_of(actor: Actor, recording: Recording) -> dict[str, Any]:
    report = listening.report_of(recording)
    context = {
        "recording": recording,
        "song": recording.song,
        "report": report,
        "may_write": actor.may("write"),
        "why": _why_not(recording),
    }
    if report is None:
        return context
    drawn = _kept(recording, "heard")
    return context | {
        "chips": chips_of(report),
        "points": points_of(recording, report),
        "kin": _kept(recording, "kin"),
        "parts": sections_of(report),
        "likenesses": likenesses_of(recording, report),
        "wide": [(name, title, mark_safe(drawn[name])) for name, title in WIDE if name in drawn],
        "narrow": [(name, title, mark_safe(drawn[name])) for name, title in NARROW if name in drawn],
    }


def _why_not(recording: Recording) -> str:
    if recording.state == "refused":
        return recording.refusal
    return "It is being listened to; this page fills by itself." if recording.state == "arrived" else "Listen again."


def _kept(recording: Recording, kind: str) -> dict[str, Any]:
    path = listening.path_of(recording, kind)
    return json.loads(path.read_bytes()) if path else {}


def points_of(recording: Recording, report: dict[str, Any]) -> list[dict[str, Any]]:
    """The advice, each point with its audition (`attempt`) where it can be heard."""
    plans = [(point, auditions.plan_in(point)) for point in report["advice"]]
    made = set(recording.renditions.values_list("kind", flat=True))
    return [point | {"attempt": auditions.shown(recording, plan, made) if plan else None} for point, plan in plans]


def chips_of(report: dict[str, Any]) -> list[str]:
    """What is known in a few words: nothing that is not sure."""
    what, rhythm, harmony, voice = (report[name] for name in ("what", "rhythm", "harmony", "voice"))
    chips = [what["kind"]]
    if rhythm["tempo_bpm"] is not None:
        chips.append(f"{rhythm['tempo_bpm']:.2f} BPM".replace(".00", ""))
        if rhythm["to_click"] is not None:
            chips.append("to a click" if rhythm["to_click"] else f"moves by {rhythm['drift_percent']:.1f} %")
    chips += [value for value in (rhythm["meter"], harmony["key"]) if value]
    if harmony["key_doubt"]:
        chips.append(f"or {harmony['key_doubt']['key']}")
    if harmony["tuning_hz"] is not None:
        chips.append(f"A = {harmony['tuning_hz']:.1f} Hz")
    if voice["lowest_note"]:
        chips.append(f"{voice['lowest_note']} to {voice['highest_note']}")
    return chips


def sections_of(report: dict[str, Any]) -> list[dict[str, Any]]:
    """The sections, each with what its chords do."""
    loops = {one["start_s"]: one for one in report["progressions"]}
    return [section | {"loop": loops.get(section["start_s"])} for section in report["form"]["sections"]]


def likenesses_of(recording: Recording, report: dict[str, Any]) -> list[str]:
    """Where it lies outside of what the song's references do, as sentences."""
    from controlroom.rooms.listening.compare import compare
    from controlroom.rooms.listening.told import told

    references = recording.song.recordings.filter(kind="reference", state="heard", archived_at=None)
    reports = {each.label: listening.report_of(each) for each in references.exclude(pk=recording.pk)}
    known = {name: told(one) for name, one in reports.items() if one}
    try:
        return [each.says for each in compare(told(report), known).outside] if known else []
    except msgspec.ValidationError:  # a report of an older engine
        return []
