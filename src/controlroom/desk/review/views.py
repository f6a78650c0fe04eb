"""Users' pages of review."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from controlroom.desk import works
from controlroom.desk.accounts.actor import house
from controlroom.desk.accounts.rights import needs
from controlroom.desk.people.text import whole_number
from controlroom.desk.review import actions, answers
from controlroom.desk.review.addresses import Addresses
from controlroom.desk.review.approving import whom_to_ask
from controlroom.desk.review.forms import AskForm, DoneForm
from controlroom.desk.review.lineups import in_order
from controlroom.desk.review.models import Lineup, Note
from controlroom.desk.review.pages import review_page
from controlroom.desk.review.revision import done_in, open_on, revision_page
from controlroom.desk.songs.models import Recording

HERE = Addresses()


def _reach(request: Any) -> answers.Reach:
    return Recording.objects.filter(studio_id=request.actor.studio_id).select_related("song__artist", "part")


def _recording(request: Any, pk: int) -> Recording:
    return get_object_or_404(_reach(request), pk=pk)


@needs("read")
def review(request: Any, pk: int) -> HttpResponse:
    """A version's page; `?with=` brings another recording of the song beside it."""
    recording = _recording(request, pk)
    wanted = whole_number(request.GET.get("with"))
    beside = _reach(request).filter(song_id=recording.song_id, pk=wanted).first() if wanted else None
    if beside is not None and beside != recording:
        _ask_lineup(beside, recording)
    context = review_page(request.actor, recording, HERE, beside=beside, undo_url=_undo(request, recording))
    return render(request, "review/review.html", context)


def _ask_lineup(one: Recording, other: Recording) -> None:
    """Have the two lined up, once."""
    old, new = in_order(one, other)
    both_heard = old.state == new.state == "heard"
    if both_heard and not Lineup.objects.filter(old=old, new=new).exists():
        says = f"Lining up {old.label} and {new.label}"
        works.ask(house(new.studio_id), "review.lineup", says=says, song=new.song_id, old=old.pk, new=new.pk)


def _undo(request: Any, recording: Recording) -> str:
    """Where a note that was just taken away comes back from."""
    wanted = whole_number(request.GET.get("undo"))
    if not wanted:
        return ""
    gone = Note.objects.filter(pk=wanted, song_id=recording.song_id).exclude(deleted_at=None).first()
    return f"{HERE.note(gone, 'restore')}?on={recording.pk}" if gone else ""


@needs("read", "GET")
def pictures(request: Any, pk: int) -> HttpResponse:
    return answers.pictures(request, _recording(request, pk), HERE)


@needs("read", "GET", "POST")
def notes(request: Any, pk: int) -> HttpResponse:
    return answers.notes(request, _recording(request, pk), HERE, _reach(request))


@needs("comment", "GET", "POST")
def note(request: Any, pk: int, verb: str) -> HttpResponse:
    known = Note.objects.select_related("recording__song__artist", "parent", "done_in")
    found = get_object_or_404(known, pk=pk, studio_id=request.actor.studio_id)
    return answers.note(request, found, verb, HERE, _reach(request))


@needs("approve", "POST")
def approve(request: Any, pk: int) -> HttpResponse:
    return answers.approve(request, _recording(request, pk), HERE)


@needs("write", "POST")
def ask(request: Any, pk: int) -> HttpResponse:
    """Ask somebody whether the version may go out."""
    recording = _recording(request, pk)
    whom = whom_to_ask(recording)
    form = AskForm(whom, request.POST)
    if not form.is_valid():
        return render(
            request, "review/review.html", review_page(request.actor, recording, HERE, ask_form=form), status=422
        )
    key = form.cleaned_data["of"]
    asked = actions.ask_approval(request.actor, recording, of=dict(whom)[key], of_key=key)
    messages.success(request, f"{asked.of} is asked to approve {recording.label}.")
    return redirect("review", pk)


@needs("listen", "POST")
def heard(request: Any, pk: int) -> HttpResponse:
    return answers.heard(request, _recording(request, pk))


@needs("read")
def revision(request: Any, pk: int) -> HttpResponse:
    """Everything that is still open on a version, from everybody, as one list."""
    return render(request, "review/revision.html", revision_page(request.actor, _recording(request, pk), HERE))


@needs("read")
def export(request: Any, pk: int, kind: str) -> HttpResponse:
    return answers.export(request, _recording(request, pk), kind, HERE)


@needs("write", "POST")
def done(request: Any, pk: int) -> HttpResponse:
    """Mark notes of the list as done, in the version that is chosen."""
    recording = _recording(request, pk)
    still = {each.note.pk: each.note for each in open_on(request.actor, recording)}
    form = DoneForm(list(still), done_in(recording), request.POST)
    if not form.is_valid():
        context = revision_page(request.actor, recording, HERE, error="Choose the notes that are done.")
        return render(request, "review/revision.html", context, status=422)
    version = (
        get_object_or_404(_reach(request), pk=form.cleaned_data["done_in"]) if form.cleaned_data["done_in"] else None
    )
    for pk_done in form.cleaned_data["note"]:
        actions.resolve(request.actor, still[pk_done], version)
    messages.success(request, f"Done: {len(form.cleaned_data['note'])}.")
    return redirect("revision", pk)
