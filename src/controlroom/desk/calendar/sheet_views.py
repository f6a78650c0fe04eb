"""Call sheet and session sheet, as pages and as PDF."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.http import content_disposition_header

from controlroom.base.files import safe_name
from controlroom.desk.accounts.rights import needs
from controlroom.desk.calendar import actions, sheets
from controlroom.desk.calendar.forms import WorkedForm
from controlroom.desk.calendar.models import Seat, Session
from controlroom.desk.calendar.views import session_of
from controlroom.rooms.scheduling.sheets import Paper, Sheet, as_pdf


@needs("read")
def call_sheet(request: Any, pk: int) -> HttpResponse:
    """Who comes when and where, and what each prepares."""
    row = session_of(request, pk)
    return render(request, "calendar/call.html", {"session": row, "sheet": sheets.call_sheet(row).page()})


@needs("read")
def call_sheet_pdf(request: Any, pk: int) -> HttpResponse:
    row = session_of(request, pk)
    return _pdf(request, row, sheets.call_sheet(row), "call sheet")


def _pdf(request: Any, row: Session, sheet: Sheet, what: str) -> HttpResponse:
    paper: Paper = "us-letter" if request.GET.get("paper") == "letter" else "a4"
    answer = HttpResponse(as_pdf(sheet, paper), content_type="application/pdf")
    named = content_disposition_header(True, safe_name(f"{row.title}, {what}.pdf"))
    answer.headers["Content-Disposition"] = named or "attachment"
    return answer


@needs("read", "GET", "POST")
def session_sheet(request: Any, pk: int) -> HttpResponse:
    """What was: a person's hours are typed here, and everybody signs."""
    row = session_of(request, pk)
    if request.method == "POST":
        return _keep(request, row)
    return _page(request, row)


def _page(request: Any, row: Session, status: int = 200, wrong: int = 0, form: Any = None) -> HttpResponse:
    worked = {each.person_id: each for each in row.worked.all()}
    rows = [
        {"seat": seat, "form": form if seat.pk == wrong else _form(row, seat, worked.get(seat.person_id))}
        for seat in row.seats.all()
    ]
    page = sheets.session_sheet(row)
    context = {"session": row, "sheet": page, "page": page.page(), "rows": rows, "hash": sheets.hash_of(row)}
    return render(request, "calendar/sheet.html", context, status=status)


def _form(row: Session, seat: Seat, worked: Any) -> WorkedForm:
    start, end, pause = (
        (worked.start, worked.end, worked.break_min) if worked else (row.starts_at, row.ends_at, row.break_min)
    )
    shown = {"start": timezone.localtime(start), "end": timezone.localtime(end), "break_min": pause}
    return WorkedForm(initial=shown, prefix=f"s{seat.pk}")


def _keep(request: Any, row: Session) -> HttpResponse:
    request.actor.must("write")
    if "fill" in request.POST:
        sheets.fill(request.actor, row)
    elif "remarks" in request.POST:
        actions.remark(request.actor, row, request.POST["remarks"])
    else:
        seat = get_object_or_404(Seat.objects.select_related("person"), pk=_number(request), session=row)
        form = WorkedForm(request.POST, prefix=f"s{seat.pk}")
        if not form.is_valid():
            return _page(request, row, 422, seat.pk, form)
        fields = form.cleaned_data | {"break_min": form.cleaned_data["break_min"] or 0}
        sheets.keep_hours(request.actor, row, seat.person, **fields)
    messages.success(request, "Saved.")
    return redirect("session-sheet", pk=row.pk)


def _number(request: Any) -> int:
    text = request.POST.get("seat", "")
    return int(text) if text.isdecimal() else 0


@needs("read")
def session_sheet_pdf(request: Any, pk: int) -> HttpResponse:
    row = session_of(request, pk)
    return _pdf(request, row, sheets.session_sheet(row), "session sheet")


@needs("write", "POST")
def sign(request: Any, pk: int) -> HttpResponse:
    """Sign the sheet as it stands."""
    row = session_of(request, pk)
    sheets.sign(row, who=request.actor.name, who_key=request.actor.key, remark=request.POST.get("remark", ""))
    messages.success(request, "Signed.")
    return redirect("session-sheet", pk=pk)
