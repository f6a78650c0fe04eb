"""The fields of a song that people change: what each takes, and how a change reads on the timeline."""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import date
from typing import Any, NamedTuple

from controlroom.base.errors import UsageError
from controlroom.desk.people.text import many_lines, named
from controlroom.song import identifiers, musical


class Field(NamedTuple):
    """`clean` gives what is kept, or raises `UsageError`; `figure` how it reads ("96 BPM"; None: only "changed")."""

    name: str
    clean: Callable[[Any], Any]
    figure: Callable[[Any], str] | None = str


def cleaned(field: str, value: Any) -> Any:
    """What is kept of a value that somebody typed for `field`; raises `UsageError`."""
    if field not in FIELDS:
        raise UsageError(field, "a song has no such field to change", f"Choose among {', '.join(FIELDS)}.")
    return FIELDS[field].clean("" if value is None else value)


def said(field: str, new: Any) -> str:
    """The change as a line of the timeline: "Tempo set to 96 BPM"."""
    name, _, figure = FIELDS[field]
    if new in (None, ""):
        return f"{name} taken out"
    return f"{name} set to {figure(new)}" if figure else f"{name} changed"


def _tempo(value: Any) -> float | None:
    if value == "":
        return None
    tempo = musical.tempo_bpm(value)
    if tempo is None:
        raise UsageError("The tempo", f"{value} is not between 20 and 400 BPM", "Type a number like 96.")
    return tempo


def _key(value: Any) -> str:
    key = musical.key_name(value) if value else ""
    if key is None:
        raise UsageError("The key", f"{value} is no key", "Type one like F# minor.")
    return key


def _meter(value: Any) -> str:
    meter = musical.meter_name(value) if value else ""
    if meter is None:
        raise UsageError("The meter", f"{value} is no meter", "Type one like 4/4.")
    return str(meter)


def _isrc(value: Any) -> str:
    isrc = identifiers.isrc(str(value)) if value else ""
    if isrc is None:
        raise UsageError("The ISRC", f"{value} is none", "It reads like US-S1Z-99-00001.")
    return isrc


def _target(value: Any) -> float | None:
    if value == "":
        return None
    try:
        target = float(value)
    except (TypeError, ValueError):
        target = math.nan
    if not -30.0 <= target <= -5.0:
        raise UsageError("The loudness of the master", f"{value} is not between −30 and −5 LUFS", "Type one like −14.")
    return target


def _day(value: Any) -> date | None:
    if value == "" or isinstance(value, date):
        return value or None
    try:
        return date.fromisoformat(str(value))
    except ValueError as error:
        raise UsageError("The due date", f"{value} is no day", "Type one like 2026-11-30.") from error


FIELDS: dict[str, Field] = {
    "title": Field("Title", lambda value: named(str(value), "The title")),
    "tempo_bpm": Field("Tempo", _tempo, lambda bpm: f"{bpm:g} BPM"),
    "key": Field("Key", _key),
    "meter": Field("Meter", _meter),
    "isrc": Field("ISRC", _isrc, identifiers.isrc_with_hyphens),
    "target_lufs": Field("Loudness of the master", _target, lambda lufs: f"{lufs:g} LUFS".replace("-", "−")),
    "lyrics": Field("Lyrics", lambda value: many_lines(str(value)), None),
    "notes": Field("Notes", lambda value: many_lines(str(value)), None),
    "due_on": Field("Due date", _day, lambda day: f"{day.day} {day:%B %Y}"),
}
