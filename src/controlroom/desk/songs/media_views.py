"""Users' addresses of what is played and downloaded."""

from __future__ import annotations

from typing import Any

from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse

from controlroom.desk.accounts.rights import needs
from controlroom.desk.songs import media
from controlroom.desk.songs.models import Recording


def recording_of(request: Any, pk: int) -> Recording:
    """A recording of the actor's studio; 404 for any other."""
    found = Recording.objects.select_related("blob", "song", "part")
    return get_object_or_404(found, pk=pk, studio_id=request.actor.studio_id)


@needs("listen")
def sound(request: Any, pk: int) -> HttpResponseBase:
    return media.sound(request, recording_of(request, pk))


@needs("listen")
def pcm(request: Any, pk: int, rate_hz: int) -> HttpResponseBase:
    return media.pcm(request, recording_of(request, pk), rate_hz)


@needs("listen")
def pcm_status(request: Any, pk: int, rate_hz: int) -> HttpResponseBase:
    return media.pcm_status(
        request, recording_of(request, pk), rate_hz, url=reverse("recording-pcm", args=[pk, rate_hz])
    )


@needs("listen")
def light(request: Any, pk: int) -> HttpResponseBase:
    return media.light(request, recording_of(request, pk))


@needs("listen")
def peaks(request: Any, pk: int) -> HttpResponseBase:
    return media.peaks(request, recording_of(request, pk))


@needs("download")
def download(request: Any, pk: int) -> HttpResponseBase:
    return media.download(request, recording_of(request, pk))
