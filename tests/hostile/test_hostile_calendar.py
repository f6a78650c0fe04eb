"""Calendars made to hang or to burst their reader: each within five seconds of processor time, the rest still read."""

from __future__ import annotations

import resource
import time
from datetime import UTC, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import pytest

from controlroom.rooms.scheduling.calendar import Attendee, Event, Organizer, busy_in, read_answer

FIRST = datetime(2026, 11, 30, tzinfo=UTC)
LAST = FIRST + timedelta(days=28)
MOST_S = 5.0


def _event(uid, *lines):
    return "".join(f"{line}\r\n" for line in ("BEGIN:VEVENT", f"UID:{uid}", *lines, "END:VEVENT"))


GOOD = _event("good", "DTSTART:20261201T100000Z", "DTEND:20261201T110000Z") + _event(
    "week", "DTSTART:20200107T090000Z", "DURATION:PT1H", "RRULE:FREQ=WEEKLY;BYDAY=FR"
)
EXPECTED = {(12, 1, 10), (12, 4, 9), (12, 11, 9), (12, 18, 9), (12, 25, 9)}


def _calendar(*parts):
    return "BEGIN:VCALENDAR\r\nVERSION:2.0\r\n" + "".join(parts) + "END:VCALENDAR\r\n"


def _rule(rule, start="DTSTART:20200101T030000Z", uid="bomb"):
    return _event(uid, start, "DURATION:PT1M", f"RRULE:{rule}")


def _numbers(count, first=0):
    return ",".join(str(k) for k in range(first, count))


@cache
def _dates(count):
    return ",".join(f"2026{1 + k % 12:02}{1 + k % 28:02}T{k % 24:02}{k % 60:02}00Z" for k in range(count))


def _zones(freq, count=500):
    changes = "".join(
        f"BEGIN:{kind}\r\nDTSTART:00010101T000000\r\nTZOFFSETFROM:+0{a}00\r\nTZOFFSETTO:+0{b}00\r\n"
        f"RRULE:FREQ={freq};BYMONTH={month};BYDAY=-1SU\r\nEND:{kind}\r\n"
        for kind, a, b, month in (("STANDARD", 2, 1, 10), ("DAYLIGHT", 1, 2, 3))
    )
    zones = (f"BEGIN:VTIMEZONE\r\nTZID:Custom {k}\r\n{changes}END:VTIMEZONE\r\n" for k in range(count))
    events = (_event(f"z{k}", f"DTSTART;TZID=Custom {k}:20261206T100000", "DURATION:PT1M") for k in range(count))
    return "".join((*zones, *events))


DAYS = ",".join(("MO", "TU", "WE", "TH", "FR", "SA", "SU"))
BOMBS = {
    "secondly": lambda: _rule("FREQ=SECONDLY"),
    "minutely for ever": lambda: _rule("FREQ=MINUTELY;INTERVAL=1"),
    "hourly since 1970": lambda: _rule("FREQ=HOURLY", "DTSTART:19700101T000000Z"),
    "every second of every day": lambda: _rule(
        f"FREQ=DAILY;BYHOUR={_numbers(24)};BYMINUTE={_numbers(60)};BYSECOND={_numbers(60)}"
    ),
    "every day of every year, twice": lambda: _rule(f"FREQ=YEARLY;BYYEARDAY={_numbers(367, 1)};BYHOUR={_numbers(24)}"),
    "never": lambda: _rule("FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30"),
    "never, five thousand times": lambda: "".join(
        _rule("FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30", uid=f"n{k}") for k in range(5000)
    ),
    "never on a phase": lambda: _rule("FREQ=DAILY;INTERVAL=7;BYDAY=MO", "DTSTART:20200107T030000Z"),
    "no such place in a set": lambda: _rule("FREQ=MONTHLY;BYDAY=MO;BYSETPOS=300"),
    "interval nought": lambda: _rule("FREQ=DAILY;INTERVAL=0"),
    "interval minus one": lambda: _rule("FREQ=DAILY;INTERVAL=-1"),
    "interval of forty digits": lambda: _rule("FREQ=DAILY;INTERVAL=" + "9" * 40),
    "count huge": lambda: _rule("FREQ=DAILY;COUNT=999999999", "DTSTART:00010101T000000Z"),
    "since the year one": lambda: _rule("FREQ=DAILY", "DTSTART:00010101T030000Z"),
    "until the year 9999": lambda: _rule("FREQ=DAILY;UNTIL=99991231T235959Z"),
    "unknown parts": lambda: _rule("FREQ=DAILY;BYEASTER=1;RSCALE=ETHIOPIC;X=" + "A" * 300),
    "a rule of a thousand numbers": lambda: _rule("FREQ=DAILY;BYSECOND=" + "1," * 2000 + "1"),
    "five thousand daily": lambda: "".join(_rule("FREQ=DAILY", uid=f"d{k}") for k in range(5000)),
    "five thousand rules in one": lambda: _event("r", "DTSTART:20200101T030000Z", *["RRULE:FREQ=DAILY"] * 5000),
    "half a million dates": lambda: _event("d", "DTSTART:20200101T030000Z", f"RDATE:{_dates(600_000)}"),
    "half a million exceptions": lambda: _event(
        "e", "DTSTART:20200101T030000Z", "RRULE:FREQ=DAILY", f"EXDATE:{_dates(600_000)}"
    ),
    "half a million busy periods": lambda: (
        f"BEGIN:VFREEBUSY\r\nFREEBUSY:{_dates(600_000).replace('Z', 'Z/PT1M')}\r\nEND:VFREEBUSY\r\n"
    ),
    "twenty thousand changes": lambda: _rule("FREQ=DAILY", uid="c")
    + "".join(_event("c", f"RECURRENCE-ID:202612{1 + k % 28:02}T030000Z", "DTSTART:20261205T") for k in range(19_000)),
    "thousands of splits": lambda: _rule("FREQ=DAILY", uid="c")
    + "".join(
        _event("c", f"RECURRENCE-ID;RANGE=THISANDFUTURE:202612{1 + k % 28:02}T030000Z", "DTSTART:20261205T030000Z")
        for k in range(9_000)
    ),
    "a million alarms in each other": lambda: "BEGIN:VEVENT\r\n" + "BEGIN:VALARM\r\n" * 1_000_000,
    "zones of their own": lambda: _zones("YEARLY"),
    "zones that change every second": lambda: _zones("SECONDLY"),
    "zone names": lambda: "".join(
        _event(f"z{k}", f"DTSTART;TZID={name}:20261206T100000", "DURATION:PT1M")
        for k, name in enumerate(["../../etc/passwd", "/dev/zero", "Europe", ".", "\x00", "A" * 4000, "%s"])
    ),
    "quotes without end": lambda: _event("q", "DTSTART" + ';A="b"' * 380 + ":20261206T100000Z") * 4000,
    "free and busy, in quotes": lambda: (
        "BEGIN:VFREEBUSY\r\nFREEBUSY" + ';A="b"' * 380 + ":20261206T100000Z/PT1M\r\nEND:VFREEBUSY\r\n"
    )
    * 4000,
    "a line of a hundred parameters": lambda: _event("p", "DTSTART" + ';A="b:c;d"' * 300 + ":20261206T100000Z"),
}  # fmt: skip


