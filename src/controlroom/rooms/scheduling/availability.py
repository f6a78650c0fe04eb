"""When somebody or something is free: hours as wall times of their own zone, all else as minutes of UTC.

A minute is counted from 1970-01-01T00:00Z, so a session has its true length across a change of the clock.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt

from controlroom.rooms.scheduling.session import Hours, Span

Flags = npt.NDArray[np.bool_]
Minutes = npt.NDArray[np.int64]
Range = tuple[int, int]

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
DAY_MIN = 1440


def minute_of(moment: datetime, *, up: bool = False) -> int:
    """The minute that contains `moment` (aware); `up`: the first that does not begin before it."""
    seconds = (moment - EPOCH) / timedelta(seconds=1)
    return int(-(-seconds // 60) if up else seconds // 60)


def moment_of(minute: int) -> datetime:
    """The beginning of a minute, in UTC."""
    return EPOCH + timedelta(minutes=int(minute))


def range_of(span: Span) -> Range:
    """All minutes that a span touches."""
    return minute_of(span.start), minute_of(span.end, up=True)


@cache
def wall(zone: ZoneInfo, day: date, at: time) -> Range:
    """The first and the last minute at which clocks of `zone` can be said to show this (PEP 495).

    They are equal but for an hour that the clocks repeat (both) or leave out (as read by the clock before and after).
    """
    local = datetime.combine(day, at.replace(tzinfo=None), zone)
    minutes = [minute_of(local.replace(fold=fold)) for fold in (0, 1)]
    return min(minutes), max(minutes)


def opening(hours: Sequence[Hours], zone: ZoneInfo, first: date, last: date) -> list[Range]:
    """The hours of each day from the one before `first` (they may end after midnight) to `last`.

    Where the clocks change within the hours' first or last minute, the reading with fewer hours counts: every minute
    lies in the hours by the wall clock.
    """
    spans = []
    for day in _days(first - timedelta(days=1), last):
        for one in hours:
            if one.weekday == day.weekday():
                end_day = day if one.end > one.start else day + timedelta(days=1)
                spans.append((wall(zone, day, one.start)[1], wall(zone, end_day, one.end)[0]))
    return [(start, end) for start, end in spans if start < end]


def _days(first: date, last: date) -> Iterator[date]:
    for offset in range((last - first).days + 1):
        yield first + timedelta(days=offset)


class Grid:
    """The horizon, minute by minute: from midnight of `first` to midnight after `last`, in the studio's zone."""

    def __init__(self, zone: ZoneInfo, first: date, last: date) -> None:
        self.zone, self.first, self.last = zone, first, last
        self.days = (last - first).days + 1
        midnights = [wall(zone, day, time())[0] for day in _days(first, last + timedelta(days=1))]
        self.begin, self.end = midnights[0], midnights[-1]
        self.midnights = np.array(midnights, np.int64)

    def day_of(self, minute: int) -> int:
        """The day of a minute, 0 for `first`; also outside of the horizon."""
        return (moment_of(minute).astimezone(self.zone).date() - self.first).days

    def dates_in(self, zone: ZoneInfo) -> tuple[date, date]:
        """The first and the last day of the horizon by the clocks of another zone."""
        first, last = (moment_of(minute).astimezone(zone).date() for minute in (self.begin, self.end))
        return first, last

    def date_of(self, day: int) -> date:
        return self.first + timedelta(days=day)

    def raster(self, slot_min: int) -> Minutes:
        """Every minute at which the studio's clocks show a multiple of `slot_min` since midnight."""
        found = set()
        for day in _days(self.first, self.last):
            for offset in range(0, DAY_MIN, slot_min):
                at = time(offset // 60, offset % 60)
                for minute in wall(self.zone, day, at):
                    if moment_of(minute).astimezone(self.zone).time() == at:
                        found.add(minute)
        return np.array(sorted(found), np.int64)

    def painted(self, spans: Iterable[Range]) -> Flags:
        """True for each minute of the horizon that one of `spans` covers."""
        flags = np.zeros(self.end - self.begin, np.bool_)
        for start, end in spans:
            flags[max(start - self.begin, 0) : max(end - self.begin, 0)] = True
        return flags

    def counted(self, spans: Iterable[Range]) -> Minutes:
        """For each minute of the horizon, how many of `spans` cover it."""
        steps = np.zeros(self.end - self.begin + 1, np.int64)
        for start, end in spans:
            if start < end:
                np.add.at(steps, np.clip([start - self.begin, end - self.begin], 0, len(steps) - 1), [1, -1])
        return np.cumsum(steps)[:-1]

    def minutes_in(self, flags: Flags, starts: Minutes, length_min: int) -> Minutes:
        """How many minutes of each stretch `starts` .. `starts + length_min` are True; outside the horizon all are."""
        total = np.concatenate(([0], np.cumsum(flags)))
        low, high = starts - self.begin, starts - self.begin + length_min
        inside = np.clip(low, 0, len(flags)), np.clip(high, 0, len(flags))
        outside = length_min - (inside[1] - inside[0])
        return np.asarray(total[inside[1]] - total[inside[0]] + outside, np.int64)
