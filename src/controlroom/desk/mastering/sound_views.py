"""A recording on every system: what was measured, and its sound."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.http import Http404, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from controlroom.desk.accounts.rights import needs
from controlroom.desk.jobs.shown import job_for
from controlroom.desk.mastering import actions, blending, jobs, systems
from controlroom.desk.mastering.blending import Ends
from controlroom.desk.mastering.models import Mastering
from controlroom.desk.mastering.wishes import wishes_of
from controlroom.desk.songs import listening, media
from controlroom.desk.songs.media_views import recording_of
from controlroom.desk.songs.models import Recording
from controlroom.desk.songs.ranges import ranged_bytes


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
    return _underway(request, recording, jobs.PLAY, {"recording": recording.pk, "system": system})


def _underway(request: Any, recording: Recording, work: str, arguments: dict[str, Any]) -> HttpResponse:
    """202 while a job makes it; why it failed, once; 404 where nobody asked for it."""
    job = job_for(request.actor, recording.song, work, arguments)
    if job is not None and not job.is_live:
        return _fresh({"says": job.error or "It was stopped. Press again to start it anew."}, status=422)
    if job is None:
        return _fresh({"says": "It was not asked for yet. Press its button."}, status=404)
    return _fresh({"says": "Being prepared", "progress": job.progress}, status=202)


@needs("listen")
def on_sound(request: Any, pk: int, system: str) -> HttpResponseBase:
    """The WAV of a recording on a system."""
    return media.rendered(request, recording_of(request, pk), systems.kind_of(system), "audio/wav")


@needs("listen", "GET", "POST")
def blend(request: Any, pk: int, percent: int) -> HttpResponse:
    """A master so far toward its references, as `on`."""
    made, ends = blended(request, pk)
    if percent not in blending.PERCENTS:
        raise Http404
    master, clock_hz = made.master, listening.clock_hz(made.master.song)
    if found := blending.blend_of(made, ends):
        url = f"{reverse('mastering-blend-sound', args=[pk, percent])}?of={found.key[:12]}"
        with found.at(percent) as wav:
            facts = {"url": url, **wav.facts, "rate_hz": clock_hz, "level_lufs": found.levels.lufs(percent)}
        return _fresh(facts)
    if listening.pcm_of(master, clock_hz) is None:
        media.ask_pcm(master, clock_hz)
    if request.method == "POST":
        actions.prepare_blend(request.actor, made, ends)
    return _underway(request, master, jobs.BLEND, actions.blend_arguments(made, ends))


@needs("listen")
def blend_sound(request: Any, pk: int, percent: int) -> HttpResponseBase:
    """The WAV of it, mixed as it is sent."""
    made, ends = blended(request, pk)
    found = blending.blend_of(made, ends)
    if found is None or percent not in blending.PERCENTS:
        return media.being_made(made.master, False)
    with found.at(percent) as wav:
        size = wav.size
    sent = partial(found.sent, percent)
    return ranged_bytes(request, size, sent, content_type="audio/wav", etag=f"{found.key}-{percent}")


def blended(request: Any, pk: int) -> tuple[Mastering, Ends]:
    """A master of the studio and its ends; 404 where there is nothing to blend."""
    rows = Mastering.objects.select_related("mix__blob", "mix__song", "master__blob", "master__song")
    made = get_object_or_404(rows, pk=pk, studio_id=request.actor.studio_id, master__archived_at=None)
    ends = blending.ends_of(made, blending.references_of(made.mix, wishes_of(made.wishes)))
    if ends is None:
        raise Http404
    return made, ends


def _fresh(said: dict[str, Any], status: int = 200) -> HttpResponse:
    answer = JsonResponse(said, status=status)
    answer["Cache-Control"] = "no-store"
    return answer
