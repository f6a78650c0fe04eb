"""Days as letters say them ("by Friday", "bis zum 6. November", "来週中に"), against the day of writing."""

from __future__ import annotations

import calendar
import re
import tomllib
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple

FRIDAY, SUNDAY = 4, 6
LONG_PAST = timedelta(days=60)  # "6 January" written in December means the next one; in February it is a memory


class Due(NamedTuple):
    """A day that is spoken of: where in the text, which, and whether a word before it makes it a deadline."""

    start: int
    day: date
    deadline: bool


@cache
def words_of(language: str) -> Mapping[str, Any]:
    """The table of a language in promises.toml; raises `KeyError` for one that is not there."""
    text = files("controlroom.rooms.correspondence").joinpath("promises.toml").read_text(encoding="utf-8")
    table: Mapping[str, Any] = tomllib.loads(text)[language]
    return table


@cache
def _patterns(language: str) -> tuple[tuple[str, re.Pattern[str]], ...]:
    """Kind and expression, the more telling first: what one of them has read, no later one reads again."""
    words = words_of(language)
    edge, end = ("", "") if language == "ja" else (r"\b", r"(?!\w)")
    numbers = "|".join(sorted(map(re.escape, words["numbers"]), key=len, reverse=True))
    parts = {
        "{weekday}": f"(?P<weekday>{edge}(?:{'|'.join(words['weekdays'])}){edge if language != 'de' else ''})",
        "{month}": f"(?P<month>(?:{'|'.join(words['months'])}))\\.?",
        "{number}": rf"(?P<number>\d{{1,2}}|{numbers})",
        "{day}": r"(?P<day>(?<!\d)\d{1,2})",
        "{year}": r"(?P<year>\d{4})",
    }
    made = []
    for kind in _DAY_OF:
        for pattern in words["due"].get(kind, ()):
            for name, part in parts.items():
                pattern = pattern.replace(name, part)
            made.append((kind, re.compile(f"{edge}(?:{pattern}){end}")))
    return tuple(made)


def dues_in(text: str, language: str, written: date) -> list[Due]:
    """The days that lower-case `text` looks forward to, in its own order."""
    words, taken, found = words_of(language), [False] * len(text), []
    not_due, deadline = re.compile(words["not_due"]), re.compile(words["deadline"])
    for kind, pattern in _patterns(language):
        for match in pattern.finditer(text):
            if any(taken[match.start() : match.end()]):
                continue
            taken[match.start() : match.end()] = [True] * (match.end() - match.start())
            day = _DAY_OF[kind](match, written, words)
            before = text[: match.start()]
            if day is not None and not not_due.search(before):
                found.append(Due(match.start(), day, bool(deadline.search(before))))
    return sorted(found)


def _named(match: re.Match[str], name: str, words: list[str]) -> int:
    """Which of the words a group holds."""
    return next(k for k, word in enumerate(words) if re.fullmatch(word, match[name]))


def _days(match: re.Match[str], words: Mapping[str, Any]) -> int:
    return int(match["number"]) if match["number"].isdigit() else int(words["numbers"][match["number"]])


def _week(written: date, weeks: int = 0) -> date:
    """The Friday of the week; what is written at a weekend means its Sunday."""
    last = FRIDAY if weeks or written.weekday() <= FRIDAY else SUNDAY
    return written + timedelta(days=last - written.weekday() + 7 * weeks)


def _month(written: date, months: int = 0) -> date:
    year, month = divmod(written.year * 12 + written.month - 1 + months, 12)
    return date(year, month + 1, calendar.monthrange(year, month + 1)[1])


def _weekday(match: re.Match[str], written: date, words: Mapping[str, Any]) -> date:
    """The next one; on a Friday, "Friday" is a week away."""
    ahead = (_named(match, "weekday", words["weekdays"]) - written.weekday()) % 7
    return written + timedelta(days=ahead or 7)


def _next_weekday(match: re.Match[str], written: date, words: Mapping[str, Any]) -> date:
    return written + timedelta(days=7 - written.weekday() + _named(match, "weekday", words["weekdays"]))


def _date(match: re.Match[str], written: date, words: Mapping[str, Any]) -> date | None:
    groups = match.groupdict()
    month = int(groups["monthnumber"]) if groups.get("monthnumber") else _named(match, "month", words["months"]) + 1
    if year := groups.get("year"):
        return _real(int(year) + (2000 if len(year) == 2 else 0), month, int(match["day"]))
    day = _real(written.year, month, int(match["day"]))
    if day is None or day >= written:
        return day
    return None if written - day < LONG_PAST else _real(written.year + 1, month, int(match["day"]))


def _day_of_month(match: re.Match[str], written: date, words: Mapping[str, Any]) -> date | None:
    day = int(match["day"])
    this = _real(written.year, written.month, day)
    following = _month(written, 1)
    return this if this and this >= written else _real(following.year, following.month, day)


def _real(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


_Resolve = Callable[[re.Match[str], date, Mapping[str, Any]], date | None]
_DAY_OF: dict[str, _Resolve] = {
    "iso": _date,
    "numeric": _date,
    "date": _date,
    "after_tomorrow": lambda match, written, words: written + timedelta(days=2),
    "tomorrow": lambda match, written, words: written + timedelta(days=1),
    "today": lambda match, written, words: written,
    "next_weekday": _next_weekday,
    "next_week": lambda match, written, words: _week(written, 1),
    "weekend": lambda match, written, words: written + timedelta(days=SUNDAY - written.weekday()),
    "week": lambda match, written, words: _week(written),
    "next_month": lambda match, written, words: _month(written, 1),
    "month": lambda match, written, words: _month(written),
    "days": lambda match, written, words: written + timedelta(days=_days(match, words)),
    "weeks": lambda match, written, words: written + timedelta(weeks=_days(match, words)),
    "weekday": _weekday,
    "day_of_month": _day_of_month,
}
