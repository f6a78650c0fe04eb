"""What is played and downloaded: functions of (request, recording), behind users' and guests' addresses alike.

What is not made yet is asked for, and answered with 202; a file that is gone, with 410 and a sentence.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, NamedTuple

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.utils.http import content_disposition_header

from controlroom.base.errors import InputRefused
from controlroom.desk import works
from controlroom.desk.accounts.actor import house
from controlroom.desk.songs import blobs, listening
from controlroom.desk.songs.models import Blob, Recording
from controlroom.desk.songs.ranges import ranged

CONTENT_TYPES = {
    "wav": "audio/wav",
    "rf64": "audio/wav",
    "bw64": "audio/wav",
    "flac": "audio/flac",
    "mp3": "audio/mpeg",
    "mp4": "audio/mp4",
    "adts": "audio/aac",
    "ogg": "audio/ogg",
    "aiff": "audio/aiff",
    "aifc": "audio/aiff",
}
PLAYED = ("wav", "flac", "mp3", "mp4", "ogg")
"""Containers that browsers play as they are; anything else is played from a WAV made of it."""

Answer = Callable[..., HttpResponseBase]


class Served(NamedTuple):
    blob: Blob
    content_type: str


def _guarded(answer: Answer) -> Answer:
    """A file that somebody removed behind the desk's back is a sentence, not a broken page."""

    @wraps(answer)
    def guarded(request: HttpRequest, recording: Recording, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            return answer(request, recording, *args, **kwargs)
        except InputRefused as error:
            return HttpResponse(f"{error}\n", status=410, content_type="text/plain; charset=utf-8")

    return guarded


def _send(request: HttpRequest, served: Served) -> HttpResponseBase:
    path = blobs.path_of(served.blob)
    return ranged(request, path, content_type=served.content_type, etag=served.blob.sha256)


def container_of(recording: Recording) -> str:
    return str((recording.info or {}).get("container", ""))


def type_of(recording: Recording) -> str:
    """The media type of the original."""
    return CONTENT_TYPES.get(container_of(recording), "application/octet-stream")


@_guarded
def sound(request: HttpRequest, recording: Recording) -> HttpResponseBase:
    """The recording itself, without loss: the original where browsers play it, else a WAV made of it."""
    if recording.state == "arrived":
        blobs.path_of(recording.blob)
        return being_made(recording, True)
    if container_of(recording) in PLAYED and not _needs_decoding(recording):
        return _send(request, Served(recording.blob, type_of(recording)))
    return _pcm(request, recording, listening.own_clock_hz(recording))


def _needs_decoding(recording: Recording) -> bool:
    return recording.codec == "alac"


@_guarded
def pcm(request: HttpRequest, recording: Recording, rate_hz: int) -> HttpResponseBase:
    """The WAV at that rate, whose samples the player reads by Range from `offset` on."""
    return _pcm(request, recording, rate_hz)


def _pcm(request: HttpRequest, recording: Recording, rate_hz: int) -> HttpResponseBase:
    made = listening.rendition(recording, f"pcm-{rate_hz}")
    if made is None:
        return being_made(recording, ask_pcm(recording, rate_hz))
    return _send(request, Served(made.blob, "audio/wav"))


@_guarded
def pcm_status(request: HttpRequest, recording: Recording, rate_hz: int, *, url: str) -> HttpResponseBase:
    """200 and where the samples lie, or 202 while they are being made; `url` is that of `pcm` for this reader."""
    facts = listening.pcm_of(recording, rate_hz)
    if facts is None:
        return being_made(recording, ask_pcm(recording, rate_hz))
    return _fresh(JsonResponse({"url": url, **facts}))


@_guarded
def light(request: HttpRequest, recording: Recording) -> HttpResponseBase:
    """A smaller stream (AAC 192) for a phone."""
    made = listening.rendition(recording, "light")
    if made is None:
        return being_made(recording, ask_light(recording))
    return _send(request, Served(made.blob, "audio/mp4"))


@_guarded
def rendered(
    request: HttpRequest, recording: Recording, kind: str, content_type: str = "audio/mp4"
) -> HttpResponseBase:
    """A sound that was made of it once; 404 where it was not."""
    made = listening.rendition(recording, kind)
    return being_made(recording, False) if made is None else _send(request, Served(made.blob, content_type))


@_guarded
def peaks(request: HttpRequest, recording: Recording) -> HttpResponseBase:
    """The waveform: {"bin_s", "low", "high"}, int8 for each channel."""
    made = listening.rendition(recording, "peaks")
    if made is None:
        return being_made(recording, recording.state == "arrived")
    return _send(request, Served(made.blob, "application/json"))


@_guarded
def download(request: HttpRequest, recording: Recording) -> HttpResponseBase:
    """The original under its own name (RFC 6266)."""
    answer = _send(request, Served(recording.blob, type_of(recording)))
    answer["Content-Disposition"] = content_disposition_header(True, recording.name) or "attachment"
    return answer


def ask_pcm(recording: Recording, rate_hz: int) -> bool:
    """Have the samples made at that rate; False where nothing can be made."""
    return rate_hz in listening.CLOCKS_HZ and _ask(recording, "songs.pcm", "Preparing", rate_hz=rate_hz)


def ask_light(recording: Recording) -> bool:
    return _ask(recording, "songs.light", "Making a light stream of")


def _ask(recording: Recording, work: str, says: str, **arguments: int) -> bool:
    if recording.state == "refused":
        return False
    blobs.path_of(recording.blob)
    actor = house(recording.studio_id)
    what = f"{says} {recording.label}"
    works.ask(actor, work, says=what, song=recording.song_id, recording=recording.pk, **arguments)
    return True


def being_made(recording: Recording, underway: bool) -> HttpResponse:
    """202: come back in a second; 404 where it will never be there."""
    if not underway:
        says = recording.refusal or "There is no such rendition of it."
        return _fresh(JsonResponse({"says": says}, status=404))
    return _fresh(JsonResponse({"says": "Being prepared"}, status=202, headers={"Retry-After": "1"}))


def _fresh(answer: HttpResponse) -> HttpResponse:
    answer["Cache-Control"] = "no-store"
    return answer
