"""What planning knows: the studio's rooms, gear and rules, and when people can."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from controlroom.base.errors import UsageError
from controlroom.desk.accounts.actor import Actor
from controlroom.desk.calendar.models import Availability, Busy, Gear, Rules, StudioRoom
from controlroom.desk.calendar.planning import rules_of
from controlroom.desk.people.models import Person
from controlroom.desk.people.text import named, one_line

READ_AHEAD = timedelta(days=120)
"""So far ahead calendars are read."""
MOST_BUSY = 5000
"""Busy times of one person that are kept; a calendar with more is cut at its far end."""


@transaction.atomic
def keep_room(
    actor: Actor,
    row: StudioRoom | None = None,
    *,
    name: str,
    address: str = "",
    hours: list[list[Any]] | None = None,
    rate_minor: int = 0,
) -> StudioRoom:
    """A room that can be booked, new or changed."""
    actor.must("manage")
    row = row or StudioRoom(studio_id=actor.studio_id)
    row.name, row.address = named(name, "The room's name", 120), one_line(address, 300)
    row.hours, row.rate_minor = hours or [], rate_minor
    row.save()
    return row


@transaction.atomic
def keep_gear(actor: Actor, row: Gear | None = None, *, name: str, count: int = 1) -> Gear:
    """Something that sessions need, new or changed."""
    actor.must("manage")
    if not 1 <= count <= 1000:
        raise UsageError("How many", f"{count} cannot be", "Say how many pieces the studio has.")
    row = row or Gear(studio_id=actor.studio_id)
    row.name, row.count = named(name, "The name", 120), count
    row.save()
    return row


@transaction.atomic
def put_away(actor: Actor, row: StudioRoom | Gear, *, away: bool = True) -> None:
    """Leave it out of new plans; sessions that have it keep it."""
    actor.must("manage")
    row.archived_at = timezone.now() if away else None
    row.save(update_fields=["archived_at"])


@transaction.atomic
def change_rules(actor: Actor, **fields: Any) -> Rules:
    """What every plan respects: `slot_min`, `rest_h`, `voice_rest_h`, `most_h`, `budget_minor`, `currency`."""
    actor.must("manage")
    rules = rules_of(actor.studio_id)
    for field, value in fields.items():
        setattr(rules, field, value)
    rules.save()
    return rules


@transaction.atomic
def open_feed(actor: Actor) -> Rules:
    """A new address for the private feed; the old one answers no more."""
    actor.must("manage")
    return change_rules(actor, feed_nonce=secrets.token_hex(8))


@transaction.atomic
def change_availability(actor: Actor, person: Person, **fields: Any) -> Availability:
    """When somebody works and what it costs. Another calendar address forgets what was read from the old one."""
    actor.must("write")
    if person.studio_id != actor.studio_id:
        raise UsageError(person.name, "they belong to another studio", "Choose one of yours.")
    row, _ = Availability.objects.get_or_create(person=person)
    if "ics_url" in fields and fields["ics_url"] != row.ics_url:
        Busy.objects.filter(person=person, source="calendar").delete()
        row.read_at, row.error = None, ""
    for field, value in fields.items():
        setattr(row, field, value)
    row.save()
    return row


@transaction.atomic
def say_busy(actor: Actor, person: Person, spans: Sequence[tuple[datetime, datetime]]) -> None:
    """When somebody said that they cannot; what they said before goes, what was read of their calendar stays."""
    actor.must("write")
    Busy.objects.filter(person=person, source="said").delete()
    Busy.objects.bulk_create(Busy(person=person, start=start, end=end, source="said") for start, end in spans)


@transaction.atomic
def read_busy(row: Availability, spans: Sequence[tuple[datetime, datetime]], error: str = "") -> None:
    """What was read of somebody's calendar takes the place of what was read before; an error leaves that as it is."""
    if not error:
        Busy.objects.filter(person_id=row.person_id, source="calendar").delete()
        Busy.objects.bulk_create(
            Busy(person_id=row.person_id, start=start, end=end) for start, end in list(spans)[:MOST_BUSY]
        )
        row.read_at = timezone.now()
    row.error = error
    row.save(update_fields=["read_at", "error"])
