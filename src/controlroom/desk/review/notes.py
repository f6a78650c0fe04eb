"""The notes on a version, as one actor sees them there: made on it, or carried to it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from controlroom.desk.accounts.actor import Actor
from controlroom.desk.review.models import CarriedNote, Note
from controlroom.desk.songs.models import Recording
from controlroom.rooms import review

Spot = tuple[float | None, float | None, float, bool, bool]
"""at_s, until_s, moved_s, sure, lost."""


@dataclass(frozen=True)
class Shown:
    """A note on one version. `origin`: the label of the version it was made on, where that is another; `done_in`: of
    the one it was done in; `number` counts the pins on the waveform; `against`: who asks the opposite.
    """

    note: Note
    text: str
    at_s: float | None = None
    until_s: float | None = None
    moved_s: float = 0.0
    sure: bool = True
    lost: bool = False
    origin: str = ""
    done_in: str = ""
    number: int | None = None
    against: tuple[str, ...] = ()
    replies: tuple[Shown, ...] = ()
    links: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_open(self) -> bool:
        return self.note.resolved_at is None

    @property
    def moved(self) -> str:
        """ "+0.4 s", or nothing where it stands as it stood."""
        return f"{self.moved_s:+.1f} s".replace("-", "−") if abs(self.moved_s) >= 0.05 else ""

    def to_json(self) -> dict[str, object]:
        """As the player reads it."""
        return {
            "id": self.note.pk,
            "at_s": self.at_s,
            "until_s": self.until_s,
            "number": self.number,
            "who": self.note.who,
            "text": self.text,
            "resolved": not self.is_open,
            "lost": self.lost,
        }


def words_for(actor: Actor, note: Note) -> str:
    """A guest reads what was rewritten for them; the room, and whoever said it, what was said."""
    rewritten = actor.is_guest and note.who_key != actor.key and note.said_to_artist
    return rewritten or note.text


def visible(actor: Actor, notes: Iterable[Note]) -> list[Note]:
    """Guests see nothing that is only for the studio."""
    return [note for note in notes if not (note.internal and actor.is_guest)]


def notes_by_version(
    actor: Actor, recordings: Sequence[Recording], *, alone: bool = False
) -> dict[int, tuple[Shown, ...]]:
    """What is open on each of a song's versions, and what was said or done there: by time, the lost ones last.

    Two queries. `alone`: only what was said on the versions themselves.
    """
    labels = {recording.pk: recording.label for recording in recordings}
    said = Note.objects.filter(recording__in=list(labels), parent=None, deleted_at=None)
    threads = {note.pk: note for note in visible(actor, said)}
    rows: dict[int, list[Shown]] = {pk: [] for pk in labels}
    for note in threads.values():
        rows[note.recording_id].append(_shown(actor, note, labels, (note.at_s, note.until_s, 0.0, True, False)))
    if not alone:
        for pk, shown in _carried(actor, threads, labels):
            rows[pk].append(shown)
    return {pk: numbered(shown) for pk, shown in rows.items()}


def _carried(actor: Actor, threads: Mapping[int, Note], labels: Mapping[int, str]) -> Iterable[tuple[int, Shown]]:
    """A carried note stands in a later version while it is open, and in the one that it was done in."""
    places = CarriedNote.objects.filter(recording__in=list(labels), note__deleted_at=None).values_list(
        "recording_id", "note_id", "at_s", "until_s", "moved_s", "sure", "lost"
    )
    for pk, note_id, *spot in places:
        note = threads.get(note_id)
        if note is not None and (note.resolved_at is None or note.done_in_id == pk):
            shown = _shown(actor, note, labels, (spot[0], spot[1], spot[2], spot[3], spot[4]))
            yield pk, replace(shown, origin=labels[note.recording_id])


def _shown(actor: Actor, note: Note, labels: Mapping[int, str], spot: Spot) -> Shown:
    at_s, until_s, moved_s, sure, lost = spot
    done_in = labels.get(note.done_in_id or 0, "")
    return Shown(note, words_for(actor, note), at_s, until_s, moved_s, sure, lost, done_in=done_in)


def numbered(notes: Iterable[Shown]) -> tuple[Shown, ...]:
    """By time, those on the whole version first and the lost ones last; what has a place gets a number."""
    ordered = sorted(notes, key=lambda each: (each.lost, each.at_s is not None, each.at_s or 0.0, each.note.pk))
    placed = [each for each in ordered if each.at_s is not None and not each.lost]
    numbers = {each.note.pk: number for number, each in enumerate(placed, start=1)}
    return tuple(replace(each, number=numbers.get(each.note.pk)) for each in ordered)


def with_replies(actor: Actor, notes: Sequence[Shown]) -> tuple[Shown, ...]:
    """The same with their answers beneath them, oldest first. One query."""
    threads: dict[int, list[Shown]] = {each.note.pk: [] for each in notes}
    replies = Note.objects.filter(parent__in=list(threads), deleted_at=None).order_by("created_at", "pk")
    for reply in visible(actor, replies):
        threads[reply.parent_id or 0].append(Shown(reply, words_for(actor, reply)))
    return tuple(replace(each, replies=tuple(threads[each.note.pk])) for each in notes)


def as_said(notes: Iterable[Shown]) -> list[review.Note]:
    """What is still open of them, for the revision list; a lost one has no place."""
    return [
        review.Note(
            id=str(each.note.pk),
            text=each.text,
            author=each.note.who,
            at_s=None if each.lost else each.at_s,
            until_s=None if each.lost else each.until_s,
        )
        for each in notes
        if each.is_open
    ]


def with_conflicts(notes: Sequence[Shown]) -> tuple[Shown, ...]:
    """The same, each open one with the names of those who ask the opposite."""
    against: dict[str, dict[str, None]] = {}
    for point in review.merge(as_said(notes)):
        names = dict.fromkeys(other.author for other in point.against)
        for note in point.notes:
            against.setdefault(note.id, {}).update(names)
    return tuple(replace(each, against=tuple(against.get(str(each.note.pk), ()))) for each in notes)
