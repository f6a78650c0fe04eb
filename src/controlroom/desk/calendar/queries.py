"""What the pages of the calendar show."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from controlroom.desk.accounts.actor import Actor
from controlroom.desk.calendar.models import Session
from controlroom.desk.calendar.planning import with_people


def sessions_of(actor: Actor) -> QuerySet[Session]:
    """All sessions of the actor's studio."""
    return Session.objects.filter(studio_id=actor.studio_id)


def on_day(day: date) -> tuple[datetime, datetime]:
    """The instants between which a day lies, in the zone that is active."""
    zone = timezone.get_current_timezone()
    return datetime.combine(day, time.min, zone), datetime.combine(day + timedelta(days=1), time.min, zone)


def between(actor: Actor, first: date, last: date) -> QuerySet[Session]:
    """Booked and finished sessions that touch the days from `first` to `last`."""
    start, end = on_day(first)[0], on_day(last)[1]
    return sessions_of(actor).filter(state__in=("booked", "done"), starts_at__lt=end, ends_at__gt=start)


def today_of(actor: Actor, day: date | None = None) -> list[Session]:
    """The sessions of a day, with their people."""
    day = day or timezone.localdate()
    return list(with_people(between(actor, day, day)).order_by("starts_at"))


def wanted_of(actor: Actor) -> QuerySet[Session]:
    """Sessions that have no time yet."""
    return with_people(sessions_of(actor).filter(state="wanted"))


def unanswered(actor: Actor) -> QuerySet[Session]:
    """Sessions still to come whose invitations somebody needed declined, moved or did not answer."""
    open_seats = Q(seats__needed=True, seats__answer__in=("", "declined", "counter", "tentative"))
    rows = sessions_of(actor).filter(state="booked", starts_at__gt=timezone.now(), invited_at__isnull=False)
    return rows.filter(open_seats).annotate(open=Count("seats", filter=open_seats)).order_by("starts_at")


def by_day(sessions: list[Session]) -> list[dict[str, Any]]:
    """Sessions under the day on which they begin."""
    days: dict[date, list[Session]] = {}
    for session in sessions:
        if session.starts_at:
            days.setdefault(timezone.localtime(session.starts_at).date(), []).append(session)
    return [{"day": day, "sessions": rows} for day, rows in sorted(days.items())]


def waiting(actor: Actor) -> int:
    """How many sessions have no time yet, or wait for answers."""
    waits = Q(state="wanted") | Q(pk__in=unanswered(actor).values("pk"))
    return sessions_of(actor).filter(waits).count()
