"""Time zones: wall times that do not exist or come twice, and the many names that calendars give a zone."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, tzinfo
from typing import cast
from zoneinfo import ZoneInfo

import msgspec
from icalendar import Timezone
from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

from controlroom.base.errors import UsageError
from controlroom.base.finding import Finding, Value

_LONGEST_NAME = 128
_MOST_OBSERVANCES = 6
_MOST_DATES = 300
_MOST_DEFINED = 8
# What a VTIMEZONE may say of its changes: once a year, on a day that every year has.
_OLD_START = re.compile(r"^(DTSTART[^:\n]*:)(?:1[0-8]|0\d|19[0-6])\d{1,2}(?=\d{4}T)", re.M)
_PLAIN = re.compile(r"FREQ=YEARLY|INTERVAL=1|WKST=[A-Z]{2}|UNTIL=\d{8}(T\d{6}Z?)?|BYMONTH=([1-9]|0[1-9]|1[0-2])")
_NTH_DAY = re.compile(r"BYDAY=[+-]?[1-4][A-Z]{2}")
_DAY_AFTER = re.compile(r"BYDAY=[A-Z]{2}|BYMONTHDAY=([1-9]|1\d|2[0-8])(,([1-9]|1\d|2[0-8]))*")


class WallTime(msgspec.Struct, frozen=True, kw_only=True):
    """A time as a clock on the wall says it, placed in its zone; `findings` say where the clocks were changed then."""

    at: datetime
    findings: tuple[Finding, ...] = ()


def wall_time(wall: datetime, zone: str) -> WallTime:
    """`wall` (naive) in `zone` (IANA). The rule is that of RFC 5545 §3.3.5: a time that comes twice means the first, a
    time that the clocks skip is read by the offset before the change (02:30 becomes 03:30). Both are told.

    UsageError for a zone that is not known."""
    tz = zone_named(zone)
    if tz is None:
        raise UsageError(zone, "there is no such time zone", "Write it as Europe/Berlin.")
    at = wall.replace(tzinfo=tz, fold=0)
    real = at.astimezone(UTC).astimezone(tz)
    args: dict[str, Value] = {
        "wall": f"{wall:%Y-%m-%d %H:%M}",
        "zone": zone,
        "meant": f"{real:%H:%M}",
        "offset": f"{real:%z}",
    }
    if real.replace(tzinfo=None, fold=0) != wall.replace(fold=0):
        return WallTime(at=real, findings=(Finding(code="calendar_time_skipped", severity="warning", args=args),))
    if at.replace(fold=1).utcoffset() != at.utcoffset():
        return WallTime(at=at, findings=(Finding(code="calendar_time_twice", severity="warning", args=args),))
    return WallTime(at=at)


def zone_named(name: str) -> ZoneInfo | None:
    """The zone of an IANA key; None where there is none. No path and no file is reached by a name from outside."""
    if not re.fullmatch(r"[A-Za-z][A-Za-z0-9_+\-]*(?:/[A-Za-z0-9_+\-]+)*", name) or len(name) > _LONGEST_NAME:
        return None
    try:
        return ZoneInfo(name)
    except (KeyError, OSError, ValueError):  # not found is a KeyError, a folder ("Europe") an OSError
        return None


class Zones:
    """What the TZIDs of one file mean: an IANA key, one with a vendor's path before it, a name of Windows, or what the
    file's own VTIMEZONE (`definitions`: TZID -> its text) says, where that is tame."""

    def __init__(self, definitions: Mapping[str, str]) -> None:
        self._definitions = definitions
        self._known: dict[str, tzinfo | None] = {}
        self._defined = 0

    def of(self, tzid: str) -> tzinfo | None:
        """None: nobody can know."""
        if tzid not in self._known:
            self._known[tzid] = self._find(tzid.strip().strip('"')[:_LONGEST_NAME])
        return self._known[tzid]

    def _find(self, name: str) -> tzinfo | None:
        for key in _keys(name):
            found = zone_named(key)
            if found is not None:
                return found
        self._defined += name in self._definitions
        if name not in self._definitions or self._defined > _MOST_DEFINED:
            return None
        return _defined(self._definitions[name])


def _keys(name: str) -> Iterator[str]:
    yield name
    yield WINDOWS_TO_OLSON.get(name, "")
    steps = name.split("/")  # "/freeassociation.sourceforge.net/Europe/Berlin", "/mozilla.org/20050126_1/America/..."
    for count in (3, 2):
        if len(steps) > count:
            yield "/".join(steps[-count:])


def _defined(text: str) -> tzinfo | None:
    """The zone of a VTIMEZONE; None unless each of its changes is a plain yearly one, or one of a short list."""
    lines = text.split("\n")
    location = next((line.partition(":")[2] for line in lines if line.upper().startswith("X-LIC-LOCATION")), "")
    known = zone_named(location.strip())
    if known is not None:
        return known
    rules = [line.partition(":")[2] for line in lines if line.upper().startswith("RRULE")]
    dates = sum(line.count(",") + 1 for line in lines if line.upper().startswith("RDATE"))
    observances = sum(line.upper().startswith("BEGIN:") for line in lines) - 1
    if observances > _MOST_OBSERVANCES or dates > _MOST_DATES or not all(map(_is_tame, rules)):
        return None
    text = _OLD_START.sub(r"\g<1>1970", text)  # the same onsets, found sooner
    try:
        made: tzinfo | None = cast(Timezone, Timezone.from_ical(text)).to_tz(lookup_tzid=False)
        datetime(2026, 1, 1, tzinfo=made).utcoffset()
    except Exception:  # a hostile definition can fail anywhere in two libraries; all of it means "unknown"
        return None
    return made


def _is_tame(rule: str) -> bool:
    parts = [part for part in rule.strip().upper().split(";") if not _PLAIN.fullmatch(part)]
    return all(map(_DAY_AFTER.fullmatch, parts)) or (len(parts) == 1 and bool(_NTH_DAY.fullmatch(parts[0])))
