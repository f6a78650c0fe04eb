"""Pages of what planning knows: rooms, gear, rules, the own calendar, and when somebody can."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from controlroom.base.errors import ControlroomError, UsageError
from controlroom.desk.accounts.rights import needs
from controlroom.desk.calendar import jobs, keeping, pushing
from controlroom.desk.calendar.forms import AvailabilityForm, CaldavForm, GearForm, RoomForm, RulesForm
from controlroom.desk.calendar.models import Availability, Busy, Gear, StudioRoom
from controlroom.desk.calendar.planning import rules_of
from controlroom.desk.calendar.tokens import feed_address
from controlroom.desk.people.views import person_of

BUSY_SHOWN = 30
OF_GEAR = "gear_%s"
"""Ids of its fields: rooms have a name on the same page."""


@needs("manage")
def keep(request: Any) -> HttpResponse:
    """Rooms, gear, rules, the own calendar, the private feed."""
    return _page(request)


def _page(request: Any, status: int = 200, **forms: Any) -> HttpResponse:
    rules, studio_id = rules_of(request.actor.studio_id), request.actor.studio_id
    context = {
        "rooms": StudioRoom.objects.filter(studio_id=studio_id),
        "gear": Gear.objects.filter(studio_id=studio_id),
        "rules": rules,
        "feed": feed_address(rules),
        "room_form": RoomForm(),
        "gear_form": GearForm(auto_id=OF_GEAR),
        "rules_form": RulesForm.of(rules),
        "caldav_form": CaldavForm.of(rules),
        **forms,
    }
    return render(request, "calendar/keep.html", context, status=status)


@needs("manage", "POST")
def new_room(request: Any) -> HttpResponse:
    form = RoomForm(request.POST)
    if not form.is_valid():
        return _page(request, 422, room_form=form)
    keeping.keep_room(request.actor, **_costs(form.cleaned_data))
    return redirect("session-rules")


@needs("manage", "GET", "POST")
def room(request: Any, pk: int) -> HttpResponse:
    row = get_object_or_404(StudioRoom, pk=pk, studio_id=request.actor.studio_id)
    form = RoomForm(request.POST) if request.method == "POST" else RoomForm.of(row)
    if request.method == "POST" and form.is_valid():
        keeping.keep_room(request.actor, row, **_costs(form.cleaned_data))
        return redirect("session-rules")
    return render(request, "calendar/room.html", {"form": form, "room": row}, status=422 if form.errors else 200)


def _costs(fields: dict[str, Any]) -> dict[str, Any]:
    return fields | {"rate_minor": fields["rate_minor"] or 0}


@needs("manage", "POST")
def new_gear(request: Any) -> HttpResponse:
    form = GearForm(request.POST, auto_id=OF_GEAR)
    if not form.is_valid():
        return _page(request, 422, gear_form=form)
    keeping.keep_gear(request.actor, **form.cleaned_data)
    return redirect("session-rules")


@needs("manage", "POST")
def put_away(request: Any, kind: str, pk: int) -> HttpResponse:
    """Put a room or a piece of gear away, or bring it back."""
    model = {"rooms": StudioRoom, "gear": Gear}.get(kind)
    if model is None:
        raise UsageError(kind, "there is no such thing here", "Use the buttons of the page.")
    row = get_object_or_404(model, pk=pk, studio_id=request.actor.studio_id)
    keeping.put_away(request.actor, row, away=row.archived_at is None)
    return redirect("session-rules")


@needs("manage", "POST")
def rules(request: Any) -> HttpResponse:
    form = RulesForm(request.POST)
    if not form.is_valid():
        return _page(request, 422, rules_form=form)
    keeping.change_rules(request.actor, **form.cleaned_data)
    messages.success(request, "Saved. What is booked already stays where it is.")
    return redirect("session-rules")


@needs("manage", "POST")
def caldav(request: Any) -> HttpResponse:
    """The producer's own calendar, into which booked sessions are written; its server is asked at once."""
    form = CaldavForm(request.POST, studio_id=request.actor.studio_id)
    if not form.is_valid():
        return _page(request, 422, caldav_form=form)
    fields = form.cleaned_data
    word = fields.pop("password")
    try:
        found = pushing.keep_calendar(request.actor, word=word, **fields)
    except ControlroomError as error:
        form.add_error("caldav_url", str(error))
        return _page(request, 422, caldav_form=form)
    messages.success(
        request, f"{found}: your sessions are being written into it." if found else "It is left alone now."
    )
    return redirect("session-rules")


@needs("manage", "POST")
def feed(request: Any) -> HttpResponse:
    """A new address for the private feed; `close`: none."""
    if "close" in request.POST:
        keeping.change_rules(request.actor, feed_nonce="")
    else:
        keeping.open_feed(request.actor)
    return redirect("session-rules")


@needs("write", "GET", "POST")
def availability(request: Any, pk: int) -> HttpResponse:
    """When somebody works, what it costs, and when they are busy."""
    person = person_of(request, pk)
    row = Availability.objects.filter(person=person).first() or Availability(person=person)
    form = AvailabilityForm(request.POST) if request.method == "POST" else AvailabilityForm.of(row)
    if request.method == "POST" and form.is_valid():
        row = keeping.change_availability(request.actor, person, **form.facts())
        keeping.say_busy(request.actor, person, form.cleaned_data["cannot"])
        if row.ics_url:
            jobs.ask_busy(row)
        messages.success(request, "Saved.")
        return redirect("availability", pk=pk)
    busy = Busy.objects.filter(person=person)
    context = {"person": person, "row": row, "form": form, "busy": busy[:BUSY_SHOWN], "number": busy.count()}
    return render(request, "calendar/availability.html", context, status=422 if form.errors else 200)
