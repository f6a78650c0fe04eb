"""A recording on every system: what was measured, and its sound."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse

from controlroom.desk.accounts.rights import needs
from controlroom.desk.jobs.shown import job_for
from controlroom.desk.mastering import actions, jobs, systems
from controlroom.desk.songs import listening, media
from controlroom.desk.songs.media_views import recording_of


@needs("read", "GET", "POST")
def translation(request: Any, pk: int) -> HttpResponse:
    """GET: what every system makes of it, as far as it was measured. POST: have it measured."""
    recording = recording_of(request, pk)
    if request.method == "POST":
        actions.check_translation(request.actor, recording)
        if not request.htmx:
            return redirect("mastering", pk=pk)
    context = {
        "subject": recording,
        "song": recording.song,
        "may_write": request.actor.may("write"),
        **systems.context_of(recording),
    }
    return render(request, "mastering/parts/systems.html", context)


@needs("listen", "GET", "POST")
def on(request: Any, pk: int, system: str) -> HttpResponse:
    """Where the samples of a recording on a system lie, 202 while they are being made; POST has them made.

    What failed says why, once; the next POST tries again.
    """
    recording = recording_of(request, pk)
    if system not in systems.KNOWN:
        raise Http404
    made = listening.rendition(recording, systems.kind_of(system))
    if made is not None and made.facts["rate_hz"] == listening.clock_hz(recording.song):
        return _fresh({"url": reverse("mastering-on-sound", args=[pk, system]), **made.facts})
    if request.method == "POST":
        actions.play_on(request.actor, recording, system)
    arguments = {"recording": recording.pk, "system": system}
    job = job_for(request.actor, recording.song, jobs.PLAY, arguments)
    if job is not None and not job.is_live:
        return _fresh({"says": job.error or "It was stopped. Press again to start it anew."}, status=422)
    if job is None:
        return _fresh({"says": "It was not asked for yet. Press its button."}, status=404)
    return _fresh({"says": "Being prepared", "progress": job.progress}, status=202)


@needs("listen")
def on_sound(request: Any, pk: int, system: str) -> HttpResponseBase:
    """The WAV of a recording on a system."""
    return media.rendered(request, recording_of(request, pk), systems.kind_of(system), "audio/wav")


def _fresh(said: dict[str, Any], status: int = 200) -> HttpResponse:
    answer = JsonResponse(said, status=status)
    answer["Cache-Control"] = "no-store"
    return answer
