"""What is changed in place on a song's page: words, credits, recordings."""

from __future__ import annotations

from itertools import chain
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from controlroom.desk.accounts.rights import needs
from controlroom.desk.songs import actions, song_page
from controlroom.desk.songs.forms import CreditForm, RecordingForm, WordsForm
from controlroom.desk.songs.media_views import recording_of
from controlroom.desk.songs.models import KINDS, Credit, Recording
from controlroom.desk.songs.views import asked_from, back_to, song_of, undoable

WORDS = {"lyrics": "Lyrics", "notes": "Notes"}


@needs("write", "GET", "POST")
def words(request: Any, pk: int, field: str) -> HttpResponse:
    """Lyrics or notes: shown, as a form (`?edit=1`), saved."""
    if field not in WORDS:
        raise Http404
    row = song_of(request, pk)
    context = {"song": row, "field": field, "label": WORDS[field], "may_write": True}
    if request.method == "POST":
        actions.change_song(request.actor, row, **{field: request.POST.get("words", "")})
        if not request.htmx:
            return redirect("song", pk=pk)
    elif request.GET.get("edit") == "1":
        context["form"] = WordsForm(initial={"words": getattr(row, field)}, auto_id=f"{field}-%s")
    context["text"] = getattr(row, field)
    return render(request, "songs/parts/words.html" if request.htmx else "songs/words.html", context)


@needs("write", "POST")
def credits(request: Any, pk: int) -> HttpResponse:
    """Credit somebody."""
    row, form = song_of(request, pk), CreditForm(request.POST)
    if form.is_valid():
        actions.add_credit(request.actor, row, **form.cleaned_data)
        form = CreditForm()
    if not request.htmx:
        if form.errors:
            messages.error(request, "Type who, and what they did.")
        return redirect("song", pk=pk)
    return _credits(request, row, form)


@needs("write", "POST")
def credit_remove(request: Any, pk: int) -> HttpResponse:
    credit = get_object_or_404(
        Credit.objects.select_related("song", "person"), pk=pk, studio_id=request.actor.studio_id
    )
    actions.remove_credit(request.actor, credit)
    return _credits(request, credit.song, CreditForm()) if request.htmx else redirect("song", pk=credit.song_id)


def _credits(request: Any, song: Any, form: CreditForm) -> HttpResponse:
    context = {
        "song": song,
        "credits": song.credits.select_related("person"),
        "credit_form": form,
        "may_write": True,
        **song_page.names_of(request.actor),
    }
    return render(request, "songs/parts/credits.html", context, status=422 if form.errors else 200)


@needs("read")
def recording(request: Any, pk: int) -> HttpResponse:
    """One recording's line; it asks for itself until it was listened to."""
    return _recording(request, recording_of(request, pk))


def _recording(request: Any, row: Recording, status: int = 200, **more: Any) -> HttpResponse:
    song_page.look_on_disk([row])
    context = {
        "recording": row,
        "song": row.song,
        "kinds": KINDS,
        "may_write": request.actor.may("write"),
        **more,
    }
    if not request.htmx:
        return redirect(f"{reverse('song', args=[row.song_id])}#recording-{row.pk}")
    return render(request, "songs/parts/recording.html", context, status=status)


@needs("write", "POST")
def recording_edit(request: Any, pk: int) -> HttpResponse:
    """What it is: its kind, its part, what is new in it."""
    row, form = recording_of(request, pk), RecordingForm(request.POST)
    if not form.is_valid():
        return _recording(request, row, 422, form_errors=" ".join(chain(*form.errors.values())))
    row = actions.change_recording(request.actor, row, **form.cleaned_data)
    return back_to(request, f"{reverse('song', args=[row.song_id])}#recording-{row.pk}")


@needs("write", "POST")
def recording_again(request: Any, pk: int) -> HttpResponse:
    """Listen to it once more."""
    row = recording_of(request, pk)
    actions.listen_again(request.actor, row)
    messages.success(request, f"{row.label} will be listened to again.")
    return back_to(request, asked_from(request, row.song_id))


@needs("write", "POST")
def recording_archive(request: Any, pk: int) -> HttpResponse:
    row = actions.archive_recording(request.actor, recording_of(request, pk))
    messages.success(request, undoable(f"{row.label} is put away.", reverse("recording-restore", args=[pk])))
    return back_to(request, reverse("song", args=[row.song_id]))


@needs("write", "POST")
def recording_restore(request: Any, pk: int) -> HttpResponse:
    row = actions.restore_recording(request.actor, recording_of(request, pk))
    messages.success(request, f"{row.label} is back.")
    return back_to(request, reverse("song", args=[row.song_id]))
