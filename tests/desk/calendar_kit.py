"""A studio that records: two rooms, gear, three people, sessions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest

from controlroom.desk.accounts.models import Studio, User
from controlroom.desk.calendar import actions, keeping
from controlroom.desk.calendar.models import Gear, Seat, Session, StudioRoom
from controlroom.desk.people.actions import add_person
from controlroom.desk.people.models import Person

MONDAY = datetime(2026, 12, 7, 9, tzinfo=UTC)


@dataclass(frozen=True)
class Band:
    """Who and what there is."""

    producer: User
    live: StudioRoom
    booth: StudioRoom
    piano: Gear
    mara: Person
    tom: Person
    ines: Person


@pytest.fixture
def band(producer: User, studio: Studio) -> Band:
    actor = producer.actor
    mara = add_person(actor, name="Mara Lind", email="mara@example.org", time_zone="Europe/Berlin")
    keeping.change_availability(actor, mara, sings=True)
    return Band(
        producer=producer,
        live=keeping.keep_room(actor, name="Live room", address="Hof 3", hours=_week("10:00", "22:00")),
        booth=keeping.keep_room(actor, name="Booth", hours=_week("10:00", "20:00")),
        piano=keeping.keep_gear(actor, name="Grand piano"),
        mara=mara,
        tom=add_person(actor, name="Tom Reyes", email="tom@example.org", time_zone="America/New_York"),
        ines=add_person(actor, name="Ines Alba"),
    )


def _week(start: str, end: str) -> list[list[object]]:
    return [[day, start, end] for day in range(7)]


@pytest.fixture
def want(band: Band) -> Callable[..., Session]:
    """A wanted session with these people, all needed."""

    def make(title: str = "Vocals", *people: Person, kind: str = "vocals", **fields: object) -> Session:
        session = actions.want_session(band.producer.actor, title=title, kind=kind, **fields)
        for person in people or (band.mara,):
            actions.seat(band.producer.actor, session, person, does="sings" if person == band.mara else "plays")
        return session

    return make


@pytest.fixture
def book(band: Band, want: Callable[..., Session]) -> Callable[..., Session]:
    """A session that stands."""

    def make(title: str = "Vocals", *people: Person, at: datetime = MONDAY, **fields: object) -> Session:
        session = want(title, *people, **fields)
        return actions.place(band.producer.actor, session, start=at, room=band.live)

    return make


def seat_of(session: Session, person: Person) -> Seat:
    return Seat.objects.get(session=session, person=person)
