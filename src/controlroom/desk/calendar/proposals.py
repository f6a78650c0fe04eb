"""Proposals as the desk keeps them: the result of a job, shown, taken whole or one by one."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import msgspec
from django.db import transaction
from django.utils import timezone

from controlroom.base.errors import UsageError
from controlroom.desk import works
from controlroom.desk.accounts.actor import Actor
from controlroom.desk.calendar import actions
from controlroom.desk.calendar.models import Session, StudioRoom
from controlroom.desk.calendar.planning import problem_of, whole
from controlroom.desk.jobs.models import Job
from controlroom.rooms.scheduling.session import Placed, Proposal, Span

AROUND = timedelta(days=3)


def ask(actor: Actor, sessions: list[Session], first: date, last: date) -> Any:
    """Have times found for these sessions between two days; the job whose result is the proposal."""
    actor.must("write")
    if not sessions:
        raise UsageError("A proposal", "no session is chosen", "Choose at least one that has no time yet.")
    number = f"{len(sessions)} sessions" if len(sessions) > 1 else sessions[0].title
    return works.ask(
        actor,
        "calendar.propose",
        says=f"Finding times for {number}",
        studio=actor.studio_id,
        sessions=sorted(session.pk for session in sessions),
        first=first.isoformat(),
        last=last.isoformat(),
    )


def proposal_of(job: Job) -> Proposal | None:
    """What the job found; None while it has not ended well."""
    if job.state != "done" or not job.result:
        return None
    return msgspec.convert({key: value for key, value in job.result.items() if key != "says"}, Proposal)


@transaction.atomic
def take(actor: Actor, placed: list[Placed]) -> list[Session]:
    """Book these sessions where the proposal puts them. One that was booked or called off since is left alone."""
    actor.must("write")
    rooms = {str(row.pk): row for row in StudioRoom.objects.filter(studio_id=actor.studio_id)}
    taken = []
    for each in placed:
        row = Session.objects.filter(studio_id=actor.studio_id, pk=int(each.id), state="wanted").first()
        if row is not None:
            taken.append(actions.place(actor, row, start=each.start, room=rooms.get(each.room), reasons=each.reasons))
    return taken


def broken_by(session: Session) -> list[str]:
    """What a booked session breaks where it stands: somebody is busy, a room is taken, a rest too short."""
    from controlroom.rooms.scheduling.propose import violations

    if session.starts_at is None or session.ends_at is None:
        return []
    day = timezone.localtime(session.starts_at).date()
    (row,) = whole(Session.objects.filter(pk=session.pk))
    problem = problem_of(session.studio, [row], day - AROUND, day + AROUND)
    setup, teardown = timedelta(minutes=row.setup_min), timedelta(minutes=row.teardown_min)
    placed = Placed(
        id=str(row.pk),
        room=str(row.room_id or ""),
        start=row.starts_at,
        end=row.ends_at,
        booked=Span(start=row.starts_at - setup, end=row.ends_at + teardown),
    )
    proposal = Proposal(placed=(placed,))
    return list(violations(proposal, problem.wanted, problem.members, problem.rooms, problem.gear, problem.house))
