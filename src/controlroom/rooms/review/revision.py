"""One list of what is still to be done: everybody's notes, equal ones together, contradictions side by side."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from controlroom.rooms.review.carry import Note
from controlroom.rooms.review.wording import Said, Wish, understood
from controlroom.song.remarks import clock

NEAR_S = 3.0  # two people who mean one place are about so far apart


class Point(msgspec.Struct, frozen=True, kw_only=True):
    """One thing to do (or, where `praise`, to keep): the notes that ask for it, and those `against` it.

    `at_s` None: the whole song; `until_s` None: a place rather than a stretch. `wishes` is what was understood.
    """

    notes: tuple[Note, ...]
    at_s: float | None = None
    until_s: float | None = None
    wishes: tuple[Wish, ...] = ()
    praise: bool = False
    against: tuple[Note, ...] = ()

    @property
    def authors(self) -> tuple[str, ...]:
        """Everybody who says so, each once."""
        return tuple(dict.fromkeys(note.author for note in self.notes if note.author))

    @property
    def text(self) -> str:
        """The words of the first to say so."""
        return self.notes[0].text


class _Read(msgspec.Struct, frozen=True):
    note: Note
    said: Said


def merge(notes: Iterable[Note]) -> list[Point]:
    """All notes as points in the order of time, those on the whole song first; the order they come in is no matter.

    Notes become one point when they ask for exactly the same things at about the same place, and every word of them is
    understood. A note given twice (by `id`) counts once.
    """
    unique: dict[str, Note] = {}
    for note in sorted(notes, key=_order):
        unique.setdefault(note.id, note)
    read = [_Read(note, understood(note.text)) for note in unique.values()]
    groups: list[list[_Read]] = []
    for one in read:
        home = next((group for group in groups if all(_equal(one, other) for other in group)), None)
        if home is None:
            groups.append([one])
        else:
            home.append(one)
    asking = [one for one in read if one.said.wishes]
    return sorted((_point(group, asking) for group in groups), key=lambda point: _order(_place(point)))


def _order(note: Note) -> tuple[bool, float, float, str, str, str]:
    start_s = note.at_s or 0.0
    return note.at_s is not None, start_s, note.until_s or start_s, note.author, note.id, note.text


def _place(point: Point) -> Note:
    return msgspec.structs.replace(point.notes[0], at_s=point.at_s, until_s=point.until_s)


def _point(group: Sequence[_Read], asking: Sequence[_Read]) -> Point:
    starts = [one.note.at_s for one in group if one.note.at_s is not None]
    ends = [one.note.until_s for one in group if one.note.until_s is not None]
    at_s, until_s = min(starts, default=None), max(ends, default=None)
    against = [other.note for other in asking if any(_contradict(one, other) for one in group)]
    return Point(
        notes=tuple(one.note for one in group),
        at_s=at_s,
        until_s=until_s if at_s is not None and until_s is not None and until_s > at_s else None,
        wishes=group[0].said.wishes,
        praise=group[0].said.praise,
        against=tuple(against),
    )


def _equal(one: _Read, other: _Read) -> bool:
    if not (one.said.whole and other.said.whole) or one.said.wishes != other.said.wishes:
        return False
    if (one.note.at_s is None) != (other.note.at_s is None):
        return False
    return _near(one.note, other.note) and (one.note.at_s is not None or one.said.sections == other.said.sections)


def _contradict(one: _Read, other: _Read) -> bool:
    if one.note.author == other.note.author or not _near(one.note, other.note):
        return False
    sections = set(one.said.sections), set(other.said.sections)
    untimed = one.note.at_s is None or other.note.at_s is None
    if untimed and all(sections) and not sections[0] & sections[1]:
        return False
    return any(mine.opposes(theirs) for mine in one.said.wishes for theirs in other.said.wishes)


def _near(one: Note, other: Note) -> bool:
    """Whether they speak of one place; the whole song is everywhere."""
    if one.at_s is None or other.at_s is None:
        return True
    ends = [
        note.at_s if note.until_s is None else max(note.until_s, note.at_s)
        for note in (one, other)
        if note.at_s is not None
    ]
    return one.at_s <= ends[1] + NEAR_S and other.at_s <= ends[0] + NEAR_S


def as_text(points: Iterable[Point], title: str = "") -> str:
    """The list as plain text for a mail: what works first, then what to do, whole song first and then by time."""
    points = list(points)
    praised, wanted = [point for point in points if point.praise], [point for point in points if not point.praise]
    blocks = [one_line(title)] if one_line(title) else []
    if praised:
        blocks.append("\n".join(["What works", *(_line(point) for point in praised)]))
    if wanted:
        lines = [line for point in wanted for line in (_line(point), *_objections(point))]
        blocks.append("\n".join(["To do", *lines]))
    if not points:
        blocks.append("No open notes.")
    return "\n\n".join(blocks) + "\n"


def _line(point: Point) -> str:
    names = ", ".join(map(one_line, point.authors))
    words = list(dict.fromkeys(one_line(note.text) for note in point.notes))
    said = words[0] if len(words) == 1 else " / ".join(words)
    return f"  {place_of(point.at_s, point.until_s)}  {said}" + (f"  ({names})" if names else "")


def _objections(point: Point) -> list[str]:
    return [
        f"      ! {one_line(note.author) or 'Somebody'} asks the opposite"
        f" ({place_of(note.at_s, note.until_s)}): {one_line(note.text)}"
        for note in point.against
    ]


def place_of(at_s: float | None, until_s: float | None = None) -> str:
    """A place as people write it: "1:23", "1:23-1:40", "whole song"."""
    if at_s is None:
        return "whole song"
    return clock(at_s) if until_s is None else f"{clock(at_s)}-{clock(until_s)}"


def one_line(text: str) -> str:
    """Words on one line: no line breaks, no control characters, nothing that cannot be written as UTF-8."""
    kept = "".join(
        " " if ord(letter) < 32 or 127 <= ord(letter) < 160 or letter in "\u2028\u2029" else letter for letter in text
    )
    return " ".join(kept.encode("utf-8", "replace").decode().split())
