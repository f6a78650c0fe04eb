"""What is done with letters: drafted, changed, sent by a person, written again when they came back."""

from __future__ import annotations

import re
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils import timezone

from controlroom.base.errors import UsageError
from controlroom.desk import works
from controlroom.desk.accounts.actor import Actor
from controlroom.desk.mail import facts
from controlroom.desk.mail.models import MailAccount, MailMessage, Outgoing
from controlroom.desk.people.models import Person
from controlroom.desk.people.text import many_lines, one_line
from controlroom.desk.songs.models import Song
from controlroom.rooms.correspondence import letters as room

OPEN = ("draft", "failed")
"""States in which a letter is changed and sent."""
MOST_TO = 20
Addresses = list[list[str]]
_PIECES = re.compile(r'(?:"[^"]*"|[^",;])+')
_ADDRESS = re.compile(r'"?([^"<>]*?)"?\s*<([^<>\s]+)>|([^<>\s"]+)')


def begin_letter(
    actor: Actor,
    *,
    kind: str = "",
    answers: MailMessage | None = None,
    person: Person | None = None,
    song: Song | None = None,
    tone: str = "",
    language: str = "",
    **said: Any,
) -> Outgoing:
    """A draft: in answer to a message, or to somebody, about a song. `said`: what the kind asks for (an invoice's).

    Tone and language are the person's, unless one is named.
    """
    actor.must("manage")
    person = person or (answers.person if answers else None) or (song.artist if song and not answers else None)
    song = song or (answers.song if answers else None)
    letter = Outgoing(
        studio_id=actor.studio_id,
        account=_account(actor, answers),
        answers=answers,
        person=person,
        song=song,
        about=facts.newest(song),
        to=_whom(answers, person),
        subject=_again(answers.subject) if answers else "",
        tone=tone or (person.tone if person else "") or "warm",
        language=language or (person.language if person else "") or "en",
        who=actor.name,
        who_key=actor.key,
    )
    return draft_again(actor, letter, kind=kind, tone=letter.tone, language=letter.language, **said)


def _account(actor: Actor, answers: MailMessage | None) -> MailAccount | None:
    """The account that got the message, where it may send; else the first that may."""
    may = MailAccount.objects.filter(studio_id=actor.studio_id, removed_at=None).exclude(smtp_host="").order_by("pk")
    own = may.filter(pk=answers.account_id).first() if answers else None
    return own or may.first()


def _whom(answers: MailMessage | None, person: Person | None) -> Addresses:
    if answers and (email := answers.reply_to or answers.from_email):
        return [[email, answers.from_name if email == answers.from_email else ""]]
    return [[person.email, person.name]] if person and person.email else []


def _again(subject: str) -> str:
    return subject if subject[:3].lower() in ("re:", "aw:") else one_line(f"Re: {subject}", 400)


def draft_again(actor: Actor, letter: Outgoing, *, kind: str, tone: str, language: str, **said: Any) -> Outgoing:
    """Write the draft anew, of that kind, in that tone and language; what was changed in it is lost."""
    actor.must("manage")
    if tone not in room.TONES or language not in room.LANGUAGES or kind not in dict(facts.KINDS):
        raise UsageError("The letter", f"there is none as {kind} {tone} {language}", "Choose among those of the page.")
    _must_be_open(letter)
    letter.kind, letter.tone, letter.language = kind, tone, language
    if kind:
        about = facts.About(actor, letter.person, letter.song, letter.answers, said)
        written = room.draft(kind, facts.facts_of(kind, about), tone=tone, language=language)  # type: ignore[arg-type]
        letter.body, letter.missing = written.body, list(written.missing)
        letter.subject = letter.subject if letter.answers else one_line(written.subject, 400)
    else:
        letter.body, letter.missing = "", []
    letter.changed_at = timezone.now()
    letter.save()
    return letter


