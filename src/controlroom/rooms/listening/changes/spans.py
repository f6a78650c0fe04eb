"""Which part of each section is in the other demo, and what sections are called."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from controlroom.rooms.listening.told import ToldSection
from controlroom.sound.versions import Alignment

ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")
UNNAMED = "section"


class Span(NamedTuple):
    start_s: float
    end_s: float

    @property
    def length_s(self) -> float:
        return self.end_s - self.start_s

    def shared_s(self, start_s: float, end_s: float) -> float:
        return max(min(self.end_s, end_s) - max(self.start_s, start_s), 0.0)


def names_of(sections: Sequence[ToldSection]) -> list[str]:
    """ "the intro", "the first verse", "the second verse", "the last chorus" of three or more."""
    counts, seen, names = Counter(each.label for each in sections), Counter[str](), []
    for section in sections:
        seen[section.label] += 1
        at, of = seen[section.label], counts[section.label]
        if of == 1:
            names.append(f"the {section.label}")
        elif at == of and of > 2:
            names.append(f"the last {section.label}")
        else:
            names.append(f"the {ORDINALS[at - 1] if at <= len(ORDINALS) else f'{at}th'} {section.label}")
    return names


def missing(alignment: Alignment, least_s: float) -> list[Span]:
    """Old time that is not in the new demo, in pieces of at least `least_s`."""
    edges = [0.0]
    for stretch in alignment.stretches:
        edges += [stretch.old_start_s, stretch.old_end_s]
    edges.append(alignment.old_duration_s)
    open_spans = [Span(start_s, end_s) for start_s, end_s in zip(edges[::2], edges[1::2], strict=True)]
    return [span for span in open_spans if span.length_s >= least_s]


def taken_s(section: ToldSection, spans: Sequence[Span]) -> float:
    """How much of a section lies in `spans`."""
    return sum(span.shared_s(section.start_s, section.end_s) for span in spans)


def partners(old: Sequence[ToldSection], new: Sequence[ToldSection], alignment: Alignment) -> list[int | None]:
    """For each new section the old one that most of it comes from; None where most of it is new."""
    back = alignment.turned()
    found: list[int | None] = []
    for section in new:
        shares = [_common_s(section, each, back) for each in old]
        best = max(range(len(shares)), key=shares.__getitem__, default=None)
        enough = best is not None and shares[best] >= 0.5 * min(section.length_s, old[best].length_s)
        found.append(best if enough else None)
    return found


def _common_s(section: ToldSection, old: ToldSection, back: Alignment) -> float:
    """Seconds of a new section that come from an old one; `back` leads from new to old."""
    common_s = 0.0
    for stretch in back.stretches:
        start_s, end_s = max(section.start_s, stretch.old_start_s), min(section.end_s, stretch.old_end_s)
        if end_s > start_s:
            first_s = stretch.new_start_s + (start_s - stretch.old_start_s) * stretch.speed
            last_s = stretch.new_start_s + (end_s - stretch.old_start_s) * stretch.speed
            inside = Span(first_s, last_s)
            common_s += inside.shared_s(old.start_s, old.end_s) / max(stretch.speed, 1e-6)
    return common_s
