"""Pages of invitations: what goes to whom, what came back, the own calendar."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from controlroom.base.errors import UsageError
from controlroom.desk.accounts.rights import needs
from controlroom.desk.calendar import actions, invitations, jobs
from controlroom.desk.calendar.events import account_of
from controlroom.desk.calendar.models import ANSWERS, Seat
from controlroom.desk.calendar.planning import rules_of
from controlroom.desk.calendar.views import session_of


@needs("manage", "GET", "POST")
def invite(request: Any, pk: int) -> HttpResponse:
    """Each letter as it would go; one press sends those that are due."""
    row = session_of(request, pk)
    if request.method == "POST":
        sent = invitations.send(request.actor, row)
        jobs.ask_push(row)
        number = "One letter is on its way" if len(sent) == 1 else f"{len(sent)} letters are on their way"
        messages.success(request, f"{number}. Answers come back by mail, and stand beside the names.")
        return redirect("session", pk=pk)
    if row.starts_at is None:
        raise UsageError(row.title, "it has no time yet", "Find one first.")
    due = invitations.invitations_of(request.actor, row)
    rules = rules_of(row.studio_id)
    context = {
        "session": row,
        "invitations": due,
        "due": sum(each.letter is not None for each in due),
        "account": account_of(row.studio),
        "rules": rules,
        "pushed": row.pushed.get("sequence") is not None,
    }
    return render(request, "calendar/invite.html", context)


@needs("manage", "POST")
def push(request: Any, pk: int) -> HttpResponse:
    """Write it into the producer's own calendar now."""
    jobs.ask_push(session_of(request, pk))
    messages.success(request, "It is being written into your calendar.")
    return redirect("session-invite", pk=pk)


@needs("write", "POST")
def answer(request: Any, pk: int) -> HttpResponse:
    """What somebody said on the phone, kept by hand."""
    rows = Seat.objects.select_related("session")
    row = get_object_or_404(rows, pk=pk, session__studio_id=request.actor.studio_id)
    said = request.POST.get("answer", "")
    if said not in dict(ANSWERS) or said == "counter":
        raise UsageError("The answer", "it is none of those", "Use the buttons of the page.")
    actions.record_answer(row, said, via="hand", at=timezone.now())
    return redirect("session", pk=row.session_id)


@needs("write", "POST")
def move(request: Any, pk: int) -> HttpResponse:
    """Move the session to the time that somebody proposed. Nobody is told by it."""
    rows = Seat.objects.select_related("session__room", "person")
    row = get_object_or_404(rows, pk=pk, session__studio_id=request.actor.studio_id)
    actions.take_proposed(request.actor, row)
    messages.success(request, "It is moved. Tell everybody: send the invitations again.")
    return redirect("session", pk=row.session_id)