def write(actor: Actor, kind: str, written: room.Draft, **fields: Any) -> Outgoing:
    """A draft that somebody else composed (the calendar: a call to a session, an invitation with its `calendar` and
    `method`); `fields` as those of `Outgoing`: to, person, song, calendar, method."""
    actor.must("manage")
    return Outgoing.objects.create(
        studio_id=actor.studio_id,
        account=_account(actor, None),
        kind=kind,
        subject=one_line(written.subject, 400),
        body=written.body,
        missing=list(written.missing),
        tone=written.tone,
        language=written.language,
        who=actor.name,
        who_key=actor.key,
        **fields,
    )


def change_letter(actor: Actor, letter: Outgoing, *, to: str, subject: str, body: str, account: int | None) -> Outgoing:
    """Keep what somebody typed."""
    actor.must("manage")
    _must_be_open(letter)
    letter.to = addresses(to)
    letter.subject, letter.body = one_line(subject, 400), many_lines(body)
    if account is not None:
        mine = MailAccount.objects.filter(studio_id=actor.studio_id, removed_at=None).exclude(smtp_host="")
        letter.account = mine.filter(pk=account).first()
    letter.changed_at = timezone.now()
    letter.save()
    return letter


def addresses(text: str) -> Addresses:
    """Addresses as people type them: "Mara Lind <mara@example.org>, tom@example.org". Raises `UsageError`."""
    found = []
    for piece in _PIECES.findall(one_line(text, 4000)):
        read = _ADDRESS.fullmatch(piece.strip())
        if piece.strip():
            name, email, bare = read.groups() if read else ("", piece.strip(), "")
            found.append([(email or bare).lower(), one_line(name or "", 160)])
    for email, name in found:
        try:
            validate_email(email)
        except ValidationError:
            raise UsageError(one_line(email or name, 80), "it is no mail address", "Write name@place.") from None
    if len(found) > MOST_TO:
        raise UsageError("To", f"{len(found)} people at once", f"Write to {MOST_TO} at most.")
    return found


def _must_be_open(letter: Outgoing) -> None:
    if letter.state not in OPEN:
        raise UsageError("This letter", f"it is {letter.get_state_display().lower()}", "Write a new one.")


def send_letter(actor: Actor, letter: Outgoing) -> Outgoing:
    """Have a letter sent: what stands in it goes out under the name of whoever pressed the button. Never called by a
    job, a rule or a timer."""
    actor.must("manage")
    _check(letter)
    with transaction.atomic():
        mine = Outgoing.objects.filter(pk=letter.pk, state__in=OPEN)
        if mine.update(state="sending", error="", handed_at=None, who=actor.name, who_key=actor.key):
            # to whom is not said: everybody here sees the jobs
            works.ask(actor, "mail.send", says="Sending a letter", letter=letter.pk)
    letter.refresh_from_db()
    return letter


def _check(letter: Outgoing) -> None:
    if letter.account is None or not letter.account.may_send:
        raise UsageError("This letter", "no account sends it", "Name an outgoing server in the mail settings.")
    if not letter.to:
        raise UsageError("This letter", "it is addressed to nobody", "Type an address.")
    if not letter.body.strip() or not letter.subject.strip():
        raise UsageError("This letter", "it has no subject or no words", "Write them.")


def write_again(actor: Actor, letter: Outgoing) -> Outgoing:
    """A new draft with the words of a letter that came back or was sent."""
    actor.must("manage")
    if letter.state in OPEN:
        return letter
    Outgoing.objects.filter(pk=letter.pk, state="bounced", seen_at=None).update(seen_at=timezone.now())
    kept = ("studio", "account", "kind", "to", "cc", "subject", "body", "language", "tone", "person", "song", "about")
    fields = {name: getattr(letter, name) for name in (*kept, "answers", "calendar", "method")}
    return Outgoing.objects.create(**fields, who=actor.name, who_key=actor.key)


def discard(actor: Actor, letter: Outgoing) -> None:
    """Throw a draft away; what was sent stays."""
    actor.must("manage")
    _must_be_open(letter)
    letter.delete()
