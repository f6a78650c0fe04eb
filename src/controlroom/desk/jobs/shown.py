"""Which jobs a page shows: what runs first, then what waits, then what ended."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from controlroom.desk.accounts.actor import Actor
from controlroom.desk.jobs.actions import effect_of
from controlroom.desk.jobs.models import LIVE, Job
from controlroom.desk.songs.models import Song

SHOWN_LIVE = 5
SHOWN_OF_SONG = 2
SHOWN_ENDED = 50
JUST_NOW = timedelta(minutes=10)
SHOWN_ELSEWHERE = ("songs.try", "mastering.play", "mastering.translate", "mastering.blend")


def jobs_of(actor: Actor) -> QuerySet[Job]:
    """The jobs of the actor's studio."""
    return Job.objects.filter(studio_id=actor.studio_id)


def of_studio(actor: Actor) -> dict[str, Any]:
    """What runs, what waits, and what ended lately."""
    ended = jobs_of(actor).exclude(state__in=LIVE).select_related("song").order_by("-ended_at", "-pk")[:SHOWN_ENDED]
    return {**_live(jobs_of(actor), SHOWN_LIVE), "ended": ended}


def of_song(actor: Actor, song: Song) -> dict[str, Any]:
    """What is being done for a song, and what just ended; not what shows itself where it was asked for (`job_for`)."""
    of = jobs_of(actor).filter(song=song).exclude(work__in=SHOWN_ELSEWHERE)
    ended = of.filter(ended_at__gte=timezone.now() - JUST_NOW, queue="heavy").order_by("-ended_at", "-pk")[:2]
    return {**_live(of, SHOWN_OF_SONG), "ended": ended}


def job_for(actor: Actor, song: Song, work: str, arguments: dict[str, Any]) -> Job | None:
    """The newest job that was to bring this about, unless it did."""
    newest = jobs_of(actor).filter(song=song, effect=effect_of(work, arguments, song.pk)).order_by("-pk").first()
    return None if newest is None or newest.state == "done" else newest


def _live(of: QuerySet[Job], most: int) -> dict[str, Any]:
    """The `most` jobs that are shown as they go, what runs and what is heavy first; how many wait behind them."""
    running = list(of.filter(state="running").order_by("queue", "started_at", "pk")[:most])
    waiting = of.filter(state="waiting").order_by("queue", "created_at", "pk")
    first = list(waiting[: most - len(running)])
    return {"live": running + first, "more": waiting.count() - len(first)}
