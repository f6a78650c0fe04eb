"""Everything that a demo's page shows: the report in the order in which a producer reads it."""

from __future__ import annotations

import json
from typing import Any

import msgspec
from django.utils.safestring import mark_safe

from controlroom.desk.accounts.actor import Actor
from controlroom.desk.songs import auditions, demo_states, listening
from controlroom.desk.songs.models import WHOLE_SONGS, Recording, Song

COLUMN = (
    ("voice", "Range"), ("energy", "Loudness"), ("tempo", "Tempo"), ("spectrum", "Spectrum"),
    ("spectrogram", "Spectrogram"),
)  # fmt: skip
MOST_LIKENESSES = 6
DECISIONS = (
    ("listening", "Keep listening", ""), ("shortlisted", "Shortlist", "s"), ("answered", "Mark as answered", ""),
    ("signed", "Sign", ""), ("declined", "Decline", "d"),
)  # fmt: skip
"""What becomes of a demo by somebody's word: the state, what its button says, its key."""


def context_of(actor: Actor, recording: Recording) -> dict[str, Any]:
    report = None if recording.state == "refused" else listening.report_of(recording)
    context = {
        "recording": recording,
        "song": recording.song,
        "report": report,
        "may_write": actor.may("write"),
        "decided": decided(actor, recording.song),
    }
    if report is None:
        return context | _why_not(recording)
    drawn = _drawn(recording)
    return context | {
        "chips": chips_of(report),
        "points": points_of(recording, report),
        "kin": _kept(recording, "kin"),
        "parts": sections_of(report),
        "likenesses": likenesses_of(recording, report),
        "drawn": drawn,
        "column": [(name, title, drawn["narrow"][name]) for name, title in COLUMN if name in drawn["narrow"]],
    }


def decided(actor: Actor, song: Song) -> dict[str, Any]:
    """What became of the demo (`last`, a `DemoStep`), and what may be decided now, with the reasons given before."""
    if song.stage != "demo":
        return {"last": demo_states.last(song), "choices": ()}
    known = demo_states.reasons(actor)
    choices = [
        {"state": state, "does": does, "key": key, "reasons": known.get(state, ())}
        for state, does, key in DECISIONS
        if state != song.demo_state
    ]
    return {"last": demo_states.last(song), "choices": choices}


def _why_not(recording: Recording) -> dict[str, Any]:
    """Why nothing stands here, as a title and a sentence (`why`), and whether listening again would help."""
    if recording.state == "arrived":
        return {"title": "It is being listened to", "why": "What is heard in it shows here by itself.", "again": False}
    if recording.state == "refused":
        return {"title": "It could not be listened to", "why": recording.refusal, "again": True}
    if recording.kind not in WHOLE_SONGS:
        says = "This page is of whole songs: demos, mixes, masters, references. Takes are checked in the tracking room."
        return {"title": "Nothing of a song was heard in it", "why": says, "again": False}
    says = "What is kept of it was heard by an earlier version of the listening room."
    return {"title": "Listen to it again", "why": says, "again": True}


def _drawn(recording: Recording) -> dict[str, dict[str, str]]:
    """The pictures that were drawn when it was heard: "wide" and "narrow", by name."""
    kept = _kept(recording, "heard")
    return {size: {name: mark_safe(svg) for name, svg in kept.get(size, {}).items()} for size in ("wide", "narrow")}


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
        chips.append(f"{rhythm['tempo_bpm']:.1f} BPM".replace(".0 ", " "))
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
    """Where it lies outside of what the song's references do, as sentences; the furthest first."""
    from controlroom.rooms.listening.compare import compare
    from controlroom.rooms.listening.told import told

    references = recording.song.recordings.filter(kind="reference", state="heard", archived_at=None)
    reports = {each.label: listening.report_of(each) for each in references.exclude(pk=recording.pk)}
    known = {name: told(one) for name, one in reports.items() if one}
    try:
        return [each.says for each in compare(told(report), known).outside[:MOST_LIKENESSES]] if known else []
    except msgspec.ValidationError:  # a report of an older engine
        return []
