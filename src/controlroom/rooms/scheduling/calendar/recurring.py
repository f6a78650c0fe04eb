"""The occurrences of events within a window. Single ones are read here; what repeats is worked out by
recurring-ical-events, once it is known what that costs."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

import recurring_ical_events
from icalendar import Calendar, vDDDTypes, vRecur
from icalendar import Event as VEvent

from controlroom.rooms.scheduling.calendar.rules import MOST_COST_US, Rule, rule_of
from controlroom.rooms.scheduling.calendar.skim import Part
from controlroom.rooms.scheduling.calendar.times import Moment, ZoneOf, as_instant, duration, moment, moment_of
from controlroom.rooms.scheduling.calendar.told import Told

ALL_COST_US = 2_000_000.0  # of all that repeats in one file
_SERIES_US = 1_000.0  # of one series, whatever its rules
_MOST_DATES = 2_000  # RDATE or EXDATE within the window, of one event
_MOST_SPLITS = 40  # RANGE=THISANDFUTURE, of one series
_DAY = timedelta(days=1)
_MARK = "X-CONTROLROOM-PART"


class Occurrence(NamedTuple):
    """Days (the end is the day after) or aware times; `part` says the rest."""

    start: Moment
    end: Moment
    part: Part


class _Series(NamedTuple):
    """An event that repeats, with the changes to single occurrences (RECURRENCE-ID), and what working it out costs."""

    masters: list[Part]
    changes: list[Part]
    rules: dict[int, list[Rule]]
    cost_us: float


class Recurring:
    """Occurrences of the events of one file between two instants (UTC)."""

    def __init__(self, first: datetime, last: datetime, zone_of: ZoneOf, told: Told) -> None:
        self._first, self._last = first, last
        self._zone_of = zone_of
        self._told = told

    def occurrences(self, parts: list[Part]) -> Iterator[Occurrence]:
        """Cheap series first, so that one that costs all the time there is harms no other."""
        series: list[_Series] = []
        for alike in _by_uid(parts):
            if any(part.overlong for part in alike):
                self._told.note("calendar_too_much")
                continue
            masters = [part for part in alike if not part.has("RECURRENCE-ID")]
            if any(part.has("RRULE") or part.has("RDATE") for part in masters):
                series.extend(self._weighed(masters, [part for part in alike if part.has("RECURRENCE-ID")]))
            else:
                for part in alike:
                    yield from self._single(part)
        left_us = ALL_COST_US
        for one in sorted(series, key=lambda one: one.cost_us):
            left_us -= one.cost_us
            if left_us < 0:
                self._told.note("calendar_too_much")
            else:
                yield from self._expanded(one)

    def _single(self, part: Part) -> Iterator[Occurrence]:
        span = self._span(part)
        if span is not None:
            yield Occurrence(*span, part)

    def _span(self, part: Part) -> tuple[Moment, Moment] | None:
        """Start and end (RFC 5545 §3.6.1: without an end, a day, or no time at all)."""
        start = next((moment(prop, self._zone_of) for prop in part.props("DTSTART")), None)
        end = next((moment(prop, self._zone_of) for prop in part.props("DTEND")), None)
        length = duration(part.value("DURATION")) if part.has("DURATION") else None
        if start is None:
            self._told.note("calendar_event_unreadable")
            return None
        whole_days = not isinstance(start, datetime)
        try:
            if end is None or isinstance(end, datetime) == whole_days:
                end = start + (length if length is not None else _DAY if whole_days else timedelta())
            return start, end
        except OverflowError:
            self._told.note("calendar_event_unreadable")
            return None

    def _weighed(self, masters: list[Part], changes: list[Part]) -> Iterator[_Series]:
        rules: dict[int, list[Rule]] = {}
        cost_us = _SERIES_US + 50.0 * len(changes)
        alive = bool(changes)
        for part in masters:
            span = self._span(part)
            if span is None:
                return
            rules[id(part)] = []
            for prop in part.props("RRULE"):
                rule = rule_of(prop.value)
                if rule is None:
                    self._told.note("calendar_rule_refused", rule=prop.value[:60])
                    return
                rules[id(part)].append(rule)
                cost_us += rule.cost_us(span[0], self._last)
            length = max(_DAY, _length(*span))
            over = [rule.over_before(self._first - length - _DAY) for rule in rules[id(part)]]
            alive = alive or part.has("RDATE") or not all(over)
            if cost_us > MOST_COST_US:
                self._told.note("calendar_too_much")
                return
        splits = sum("RANGE" in prop.params for part in changes for prop in part.props("RECURRENCE-ID"))
        if splits > _MOST_SPLITS:
            self._told.note("calendar_too_much")
        elif alive:
            yield _Series(masters, changes, rules, cost_us)

    def _expanded(self, series: _Series) -> Iterator[Occurrence]:
        parts = [*series.masters, *series.changes]
        try:
            calendar = Calendar()
            for k, part in enumerate(parts):
                entry = self._entry(part, series.rules.get(id(part), []))
                if entry is not None:
                    entry.add(_MARK, str(k))
                    calendar.add_component(entry)
            found = recurring_ical_events.of(calendar).between(self._first - _DAY, self._last + _DAY)
        except Exception:  # whatever three libraries make of a hostile rule: this series is left out, and told
            self._told.note("calendar_rule_refused", rule=series.masters[0].value("RRULE")[:60])
            return
        for one in found:
            yield Occurrence(one["DTSTART"].dt, one["DTEND"].dt, parts[int(one[_MARK])])

    def _entry(self, part: Part, rules: list[Rule]) -> VEvent | None:
        """The event as the library wants it, made of what we understood."""
        span = self._span(part)
        if span is None:
            return None
        start, end = span
        entry = VEvent()
        entry.add("uid", part.value("UID") or "none")
        sequence = part.value("SEQUENCE").strip()
        entry.add("sequence", int(sequence) if sequence.isascii() and sequence.isdigit() and len(sequence) < 10 else 0)
        entry.add("dtstart", start)
        entry.add("dtend", end)
        for prop in part.props("RECURRENCE-ID"):
            at = moment(prop, self._zone_of)
            if at is None:
                self._told.note("calendar_event_unreadable")
                return None
            value = vDDDTypes(at)
            if "RANGE" in prop.params:
                value.params["RANGE"] = "THISANDFUTURE"
            entry["RECURRENCE-ID"] = value
        if part.has("RECURRENCE-ID"):
            return entry
        for rule in rules:
            if rule.happens(start):
                entry.add("rrule", vRecur.from_ical(rule.text))
            else:
                self._told.note("calendar_rule_never", rule=rule.text[:60])
        for name in ("RDATE", "EXDATE"):
            self._add_dates(entry, part, name, _length(start, end))
        return entry

    def _add_dates(self, entry: VEvent, part: Part, name: str, length: timedelta) -> None:
        low, high = self._first - 2 * _DAY - length, self._last + 2 * _DAY
        low_text, high_text = f"{low:%Y%m%d}", f"{high:%Y%m%d}"
        dates: list[Any] = []
        for prop in part.props(name):
            tzid = prop.params.get("TZID", "")
            for text in prop.value.split(","):
                if not low_text <= text.strip()[:8] <= high_text:
                    continue
                if len(dates) >= _MOST_DATES:
                    self._told.note("calendar_dates_refused")
                    return
                at = self._date(text, tzid)
                if at is not None:
                    dates.append(at)
        if dates:
            entry.add(name, dates)

    def _date(self, text: str, tzid: str) -> Moment | tuple[Moment, Moment | timedelta] | None:
        start, slash, end = text.partition("/")
        at = moment_of(start, tzid, self._zone_of)
        if not slash or at is None:
            return at
        until = duration(end) or moment_of(end, tzid, self._zone_of)
        return (at, until) if until is not None else None


def _length(start: Moment, end: Moment) -> timedelta:
    return as_instant(end, UTC) - as_instant(start, UTC)


def _by_uid(parts: list[Part]) -> list[list[Part]]:
    """Parts of one UID together; one without a UID stands alone."""
    groups: dict[object, list[Part]] = {}
    for part in parts:
        groups.setdefault(part.value("UID").strip() or id(part), []).append(part)
    return list(groups.values())
