"""Everything that the pages of mail show."""

from __future__ import annotations

import re
from collections.abc import Iterable
from html import unescape
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from controlroom.desk.accounts.actor import Actor
from controlroom.desk.jobs.models import LIVE, Job
from controlroom.desk.mail import facts, letter_actions, patience, polishing
from controlroom.desk.mail.forms import BeginForm, InvoiceForm, LetterForm
from controlroom.desk.mail.links import FETCHED
from controlroom.desk.mail.models import KINDS, MailAccount, MailAttachment, MailMessage, Outgoing
from controlroom.desk.songs.models import Song

FIRST_WORDS = 160
MOST_IN_THREAD = 50
MOST_TITLES = 300
CHIPS = {"demo": "hot", "note": "info", "scheduling": "info", "business": "warn"}
_WAITING_IMAGE = re.compile(r'<img([^>]*?) data-cid="([^"]*)"([^>]*)>')


def rows_of(messages: Iterable[MailMessage]) -> list[dict[str, Any]]:
    """The lines of the inbox."""
    return [_line(row) for row in messages]


def _line(row: MailMessage) -> dict[str, Any]:
    return {
        "message": row,
        "sender": row.sender,
        "words": " ".join(row.text[: FIRST_WORDS * 2].split())[:FIRST_WORDS],
        "chip": "urgent" if row.urgent else row.kind,
        "tone": "bad" if row.urgent else CHIPS.get(row.kind, ""),
        "because": row.reasons[0][1] if row.reasons else "",
        "sounds": row.sounds,
    }


def accounts_of(actor: Actor) -> dict[str, Any]:
    """How the accounts stand: whether there is one, which fails, when mail was fetched last."""
    accounts = list(MailAccount.objects.filter(studio_id=actor.studio_id, removed_at=None))
    polled = [each.polled_at for each in accounts if each.polled_at]
    return {
        "accounts": accounts,
        "failing": [each for each in accounts if each.error],
        "polled_at": max(polled, default=None),
    }


def message_page(actor: Actor, row: MailMessage, shown_as: str | None) -> dict[str, Any]:
    """A message in its conversation. `shown_as`: "html" or "text", where somebody chose."""
    thread = _thread(row)
    attachments = list(row.attachments.select_related("recording__song"))
    sounds = [each for each in attachments if each.is_audio]
    by_html = bool(row.html) and (shown_as == "html" or (shown_as is None and (row.bulk or not row.text)))
    fetches = {each.url: each for each in row.link_fetches.select_related("recording__song")}
    live = Job.objects.filter(studio_id=actor.studio_id, work="mail.link", state__in=LIVE)
    fetching = {job.arguments.get("url"): job for job in live if job.arguments.get("message") == row.pk}
    demo = next((each.recording for each in attachments if each.recording), None)
    letters = Outgoing.objects.filter(answers__in=[each.pk for each in thread]).exclude(state="sent")
    return {
        "message": row,
        "thread": thread,
        "earlier": [each for each in thread if each.pk != row.pk],
        "by_html": by_html,
        "html": filled(row, attachments) if by_html else "",
        "sounds": sounds,
        "pending": any(_is_pending(row, each) for each in sounds),
        "files": [each for each in attachments if not each.is_audio and not (by_html and each.is_picture)],
        "links": _links(row, fetches, fetching),
        "findings": row.findings,
        "labels": [("urgent", "Urgent"), *KINDS],
        "corrected": row.corrections.filter(undone_at=None).order_by("-pk").first(),
        "kinds": _kinds(row, demo or facts.newest(row.song)),
        "letters": letters,
        "titles": _titles(actor),
        "waits": patience.of_person(row.person) if row.person else None,
    }


def _is_pending(row: MailMessage, sound: MailAttachment) -> bool:
    """Whether a demo's sound is still being taken out of its message, or listened to."""
    if sound.recording is not None:
        return sound.recording.state == "arrived"
    return row.kind == "demo" and row.direction == "in" and not sound.refusal


def _titles(actor: Actor) -> Iterable[str]:
    songs = Song.objects.filter(studio_id=actor.studio_id, archived_at=None)
    return songs.values_list("title", flat=True)[:MOST_TITLES]


def _thread(row: MailMessage) -> list[MailMessage]:
    rows = MailMessage.objects.filter(thread=row.thread).select_related("person").prefetch_related("attachments")
    newest = list(rows.order_by("-at", "-pk")[:MOST_IN_THREAD])
    return newest if row in newest else [row, *newest]


def filled(row: MailMessage, attachments: Iterable[MailAttachment]) -> SafeString:
    """The sanitised HTML with the pictures that came with the message; those that did not are left out."""
    by_id = {each.content_id: each for each in attachments if each.content_id and each.is_picture}

    def picture(match: re.Match[str]) -> str:
        each = by_id.get(unescape(match[2]))
        if each is None:
            return ""
        said = f"{match[1]}{match[3]}"
        alt = "" if " alt=" in said else f' alt="{escape(each.name)}"'
        return f'<img{said} src="{reverse("mail-inline", args=[each.pk])}"{alt}>'

    return mark_safe(_WAITING_IMAGE.sub(picture, row.html))  # nh3 made it; only addresses of ours are added


def _links(row: MailMessage, fetches: dict[str, Any], fetching: dict[Any, Job]) -> list[dict[str, Any]]:
    """The links: those behind which sound may lie first."""
    shown = [
        {
            "number": number,
            "url": link["url"],
            "host": link["host"],
            "kind": link["kind"],
            "may_fetch": link["kind"] in FETCHED,
            "fetch": fetches.get(link["url"]),
            "job": fetching.get(link["url"]),
        }
        for number, link in enumerate(row.links)
    ]
    return sorted(shown, key=lambda each: not each["may_fetch"])


def _kinds(row: MailMessage, version: Any) -> list[tuple[str, str]]:
    """The letters that may answer it, the likeliest first."""
    may = [each for each in facts.KINDS if each[0] not in facts.ABOUT_SONGS or (row.song and version)]
    first = {"demo": "feedback", "note": "revision_answer"}.get(row.kind, "")
    return sorted(may, key=lambda each: each[0] != first)


def senders(actor: Actor) -> list[tuple[int, str]]:
    """The accounts that send, as a form offers them."""
    may = MailAccount.objects.filter(studio_id=actor.studio_id, removed_at=None).exclude(smtp_host="").order_by("pk")
    return [(each.pk, f"{each.from_name} <{each.from_email}>".strip()) for each in may]


def letter_page(actor: Actor, letter: Outgoing, **forms: Any) -> dict[str, Any]:
    """A letter: the editor while it is a draft, what became of it afterwards."""
    job = None
    if letter.state == "sending":
        jobs = Job.objects.filter(studio_id=actor.studio_id, work="mail.send", arguments={"letter": letter.pk})
        job = jobs.order_by("-pk").first()
    is_open = letter.state in letter_actions.OPEN
    return {
        "letter": letter,
        "is_open": is_open,
        "form": LetterForm(senders(actor), initial=LetterForm.initial_of(letter)) if is_open else None,
        "begin": BeginForm.of(letter) if is_open else None,
        "invoice": InvoiceForm(initial={"currency": "EUR", "degree": 1}) if is_open else None,
        "polish": polishing.endpoint().is_on and is_open,
        "job": job,
        **forms,
    }


def waiting_page(actor: Actor) -> dict[str, Any]:
    """Who waits, the overdue first; the promises that are open."""
    return {"waits": patience.everybody(actor.studio_id), "today": timezone.localdate()}
