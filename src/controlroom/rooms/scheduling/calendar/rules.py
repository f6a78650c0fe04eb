"""Recurrence rules (RFC 5545 §3.3.10) of a file that may be hostile: understood far enough to say what working one out
would cost, before anything does so."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta

import msgspec
from dateutil.rrule import rrulestr

from controlroom.rooms.scheduling.calendar.times import Moment, moment_of

MOST_COST_US = 800_000.0  # of one rule
_MOST_LIST = 400
_DAYS = {"DAILY": 1.0, "WEEKLY": 7.0, "MONTHLY": 28.0, "YEARLY": 365.0}
# What a period and an occurrence cost on one core, in microseconds (measured, upper ends).
_PERIOD_US = {"DAILY": 2.0, "WEEKLY": 5.0, "MONTHLY": 7.0, "YEARLY": 40.0}
_OCCURRENCE_US = 5.0
_CYCLE_DAYS = 146_097  # days, weekdays and leap years repeat every 400 years
_VALUE = re.compile(r"[A-Z0-9,+\-]+")
_TIMES_BY = ("BYHOUR", "BYMINUTE", "BYSECOND")
_DAYS_BY = ("BYDAY", "BYMONTHDAY", "BYYEARDAY", "BYMONTH")
_KEYS = frozenset({"FREQ", "UNTIL", "COUNT", "INTERVAL", "WKST", "BYWEEKNO", "BYSETPOS", *_TIMES_BY, *_DAYS_BY})


class Rule(msgspec.Struct, frozen=True):
    """A rule that may be worked out: its parts, its text made of them, and its UNTIL."""

    parts: dict[str, str]
    until: Moment | None = None

    @property
    def text(self) -> str:
        return ";".join(f"{key}={value}" for key, value in self.parts.items())

    @property
    def interval(self) -> int:
        return int(self.parts.get("INTERVAL", "1"))

    def cost_us(self, start: Moment, last: datetime) -> float:
        """About what its occurrences until `last` cost; the library begins at `start`, however long ago that is."""
        freq = self.parts["FREQ"]
        end = min(_day(self.until), last.date()) if self.until is not None else last.date()
        periods = max((end - _day(start)).days, 0) / (_DAYS[freq] * self.interval) + 1
        each = 1.0
        for key in (*_TIMES_BY, *_DAYS_BY):
            each *= self.parts[key].count(",") + 1 if key in self.parts else 1
        count = float(self.parts.get("COUNT", "inf"))
        if self._surely_happens:  # at least once a period, or a week
            periods = min(periods, 7 * count)
        found = min(periods * each, count)
        unsure = 0.0 if self._surely_happens else _CYCLE_DAYS / (_DAYS[freq] * self.interval) * _PERIOD_US[freq]
        return periods * _PERIOD_US[freq] + found * _OCCURRENCE_US + 2 * unsure

    def over_before(self, at: datetime) -> bool:
        """Its UNTIL lies before the day of `at`."""
        return self.until is not None and _day(self.until) < at.date()

    def happens(self, start: Moment) -> bool:
        """Whether it has any occurrence. One that has none is sought by the library until the year 9999: here it is
        moved whole cycles ahead, to where that year is near."""
        if self._surely_happens:
            return True
        near = datetime(9600 + start.year % 400, start.month, 1) + timedelta(days=start.day - 1)  # noqa: DTZ001
        if isinstance(start, datetime):
            near = near.replace(hour=start.hour, minute=start.minute, second=start.second)
        forever = ";".join(f"{key}={value}" for key, value in self.parts.items() if key not in ("UNTIL", "COUNT"))
        return next(iter(rrulestr(forever, dtstart=near)), None) is not None

    @property
    def _surely_happens(self) -> bool:
        by = {key for key in self.parts if key.startswith("BY")}
        weekly = self.parts["FREQ"] == "WEEKLY" or (self.parts["FREQ"] == "DAILY" and self.interval == 1)
        return not by or (weekly and by == {"BYDAY"})


def rule_of(text: str) -> Rule | None:
    """The rule of a RRULE line's value; None where it is none, or repeats faster than daily (nobody's day does)."""
    parts: dict[str, str] = {}
    for piece in text.strip().upper().rstrip(";").split(";")[:20]:
        key, _, value = piece.partition("=")
        if key not in _KEYS or key in parts or not _VALUE.fullmatch(value) or value.count(",") > _MOST_LIST:
            return None
        parts[key] = value
    numbers = [parts[key] for key in ("INTERVAL", "COUNT") if key in parts]
    if parts.get("FREQ") not in _DAYS or not all(re.fullmatch(r"0*[1-9]\d{0,8}", number) for number in numbers):
        return None
    until = moment_of(parts["UNTIL"], "", lambda _: UTC) if "UNTIL" in parts else None
    return None if "UNTIL" in parts and until is None else Rule(parts, until)


def _day(at: Moment) -> date:
    return at.date() if isinstance(at, datetime) else at
