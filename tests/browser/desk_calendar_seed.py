"""Sessions for the browser tests' desk: one wanted with a poll, some in next week, one over and signed, a proposal."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, time, timedelta

from django.utils import timezone

from controlroom.desk.accounts.actor import Actor
from controlroom.desk.calendar import actions, keeping, proposals, sheets
from controlroom.desk.calendar.models import Seat, Session
from controlroom.desk.calendar.planning import rules_of
from controlroom.desk.calendar.tokens import feed_address, seat_address
from controlroom.desk.people.actions import add_person, person_named
from controlroom.desk.people.models import Person
from controlroom.desk.songs.models import Song

OPEN = [[day, "10:00", "22:00"] for day in range(7)]
WEEK = (
    ("Drums", "drums", 0, 11, 360),
    ("Bass and guitars", "overdub", 1, 14, 240),
    ("Lead vocals", "vocals", 2, 12, 180),
    ("Backing vocals", "vocals", 3, 15, 120),
    ("Mix", "mix", 4, 13, 300),
)
"""Title, kind, day of next week, hour, minutes."""


class _Studio:
    """A room, gear, two people who can, and the songs."""

    def __init__(self, actor: Actor, song: Song) -> None:
        self.actor, self.song = actor, song
        self.mara = person_named(actor, "Mara Lindqvist")
        self.theo = person_named(actor, "Theo Brandt")
        self.jun = add_person(actor, name="Jun Okada", email="jun@example.org", time_zone="Asia/Tokyo")
        self.room = keeping.keep_room(actor, name="Live room", address="Dock 3", hours=OPEN, rate_minor=4000)
        self.piano = keeping.keep_gear(actor, name="Grand piano")
        keeping.change_availability(actor, self.mara, sings=True, hours=OPEN)
        keeping.change_availability(actor, self.theo, rate_minor=5500, hours=OPEN)

    def session(self, title: str, kind: str, minutes: int, *people: Person) -> Session:
        session = actions.want_session(
            self.actor, title=title, kind=kind, length_min=minutes, break_min=30, setup_min=30,
            notes="The back door is open from ten.",
        )  # fmt: skip
        for person in people:
            actions.seat(self.actor, session, person, does="sings" if person == self.mara else "plays")
        actions.work_on(self.actor, session, self.song, parts="lead vocal, doubles" if kind == "vocals" else "")
        actions.needs_of(self.actor, session, gear=[self.piano])
        return session


def calendar(actor: Actor, song: Song, work_off: Callable[[], None]) -> dict[str, object]:
    """The ids and addresses of what was made."""
    studio = _Studio(actor, song)
    today = timezone.localdate()
    monday = today + timedelta(days=7 - today.weekday())
    for title, kind, day, hour, minutes in WEEK:
        session = studio.session(title, kind, minutes, studio.mara, studio.theo, studio.jun)
        at = datetime.combine(monday + timedelta(days=day), time(hour), timezone.get_current_timezone())
        booked = actions.place(actor, session, start=at, room=studio.room, reasons=["Everybody needed can."])
    Session.objects.filter(pk=booked.pk).update(invited_at=timezone.now())
    Seat.objects.filter(session=booked, person=studio.theo).update(answer="declined", answered_at=timezone.now())
    done = studio.session("Rehearsal", "other", 120, studio.mara, studio.theo)
    actions.place(actor, done, start=timezone.now() - timedelta(days=1), room=studio.room)
    actions.finish(actor, done)
    done.refresh_from_db()
    sheets.fill(actor, done)
    sheets.sign(done, who=actor.name, who_key=actor.key)
    wanted = studio.session("Strings", "overdub", 180, studio.theo)
    start = timezone.now().replace(minute=0, second=0, microsecond=0) + timedelta(days=9)
    actions.ask_about(actor, wanted, [(start, start + timedelta(hours=3))])
    job = proposals.ask(actor, [wanted], monday + timedelta(days=7), monday + timedelta(days=13))
    work_off()
    keeping.open_feed(actor)
    feed = feed_address(rules_of(actor.studio_id))
    return {
        "session": booked.pk, "session_done": done.pk, "session_wanted": wanted.pk, "proposal": job.pk,
        "studio_room": studio.room.pk, "seat": seat_address(wanted.seats.get()),
        "seat_booked": seat_address(booked.seats.get(person=studio.mara)), "feed": feed,
        "next_monday": monday.isoformat(),
    }  # fmt: skip
