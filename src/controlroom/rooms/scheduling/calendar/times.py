"""DATE, DATE-TIME, DURATION and PERIOD values of a file that may be hostile (RFC 5545 §3.3.4 to §3.3.9)."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, tzinfo

from controlroom.rooms.scheduling.calendar.skim import Prop

Moment = date | datetime
ZoneOf = Callable[[str], tzinfo]

_MOMENT = re.compile(r"(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d)(\d\d)(Z?))?")
_DURATION = re.compile(r"([+-]?)P(?:(\d{1,5})W|(?:(\d{1,5})D)?(?:T(?:(\d{1,6})H)?(?:(\d{1,7})M)?(?:(\d{1,9})S)?)?)")


def moment(prop: Prop, zone_of: ZoneOf) -> Moment | None:
    """A day, or an aware time; None where it is neither. `zone_of("")` is the zone of floating times.

    A local time that comes twice means the first, one that does not exist is read by the offset before (§3.3.5)."""
    return moment_of(prop.value, prop.params.get("TZID", ""), zone_of)


def moment_of(text: str, tzid: str, zone_of: ZoneOf) -> Moment | None:
    """As `moment`, from its text and its TZID."""
    match = _MOMENT.fullmatch(text.strip())
    if match is None:
        return None
    year, month, day, hour, minute, second = (int(part or 0) for part in match.groups()[:6])
    try:
        if match[4] is None:
            return date(year, month, day)
        at = datetime(year, month, day, hour, minute, min(second, 59), tzinfo=UTC)
    except ValueError:
        return None
    return at if match[7] else at.replace(tzinfo=zone_of(tzid))


def duration(text: str) -> timedelta | None:
    """A length of time; None where it is none."""
    match = _DURATION.fullmatch(text.strip().upper())
    if match is None:
        return None
    weeks, days, hours, minutes, seconds = (int(part or 0) for part in match.groups()[1:])
    length = timedelta(weeks=weeks, days=days, hours=hours, minutes=minutes, seconds=seconds)
    return -length if match[1] == "-" else length


def as_instant(at: Moment, zone: tzinfo) -> datetime:
    """In UTC; a day begins at midnight in `zone`. Years that no calendar means count as 1900 and 2200."""
    if not 1900 <= at.year < 2200:
        return datetime(1900 if at.year < 1900 else 2200, 1, 1, tzinfo=UTC)
    if not isinstance(at, datetime):
        at = datetime(at.year, at.month, at.day, tzinfo=zone)
    return at.astimezone(UTC)
