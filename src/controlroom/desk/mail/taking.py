"""From the raw bytes of a message to its row: read, known by its thread, people and songs, sorted. In that order, and
each step may be interrupted: what was fetched stays fetched, and is taken up again.
"""

from __future__ import annotations

import logging
from contextlib import suppress
from datetime import timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from controlroom.base.errors import ControlroomError
from controlroom.desk.mail import recognising, signals, sorting, threads
from controlroom.desk.mail.models import FetchedMail, MailAttachment, MailMessage, Outgoing
from controlroom.desk.mail.values import attachment_rows, fields_of, kept_id
from controlroom.desk.people.text import one_line
from controlroom.desk.songs import blobs
from controlroom.rooms.correspondence.message import Message
from controlroom.rooms.correspondence.reading import read_message

log = logging.getLogger(__name__)

UNREADABLE = "It could not be read as a message. It is kept as it came, and can be downloaded."


def take(fetched: FetchedMail) -> MailMessage | None:
    """Make a message of what was fetched; None where it is none, or no new one. Done again it changes nothing."""
    try:
        message = read_message(blobs.path_of(fetched.raw))
    except ControlroomError as error:
        _refuse(fetched, str(error))
        return None
    except Exception:  # whatever somebody sent must not keep the rest of the mail from coming in
        log.exception("reading what account %s gave (%s/%s)", fetched.account_id, fetched.uidvalidity, fetched.uid)
        _refuse(fetched, UNREADABLE)
        return None
    with suppress(IntegrityError), transaction.atomic():  # another account may bring the same in this very moment
        locked = FetchedMail.objects.select_for_update().select_related("account").get(pk=fetched.pk)
        if locked.message_id is not None:
            return None
        known = _known(locked, message)
        row = known or _kept(locked, message)
        FetchedMail.objects.filter(pk=fetched.pk).update(message=row, refusal="")
        return None if known else row
    return None


def _refuse(fetched: FetchedMail, says: str) -> None:
    FetchedMail.objects.filter(pk=fetched.pk, message=None).update(refusal=one_line(says, 400))


def _known(fetched: FetchedMail, message: Message) -> MailMessage | None:
    """The message that is here already: the same id, and the same words."""
    studio_id, message_id = fetched.account.studio_id, kept_id(message.message_id)
    same = MailMessage.objects.filter(studio_id=studio_id, message_id__in=[message_id, _other_id(fetched, message_id)])
    fields = fields_of(message)
    return next((row for row in same if _says(row) == (fields["from_email"], fields["subject"], fields["text"])), None)


def _says(row: MailMessage) -> tuple[str, str, str]:
    return (row.from_email, row.subject, row.text)


def _other_id(fetched: FetchedMail, message_id: str) -> str:
    """Another message under an id that is taken (a broken mailer, or worse) gets one of its own."""
    return f"{message_id[:180]}#{fetched.raw.sha256[:16]}"


def _kept(fetched: FetchedMail, message: Message) -> MailMessage:
    account, now = fetched.account, timezone.now()
    studio_id, message_id = account.studio_id, kept_id(message.message_id)
    if MailMessage.objects.filter(studio_id=studio_id, message_id=message_id).exists():
        message_id = _other_id(fetched, message_id)
    person = recognising.person_of(studio_id, message)
    thread = threads.thread_for(studio_id, message, person)
    song, because = recognising.song_of(studio_id, message, thread)
    row = MailMessage(
        studio_id=studio_id,
        account=account,
        message_id=message_id,
        raw=fetched.raw,
        thread=thread,
        person=person,
        song=song,
        because=because,
        references=threads.references_of(message),
        at=min(message.sent_at or fetched.at, now) if _plausible(message, now) else fetched.at,
        **fields_of(message),
    )
    about = (song.title,) if song else ()
    for name, value in sorting.columns_of(sorting.Sorter(studio_id, now).verdict(message, about)).items():
        setattr(row, name, value)
    row.save()
    MailAttachment.objects.bulk_create(attachment_rows(row, message))
    _into_thread(row)
    _bounces(row, message)
    signals.arrived.send(sender=MailMessage, message=row)
    return row


def _plausible(message: Message, now: Any) -> bool:
    """Whether its date may be believed: dates of spam lie in any year."""
    return message.sent_at is not None and now - timedelta(days=20 * 365) < message.sent_at < now + timedelta(days=2)


def _into_thread(row: MailMessage) -> None:
    thread = row.thread
    thread.person_id = thread.person_id or row.person_id
    thread.song_id = thread.song_id or row.song_id
    thread.save(update_fields=["person", "song"])
    threads.spoken_last(thread)


def _bounces(row: MailMessage, message: Message) -> None:
    """A letter of ours that came back says so itself."""
    ids = [kept_id(each) for each in message.bounced[:50]]
    letters = Outgoing.objects.filter(studio_id=row.studio_id, sent_id__in=ids, state="sent")
    for letter in letters if ids else ():
        letter.state, letter.seen_at = "bounced", None
        letter.error = one_line(f"It came back: {row.text or row.subject}", 400)
        letter.save(update_fields=["state", "error", "seen_at"])
        signals.bounced.send(sender=Outgoing, letter=letter)
