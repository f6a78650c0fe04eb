"""Pages of songs: the list, the board, the demos, and what is done to a song."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.safestring import SafeString

from controlroom.base.errors import UsageError
from controlroom.desk.accounts.actor import Actor
from controlroom.desk.accounts.rights import needs
from controlroom.desk.people.text import whole_number
from controlroom.desk.songs import actions, covers, queries, song_page
from controlroom.desk.songs.forms import FactsForm, NewSongForm
from controlroom.desk.songs.models import STAGES, Song

SONGS_ON_PAGE = 50


def song_of(request: Any, pk: int) -> Song:
    """A song of the actor's studio; 404 for any other."""
    return get_object_or_404(Song.objects.select_related("artist"), pk=pk, studio_id=request.actor.studio_id)


@needs("read")
def songs(request: Any) -> HttpResponse:
    """All songs, found by title, artist, part or lyrics; by stage; those put away."""
    words, stage = request.GET.get("q", "").strip()[:100], request.GET.get("stage", "")
    away = request.GET.get("away") == "1"
    rows = queries.found(queries.songs_of(request.actor, archived=away), words)
    if stage in dict(STAGES):
        rows = rows.filter(stage=stage)
    page = Paginator(rows, SONGS_ON_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "songs": queries.with_newest(page.object_list),
        "q": words,
        "stage": stage,
        "away": away,
        "stages": STAGES,
    }
    return render(request, "songs/list.html", context)


@needs("read")
def board(request: Any) -> HttpResponse:
    """The songs by stage."""
    columns = queries.board(request.actor)
    for column in columns:  # the same for every card of a column, so it is made once
        chosen = [(value, label, " selected" if value == column["stage"] else "") for value, label in STAGES]
        options = ((value, SafeString(mark), label) for value, label, mark in chosen)
        column["options"] = format_html_join("", '<option value="{}"{}>{}</option>', options)
    empty = not any(column["number"] for column in columns)
    context = {"columns": columns, "empty": empty, "may_write": request.actor.may("write")}
    return render(request, "songs/board.html", context)


@needs("write", "POST")
def board_move(request: Any) -> HttpResponse:
    """The board's cards are one form: `song` is the one whose button was pressed, `to-<song>` where it goes."""
    pk = request.POST.get("song", "")
    row = song_of(request, whole_number(pk) or 0)
    actions.move_song(request.actor, row, request.POST.get(f"to-{pk}", ""))
    messages.success(request, f"{row.title} is in {row.get_stage_display().lower()}.")
    return redirect("board")


@needs("read")
def song(request: Any, pk: int) -> HttpResponse:
    return render(request, "songs/song.html", song_page.context_of(request.actor, song_of(request, pk)))


@needs("read")
def timeline(request: Any, pk: int) -> HttpResponse:
    """An older page of the timeline."""
    row = song_of(request, pk)
    context = {"song": row, **song_page.timeline_of(row, whole_number(request.GET.get("page")) or 1)}
    return render(request, "songs/parts/timeline.html" if request.htmx else "songs/timeline.html", context)


@needs("write", "GET", "POST")
def new(request: Any) -> HttpResponse:
    form = NewSongForm(request.POST or None, initial={"stage": "demo"})
    if request.method == "POST" and form.is_valid():
        fields = dict(form.cleaned_data)
        made = actions.create_song(request.actor, stage=fields.pop("stage") or "demo", **fields)
        return redirect("song", pk=made.pk)
    context = {"form": form, **song_page.names_of(request.actor)}
    return render(request, "songs/edit.html", context, status=422 if form.errors else 200)


@needs("write", "GET", "POST")
def edit(request: Any, pk: int) -> HttpResponse:
    row = song_of(request, pk)
    form = FactsForm(request.POST, request.FILES) if request.method == "POST" else FactsForm.of(row)
    if request.method == "POST" and form.is_valid() and _changed(request.actor, row, form):
        messages.success(request, "Saved.")
        return redirect("song", pk=pk)
    context = {"form": form, "song": row, **song_page.names_of(request.actor)}
    return render(request, "songs/edit.html", context, status=422 if form.errors else 200)


def _changed(actor: Actor, row: Song, form: FactsForm) -> bool:
    """All of it, or nothing: a cover that cannot be read is said beside its field."""
    facts = dict(form.cleaned_data)
    sent, off = facts.pop("cover"), facts.pop("without_cover", False)
    image = sent.read() if sent else b""
    try:
        covers.must_be_image(image)
    except UsageError as error:
        form.add_error("cover", str(error))
        return False
    with transaction.atomic():
        actions.change_song(actor, row, **facts)
        if image or off:
            covers.set_cover(actor, row, image)  # last: what it lets go does not come back
    return True


@needs("read")
def cover(request: Any, pk: int) -> HttpResponseBase:
    """The cover of a song."""
    row = song_of(request, pk)
    if row.cover is None:
        raise Http404
    return covers.sent(request, row.cover)


@needs("write", "POST")
def stage(request: Any, pk: int) -> HttpResponse:
    """Move a song to another stage."""
    row = actions.move_song(request.actor, song_of(request, pk), request.POST.get("stage", ""))
    messages.success(request, f"{row.title} is in {row.get_stage_display().lower()}.")
    return redirect("song", pk=pk)


@needs("write", "POST")
def archive(request: Any, pk: int) -> HttpResponse:
    row = actions.archive_song(request.actor, song_of(request, pk))
    messages.success(request, undoable(f"{row.title} is put away.", reverse("song-restore", args=[pk])))
    return redirect("songs")


@needs("write", "POST")
def restore(request: Any, pk: int) -> HttpResponse:
    row = actions.restore_song(request.actor, song_of(request, pk))
    messages.success(request, f"{row.title} is back.")
    return back_to(request, reverse("song", args=[pk]))


def undoable(says: str, url: str) -> str:
    """A sentence for the toasts with a way back in it."""
    return format_html('{} <button class="link" type="button" hx-post="{}">Undo</button>', says, url)


def asked_from(request: Any, pk: int) -> str:
    """The page on which it was asked for (`next`); else the song's."""
    wanted = str(request.POST.get("next") or request.GET.get("next") or "")
    safe = url_has_allowed_host_and_scheme(wanted, None)
    return wanted if wanted and safe else reverse("song", args=[pk])


def back_to(request: Any, url: str) -> HttpResponse:
    """Load that page: a redirect, for htmx a whole one."""
    if request.htmx:
        return HttpResponse(status=204, headers={"HX-Redirect": url})
    return redirect(url)
