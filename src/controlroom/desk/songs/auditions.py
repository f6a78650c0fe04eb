"""Auditions of advice: rendered once when somebody asks, kept beside the recording under the key of their plan."""

from __future__ import annotations

from collections.abc import Container
from math import prod
from typing import Any

import msgspec
from django.urls import reverse

from controlroom.base.progress import Progress, scaled
from controlroom.desk import works
from controlroom.desk.accounts.actor import Actor
from controlroom.desk.songs import blobs, listening, renditions
from controlroom.desk.songs.models import Recording
from controlroom.desk.works import work
from controlroom.rooms.listening.audition import Audition, Tempo

SIDES = ("asis", "try")
KBPS = 192


def plan_in(point: dict[str, Any]) -> Audition | None:
    """The audition that a point of advice (as JSON) carries."""
    return msgspec.convert(point["try"], Audition) if point.get("try") else None


def plan_of(recording: Recording, key: str) -> Audition | None:
    """The audition of that key among the advice on a recording."""
    report = listening.report_of(recording) or {"advice": ()}
    plans = map(plan_in, report["advice"])
    return next((plan for plan in plans if plan and plan.key == key), None)


def ask(actor: Actor, recording: Recording, plan: Audition) -> None:
    """Have it rendered."""
    says = f"Trying {recording.label} {plan.says}"
    works.ask(actor, "songs.try", says=says, song=recording.song_id, recording=recording.pk, key=plan.key)


def shown(recording: Recording, plan: Audition, made: Container[str]) -> dict[str, Any]:
    """What a page shows of it: `sounds` are the addresses of both sides, once they are among the kinds `made`; `pace`
    how many times as fast the other version goes."""
    ready = all(f"{side}-{plan.key}" in made for side in SIDES)
    sounds = {side: reverse("demo-try-sound", args=[recording.pk, plan.key, side]) for side in SIDES} if ready else {}
    pace = prod(step.factor for step in plan.steps if isinstance(step, Tempo))
    return {"key": plan.key, "says": plan.says, "sounds": sounds, "pace": pace}


@work("songs.try", queue="quick", first=True)
def render_audition(progress: Progress, *, recording: int, key: str) -> dict[str, Any]:
    """Both sides at one loudness, as light streams."""
    from controlroom.rooms.listening.audition import render
    from controlroom.sound.files import AudioFile, Format, write

    row = Recording.objects.select_related("blob", "song").get(pk=recording)
    plan = plan_of(row, key)
    if plan is None:
        return {"says": "It was listened to anew, and the advice is another one."}
    with AudioFile(blobs.path_of(row.blob)) as file, renditions.scratch() as folder:
        made = render(file, plan, scaled(progress, 0.0, 0.9, plan.says))
        for side, sound in zip(SIDES, (made.original, made.tried), strict=True):
            target = folder / f"{side}.m4a"
            write(target, sound, Format("aac", bitrate_kbps=KBPS))
            renditions.keep_file(row, f"{side}-{key}", target)
    return {"says": f"{row.label} can be heard {plan.says}"}
