"""Files on their way into the house: what has arrived lies beside the blobs, and a broken connection loses nothing."""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import BinaryIO, Protocol

from django.conf import settings
from django.db import transaction
from django.template.defaultfilters import filesizeformat
from django.utils import timezone

from controlroom.base.errors import ControlroomError, UsageError, surroundings
from controlroom.desk.accounts.actor import Actor
from controlroom.desk.people.text import file_name, one_line
from controlroom.desk.songs import actions, guess
from controlroom.desk.songs.models import KINDS, Recording, Song, Upload

KEPT_FOR = timedelta(days=7)
MOST_OPEN = 1000
"""How many files one sender may have on the way."""
BLOCK_BYTES = 1 << 20
LEFT_FREE_BYTES = 256 << 20
"""What uploads leave of the disk: the database, and what is made of what came, need room too."""
ALL_KINDS = tuple(kind for kind, _ in KINDS)


class Stream(Protocol):
    def read(self, size: int) -> bytes: ...


class WrongOffset(ControlroomError):
    """The sender continues from another place than where the file ends."""


class TooLarge(ControlroomError):
    """More bytes than this desk takes, or than were promised."""


class Busy(ControlroomError):
    """Another request is writing to the same upload."""


class TooMany(ControlroomError):
    """The sender announces file after file and sends none of them."""


def check_size(name: str, size: int) -> None:
    """Raises `TooLarge`, with the sentence for people, above `MOST_UPLOAD_BYTES`."""
    if size > settings.MOST_UPLOAD_BYTES:
        most = filesizeformat(settings.MOST_UPLOAD_BYTES)
        raise TooLarge(name, f"it has {filesizeformat(size)}, this desk takes {most}", "Send it as FLAC, or in parts.")


def check_room(name: str, size: int) -> None:
    """Raises `TooLarge`, with the sentence for people, where the disk has no room for `size` bytes more."""
    room = max(shutil.disk_usage(settings.HOME).free - LEFT_FREE_BYTES, 0)
    if size > room:
        why = f"{filesizeformat(size)} more are needed, {filesizeformat(room)} are left"
        raise TooLarge(
            name,
            f"the disk of this desk is nearly full: {why}",
            "Make room on it, then send the file again; what arrived of it is kept.",
        )


def begin_upload(
    actor: Actor,
    *,
    song: Song | None,
    name: str,
    size: int,
    kind: str = "",
    part: str = "",
    folder: str = "",
    says: str = "",
    kinds: tuple[str, ...] = ALL_KINDS,
) -> Upload:
    """Announce a file of `size` bytes. Without a `song` it is a demo, and becomes a song when it is here.

    `kind` and `part` are told from the name and the folder where they are not given; `kinds` are those that this
    actor may send, the first is taken for any other. Raises `TooLarge`, `TooMany`.
    """
    actor.must("upload" if song else "write")
    clean = file_name(name)
    check_size(clean, size)
    forget_old()
    check_room(clean, size)
    if Upload.objects.filter(studio_id=actor.studio_id, who_key=actor.key, recording=None).count() >= MOST_OPEN:
        raise TooMany(clean, f"{MOST_OPEN} other files are on their way already", "Finish those first.")
    meant = guess.meant(clean, folder, song.title if song else "")
    chosen = (kind if kind in kinds else meant.kind) if song else "demo"
    return Upload.objects.create(
        studio_id=actor.studio_id,
        song=song,
        kind=chosen if chosen in kinds else kinds[0],
        part_name=one_line(part, 80) or (meant.part if chosen == "take" else ""),
        name=clean,
        size=size,
        says=one_line(says, 400),
        who=actor.name,
        who_key=actor.key,
    )


def place_of(upload: Upload) -> Path:
    """Where the bytes that have arrived lie."""
    return Path(settings.HOME) / "uploads" / f"{upload.token}.part"


def offset_of(upload: Upload) -> int:
    """How many bytes are here, as the disk has them."""
    if upload.recording_id:
        return upload.size
    path = place_of(upload)
    return path.stat().st_size if path.is_file() else 0


