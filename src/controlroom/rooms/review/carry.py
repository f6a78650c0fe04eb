"""Notes go along to a new version: each to the place that it spoke of."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from controlroom.sound.versions.alignment import SURE, Alignment


class Note(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody said about a version: `at_s` None speaks of the whole song, `until_s` ends a stretch."""

    id: str
    text: str
    author: str = ""
    at_s: float | None = None
    until_s: float | None = None


class Carried(msgspec.Struct, frozen=True, kw_only=True):
    """A note in the new version. `moved_s`: how far it moved; not `sure`: look whether it still stands right.

    `lost`: its place was cut. It stays in the list, standing where the new version goes on instead, without a length;
    where the versions do not align at all it has no place (`at_s` None).
    """

    note: Note
    at_s: float | None
    until_s: float | None = None
    moved_s: float = 0.0
    sure: bool = True
    lost: bool = False


def carry(notes: Iterable[Note], alignment: Alignment) -> list[Carried]:
    """Every note, in the order given. A stretch that was cut in part keeps what is left of it, and is not `sure`."""
    return [_carried(note, alignment) for note in notes]


def _carried(note: Note, alignment: Alignment) -> Carried:
    if note.at_s is None:
        return Carried(note=note, at_s=None)
    start_s = min(max(note.at_s, 0.0), max(alignment.old_duration_s, 0.0))
    end_s = start_s if note.until_s is None else max(note.until_s, start_s)
    left = [stretch for stretch in alignment.stretches if stretch.old_start_s <= end_s and stretch.old_end_s >= start_s]
    if not left:
        at_s = alignment.cut_at(start_s)
        return Carried(note=note, at_s=at_s, moved_s=_moved(note, at_s), sure=False, lost=True)
    first = alignment.stretch_at(start_s) or left[0]
    at_s = alignment.new_time(max(start_s, first.old_start_s))
    last = alignment.stretch_at(end_s) or left[-1]
    until_s = None if note.until_s is None else alignment.new_time(min(end_s, last.old_end_s))
    whole = alignment.new_time(start_s) is not None and alignment.new_time(end_s) is not None
    sure = whole and all(stretch.confidence >= SURE for stretch in (first, last))
    return Carried(note=note, at_s=at_s, until_s=until_s, moved_s=_moved(note, at_s), sure=sure)


def _moved(note: Note, at_s: float | None) -> float:
    return 0.0 if at_s is None or note.at_s is None else at_s - note.at_s
