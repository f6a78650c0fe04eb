"""A letter on its way: composed and kept, handed to the mail server once, kept in its thread.

    draft --a person presses Send--> sending --kept raw, handed over--> sent --a report comes back--> bounced

It is handed over at most once: whoever is killed in between leaves `handed_at`, and the next attempt says that it may
have gone out instead of sending it twice.
"""

from __future__ import annotations

import uuid
from dataclasses import replace
from pathlib import Path

from django.db import transaction
from django.utils import timezone

from controlroom.base.errors import ControlroomError, UsageError
from controlroom.desk.accounts.actor import house
from controlroom.desk.mail import actions, fetching, patience, signals, threads
from controlroom.desk.mail.models import MailAccount, MailMessage, Outgoing
from controlroom.desk.mail.values import fields_of
from controlroom.desk.songs import actions as songs
from controlroom.desk.songs import blobs, renditions
from controlroom.rooms.correspondence.message import Address
from controlroom.rooms.correspondence.reading import read_message
from controlroom.rooms.correspondence.writing import Invitation, compose
from controlroom.rooms.correspondence.writing import Outgoing as Written

PERHAPS = "The machine stopped while it was handed over; it may have gone out. Ask before it is sent again."
ANSWERS_A_DEMO = {"feedback": "answered", "encouragement": "answered", "decline": "declined"}
"""Letters that answer a demo, and what it is then."""


def send_now(letter: Outgoing) -> str:
    """Hand the letter to its mail server; gives a sentence. What fails is said in the letter, and raised."""
    if letter.state != "sending":
        return f"It is {letter.get_state_display().lower()} already."
    if letter.handed_at is not None:
        return _failed(letter, PERHAPS)
    try:
        refused = _hand_over(letter, _composed(letter))
    except ControlroomError as error:
        _failed(letter, str(error))
        raise
    letter.error = refused
    row = sent(letter)
    return refused or f"Sent to {', '.join(name or email for email, name in row.to)}."


def _failed(letter: Outgoing, says: str) -> str:
    Outgoing.objects.filter(pk=letter.pk).update(state="failed", error=says, seen_at=None)
    return says


def _composed(letter: Outgoing) -> Path:
    """The bytes that go out, kept before they go."""
    account = _account(letter)
    written = Written(
        uid=uuid.uuid4().hex,
        domain=account.from_email.rpartition("@")[2],
        now=timezone.localtime(),
        from_=Address(email=account.from_email, name=account.from_name),
        to=_addresses(letter.to),
        cc=_addresses(letter.cc),
        subject=letter.subject,
        text=letter.body,
        in_reply_to=letter.answers.message_id if letter.answers else "",
        references=tuple(letter.answers.references) if letter.answers else (),
        invitation=Invitation(method=letter.method, ics=letter.calendar) if letter.calendar else None,
    )
    with renditions.scratch() as folder:
        path = folder / "letter.eml"
        path.write_bytes(compose(written))
        letter.raw = blobs.keep(letter.studio_id, path, move=True)
    letter.sent_id = written.message_id
    letter.save(update_fields=["raw", "sent_id"])
    return blobs.path_of(letter.raw)


def _addresses(those: list[list[str]]) -> tuple[Address, ...]:
    return tuple(Address(email=email, name=name) for email, name in those)


def _account(letter: Outgoing) -> MailAccount:
    if letter.account is None or not letter.account.may_send:
        raise UsageError("This letter", "no account sends it", "Name an outgoing server in the mail settings.")
    return letter.account


def _hand_over(letter: Outgoing, raw: Path) -> str:
    """Hand it over; gives a sentence about those whom the server refused, while the others get it."""
    from controlroom.outside import smtp

    account = _account(letter)
    recipients = [email for email, _ in (*letter.to, *letter.cc)]
    server = fetching.smtp_of(account)
    Outgoing.objects.filter(pk=letter.pk).update(handed_at=timezone.now())
    went = smtp.send(server, account.from_email, recipients, raw.read_bytes())
    return " ".join(f"{email} did not get it: {words}." for email, words in went.refused.items())


@transaction.atomic
def sent(letter: Outgoing) -> MailMessage:
    """Keep what went out: a message of its thread, the promises in it; what it answers is done."""
    assert letter.raw is not None
    now, message = timezone.now(), read_message(blobs.path_of(letter.raw))
    thread = threads.thread_for(letter.studio_id, message, letter.person)
    row = MailMessage.objects.create(
        studio_id=letter.studio_id,
        account=letter.account,
        direction="out",
        message_id=letter.sent_id,
        raw=letter.raw,
        thread=thread,
        person=letter.person,
        song=letter.song,
        references=threads.references_of(message),
        at=now,
        read_at=now,
        done_at=now,
        sorted_by=letter.who,
        **fields_of(message),
    )
    thread.person_id = thread.person_id or letter.person_id
    thread.song_id = thread.song_id or letter.song_id
    thread.save(update_fields=["person", "song"])
    letter.state, letter.sent_at, letter.message = "sent", now, row
    letter.save(update_fields=["state", "sent_at", "message", "error"])
    threads.spoken_last(thread)
    patience.keep(thread, row, letter.language)
    _what_it_answers(letter)
    signals.sent.send(sender=Outgoing, letter=letter)
    return row


def _what_it_answers(letter: Outgoing) -> None:
    sender = replace(house(letter.studio_id), name=letter.who, key=letter.who_key)
    if letter.answers is not None:
        actions.done(sender, letter.answers)
    if letter.song is None:
        return
    whom = ", ".join(name or email for email, name in letter.to)
    songs.tell(sender, letter.song, "said", f"{letter.who} wrote to {whom}")
    if letter.kind in ANSWERS_A_DEMO:
        songs.answer_demo(sender, letter.song, ANSWERS_A_DEMO[letter.kind])
