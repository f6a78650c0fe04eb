"""Who wrote, and which song it is about."""

from __future__ import annotations

from collections.abc import Iterator

from controlroom.desk.mail.models import MailThread
from controlroom.desk.people.models import Person
from controlroom.desk.songs.models import Credit, Song
from controlroom.rooms.correspondence import recognise as room
from controlroom.rooms.correspondence.message import Message

MOST_SONGS = 500


def person_of(studio_id: int, message: Message) -> Person | None:
    """Whom the studio knows under the address it came from."""
    for said in (message.from_, message.reply_to):
        for email in {said.email, room.bare_email(said.email)} if said else ():
            known = Person.objects.filter(studio_id=studio_id, email__iexact=email)
            if person := known.order_by("archived_at", "pk").first():
                return person
    return None


def song_of(studio_id: int, message: Message, thread: MailThread) -> tuple[Song | None, str]:
    """The song that a message is about, and why: its thread's, else the one it names."""
    if thread.song is not None:
        return thread.song, "The conversation is about it."
    if message.bulk:
        return None, ""
    songs = list(Song.objects.filter(studio_id=studio_id, archived_at=None).select_related("artist")[:MOST_SONGS])
    found = room.songs_of(message, _known(songs))
    if not found:
        return None, ""
    by_id = {str(song.pk): song for song in songs}
    return by_id[found[0].id], found[0].because[:300]


def _known(songs: list[Song]) -> Iterator[room.KnownSong]:
    """The songs with the addresses of their people."""
    emails: dict[int, set[str]] = {song.pk: {song.artist.email} if song.artist else set() for song in songs}
    credits = Credit.objects.filter(song__in=songs).exclude(person__email="").values_list("song_id", "person__email")
    for song_id, email in credits:
        emails[song_id].add(email)
    for song in songs:
        theirs = frozenset(each.lower() for each in emails[song.pk] if each)
        yield room.KnownSong(id=str(song.pk), title=song.title, emails=theirs)
