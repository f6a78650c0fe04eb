"""What the pages of songs ask the database; each page with the same few queries, however many songs there are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import Case, CharField, Count, Exists, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.fields.json import KT

from controlroom.desk.accounts.actor import Actor
from controlroom.desk.songs.models import (
    DEMO_STATES,
    STAGES,
    VERSION_KINDS,
    WAITING_STATES,
    DemoStep,
    Part,
    Recording,
    Rendition,
    Song,
)
from controlroom.rooms.listening.queue import NEEDS

CARDS_IN_COLUMN = 20


def songs_of(actor: Actor, *, archived: bool = False) -> QuerySet[Song]:
    """The studio's songs with their artists, the newest version (`newest_id`), and whether a file is unusable."""
    versions = Recording.objects.filter(song=OuterRef("pk"), kind__in=VERSION_KINDS, archived_at=None)
    refused = Recording.objects.filter(song=OuterRef("pk"), state="refused", archived_at=None)
    return (
        Song.objects.filter(studio_id=actor.studio_id, archived_at__isnull=not archived)
        .select_related("artist")
        .annotate(
            newest_id=Subquery(versions.order_by("-created_at", "-pk").values("pk")[:1]), has_refused=Exists(refused)
        )
    )


def found(songs: QuerySet[Song], words: str) -> QuerySet[Song]:
    """The songs that have every word in their title, artist, parts or lyrics."""
    for word in words.split():
        part = Part.objects.filter(song=OuterRef("pk"), name__icontains=word)
        songs = songs.filter(
            Q(title__icontains=word) | Q(artist__name__icontains=word) | Q(lyrics__icontains=word) | Exists(part)
        )
    return songs


def with_newest(songs: Sequence[Song]) -> list[Song]:
    """The songs as a list, each with its newest version as `newest` (or None)."""
    rows: list[Any] = list(songs)
    newest = Recording.objects.in_bulk([song.newest_id for song in rows if song.newest_id])
    for song in rows:
        song.newest = newest.get(song.newest_id)
    return rows


def board(actor: Actor) -> list[dict[str, Any]]:
    """The columns of the board: stage, songs touched last, how many there are."""
    songs = songs_of(actor)
    numbers = dict(
        Song.objects.filter(studio_id=actor.studio_id, archived_at=None)
        .values_list("stage")
        .annotate(number=Count("pk"))
        .order_by()
    )
    shown = [list(songs.filter(stage=stage)[:CARDS_IN_COLUMN]) if numbers.get(stage) else [] for stage, _ in STAGES]
    every = {song.pk: song for song in with_newest([song for column in shown for song in column])}
    return [
        {
            "stage": stage,
            "name": name,
            "songs": [every[song.pk] for song in column],
            "number": numbers.get(stage, 0),
            "more": numbers.get(stage, 0) - len(column),
        }
        for (stage, name), column in zip(STAGES, shown, strict=True)
    ]


def demos(actor: Actor, state: str = "") -> QuerySet[Song]:
    """The songs whose demos are in that state, each with the reason it is (`reason`); "": all that wait, in the order
    in which they need an ear.

    Shortlisted ones stand above. `need` and `why` as the listening room says of their newest version; within a need the
    longest waiting first. What could not be read is asked for again. What waits no longer: the last touched first.
    """
    steps = DemoStep.objects.filter(song=OuterRef("pk"), taken_back_at=None).order_by("-at", "-pk")
    rows = songs_of(actor).annotate(reason=Subquery(steps.values("reason")[:1]))
    if state and state not in WAITING_STATES:
        return rows.filter(demo_state=state)
    report = Rendition.objects.filter(recording=OuterRef("newest_id"), kind="listening")
    refused = Recording.objects.filter(pk=OuterRef("newest_id"), state="refused")
    said = rows.filter(demo_state__in=[state] if state else WAITING_STATES).annotate(
        need=Case(
            When(Exists(refused), then=Value("ask again")),
            default=Subquery(report.values(said=KT("facts__need"))[:1]),
            output_field=CharField(),
        ),
        why=Subquery(report.values(said=KT("facts__why"))[:1]),
    )
    above = Case(When(demo_state="shortlisted", then=0), default=1)
    order = Case(*(When(need=need, then=at) for at, need in enumerate(NEEDS)), default=len(NEEDS))
    return said.order_by(above, order, "created_at", "pk")


def demo_tabs(actor: Actor) -> list[dict[str, Any]]:
    """The states of demos with how many there are of each; those that wait are the first of them, together."""
    songs = Song.objects.filter(studio_id=actor.studio_id, archived_at=None)
    numbers = dict(songs.values_list("demo_state").annotate(number=Count("pk")).order_by())
    waiting = sum(numbers.get(state, 0) for state in WAITING_STATES)
    return [
        {"state": "", "label": "Waiting", "number": waiting},
        *({"state": state, "label": label, "number": numbers.get(state, 0)} for state, label in DEMO_STATES),
    ]


def demos_waiting(actor: Actor) -> int:
    """How many demos wait; the figure in the navigation."""
    songs = Song.objects.filter(studio_id=actor.studio_id, archived_at=None)
    return songs.filter(demo_state__in=WAITING_STATES).count()
