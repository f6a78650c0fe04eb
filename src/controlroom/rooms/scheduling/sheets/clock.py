"""Days, times and lengths as the sheets print them: English words of our own, the same on every machine."""

from __future__ import annotations

from datetime import datetime, timedelta

_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = ("January", "February", "March", "April", "May", "June", "July")
_LATE_MONTHS = ("August", "September", "October", "November", "December")


def day(at: datetime) -> str:
    """ "Monday, 30 November 2026"."""
    return f"{_DAYS[at.weekday()]}, {at.day} {(*_MONTHS, *_LATE_MONTHS)[at.month - 1]} {at.year}"


def short_day(at: datetime) -> str:
    """ "Mon 30 Nov"."""
    return f"{_DAYS[at.weekday()][:3]} {at.day} {(*_MONTHS, *_LATE_MONTHS)[at.month - 1][:3]}"


def clock(at: datetime) -> str:
    """ "13:00"."""
    return f"{at:%H:%M}"


def clock_beside(at: datetime, other: datetime) -> str:
    """ "13:00", with its day where that is another one than `other`'s: "Tue 1 Dec, 01:00"."""
    return clock(at) if at.date() == other.date() else f"{short_day(at)}, {clock(at)}"


def city(zone: str) -> str:
    """ "New York" of America/New_York."""
    return zone.rpartition("/")[2].replace("_", " ")


def offset(at: datetime) -> str:
    """ "UTC+1", "UTC−3:30"."""
    minutes = int((at.utcoffset() or timedelta()).total_seconds() // 60)
    hours, rest = divmod(abs(minutes), 60)
    sign = "−" if minutes < 0 else "+"
    return f"UTC{sign}{hours}" + (f":{rest:02}" if rest else "")


def length(minutes: int) -> str:
    """ "5 h 20 min", "45 min", "2 h"."""
    hours, rest = divmod(minutes, 60)
    return " ".join([f"{hours} h"] * bool(hours) + [f"{rest} min"] * bool(rest or not hours))
