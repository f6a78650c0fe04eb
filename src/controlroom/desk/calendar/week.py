"""A week as a picture: days as columns, hours as rows, sessions where they lie. Positions are SVG attributes (the
policy of the pages allows no style of their own)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from textwrap import wrap
from typing import Any

from django.utils import timezone

from controlroom.desk.calendar.models import Session

WIDTH, HOUR_HEIGHT, LEFT, TOP = 660.0, 42.0, 52.0, 34.0
FIRST_HOUR, LAST_HOUR = 9, 21
LINE, LETTER = 18.0, 8.6
"""Of the text in a block: the distance of its lines, the width of a letter (px)."""


@dataclass(frozen=True)
class Block:
    """A session, or the part of it that lies on one day. `says` is when it begins, `lines` what fits of its title."""

    session: Session
    x: float
    y: float
    width: float
    height: float
    says: str

    @property
    def lines(self) -> list[dict[str, Any]]:
        room = max(int((self.height - 24) // LINE), 0)
        wrapped = wrap(self.session.title, max(int(self.width / LETTER), 4), max_lines=room or 1, placeholder="…")
        return [{"y": 17 + LINE * (k + 1), "says": words} for k, words in enumerate(wrapped[:room])]


@dataclass(frozen=True)
class Day:
    date: date
    x: float
    middle: float
    is_today: bool


@dataclass(frozen=True)
class Week:
    """What the template draws: days, hour lines as (y, label), blocks."""

    days: tuple[Day, ...]
    lines: tuple[tuple[float, str], ...]
    blocks: tuple[Block, ...]
    width: float
    height: float
    day_width: float
    now_y: float | None


def week_of(monday: date, sessions: Sequence[Session]) -> Week:
    """The week that begins on `monday`, in the zone that is active."""
    pieces = [piece for session in sessions for piece in _pieces(session, monday)]
    first = min([FIRST_HOUR, *(start.hour for _, _, start, _ in pieces)])
    last = max([LAST_HOUR, *(-(-_minutes(end) // 60) for _, _, _, end in pieces)])
    day_width = (WIDTH - LEFT) / 7
    today, now = timezone.localdate(), timezone.localtime()
    days = tuple(
        Day(monday + timedelta(days=k), LEFT + k * day_width, LEFT + (k + 0.5) * day_width, False) for k in range(7)
    )
    days = tuple(Day(day.date, day.x, day.middle, day.date == today) for day in days)
    blocks = tuple(
        _block(session, k, start, end, lane, first, day_width)
        for (session, k, start, end), lane in zip(pieces, _lanes(pieces), strict=True)
    )
    inside = monday <= today < monday + timedelta(days=7) and first <= now.hour < last
    return Week(
        days=days,
        lines=tuple((TOP + (hour - first) * HOUR_HEIGHT, f"{hour % 24}:00") for hour in range(first, last + 1)),
        blocks=blocks,
        width=WIDTH,
        height=TOP + (last - first) * HOUR_HEIGHT + 8,
        day_width=day_width,
        now_y=_y(_minutes(now.time()), first) if inside else None,
    )


Piece = tuple[Session, int, time, time]


def _pieces(session: Session, monday: date) -> list[Piece]:
    """The session day by day: (session, day of the week, from, until); midnight at its end is 23:59."""
    if session.starts_at is None or session.ends_at is None:
        return []
    start, end = timezone.localtime(session.starts_at), timezone.localtime(session.ends_at)
    found = []
    for k in range(7):
        day = monday + timedelta(days=k)
        if start.date() <= day <= end.date() and not (end.date() == day and end.time() == time.min):
            begins = start.time() if start.date() == day else time.min
            ends = end.time() if end.date() == day else time(23, 59)
            found.append((session, k, begins, ends))
    return found


def _lanes(pieces: Sequence[Piece]) -> list[tuple[int, int]]:
    """(lane, lanes) of each: sessions at the same time of one day stand beside each other."""
    lanes = []
    for one in pieces:
        beside = [each for each in pieces if each[1] == one[1] and each[2] < one[3] and one[2] < each[3]]
        lanes.append((beside.index(one), len(beside)))
    return lanes


def _block(
    session: Session, k: int, start: time, end: time, lane: tuple[int, int], first: int, day_width: float
) -> Block:
    place, lanes = lane
    width = (day_width - 6) / lanes
    top = _y(_minutes(start), first)
    return Block(
        session=session,
        x=LEFT + k * day_width + 3 + place * width,
        y=top,
        width=width - 2,
        height=max(_y(_minutes(end), first) - top - 2, 22.0),
        says=f"{start:%H:%M}",
    )


def _y(minutes: int, first: int) -> float:
    return TOP + (minutes / 60 - first) * HOUR_HEIGHT


def _minutes(at: time | datetime) -> int:
    return at.hour * 60 + at.minute
