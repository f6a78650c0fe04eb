"""Notes as HTML and JSON, written here because a version may have hundreds: templates take five times as long."""

from __future__ import annotations

from html import escape
from typing import Any

import msgspec
from django import template
from django.utils.safestring import SafeString, mark_safe

from controlroom.desk.review.models import Note
from controlroom.desk.review.notes import Shown
from controlroom.desk.songs.models import Recording
from controlroom.desk.templatetags.words import ago, clock

register = template.Library()
_IN_A_SCRIPT = (("<", "\\u003C"), (">", "\\u003E"), ("&", "\\u0026"))


@register.filter
def player_json(data: dict[str, Any]) -> SafeString:
    """What the player reads, as `json_script` would write it; there may be thousands of pins in it."""
    text = msgspec.json.encode(data).decode()
    for character, written in _IN_A_SCRIPT:
        text = text.replace(character, written)
    return mark_safe(f'<script id="review-data" type="application/json">{text}</script>')


@register.simple_tag
def note_article(shown: Shown, recording: Recording, may_hide: bool) -> SafeString:
    """A note of the list beside the waveform of `recording`; `may_hide`: what is only for the studio is said."""
    note = shown.note
    replies = "".join(_reply(reply, may_hide) for reply in shown.replies)
    replies = f'<div class="replies">{replies}</div>\n' if replies else ""
    return mark_safe(
        f'<article class="note{"" if shown.is_open else " resolved"}" id="note-{note.pk}" {shown.data}>\n'
        f'<div class="row">{_place(shown)}\n<strong>{escape(note.who)}</strong>\n'
        f'<span class="faint">{escape(shown.came) or _when(note)}{_changed(note)}</span>\n'
        f"{_chips(shown, may_hide)}</div>\n"
        f'<p class="says" data-text>{escape(shown.text)}</p>\n'
        f"{replies}{_buttons(shown, recording)}</article>\n"
    )


def _place(shown: Shown) -> str:
    spot = shown.spot
    if shown.lost:
        return _chip("warn", "its place is gone")
    if not shown.number:
        return _chip("", "all of it")
    until = f" to {clock(spot.until_s)}" if spot.until_s is not None else ""
    return f'<button type="button" class="chip hot num" data-seek="{spot.at_s:.3f}">{clock(spot.at_s)}{until}</button>'


def _chip(kind: str, says: str) -> str:
    return f'<span class="chip{f" {kind}" if kind else ""}">{escape(says)}</span>'


def _when(note: Note) -> str:
    return f'<time datetime="{note.created_at.isoformat()}" data-ago>{ago(note.created_at)}</time>'


def _changed(note: Note) -> str:
    return ", changed" if note.edited_at else ""


def _chips(shown: Shown, may_hide: bool) -> str:
    chips = [] if shown.is_open else [_chip("ok", f"done in {shown.done_in}" if shown.done_in else "settled")]
    chips += [_chip("warn", f"{name} asks the opposite") for name in shown.against]
    if may_hide and shown.note.internal:
        chips.append(_chip("", "only for the studio"))
    return "".join(chips) + _rewritten(shown, may_hide)


def _rewritten(shown: Shown, may_hide: bool) -> str:
    return _chip("", "rewritten for the artist") if may_hide and shown.note.said_to_artist else ""


def _buttons(shown: Shown, recording: Recording) -> str:
    links, pk = shown.links, shown.note.pk
    if not links:
        return ""
    said = ""
    if "resolve" in links:
        said = _do(links["resolve"], f"Done in {recording.label}" if shown.origin else "Settled")
    elif "reopen" in links:
        said = _do(links["reopen"], "Open again")
    said += _open(links["reply"], pk, "Answer") if "reply" in links else ""
    said += _open(links["more"], pk, "More") if "more" in links else ""
    return f'<div class="row">{said}</div><div id="words-{pk}"></div>\n'


def _do(url: str, says: str) -> str:
    url = escape(url)
    return f'<button class="btn quiet" form="note-do" formaction="{url}" hx-post="{url}">{escape(says)}</button>'


def _open(url: str, pk: int, says: str) -> str:
    url = escape(url)
    return f'<a class="btn quiet" href="{url}" hx-get="{url}" hx-target="#words-{pk}" hx-swap="innerHTML">{says}</a>'


def _reply(shown: Shown, may_hide: bool) -> str:
    note, more = shown.note, ""
    if "more" in shown.links:
        more = f'{_open(shown.links["more"], note.pk, "More")}<div id="words-{note.pk}"></div>\n'
    return (
        f'<article class="note" id="note-{note.pk}"><div class="row"><strong>{escape(note.who)}</strong>'
        f'<span class="faint">{_when(note)}{_changed(note)}</span>{_rewritten(shown, may_hide)}</div>\n'
        f'<p class="says">{escape(shown.text)}</p>\n{more}</article>\n'
    )
