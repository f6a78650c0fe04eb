"""Busy times out of calendars as the world writes them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from controlroom.base.errors import UsageError
from controlroom.rooms.scheduling.calendar import busy_in

FIRST = datetime(2026, 11, 30, tzinfo=UTC)  # a Monday
LAST = FIRST + timedelta(days=14)


def calendar(*events, head=""):
    return f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\n{head}" + "".join(events) + "END:VCALENDAR\r\n"


def event(*lines, uid="1"):
    return "".join(line + "\r\n" for line in ("BEGIN:VEVENT", f"UID:{uid}", *lines, "END:VEVENT"))


def spans(ics, **options):
    busy = busy_in(ics, FIRST, LAST, **{"zone": "Europe/Berlin", **options})
    return [(f"{one.start:%m-%d %H:%M}", f"{one.end:%m-%d %H:%M}") for one in busy.spans]


def codes(ics):
    return [finding.code for finding in busy_in(ics, FIRST, LAST, zone="Europe/Berlin").findings]


AT_TEN = ("DTSTART:20261201T100000Z", "DTEND:20261201T110000Z")


def test_an_event_is_busy_and_its_title_is_not_kept():
    ics = calendar(event(*AT_TEN, "SUMMARY:Therapy", "DESCRIPTION:private"))
    (span,) = busy_in(ics, FIRST, LAST).spans
    assert (span.start, span.end, span.why) == (
        FIRST.replace(month=12, day=1, hour=10),
        FIRST.replace(month=12, day=1, hour=11),
        "",
    )
    assert busy_in(ics, FIRST, LAST, titles=True).spans[0].why == "Therapy"


@pytest.mark.parametrize(
    "free",
    ["TRANSP:TRANSPARENT", "STATUS:CANCELLED", 'ATTENDEE;CN="A:B";PARTSTAT=DECLINED:mailto:Me@Example.org'],
)
def test_what_is_transparent_cancelled_or_declined_is_free(free):
    assert spans(calendar(event(*AT_TEN, free)), me="me@example.org") == []
    assert spans(calendar(event(*AT_TEN, "ATTENDEE;PARTSTAT=DECLINED:mailto:other@example.org")), me="me@example.org")


def test_whole_days_and_floating_times_are_those_of_the_zone():
    day = event("DTSTART;VALUE=DATE:20261202", "DTEND;VALUE=DATE:20261204")
    assert spans(calendar(day)) == [("12-01 23:00", "12-03 23:00")]
    assert spans(calendar(event("DTSTART;VALUE=DATE:20261202"))) == [("12-01 23:00", "12-02 23:00")]
    floating = event("DTSTART:20261202T090000", "DURATION:PT90M")
    assert spans(calendar(floating)) == [("12-02 08:00", "12-02 09:30")]
    assert spans(calendar(floating, head="X-WR-TIMEZONE:America/New_York\r\n")) == [("12-02 14:00", "12-02 15:30")]


def test_a_free_busy_list_is_read():
    lists = (
        "BEGIN:VFREEBUSY\r\nFREEBUSY;FBTYPE=BUSY:20261201T080000Z/PT1H,20261201T090000Z/20261201T100000Z\r\n"
        "FREEBUSY;FBTYPE=FREE:20261205T080000Z/PT8H\r\nFREEBUSY:20261203T080000Z/PT1H\r\nEND:VFREEBUSY\r\n"
    )
    assert spans(calendar(lists)) == [("12-01 08:00", "12-01 10:00"), ("12-03 08:00", "12-03 09:00")]


def test_overlapping_spans_are_merged_sorted_and_cut_to_the_window():
    ics = calendar(
        event("DTSTART:20261210T100000Z", "DTEND:20270110T110000Z", uid="3"),
        event("DTSTART:20261201T103000Z", "DTEND:20261201T120000Z", uid="2"),
        event(*AT_TEN),
        event("DTSTART:20200101T000000Z", "DTEND:20261130T010000Z", uid="4"),
    )
    assert spans(ics) == [
        ("11-30 00:00", "11-30 01:00"),
        ("12-01 10:00", "12-01 12:00"),
        ("12-10 10:00", "12-14 00:00"),
    ]


def test_what_repeats_is_worked_out_with_its_exceptions():
    zone = "TZID=W. Europe Standard Time"
    master = event(
        f"DTSTART;{zone}:20240102T100000",
        f"DTEND;{zone}:20240102T110000",
        "RRULE:FREQ=WEEKLY;BYDAY=TU,TH",
        f"EXDATE;{zone}:20261203T100000",
        f"RDATE;{zone}:20261205T200000",
    )
    moved = event(f"RECURRENCE-ID;{zone}:20261208T100000", f"DTSTART;{zone}:20261209T150000", "DURATION:PT2H")
    off = event(f"RECURRENCE-ID;{zone}:20261210T100000", f"DTSTART;{zone}:20261210T100000", "STATUS:CANCELLED")
    assert spans(calendar(master, moved, off)) == [
        ("12-01 09:00", "12-01 10:00"),
        ("12-05 19:00", "12-05 20:00"),
        ("12-09 14:00", "12-09 16:00"),
    ]


def test_a_rule_that_ended_and_one_that_counts():
    ended = event("DTSTART:20240101T100000Z", "DURATION:PT1H", "RRULE:FREQ=DAILY;UNTIL=20261201T100000Z")
    counted = event("DTSTART:20261128T150000Z", "DURATION:PT1H", "RRULE:FREQ=DAILY;COUNT=4", uid="2")
    assert spans(calendar(ended, counted)) == [
        ("11-30 10:00", "11-30 11:00"),
        ("11-30 15:00", "11-30 16:00"),
        ("12-01 10:00", "12-01 11:00"),
        ("12-01 15:00", "12-01 16:00"),
    ]


def test_a_long_occurrence_of_a_rule_that_is_over_still_counts():
    tour = event("DTSTART;VALUE=DATE:20261001", "DTEND;VALUE=DATE:20261021", "RRULE:FREQ=MONTHLY;UNTIL=20261119")
    long = event("DTSTART:20261001T000000Z", "DURATION:P40D", "RRULE:FREQ=MONTHLY;UNTIL=20261102T000000Z", uid="2")
    assert spans(calendar(tour)) == []
    assert spans(calendar(long)) == [("11-30 00:00", "12-11 00:00")]


def test_many_rules_that_are_over_take_no_room_from_those_that_are_not():
    over = [
        event("DTSTART:20000103T100000Z", "DURATION:PT1H", "RRULE:FREQ=DAILY;UNTIL=20251201", uid=f"o{k}")
        for k in range(500)
    ]
    counted = [
        event("DTSTART:19900101T100000Z", "DURATION:PT1H", "RRULE:FREQ=DAILY;COUNT=5", uid=f"c{k}") for k in range(500)
    ]
    alive = event("DTSTART:20000103T120000Z", "DURATION:PT1H", "RRULE:FREQ=WEEKLY", uid="alive")
    ics = calendar(*over, *counted, alive)
    assert spans(ics) == [("11-30 12:00", "11-30 13:00"), ("12-07 12:00", "12-07 13:00")]
    assert codes(ics) == []


def test_days_that_repeat():
    birthday = event("DTSTART;VALUE=DATE:16040304", "RRULE:FREQ=YEARLY;BYMONTH=12;BYMONTHDAY=4")
    assert spans(calendar(birthday)) == [("12-03 23:00", "12-04 23:00")]
    monthly = event("DTSTART;VALUE=DATE:20200101", "DTEND;VALUE=DATE:20200103", "RRULE:FREQ=MONTHLY;BYDAY=1TU")
    assert spans(calendar(monthly)) == [("11-30 23:00", "12-02 23:00")]


CUSTOM = """BEGIN:VTIMEZONE
TZID:Customized Time Zone
BEGIN:STANDARD
DTSTART:16010101T030000
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=10
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:16010101T020000
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=3
END:DAYLIGHT
END:VTIMEZONE
"""


@pytest.mark.parametrize(
    ("tzid", "start"),
    [
        ("America/New_York", "15:00"),
        ("Eastern Standard Time", "15:00"),
        ("/freeassociation.sourceforge.net/America/New_York", "15:00"),
        ("/mozilla.org/20050126_1/America/Argentina/Ushuaia", "13:00"),
        ('"Asia/Tokyo"', "01:00"),
        ("Customized Time Zone", "09:00"),
        ("UTC", "10:00"),
    ],
)
def test_zones_by_all_their_names(tzid, start):
    ics = calendar(CUSTOM.replace("\n", "\r\n"), event(f"DTSTART;TZID={tzid}:20261201T100000", "DURATION:PT1H"))
    assert [span[0][6:] for span in spans(ics)] == [start]
    assert codes(ics) == []


def test_an_unknown_zone_is_read_as_the_own_and_told():
    ics = calendar(event("DTSTART;TZID=Middle-earth:20261201T100000", "DURATION:PT1H"))
    assert spans(ics) == [("12-01 09:00", "12-01 10:00")]
    assert codes(ics) == ["calendar_zone_unknown"]


def test_one_bad_event_takes_no_other_with_it():
    good = event(*AT_TEN, uid="good")
    for bad in (
        event("DTSTART:tomorrow", uid="bad"),
        event(uid="bad"),
        event("DTSTART:20261301T990000Z", uid="bad"),
        'BEGIN:VEVENT\r\nDTSTART;=;";:x\r\nBEGIN:VALARM\r\n',
        "garbage\r\n:\r\n;\r\nBEGIN\r\nEND:\r\n",
    ):
        assert spans(calendar(bad, good)) == [("12-01 10:00", "12-01 11:00")]


@pytest.mark.parametrize("ics", ["", "<html>404</html>", b"\x00\xff" * 5000, b"PK\x03\x04"])
def test_what_is_no_calendar_is_said(ics):
    assert codes(ics) == ["calendar_unreadable"]


def test_folds_within_characters_bom_and_line_ends_of_any_kind():
    text = "\ufeff" + calendar(event(*AT_TEN, "SUMMARY:Gesang mit Jürgen"))
    raw = text.encode().replace("ü".encode(), b"\xc3\r\n \xbc")
    for data in (raw, raw.replace(b"\r\n", b"\n"), raw.replace(b"\r\n", b"\r")):
        assert busy_in(data, FIRST, LAST, titles=True).spans[0].why == "Gesang mit Jürgen"


def test_the_window_has_bounds():
    with pytest.raises(UsageError):
        busy_in(calendar(), FIRST, FIRST)
    with pytest.raises(UsageError):
        busy_in(calendar(), FIRST, FIRST + timedelta(days=500))
    with pytest.raises(UsageError):
        busy_in(calendar(), FIRST, LAST, zone="Nowhere")


def test_times_within_the_hour_that_comes_twice():
    night = event("DTSTART;TZID=Europe/Berlin:20261025T023000", "DTEND;TZID=Europe/Berlin:20261025T040000")
    first = datetime(2026, 10, 24, tzinfo=UTC)
    (span,) = busy_in(calendar(night), first, first + timedelta(days=3)).spans
    assert (span.start, span.end) == (datetime(2026, 10, 25, 0, 30, tzinfo=UTC), datetime(2026, 10, 25, 3, tzinfo=UTC))
    assert span.start.date() == date(2026, 10, 25)


def test_a_window_in_another_zone_is_the_same_window():
    ics = calendar(event("DTSTART:20261129T220000Z", "DTEND:20261130T010000Z"))
    auckland = ZoneInfo("Pacific/Auckland")
    found = busy_in(ics, FIRST.astimezone(auckland), LAST.astimezone(auckland))
    assert found == busy_in(ics, FIRST, LAST)
    assert [span.start.tzinfo for span in found.spans] == [UTC]
