"""Answers to requests of a review page, behind users' and guests' addresses alike.

The guard of the address has checked the right and set `request.actor`; `recording` and `note` are within its reach.
Every write answers htmx with the part that changed, and a plain form with the page it came from.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, TypeAlias

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect, render
from django.utils.http import content_disposition_header

from controlroom.base.errors import UsageError
from controlroom.desk.people.text import whole_number
from controlroom.desk.review import actions
from controlroom.desk.review.addresses import Addresses
from controlroom.desk.review.forms import ApprovalForm, NoteForm, RewriteForm, WordsForm
from controlroom.desk.review.models import Note
from controlroom.desk.review.notes import words_for
from controlroom.desk.review.pages import notes_part, shown_verbs, verbs_for
from controlroom.desk.review.pictures import pictures_of
from controlroom.desk.review.revision import exported
from controlroom.desk.songs.models import Recording

Reach: TypeAlias = QuerySet[Recording]
"""The recordings that the actor may come to."""

WRITTEN: dict[str, type[forms.Form]] = {"reply": WordsForm, "edit": WordsForm, "rewrite": RewriteForm}
"""Verbs that need words first."""
PLAIN = ("delete", "restore", "resolve", "reopen")


def notes(request: Any, recording: Recording, addresses: Addresses, reach: Reach) -> HttpResponse:
    """GET: the list of notes. POST: a new one, for those who may comment, on the version that was playing."""
    if request.method != "POST":
        return _list(request, recording, addresses)
    if not request.actor.may("comment"):
        return render(request, "desk/403.html", status=403)
    form = NoteForm(request.POST)
    if form.is_valid():
        said = form.cleaned_data
        target = _playing(recording, said["recording"], reach)
        place = {"at_s": said["at_s"], "until_s": said["until_s"]}
        try:
            actions.add_note(request.actor, target, text=said["text"], internal=said["internal"], **place)
        except UsageError as error:
            form.add_error("text", str(error))
        else:
            return _list(request, recording, addresses, says=_elsewhere(recording, target))
    return _form_again(request, recording, addresses, form)


def _playing(recording: Recording, wanted: int | None, reach: Reach) -> Recording:
    if wanted is None or wanted == recording.pk:
        return recording
    return _found(reach.filter(song_id=recording.song_id, pk=wanted).first())


def _found(recording: Recording | None) -> Recording:
    if recording is None:
        raise Http404
    return recording


def _elsewhere(recording: Recording, target: Recording) -> str:
    return "" if recording == target else f"Your note stands on {target.label}, which was playing."


def _form_again(request: Any, recording: Recording, addresses: Addresses, form: forms.Form) -> HttpResponse:
    """What was typed, with the reason why it cannot be taken."""
    context = notes_part(request.actor, recording, addresses, form=form)
    if request.htmx:
        answer = render(request, "review/parts/note_form.html", context, status=422)
        answer["HX-Retarget"], answer["HX-Reswap"] = "#note-form", "outerHTML"
        return answer
    return render(request, "review/refused.html", context | {"back": addresses.review(recording)}, status=422)


def _list(
    request: Any, recording: Recording, addresses: Addresses, *, undo: Note | None = None, says: str = ""
) -> HttpResponse:
    """The list as it is now; to a plain form, the page it stands on."""
    undo_url = f"{addresses.note(undo, 'restore')}?on={recording.pk}" if undo else ""
    if request.method == "POST" and not request.htmx:
        if says or undo:
            messages.success(request, says or "The note is gone.")
        return redirect(addresses.review(recording) + (f"?undo={undo.pk}" if undo else ""))
    context = notes_part(request.actor, recording, addresses, undo_url=undo_url, fresh=request.method == "POST")
    answer = render(request, "review/parts/notes_answer.html", context)
    if says:
        answer["HX-Trigger"] = json.dumps({"toast": {"says": says, "kind": "ok"}})
    if request.GET.get("waiting") and recording.state != "arrived":
        answer["HX-Refresh"] = "true"
    return answer


def note(request: Any, found: Note, verb: str, addresses: Addresses, reach: Reach) -> HttpResponse:
    """Answer a note, change it, take it away, say that it is done. `?on=` is the version whose page it is seen on."""
    recording = _playing(found.recording, whole_number(request.GET.get("on")), reach)
    if verb not in (*WRITTEN, *PLAIN, "more") or (found.internal and request.actor.is_guest):
        raise Http404
    if verb not in _allowed(request.actor, found, verb):
        return render(request, "desk/403.html", status=403)
    if verb == "more":
        return _more(request, found, recording, addresses)
    if verb in WRITTEN:
        return _written(request, found, verb, recording, addresses)
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    _DO[verb](request.actor, found, recording)
    return _list(request, recording, addresses, undo=found if verb == "delete" else None)


def _more(request: Any, found: Note, recording: Recording, addresses: Addresses) -> HttpResponse:
    """What is done more seldom with a note: put its words right, rewrite it for the artist, take it away."""
    verbs = [verb for verb in verbs_for(request.actor, found) if verb in ("edit", "rewrite", "delete")]
    context = {
        "note": found,
        "said": words_for(request.actor, found),
        "links": {verb: f"{addresses.note(found, verb)}?on={recording.pk}" for verb in verbs},
        "back": addresses.review(recording),
        "notes_url": addresses.notes(recording),
    }
    return render(request, "review/parts/more.html" if request.htmx else "review/more.html", context)


def _allowed(actor: Any, found: Note, verb: str) -> list[str]:
    """What may be done with it now: a note that is gone can only be brought back; the same twice does no harm."""
    verbs = verbs_for(actor, found)
    verbs += shown_verbs(verbs)
    if found.deleted_at is not None:
        return ["restore", "delete"] if "delete" in verbs else []
    same = {"resolve": "reopen", "reopen": "resolve", "restore": "delete"}
    return [*verbs, verb] if same.get(verb) in verbs else verbs


def _resolve(actor: Any, found: Note, recording: Recording) -> None:
    """Seen on a later version, it is done in that; on its own, it is settled."""
    actions.resolve(actor, found, None if recording.pk == found.recording_id else recording)


_DO: dict[str, Callable[[Any, Note, Recording], Any]] = {
    "delete": lambda actor, found, _: actions.delete_note(actor, found),
    "restore": lambda actor, found, _: actions.restore_note(actor, found),
    "reopen": lambda actor, found, _: actions.reopen(actor, found),
    "resolve": _resolve,
}


def _written(request: Any, found: Note, verb: str, recording: Recording, addresses: Addresses) -> HttpResponse:
    first = {"reply": "", "edit": found.text, "rewrite": found.said_to_artist}[verb]
    sent = request.POST if request.method == "POST" else None
    form = WRITTEN[verb](sent, initial={"text": first, "internal": found.internal})
    if request.method == "POST" and form.is_valid():
        try:
            _write(request.actor, found, verb, recording, form.cleaned_data)
        except UsageError as error:
            form.add_error("text", str(error))
        else:
            return _list(request, recording, addresses)
    context = {
        "note": found,
        "said": words_for(request.actor, found),
        "verb": verb,
        "form": form,
        "url": f"{addresses.note(found, verb)}?on={recording.pk}",
        "back": addresses.review(recording),
        "notes_url": addresses.notes(recording),
    }
    template = "review/parts/words.html" if request.htmx else "review/words.html"
    status = 422 if form.errors else 200
    answer = render(request, template, context, status=status)
    if request.htmx:
        answer["HX-Retarget"], answer["HX-Reswap"] = f"#words-{found.pk}", "innerHTML"
    return answer


def _write(actor: Any, found: Note, verb: str, recording: Recording, said: dict[str, Any]) -> None:
    if verb == "reply":
        actions.add_note(actor, recording, text=said["text"], parent=found)
    elif verb == "edit":
        actions.edit_note(actor, found, said["text"])
    else:
        actions.rewrite_for_artist(actor, found, said["text"], internal=said["internal"])


def approve(request: Any, recording: Recording, addresses: Addresses) -> HttpResponse:
    form = ApprovalForm(request.POST)
    if not form.is_valid():
        raise UsageError("The word with your approval", "it is too long", "Make it shorter, or write a note.")
    actions.approve(request.actor, recording, form.cleaned_data["says"])
    messages.success(request, f"{recording.label} is approved. Thank you.")
    return redirect(addresses.review(recording))


def heard(request: Any, recording: Recording) -> HttpResponse:
    actions.note_heard(request.actor, recording)
    return HttpResponse(status=204)


def pictures(request: Any, recording: Recording, addresses: Addresses) -> HttpResponse:
    context = pictures_of(recording, alone=addresses.alone) | {"back": addresses.review(recording)}
    return render(request, "review/parts/pictures.html" if request.htmx else "review/pictures.html", context)


def export(request: Any, recording: Recording, kind: str, addresses: Addresses) -> HttpResponse:
    try:
        data, name, media_type = exported(request.actor, recording, kind, alone=addresses.alone)
    except UsageError as error:
        raise Http404(str(error)) from error
    disposition = content_disposition_header(True, name) or "attachment"
    return HttpResponse(data, content_type=media_type, headers={"Content-Disposition": disposition})
