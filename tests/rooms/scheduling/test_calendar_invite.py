"""Invitations: what stands in them, when SEQUENCE rises, what a feed holds."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec
import pytest
from icalendar import Calendar

from controlroom.base.errors import UsageError
from controlroom.rooms.scheduling.calendar import (
    Attendee,
    Event,
    Organizer,
    cancel,
    cancelled,
    feed,
    request,
    revised,
    stored,
    update,
)

NOW = datetime(2026, 11, 29, 12, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")
EVENT = Event(
    uid="7f3a@studio.example.org",
    summary="Vocals, Paper Lanterns",
    start=datetime(2026, 11, 30, 13, tzinfo=BERLIN),
    end=datetime(2026, 11, 30, 18, tzinfo=BERLIN),
    organizer=Organizer(email="producer@example.org", name="Jo Brandt"),
    stamp=datetime(2026, 11, 20, 9, tzinfo=UTC),
    location="Studio B, Hauptstraße 3, Berlin",
    description="Verse 2; last chorus.\nRest until noon.",
    attendees=(
        Attendee(email="Mara@example.com", name="Mara Lind", partstat="accepted"),
        Attendee(email="tom@example.net", name='Tom "Tin" Oka', needed=False),
    ),
    url="https://desk.example.org/sessions/7",
    alarm_min=90,
)


def _only(ics):
    calendar = Calendar.from_ical(ics)
    (event,) = calendar.events
    return calendar, event


def test_a_request_says_who_when_and_asks_for_an_answer():
    calendar, event = _only(request(EVENT, NOW))
    assert calendar["METHOD"] == "REQUEST"
    assert event["UID"] == EVENT.uid
    assert event["DTSTAMP"].dt == NOW
    assert event["DTSTART"].params["TZID"] == "Europe/Berlin"
    assert event["DTSTART"].dt == EVENT.start
    assert event["ORGANIZER"] == "mailto:producer@example.org"
    mara, tom = event["ATTENDEE"]
    assert (mara, mara.params["RSVP"], mara.params["ROLE"]) == ("mailto:Mara@example.com", "TRUE", "REQ-PARTICIPANT")
    assert tom.params["ROLE"] == "OPT-PARTICIPANT"
    assert event["DESCRIPTION"] == EVENT.description
    (alarm,) = event.walk("VALARM")
    assert alarm["TRIGGER"].dt == timedelta(minutes=-90)


def test_sequence_rises_with_time_place_and_standing_only():
    reworded = msgspec.structs.replace(EVENT, summary="Vocals", description="Bring the lyrics.")
    assert revised(EVENT, reworded).sequence == 0
    assert revised(EVENT, reworded).attendees[0].partstat == "accepted"
    for changed in (
        {"start": EVENT.start + timedelta(hours=1)},
        {"end": EVENT.end + timedelta(minutes=5)},
        {"location": "Studio A"},
    ):
        moved = revised(EVENT, msgspec.structs.replace(EVENT, **changed))
        assert moved.sequence == 1
        assert {one.partstat for one in moved.attendees} == {"needs-action"}
    _, event = _only(update(EVENT, msgspec.structs.replace(EVENT, location="Studio A"), NOW))
    assert event["SEQUENCE"] == 1


def test_a_session_called_off_is_told_to_all_and_rings_no_alarm():
    calendar, event = _only(cancel(EVENT, NOW))
    assert (calendar["METHOD"], event["STATUS"], event["SEQUENCE"]) == ("CANCEL", "CANCELLED", 1)
    assert len(event["ATTENDEE"]) == 2
    assert event.walk("VALARM") == []
    assert cancelled(cancelled(EVENT)) == cancelled(EVENT)


def test_only_who_is_no_longer_wanted_gets_a_cancel():
    calendar, event = _only(cancel(EVENT, NOW, only=["mara@EXAMPLE.com"]))
    assert calendar["METHOD"] == "CANCEL"
    assert event["ATTENDEE"] == "mailto:Mara@example.com"
    assert event["STATUS"] == "CONFIRMED"


def test_the_own_copy_has_no_method_and_tells_the_server_not_to_invite():
    calendar, event = _only(stored(EVENT, NOW))
    assert "METHOD" not in calendar
    for who in (event["ORGANIZER"], *event["ATTENDEE"]):
        assert who.params["SCHEDULE-AGENT"] == "CLIENT"


def test_a_feed_holds_everything_and_no_guest_s_address():
    off = cancelled(msgspec.structs.replace(EVENT, uid="off@studio.example.org"))
    text = feed([off, EVENT], "Studio B", NOW)
    calendar = Calendar.from_ical(text)
    assert calendar["METHOD"] == "PUBLISH"
    assert calendar["X-WR-CALNAME"] == "Studio B"
    assert "REFRESH-INTERVAL;VALUE=DURATION:PT1H\r\n" in text
    assert {str(event["UID"]): str(event["STATUS"]) for event in calendar.events} == {
        EVENT.uid: "CONFIRMED",
        off.uid: "CANCELLED",
    }
    assert "example.com" not in text
    assert text == feed([EVENT, off], "Studio B", NOW + timedelta(days=1))
    assert "VEVENT" not in feed([], "Studio B", NOW)


def test_words_cannot_become_lines_of_the_calendar():
    evil = "x\r\nATTENDEE:mailto:evil@example.org\rX-A:1\x00\x07\nEND:VEVENT"
    event = msgspec.structs.replace(
        EVENT, summary=evil, location=evil, organizer=Organizer(email="p@example.org", name=evil)
    )
    text = request(event, NOW)
    names = [line.split(":")[0].split(";")[0] for line in text.replace("\r\n ", "").split("\r\n")]
    assert names.count("ATTENDEE") == 2
    assert names.count("END") == text.count("\r\nBEGIN:") + 1
    assert "X-A" not in names
    assert not set(text) & set(map(chr, (*range(9), 11, 12, *range(14, 32))))


def test_lines_are_folded_at_75_bytes_and_end_in_crlf():
    text = request(msgspec.structs.replace(EVENT, summary="歌入れ、" * 40), NOW)
    lines = text.encode().split(b"\r\n")
    assert max(map(len, lines)) <= 75
    assert b"\n" not in text.encode().replace(b"\r\n", b"")
    _, event = _only(text)
    assert event["SUMMARY"] == "歌入れ、" * 40


@pytest.mark.parametrize(
    "wrong",
    [
        {"uid": ""},
        {"uid": "a b"},
        {"end": EVENT.start},
        {"start": EVENT.start.replace(tzinfo=None)},
        {"start": EVENT.start.astimezone(UTC)},
        {"end": EVENT.end.astimezone(ZoneInfo("Asia/Tokyo"))},
        {"start": datetime(2026, 3, 29, 2, 30, tzinfo=BERLIN), "end": datetime(2026, 3, 29, 5, tzinfo=BERLIN)},
        {"url": "javascript:alert(1)"},
        {"url": "https://x\r\nATTENDEE:y"},
    ],
)
def test_what_cannot_stand_in_a_calendar_is_refused(wrong):
    with pytest.raises(UsageError):
        msgspec.structs.replace(EVENT, **wrong)


@pytest.mark.parametrize("email", ["", "mara", "a@b\r\nX:1", "a b@example.org", "a@b@c", "<a@example.org>"])
def test_only_an_address_can_be_invited(email):
    with pytest.raises(UsageError):
        Attendee(email=email)
