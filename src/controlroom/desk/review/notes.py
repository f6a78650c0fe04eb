"""The notes on a version, as one actor sees them there: made on it, or carried to it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import NamedTuple

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from controlroom.desk.accounts.actor import Actor
from controlroom.desk.review.models import CarriedNote, Note
from controlroom.desk.songs.models import Recording
from controlroom.rooms import review


class Spot(NamedTuple):
    """Where a note stands on a version."""

    note: Note
    at_s: float | None
    until_s: float | None
    moved_s: float = 0.0
    sure: bool = True
    lost: bool = False

    @property
    def has_pin(self) -> bool:
        return self.at_s is not None and not self.lost


@dataclass(frozen=True)
class Shown:
    """A note as the page of a version shows it. `origin`: the label of the version it was made on, where that is
    another; `done_in`: of the one it was done in; `number` counts the pins; `against`: who asks the opposite; `links`:
    what the actor may do with it, verb -> address.
    """

    note: Note
    text: str
    spot: Spot
    number: int | None = None
    origin: str = ""
    done_in: str = ""
    against: tuple[str, ...] = ()
    replies: tuple[Shown, ...] = ()
    links: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_open(self) -> bool:
        return self.note.resolved_at is None

    @property
    def lost(self) -> bool:
        return self.spot.lost

    @property
    def came(self) -> str:
        """ "from Mix 3, moved +0.4 s"; nothing where it was made here."""
        if not self.origin:
            return ""
        moved = "" if self.lost or abs(self.spot.moved_s) < 0.05 else f", moved {self.spot.moved_s:+.1f} s"
        unsure = "" if self.lost or self.spot.sure else ", look whether it stands right"
        return f"from {self.origin}{moved.replace('-', '−')}{unsure}"

    @property
    def data(self) -> SafeString:
        """What the player reads of it on the page, as attributes."""
        said = [format_html('data-note="{}" data-who="{}"', self.note.pk, self.note.who)]
        said += [f'data-at="{self.spot.at_s:.3f}"'] if self.spot.at_s is not None else []
        said += [f'data-until="{self.spot.until_s:.3f}"'] if self.spot.until_s is not None else []
        said += [f'data-number="{self.number}"'] if self.number else []
        said += ["data-resolved"] if not self.is_open else []
        said += ["data-lost"] if self.lost else []
        return mark_safe(" ".join(said))


class Said:
    """All notes of a song's versions, as far as the actor may see them: two queries.

    `alone`: only what was said on the versions themselves. `at`: the only version that is asked for, where it is one.
    """

    def __init__(
        self, actor: Actor, recordings: Sequence[Recording], *, alone: bool = False, at: Recording | None = None
    ) -> None:
        self.actor = actor
        self._labels = {recording.pk: recording.label for recording in recordings}
        said = Note.objects.filter(recording__in=list(self._labels), parent=None, deleted_at=None)
        self._threads = {note.pk: note for note in visible(actor, said)}
        self._spots: dict[int, list[Spot]] = {pk: [] for pk in self._labels}
        for note in self._threads.values():
            self._spots[note.recording_id].append(Spot(note, note.at_s, note.until_s))
        for pk, spot in () if alone else self._carried([at.pk] if at else list(self._labels)):
            self._spots[pk].append(spot)

    def _carried(self, to: list[int]) -> Iterator[tuple[int, Spot]]:
        """A carried note stands in a later version while it is open, and in the one that it was done in."""
        places = CarriedNote.objects.filter(recording__in=to).values_list(
            "recording_id", "note_id", "at_s", "until_s", "moved_s", "sure", "lost"
        )
        for pk, note_id, *place in places:
            note = self._threads.get(note_id)
            if note is not None and (note.resolved_at is None or note.done_in_id == pk):
                yield pk, Spot(note, *place)

    def _ordered(self, recording: Recording) -> list[tuple[int | None, Spot]]:
        """By time, those on the whole version first and the lost ones last; what has a place gets a number."""
        spots = sorted(
            self._spots[recording.pk],
            key=lambda each: (each.lost, each.at_s is not None, each.at_s or 0.0, each.note.id),
        )
        numbers = iter(range(1, len(spots) + 1))
        return [(next(numbers) if spot.has_pin else None, spot) for spot in spots]

    def on(self, recording: Recording) -> tuple[Shown, ...]:
        """What was said on a version, what is open there, and what was done in it."""
        return tuple(
            Shown(
                spot.note,
                words_for(self.actor, spot.note),
                spot,
                number,
                origin="" if spot.note.recording_id == recording.pk else self._labels[spot.note.recording_id],
                done_in=self._labels.get(spot.note.done_in_id or 0, ""),
            )
            for number, spot in self._ordered(recording)
        )

    def pins(self, recording: Recording) -> list[dict[str, object]]:
        """The same as the player reads it."""
        return [
            {
                "id": spot.note.id,
                "at_s": spot.at_s,
                "until_s": spot.until_s,
                "number": number,
                "who": spot.note.who,
                "text": words_for(self.actor, spot.note),
                "resolved": spot.note.resolved_at is not None,
                "lost": spot.lost,
            }
            for number, spot in self._ordered(recording)
        ]


def words_for(actor: Actor, note: Note) -> str:
    """A guest reads what was rewritten for them; the room, and whoever said it, what was said."""
    rewritten = actor.is_guest and note.who_key != actor.key and note.said_to_artist
    return rewritten or note.text


def visible(actor: Actor, notes: Iterable[Note]) -> list[Note]:
    """Guests see nothing that is only for the studio."""
    return [note for note in notes if not (note.internal and actor.is_guest)]


def with_replies(actor: Actor, notes: Sequence[Shown]) -> tuple[Shown, ...]:
    """The same with their answers beneath them, oldest first. One query."""
    threads: dict[int, list[Shown]] = {}
    replies = Note.objects.filter(parent__in=[each.note.pk for each in notes], deleted_at=None)
    for reply in visible(actor, replies.order_by("created_at", "pk")):
        shown = Shown(reply, words_for(actor, reply), Spot(reply, None, None))
        threads.setdefault(reply.parent_id or 0, []).append(shown)
    return tuple(
        replace(each, replies=tuple(threads[each.note.pk])) if each.note.pk in threads else each for each in notes
    )


def points_of(notes: Iterable[Shown]) -> tuple[review.Point, ...]:
    """What is open of them, merged into points; a lost one has no place."""
    return _merged(
        tuple(
            review.Note(
                id=str(each.note.pk),
                text=each.text,
                author=each.note.who,
                at_s=None if each.lost else each.spot.at_s,
                until_s=None if each.lost else each.spot.until_s,
            )
            for each in notes
            if each.is_open
        )
    )


@lru_cache(maxsize=32)
def _merged(notes: tuple[review.Note, ...]) -> tuple[review.Point, ...]:
    """Kept, because a page and what follows from it ask the same."""
    return tuple(review.merge(notes))


def with_conflicts(notes: Sequence[Shown]) -> tuple[Shown, ...]:
    """The same, each open one with the names of those who ask the opposite."""
    against: dict[str, dict[str, None]] = {}
    for point in points_of(notes):
        for note in point.notes if point.against else ():
            against.setdefault(note.id, {}).update(dict.fromkeys(other.author for other in point.against))
    return tuple(
        replace(each, against=tuple(against[str(each.note.pk)])) if str(each.note.pk) in against else each
        for each in notes
    )
