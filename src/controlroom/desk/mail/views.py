"""The inbox, a message, and what is done with it."""

from __future__ import annotations

import tempfile
from typing import IO, Any

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.html import format_html

from controlroom.desk.accounts.rights import needs
from controlroom.desk.mail import actions, jobs, links, pages, queries
from controlroom.desk.mail.models import MailAccount, MailAttachment, MailMessage, Promise
from controlroom.desk.people.text import file_name, whole_number
from controlroom.desk.songs import blobs
from controlroom.desk.songs.models import Song
from controlroom.desk.songs.views import back_to
from controlroom.rooms.correspondence.reading import copy_attachment

ON_PAGE = 50
MOST_INLINE_BYTES = 10 * 1024**2


def message_of(request: Any, pk: int) -> MailMessage:
    """A message of the actor's studio; 404 for any other."""
    rows = MailMessage.objects.select_related("thread__song", "person", "song__artist", "raw", "account")
    return get_object_or_404(rows, pk=pk, studio_id=request.actor.studio_id)


@needs("manage")
def inbox(request: Any) -> HttpResponse:
    """What came in, by what it is; found by words; what is done with stands apart."""
    wanted, words = request.GET.get("tab", "all"), request.GET.get("q", "").strip()[:100]
    done = request.GET.get("done") == "1"
    rows = queries.tab(queries.inbox_of(request.actor), wanted).filter(done_at__isnull=not done)
    if wanted == "all" and not words and not done:
        rows = rows.exclude(kind="junk")
    page = Paginator(queries.listed(queries.found(rows, words)), ON_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "rows": pages.rows_of(page.object_list),
        "tabs": queries.tabs(request.actor, done=done),
        "tab": wanted,
        "q": words,
        "done": done,
        **pages.accounts_of(request.actor),
    }
    return render(request, "mail/inbox.html", context)


@needs("manage")
def message(request: Any, pk: int) -> HttpResponse:
    """A message with its conversation, and why it was sorted as it was."""
    row = message_of(request, pk)
    formatted = request.GET.get("as")
    context = pages.message_page(request.actor, row, formatted)
    actions.read(request.actor, context["thread"])
    return render(request, "mail/message.html", context)


@needs("manage", "POST")
def done(request: Any, pk: int) -> HttpResponse:
    """Done with it; `again=1`: not yet."""
    row, again = message_of(request, pk), request.POST.get("again") == "1"
    actions.done(request.actor, row, is_done=not again)
    if again:
        messages.success(request, "It is back in the inbox.")
        return back_to(request, reverse("mail-message", args=[pk]))
    url = reverse("mail-done", args=[pk])
    says = '{} is done. <button class="link" type="button" hx-post="{}" hx-vals=\'{{"again": "1"}}\'>Undo</button>'
    messages.success(request, format_html(says, row.subject or "The message", url))
    return back_to(request, reverse("inbox"))


@needs("manage", "POST")
def sort(request: Any, pk: int) -> HttpResponse:
    """Say what it is."""
    row = message_of(request, pk)
    correction = actions.sort_as(request.actor, row, request.POST.get("label", ""))
    url = reverse("mail-unsort", args=[pk])
    says = format_html(
        '{} from now on, and learnt. <button class="link" type="button" hx-post="{}">Undo</button>',
        correction.get_label_display(),
        url,
    )
    messages.success(request, says)
    return back_to(request, reverse("mail-message", args=[pk]))


@needs("manage", "POST")
def unsort(request: Any, pk: int) -> HttpResponse:
    """Take back what was said of it."""
    row = message_of(request, pk)
    correction = row.corrections.filter(undone_at=None).order_by("-pk").first()
    if correction is not None:
        actions.unsort(request.actor, correction)
        messages.success(request, "Taken back, and forgotten.")
    return back_to(request, reverse("mail-message", args=[pk]))


@needs("manage", "POST")
def song(request: Any, pk: int) -> HttpResponse:
    """Say which song it is about."""
    row, title = message_of(request, pk), request.POST.get("song", "").strip()[:200]
    found = Song.objects.filter(studio_id=request.actor.studio_id, archived_at=None, title__iexact=title).first()
    if title and found is None:
        messages.error(request, "No song has that title. Choose one of the list.")
    else:
        actions.belongs_to(request.actor, row.thread, found.pk if found else None)
    return back_to(request, reverse("mail-message", args=[pk]))


@needs("manage", "POST")
def link(request: Any, pk: int) -> HttpResponse:
    """Fetch what one of its links leads to."""
    links.ask(request.actor, message_of(request, pk), _number(request.POST.get("link")))
    return back_to(request, reverse("mail-message", args=[pk]))


def _number(text: str | None) -> int:
    number = whole_number(text)
    return -1 if number is None else number


@needs("manage", "POST")
def fetch(request: Any) -> HttpResponse:
    """Ask every account for what is new."""
    for account in MailAccount.objects.filter(studio_id=request.actor.studio_id, removed_at=None):
        jobs.ask_fetch(account)
    messages.success(request, "The accounts are being asked.")
    return back_to(request, reverse("inbox"))


@needs("manage")
def raw(request: Any, pk: int) -> HttpResponseBase:
    """The message as it came, byte for byte."""
    row = message_of(request, pk)
    file = blobs.path_of(row.raw).open("rb")
    return FileResponse(file, as_attachment=True, filename=_named(row), content_type="message/rfc822")


def _named(row: MailMessage) -> str:
    """How the file of a message is called: as its subject."""
    return file_name(f"{row.subject or 'message'}.eml")


def _attachment(request: Any, pk: int) -> MailAttachment:
    rows = MailAttachment.objects.select_related("message__raw")
    return get_object_or_404(rows, pk=pk, message__studio_id=request.actor.studio_id)


@needs("manage")
def attachment(request: Any, pk: int) -> HttpResponseBase:
    """A file of a message, to be saved; a browser opens none of them by itself."""
    row = _attachment(request, pk)
    kept = {"as_attachment": True, "filename": row.name, "content_type": "application/octet-stream"}
    return FileResponse(_taken_out(row), **kept)


@needs("manage")
def inline(request: Any, pk: int) -> HttpResponseBase:
    """A picture that stands in a message."""
    row = _attachment(request, pk)
    if not row.is_picture or row.size > MOST_INLINE_BYTES:
        raise Http404
    return FileResponse(_taken_out(row), content_type=row.media_type)


def _taken_out(row: MailAttachment) -> IO[bytes]:
    """A file of a message, decoded beside it on the disk."""
    target = tempfile.TemporaryFile(dir=settings.FILE_UPLOAD_TEMP_DIR)  # noqa: SIM115  (the answer closes it)
    copy_attachment(blobs.path_of(row.message.raw), row.part, target, settings.MOST_UPLOAD_BYTES)
    target.seek(0)
    return target


@needs("manage")
def waiting(request: Any) -> HttpResponse:
    """Who waits for us, for how long, and what was promised."""
    return render(request, "mail/waiting.html", pages.waiting_page(request.actor))


@needs("manage", "POST")
def promise_kept(request: Any, pk: int) -> HttpResponse:
    row = get_object_or_404(Promise, pk=pk, studio_id=request.actor.studio_id)
    actions.keep_promise(request.actor, row)
    messages.success(request, "A promise kept.")
    return back_to(request, reverse("mail-waiting"))
