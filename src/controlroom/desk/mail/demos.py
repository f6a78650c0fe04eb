"""A demo becomes something that plays: its sound is taken out of the message, its sender is a person, it is a song.

Done again it comes to the same: sound that became a recording is left alone.
"""

from __future__ import annotations

import re
from pathlib import Path, PurePosixPath

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet

from controlroom.base.errors import ControlroomError, SurroundingsFailed
from controlroom.desk.accounts.actor import Actor, house
from controlroom.desk.mail.models import MailAttachment, MailMessage
from controlroom.desk.people.actions import add_person
from controlroom.desk.people.models import Person
from controlroom.desk.people.text import one_line
from controlroom.desk.songs import actions as songs
from controlroom.desk.songs import blobs, guess, renditions
from controlroom.desk.songs.models import Recording, Song
from controlroom.rooms.correspondence.reading import copy_attachment
from controlroom.rooms.correspondence.recognise import plain

_SUBJECT = re.compile(r"(?i)^\s*(?:(?:re|fwd?|aw|wg|tr|rv|sv|vs)\s*:\s*)+")
_SAYS_NOTHING = frozenset(
    {
        *("audio", "demo", "file", "final", "idea", "master", "memo", "mix", "new", "recording", "song", "sound"),
        *("track", "untitled", "voice"),
    }
)


def waiting(studio_id: int) -> QuerySet[MailMessage]:
    """Demos whose sound still lies in the message."""
    sound = MailAttachment.objects.filter(
        message__studio_id=studio_id, message__direction="in", message__kind="demo", is_audio=True
    ).filter(recording=None, blob=None, refusal="")
    return MailMessage.objects.filter(pk__in=sound.values("message_id")).order_by("pk")


def bring_in(message: MailMessage) -> list[Recording]:
    """Make recordings of the sound in a demo's message: a song for each name, more files of a name are its versions."""
    brought = []
    for each in message.attachments.filter(is_audio=True, recording=None, refusal=""):
        try:
            brought.append(_one(message, each))
        except SurroundingsFailed:
            raise
        except ControlroomError as error:  # this file cannot be used; the rest of the message can
            MailAttachment.objects.filter(pk=each.pk).update(refusal=one_line(str(error), 400))
    return brought


def bring_in_if_demo(message: MailMessage) -> list[Recording]:
    """What somebody says is a demo becomes one now."""
    return bring_in(message) if message.kind == "demo" and message.direction == "in" else []


def _one(message: MailMessage, each: MailAttachment) -> Recording:
    actor = sender_of(message)
    with renditions.scratch() as folder:
        path = folder / "sound"
        with path.open("wb") as target:
            copy_attachment(blobs.path_of(message.raw), each.part, target, settings.MOST_UPLOAD_BYTES)
        with transaction.atomic():
            recording = arrived(message, path, each.name, actor)
            each.blob, each.recording = recording.blob, recording
            each.save(update_fields=["blob", "recording"])
    return recording


def arrived(message: MailMessage, path: Path, name: str, actor: Actor | None = None) -> Recording:
    """A file that came with, or from a link in, `message`: a demo of its own song. The file itself is taken."""
    actor = actor or sender_of(message)
    song = _song(message, name)
    recording = songs.arrive(actor, song, path, kind="demo", name=name, move=True)
    if message.song_id is None:
        message.song, message.because = song, "It came with this message"
        message.save(update_fields=["song", "because"])
        thread = message.thread
        if thread.song_id is None:
            thread.song = song
            thread.save(update_fields=["song"])
    return recording


def sender_of(message: MailMessage) -> Actor:
    """Who sent it, as one who may add files; a sender nobody knows becomes a person."""
    person = message.person or _new_person(message)
    keeper = house(message.studio_id)
    return Actor(
        studio_id=message.studio_id,
        name=person.name,
        key=f"person:{person.pk}",
        rights=keeper.rights,
        person_id=person.pk,
    )


def _new_person(message: MailMessage) -> Person:
    email = message.from_email or message.reply_to
    name = message.from_name or email.partition("@")[0].replace(".", " ").title() or "Somebody"
    with transaction.atomic():
        person = add_person(house(message.studio_id), name=name, kind="artist", email=email)
        message.person = person
        message.save(update_fields=["person"])
        MailMessage.objects.filter(
            studio_id=message.studio_id, person=None, direction="in", from_email__iexact=message.from_email
        ).update(person=person)
        if message.thread.person_id is None:
            message.thread.person = person
            message.thread.save(update_fields=["person"])
    return person


def _song(message: MailMessage, name: str) -> Song:
    """The song of a demo: one that came in this thread under the same name (a new version), else a new one."""
    title, artist = title_of(message, name)
    here = Song.objects.filter(recordings__pk__in=_recordings_of(message), title__iexact=title).first()
    if here is not None:
        return here
    known = message.song
    if known and plain(known.title) == plain(title) and known.artist_id == message.person_id:
        return known
    who = message.person.name if message.person else artist
    return songs.create_song(house(message.studio_id), title=title, artist=artist or who, stage="demo")


def _recordings_of(message: MailMessage) -> QuerySet[MailAttachment]:
    came = MailAttachment.objects.filter(message__thread=message.thread, recording__isnull=False)
    return came.values("recording_id")


def title_of(message: MailMessage, name: str) -> tuple[str, str]:
    """Title and artist of the song: what its file is called, or the subject where that says nothing ("01.mp3")."""
    stem = PurePosixPath(name).stem
    if set(re.split(r"[\W\d_]+", stem.lower())) - {""} <= _SAYS_NOTHING:
        subject = _SUBJECT.sub("", message.subject)
        return (guess.song_named(f"{subject}.x").title if subject.strip() else "Untitled"), ""
    named = guess.song_named(name)
    return named.title, named.artist
