"""What the verbs of the terminal ask of the calendar."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.utils import timezone

from controlroom.base.canonical import to_plain
from controlroom.base.errors import UsageError
from controlroom.base.progress import Progress
from controlroom.desk.accounts.actor import house
from controlroom.desk.accounts.models import Studio
from controlroom.desk.calendar import proposals, queries
from controlroom.desk.calendar.events import feed_text
from controlroom.desk.calendar.models import StudioRoom
from controlroom.desk.calendar.planning import problem_of
from controlroom.desk.people.models import Person

AHEAD = timedelta(days=28)


def studio_here() -> Studio:
    """The studio of this desk; raises `UsageError` before the desk was started once."""
    studio = Studio.objects.order_by("pk").first()
    if studio is None:
        raise UsageError("The desk", "it was never started here", "Run controlroom start first.")
    return studio


def find(
    numbers: list[int], first: date | None, last: date | None, *, take: bool, progress: Progress
) -> dict[str, Any]:
    """The proposal for these sessions (none: all that have no time), as the command prints it."""
    from controlroom.rooms.scheduling.propose import propose

    first = first or timezone.localdate() + timedelta(days=1)
    last = last or first + AHEAD
    if last < first:
        raise UsageError("--until", f"{last} is before {first}", "Turn them round.")
    studio = studio_here()
    actor = house(studio.pk)
    wanted = queries.wanted_of(actor)
    rows = list(wanted.filter(pk__in=numbers) if numbers else wanted)
    unknown = set(numbers) - {row.pk for row in rows}
    if unknown:
        listed = ", ".join(str(number) for number in sorted(unknown))
        raise UsageError(f"Session {listed}", "there is none that waits for a time", "Look at the calendar page.")
    if not rows:
        raise UsageError("schedule propose", "every session has its time", "Plan a session on the calendar page.")
    problem = problem_of(studio, rows, first, last, now=timezone.now())
    found = propose(problem.wanted, problem.members, problem.rooms, problem.gear, problem.house, progress=progress)
    moving = {str(row.pk): row.title for row in rows}
    placed = [each for each in found.placed if each.id in moving]
    if take:
        proposals.take(actor, placed)
    names = {str(pk): name for pk, name in Person.objects.filter(studio=studio).values_list("pk", "name")}
    rooms = {str(pk): name for pk, name in StudioRoom.objects.filter(studio=studio).values_list("pk", "name")}
    return {
        **to_plain(found),
        "placed": [_row(each, moving, names, rooms) for each in sorted(placed, key=lambda one: one.start)],
        "alternatives": [_row(each, moving, names, rooms) for each in found.alternatives],
        "taken": take,
    }


def _row(placed: Any, titles: dict[str, str], names: dict[str, str], rooms: dict[str, str]) -> dict[str, Any]:
    return {
        "session": int(placed.id),
        "title": titles.get(placed.id, ""),
        "room": rooms.get(placed.room, ""),
        "start": timezone.localtime(placed.start),
        "end": timezone.localtime(placed.end),
        "reasons": list(placed.reasons),
        "costs": {names.get(who, who): says for who, says in placed.costs.items()},
        "missing": [names.get(who, who) for who in placed.missing],
        "cost_minor": placed.cost_minor,
    }


def exported() -> tuple[str, list[dict[str, Any]]]:
    """The feed as text, and what stands in it."""
    studio = studio_here()
    rows = studio.sessions.exclude(state="wanted").exclude(starts_at=None).order_by("starts_at")
    shown = [{"session": row.pk, "title": row.title, "start": row.starts_at, "state": row.state} for row in rows]
    return feed_text(studio), shown
