"""Resumable uploads, the server's side of tus 1.0 (tus.io/protocols/resumable-upload): core, creation, termination,
expiration. Functions of (request, actor, ...), behind users' and guests' addresses alike.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.http import http_date

from controlroom.desk.accounts.actor import Actor
from controlroom.desk.people.text import whole_number
from controlroom.desk.songs import uploads
from controlroom.desk.songs.models import Song, Upload

VERSION = "1.0.0"
PATCH_TYPE = "application/offset+octet-stream"
Address = Callable[[Upload], str]
Answer = Callable[..., HttpResponse]


def says(status: int, sentence: str = "") -> HttpResponse:
    return HttpResponse(f"{sentence}\n" if sentence else "", status=status, content_type="text/plain; charset=utf-8")


def _spoken(answer: Answer) -> Answer:
    """Speaks only this version of the protocol; refusals become their status."""

    @wraps(answer)
    def speak(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.headers.get("Tus-Resumable") != VERSION:
            refused = says(412, f"This desk speaks tus {VERSION}. Load the page again.")
            refused["Tus-Version"] = VERSION
            return refused
        try:
            made = answer(request, *args, **kwargs)
        except uploads.WrongOffset as error:
            made = says(409, str(error))
        except uploads.TooLarge as error:
            made = says(413, str(error))
        except uploads.Busy as error:
            made = says(423, str(error))
        except uploads.TooMany as error:
            made = says(429, str(error))
        made["Tus-Resumable"] = VERSION
        made["Cache-Control"] = "no-store"
        return made

    return speak


def options(request: HttpRequest) -> HttpResponse:
    """What this server can do."""
    answer = says(204)
    answer["Tus-Resumable"] = answer["Tus-Version"] = VERSION
    answer["Tus-Extension"] = "creation,termination,expiration"
    answer["Tus-Max-Size"] = str(settings.MOST_UPLOAD_BYTES)
    return answer


@_spoken
def create_upload(
    request: HttpRequest, actor: Actor, song: Song | None, kinds: tuple[str, ...], address: Address
) -> HttpResponse:
    """POST: announce a file. `song` None: a demo that becomes a song; `kinds`: what this actor may send;
    `address` gives the URL of an upload for this actor."""
    size = whole_number(request.headers.get("Upload-Length"))
    if size is None:
        return says(400, "Upload-Length is missing.")
    meta = metadata(request.headers.get("Upload-Metadata", ""))
    if meta is None or not meta.get("filename"):
        return says(400, "Upload-Metadata names no file.")
    upload = uploads.begin_upload(
        actor,
        song=song,
        name=meta["filename"],
        size=size,
        kind=meta.get("kind", ""),
        part=meta.get("part", ""),
        folder=meta.get("folder", ""),
        says=meta.get("says", ""),
        kinds=kinds,
    )
    if size == 0:
        uploads.receive(actor, upload, request, 0, 0)
    answer = says(201)
    answer["Location"] = address(upload)
    answer["Upload-Expires"] = http_date(uploads.expires_at(upload).timestamp())
    return answer


@_spoken
def upload_state(request: HttpRequest, actor: Actor, token: Any) -> HttpResponse:
    """HEAD: how much of it is here."""
    upload = _upload(actor, token)
    if upload is None:
        return says(404)
    answer = says(200)
    answer["Upload-Offset"] = str(uploads.offset_of(upload))
    answer["Upload-Length"] = str(upload.size)
    return answer


@_spoken
def patch_upload(request: HttpRequest, actor: Actor, token: Any) -> HttpResponse:
    """PATCH: more of it."""
    upload = _upload(actor, token)
    if upload is None:
        return says(404, "That upload is not here any more. Send the file again.")
    if request.content_type != PATCH_TYPE:
        return says(415, f"Send it as {PATCH_TYPE}.")
    offset = whole_number(request.headers.get("Upload-Offset"))
    if offset is None:
        return says(400, "Upload-Offset is missing.")
    length = whole_number(request.headers.get("Content-Length")) or 0
    here = uploads.receive(actor, upload, request, offset, length)
    answer = says(204)
    answer["Upload-Offset"] = str(here)
    answer["Upload-Expires"] = http_date(uploads.expires_at(upload).timestamp())
    return answer


@_spoken
def delete_upload(request: HttpRequest, actor: Actor, token: Any) -> HttpResponse:
    """DELETE: it is not wanted any more."""
    upload = _upload(actor, token)
    if upload is None:
        return says(404)
    uploads.cancel(actor, upload)
    return says(204)


def one_upload(request: HttpRequest, actor: Actor, token: Any) -> HttpResponse:
    """HEAD, PATCH and DELETE of an upload, by the request's method."""
    verbs = {"HEAD": upload_state, "PATCH": patch_upload, "DELETE": delete_upload}
    return verbs[request.method or ""](request, actor, token)


def _upload(actor: Actor, token: Any) -> Upload | None:
    found = Upload.objects.select_related("song").filter(studio_id=actor.studio_id, who_key=actor.key, pk=token)
    return found.first()


def metadata(header: str) -> dict[str, str] | None:
    """ "filename d29ybGQ=,kind" as a mapping; None where it is not written as it should be."""
    pairs = {}
    for piece in filter(None, (each.strip() for each in header.split(","))):
        key, _, value = piece.partition(" ")
        try:
            pairs[key] = base64.b64decode(value, validate=True).decode()
        except (binascii.Error, UnicodeDecodeError):
            return None
    return pairs
