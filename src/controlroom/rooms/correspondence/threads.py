"""Which conversation a message belongs to: by the ids it names; by its subject only where it plainly answers."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

import msgspec

from controlroom.rooms.correspondence.message import Message

MOST_IDS = 100
WITHIN = timedelta(days=30)

_PREFIX = re.compile(
    r"^\s*(?:re|aw|antw(?:ort)?|sv|vs|odp|ynt|rép|réf|ref|rif|r|res|resp|回复|回覆|答复|返信|답장|ответ|отв|atb|bls|vá)"
    r"\s*(?:\[\d+\]|\(\d+\)|\^\d+)?\s*[:：]\s*",
    re.IGNORECASE,
)
_FORWARD = re.compile(r"^\s*(?:fwd?|wg|tr|rv|enc|vl|i|doorst|転送|转发)\s*[:：]\s*", re.IGNORECASE)
_LIST = re.compile(r"^\s*\[[^\]]{1,40}\]\s*")


class Spoken(msgspec.Struct, frozen=True, kw_only=True):
    """A message of the last weeks, as far as threads need it: where it belongs, what about, who, when."""

    thread: str
    subject: str
    people: frozenset[str]
    sent_at: datetime


def thread_of(message: Message, thread_by_id: Callable[[str], str | None], lately: Iterable[Spoken] = ()) -> str | None:
    """The thread a message belongs to, None where it begins one.

    `thread_by_id` knows the thread of a message id, also of ids that stored messages only refer to: so messages that
    arrive in the wrong order find together. A bounce belongs to what bounced. Without any id known, an answer (its
    subject begins with Re:, AW:, 返信: ...) joins the newest of `lately` with the same subject and at least one other
    person in common within 30 days. Two messages that merely have the same subject are never joined.
    """
    for one in _ids(message):
        if thread := thread_by_id(one):
            return thread
    return _by_subject(message, lately)


def _ids(message: Message) -> list[str]:
    """Its own, the one it answers, those before it from the newest back, what bounced: a bounded number of them."""
    wanted = (message.message_id, message.in_reply_to, *reversed(message.references), *message.bounced)
    found = [one for one in dict.fromkeys(wanted) if one]
    oldest = message.references[:1]
    return found[:MOST_IDS] + [one for one in oldest if one in found[MOST_IDS:]]


def _by_subject(message: Message, lately: Iterable[Spoken]) -> str | None:
    bare = bare_subject(message.subject)
    if not is_answer(message.subject) or not bare or message.from_ is None or message.sent_at is None or message.bulk:
        return None
    people = {one.email for one in (*message.to, *message.cc)} | {message.from_.email}
    fitting = [
        one
        for one in lately
        if bare_subject(one.subject) == bare
        and message.from_.email in one.people
        and len(people & one.people) >= 2
        and timedelta(0) <= message.sent_at - one.sent_at <= WITHIN
    ]
    return max(fitting, key=lambda one: one.sent_at).thread if fitting else None


def is_answer(subject: str) -> bool:
    """Whether a subject begins as answers do, in one of many languages."""
    return bool(_PREFIX.match(_LIST.sub("", subject)))


def bare_subject(subject: str) -> str:
    """A subject without Re:, AW:, Fwd:, [list], in one case: what two messages have in common."""
    for _ in range(20):
        shorter = subject
        for prefix in (_PREFIX, _FORWARD, _LIST):
            shorter = prefix.sub("", shorter, count=1)
        if shorter == subject:
            break
        subject = shorter
    return " ".join(subject.casefold().split())
