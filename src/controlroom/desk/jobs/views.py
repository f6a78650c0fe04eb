"""Jobs as people see them: what is being done, how far it is, how it ended."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from controlroom.desk.accounts.rights import needs
from controlroom.desk.jobs import actions, shown
from controlroom.desk.jobs.models import Job
from controlroom.desk.songs.models import Song


@needs("read")
def jobs(request: Any) -> HttpResponse:
    """What runs first, then what waits, then what ended lately."""
    return render(request, "jobs/jobs.html", shown.of_studio(request.actor))


@needs("read")
def job(request: Any, pk: int) -> HttpResponse:
    """One job; a page that polls it hears `job-ended` when it is over, and asks no more."""
    return _part(request, get_object_or_404(shown.jobs_of(request.actor), pk=pk))


@needs("write", "POST")
def cancel(request: Any, pk: int) -> HttpResponse:
    found = get_object_or_404(shown.jobs_of(request.actor), pk=pk)
    return _after(request, actions.call_off(request.actor, found))


@needs("write", "POST")
def again(request: Any, pk: int) -> HttpResponse:
    found = get_object_or_404(shown.jobs_of(request.actor), pk=pk)
    return _after(request, actions.again(request.actor, found))


@needs("read")
def of_song(request: Any, pk: int) -> HttpResponse:
    """What is being done for a song, and what just ended."""
    song = get_object_or_404(Song, pk=pk, studio_id=request.actor.studio_id)
    return render(request, "jobs/of_song.html", shown.of_song(request.actor, song))


def _part(request: Any, found: Job) -> HttpResponse:
    answer = render(request, "desk/parts/job.html", {"job": found})
    if not found.is_live:
        answer["HX-Trigger"] = "job-ended"
    return answer


def _after(request: Any, found: Job) -> HttpResponse:
    return _part(request, found) if request.htmx else redirect("jobs")
