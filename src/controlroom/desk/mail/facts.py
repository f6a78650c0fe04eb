"""What the desk knows for a letter of each kind: facts of a song, of its notes, of what we wrote before."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, NamedTuple

from django.utils import timezone

from controlroom.base.errors import UsageError
from controlroom.desk.accounts.actor import Actor, house
from controlroom.desk.accounts.models import Studio
from controlroom.desk.guests.models import GuestLink
from controlroom.desk.guests.tokens import address_of
from controlroom.desk.mail.models import MailMessage, Outgoing
from controlroom.desk.people.models import Person
from controlroom.desk.review.models import Note
from controlroom.desk.songs import demo_states, listening
from controlroom.desk.songs.models import VERSION_KINDS, Recording, Song
from controlroom.rooms.correspondence import letters as room

KINDS: list[tuple[str, str]] = [
    ("", "A letter of your own"),
    ("feedback", "Feedback on the demo"),
    ("encouragement", "Encouragement"),
    ("decline", "A courteous no"),
    ("follow_up", "Following up"),
    ("revision_answer", "What became of the notes"),
    ("approval_request", "Asking for approval"),
    ("invoice_reminder", "Reminding of an invoice"),
]
"""Letters that are written from the inbox; a session's call is written from the calendar."""
ABOUT_SONGS = ("feedback", "encouragement", "decline", "revision_answer", "approval_request")
MOST_NOTES = 12


class About(NamedTuple):
    """What a letter is about: to whom, of which song, in answer to what; `said`: what somebody typed for it."""

    actor: Actor
    person: Person | None
    song: Song | None
    answers: MailMessage | None
    said: dict[str, Any]


def facts_of(kind: str, about: About) -> room.Facts:
    """The facts of a letter of that kind; raises `UsageError` where there are none."""
    if kind in ABOUT_SONGS and about.song is None:
        raise UsageError(dict(KINDS)[kind], "it is about a song, and none is named", "Say which song it is about.")
    return _GIVERS[kind](about)


def facts_behind(letter: Outgoing) -> room.Facts:
    """The facts that a draft was written of, as they are known now."""
    about = About(replace(house(letter.studio_id), name=letter.who), letter.person, letter.song, letter.answers, {})
    try:
        return facts_of(letter.kind, about) if letter.kind in _GIVERS else room.Facts(**_between(about))
    except UsageError:  # an invoice's facts were typed; what is known without them is between whom it goes
        return room.Facts(**_between(about))


def _between(about: About) -> dict[str, Any]:
    name = about.person.name if about.person else about.answers.from_name if about.answers else ""
    house = Studio.objects.values_list("name", flat=True).get(pk=about.actor.studio_id)
    return {"to": name, "called": called(name), "sender": about.actor.name, "house": house}


def called(name: str) -> str:
    """The first name, "" where it is not sure: "Ms Mara Lind" begins with none, so only a name of two words is cut."""
    words = name.split()
    return words[0] if len(words) == 2 and words[0].isalpha() else ""


def _demo(about: About) -> room.Facts:
    version = newest(about.song)
    report = listening.report_of(version) if version else None
    step = demo_states.last(_song(about))
    reason = step.reason if step and step.state == "declined" else ""
    return room.DemoFacts(**_between(about), title=_song(about).title, report=report, reason=reason)


def _follow_up(about: About) -> room.Facts:
    ours = MailMessage.objects.filter(studio_id=about.actor.studio_id, direction="out")
    ours = ours.filter(thread=about.answers.thread) if about.answers else ours.filter(person=about.person)
    last = ours.order_by("-at").first() if about.answers or about.person else None
    what = about.song.title if about.song else last.subject if last else about.answers.subject if about.answers else ""
    if last is None:
        raise UsageError("Following up", "we never wrote to them about it", "Write a letter of your own.")
    return room.FollowUpFacts(**_between(about), about=what, since=timezone.localtime(last.at).date())


def _revision(about: About) -> room.Facts:
    song, version = _song(about), _newest(about)
    notes = Note.objects.filter(song=song, deleted_at=None, internal=False, parent=None, resolved_at__isnull=False)
    answered = tuple(
        room.Answered(note=note.text, done=True, at_s=note.at_s) for note in notes.order_by("-resolved_at")[:MOST_NOTES]
    )
    link = link_of(song, about.person)
    return room.RevisionFacts(
        **_between(about), title=song.title, version=version.label, notes=answered[::-1], link=link
    )


def _approval(about: About) -> room.Facts:
    song, version = _song(about), _newest(about)
    changes = (version.says,) if version.says else ()
    link = link_of(song, about.person)
    return room.ApprovalFacts(**_between(about), title=song.title, version=version.label, changes=changes, link=link)


def _invoice(about: About) -> room.Facts:
    said = about.said
    if not (said.get("number") and said.get("amount_minor") and said.get("due")):
        raise UsageError("Reminding of an invoice", "its number, amount or date is missing", "Type all three.")
    return room.InvoiceFacts(
        **_between(about),
        number=said["number"],
        amount_minor=said["amount_minor"],
        currency=said.get("currency") or "EUR",
        due=said["due"],
        today=timezone.localdate(),
        degree=said.get("degree", 1),
    )


def _song(about: About) -> Song:
    assert about.song is not None
    return about.song


def newest(song: Song | None) -> Recording | None:
    """The newest version of a song that can be heard."""
    if song is None:
        return None
    rows = song.recordings.filter(kind__in=VERSION_KINDS, archived_at=None).exclude(state="refused")
    return rows.order_by("-created_at", "-pk").first()


def _newest(about: About) -> Recording:
    version = newest(about.song)
    if version is None:
        raise UsageError(_song(about).title, "it has no version to speak of", "Upload one first.")
    return version


def link_of(song: Song, person: Person | None) -> str:
    """Where that person hears the song: their own link, where they have an open one."""
    links = GuestLink.objects.filter(song=song, person=person, revoked_at=None) if person else ()
    return next((address_of(link) for link in links if link.state == "open"), "")


_GIVERS: dict[str, Callable[[About], room.Facts]] = {
    "feedback": _demo,
    "encouragement": _demo,
    "decline": _demo,
    "follow_up": _follow_up,
    "revision_answer": _revision,
    "approval_request": _approval,
    "invoice_reminder": _invoice,
}
