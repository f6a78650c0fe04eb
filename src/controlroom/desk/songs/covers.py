"""The cover of a song: kept with its bytes, sent as the image it is."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.http.response import HttpResponseBase

from controlroom.base.errors import UsageError
from controlroom.desk.accounts.actor import Actor
from controlroom.desk.songs import actions, blobs, renditions
from controlroom.desk.songs.models import Blob, Song
from controlroom.desk.songs.ranges import ranged

MOST_BYTES = 40_000_000
PNG = b"\x89PNG"


@transaction.atomic
def set_cover(actor: Actor, song: Song, data: bytes) -> Song:
    """Give a song its cover, or take it off (b""). Raises `UsageError` for what is no JPEG and no PNG."""
    actor.must("write")
    must_be_image(data)
    before, song.cover = song.cover, _kept(song, data) if data else None
    if song.cover == before:
        return song
    song.save(update_fields=["cover"])
    actions.tell(actor, song, "decided", "Cover changed" if before and data else "Cover added" if data else "Cover off")
    if before:
        blobs.forget(before)
    return song


def must_be_image(data: bytes) -> None:
    """Raises `UsageError` for what is no cover; b"" is none at all, and stands for that."""
    from controlroom.rooms.delivery import read_cover

    if data and (len(data) > MOST_BYTES or read_cover(data) is None):
        why = "it is neither a JPEG nor a PNG that can be read"
        raise UsageError("The cover", why, f"Export it as JPEG or PNG, below {MOST_BYTES // 1_000_000} MB.")


def _kept(song: Song, data: bytes) -> Blob:
    with renditions.scratch() as folder:
        path = folder / "cover"
        path.write_bytes(data)
        return blobs.keep(song.studio_id, path, move=True)


def sent(request: Any, cover: Blob) -> HttpResponseBase:
    """The image itself."""
    path = blobs.path_of(cover)
    with path.open("rb") as file:
        kind = "image/png" if file.read(4) == PNG else "image/jpeg"
    return ranged(request, path, content_type=kind, etag=cover.sha256)
