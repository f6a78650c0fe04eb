"""Letters: what waits as a draft, what went out; the editor; sending."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from controlroom.base.errors import ControlroomError, UsageError
from controlroom.desk.accounts.rights import needs
from controlroom.desk.mail import actions, letter_actions, pages, polishing
from controlroom.desk.mail.forms import BeginForm, InvoiceForm, LetterForm
from controlroom.desk.mail.models import MailMessage, Outgoing
from controlroom.desk.mail.views import message_of
from controlroom.desk.people.models import Person
from controlroom.desk.people.text import whole_number
from controlroom.desk.songs.models import Song

ON_PAGE = 50


def letter_of(request: Any, pk: int) -> Outgoing:
    """A letter of the actor's studio; 404 for any other."""
    rows = Outgoing.objects.select_related("account", "answers__person", "person", "song", "message")
    return get_object_or_404(rows, pk=pk, studio_id=request.actor.studio_id)


@needs("manage")
def letters(request: Any) -> HttpResponse:
    """Drafts, what did not arrive, what was sent."""
    rows = Outgoing.objects.filter(studio_id=request.actor.studio_id).select_related("song", "person")
    wanted = request.GET.get("state", "")
    if wanted in dict(Outgoing.STATES):
        rows = rows.filter(state=wanted)
    page = Paginator(rows, ON_PAGE).get_page(request.GET.get("page"))
    return render(request, "mail/letters.html", {"page": page, "states": Outgoing.STATES, "state": wanted})


@needs("manage", "POST")
def new(request: Any) -> HttpResponse:
    """A letter to somebody, or about a song: to its artist, in the thread in which they last wrote about it."""
    actor = request.actor
    song = _mine(Song, actor, request.POST.get("song"))
    person = _mine(Person, actor, request.POST.get("person"))
    answers = _last_about(song) if song and not person else None
    return _begun(request, kind=request.POST.get("kind", ""), song=song, person=person, answers=answers)


def _last_about(song: Song) -> MailMessage | None:
    theirs = MailMessage.objects.filter(song=song, direction="in", person=song.artist_id or 0)
    return theirs.select_related("person", "account").order_by("-at", "-pk").first()


def _mine(model: Any, actor: Any, said: str | None) -> Any:
    pk = whole_number(said)
    return get_object_or_404(model, pk=pk, studio_id=actor.studio_id) if pk else None


@needs("manage", "POST")
def answer(request: Any, pk: int) -> HttpResponse:
    """A draft that answers a message."""
    return _begun(request, kind=request.POST.get("kind", ""), answers=message_of(request, pk))


def _begun(request: Any, *, kind: str, **about: Any) -> HttpResponse:
    """The editor of a new draft; where the facts of its kind are lacking, an empty one, with the reason."""
    try:
        begun = letter_actions.begin_letter(request.actor, kind=kind, **about)
    except UsageError as error:
        messages.error(request, str(error))
        begun = letter_actions.begin_letter(request.actor, **about)
    return redirect("letter", pk=begun.pk)


@needs("manage", "GET", "POST")
def letter(request: Any, pk: int) -> HttpResponse:
    """A letter: as a form while it is a draft, as it went out afterwards. POST keeps what was typed."""
    row = letter_of(request, pk)
    if request.method == "GET" or row.state not in letter_actions.OPEN:
        return render(request, "mail/letter.html", pages.letter_page(request.actor, row))
    form = LetterForm(pages.senders(request.actor), request.POST)
    if not _kept(request, row, form):
        context = pages.letter_page(request.actor, row, form=form)
        return render(request, "mail/letter.html", context, status=422)
    messages.success(request, "Kept.")
    return redirect("letter", pk=pk)


def _kept(request: Any, row: Outgoing, form: LetterForm) -> bool:
    """Keep what was typed; what is wrong stands in the form."""
    if not form.is_valid():
        return False
    try:
        letter_actions.change_letter(request.actor, row, **form.cleaned_data)
    except UsageError as error:
        form.add_error("to", str(error))
        return False
    return True


@needs("manage", "POST")
def draft(request: Any, pk: int) -> HttpResponse:
    """Write the draft anew: another kind, tone or language."""
    row, form, invoice = letter_of(request, pk), BeginForm(request.POST), InvoiceForm(request.POST)
    if form.is_valid() and invoice.is_valid():
        try:
            letter_actions.draft_again(request.actor, row, **form.cleaned_data, **invoice.said())
        except UsageError as error:
            form.add_error(None, str(error))
        else:
            return redirect("letter", pk=pk)
    context = pages.letter_page(request.actor, row, begin=form, invoice=invoice)
    return render(request, "mail/letter.html", context, status=422)


@needs("manage", "GET", "POST")
def polish(request: Any, pk: int) -> HttpResponse:
    """What would be sent to the machine that polishes words, and what came back. POST sends it; with `take=1` what came
    back is taken, where it adds no fact."""
    row = letter_of(request, pk)
    if request.method == "GET":
        return render(request, "mail/polish.html", polishing.polished_page(row))
    if request.POST.get("take") == "1":
        polishing.take(request.actor, row)
        messages.success(request, "Taken. Read it once more.")
        return redirect("letter", pk=pk)
    polishing.ask(request.actor, row)
    return redirect("letter-polish", pk=pk)


@needs("manage", "POST")
def send(request: Any, pk: int) -> HttpResponse:
    """Keep what stands in the form, and send it."""
    row = letter_of(request, pk)
    form = LetterForm(pages.senders(request.actor), request.POST)
    if row.state in letter_actions.OPEN and "body" in request.POST and not _kept(request, row, form):
        return render(request, "mail/letter.html", pages.letter_page(request.actor, row, form=form), status=422)
    try:
        letter_actions.send_letter(request.actor, letter_of(request, pk))
    except ControlroomError as error:
        form = LetterForm(pages.senders(request.actor), LetterForm.initial_of(letter_of(request, pk)))
        form.add_error(None, str(error))
        context = pages.letter_page(request.actor, row, form=form)
        return render(request, "mail/letter.html", context, status=422)
    return redirect("letter", pk=pk)


@needs("manage", "POST")
def again(request: Any, pk: int) -> HttpResponse:
    """A new draft with the words of one that came back or was sent."""
    return redirect("letter", pk=letter_actions.write_again(request.actor, letter_of(request, pk)).pk)


@needs("manage", "POST")
def seen(request: Any, pk: int) -> HttpResponse:
    """It is known that it did not arrive."""
    actions.seen_failure(request.actor, letter_of(request, pk))
    return redirect("letter", pk=pk)


@needs("manage", "POST")
def discard(request: Any, pk: int) -> HttpResponse:
    """Throw a draft away."""
    letter_actions.discard(request.actor, letter_of(request, pk))
    messages.success(request, "The draft is gone.")
    return redirect("letters")
