"""Users' addresses of uploads: resumable ones, and a plain form for browsers without scripts."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse

from controlroom.desk.accounts.actor import Actor
from controlroom.desk.accounts.rights import needs
from controlroom.desk.songs import tus, uploads
from controlroom.desk.songs.models import Recording, Song, Upload
from controlroom.desk.songs.renditions import scratch


def _address(upload: Upload) -> str:
    return reverse("upload", args=[upload.pk])


@needs("upload", "POST", "OPTIONS")
def song_uploads(request: Any, pk: int) -> HttpResponse:
    """Announce a file for a song."""
    song = get_object_or_404(Song, pk=pk, studio_id=request.actor.studio_id)
    if request.method == "OPTIONS":
        return tus.options(request)
    return tus.create_upload(request, request.actor, song, uploads.ALL_KINDS, _address)


@needs("write", "POST", "OPTIONS")
def demo_uploads(request: Any) -> HttpResponse:
    """Announce a demo, which becomes a song of its own."""
    if request.method == "OPTIONS":
        return tus.options(request)
    return tus.create_upload(request, request.actor, None, ("demo",), _address)


@needs("upload", "HEAD", "PATCH", "DELETE")
def one(request: Any, token: Any) -> HttpResponse:
    return tus.one_upload(request, request.actor, token)


@needs("upload", "POST")
def song_files(request: Any, pk: int) -> HttpResponse:
    """Files for a song from a plain form."""
    song = get_object_or_404(Song, pk=pk, studio_id=request.actor.studio_id)
    take_files(request, request.actor, song)
    return redirect("song", pk=song.pk)


@needs("write", "POST")
def demo_files(request: Any) -> HttpResponse:
    """Demos from a plain form."""
    made = take_files(request, request.actor, None)
    return redirect("song", pk=made[0].song_id) if len(made) == 1 else redirect("demos")


def take_files(
    request: Any, actor: Actor, song: Song | None, kinds: tuple[str, ...] = uploads.ALL_KINDS
) -> list[Recording]:
    """The files of a plain form, as recordings of one of `kinds`; a guest's as well as a user's."""
    made = []
    for file in request.FILES.getlist("file"):
        uploads.check_size(file.name, file.size)
        with scratch() as folder:
            path = folder / "file"
            with path.open("wb") as out:
                for chunk in file.chunks():
                    out.write(chunk)
            kind, part = request.POST.get("kind", ""), request.POST.get("part", "")
            made.append(uploads.keep_uploaded(actor, song, file.name, path, kind=kind, part=part, kinds=kinds))
    if made:
        messages.success(request, f"{_listed(made)} arrived and will be listened to.")
    else:
        messages.error(request, "No file was chosen. Choose one, then press Upload.")
    return made


def _listed(made: list[Recording]) -> str:
    return made[0].label if len(made) == 1 else f"{len(made)} files"
