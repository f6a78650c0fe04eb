"""What the calendar brings to the day: its sessions, and invitations that wait for an answer."""

from __future__ import annotations

from django.urls import reverse
from django.utils import timezone

from controlroom.desk.accounts.actor import Actor
from controlroom.desk.calendar import queries
from controlroom.desk.calendar.models import Session
from controlroom.desk.calendar.planning import with_people
from controlroom.desk.templatetags.words import moment
from controlroom.desk.today.providers import MOST_ITEMS, Item, Section, provider


@provider(order=15)
def sessions(actor: Actor) -> Section | None:
    """The sessions of today, in their order; None where the studio has never planned one."""
    rows = queries.today_of(actor)
    if not rows and not queries.sessions_of(actor).exists():
        return None
    following = "" if rows else _next(actor)
    return Section(
        "sessions",
        "Sessions today",
        tuple(_item(row) for row in rows[:MOST_ITEMS]),
        empty=following or "No session is planned.",
        url=reverse("calendar"),
        more=max(len(rows) - MOST_ITEMS, 0),
    )


def _item(session: Session) -> Item:
    assert session.starts_at is not None  # it was found by its time
    names = [seat.person.name for seat in session.seats.all()]
    open_seats = [seat for seat in session.seats.all() if seat.needed and seat.answer != "accepted"]
    waits = bool(open_seats and session.invited_at)
    return Item(
        title=session.title,
        about=session.room.name if session.room else "",
        says=f"{', '.join(names) or 'Nobody named yet'}.",
        url=reverse("session-call", args=[session.pk]),
        do="Call sheet",
        lead=f"{timezone.localtime(session.starts_at):%H:%M}",
        chip="not all have answered" if waits else "",
        chip_kind="warn" if waits else "",
    )


def _next(actor: Actor) -> str:
    rows = queries.sessions_of(actor).filter(state="booked", starts_at__gt=timezone.now()).order_by("starts_at")
    row = rows.first()
    return f"None today. The next is {row.title}, {moment(row.starts_at)}." if row else ""


@provider(order=35)
def answers(actor: Actor) -> Section | None:
    """Sessions still to come for which somebody who is needed declined, proposes another time, or has not answered."""
    rows = list(with_people(queries.unanswered(actor)).order_by("starts_at")[: MOST_ITEMS + 1])
    if not rows:
        return None
    return Section(
        "session-answers",
        "Answers to invitations",
        tuple(_open_item(row) for row in rows[:MOST_ITEMS]),
        column="narrow",
    )


def _open_item(session: Session) -> Item:
    seats = [seat for seat in session.seats.all() if seat.needed and seat.answer != "accepted"]
    against = [seat for seat in seats if seat.answer in ("declined", "counter")]
    said = ", ".join(f"{seat.person.name}: {seat.get_answer_display().lower()}" for seat in against or seats)
    assert session.starts_at is not None  # it is found by its time
    days = (timezone.localdate(session.starts_at) - timezone.localdate()).days
    return Item(
        title=session.title,
        lead=f"in {days} d" if days else "today",
        says=f"{moment(session.starts_at)}. {said}.",
        url=reverse("session", args=[session.pk]),
        do="Look",
        chip="must move" if against else "",
        chip_kind="bad" if against else "",
    )
