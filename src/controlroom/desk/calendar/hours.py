"""Working hours as they are kept and typed: one line for some days, `Mon-Fri 10:00-18:00`."""

from __future__ import annotations

import re
from datetime import time
from typing import Any

from controlroom.base.errors import UsageError
from controlroom.rooms.scheduling.session import Hours

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_LINE = re.compile(
    r"(?P<days>[a-z,\s–-]+?)\s+(?P<from>\d{1,2}(?::\d\d)?)\s*[-–]\s*(?P<until>\d{1,2}(?::\d\d)?)", re.IGNORECASE
)


def read_hours(text: str) -> list[list[Any]]:
    """What is kept of typed hours, [weekday, "HH:MM", "HH:MM"] each; raises `UsageError` naming the line."""
    kept = [each for line in re.split(r"[\n;]+", text) if line.strip() for each in _read_line(line.strip())]
    return sorted(kept)


def _read_line(line: str) -> list[list[Any]]:
    match = _LINE.fullmatch(line)
    if match is None:
        raise UsageError("The working hours", f"“{line[:40]}” cannot be read", "Write them like Mon-Fri 10:00-18:00.")
    start, end = _time(match["from"]), _time(match["until"])
    if start >= end:
        raise UsageError("The working hours", f"“{line[:40]}” ends before it begins", "Split them at midnight.")
    return [[day, start, end] for day in _days(match["days"])]


def _time(text: str) -> str:
    hour, _, minute = text.partition(":")
    if int(hour) == 24 and int(minute or 0) == 0:
        return "23:59"
    try:
        return time(int(hour), int(minute or 0)).strftime("%H:%M")
    except ValueError:
        raise UsageError("The working hours", f"{text} is no time of day", "Write them like 10:00.") from None


def _days(text: str) -> list[int]:
    days: list[int] = []
    for piece in text.split(","):
        first, _, last = re.sub(r"\s", "", piece).replace("–", "-").partition("-")
        start, end = _day(first), _day(last or first)
        days += [day % 7 for day in range(start, end + 1 if end >= start else end + 8)]
    return sorted(set(days))


def _day(text: str) -> int:
    for number, name in enumerate(DAYS):
        if text[:3].lower() == name.lower():
            return number
    raise UsageError("The working hours", f"{text[:20] or 'nothing'} is no day", f"Choose among {', '.join(DAYS)}.")


def written(kept: list[list[Any]]) -> str:
    """Kept hours as a person types them, days of the same hours together."""
    by_hours: dict[tuple[str, str], list[int]] = {}
    for day, start, end in kept:
        by_hours.setdefault((start, end), []).append(day)
    return "\n".join(f"{_run(days)} {start}-{end}" for (start, end), days in by_hours.items())


def _run(days: list[int]) -> str:
    whole = len(days) > 2 and days[-1] - days[0] == len(days) - 1
    return f"{DAYS[days[0]]}-{DAYS[days[-1]]}" if whole else ",".join(DAYS[day] for day in days)


def as_hours(kept: list[list[Any]]) -> tuple[Hours, ...]:
    """Kept hours as the room takes them."""
    return tuple(
        Hours(weekday=day, start=time.fromisoformat(start), end=time.fromisoformat(end)) for day, start, end in kept
    )
