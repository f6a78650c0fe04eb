"""Guests' uploads: files for their song, or demos for the demo box."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from controlroom.desk.accounts.actor import Actor
from controlroom.desk.guests.rights import guest_needs
from controlroom.desk.songs import tus, upload_views
from controlroom.desk.songs.models import Upload

GUEST_KINDS = ("take", "demo", "rough", "mix", "reference")
"""What a guest may send; masters and deliverables are ours."""


def sender(request: Any) -> Actor:
    """The guest; who has a link to the demo box may begin a song with a demo, and nothing else."""
    actor: Actor = request.actor
    return actor if request.guest.song_id else replace(actor, rights=actor.rights | {"write"})


@guest_needs("upload", "POST", "OPTIONS")
def uploads(request: Any) -> HttpResponse:
    if request.method == "OPTIONS":
        return tus.options(request)
    kinds = GUEST_KINDS if request.guest.song_id else ("demo",)

    def address(upload: Upload) -> str:
        return reverse("guest-upload", args=[request.token, upload.pk])

    return tus.create_upload(request, sender(request), request.guest.song, kinds, address)


@guest_needs("upload", "HEAD", "PATCH", "DELETE")
def upload(request: Any, upload: Any) -> HttpResponse:
    return tus.one_upload(request, sender(request), upload)


@guest_needs("upload", "POST")
def files(request: Any) -> HttpResponse:
    """Files from a plain form, for browsers without scripts."""
    kinds = GUEST_KINDS if request.guest.song_id else ("demo",)
    upload_views.take_files(request, sender(request), request.guest.song, kinds)
    return redirect("guest", token=request.token)
