"""Times of day around the changes of the clocks: what is written and read back is the same instant and wall time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import vobject
from hypothesis import given, settings
from hypothesis import strategies as st
from icalendar import Calendar

from controlroom.base.errors import UsageError
from controlroom.rooms.scheduling.calendar import (
    Attendee,
    Event,
    Organizer,
    busy_in,
    feed,
    read_answer,
    request,
    wall_time,
)
from controlroom.rooms.scheduling.calendar.vtimezone import vtimezone
from controlroom.rooms.scheduling.session import Span

# Local days on which the clocks go forward and back (IANA tz database).
CHANGES = {
    "Europe/Berlin": ("2026-03-29", "2026-10-25", "2027-03-28", "2027-10-31"),
    "America/New_York": ("2026-03-08", "2026-11-01", "2027-03-14", "2027-11-07"),
    "Australia/Sydney": ("2026-04-05", "2026-10-04", "2027-04-04", "2027-10-03"),
}
NOW = datetime(2026, 1, 1, tzinfo=UTC)


@st.composite
def around_a_change(draw):
    zone = draw(st.sampled_from(sorted(CHANGES)))
    day = datetime.fromisoformat(draw(st.sampled_from(CHANGES[zone])))
    return zone, day + timedelta(minutes=draw(st.integers(-36 * 60, 60 * 60)))


def _event(start, length_min):
    end = (start.astimezone(UTC) + timedelta(minutes=length_min)).astimezone(start.tzinfo)
    return Event(
        uid="1@example.org",
        summary="Session",
        start=start,
        end=end,
        organizer=Organizer(email="p@example.org"),
        stamp=NOW,
        attendees=(Attendee(email="m@example.org"),),
    )


def _same(written, meant):
    assert written.astimezone(UTC) == meant.astimezone(UTC)
    assert written.astimezone(meant.tzinfo).replace(tzinfo=None) == meant.replace(tzinfo=None)


@settings(deadline=None, max_examples=150)
@given(around_a_change(), st.integers(1, 900), st.booleans())
def test_written_and_read_back_by_two_other_readers(at, length_min, second):
    zone, wall = at
    start = wall_time(wall, zone).at
    if second and start.replace(fold=1).utcoffset() != start.utcoffset():
        start = start.replace(fold=1)
    event = _event(start, length_min)
    text = request(event, NOW)
    (read,) = Calendar.from_ical(text).events
    _same(read["DTSTART"].dt, event.start)
    _same(read["DTEND"].dt, event.end)
    vars(vobject.icalendar)["__tzidMap"].pop(zone, None)  # else it takes the zone of whatever it read first
    theirs = vobject.readOne(text).vevent  # builds its zone from our VTIMEZONE, not from tzdata
    _same(theirs.dtstart.value, event.start)
    _same(theirs.dtend.value, event.end)


@settings(deadline=None, max_examples=100)
@given(around_a_change(), st.integers(1, 900))
def test_read_back_by_ourselves_as_busy_and_as_a_counter_proposal(at, length_min):
    zone, wall = at
    event = _event(wall_time(wall, zone).at, length_min)
    meant = Span(start=event.start.astimezone(UTC), end=event.end.astimezone(UTC))
    first = meant.start - timedelta(days=3)
    busy = busy_in(feed([event], "x", NOW), first, first + timedelta(days=8))
    assert busy.spans == (meant,)
    assert busy.findings == ()
    counter = request(event, NOW).replace("METHOD:REQUEST", "METHOD:COUNTER")
    answer = read_answer(counter, "m@example.org", event)
    assert answer.proposed == meant


@settings(deadline=None, max_examples=100)
@given(around_a_change())
def test_what_repeats_keeps_its_wall_time_over_a_change(at):
    zone, wall = at
    start = wall_time(wall.replace(hour=12), zone).at - timedelta(days=4)
    rule = f"RRULE:FREQ=DAILY;COUNT=10\r\nDURATION:PT30M\r\nDTSTART;TZID={zone}:{start:%Y%m%dT%H%M%S}"
    ics = f"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:1\r\n{rule}\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    first = start.astimezone(UTC) - timedelta(days=1)
    spans = busy_in(ics, first, first + timedelta(days=20)).spans
    assert [span.start.astimezone(ZoneInfo(zone)).time() for span in spans] == [start.time()] * 10
    assert [span.end - span.start for span in spans] == [timedelta(minutes=30)] * 10


@given(around_a_change())
def test_a_wall_time_is_placed_by_the_stated_rule_and_told(at):
    zone, wall = at
    placed = wall_time(wall, zone)
    tz = ZoneInfo(zone)
    possible = [
        instant
        for hours in range(-14, 15)
        if (instant := wall.replace(tzinfo=UTC) + timedelta(hours=hours)).astimezone(tz).replace(tzinfo=None) == wall
    ]
    codes = [finding.code for finding in placed.findings]
    if len(possible) == 1:
        assert codes == []
    elif possible:
        assert codes == ["calendar_time_twice"]
    else:
        assert codes == ["calendar_time_skipped"]
        assert placed.at.replace(tzinfo=None) - wall == timedelta(hours=1)
        return
    assert placed.at.astimezone(UTC) == min(possible)


@settings(deadline=None, max_examples=60)
@given(st.sampled_from(["Africa/Casablanca", "America/Nuuk", "Asia/Kathmandu", "Asia/Gaza", "Europe/Dublin",
                        "Pacific/Chatham", "Australia/Lord_Howe", "America/St_Johns", "Asia/Tokyo", *CHANGES]),
       st.integers(0, 2 * 365 * 24))  # fmt: skip
def test_our_vtimezone_says_what_the_tz_database_says(zone, hours):
    at = (datetime(2026, 1, 1, tzinfo=UTC) + timedelta(hours=hours)).astimezone(ZoneInfo(zone))
    if at.fold:
        return
    read = vtimezone(zone, 2026, 2027).to_tz(lookup_tzid=False)
    assert at.replace(tzinfo=read).utcoffset() == at.utcoffset()


def test_an_unknown_zone_is_refused():
    with pytest.raises(UsageError, match="no such time zone"):
        wall_time(datetime(2026, 1, 1), "Europe/../../etc/passwd")  # noqa: DTZ001
