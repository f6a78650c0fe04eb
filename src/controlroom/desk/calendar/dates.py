"""Days and times as people type them, one on a line, in the zone that is active."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta

from django.utils import timezone

from controlroom.base.errors import UsageError

Times = list[tuple[datetime, datetime]]
_DAY = r"\d{4}-\d\d-\d\d"
_CLOCK = r"\d{1,2}:\d\d"
_LINE = re.compile(
    rf"(?P<day>{_DAY})(?:\s+(?P<from>{_CLOCK}))?(?:\s*(?:-|–|to|until)\s*(?:(?P<last>{_DAY})\s*)?(?P<until>{_CLOCK})?)?"
)


def read_windows(text: str) -> Times:
    """Spans typed as `2026-12-03`, `2026-12-03 – 2026-12-08` or `2026-12-03 14:00 – 20:00`; raises `UsageError`."""
    spans = [_window(line.strip()) for line in text.splitlines() if line.strip()]
    wrong = next((start for start, end in spans if start >= end), None)
    if wrong is not None:
        raise UsageError("The dates", f"the one from {wrong:%Y-%m-%d} ends before it begins", "Turn it round.")
    return spans


def _window(line: str) -> tuple[datetime, datetime]:
    match = _LINE.fullmatch(line)
    if match is None:
        raise _unread(line)
    first = _day(match["day"], line)
    last = _day(match["last"], line) if match["last"] else first
    start = _at(first, match["from"], line) if match["from"] else _midnight(first)
    end = _at(last, match["until"], line) if match["until"] else _midnight(last + timedelta(days=1))
    return start, end


def read_starts(text: str) -> list[datetime]:
    """Moments typed as `2026-12-03 14:00`; raises `UsageError`."""
    found = []
    for line in filter(None, (line.strip() for line in text.splitlines())):
        match = re.fullmatch(rf"({_DAY})\s+({_CLOCK})", line)
        if match is None:
            raise _unread(line)
        found.append(_at(_day(match[1], line), match[2], line))
    return found


def written(spans: Times) -> str:
    """Spans as they are typed."""
    return "\n".join(_line(timezone.localtime(start), timezone.localtime(end)) for start, end in spans)


def _line(start: datetime, end: datetime) -> str:
    if start.time() == end.time() == time.min:
        last = end.date() - timedelta(days=1)
        return f"{start:%Y-%m-%d}" if last == start.date() else f"{start:%Y-%m-%d} – {last:%Y-%m-%d}"
    day = "" if end.date() == start.date() else f"{end:%Y-%m-%d} "
    return f"{start:%Y-%m-%d %H:%M} – {day}{end:%H:%M}"


def _day(text: str, line: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise _unread(line) from None


def _at(day: date, clock: str, line: str) -> datetime:
    hour, minute = (int(each) for each in clock.split(":"))
    try:
        return _midnight(day, time(hour, minute))
    except ValueError:
        raise _unread(line) from None


def _midnight(day: date, at: time = time.min) -> datetime:
    return datetime.combine(day, at, timezone.get_current_timezone())


def _unread(line: str) -> UsageError:
    return UsageError("The dates", f"“{line[:40]}” cannot be read", "Write them like 2026-12-03 14:00 – 20:00.")