TOLD = {
    "secondly": "calendar_rule_refused",
    "interval nought": "calendar_rule_refused",
    "unknown parts": "calendar_rule_refused",
    "a rule of a thousand numbers": "calendar_too_much",
    "since the year one": "calendar_too_much",
    "every second of every day": "calendar_too_much",
    "five thousand rules in one": "calendar_too_much",
    "thousands of splits": "calendar_too_much",
    "never": "calendar_rule_never",
    "never on a phase": "calendar_rule_never",
    "no such place in a set": "calendar_rule_never",
    "half a million dates": "calendar_dates_refused",
    "half a million busy periods": "calendar_dates_refused",
    "zones that change every second": "calendar_zone_unknown",
    "zone names": "calendar_zone_unknown",
}


@pytest.mark.parametrize("name", sorted(BOMBS))
def test_a_bomb_is_refused_and_the_rest_is_read(name):
    ics = _calendar(GOOD, BOMBS[name](), GOOD)
    began = time.process_time()
    busy = busy_in(ics, FIRST, LAST)
    assert time.process_time() - began < MOST_S
    assert {(span.start.month, span.start.day, span.start.hour) for span in busy.spans} >= EXPECTED
    assert all(finding.says() for finding in busy.findings)
    assert name not in TOLD or TOLD[name] in [finding.code for finding in busy.findings]


@pytest.mark.parametrize(
    "filler",
    [
        _event("old", "DTSTART:20150101T100000Z", "DTEND:20150101T110000Z", "DESCRIPTION:" + "x" * 60),
        _event("now", "DTSTART:20261205T100000Z", "DTEND:20261205T110000Z"),
        "\r\n",
        "X" * 1_000_000,
    ],
    ids=["old events", "events in the window", "empty lines", "one line"],
)
def test_a_file_of_50_mb(filler):
    data = _calendar(GOOD, filler * (50_000_000 // len(filler))).encode()
    before_kb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    began = time.process_time()
    busy = busy_in(data, FIRST, LAST)
    assert time.process_time() - began < MOST_S
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before_kb < 200_000
    assert {(span.start.month, span.start.day, span.start.hour) for span in busy.spans} >= EXPECTED
    assert "calendar_too_large" in [finding.code for finding in busy.findings]


def test_no_answer_is_read_out_of_a_bomb():
    event = Event(
        uid="1",
        summary="x",
        start=datetime(2026, 12, 1, 9, tzinfo=ZoneInfo("UTC")),
        end=datetime(2026, 12, 1, 10, tzinfo=ZoneInfo("UTC")),
        organizer=Organizer(email="p@example.org"),
        stamp=FIRST,
        attendees=(Attendee(email="m@example.org"),),
    )
    attendees = "ATTENDEE;PARTSTAT=ACCEPTED:mailto:x@example.org\r\n" * 500_000
    ics = f"BEGIN:VCALENDAR\r\nMETHOD:REPLY\r\nBEGIN:VEVENT\r\nUID:1\r\n{attendees}END:VEVENT\r\nEND:VCALENDAR\r\n"
    began = time.process_time()
    answer = read_answer(ics, "m@example.org", event)
    assert time.process_time() - began < MOST_S
    assert answer.refused == "answer_for_somebody_else"
