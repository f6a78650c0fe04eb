"""A person's own page about a session, by a link that needs no account: its poll, its invitation, its sheet.

A person may answer for nobody but themselves: the link is of their seat.
"""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from controlroom.base.errors import UsageError
from controlroom.desk.accounts.rights import open_to_all
from controlroom.desk.calendar import actions, sheets
from controlroom.desk.calendar.models import POLL_ANSWERS, PollAnswer, Seat, Session
from controlroom.desk.calendar.planning import whole
from controlroom.desk.calendar.tokens import feed_of, seat_of
from controlroom.rooms.scheduling.sheets import as_pdf


def _seat(token: str) -> Seat:
    seat = seat_of(token)
    if seat is None:
        raise Http404
    return seat


@open_to_all("GET", "POST")
def seat(request: Any, token: str) -> HttpResponse:
    """What is asked of them, and what they said."""
    row = _seat(token)
    if request.method == "POST":
        _keep(row, request.POST)
        return redirect("seat", token=token)
    session = row.session
    said = dict(PollAnswer.objects.filter(seat=row).values_list("slot_id", "says"))
    context = {
        "studio": session.studio,
        "seat": row,
        "session": session,
        "token": token,
        "slots": [{"slot": slot, "says": said.get(slot.pk, "")} for slot in session.slots.all()],
        "choices": POLL_ANSWERS,
        "songs": session.songs.select_related("song"),
        "sheet": _sheet(row) if session.state == "done" else None,
        "signed": session.signatures.filter(who_key=f"seat:{row.pk}").last(),
    }
    answer = render(request, "calendar/seat.html", context)
    answer["X-Robots-Tag"] = "noindex, nofollow"
    return answer


def _sheet(row: Seat) -> dict[str, Any]:
    """The session sheet as they see it: everybody's hours, and nobody's money but their own."""
    page = sheets.session_sheet(row.session).page()
    for each in page["worked"]:
        if each["name"] != row.person.name:
            each["rate"] = each["money"] = ""
    return {**page, "total_money": ""}


def _keep(row: Seat, posted: Any) -> None:
    session = row.session
    if "sign" in posted and session.state == "done":
        sheets.sign(session, who=row.person.name, who_key=f"seat:{row.pk}", remark=posted.get("remark", ""))
    elif "answer" in posted and session.state == "booked":
        answer = posted["answer"]
        if answer not in ("accepted", "declined", "tentative"):
            raise UsageError("The answer", "it is none of the three", "Use the buttons of the page.")
        actions.record_answer(row, answer, via="guest", at=timezone.now(), comment=posted.get("comment", ""))
    elif "poll" in posted and session.state in ("wanted", "booked"):
        said = {int(name[5:]): says for name, says in posted.items() if name[:5] == "slot-" and name[5:].isdecimal()}
        actions.answer_poll(row, said)
    else:
        raise UsageError(session.title, "nothing is asked any more", "Load the page again.")


@open_to_all("GET")
def call_sheet(request: Any, token: str) -> HttpResponse:
    """The call sheet of their session, as PDF."""
    session = whole(Session.objects.filter(pk=_seat(token).session_id, state="booked")).first()
    if session is None:
        raise Http404
    answer = HttpResponse(as_pdf(sheets.call_sheet(session)), content_type="application/pdf")
    answer["X-Robots-Tag"] = "noindex, nofollow"
    return answer


@open_to_all("GET")
def feed(request: Any, token: str) -> HttpResponse:
    """The studio's sessions, for a calendar that subscribes."""
    from controlroom.desk.calendar.events import feed_text

    rules = feed_of(token)
    if rules is None:
        raise Http404
    answer = HttpResponse(feed_text(rules.studio), content_type="text/calendar; charset=utf-8")
    answer["Cache-Control"] = "private, max-age=300"
    answer["X-Robots-Tag"] = "noindex, nofollow"
    return answer
