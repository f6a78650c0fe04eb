"""The sessions of a full studio: its first is wanted with a poll, its second stands, its third is over and signed."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils import timezone

from controlroom.base.canonical import to_plain
from controlroom.desk.accounts.models import User
from controlroom.desk.calendar import actions, keeping, sheets
from controlroom.desk.calendar.models import Busy, Gear, Session, StudioRoom
from controlroom.desk.jobs.models import Job
from controlroom.rooms.scheduling.session import Placed, Proposal, Relaxation, Span

EVERY_DAY = [[day, "10:00", "22:00"] for day in range(7)]


class Calendar:
    """What was made: `wanted`, `booked`, `done`, `room`, `person` (with hours and busy times), `proposal` (a job)."""

    def __init__(self, user: User, people: list[Any], songs: list[Any], number: int) -> None:
        self._actor, self._people, self._songs = user.actor, people[:number], songs[:number]
        self._now = timezone.now().replace(minute=0, second=0, microsecond=0)
        keeping.open_feed(self._actor)
        for k in range(number):
            self.room: StudioRoom = keeping.keep_room(self._actor, name=f"Room {k}", hours=EVERY_DAY)
            self.item: Gear = keeping.keep_gear(self._actor, name=f"Microphone {k}", count=2)
        self.person = people[0]
        for person in self._people:
            keeping.change_availability(self._actor, person, sings=True, rate_minor=4000, hours=EVERY_DAY)
            Busy.objects.create(person=person, start=self._now, end=self._now + timedelta(hours=2))
        made = [self._session(k) for k in range(3 * number)]
        self.wanted, self.booked, self.done = made[0], made[1], made[2]
        actions.ask_about(self._actor, self.wanted, [self._span(k) for k in range(1, number + 1)])
        self.wanted_seat, self.session_song = self.wanted.seats.first(), self.wanted.songs.first()
        self.proposal = self._proposal(number)

    def _span(self, k: int) -> tuple[Any, Any]:
        start = self._now + timedelta(days=k)
        return start, start + timedelta(hours=4)

    def _session(self, k: int) -> Session:
        """The k-th: wanted, booked (today), or over (yesterday), in turn."""
        session = actions.want_session(self._actor, title=f"Vocals {k}", kind="vocals")
        for person in self._people:
            actions.seat(self._actor, session, person, does="sings")
        for song in self._songs:
            actions.work_on(self._actor, session, song, parts="lead vocal, doubles")
        actions.needs_of(self._actor, session, rooms=[self.room], gear=[self.item])
        if k % 3 == 0:
            return session
        start = self._now - timedelta(days=1) if k % 3 == 2 else self._now + timedelta(minutes=5)
        session = actions.place(self._actor, session, start=start, room=self.room, reasons=["Everybody can."])
        Session.objects.filter(pk=session.pk).update(invited_at=self._now)
        session.refresh_from_db()
        if k % 3 == 2:
            session = actions.finish(self._actor, session)
            sheets.fill(self._actor, session)
            sheets.sign(session, who="Mara", who_key="seat:1")
        return session

    def _proposal(self, number: int) -> Job:
        start, end = self._span(2)
        placed = Placed(
            id=str(self.wanted.pk),
            room=str(self.room.pk),
            start=start,
            end=end,
            booked=Span(start=start, end=end),
            reasons=("Everybody can.",),
            costs={str(self.person.pk): "Mara begins at 7:00 by her own clock"},
        )
        relax = (Relaxation(demand="busy", of=(str(self.person.pk),), says="Without Mara on Monday"),)
        found = Proposal(placed=(placed,) * number, alternatives=(placed,) * number, optimal=True, relax=relax)
        return Job.objects.create(
            studio_id=self._actor.studio_id,
            work="calendar.propose",
            effect="a proposal",
            says="Finding times",
            who=self._actor.name,
            who_key=self._actor.key,
            state="done",
            ended_at=self._now - timedelta(days=3),
            result={**to_plain(found), "says": "Everything has a time"},
        )
