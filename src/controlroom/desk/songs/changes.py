"""The fields of a song that people change: what each takes, and how a change reads on the timeline."""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

from controlroom.base.errors import SongFileError, UsageError
from controlroom.desk.people.text import many_lines, named, one_line
from controlroom.song import identifiers, musical
from controlroom.song.sheet_fields import Reader

MOST_WRITTEN = 200


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


def _release(name: str, label: str) -> Callable[[Any], Any]:
    """What a release is told reads on the desk as in a song folder's `song.toml`."""

    def clean(value: Any) -> Any:
        written = one_line(value, MOST_WRITTEN) if isinstance(value, str) else value
        try:
            meant = Reader(Path(label), {name: written}, {}).release()[name]
        except SongFileError as error:
            raise UsageError(label, error.why, "Correct it, or leave it empty.") from error
        return meant if name == "explicit" else meant or ""

    return clean


def _iswc(value: Any) -> str:
    iswc = identifiers.iswc(str(value)) if value else ""
    if iswc is None:
        raise UsageError("The ISWC", f"{value} is none", "It reads like T-034.524.680-1.")
    return iswc


FIELDS: dict[str, Field] = {
    "title": Field("Title", lambda value: named(str(value), "The title")),
    "tempo_bpm": Field("Tempo", _tempo, lambda bpm: f"{bpm:g} BPM"),
    "key": Field("Key", _key),
    "meter": Field("Meter", _meter),
    "isrc": Field("ISRC", _isrc, identifiers.isrc_with_hyphens),
    "album": Field("Album", _release("album", "The album")),
    "label": Field("Label", _release("label", "The label")),
    "upc": Field("UPC", _release("upc", "The UPC")),
    "iswc": Field("ISWC", _iswc, identifiers.iswc_with_dots),
    "date": Field("Release date", _release("date", "The release date")),
    "copyright": Field("Copyright", _release("copyright", "The copyright")),
    "language": Field("Language of the words", _release("language", "The language")),
    "explicit": Field("Explicit", _release("explicit", "Explicit"), lambda yes: "yes" if yes else "no"),
    "samples": Field("Samples of others", _release("samples", "Samples"), str),
    "target_lufs": Field("Loudness of the master", _target, lambda lufs: f"{lufs:g} LUFS".replace("-", "−")),
    "lyrics": Field("Lyrics", lambda value: many_lines(str(value)), None),
    "notes": Field("Notes", lambda value: many_lines(str(value)), None),
    "due_on": Field("Due date", _day, lambda day: f"{day.day} {day:%B %Y}"),
}
