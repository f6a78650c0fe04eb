"""Pages of the calendar: the week, a session, what is done with it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from controlroom.base.errors import UsageError
from controlroom.desk.accounts.rights import needs
from controlroom.desk.calendar import actions, dates, queries
from controlroom.desk.calendar.forms import PlaceForm, PollForm, SeatForm, SessionForm, SongForm, dates_of
from controlroom.desk.calendar.models import Seat, Session, SessionSong
from controlroom.desk.calendar.planning import whole, with_people
from controlroom.desk.calendar.polls import poll_of
from controlroom.desk.calendar.proposals import broken_by
from controlroom.desk.calendar.tokens import seat_address
from controlroom.desk.calendar.week import week_of
from controlroom.desk.people.actions import person_named
from controlroom.desk.people.models import Person
from controlroom.desk.songs.models import Song


def session_of(request: Any, pk: int) -> Session:
    """A session of the actor's studio with all that its page shows; 404 for any other."""
    rows = whole(queries.sessions_of(request.actor))
    return get_object_or_404(rows, pk=pk)


@needs("read")
def calendar(request: Any) -> HttpResponse:
    """The week, what has no time yet, and who has not answered."""
    monday = _monday(request.GET.get("from", ""))
    sunday = monday + timedelta(days=6)
    sessions = list(with_people(queries.between(request.actor, monday, sunday)).order_by("starts_at"))
    context = {
        "week": week_of(monday, sessions),
        "days": queries.by_day(sessions),
        "monday": monday,
        "sunday": sunday,
        "before": monday - timedelta(days=7),
        "after": monday + timedelta(days=7),
        "wanted": list(queries.wanted_of(request.actor)),
        "unanswered": list(queries.unanswered(request.actor)[:8]),
        "any": queries.sessions_of(request.actor).exists(),
    }
    return render(request, "calendar/week.html", context)


def _monday(text: str) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = timezone.localdate()
    day = min(max(day, date(1970, 1, 5)), date(9000, 1, 1))
    return day - timedelta(days=day.weekday())


@needs("write", "GET", "POST")
def new(request: Any) -> HttpResponse:
    form = SessionForm(request.POST or None, studio_id=request.actor.studio_id)
    if request.method == "POST" and form.is_valid():
        session = actions.want_session(request.actor, **form.facts())
        actions.needs_of(request.actor, session, **form.needs())
        return redirect("session", pk=session.pk)
    return render(request, "calendar/edit.html", {"form": form}, status=422 if form.errors else 200)


@needs("write", "GET", "POST")
def edit(request: Any, pk: int) -> HttpResponse:
    row = session_of(request, pk)
    form = SessionForm.of(row)
    if request.method == "POST":
        form = SessionForm(request.POST, studio_id=row.studio_id, session=row)
        if form.is_valid():
            row = actions.change_session(request.actor, row, **form.facts())
            actions.needs_of(request.actor, row, **form.needs())
            messages.success(request, "Saved.")
            return redirect("session", pk=pk)
    return render(request, "calendar/edit.html", {"form": form, "session": row}, status=422 if form.errors else 200)


@needs("read")
def session(request: Any, pk: int) -> HttpResponse:
    """A session: when and where, who comes and what they answered, for which songs."""
    return _session_page(request, session_of(request, pk))


def _session_page(request: Any, row: Session, status: int = 200, **forms: Any) -> HttpResponse:
    at = timezone.localtime(row.starts_at) if row.starts_at else None
    context = {
        "session": row,
        "seats": [{"seat": seat, "address": seat_address(seat)} for seat in row.seats.all()],
        "songs": row.songs.all(),
        "windows": dates.written([dates_of(each) for each in row.windows]).splitlines(),
        "seat_form": SeatForm(),
        "song_form": SongForm(songs=_songs(request)),
        "place_form": PlaceForm(initial={"start": at, "room": row.room_id}, studio_id=row.studio_id),
        "poll_form": PollForm(),
        "poll": poll_of(row),
        "names": _names(request),
        "broken": broken_by(row) if row.state == "booked" and row.ends_at and row.ends_at > timezone.now() else [],
        "is_open": row.state in ("wanted", "booked"),
        "has_begun": row.starts_at is not None and row.starts_at <= timezone.now(),
        **forms,
    }
    return render(request, "calendar/session.html", context, status=status)


