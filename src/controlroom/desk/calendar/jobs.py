"""What is done for sessions in the background: finding times, reading people's calendars, keeping our own."""

from __future__ import annotations

import logging
from datetime import date, timedelta
from typing import Any

from django.db.models import Q
from django.utils import timezone

from controlroom.base.canonical import to_plain
from controlroom.base.errors import ControlroomError
from controlroom.base.progress import Progress
from controlroom.desk import works
from controlroom.desk.accounts.actor import Actor, house
from controlroom.desk.accounts.models import Studio
from controlroom.desk.calendar import keeping
from controlroom.desk.calendar.models import Availability, Rules, Session
from controlroom.desk.calendar.planning import problem_of, rules_of, whole
from controlroom.desk.works import routine, work

READ_EVERY = timedelta(hours=1)

log = logging.getLogger(__name__)


@work("calendar.propose", queue="quick", first=True)
def propose(progress: Progress, *, studio: int, sessions: list[int], first: str, last: str) -> dict[str, Any]:
    """The best times for these sessions together; what is booked stays where it is. The result is the `Proposal`."""
    from controlroom.rooms.scheduling.propose import propose as find

    rows = list(whole(Session.objects.filter(studio_id=studio, pk__in=sessions)))
    days = date.fromisoformat(first), date.fromisoformat(last)
    problem = problem_of(Studio.objects.get(pk=studio), rows, *days, now=timezone.now())
    found = find(problem.wanted, problem.members, problem.rooms, problem.gear, problem.house, progress=progress)
    moving = {str(row.pk) for row in rows}
    placed = [to_plain(each) for each in found.placed if each.id in moving]
    says = f"{len(placed)} of {len(rows)} have a time" if placed else "Nothing fits as it is"
    return {**to_plain(found), "placed": placed, "says": says}


@work("calendar.read_busy", queue="quick", first=True)
def read_busy(progress: Progress, *, person: int) -> dict[str, Any]:
    """Read somebody's calendar at the address they gave; only when they are busy is kept."""
    from controlroom.outside.feeds import fetch_ics
    from controlroom.rooms.scheduling.calendar import busy_in

    row = Availability.objects.select_related("person__studio").get(person_id=person)
    if not row.ics_url:
        return {"says": "No address is known any more"}
    now = timezone.now()
    zone = row.person.time_zone or row.person.studio.time_zone
    try:
        fetched = fetch_ics(row.ics_url)
        found = busy_in(
            fetched.ics, now - timedelta(days=1), now + keeping.READ_AHEAD, me=row.person.email or None, zone=zone
        )
    except ControlroomError as error:
        keeping.read_busy(row, (), str(error))
        return {"says": str(error)}
    keeping.read_busy(row, [(span.start, span.end) for span in found.spans])
    return {"says": f"{row.person.name} is busy {len(found.spans)} times"}


@work("calendar.read_own", queue="quick", first=True)
def read_own(progress: Progress, *, studio: int) -> dict[str, Any]:
    """Read when the owner of the studio's own calendar is busy."""
    from controlroom.desk.calendar import pushing

    return {"says": pushing.read_own(rules_of(studio))}


def ask_busy(row: Availability) -> None:
    """Have somebody's calendar read."""
    says = f"Reading the calendar of {row.person.name}"
    works.ask(house(row.person.studio_id), "calendar.read_busy", says=says, person=row.person_id)


@routine(every_s=300.0)
def read_calendars() -> None:
    """Read again, each hour, the calendars of those who have a session before them."""
    now = timezone.now()
    due = Availability.objects.exclude(ics_url="").exclude(read_at__gt=now - READ_EVERY)
    due = due.filter(person__archived_at=None, person__seats__session__state__in=("wanted", "booked")).distinct()
    for row in due.select_related("person")[:20]:
        ask_busy(row)
    own = Rules.objects.exclude(caldav_url="").exclude(caldav_person=None).exclude(caldav_read_at__gt=now - READ_EVERY)
    for rules in own:
        works.ask(house(rules.studio_id), "calendar.read_own", says="Reading your calendar", studio=rules.studio_id)


@work("calendar.push", queue="quick", first=True)
def push(progress: Progress, *, session: int) -> dict[str, Any]:
    """Write a session into the producer's own calendar, or take it out; a calendar that is not reached is told."""
    from controlroom.desk.calendar.pushing import push_one

    return {"says": push_one(whole(Session.objects.filter(pk=session)).get())}


def ask_push(session: Session) -> None:
    """Have the own calendar brought up to date, where there is one."""
    if rules_of(session.studio_id).caldav_url:
        works.ask(house(session.studio_id), "calendar.push", says=f"Writing {session.title}", session=session.pk)


def ask_push_all(actor: Actor) -> None:
    """The same for everything that is booked from now on."""
    for session in Session.objects.filter(studio_id=actor.studio_id, state="booked", ends_at__gt=timezone.now()):
        ask_push(session)


@routine(every_s=600.0)
def push_what_changed() -> None:
    """Try again what could not be written, write what was moved by hand, take out what has no time any more."""
    comes = Q(ends_at__gt=timezone.now()) | Q(state="wanted")
    for rules in Rules.objects.exclude(caldav_url=""):
        for session in Session.objects.filter(comes, studio_id=rules.studio_id):
            known = session.pushed or session.state != "wanted"
            if known and session.pushed.get("touched_at") != session.touched_at.isoformat():
                ask_push(session)
