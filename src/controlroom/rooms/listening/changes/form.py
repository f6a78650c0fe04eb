"""What changed in the form: bars cut and put in, sections gone, new or moved, where the chorus comes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from controlroom.rooms.listening.changes.change import Change
from controlroom.rooms.listening.changes.spans import UNNAMED, Span, missing, names_of, taken_s
from controlroom.rooms.listening.told import Told, ToldSection
from controlroom.song.remarks import clock
from controlroom.sound.versions import Alignment

LEAST_S = 1.0  # a shorter cut is a breath, or the alignment's own uncertainty
WHOLE_SHARE = 0.8  # a section of which so much is gone is gone
EARLIER_S = 2.0
WITHIN_S = 0.5
TOGETHER_S = 3.0  # what two reports call the same moment
WHOLE_BAR = 0.2  # how far a cut may be from whole bars to be counted in them
MOVED_TRUST, LABEL_TRUST = 0.7, 0.9


class Side(NamedTuple):
    """One demo: its sections, their names, the time that the other does not have, and how much of each that takes."""

    told: Told
    sections: Sequence[ToldSection]
    names: list[str]
    alone: list[Span]
    alone_s: list[float]

    def whole(self, at: int) -> bool:
        return self.alone_s[at] >= WHOLE_SHARE * self.sections[at].length_s


def side_of(told: Told, alignment: Alignment) -> Side:
    sections = told.form.sections
    alone = missing(alignment, max(LEAST_S, 0.5 * (told.bar_s or 0.0)))
    return Side(told, sections, names_of(sections), alone, [taken_s(section, alone) for section in sections])


def changes_of_form(old: Told, new: Told, alignment: Alignment) -> Iterator[Change]:
    """In the order of the new demo's time as far as they have a place; what moved first."""
    before, after = side_of(old, alignment), side_of(new, alignment.turned())
    moved = list(_moved(before, after))
    for old_at, new_at in moved:
        yield _as_moved(before, after, old_at, new_at, alignment.confidence)
    yield from _different(before, {pair[0] for pair in moved}, alignment, is_new=False)
    yield from _different(after, {pair[1] for pair in moved}, alignment.turned(), is_new=True)
    yield from _places(old, new, alignment)


def _moved(before: Side, after: Side) -> Iterator[tuple[int, int]]:
    """Sections gone in one place and new in another: of one name and length."""
    taken: set[int] = set()
    for old_at, section in enumerate(before.sections):
        if section.label == UNNAMED or not before.whole(old_at):
            continue
        for new_at, other in enumerate(after.sections):
            alike = section.label == other.label and abs(section.length_s / other.length_s - 1) < 0.1
            if alike and new_at not in taken and after.whole(new_at):
                taken.add(new_at)
                yield old_at, new_at
                break


def _as_moved(before: Side, after: Side, old_at: int, new_at: int, sure: float) -> Change:
    was_s, is_s = before.sections[old_at].start_s, after.sections[new_at].start_s
    return Change(
        kind="form",
        says=f"{titled(before.names[old_at])} moved from {clock(was_s)} to {clock(is_s)}.",
        confidence=round(sure * MOVED_TRUST, 2),
        at_s=_rounded(is_s),
        old_at_s=_rounded(was_s),
        figures={"section": before.names[old_at]},
    )


def _different(side: Side, told_already: set[int], there: Alignment, *, is_new: bool) -> Iterator[Change]:
    """Sections of one demo that the other has not, or not all of; `there` leads from this demo to the other."""
    for at, section in enumerate(side.sections):
        if at in told_already or side.alone_s[at] < LEAST_S:
            continue
        place_s = next(max(span.start_s, section.start_s) for span in side.alone if _touches(span, section))
        other_s = there.cut_at(place_s)
        whole, more = ("is new", "longer") if is_new else ("is gone", "shorter")
        yield Change(
            kind="form",
            says=f"{titled(_called(side, at))} {_what(side, at, whole, more)}.",
            confidence=_sure(there),
            at_s=_rounded(place_s if is_new else other_s),
            old_at_s=_rounded(other_s if is_new else place_s),
            figures={"section": side.names[at], "bars": _bars(side, at), "length_s": round(side.alone_s[at], 1)},
        )


def _what(side: Side, at: int, whole: str, more: str) -> str:
    """ "(8 bars) is gone" or "is 8 bars shorter"."""
    amount = _amount(side, at)
    return f"({amount}) {whole}" if side.whole(at) else f"is {amount} {more}"


def _rounded(at_s: float | None) -> float | None:
    return None if at_s is None else round(at_s, 2)


def _touches(span: Span, section: ToldSection) -> bool:
    return span.shared_s(section.start_s, section.end_s) > 0


def _sure(alignment: Alignment) -> float:
    return round(alignment.confidence * LABEL_TRUST, 2)


def _called(side: Side, at: int) -> str:
    section = side.sections[at]
    return f"the part at {clock(section.start_s)}" if section.label == UNNAMED else side.names[at]


def _bars(side: Side, at: int) -> int | None:
    """Whole bars that are missing from (or new in) a section; None where they are not whole, or bars are not known."""
    section = side.sections[at]
    bar_s = section.length_s / section.bars if section.bars else side.told.bar_s
    if not bar_s:
        return None
    bars = side.alone_s[at] / bar_s
    return round(bars) if round(bars) and abs(bars - round(bars)) <= WHOLE_BAR else None


def _amount(side: Side, at: int) -> str:
    bars = _bars(side, at)
    return f"{side.alone_s[at]:.0f} s" if bars is None else "1 bar" if bars == 1 else f"{bars} bars"


def titled(name: str) -> str:
    return name[0].upper() + name[1:]


def _places(old: Told, new: Told, alignment: Alignment) -> Iterator[Change]:
    """Where the chorus and the voice come in."""
    for name, was_s, is_s in (
        ("The chorus", old.form.time_to_chorus_s, new.form.time_to_chorus_s),
        ("The voice", old.form.time_to_voice_s, new.form.time_to_voice_s),
    ):
        if was_s is None:
            continue
        carried_s = _carried(was_s, alignment)
        now_s = is_s if is_s is not None and _really_there(was_s, is_s, alignment) else carried_s
        if now_s is None or abs(now_s - was_s) < EARLIER_S:
            continue
        by_s = abs(now_s - was_s)
        yield Change(
            kind="place",
            says=f"{name} comes {by_s:.0f} s {'earlier' if now_s < was_s else 'later'} "
            f"({clock(now_s)} instead of {clock(was_s)}).",
            confidence=_sure(alignment),
            at_s=round(now_s, 2),
            old_at_s=round(was_s, 2),
            figures={"later_s": round(now_s - was_s, 1)},
        )


def _carried(at_s: float, alignment: Alignment) -> float | None:
    """Where a beginning went to: told by what follows it, since a cut may lie right before it."""
    found_s = alignment.new_time(at_s + WITHIN_S)
    return None if found_s is None else found_s - WITHIN_S


def _really_there(was_s: float, is_s: float, alignment: Alignment) -> bool:
    """Whether the new place is the old one carried over, or music that was not there: not merely called otherwise."""
    carried_s, came_from_s = _carried(was_s, alignment), _carried(is_s, alignment.turned())
    return came_from_s is None or (carried_s is not None and abs(carried_s - is_s) <= TOGETHER_S)
