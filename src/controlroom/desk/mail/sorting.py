"""What a message is: the rules of the room, what the desk knows, and what was learnt from corrections."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from datetime import datetime
from functools import lru_cache
from typing import Any

import msgspec
from django.db.models import Exists, F, Max, Min, OuterRef, Q
from django.utils import timezone

from controlroom.base.errors import UsageError
from controlroom.base.progress import SILENT, Progress
from controlroom.desk.mail import circumstances
from controlroom.desk.mail.models import Correction, MailAccount, MailMessage, MailRules, Outgoing
from controlroom.desk.mail.values import message_of
from controlroom.desk.people.models import Person
from controlroom.desk.songs.models import Song
from controlroom.rooms.correspondence import triage as room
from controlroom.rooms.correspondence.message import Message

MOST_SONGS = 500
MOST_CORRECTIONS = 2000
MOST_SORTED = 1000
"""So many of the newest messages are sorted anew when rules or habits change; older ones were dealt with."""

log = logging.getLogger(__name__)


class Sorter:
    """Sorts the messages of a studio, as things stand at `now`; what all of them share is asked once."""

    def __init__(self, studio_id: int, now: datetime | None = None) -> None:
        self.studio_id, self.now = studio_id, now or timezone.now()
        kept = MailRules.objects.filter(studio_id=studio_id).first()
        self._rules = rules_of(kept.text if kept else "")
        self._habits = msgspec.convert(kept.habits, room.Habits) if kept and kept.habits else None
        self._shared = {
            "own": frozenset(own_addresses(studio_id)),
            "songs": tuple(_songs(studio_id)),
            **circumstances.given(studio_id, self.now),
        }

    def verdict(self, message: Message, about: Iterable[str] = ()) -> room.Verdict:
        """What `message` is; `about`: titles of the songs that it was recognised to be about."""
        said = [each.email for each in (message.from_, message.reply_to) if each]
        known = room.Circumstances(
            now=self.now,
            people=people_at(self.studio_id, said),
            letters=_letters(self.studio_id, message),
            about=tuple(about),
            **self._shared,
        )
        return room.triage(message, known, self._rules, self._habits)


def columns_of(verdict: room.Verdict) -> dict[str, Any]:
    """A verdict as columns of a message."""
    return {
        "kind": verdict.kind,
        "urgent": verdict.urgent,
        "confidence": verdict.confidence,
        "reasons": [[reason.code, reason.says()] for reason in verdict.reasons],
        "sorted_by": verdict.by,
    }


@lru_cache(maxsize=8)
def rules_of(text: str) -> room.Rules:
    """The rules with a studio's own text over them; ours alone where it cannot be read any more."""
    try:
        return room.Rules.read(text) if text.strip() else room.Rules.shipped()
    except UsageError as error:
        log.warning("a studio's rules of mail are left out: %s", error)
        return room.Rules.shipped()


def own_addresses(studio_id: int) -> set[str]:
    """The addresses that are the studio's own."""
    rows = MailAccount.objects.filter(studio_id=studio_id, removed_at=None).values_list("from_email", "user")
    return {each.lower() for row in rows for each in row if "@" in each}


def people_at(studio_id: int, emails: Iterable[str]) -> dict[str, room.Person]:
    """Who is behind these addresses: their songs in work, since when they wait."""
    wanted = {email.lower() for email in emails}
    if not wanted:
        return {}
    by_mail = Q()
    for email in wanted:
        by_mail |= Q(email__iexact=email)
    people = list(Person.objects.filter(by_mail, studio_id=studio_id, archived_at=None)[:10])
    at_work = Song.objects.filter(artist__in=people, archived_at=None).exclude(stage__in=["demo", "delivered"])
    titles: dict[int | None, list[str]] = {}
    for artist, title in at_work.values_list("artist_id", "title")[:200]:
        titles.setdefault(artist, []).append(title)
    wrote = dict(
        MailMessage.objects.filter(person__in=people, direction="out").values_list("person_id").annotate(Max("at"))
    )
    since = waiting_since(studio_id, [person.pk for person in people])
    return {
        person.email.lower(): room.Person(
            name=person.name,
            songs=tuple(titles.get(person.pk, ())),
            waiting_since=since.get(person.pk),
            we_wrote=person.pk in wrote,
        )
        for person in people
    }


def waiting_since(studio_id: int, people: Iterable[int]) -> dict[int, datetime]:
    """Since when each of them waits for an answer of ours: their first message in a thread after our last word there,
    about which nothing was done."""
    spoken = MailMessage.objects.filter(
        studio_id=studio_id, direction="in", person__in=list(people), done_at=None, automatic=False, bulk=False
    )
    open_ = spoken.filter(Q(thread__last_out_at=None) | Q(at__gt=F("thread__last_out_at")))
    rows = open_.exclude(kind__in=["newsletter", "junk"]).values_list("person_id").annotate(Min("at")).order_by()
    return {int(person): at for person, at in rows if person}


def _songs(studio_id: int) -> Iterable[room.Song]:
    at_work = Song.objects.filter(studio_id=studio_id, archived_at=None).exclude(stage__in=["demo", "delivered"])
    for title, due_on in at_work.values_list("title", "due_on")[:MOST_SONGS]:
        yield room.Song(title=title, due_on=due_on)


def _letters(studio_id: int, message: Message) -> dict[str, room.Letter]:
    """Our letters that the message refers to."""
    named = [*message.references[-50:], message.in_reply_to]
    sent = Outgoing.objects.filter(studio_id=studio_id, sent_id__in=[each for each in named if each])
    rows = sent.values_list("sent_id", "kind", "song__title")
    return {message_id: room.Letter(kind=kind, song=title or "") for message_id, kind, title in rows}


def sort_recent(studio_id: int, progress: Progress = SILENT) -> int:
    """Sort the newest messages anew, but for those that somebody sorted; says how many are something else now."""
    by_hand = Correction.objects.filter(message=OuterRef("pk"), undone_at=None)
    came = MailMessage.objects.filter(~Exists(by_hand), studio_id=studio_id, direction="in").order_by("-at", "-pk")
    rows = list(came.select_related("song").prefetch_related("attachments")[:MOST_SORTED])
    sorter, changed = Sorter(studio_id), 0
    for number, row in enumerate(rows):
        progress(number, len(rows), "Sorting")
        changed += sort_one(sorter, row)
    return changed


def sort_one(sorter: Sorter, row: MailMessage) -> bool:
    """Sort a message anew; whether it is something else now."""
    columns = columns_of(sorter.verdict(message_of(row), (row.song.title,) if row.song else ()))
    before = (row.kind, row.urgent)
    if any(getattr(row, name) != value for name, value in columns.items()):
        for name, value in columns.items():
            setattr(row, name, value)
        row.save(update_fields=list(columns))
    return (row.kind, row.urgent) != before


def learn(studio_id: int) -> None:
    """Learn anew from all corrections that stand."""
    standing = Correction.objects.filter(studio_id=studio_id, undone_at=None)
    rows = (
        standing.select_related("message").prefetch_related("message__attachments").order_by("-at")[:MOST_CORRECTIONS]
    )
    told = [(message_of(row.message), row.label) for row in reversed(rows)]
    habits = msgspec.to_builtins(room.learn(told)) if told else None
    MailRules.objects.update_or_create(studio_id=studio_id, defaults={"habits": habits})
