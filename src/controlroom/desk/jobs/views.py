"""Jobs as people see them: what is being done, how far it is, how it ended."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from controlroom.desk.accounts.actor import Actor
from controlroom.desk.accounts.rights import needs
from controlroom.desk.jobs import actions
from controlroom.desk.jobs.models import LIVE, Job
from controlroom.desk.songs.models import Song

SHOWN_LIVE = 5
SHOWN_OF_SONG = 2
SHOWN_ENDED = 50
JUST_NOW = timedelta(minutes=10)


@needs("read")
def jobs(request: Any) -> HttpResponse:
    """What runs first, then what waits, then what ended lately."""
    of = _of(request.actor)
    ended = of.exclude(state__in=LIVE).select_related("song").order_by("-ended_at", "-pk")[:SHOWN_ENDED]
    return render(request, "jobs/jobs.html", {**_live(of, SHOWN_LIVE), "ended": ended})


@needs("read")
def job(request: Any, pk: int) -> HttpResponse:
    """One job; a page that polls it hears `job-ended` when it is over, and asks no more."""
    return _part(request, get_object_or_404(_of(request.actor), pk=pk))


@needs("write", "POST")
def cancel(request: Any, pk: int) -> HttpResponse:
    found = get_object_or_404(_of(request.actor), pk=pk)
    return _after(request, actions.call_off(request.actor, found))


@needs("write", "POST")
def again(request: Any, pk: int) -> HttpResponse:
    found = get_object_or_404(_of(request.actor), pk=pk)
    return _after(request, actions.again(request.actor, found))


@needs("read")
def of_song(request: Any, pk: int) -> HttpResponse:
    """What is being done for a song, and what just ended."""
    song = get_object_or_404(Song, pk=pk, studio_id=request.actor.studio_id)
    of = _of(request.actor).filter(song=song)
    ended = of.filter(ended_at__gte=timezone.now() - JUST_NOW, queue="heavy").order_by("-ended_at", "-pk")[:2]
    return render(request, "jobs/of_song.html", {**_live(of, SHOWN_OF_SONG), "ended": ended})


def _of(actor: Actor) -> QuerySet[Job]:
    return Job.objects.filter(studio_id=actor.studio_id)


def _live(of: QuerySet[Job], most: int) -> dict[str, Any]:
    """The `most` jobs that are shown as they go, what runs and what is heavy first; how many wait behind them."""
    running = list(of.filter(state="running").order_by("queue", "started_at", "pk")[:most])
    waiting = of.filter(state="waiting").order_by("queue", "created_at", "pk")
    first = list(waiting[: most - len(running)])
    return {"live": running + first, "more": waiting.count() - len(first)}


def _part(request: Any, found: Job) -> HttpResponse:
    answer = render(request, "desk/parts/job.html", {"job": found})
    if not found.is_live:
        answer["HX-Trigger"] = "job-ended"
    return answer


def _after(request: Any, found: Job) -> HttpResponse:
    return _part(request, found) if request.htmx else redirect("jobs")
