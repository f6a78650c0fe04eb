"""What is done with sessions: wanted, placed, moved, called off, answered. Every act takes the `Actor` first."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from controlroom.base.errors import UsageError
from controlroom.desk.accounts.actor import Actor
from controlroom.desk.calendar.models import (
    ANSWERS,
    KINDS,
    POLL_ANSWERS,
    Gear,
    PollAnswer,
    Seat,
    Session,
    SessionSong,
    Slot,
    StudioRoom,
)
from controlroom.desk.people.models import Person
from controlroom.desk.people.text import many_lines, named, one_line
from controlroom.desk.songs.actions import tell
from controlroom.desk.songs.models import Recording, Song

LENGTHS = ("length_min", "setup_min", "teardown_min", "break_min")
LONGEST_MIN = 24 * 60
MOST_SLOTS = 40


@transaction.atomic
def want_session(actor: Actor, *, title: str, **fields: Any) -> Session:
    """A session that is wanted, not placed yet; `fields` as `change_session` takes them."""
    actor.must("write")
    session = Session(studio_id=actor.studio_id, made_by=actor.name, made_by_key=actor.key)
    return change_session(actor, session, title=title, **fields)


@transaction.atomic
def change_session(actor: Actor, session: Session, **fields: Any) -> Session:
    """Change what a session is. A new length moves the end of a placed one. Raises `UsageError`."""
    actor.must("write")
    _not_over(session)
    for field, value in fields.items():
        setattr(session, field, _cleaned(field, value))
    if session.starts_at is not None:
        _set_time(session, session.starts_at)
    session.touched_at = timezone.now()
    session.save(update_fields=None if session._state.adding else [*fields, "ends_at", "touched_at"])
    return session


def _cleaned(field: str, value: Any) -> Any:
    if field == "title":
        return named(value, "The session's title")
    if field == "kind" and value in dict(KINDS):
        return value
    if field == "notes":
        return many_lines(value)
    if field == "windows":
        return _windows(value)
    if field in LENGTHS:
        return _minutes(field, value)
    raise UsageError(field, "a session takes no such thing", "Look at the form of a session.")


def _minutes(field: str, value: Any) -> int:
    least = 15 if field == "length_min" else 0
    if not least <= int(value or 0) <= LONGEST_MIN:
        name = field.removesuffix("_min")
        raise UsageError(f"The session's {name}", f"{value} minutes cannot be", f"Choose {least} to {LONGEST_MIN}.")
    return int(value or 0)


def _windows(spans: Sequence[tuple[datetime, datetime]]) -> list[list[str]]:
    if any(start >= end for start, end in spans):
        raise UsageError("The possible dates", "one ends before it begins", "Turn it round.")
    return [[start.isoformat(), end.isoformat()] for start, end in sorted(spans)]


def _not_over(session: Session) -> None:
    if session.state in ("done", "cancelled"):
        name = session.get_state_display().lower()
        raise UsageError(session.title, f"it is {name}, and stays as it is", "Plan a new session.")


def _mine(actor: Actor, *rows: Any) -> None:
    if any(row is not None and row.studio_id != actor.studio_id for row in rows):
        raise UsageError("That", "it belongs to another studio", "Choose one of yours.")


@transaction.atomic
def seat(actor: Actor, session: Session, person: Person, *, needed: bool = True, does: str = "") -> Seat:
    """Somebody belongs to the session; said again, it changes how."""
    actor.must("write")
    _not_over(session)
    _mine(actor, person, session)
    fields = {"needed": needed, "does": one_line(does, 80), "gone_at": None}
    row, _ = Seat.everybody.update_or_create(session=session, person=person, defaults=fields)
    return row


@transaction.atomic
def unseat(actor: Actor, row: Seat) -> None:
    """Somebody no longer belongs to the session. Who was invited to it is still to be told (`invitations`)."""
    actor.must("write")
    _not_over(row.session)
    if row.sent_sequence is None:
        row.delete()
    else:
        row.gone_at, row.answer = timezone.now(), ""
        row.save(update_fields=["gone_at", "answer"])


@transaction.atomic
def take_proposed(actor: Actor, row: Seat) -> Session:
    """Move the session to the time that somebody proposed, in its room."""
    actor.must("write")
    if row.proposed_start is None:
        raise UsageError(row.session.title, f"{row.person.name} proposes no other time", "Move it by hand.")
    return place(actor, row.session, start=row.proposed_start, room=row.session.room)


@transaction.atomic
def work_on(
    actor: Actor, session: Session, song: Song, *, parts: str = "", version: Recording | None = None
) -> SessionSong:
    """The session is for this song too; said again, it changes which parts."""
    actor.must("write")
    _not_over(session)
    _mine(actor, song, session, version)
    row, _ = SessionSong.objects.update_or_create(
        session=session, song=song, defaults={"parts": one_line(parts, 300), "version": version}
    )
    return row


@transaction.atomic
def leave_out(actor: Actor, row: SessionSong) -> None:
    actor.must("write")
    _not_over(row.session)
    row.delete()


@transaction.atomic
def needs_of(
    actor: Actor,
    session: Session,
    *,
    rooms: Sequence[StudioRoom] = (),
    gear: Sequence[Gear] = (),
    after: Sequence[Session] = (),
) -> Session:
    """Which rooms fit (none: any), which gear it takes, which sessions come before it."""
    actor.must("write")
    _not_over(session)
    _mine(actor, *rooms, *gear, *after)
    if _comes_before(session, after):
        raise UsageError(session.title, "it would have to come before itself", "Take one of the two orders out.")
    session.fits.set(rooms)
    session.gear.set(gear)
    session.after.set(after)
    return session


def _comes_before(session: Session, after: Sequence[Session]) -> bool:
    """Whether `session` is among what has to be over before `after`, or is one of it."""
    seen: set[int] = set()
    waiting = [each.pk for each in after]
    while waiting:
        pk = waiting.pop()
        if pk == session.pk:
            return True
        if pk not in seen:
            seen.add(pk)
            waiting += Session.after.through.objects.filter(from_session_id=pk).values_list("to_session_id", flat=True)
    return False


@transaction.atomic
def place(
    actor: Actor, session: Session, *, start: datetime, room: StudioRoom | None, reasons: Sequence[str] = ()
) -> Session:
    """The session stands at that time, in that room. Moved after it was sent out, its SEQUENCE rises, and answers to
    the old time no longer count (RFC 5546 §2.1.4)."""
    actor.must("write")
    session = _as_it_is(session)
    _not_over(session)
    _mine(actor, room)
    moved = (session.starts_at, session.room_id) != (start, room.pk if room else None)
    if moved and session.invited_at is not None:
        session.sequence += 1
        session.seats.update(answer="", answered_at=None, comment="", proposed_start=None, proposed_end=None)
    session.state, session.room, session.reasons = "booked", room, list(reasons)
    _set_time(session, start)
    session.touched_at = timezone.now()
    session.save()
    if moved:
        _told(actor, session, f"{session.title} is planned for {_when(session)}")
    return session


def _as_it_is(session: Session) -> Session:
    """The row as it stands now, held until what is done is done."""
    return Session.objects.select_for_update().get(pk=session.pk)


def _set_time(session: Session, start: datetime) -> None:
    session.starts_at = start
    session.ends_at = start + timedelta(minutes=session.length_min + session.break_min)


def _when(session: Session) -> str:
    at = timezone.localtime(session.starts_at)
    return f"{at:%A}, {at.day} {at:%B}, {at:%H:%M}"


def _told(actor: Actor, session: Session, says: str) -> None:
    for row in session.songs.select_related("song"):
        tell(actor, row.song, "decided", says)


@transaction.atomic
def take_out(actor: Actor, session: Session) -> Session:
    """The session has no time any more, and is wanted again. One that was sent out is called off instead."""
    actor.must("write")
    session = _as_it_is(session)
    _not_over(session)
    if session.invited_at is not None:
        raise UsageError(session.title, "people were invited to it", "Move it to another time, or call it off.")
    session.state, session.room, session.starts_at, session.ends_at, session.reasons = "wanted", None, None, None, []
    session.touched_at = timezone.now()
    session.save()
    return session


@transaction.atomic
def call_off(actor: Actor, session: Session) -> Session:
    """The session does not take place. Its row stays: an answer that comes later is known as late."""
    actor.must("write")
    session = _as_it_is(session)
    _not_over(session)
    if session.invited_at is not None:
        session.sequence += 1
    session.state, session.touched_at = "cancelled", timezone.now()
    session.save()
    _told(actor, session, f"{session.title} was called off")
    return session


@transaction.atomic
def finish(actor: Actor, session: Session) -> Session:
    """The session is over; from here on its sheet says what was."""
    actor.must("write")
    session = _as_it_is(session)
    if session.state != "booked":
        raise UsageError(session.title, "it is not booked", "Plan it first.")
    session.state, session.touched_at = "done", timezone.now()
    session.save(update_fields=["state", "touched_at"])
    return session


@transaction.atomic
def record_answer(
    row: Seat,
    answer: str,
    *,
    via: str,
    at: datetime,
    comment: str = "",
    proposed: tuple[datetime, datetime] | None = None,
) -> Seat:
    """What somebody answered; an older answer never covers a newer one. Whoever calls has made sure who answers."""
    row = Seat.objects.select_for_update().get(pk=row.pk)
    if answer not in dict(ANSWERS):
        raise UsageError(answer, "that is no answer", "Choose among the answers of the page.")
    if row.answered_at is not None and row.answered_at > at:
        return row
    row.answer, row.answered_at, row.via, row.comment = answer, at, via, one_line(comment, 400)
    row.answered_sequence = row.session.sequence
    row.proposed_start, row.proposed_end = proposed or (None, None)
    row.save()
    return row


@transaction.atomic
def ask_about(actor: Actor, session: Session, spans: Sequence[tuple[datetime, datetime]]) -> list[Slot]:
    """Ask the session's people about these times; times that are no longer asked about go, with their answers."""
    actor.must("write")
    _not_over(session)
    if len(spans) > MOST_SLOTS:
        raise UsageError("The poll", f"{len(spans)} times are too many to answer", f"Ask about {MOST_SLOTS} at most.")
    session.slots.exclude(start__in=[start for start, _ in spans]).delete()
    return [
        Slot.objects.update_or_create(session=session, start=start, defaults={"end": end})[0] for start, end in spans
    ]


@transaction.atomic
def answer_poll(row: Seat, said: dict[int, str]) -> None:
    """What somebody says of the slots (slot key -> likes, can, cannot). Whoever calls has made sure who answers."""
    slots = {slot.pk: slot for slot in row.session.slots.all()}
    for pk, says in said.items():
        if pk not in slots or says not in dict(POLL_ANSWERS):
            raise UsageError("The answer", "it is about a time that is no longer asked about", "Load the page again.")
        PollAnswer.objects.update_or_create(slot=slots[pk], seat=row, defaults={"says": says, "at": timezone.now()})


@transaction.atomic
def remark(actor: Actor, session: Session, text: str) -> Session:
    """What is to be said of a session that is over; it stands on its sheet."""
    actor.must("write")
    if session.state != "done":
        raise UsageError(session.title, "it is not over yet", "End it first.")
    session.remarks, session.touched_at = many_lines(text), timezone.now()
    session.save(update_fields=["remarks", "touched_at"])
    return session
