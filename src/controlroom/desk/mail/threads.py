"""Which conversation a message belongs to: found by the ids that it and others name, in whatever order they come."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import Max, Q

from controlroom.desk.mail.models import MailMessage, MailReference, MailThread
from controlroom.desk.mail.values import kept_id
from controlroom.desk.people.models import Person
from controlroom.desk.people.text import one_line
from controlroom.rooms.correspondence import threads as room
from controlroom.rooms.correspondence.message import Message

MOST_REFERENCES = 60
"""Of a longer list the first one and the newest count (RFC 5322 §3.6.4: the oldest comes first)."""
MOST_LATELY = 50


def thread_for(studio_id: int, message: Message, person: Person | None) -> MailThread:
    """The thread of a message, made where nothing that is here belongs to it.

    Two threads that the message joins become one. Call it within a transaction.
    """
    named = list(dict.fromkeys([kept_id(message.message_id), *references_of(message)]))
    named += [kept_id(each) for each in message.bounced[:10]]
    rows = MailReference.objects.filter(studio_id=studio_id, message_id__in=named).values_list(
        "message_id", "thread_id"
    )
    known = {message_id: str(thread) for message_id, thread in rows}
    found = room.thread_of(
        message, lambda one: known.get(kept_id(one)), () if known else _lately(message, studio_id, person)
    )
    thread = _kept(studio_id, message, found)
    for other in MailThread.objects.filter(pk__in=set(known.values()) - {str(thread.pk)}):
        _join(thread, other)
    MailReference.objects.bulk_create(
        (MailReference(studio_id=studio_id, thread=thread, message_id=each) for each in named if each not in known),
        ignore_conflicts=True,
    )
    return thread


def _kept(studio_id: int, message: Message, found: str | None) -> MailThread:
    if found is not None:
        return MailThread.objects.select_related("song", "person").get(pk=int(found), studio_id=studio_id)
    return MailThread.objects.create(studio_id=studio_id, subject=one_line(message.subject, 400))


def references_of(message: Message) -> list[str]:
    """The ids that a message refers to, oldest first; of very many the first and the newest."""
    ids = [kept_id(each) for each in message.references]
    return ids if len(ids) <= MOST_REFERENCES else [ids[0], *ids[1 - MOST_REFERENCES :]]


def _lately(message: Message, studio_id: int, person: Person | None) -> Iterator[room.Spoken]:
    """What was said lately between us and the sender, for an answer that names no id."""
    if message.from_ is None or message.sent_at is None or not room.is_answer(message.subject):
        return
    theirs = Q(from_email=message.from_.email) | (Q(person=person) if person else Q())
    rows = MailMessage.objects.filter(theirs, studio_id=studio_id, at__gte=message.sent_at - room.WITHIN)
    for row in rows.order_by("-at")[:MOST_LATELY]:
        people = frozenset([row.from_email, *(email for email, _ in (*row.to, *row.cc))])
        yield room.Spoken(thread=str(row.thread_id), subject=row.subject, people=people, sent_at=row.at)


def _join(thread: MailThread, other: MailThread) -> None:
    MailMessage.objects.filter(thread=other).update(thread=thread)
    MailReference.objects.filter(thread=other).update(thread=thread)
    thread.person_id = thread.person_id or other.person_id
    thread.song_id = thread.song_id or other.song_id
    thread.save(update_fields=["person", "song"])
    other.delete()
    spoken_last(thread)


def spoken_last(thread: MailThread) -> None:
    """Write down who spoke last and when. What nobody wrote (a delivery report, a newsletter) is no word."""
    rows = thread.messages.filter(automatic=False)
    last = dict(rows.values_list("direction").annotate(Max("at")).order_by())
    thread.last_in_at, thread.last_out_at = last.get("in"), last.get("out")
    thread.save(update_fields=["last_in_at", "last_out_at"])
