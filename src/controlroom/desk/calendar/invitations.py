"""Invitations by mail (iTIP in mail, RFC 6047): written for each person, read by somebody, sent with one press."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

import msgspec
from django.db import transaction
from django.utils import timezone

from controlroom.base.errors import UsageError
from controlroom.desk.accounts.actor import Actor
from controlroom.desk.calendar.events import attendee_of, event_of
from controlroom.desk.calendar.models import Seat, Session
from controlroom.desk.calendar.planning import whole
from controlroom.desk.calendar.tokens import seat_address
from controlroom.desk.mail import letter_actions
from controlroom.desk.mail.facts import called
from controlroom.desk.mail.models import Outgoing
from controlroom.rooms.correspondence import letters
from controlroom.rooms.scheduling import calendar as room


class Invitation(NamedTuple):
    """A letter to one person and the calendar part that goes with it; `why`: nothing is sent, and the reason."""

    seat: Seat
    letter: letters.Draft | None
    why: str = ""


def invitations_of(actor: Actor, session: Session) -> list[Invitation]:
    """What would be sent to whom: an invitation, its update, or that the session is called off (for them)."""
    gone = Seat.everybody.filter(session=session).exclude(gone_at=None).select_related("person")
    return [_invitation(actor, session, seat) for seat in (*session.seats.all(), *gone)]


def _invitation(actor: Actor, session: Session, seat: Seat) -> Invitation:
    if not room.is_email(seat.person.email):
        return Invitation(seat, None, "No mail address is known: send them their link.")
    if session.state == "cancelled" and seat.sent_sequence is None:
        return Invitation(seat, None, "They were never invited.")
    if seat.gone_at is None and seat.sent_sequence == session.sequence:
        return Invitation(seat, None, "They have it as it stands.")
    return Invitation(seat, _letter(actor, session, seat))


def _letter(actor: Actor, session: Session, seat: Seat) -> letters.Draft:
    person, studio = seat.person, session.studio
    assert session.starts_at is not None
    assert session.ends_at is not None  # a session without a time has no invitation
    zone = ZoneInfo(person.time_zone or studio.time_zone)
    room_of = session.room
    kind = kind_of(session, seat)
    # what is off for somebody is the time they were told of: it may have been moved since, without a word to them
    start = seat.sent_start or session.starts_at if kind == "session_off" else session.starts_at
    facts = letters.SessionFacts(
        to=person.name,
        called=called(person.name),
        sender=actor.name,
        house=studio.name,
        start=start.astimezone(zone),
        end=(start + (session.ends_at - session.starts_at)).astimezone(zone),
        place=room_of.name if room_of else "",
        address=room_of.address if room_of else "",
        moved=seat.sent_sequence is not None,
        without_you=seat.gone_at is not None and session.state != "cancelled",
        songs=tuple(
            letters.ToRecord(title=row.song.title, parts=tuple(filter(None, map(str.strip, row.parts.split(",")))))
            for row in session.songs.all()
        ),
    )
    return letters.draft(kind, facts, tone=person.tone or "warm", language=person.language or "en")


def kind_of(session: Session, seat: Seat) -> letters.Kind:
    """Which letter goes out."""
    return "session_off" if session.state == "cancelled" or seat.gone_at is not None else "session_call"


@transaction.atomic
def send(actor: Actor, session: Session) -> list[Outgoing]:
    """Send what is due: each person gets a letter with a REQUEST, or a CANCEL where the session was called off.

    Raises `UsageError` where there is nobody to send to, or no time to invite to.
    """
    session = whole(Session.objects.select_for_update(of=("self",)).filter(pk=session.pk)).get()
    due = [each for each in invitations_of(actor, session) if each.letter is not None]
    if not due:
        raise UsageError(session.title, "there is nothing to send", "Add people with a mail address, or move it first.")
    now = timezone.now()
    sent = [_send(actor, session, each.seat, each.letter, now) for each in due if each.letter is not None]
    Seat.everybody.filter(session=session).exclude(gone_at=None).delete()
    told = Seat.objects.filter(pk__in=[each.seat.pk for each in due])
    told.update(sent_sequence=session.sequence, sent_start=session.starts_at)
    Session.objects.filter(pk=session.pk).update(invited_at=session.invited_at or now)
    return sent


def _send(actor: Actor, session: Session, seat: Seat, written: letters.Draft, now: datetime) -> Outgoing:
    kind = kind_of(session, seat)
    letter = letter_actions.write(
        actor,
        kind,
        written,
        to=[[seat.person.email, seat.person.name]],
        person=seat.person,
        calendar=_calendar(session, seat, now),
        method="CANCEL" if kind == "session_off" else "REQUEST",
    )
    if kind == "session_call":
        letter.body = f"{letter.body.rstrip()}\n\n{seat_address(seat)}\n"
        letter.save(update_fields=["body"])
    return letter_actions.send_letter(actor, letter)


def _calendar(session: Session, seat: Seat, now: datetime) -> str:
    """The calendar part: for who was taken out, the session is called off for them alone (RFC 5546 §3.2.5)."""
    event = event_of(session)
    if seat.gone_at is not None:
        event = msgspec.structs.replace(event, attendees=(*event.attendees, attendee_of(seat)))
        return room.cancel(event, now, only=[seat.person.email])
    return room.cancel(event, now) if session.state == "cancelled" else room.request(event, now)
