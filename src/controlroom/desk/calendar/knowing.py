"""What the calendar knows when mail is sorted: who comes today, so that their words are urgent."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils import timezone

from controlroom.desk.accounts.actor import house
from controlroom.desk.calendar import queries
from controlroom.desk.calendar.models import Session
from controlroom.desk.mail.circumstances import giver
from controlroom.rooms.correspondence.triage import TodaySession


@giver
def sessions(studio_id: int, now: datetime) -> dict[str, Any]:
    """The sessions of the day, as the room of correspondence knows them."""
    day = timezone.localtime(now).date()
    return {"sessions": tuple(_coming(session) for session in queries.today_of(house(studio_id), day))}


def _coming(session: Session) -> TodaySession:
    people = frozenset(seat.person.email.lower() for seat in session.seats.all() if seat.person.email)
    assert session.starts_at is not None
    assert session.ends_at is not None  # a booked session has both
    return TodaySession(title=session.title, start=session.starts_at, end=session.ends_at, people=people)
