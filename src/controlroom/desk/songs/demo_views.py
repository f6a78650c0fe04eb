"""The demos and what becomes of them; the page of a demo: what was heard, what would help, auditions of its advice."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode

from controlroom.desk.accounts.rights import needs
from controlroom.desk.songs import actions, auditions, demo_page, demo_states, media, queries
from controlroom.desk.songs.media_views import recording_of
from controlroom.desk.songs.models import DEMO_STATES, DemoStep
from controlroom.desk.songs.views import SONGS_ON_PAGE, asked_from, back_to, song_of, undoable


@needs("read")
def demos(request: Any) -> HttpResponse:
    """Demos that wait, in the order in which they need an ear; or those of one state."""
    state = request.GET.get("state", "")
    state = state if state in dict(DEMO_STATES) else ""
    page = Paginator(queries.demos(request.actor, state), SONGS_ON_PAGE).get_page(request.GET.get("page"))
    rows = queries.with_newest(page.object_list)
    context = {
        "page": page,
        "songs": rows,
        "state": state,
        "tabs": queries.demo_tabs(request.actor),
        "being_heard": any(row.newest and row.newest.state == "arrived" for row in rows),
    }
    return render(request, "songs/demos.html", context)


@needs("write", "POST")
def demo_state(request: Any, pk: int) -> HttpResponse:
    """Say what becomes of a demo, and why: `again` is a reason that was given before, `reason` one that was typed."""
    song, reason = song_of(request, pk), request.POST.get("again") or request.POST.get("reason", "")
    actions.set_demo_state(request.actor, song, request.POST.get("state", ""), reason)
    here, step = asked_from(request, pk), demo_states.last(song)
    says = f"{song.title}: {song.get_demo_state_display().lower()}."
    if step is not None:
        says = undoable(says, f"{reverse('demo-undo', args=[step.pk])}?{urlencode({'next': here})}")
    messages.success(request, says)
    return redirect(here)


@needs("write", "POST")
def demo_undo(request: Any, pk: int) -> HttpResponse:
    """The demo is again what it was before that step."""
    step = get_object_or_404(DemoStep, pk=pk, studio_id=request.actor.studio_id)
    song = actions.take_back_demo_state(request.actor, step)
    messages.success(request, f"{song.title}: {song.get_demo_state_display().lower()} again.")
    return back_to(request, asked_from(request, song.pk))


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