def _songs(request: Any) -> QuerySet[Song]:
    return (
        Song.objects.filter(studio_id=request.actor.studio_id, archived_at=None)
        .select_related("artist")
        .order_by("title")
    )


def _names(request: Any) -> QuerySet[Person]:
    return Person.objects.filter(studio_id=request.actor.studio_id, archived_at=None).only("name")[:500]


@needs("write", "POST")
def add_seat(request: Any, pk: int) -> HttpResponse:
    row, form = session_of(request, pk), SeatForm(request.POST)
    if not form.is_valid():
        return _session_page(request, row, 422, seat_form=form)
    person = person_named(request.actor, form.cleaned_data["person"], "musician")
    actions.seat(request.actor, row, person, needed=bool(form.cleaned_data["needed"]), does=form.cleaned_data["does"])
    return redirect("session", pk=pk)


@needs("write", "POST")
def remove_seat(request: Any, pk: int) -> HttpResponse:
    row = get_object_or_404(Seat.objects.select_related("session"), pk=pk, session__studio_id=request.actor.studio_id)
    actions.unseat(request.actor, row)
    if row.gone_at:
        messages.success(request, f"{row.person.name} is out. Tell them: the letter is among the invitations.")
    return redirect("session", pk=row.session_id)


@needs("write", "POST")
def add_song(request: Any, pk: int) -> HttpResponse:
    row, form = session_of(request, pk), SongForm(request.POST, songs=_songs(request))
    if not form.is_valid():
        return _session_page(request, row, 422, song_form=form)
    actions.work_on(request.actor, row, form.cleaned_data["song"], parts=form.cleaned_data["parts"])
    return redirect("session", pk=pk)


@needs("write", "POST")
def remove_song(request: Any, pk: int) -> HttpResponse:
    rows = SessionSong.objects.select_related("session")
    row = get_object_or_404(rows, pk=pk, session__studio_id=request.actor.studio_id)
    actions.leave_out(request.actor, row)
    return redirect("session", pk=row.session_id)


@needs("write", "POST")
def place(request: Any, pk: int) -> HttpResponse:
    """Put the session where somebody says. What that breaks is told, not refused."""
    row, form = session_of(request, pk), PlaceForm(request.POST, studio_id=request.actor.studio_id)
    if not form.is_valid():
        return _session_page(request, row, 422, place_form=form)
    actions.place(request.actor, row, start=form.cleaned_data["start"], room=form.cleaned_data["room"])
    for sentence in broken_by(session_of(request, pk)):
        messages.warning(request, sentence)
    return redirect("session", pk=pk)


_STEPS = {
    "take-out": (actions.take_out, "It is wanted again, without a time."),
    "call-off": (actions.call_off, "It is called off."),
    "finish": (actions.finish, "It is over. Its sheet says what was."),
}


@needs("write", "POST")
def step(request: Any, pk: int, name: str) -> HttpResponse:
    """Take its time away, call it off, end it."""
    if name not in _STEPS:
        raise UsageError(name, "a session has no such step", "Use the buttons of its page.")
    do, says = _STEPS[name]
    row = do(request.actor, session_of(request, pk))
    messages.success(request, says)
    if name == "call-off" and row.invited_at is not None:
        return redirect("session-invite", pk=pk)
    return redirect("session-sheet" if name == "finish" else "session", pk=pk)


@needs("write", "POST")
def poll(request: Any, pk: int) -> HttpResponse:
    """Ask the session's people about times."""
    row, form = session_of(request, pk), PollForm(request.POST)
    if not form.is_valid():
        return _session_page(request, row, 422, poll_form=form)
    length = timedelta(minutes=row.length_min + row.break_min)
    actions.ask_about(request.actor, row, [(start, start + length) for start in form.cleaned_data["starts"]])
    messages.success(request, "Each of them finds the question at their own link.")
    return redirect("session", pk=pk)
