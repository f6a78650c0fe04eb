"""Pages that find times: which sessions, what was found, taking it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from controlroom.desk.accounts.rights import needs
from controlroom.desk.calendar import proposals, queries
from controlroom.desk.calendar.forms import ProposeForm
from controlroom.desk.calendar.models import Session, StudioRoom
from controlroom.desk.jobs.models import Job
from controlroom.desk.people.models import Person
from controlroom.rooms.scheduling.session import Placed, Proposal

AHEAD = timedelta(days=28)


@needs("write", "GET", "POST")
def ask(request: Any) -> HttpResponse:
    """Which sessions are to be placed, and between which days."""
    wanted = queries.wanted_of(request.actor)
    if request.method == "POST":
        form = ProposeForm(request.POST, sessions=wanted)
        if form.is_valid():
            chosen = form.cleaned_data
            job = proposals.ask(request.actor, list(chosen["sessions"]), chosen["first"], chosen["last"])
            return redirect("proposal", pk=job.pk)
    else:
        today = timezone.localdate()
        one = request.GET.get("session", "")
        chosen_rows = wanted.filter(pk=one) if one.isdecimal() else wanted
        initial = {"first": today + timedelta(days=1), "last": today + AHEAD, "sessions": chosen_rows}
        form = ProposeForm(initial=initial, sessions=wanted)
    context = {"form": form, "wanted": list(wanted)}
    return render(request, "calendar/propose.html", context, status=422 if form.errors else 200)


def _job(request: Any, pk: int) -> Job:
    return get_object_or_404(Job, pk=pk, studio_id=request.actor.studio_id, work="calendar.propose")


@needs("read")
def proposal(request: Any, pk: int) -> HttpResponse:
    """What was found: each session with its time, why there, and what it costs whom; or what stands in the way."""
    job = _job(request, pk)
    found = proposals.proposal_of(job)
    return render(request, "calendar/proposal.html", {"job": job, "found": found, **_shown(request, found)})


def _shown(request: Any, found: Proposal | None) -> dict[str, Any]:
    if found is None:
        return {}
    ids = [int(each.id) for each in (*found.placed, *found.alternatives)] + [int(each.id) for each in found.stuck]
    titles = {row.pk: row for row in Session.objects.filter(studio_id=request.actor.studio_id, pk__in=ids)}
    names = dict(Person.objects.filter(studio_id=request.actor.studio_id).values_list("pk", "name"))
    rooms = dict(StudioRoom.objects.filter(studio_id=request.actor.studio_id).values_list("pk", "name"))
    return {
        "placed": [_row(each, titles, names, rooms) for each in sorted(found.placed, key=lambda one: one.start)],
        "alternatives": [_row(each, titles, names, rooms) for each in found.alternatives],
        "stuck": [{"session": titles.get(int(each.id)), "reasons": each.reasons} for each in found.stuck],
        "currency": request.user.studio.session_rules.currency,
        "gap_percent": round(found.gap * 100, 1),
    }


def _row(placed: Placed, titles: dict[int, Session], names: dict[int, str], rooms: dict[int, str]) -> dict[str, Any]:
    return {
        "placed": placed,
        "session": titles.get(int(placed.id)),
        "room": rooms.get(int(placed.room)) if placed.room else "",
        "costs": list(placed.costs.values()),
        "cost": placed.cost_minor / 100,
        "missing": [names.get(int(who), "") for who in placed.missing],
    }


@needs("write", "POST")
def take(request: Any, pk: int) -> HttpResponse:
    """Book all that was found, or one of the other times (`alternative`: its number)."""
    found = proposals.proposal_of(_job(request, pk))
    if found is None:
        raise Http404
    which = request.POST.get("alternative", "")
    number = int(which) if which.isdecimal() else None
    if number is not None and number >= len(found.alternatives):
        raise Http404
    taken = proposals.take(request.actor, [found.alternatives[number]] if number is not None else list(found.placed))
    if not taken:
        messages.warning(request, "They have a time already, or were called off since.")
        return redirect("calendar")
    messages.success(request, f"{len(taken)} booked. Nobody was told yet: invite them from each session's page.")
    if len(taken) == 1:
        return redirect("session", pk=taken[0].pk)
    first = min(timezone.localtime(row.starts_at).date() for row in taken)
    return redirect(f"/calendar/?from={first.isoformat()}")
