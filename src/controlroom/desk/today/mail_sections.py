"""What the inbox brings to the day: urgent mail, letters that did not arrive, whom an answer is owed."""

from __future__ import annotations

from django.urls import reverse
from django.utils import timezone

from controlroom.desk.accounts.actor import Actor
from controlroom.desk.mail import patience, queries
from controlroom.desk.mail.models import Outgoing
from controlroom.desk.templatetags.words import count, waited
from controlroom.desk.today.providers import MOST_ITEMS, Item, Section, provider

MAY = "manage"
"""Mail is the producer's: nobody else's day speaks of it."""


@provider(order=11)
def urgent_mail(actor: Actor) -> Section | None:
    """Urgent messages, letters that came back, answers that are overdue; nothing where there is no mail."""
    if not actor.may(MAY):
        return None
    items = sorted([*_urgent(actor), *_undelivered(actor), *_owed(actor)], key=lambda item: item.rank)
    if not items and not queries.inbox_of(actor).exists():
        return None
    number = queries.unread(actor)
    return Section(
        "mail",
        "Mail that waits",
        tuple(items[:MOST_ITEMS]),
        chip=count(number, "unread message,unread messages") if number else "",
        empty="No mail is urgent, and nobody waits too long for an answer.",
        url=reverse("inbox"),
        more=max(len(items) - MOST_ITEMS, 0),
    )


def _urgent(actor: Actor) -> list[Item]:
    rows = queries.inbox_of(actor).filter(urgent=True, done_at=None).select_related("person")
    return [
        Item(
            title=row.sender,
            about=row.subject,
            says=f"{row.reasons[0][1][:1].upper()}{row.reasons[0][1][1:]}." if row.reasons else "",
            url=reverse("mail-message", args=[row.pk]),
            do="Read",
            lead=waited(row.at),
            rank=0.2,
        )
        for row in rows.defer("html", "text", "quoted").order_by("at")[: MOST_ITEMS + 1]
    ]


def _undelivered(actor: Actor) -> list[Item]:
    """Letters that came back or could not be sent, until somebody has seen it."""
    rows = Outgoing.objects.filter(studio_id=actor.studio_id, state__in=["bounced", "failed"], seen_at=None)
    return [
        Item(
            title="A letter came back" if row.state == "bounced" else "A letter was not sent",
            about=row.subject,
            says=row.error,
            url=reverse("letter", args=[row.pk]),
            do="Look",
            lead=waited(row.changed_at),
            rank=0.1,
        )
        for row in rows.order_by("-changed_at")[:4]
    ]


def _owed(actor: Actor) -> list[Item]:
    """Whoever has waited too long, or was promised something that is due."""
    return [
        Item(
            title=each.person.name,
            says=each.waiting.says,
            url=reverse("mail-message", args=[each.message.pk]) if each.message else reverse("mail-waiting"),
            do="Answer",
            lead=waited(each.waiting.since),
            chip="overdue",
            rank=0.3 - min(each.waiting.days, 60) / 1000,
        )
        for each in patience.everybody(actor.studio_id, timezone.now())
        if each.waiting.overdue
    ]