def expires_at(upload: Upload) -> datetime:
    return upload.touched_at + KEPT_FOR


@contextmanager
def _opened(upload: Upload) -> Iterator[BinaryIO]:
    """The part file, for this request alone; raises `Busy`."""
    path = place_of(upload)
    with surroundings(upload.name):
        path.parent.mkdir(parents=True, exist_ok=True)
        file = path.open("ab")
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise Busy(upload.name, "another connection is sending it", "Wait a moment.") from error
        yield file


def receive(actor: Actor, upload: Upload, stream: Stream, offset: int, length: int) -> int:
    """Append `length` bytes that begin at `offset`; returns the new offset. The last byte makes it a recording.

    What arrived before a connection broke stays. Raises `WrongOffset`, `TooLarge`, `Busy`.
    """
    if upload.recording_id:
        return _nothing_more(upload, offset)
    with _opened(upload) as file:
        here = os.fstat(file.fileno()).st_size
        if offset != here:
            raise WrongOffset(upload.name, f"{here} bytes of it are here, not {offset}", "Continue from there.")
        if here + length > upload.size:
            raise TooLarge(upload.name, f"it was announced with {upload.size} bytes", "Send it again.")
        check_room(upload.name, length)
        Upload.objects.filter(pk=upload.pk).update(touched_at=timezone.now())
        with surroundings(upload.name):
            here += _append(file, stream, length)
        if here == upload.size:
            os.fsync(file.fileno())
            finish(actor, upload)
    return here


def _nothing_more(upload: Upload, offset: int) -> int:
    if offset != upload.size:
        raise WrongOffset(upload.name, "all of it is here", "Nothing is left to send.")
    return offset


def _append(file: BinaryIO, stream: Stream, length: int) -> int:
    written = 0
    try:
        while written < length and (block := stream.read(min(BLOCK_BYTES, length - written))):
            file.write(block)
            written += len(block)
    finally:
        file.flush()
    return written


def finish(actor: Actor, upload: Upload) -> Recording:
    """Everything is here: it becomes a recording (and a demo without a song becomes one)."""
    path = place_of(upload)
    with transaction.atomic():
        song = upload.song or song_of_demo(actor, upload.name)
        recording = actions.arrive(
            actor,
            song,
            path,
            kind=upload.kind,
            name=upload.name,
            part=upload.part_name,
            says=upload.says,
            move=True,
        )
        upload.song, upload.recording = song, recording
        upload.save(update_fields=["song", "recording"])
    return recording


def song_of_demo(actor: Actor, name: str) -> Song:
    """A new song for a demo, called as its file is."""
    named = guess.song_named(name)
    return actions.create_song(actor, title=named.title, artist=named.artist, stage="demo")


def keep_uploaded(
    actor: Actor,
    song: Song | None,
    name: str,
    path: Path,
    *,
    kind: str = "",
    part: str = "",
    kinds: tuple[str, ...] = tuple(dict(KINDS)),
) -> Recording:
    """A file that came whole, by a plain form: `path` is taken. Raises `TooLarge`, `UsageError`."""
    size = path.stat().st_size
    upload = begin_upload(actor, song=song, name=name, size=size, kind=kind, part=part, kinds=kinds)
    place = place_of(upload)
    with surroundings(place):
        place.parent.mkdir(parents=True, exist_ok=True)
        path.replace(place)
    return finish(actor, upload)


def cancel(actor: Actor, upload: Upload) -> None:
    """Forget an upload and what has arrived of it; what became a recording stays one."""
    if upload.who_key != actor.key:
        raise UsageError(upload.name, "somebody else is sending it", "Ask them.")
    place_of(upload).unlink(missing_ok=True)
    upload.delete()


def forget_old() -> None:
    """Forget uploads that nobody continued for a week."""
    for upload in Upload.objects.filter(touched_at__lt=timezone.now() - KEPT_FOR)[:100]:
        place_of(upload).unlink(missing_ok=True)
        upload.delete()
