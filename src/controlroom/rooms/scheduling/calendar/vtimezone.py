"""VTIMEZONE of a named zone (RFC 5545 §3.6.5), for the years around what is written.

icalendar can write one too, but puts the spring onset at the time after the change, where the standard wants local time
before it (TZOFFSETFROM): a reader that believes it is an hour off between two and four that night.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from itertools import groupby
from typing import NamedTuple
from zoneinfo import ZoneInfo

from icalendar import Timezone, TimezoneDaylight, TimezoneStandard, vRecur

_YEARS_AFTER = 5  # seen ahead, to tell "the last Sunday" from "the fourth"
_DAY = timedelta(days=1)
_WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


class _Change(NamedTuple):
    before: timedelta
    after: timedelta
    name: str
    summer: bool
    onset: datetime
    """Naive local time by the offset before the change."""


@lru_cache(maxsize=64)
def vtimezone(zone: str, first: int, last: int) -> Timezone:
    """The component for `zone` (a key of zoneinfo), true from year `first` to `last`. Do not change it: it is kept."""
    tz = ZoneInfo(zone)
    component = Timezone()
    component.add("tzid", zone)
    changes = list(_changes(tz, first - 1, last + _YEARS_AFTER))
    if not changes or changes[0].onset.year >= first:
        component.add_component(_before_all(tz, first - 1))
    for _, alike in groupby(sorted(changes, key=_kind), key=_kind):
        component.add_component(_observance(list(alike)))
    return component


def _kind(change: _Change) -> tuple[timedelta, timedelta, str, bool]:
    return change[:4]


def _changes(tz: ZoneInfo, first: int, last: int) -> Iterator[_Change]:
    at, end = datetime(first, 1, 1, tzinfo=UTC), datetime(last + 1, 1, 1, tzinfo=UTC)
    while at < end:
        if _standing(tz, at) != _standing(tz, at + _DAY):
            low, high = at, at + _DAY
            while high - low > timedelta(seconds=1):
                middle = low + timedelta(seconds=(high - low) // timedelta(seconds=2))
                low, high = (middle, high) if _standing(tz, middle) == _standing(tz, at) else (low, middle)
            (before, _, _), (after, name, summer) = _standing(tz, low), _standing(tz, high)
            yield _Change(before, after, name, summer, (high + before).replace(tzinfo=None))
        at += _DAY


def _standing(tz: ZoneInfo, at: datetime) -> tuple[timedelta, str, bool]:
    local = at.astimezone(tz)
    return local.utcoffset() or timedelta(), local.tzname() or "", bool(local.dst())


def _before_all(tz: ZoneInfo, year: int) -> TimezoneStandard | TimezoneDaylight:
    offset, name, summer = _standing(tz, datetime(year, 1, 1, tzinfo=UTC))
    return _observance([_Change(offset, offset, name, summer, datetime(year - 1, 12, 31))])  # noqa: DTZ001


def _observance(changes: list[_Change]) -> TimezoneStandard | TimezoneDaylight:
    one = changes[0]
    part = TimezoneDaylight() if one.summer else TimezoneStandard()
    part.add("dtstart", one.onset)
    part.add("tzoffsetfrom", one.before)
    part.add("tzoffsetto", one.after)
    part.add("tzname", one.name)
    rule = _rule([change.onset for change in changes])
    if rule:
        part.add("rrule", rule)
    elif len(changes) > 1:
        part.add("rdate", [change.onset for change in changes[1:]])
    return part


def _rule(onsets: list[datetime]) -> vRecur | None:
    """The rule, as in "the last Sunday of March", where at least three consecutive years agree; else None."""
    first = onsets[0]
    yearly = [onset.year for onset in onsets] == list(range(first.year, first.year + len(onsets)))
    same = {(onset.month, onset.weekday(), onset.time()) for onset in onsets}
    if len(onsets) < 3 or not yearly or len(same) > 1:
        return None
    for place in (_from_end, _from_start):
        places = {place(onset.date()) for onset in onsets}
        if len(places) == 1:
            return vRecur(freq="YEARLY", bymonth=first.month, byday=f"{places.pop()}{_WEEKDAYS[first.weekday()]}")
    return None


def _from_start(day: date) -> int:
    return (day.day - 1) // 7 + 1


def _from_end(day: date) -> int:
    month_end = (day.replace(day=28) + timedelta(days=4)).replace(day=1) - _DAY
    return -((month_end.day - day.day) // 7 + 1)
