"""When somebody is busy, out of their calendar: events, free/busy lists, what repeats. Nothing else of it is kept.

The file comes from anywhere. What cannot be worked out in bounded time is left out and told, all the rest is read.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta, tzinfo

import msgspec

from controlroom.base.errors import UsageError
from controlroom.base.finding import Finding
from controlroom.rooms.scheduling.calendar.event import instant, same_email
from controlroom.rooms.scheduling.calendar.recurring import Occurrence, Recurring
from controlroom.rooms.scheduling.calendar.skim import Part, Skimmed, skim, text_of
from controlroom.rooms.scheduling.calendar.times import as_instant, duration, moment_of
from controlroom.rooms.scheduling.calendar.told import Told
from controlroom.rooms.scheduling.calendar.zones import Zones, zone_named
from controlroom.rooms.scheduling.session import Span

LONGEST_WINDOW = timedelta(days=400)
_LONGEST_TITLE = 200
_MOST_PERIODS = 20_000
_WANTED = frozenset(
    ("UID", "SEQUENCE", "DTSTART", "DTEND", "DURATION", "RRULE", "RDATE", "EXDATE", "RECURRENCE-ID", "STATUS", "TRANSP")
) | {"ATTENDEE", "SUMMARY", "FREEBUSY"}
_DAY = timedelta(days=1)


class Busy(msgspec.Struct, frozen=True, kw_only=True):
    """`spans`: in UTC, sorted, merged, within the window; `why` is empty unless titles were asked for. `findings`: what
    was left out, or read otherwise than it stands."""

    spans: tuple[Span, ...] = ()
    findings: tuple[Finding, ...] = ()


def busy_in(
    ics: bytes | str,
    first: datetime,
    last: datetime,
    *,
    me: str | None = None,
    zone: str = "UTC",
    titles: bool = False,
) -> Busy:
    """What a calendar says of the time from `first` to `last` (aware, at most 400 days).

    Busy is an event that is neither TRANSPARENT nor CANCELLED nor declined by `me` (an address), and each period of a
    VFREEBUSY that is not FREE (RFC 5545 §3.8.2.7, §3.2.9). `zone` (IANA) is that of whole days and floating times,
    where the calendar names none of its own (X-WR-TIMEZONE).
    """
    first, last = instant(first), instant(last)
    if not first < last <= first + LONGEST_WINDOW:
        raise UsageError("The window", "it is empty, or longer than 400 days", "Ask for less at once.")
    default = zone_named(zone)
    if default is None:
        raise UsageError(zone, "there is no such time zone", "Write it as Europe/Berlin.")
    wanted = _WANTED - (set() if titles else {"SUMMARY"}) - (set() if me else {"ATTENDEE"})
    window = _Window(first, last)
    skimmed = skim(ics, frozenset(wanted), window.may_matter)
    if not skimmed.is_calendar:
        return Busy(findings=(Finding(code="calendar_unreadable", severity="warning"),))
    reading = _Reading(skimmed, first, last, zone_named(skimmed.zone) or default)
    spans = [*reading.freebusy(), *reading.events(same_email(me) if me else "", titles)]
    return Busy(spans=merged(spans), findings=(*skimmed.findings, *reading.told.findings()))


def merged(spans: Iterable[Span]) -> tuple[Span, ...]:
    """Sorted, those that touch and say the same made one."""
    done: list[Span] = []
    open_at: dict[str, int] = {}
    for span in sorted(spans, key=lambda one: (one.start, one.end)):
        k = open_at.get(span.why)
        if k is not None and span.start <= done[k].end:
            done[k] = Span(start=done[k].start, end=max(done[k].end, span.end), why=span.why)
        else:
            open_at[span.why] = len(done)
            done.append(span)
    return tuple(done)


class _Window:
    """The window as dates in text, with room for zones: what is surely outside is never kept."""

    def __init__(self, first: datetime, last: datetime) -> None:
        self._first = f"{first - 2 * _DAY:%Y%m%d}"
        self._last = f"{last + 2 * _DAY:%Y%m%d}"

    def may_matter(self, part: Part) -> bool:
        if part.kind == "VFREEBUSY":
            return True
        once = not (part.has("RRULE") or part.has("RDATE") or part.has("RECURRENCE-ID"))
        if once and (part.value("STATUS").upper() == "CANCELLED" or part.value("TRANSP").upper() == "TRANSPARENT"):
            return False
        if not once:
            return True
        start, end = part.value("DTSTART").strip()[:8], part.value("DTEND").strip()[:8]
        return start <= self._last and not ("" < end < self._first)


class _Reading:
    def __init__(self, skimmed: Skimmed, first: datetime, last: datetime, default: tzinfo) -> None:
        self._parts = skimmed.parts
        self._first, self._last = first, last
        self._default = default
        self._zones = Zones(skimmed.zones)
        self.told = Told()

    def zone_of(self, tzid: str) -> tzinfo:
        """The zone of a TZID, "" the default; an unknown one is read as the default, and told."""
        if not tzid:
            return self._default
        zone = self._zones.of(tzid)
        if zone is None:
            self.told.note("calendar_zone_unknown", zone=tzid[:60], read_as=str(self._default))
        return zone or self._default

    def freebusy(self) -> Iterator[Span]:
        left = _MOST_PERIODS
        low, high = f"{self._first - 2 * _DAY:%Y%m%d}", f"{self._last + 2 * _DAY:%Y%m%d}"
        for part in self._parts:
            for prop in part.props("FREEBUSY"):
                if part.kind != "VFREEBUSY" or prop.params.get("FBTYPE", "BUSY").upper() == "FREE":
                    continue
                for period in prop.value.split(","):
                    start, _, end = period.strip().partition("/")
                    if start[:8] > high or (not end.startswith(("P", "+P")) and end[:8] < low):
                        continue
                    left -= 1
                    if left < 0:
                        self.told.note("calendar_dates_refused")
                        return
                    yield from self._period(start, end)

    def _period(self, start: str, end: str) -> Iterator[Span]:
        begins = moment_of(start, "", self.zone_of)
        length = duration(end)
        ends = moment_of(end, "", self.zone_of) if length is None else None
        if not isinstance(begins, datetime) or (length is None and not isinstance(ends, datetime)):
            self.told.note("calendar_event_unreadable")
            return
        at = as_instant(begins, self._default)
        until = at + length if length is not None else as_instant(ends or begins, self._default)
        yield from self._clipped(at, until, "")

    def events(self, me: str, titles: bool) -> Iterator[Span]:
        parts = [part for part in self._parts if part.kind == "VEVENT"]
        recurring = Recurring(self._first, self._last, self.zone_of, self.told)
        for one in recurring.occurrences(parts):
            part = one.part
            if part.value("STATUS").upper() == "CANCELLED" or part.value("TRANSP").upper() == "TRANSPARENT":
                continue
            if me and _declined(part, me):
                continue
            title = text_of(part.value("SUMMARY"))[:_LONGEST_TITLE] if titles else ""
            yield from self._placed(one, title)

    def _placed(self, one: Occurrence, title: str) -> Iterator[Span]:
        yield from self._clipped(as_instant(one.start, self._default), as_instant(one.end, self._default), title)

    def _clipped(self, start: datetime, end: datetime, title: str) -> Iterator[Span]:
        start, end = max(start, self._first), min(end, self._last)
        if start < end:
            yield Span(start=start, end=end, why=title)


def _declined(part: Part, me: str) -> bool:
    mine = (prop for prop in part.props("ATTENDEE") if same_email(prop.value) == me)
    return any(prop.params.get("PARTSTAT", "").upper() == "DECLINED" for prop in mine)
