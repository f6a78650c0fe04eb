"""The pages of review, as contexts: the same for a user and for a guest, whose links lead elsewhere.

Templates: `review/parts/room.html` takes what `review_page` returns, `review/parts/notes.html` what `notes_part`
returns; both stand in whatever shell includes them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from django.db.models import Count
from django.urls import NoReverseMatch, reverse

from controlroom.desk.accounts.actor import Actor
from controlroom.desk.review.addresses import Addresses
from controlroom.desk.review.approving import agreed_on, approvals_of, holds_for, whom_to_ask
from controlroom.desk.review.data import figures, player_data
from controlroom.desk.review.forms import ApprovalForm, AskForm, NoteForm
from controlroom.desk.review.models import Note
from controlroom.desk.review.notes import Said, Shown, with_conflicts, with_replies
from controlroom.desk.review.sides import Side, beside_each_other, match_words, sides_of
from controlroom.desk.review.summary import sections_of, what_next, what_works
from controlroom.desk.songs.listening import report_of
from controlroom.desk.songs.models import STAGES, VERSION_KINDS, Recording, Song


def review_page(
    actor: Actor, recording: Recording, addresses: Addresses, *, beside: Recording | None = None, **more: Any
) -> dict[str, Any]:
    """The context of a version's page; `beside`: a recording of the song that is heard with its versions on request.

    `more` replaces parts of it (a form with errors).
    """
    sides = sides_of(recording, beside=beside, alone=addresses.alone)
    said = Said(actor, [side.recording for side in sides], alone=addresses.alone, at=recording)
    notes = linked(actor, recording, addresses, with_conflicts(with_replies(actor, said.on(recording))))
    report = report_of(recording)
    approvals = approvals_of(recording)
    approved = {each.recording_id for each in approvals if holds_for(each, each.recording)}
    return {
        **_head(actor, recording, addresses),
        **_notes_facts(actor, recording, addresses, notes),
        "tabs": _tabs(sides, recording, addresses, approved),
        "match_says": match_words(sides, recording),
        "figures": figures(recording),
        "data": player_data(actor, recording, sides, said, addresses, sections=sections_of(report), approved=approved),
        "works": what_works(notes, report),
        "next": what_next(report),
        "agreed": agreed_on(actor, recording, approvals),
        "approval_form": ApprovalForm(),
        "ask_form": AskForm(whom_to_ask(recording)) if actor.may("write") else None,
        "heard": [] if actor.is_guest else _listens(recording),
        "delivered": [] if actor.is_guest else _delivered(recording, sides),
        "waiting": recording.state == "arrived",
        **more,
    }


def notes_part(actor: Actor, recording: Recording, addresses: Addresses, **more: Any) -> dict[str, Any]:
    """The context of the list of notes alone, and of the form below it."""
    said = Said(actor, beside_each_other(recording, alone=addresses.alone), alone=addresses.alone, at=recording)
    notes = linked(actor, recording, addresses, with_conflicts(with_replies(actor, said.on(recording))))
    return {"recording": recording, **_notes_facts(actor, recording, addresses, notes), **more}


def _head(actor: Actor, recording: Recording, addresses: Addresses) -> dict[str, Any]:
    song = recording.song
    return {
        "actor": actor,
        "song": song,
        "recording": recording,
        "steps": None if actor.is_guest else steps_of(song),
        "song_url": None if actor.is_guest else _url("song", song.pk),
        "share_url": _url("share", song.pk) if actor.may("invite") else None,
        "master_url": _url("mastering", recording.pk) if _is_mastered(actor, recording) else None,
        "urls": {
            "review": addresses.review(recording),
            "notes": addresses.notes(recording),
            "approve": addresses.approve(recording),
            "revision": addresses.revision(recording),
            "pictures": addresses.pictures(recording),
            "ask": addresses.ask(recording) if actor.may("write") else "",
        },
    }


def _is_mastered(actor: Actor, recording: Recording) -> bool:
    """Only in the house, and only what is a version."""
    return not actor.is_guest and recording.kind in VERSION_KINDS


def _url(name: str, pk: int) -> str | None:
    """An address of another app, where it has one."""
    try:
        return reverse(name, args=[pk])
    except NoReverseMatch:
        return None


def steps_of(song: Song) -> list[dict[str, str]]:
    """Where a song stands, for desk/parts/steps.html."""
    order = [value for value, _ in STAGES]
    here = order.index(song.stage)
    states = ["done" if place < here else "now" if place == here else "" for place in range(len(order))]
    return [{"label": label, "state": state} for (_, label), state in zip(STAGES, states, strict=True)]


def _notes_facts(actor: Actor, recording: Recording, addresses: Addresses, notes: Sequence[Shown]) -> dict[str, Any]:
    still = sum(each.is_open for each in notes)
    return {
        "actor": actor,
        "notes": notes,
        "notes_url": addresses.notes(recording),
        "open_count": still,
        "done_count": len(notes) - still,
        "may_comment": actor.may("comment"),
        "may_hide": not actor.is_guest and actor.may("comment"),
        "form": NoteForm(initial={"recording": recording.pk}),
    }


def linked(actor: Actor, recording: Recording, addresses: Addresses, notes: Sequence[Shown]) -> tuple[Shown, ...]:
    """The notes with what the actor may do with each: verb -> address."""

    def with_links(shown: Shown) -> Shown:
        verbs = shown_verbs(verbs_for(actor, shown.note))
        links = {verb: f"{addresses.note(shown.note, verb)}?on={recording.pk}" for verb in verbs}
        return replace(shown, links=links, replies=tuple(with_links(reply) for reply in shown.replies))

    return tuple(with_links(shown) for shown in notes)


def shown_verbs(verbs: Sequence[str]) -> list[str]:
    """What stands below a note: the everyday, and "more" for the rest."""
    everyday = [verb for verb in verbs if verb in ("resolve", "reopen", "reply")]
    return [*everyday, "more"] if len(everyday) < len(verbs) else everyday


def verbs_for(actor: Actor, note: Note) -> list[str]:
    """What the actor may do with a note."""
    own, thread = note.who_key == actor.key, note.parent_id is None
    allowed = {
        "reply": actor.may("comment") and thread,
        "edit": actor.may("comment") and own,
        "delete": actor.may("comment") and (own or actor.may("manage")),
        "resolve": actor.may("write") and thread and note.resolved_at is None,
        "reopen": actor.may("write") and thread and note.resolved_at is not None,
        "rewrite": actor.may("manage"),
    }
    return [verb for verb, may in allowed.items() if may]


def _tabs(
    sides: Sequence[Side], recording: Recording, addresses: Addresses, approved: set[int]
) -> list[Mapping[str, Any]]:
    return [
        {
            "id": side.recording.pk,
            "label": side.recording.label,
            "says": " ".join(filter(None, [side.recording.says, side.gain_why])),
            "approved": side.recording.pk in approved,
            "key": side.key,
            "url": addresses.review(side.recording),
            "on": side.recording == recording,
            "heard": side.recording.state == "heard",
            "refused": side.recording.state == "refused",
        }
        for side in sides
    ]


def _delivered(recording: Recording, sides: Sequence[Side]) -> list[Recording]:
    """What else of the song can be heard beside its versions."""
    shown = [side.recording.pk for side in sides]
    sent = recording.song.recordings.filter(kind="deliverable", state="heard", archived_at=None)
    return list(sent.exclude(pk__in=shown).order_by("name", "pk"))


def _listens(recording: Recording) -> list[dict[str, Any]]:
    """Who heard it, and how often."""
    counted = recording.heard.values("who_key", "who").annotate(times=Count("pk")).order_by("-times", "who")
    return list(counted[:12])
