"""What people do with mail: read it, say what it is, be done with it; and the studio's rules of sorting.

Mail is the producer's: every act needs the right `manage`.
"""

from __future__ import annotations

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from controlroom.base.errors import UsageError
from controlroom.desk import works
from controlroom.desk.accounts.actor import Actor
from controlroom.desk.mail import demos, sorting
from controlroom.desk.mail.models import Correction, MailMessage, MailRules, MailThread, Outgoing, Promise
from controlroom.desk.people.text import many_lines
from controlroom.rooms.correspondence.triage import KINDS, LABELS, Rules

MOST_RULES = 100_000


def read(actor: Actor, messages: list[MailMessage]) -> None:
    """Somebody has seen these messages."""
    actor.must("manage")
    unread = [each.pk for each in messages if each.read_at is None and each.direction == "in"]
    if unread:
        MailMessage.objects.filter(pk__in=unread, read_at=None).update(read_at=timezone.now())


def done(actor: Actor, message: MailMessage, *, is_done: bool = True) -> MailMessage:
    """Nothing more is to be done about a message and what came before it in its thread; or there is, again."""
    actor.must("manage")
    earlier = MailMessage.objects.filter(thread=message.thread, direction="in").filter(
        Q(at__lte=message.at) | Q(pk=message.pk)
    )
    now = timezone.now()
    if is_done:
        earlier.filter(done_at=None).update(done_at=now, read_at=now)
    else:
        MailMessage.objects.filter(pk=message.pk).update(done_at=None)
    message.refresh_from_db(fields=["done_at", "read_at"])
    return message


def sort_as(actor: Actor, message: MailMessage, label: str) -> Correction:
    """Say what a message is: one of the room's kinds, or "urgent" (it stays of its kind). Learnt from at once."""
    actor.must("manage")
    if label not in LABELS:
        raise UsageError(f"{label!r}", "no message is that", f"Choose {', '.join(LABELS)}.")
    with transaction.atomic():
        message = MailMessage.objects.select_for_update().get(pk=message.pk)
        before = {name: getattr(message, name) for name in _VERDICT}
        Correction.objects.filter(message=message, undone_at=None).update(undone_at=timezone.now())
        correction = Correction.objects.create(
            studio_id=actor.studio_id,
            message=message,
            label=label,
            before=before,
            who=actor.name,
            who_key=actor.key,
        )
        message.urgent = label == "urgent"
        message.kind = label if label in KINDS else message.kind
        message.sorted_by, message.confidence = actor.name, 1.0
        message.reasons = [["by_hand", f"{actor.name} said so"]]
        message.save(update_fields=_VERDICT)
        sorting.learn(actor.studio_id)
    demos.bring_in_if_demo(message)
    return correction


_VERDICT = ["kind", "urgent", "reasons", "confidence", "sorted_by"]


def unsort(actor: Actor, correction: Correction) -> MailMessage:
    """Take a correction back: the message is what it was, and what was learnt from it is forgotten."""
    actor.must("manage")
    message = correction.message
    with transaction.atomic():
        if Correction.objects.filter(pk=correction.pk, undone_at=None).update(undone_at=timezone.now()):
            for name in _VERDICT:
                setattr(message, name, correction.before[name])
            message.save(update_fields=_VERDICT)
            sorting.learn(actor.studio_id)
    return message


def change_rules(actor: Actor, text: str) -> MailRules:
    """Lay the studio's own rules over the house's; "" takes them back. Raises `UsageError` that names the line."""
    actor.must("manage")
    text = many_lines(text, MOST_RULES)
    Rules.read(text)
    rules, _ = MailRules.objects.update_or_create(studio_id=actor.studio_id, defaults={"text": text})
    ask_sorting(actor)
    return rules


def ask_sorting(actor: Actor) -> None:
    """Have what came in sorted anew."""
    works.ask(actor, "mail.sort", says="Sorting the mail anew", studio=actor.studio_id)


def keep_promise(actor: Actor, promise: Promise) -> Promise:
    """What was promised is done."""
    actor.must("manage")
    promise.kept_at = promise.kept_at or timezone.now()
    promise.save(update_fields=["kept_at"])
    return promise


def seen_failure(actor: Actor, letter: Outgoing) -> Outgoing:
    """Somebody knows that a letter did not arrive: it leaves the day."""
    actor.must("manage")
    letter.seen_at = letter.seen_at or timezone.now()
    letter.save(update_fields=["seen_at"])
    return letter


def belongs_to(actor: Actor, thread: MailThread, song_id: int | None) -> MailThread:
    """Say which song a conversation is about."""
    actor.must("manage")
    thread.song_id = song_id
    thread.save(update_fields=["song"])
    because = f"{actor.name} said so" if song_id else ""
    thread.messages.update(song_id=song_id, because=because)
    return thread
