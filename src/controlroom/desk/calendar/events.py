"""Sessions as other calendars see them: events of the room, the feed, the copy in the producer's own calendar."""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

from django.utils import timezone

from controlroom.base.errors import UsageError
from controlroom.desk.accounts.models import Studio
from controlroom.desk.calendar.models import Seat, Session
from controlroom.desk.calendar.planning import whole
from controlroom.desk.mail.models import MailAccount
from controlroom.rooms.scheduling import calendar as room

BEHIND = timedelta(days=90)
ALARM_MIN = 60
_PARTSTAT = {"accepted": "accepted", "declined": "declined", "tentative": "tentative"}


def account_of(studio: Studio) -> MailAccount | None:
    """The account that invitations go out through, and their answers come back to."""
    return MailAccount.objects.filter(studio=studio, removed_at=None).exclude(smtp_host="").order_by("pk").first()


def organizer_of(studio: Studio) -> str:
    """The address that invites, and that answers go to."""
    account = account_of(studio)
    return account.from_email if account and room.is_email(account.from_email) else "desk@localhost.localdomain"


def event_of(session: Session, organizer: str = "") -> room.Event:
    """A placed session as an event; `organizer`: the address that invites. Raises `UsageError` without a time."""
    if session.starts_at is None or session.ends_at is None:
        raise UsageError(session.title, "it has no time yet", "Find one first.")
    zone = ZoneInfo(session.studio.time_zone)
    place = session.room
    return room.Event(
        uid=session.uid,
        summary=session.title,
        start=session.starts_at.astimezone(zone),
        end=session.ends_at.astimezone(zone),
        organizer=room.Organizer(email=organizer or organizer_of(session.studio), name=session.studio.name),
        stamp=session.touched_at,
        sequence=session.sequence,
        description=description_of(session),
        location=", ".join(each for each in (place.name, place.address) if each) if place else "",
        attendees=tuple(attendee_of(seat) for seat in session.seats.all() if room.is_email(seat.person.email)),
        alarm_min=ALARM_MIN,
        status="cancelled" if session.state == "cancelled" else "confirmed",
    )


def attendee_of(seat: Seat) -> room.Attendee:
    """Somebody with a mail address, as calendars name them."""
    answered = seat.answered_sequence is not None and seat.via == "mail"
    return room.Attendee(
        email=seat.person.email,
        name=seat.person.name,
        needed=seat.needed,
        partstat=_PARTSTAT.get(seat.answer, "needs-action"),  # type: ignore[arg-type]
        answered_at=seat.answered_at if answered else None,
        answered_sequence=seat.answered_sequence or 0,
    )


def description_of(session: Session) -> str:
    """Which parts of which songs, and what is to be known, in lines."""
    lines = []
    for row in session.songs.all():
        facts = [row.parts, row.song.key, f"{row.song.tempo_bpm:g} BPM" if row.song.tempo_bpm else ""]
        lines.append(f"{row.song.title}: {', '.join(fact for fact in facts if fact)}".rstrip(": "))
    return "\n".join([*lines, *session.notes.splitlines()])


def feed_text(studio: Studio) -> str:
    """The private feed: what is booked, was, or was called off after people were invited."""
    rows = whole(studio.sessions.exclude(state="wanted").exclude(starts_at=None))
    rows = rows.filter(ends_at__gt=timezone.now() - BEHIND)
    shown = [row for row in rows if row.state != "cancelled" or row.invited_at is not None]
    by = organizer_of(studio)
    return room.feed([event_of(row, by) for row in shown], studio.name, timezone.now())
