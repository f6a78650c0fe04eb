"""Everything that a song's page shows."""

from __future__ import annotations

import json
from collections.abc import Iterable
from itertools import groupby
from typing import Any

from django.core.paginator import Paginator
from django.utils import timezone
from django.utils.safestring import mark_safe

from controlroom.desk.accounts.actor import Actor
from controlroom.desk.people.models import Person
from controlroom.desk.songs import blobs, demo_page, listening
from controlroom.desk.songs.models import KINDS, STAGES, VERSION_KINDS, Event, Recording, Rendition, Song

EVENTS_ON_PAGE = 30
MIXES = ("mix", "rough")
MOST_NAMES = 500
CREDIT_ROLES = (
    "songwriter", "composer", "lyricist", "lead vocal", "backing vocal", "guitar", "bass", "drums", "keys", "strings",
    "producer", "recording engineer", "editing engineer", "mixing engineer", "mastering engineer", "arranger",
    "programming", "label", "manager",
)  # fmt: skip


def context_of(actor: Actor, song: Song) -> dict[str, Any]:
    recordings = list(song.recordings.filter(archived_at=None).select_related("blob", "part").order_by("-created_at"))
    look_on_disk(recordings)
    versions = [each for each in recordings if each.kind in VERSION_KINDS]
    newest = next((each for each in versions if each.state == "heard"), None)
    return {
        "song": song,
        "steps": steps_of(song),
        "stages": STAGES,
        "versions": versions,
        "newest": newest,
        "newest_mix": next((each for each in versions if each.state == "heard" and each.kind in MIXES), None),
        "pictures": pictures_of(newest) if newest else {},
        "report": (report := _report(versions)),
        "stale": None if report else newest,
        "parts": parts_of(recordings),
        "references": [each for each in recordings if each.kind == "reference"],
        "deliverables": [each for each in recordings if each.kind == "deliverable"],
        "credits": song.credits.select_related("person"),
        "empty": not recordings,
        "kinds": KINDS,
        "may_write": actor.may("write"),
        "may_upload": actor.may("upload"),
        "decided": demo_page.decided(actor, song) if song.stage == "demo" else None,
        **timeline_of(song, 1),
        **names_of(actor),
    }


def names_of(actor: Actor) -> dict[str, Any]:
    """What fields for people and roles offer while somebody types."""
    people = Person.objects.filter(studio_id=actor.studio_id, archived_at=None)
    return {"names": people.values_list("name", flat=True)[:MOST_NAMES], "credit_roles": CREDIT_ROLES}


def look_on_disk(recordings: Iterable[Recording]) -> None:
    """Say of each recording whether its file is there (`missing`): somebody may have removed it."""
    for recording in recordings:
        recording.missing = not blobs.is_kept(recording.blob)


def steps_of(song: Song) -> list[dict[str, str]]:
    """The stages as steps: done, now, to come."""
    at = [stage for stage, _ in STAGES].index(song.stage)
    states = ["done"] * at + ["now"] + [""] * (len(STAGES) - at - 1)
    if song.stage == "delivered":
        states[-1] = "done"
    return [{"label": name, "state": state} for (_, name), state in zip(STAGES, states, strict=True)]


def parts_of(recordings: Iterable[Recording]) -> list[dict[str, Any]]:
    """The takes by part, parts by name, takes by number; what belongs to no part comes last."""
    takes = [each for each in recordings if each.kind == "take"]
    takes.sort(key=lambda each: (each.part is None, each.part.name.lower() if each.part else "", each.number))
    return [
        {
            "part": part,
            "takes": members,
            "number": len(members),
            "refused": sum(each.state == "refused" for each in members),
        }
        for part, members in ((part, list(group)) for part, group in groupby(takes, key=lambda each: each.part))
    ]


def pictures_of(recording: Recording) -> dict[str, str]:
    """The pictures that were drawn when it was heard."""
    path = listening.path_of(recording, "pictures")
    drawn = json.loads(path.read_bytes()) if path else {}
    return {name: mark_safe(svg) for name, svg in drawn.items()}


def _report(versions: Iterable[Recording]) -> dict[str, Any] | None:
    """The demo report of the newest version that has one, with the version it speaks of."""
    heard = [version for version in versions if version.state == "heard"]
    reports = Rendition.objects.filter(recording__in=heard, kind="listening")
    reported = set(reports.values_list("recording_id", flat=True))
    for version in heard:
        if version.pk in reported and (report := listening.report_of(version)):
            return report | {"of": version}
    return None


def timeline_of(song: Song, page: int) -> dict[str, Any]:
    """A page of the timeline, by day, the newest first."""
    events = song.events.select_related("recording")
    shown = Paginator(events, EVENTS_ON_PAGE).get_page(page)
    days = groupby(shown, key=lambda event: timezone.localtime(event.at).date())
    return {"days": [{"day": day, "events": [_line(event) for event in group]} for day, group in days], "shown": shown}


def _line(event: Event) -> dict[str, Any]:
    tones = {"arrived": "hot", "made": "ok"}
    bad = event.recording is not None and event.recording.state == "refused" and event.says == event.recording.refusal
    return {"event": event, "tone": "bad" if bad else tones.get(event.kind, "")}
