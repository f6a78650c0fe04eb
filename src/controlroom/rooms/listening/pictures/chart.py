"""The chords as a chart: eight bars to a line (four where it is narrow), a new line for each section."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from markupsafe import Markup

from controlroom.rooms.listening.pictures.lanes import tone_of
from controlroom.rooms.listening.pictures.names import chord_symbol, listed, with_signs
from controlroom.rooms.listening.pictures.shown import Shown, Stretch
from controlroom.sound.drawing import clock, fitted, label, rect, svg

LEFT = 52
ROW, GAP, TITLE = 34, 6, 26
SMALL = 10.5  # of letters that may stand close
SECONDS_A_LINE = 16.0  # where no bars are known
LEAST_FOR_EIGHT = 560
MOST_LINES = 60
SLACK_S = 0.12  # a change so close to a bar line belongs to it


class _Line(NamedTuple):
    """One line: its bars as places in time (first begin ... last end), the section it is in, and does that begin?"""

    bars_s: tuple[float, ...]
    section: Stretch | None
    begins: bool


def chart(shown: Shown, width: int) -> Markup | None:
    """None without chords. A song of more than 60 lines ends in the middle, and says so."""
    if not shown.chords:
        return None
    body, y = "", 0.0
    a_line = (8 if width >= LEAST_FOR_EIGHT else 4) if len(shown.downbeats_s) > 1 else 1
    bar_wide = (width - LEFT - 10) / a_line
    lines = list(_lines(shown, a_line))
    for line in lines[:MOST_LINES]:
        if line.section and line.begins:
            y += TITLE
            body += label(_title(line.section), LEFT, y - 9, tone="strong")
        body += _drawn(line, shown.chords, bar_wide, y, tone_of(line.section.name) if line.section else "")
        y += ROW + GAP
    if len(lines) > MOST_LINES:
        body += label("…", LEFT, y + 8)
        y += 12
    return svg(width, round(y), body, _says(shown))


def _title(section: Stretch) -> str:
    return f"{section.name[:1].upper()}{section.name[1:]}"


def _lines(shown: Shown, a_line: int) -> Iterator[_Line]:
    """Sections (or all of it) cut into lines of so many bars; sixteen seconds count as one where no bars are known."""
    end_s = max(shown.chords[-1].end_s, shown.duration_s)
    bars_s = [at for at in shown.downbeats_s if at < end_s - 0.05]
    bars_s = bars_s if len(bars_s) > 1 else [SECONDS_A_LINE * k for k in range(int(end_s / SECONDS_A_LINE) + 1)]
    whole = [*bars_s, end_s]
    starts = _section_starts(shown.sections, bars_s)
    cuts = sorted({0, *starts, len(bars_s)})
    for first, last in pairwise(cuts):
        for at in range(first, last, a_line):
            yield _Line(tuple(whole[at : min(at + a_line, last) + 1]), starts.get(first), begins=at == first)


def _section_starts(sections: Sequence[Stretch], bars_s: Sequence[float]) -> dict[int, Stretch]:
    """The sections by the bar that is nearest to their beginning."""
    found: dict[int, Stretch] = {}
    for section in sections:
        nearest = min(range(len(bars_s)), key=lambda bar: abs(bars_s[bar] - section.start_s))
        found.setdefault(nearest, section)
    return found


def _drawn(line: _Line, chords: Sequence[Stretch], bar_wide: float, y: float, tone: str) -> str:
    body = label(clock(line.bars_s[0]), LEFT - 10, y + ROW / 2 + 4.5, anchor="end", tone="small")
    near = [chord for chord in chords if chord.end_s > line.bars_s[0] and chord.start_s < line.bars_s[-1]]
    for bar, (start_s, end_s) in enumerate(pairwise(line.bars_s)):
        left = LEFT + bar * bar_wide
        body += rect(f"band {tone}".strip(), left, y, bar_wide - 2, ROW, round=4)
        scale = (bar_wide - 2) / max(end_s - start_s, 1e-9)
        inside = [c for c in near if c.end_s > start_s + SLACK_S and c.start_s < end_s - SLACK_S]
        for k, chord in enumerate(inside):
            begin_s = max(chord.start_s, start_s)
            room = ((inside[k + 1].start_s if k + 1 < len(inside) else end_s) - begin_s) * scale
            if bar and chord.start_s < start_s - SLACK_S:  # it goes on from the bar before
                body += rect("outer", left + bar_wide / 2 - 5, y + ROW / 2 - 1, 8, 2, round=1)
            else:
                body += _symbol(chord.name, left + 8 + (begin_s - start_s) * scale, y + ROW / 2 + 5, room - 6)
    return body


def _symbol(chord: str, x: float, y: float, room: float) -> str:
    """The chord's name; smaller where it is tight, nothing where half of it would be another chord."""
    symbol = chord_symbol(chord)
    if fitted(symbol, room) == symbol:
        return label(symbol, x, y, tone="strong")
    return label(symbol, x, y, tone="name small") if fitted(symbol, room, SMALL) == symbol else ""


def _says(shown: Shown) -> str:
    used = list(dict.fromkeys(chord_symbol(chord.name) for chord in shown.chords if chord.name != "N"))
    says = f"Chords of {shown.name}"
    if shown.key:
        says += f", in {with_signs(shown.key)}"
    return f"{says}: {listed(used)}" if used else says
