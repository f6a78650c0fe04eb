"""Patience counted: who waits for us and for how long, what we promised and until when."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db.models import F, Q
from django.utils import timezone

from controlroom.desk.accounts.models import Studio
from controlroom.desk.mail.models import MailMessage, MailThread, Promise
from controlroom.desk.people.models import Person
from controlroom.desk.people.text import one_line
from controlroom.rooms.correspondence import patience as room

LOOKED_BACK = timedelta(days=400)
MOST_PEOPLE = 60
MOST_MESSAGES = 4000
QUIET = ("newsletter", "junk")
DEFAULT_LANGUAGE = "en"


class Waits(NamedTuple):
    """How somebody stands with us; `message` is their first one without an answer, `promise` what is open."""

    person: Person
    waiting: room.Waiting
    message: MailMessage | None
    promise: Promise | None


def keep(thread: MailThread, row: MailMessage, language: str) -> None:
    """A letter of ours went out: what it promises is written down; one that brings something keeps promises."""
    if row.links or row.attachments.exists():
        open_ = Promise.objects.filter(message__thread=thread, message__at__lt=row.at, kept_at=None)
        open_.update(kept_at=row.at)
    zone = Studio.objects.values_list("time_zone", flat=True).get(pk=row.studio_id)
    Promise.objects.bulk_create(
        Promise(studio_id=row.studio_id, message=row, says=one_line(each.says, 400), due_on=each.until)
        for each in room.promises_in(row.text, language, row.at, zone)
    )


def everybody(studio_id: int, now: datetime | None = None) -> list[Waits]:
    """Whoever waits for us, the overdue first, then those who wait longest."""
    now = now or timezone.now()
    promised = {
        row.message.person_id: row
        for row in Promise.objects.filter(studio_id=studio_id, kept_at=None, message__person__isnull=False)
        .select_related("message")
        .order_by("-due_on")[:MOST_PEOPLE]
    }
    first = _unanswered(studio_id)
    wanted = [*promised, *(pk for pk in first if pk not in promised)][:MOST_PEOPLE]
    people = Person.objects.in_bulk([pk for pk in wanted if pk])
    zone = Studio.objects.values_list("time_zone", flat=True).get(pk=studio_id)
    events = _events(people, now)
    found = [
        Waits(person, room.patience(person.name, events[pk], now, time_zone=zone), first.get(pk), promised.get(pk))
        for pk, person in people.items()
    ]
    standing = [each for each in found if each.waiting.since is not None]
    return sorted(standing, key=lambda each: (not each.waiting.overdue, each.waiting.since))


def of_person(person: Person) -> room.Waiting:
    """How somebody stands with us."""
    now = timezone.now()
    zone = Studio.objects.values_list("time_zone", flat=True).get(pk=person.studio_id)
    return room.patience(person.name, _events([person.pk], now)[person.pk], now, time_zone=zone)


def _said(studio_id: int) -> Q:
    """What people wrote themselves, to us."""
    return Q(studio_id=studio_id, direction="in", automatic=False, bulk=False) & ~Q(kind__in=QUIET)


def _unanswered(studio_id: int) -> dict[int, MailMessage]:
    """The first message of each person about which nothing was done since."""
    rows = MailMessage.objects.filter(_said(studio_id), person__isnull=False, done_at=None)
    rows = rows.filter(Q(thread__last_out_at=None) | Q(at__gt=F("thread__last_out_at")))
    first: dict[int, MailMessage] = {}
    for row in rows.order_by("at").defer("html", "quoted", "calendars")[: MOST_PEOPLE * 5]:
        if row.person_id is not None:
            first.setdefault(row.person_id, row)
    return first


def _events(people: Iterable[int], now: datetime) -> dict[int, list[room.Exchange]]:
    """What went back and forth with each of them. What is done with, and a promise that was kept, counts as a word."""
    pks = list(people)
    events: dict[int, list[room.Exchange]] = {pk: [] for pk in pks}
    rows = MailMessage.objects.filter(person__in=pks, at__gte=now - LOOKED_BACK, automatic=False, bulk=False)
    rows = rows.exclude(kind__in=QUIET).order_by("-at")
    names = ("person_id", "at", "direction", "text", "sent_as__language", "links", "done_at")
    for pk, at, direction, text, language, links, done_at in rows.values_list(*names)[:MOST_MESSAGES]:
        ours = direction == "out"
        said = {"text": text, "language": language or DEFAULT_LANGUAGE, "delivers": bool(links)} if ours else {}
        events[pk].append(room.Exchange(at=at, ours=ours, **said))
        if done_at and not ours:
            events[pk].append(room.Exchange(at=max(done_at, at), ours=True))
    kept = Promise.objects.filter(message__person__in=pks, kept_at__isnull=False, kept_at__gte=now - LOOKED_BACK)
    for pk, kept_at in kept.values_list("message__person_id", "kept_at"):
        events[pk].append(room.Exchange(at=kept_at, ours=True, delivers=True))
    return events
