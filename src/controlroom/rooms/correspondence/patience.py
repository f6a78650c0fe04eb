"""Patience counted: how long somebody has waited for us, who spoke last, and what we promised until when."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from itertools import takewhile
from typing import Literal
from zoneinfo import ZoneInfo

import msgspec

from controlroom.rooms.correspondence.promises import Promise, promises_in

__all__ = ["Exchange", "Promise", "Waiting", "patience", "promises_in"]

MOST_DAYS = 7
WEEKEND = (5, 6)


class Exchange(msgspec.Struct, frozen=True, kw_only=True):
    """A letter or a call: when (aware), and whose turn it was. `text` and `language` matter only where it is ours: what
    it promises is read from there. `delivers`: it brings what was promised (files, a link, or a person says so)."""

    at: datetime
    ours: bool
    text: str = ""
    language: str = "en"
    delivers: bool = False


class Waiting(msgspec.Struct, frozen=True, kw_only=True):
    """`since`: the first of theirs that we have not answered, or the promise that we have not kept; None where nobody
    waits for us. `days`: whole days since then. `promised`: the open promise that falls due first.

    `overdue`: its day is over, or an answer has been owed for more than the days allowed.
    """

    person: str
    since: datetime | None = None
    who_last: Literal["", "us", "them"] = ""
    days: int = 0
    promised: Promise | None = None
    overdue: bool = False
    says: str = ""


def patience(
    person: str,
    events: Sequence[Exchange],
    now: datetime,
    *,
    time_zone: str = "UTC",
    most_days: int = MOST_DAYS,
    business_days: bool = False,
) -> Waiting:
    """How `person` stands with us at `now` (aware); the order of `events` is no matter, those after `now` are none.

    `time_zone` is ours: in it days begin, and a promise is due at the end of its day. `business_days`: Saturdays and
    Sundays are not counted.
    """
    ordered = sorted((event for event in events if event.at <= now), key=lambda event: event.at)
    if not ordered:
        return Waiting(person=person)
    zone = ZoneInfo(time_zone)
    owed = list(takewhile(lambda event: not event.ours, reversed(ordered)))
    promised = _open_promise(ordered, zone)
    since = owed[-1].at if owed else promised.sent_at if promised else None
    days = _days(since.astimezone(zone).date(), now.astimezone(zone).date(), business_days) if since else 0
    late = promised is not None and now >= _end(promised.until, zone)
    return Waiting(
        person=person,
        since=since,
        who_last="us" if ordered[-1].ours else "them",
        days=days,
        promised=promised,
        overdue=late or (bool(owed) and days > most_days),
        says=_says(person, days if owed else None, promised, late),
    )


def _open_promise(ordered: Sequence[Exchange], zone: ZoneInfo) -> Promise | None:
    """What no later letter of ours delivered; of several the one that falls due first."""
    found: list[Promise] = []
    for event in ordered:
        if not event.ours:
            continue
        if event.delivers:
            found.clear()
        found += promises_in(event.text, event.language, event.at, zone.key)
    return min(found, key=lambda promise: promise.until, default=None)


def _days(first: date, last: date, business_days: bool) -> int:
    passed = (first + timedelta(days=k) for k in range(1, (last - first).days + 1))
    return sum(not (business_days and day.weekday() in WEEKEND) for day in passed)


def _end(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day + timedelta(days=1), time(), zone)


def _says(person: str, days: int | None, promised: Promise | None, late: bool) -> str:
    said = []
    if days is not None:
        said.append(f"{person} has waited {days} day{'s' * (days != 1)} for an answer.")
    if promised:
        was = "was promised" if late else "is promised"
        said.append(f"“{promised.says}” {was} for {promised.until:%A} {promised.until.day} {promised.until:%B %Y}.")
    return " ".join(said)
