"""What the pages of mail ask the database; each page with the same few queries, however much mail there is."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from controlroom.desk.accounts.actor import Actor
from controlroom.desk.mail.models import KINDS, MailAttachment, MailMessage

TABS: list[tuple[str, str]] = [("all", "All"), ("urgent", "Urgent"), *KINDS]
QUIET = ("newsletter", "junk")
"""What nobody waits for an answer to: it never counts as unread."""


def inbox_of(actor: Actor) -> QuerySet[MailMessage]:
    """What came in, the newest first."""
    return MailMessage.objects.filter(studio_id=actor.studio_id, direction="in")


def listed(rows: QuerySet[MailMessage]) -> QuerySet[MailMessage]:
    """As the inbox shows them: with who it is, and how many sounds came (`sounds`), without what it does not show."""
    sounds = MailAttachment.objects.filter(message=OuterRef("pk"), is_audio=True).order_by()
    number = sounds.values("message").annotate(number=Count("pk")).values("number")
    return (
        rows.select_related("person", "song")
        .annotate(sounds=Coalesce(Subquery(number), 0))
        .defer("html", "quoted", "calendars", "links", "findings", "references")
    )


def unread(actor: Actor) -> int:
    """How many messages nobody has read; the figure in the navigation. Newsletters and junk wait for nobody."""
    return inbox_of(actor).filter(read_at=None).exclude(kind__in=QUIET).count()


def tab(rows: QuerySet[MailMessage], name: str) -> QuerySet[MailMessage]:
    """The messages of a tab; an urgent demo stands in both of its own."""
    if name == "urgent":
        return rows.filter(urgent=True)
    return rows.filter(kind=name) if name in dict(KINDS) else rows


def tabs(actor: Actor, *, done: bool) -> list[dict[str, Any]]:
    """The tabs, each with how many unread messages it has."""
    rows = inbox_of(actor).filter(done_at__isnull=not done, read_at=None)
    by_kind = rows.values("kind").annotate(number=Count("pk"), urgent=Count("pk", Q(urgent=True))).order_by()
    numbers = {row["kind"]: row for row in by_kind}
    count = {kind: row["number"] for kind, row in numbers.items()}
    count["urgent"] = sum(row["urgent"] for row in numbers.values())
    return [{"name": name, "label": label, "unread": count.get(name, 0)} for name, label in TABS]


def found(rows: QuerySet[MailMessage], words: str) -> QuerySet[MailMessage]:
    """The messages that have every word in sender, subject or text."""
    for word in words.split()[:8]:
        rows = rows.filter(
            Q(subject__icontains=word)
            | Q(from_name__icontains=word)
            | Q(from_email__icontains=word)
            | Q(text__icontains=word)
        )
    return rows
