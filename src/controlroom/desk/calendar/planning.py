"""What the solver is given: the studio's rows as the values of the room, booked sessions as they stand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import msgspec
from django.db.models import Prefetch, QuerySet

from controlroom.base.errors import UsageError
from controlroom.desk.accounts.models import Studio
from controlroom.desk.calendar.hours import as_hours
from controlroom.desk.calendar.models import (
    Availability,
    Busy,
    Gear,
    PollAnswer,
    Rules,
    Seat,
    Session,
    SessionSong,
    StudioRoom,
)
from controlroom.desk.people.models import Person
from controlroom.rooms.scheduling.session import Gear as GearValue
from controlroom.rooms.scheduling.session import House, Member, Span, Wanted
from controlroom.rooms.scheduling.session import StudioRoom as RoomValue

AROUND = timedelta(days=2)
"""Booked sessions this near to the horizon still matter: rest, voice rest."""


@dataclass(frozen=True)
class Problem:
    """All that `propose` takes."""

    wanted: tuple[Wanted, ...]
    members: tuple[Member, ...]
    rooms: tuple[RoomValue, ...]
    gear: tuple[GearValue, ...]
    house: House


def rules_of(studio_id: int) -> Rules:
    """The studio's rules, made with what is usual when there are none."""
    return Rules.objects.get_or_create(studio_id=studio_id)[0]


def with_people(sessions: QuerySet[Session]) -> QuerySet[Session]:
    """Sessions with their rooms and who belongs to them."""
    seats = Prefetch("seats", Seat.objects.select_related("person"))
    return sessions.select_related("room", "studio").prefetch_related(seats)


def whole(sessions: QuerySet[Session]) -> QuerySet[Session]:
    """Sessions with all that planning reads of them."""
    songs = Prefetch("songs", SessionSong.objects.select_related("song__artist", "version"))
    return with_people(sessions).prefetch_related(songs, "gear", "fits", "after")


def problem_of(
    studio: Studio, sessions: Sequence[Session], first: date, last: date, *, now: datetime | None = None
) -> Problem:
    """The sessions to be placed between two days (inclusive), and everything that they have to respect.

    `now`: none of them may begin before it (None: where they lie is not ours to say).
    """
    zone = ZoneInfo(studio.time_zone)
    start = datetime.combine(first, time.min, zone) - AROUND
    end = datetime.combine(last, time.max, zone) + AROUND
    moving = {session.pk for session in sessions}
    booked = whole(studio.sessions.filter(state__in=("booked", "done"), starts_at__lt=end, ends_at__gt=start))
    standing = [session for session in booked if session.pk not in moving]
    everything = [*sessions, *standing]
    people = {seat.person_id: seat.person for session in everything for seat in session.seats.all()}
    return Problem(
        wanted=tuple(_asked(session, session.pk in moving, now, end) for session in everything),
        members=_members(list(people.values()), studio, start, end),
        rooms=_rooms(studio),
        gear=tuple(
            GearValue(id=str(row.pk), name=row.name, count=row.count)
            for row in Gear.objects.filter(studio=studio, archived_at=None)
        ),
        house=house_of(studio, first, last),
    )


def _asked(session: Session, moves: bool, now: datetime | None, end: datetime) -> Wanted:
    wanted = wanted_of(session, fixed=not moves)
    if not moves or now is None:
        return wanted
    windows = wanted.windows or (Span(start=now, end=end),)
    left = tuple(Span(start=max(span.start, now), end=span.end) for span in windows if span.end > now)
    if not left:
        raise UsageError(session.title, "its possible dates are over", "Give it others.")
    return msgspec.structs.replace(wanted, windows=left)


def house_of(studio: Studio, first: date, last: date) -> House:
    rules = rules_of(studio.pk)
    return House(
        time_zone=studio.time_zone,
        first=first,
        last=last,
        slot_min=rules.slot_min,
        rest_h=rules.rest_h,
        voice_rest_h=rules.voice_rest_h,
        most_h=rules.most_h,
        budget_minor=rules.budget_minor,
        currency=rules.currency,
    )


def wanted_of(session: Session, *, fixed: bool) -> Wanted:
    """A session as the room takes it; `fixed`: it stands where it is."""
    seats = list(session.seats.all())
    placed = session.starts_at is not None and session.ends_at is not None
    return Wanted(
        id=str(session.pk),
        title=session.title,
        length_min=session.length_min,
        needed=tuple(str(seat.person_id) for seat in seats if seat.needed),
        optional=tuple(str(seat.person_id) for seat in seats if not seat.needed),
        rooms=tuple(str(room.pk) for room in session.fits.all()),
        gear=tuple(str(item.pk) for item in session.gear.all()),
        songs=tuple(str(each.song_id) for each in session.songs.all()),
        kind=session.kind,
        setup_min=session.setup_min,
        teardown_min=session.teardown_min,
        break_min=session.break_min,
        windows=tuple(
            Span(start=datetime.fromisoformat(begins), end=datetime.fromisoformat(ends))
            for begins, ends in session.windows
        ),
        after=tuple(str(each.pk) for each in session.after.all()),
        fixed=Span(start=session.starts_at, end=session.ends_at) if fixed and placed else None,
        fixed_room=str(session.room_id or "") if fixed else "",
    )


def _rooms(studio: Studio) -> tuple[RoomValue, ...]:
    """The studio's rooms; where none is named, it is one itself."""
    rows = StudioRoom.objects.filter(studio=studio, archived_at=None)
    rooms = tuple(
        RoomValue(id=str(row.pk), name=row.name, hours=as_hours(row.hours), rate_minor=row.rate_minor) for row in rows
    )
    return rooms or (RoomValue(id="", name=studio.name),)


def _members(people: Sequence[Person], studio: Studio, start: datetime, end: datetime) -> tuple[Member, ...]:
    known = {row.person_id: row for row in Availability.objects.filter(person__in=people)}
    busy: dict[int, list[Span]] = {person.pk: [] for person in people}
    for row in _busy_rows(people, start, end):
        busy[row.person_id].append(Span(start=row.start, end=row.end))
    answers = _poll_answers(people)
    return tuple(
        _member(person, known.get(person.pk), studio, busy[person.pk], answers.get(person.pk, {})) for person in people
    )


def _busy_rows(people: Sequence[Person], start: datetime, end: datetime) -> QuerySet[Busy]:
    return Busy.objects.filter(person__in=people, start__lt=end, end__gt=start)


def _poll_answers(people: Sequence[Person]) -> dict[int, dict[str, list[Span]]]:
    """Of each person: what they said of slots of sessions that are not placed yet."""
    said: dict[int, dict[str, list[Span]]] = {}
    rows = PollAnswer.objects.filter(seat__person__in=people, seat__session__state="wanted")
    for row in rows.select_related("slot", "seat"):
        spans = said.setdefault(row.seat.person_id, {}).setdefault(row.says, [])
        spans.append(Span(start=row.slot.start, end=row.slot.end))
    return said


def _member(
    person: Person, row: Availability | None, studio: Studio, busy: list[Span], said: dict[str, list[Span]]
) -> Member:
    return Member(
        id=str(person.pk),
        name=person.name,
        time_zone=person.time_zone or studio.time_zone,
        hours=as_hours(row.hours) if row else (),
        busy=tuple(busy),
        likes=tuple(said.get("likes", ())),
        can=tuple(said.get("can", ())),
        cannot=tuple(said.get("cannot", ())),
        rate_minor=row.rate_minor if row else 0,
        travel_min=row.travel_min if row else 0,
        sings=row.sings if row else False,
    )
