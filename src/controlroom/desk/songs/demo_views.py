"""The page of a demo: what was heard, what works, what would help; and the auditions of its advice."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render

from controlroom.desk.accounts.rights import needs
from controlroom.desk.songs import auditions, demo_page, media
from controlroom.desk.songs.media_views import recording_of


@needs("read")
def demo(request: Any, pk: int) -> HttpResponse:
    return render(request, "songs/demo.html", demo_page.context_of(request.actor, recording_of(request, pk)))


@needs("write", "POST")
def audition(request: Any, pk: int, key: str) -> HttpResponse:
    """Have an audition made; the page shows it when the job has ended."""
    row = recording_of(request, pk)
    plan = auditions.plan_of(row, key)
    if plan is None:
        raise Http404
    auditions.ask(request.actor, row, plan)
    if not request.htmx:
        return redirect("demo", pk=pk)
    context = {"recording": row, "song": row.song, "attempt": auditions.shown(row, plan, ()), "may_write": True}
    return render(request, "songs/parts/try.html", context)


@needs("listen")
def audition_sound(request: Any, pk: int, key: str, side: str) -> HttpResponseBase:
    """One side of an audition: "asis" or "try"."""
    if side not in auditions.SIDES:
        raise Http404
    return media.rendered(request, recording_of(request, pk), f"{side}-{key}")
