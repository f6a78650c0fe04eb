"""What the mastering desk brings to the day: songs whose newest mix has no master yet."""

from __future__ import annotations

from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.urls import reverse

from controlroom.desk.accounts.actor import Actor
from controlroom.desk.mastering.models import Mastering
from controlroom.desk.review.models import Approval
from controlroom.desk.songs.models import Recording
from controlroom.desk.templatetags.words import ago, figure, waited
from controlroom.desk.today.providers import MOST_ITEMS, Item, Section, provider

DONE_WITH = ("demo", "delivered")
"""Stages of songs that no master is missing of."""


@provider(order=35)
def unmastered(actor: Actor) -> Section | None:
    """The newest mix of each song that has no master: approved ones first, then those that lie longest."""
    if not actor.may("write"):
        return None
    waiting = mixes_without_master(actor)
    number = waiting.count()
    if not number:
        return None
    rows = waiting.select_related("song__artist").order_by("-approved", "created_at", "pk")
    return Section(
        "unmastered",
        "Mixes without a master",
        tuple(_item(mix) for mix in rows[:MOST_ITEMS]),
        more=max(number - MOST_ITEMS, 0),
    )


def mixes_without_master(actor: Actor) -> Any:
    """A master made here stands for the mix it was made of; one that came from elsewhere for every mix before it."""
    mixes = Recording.objects.filter(studio_id=actor.studio_id, kind="mix", archived_at=None)
    newer = Recording.objects.filter(song=OuterRef("song"), kind="mix", archived_at=None).filter(
        Q(created_at__gt=OuterRef("created_at")) | Q(created_at=OuterRef("created_at"), pk__gt=OuterRef("pk"))
    )
    ours = Mastering.objects.filter(mix=OuterRef("pk"), master__archived_at=None)
    theirs = Recording.objects.filter(
        song=OuterRef("song"),
        kind="master",
        archived_at=None,
        created_at__gte=OuterRef("created_at"),
        mastered_by__isnull=True,
    )
    approved = Approval.objects.filter(recording=OuterRef("pk"))
    return (
        mixes.filter(~Exists(newer), ~Exists(ours), ~Exists(theirs), state="heard", song__archived_at=None)
        .exclude(song__stage__in=DONE_WITH)
        .annotate(approved=Exists(approved))
    )


def _item(mix: Any) -> Item:
    level = "" if mix.integrated_lufs is None else f"; it stands at {figure(mix.integrated_lufs, 'LUFS')}"
    return Item(
        title=mix.song.title,
        about=mix.song.artist_name,
        says=f"{mix.label}{', approved,' if mix.approved else ''} came {ago(mix.created_at)}{level}.",
        url=reverse("mastering", args=[mix.pk]),
        do="Master",
        lead=waited(mix.created_at),
    )
