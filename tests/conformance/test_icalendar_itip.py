"""What we write against RFC 5545, 5546 and 6638, read by an independent implementation: vobject, and Radicale."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import msgspec
import pytest
import radicale.item
import vobject

from controlroom.rooms.scheduling.calendar import Attendee, Event, Organizer, cancel, cancelled, feed, request, stored

NOW = datetime(2026, 11, 29, 12, tzinfo=UTC)
TOKYO = ZoneInfo("Asia/Tokyo")
EVENT = Event(
    uid="b0a1@studio.example.org",
    summary="Gesang; „Papierlaternen“, 歌入れ\\Übung 🎤",
    start=datetime(2026, 12, 1, 19, 30, tzinfo=TOKYO),
    end=datetime(2026, 12, 1, 22, tzinfo=TOKYO),
    organizer=Organizer(email="producer@example.org", name="Jo; Brandt, “Studio: B”"),
    stamp=NOW,
    sequence=3,
    description="Strophe 2\nletzter Refrain",
    location="Studio B, Tokyo",
    attendees=(
        Attendee(email="mara@example.com", name='Mara "M" Lind'),
        Attendee(email="kei@example.net", needed=False),
    ),
    url="https://desk.example.org/s/1?a=b&c=d,e;f",
    alarm_min=30,
)
# RFC 5546: what a component of each method must hold, and what it must not (§3.2.1, §3.2.2, §3.2.5).
MUST = {
    "REQUEST": {"dtstamp", "dtstart", "organizer", "attendee", "sequence", "summary", "uid"},
    "CANCEL": {"dtstamp", "organizer", "attendee", "sequence", "uid"},
    "PUBLISH": {"dtstamp", "dtstart", "organizer", "summary", "uid"},
}
MUST_NOT = {
    "REQUEST": {"request-status"},
    "CANCEL": {"request-status", "valarm"},
    "PUBLISH": {"attendee", "request-status"},
}
WRITTEN = {"REQUEST": request(EVENT, NOW), "CANCEL": cancel(EVENT, NOW), "PUBLISH": feed([EVENT], "Studio", NOW)}


@pytest.mark.parametrize("method", sorted(WRITTEN))
def test_each_method_holds_what_it_must(method):
    calendar = vobject.readOne(WRITTEN[method], validate=True)
    assert calendar.method.value == method
    assert calendar.version.value == "2.0"
    assert calendar.prodid.value
    (event,) = calendar.vevent_list
    assert MUST[method] <= set(event.contents)
    assert not MUST_NOT[method] & set(event.contents)
    for name in ("dtstamp", "dtstart", "dtend", "organizer", "sequence", "summary", "uid", "status"):
        assert len(event.contents[name]) == 1


def test_another_reader_sees_the_same_words_and_people():
    event = vobject.readOne(WRITTEN["REQUEST"]).vevent
    assert event.summary.value == EVENT.summary
    assert event.description.value == EVENT.description
    assert event.location.value == EVENT.location
    assert event.url.value == EVENT.url
    assert event.sequence.value == "3"
    assert event.dtstart.value.astimezone(UTC) == EVENT.start.astimezone(UTC)
    mara, kei = event.attendee_list
    assert (mara.value, mara.params["RSVP"], mara.params["PARTSTAT"]) == (
        "mailto:mara@example.com",
        ["TRUE"],
        ["NEEDS-ACTION"],
    )
    assert (kei.value, kei.params["ROLE"]) == ("mailto:kei@example.net", ["OPT-PARTICIPANT"])
    assert event.organizer.params["CN"] == ["Jo; Brandt, “Studio: B”"]


def test_every_zone_that_is_named_is_defined():
    for text in WRITTEN.values():
        calendar = vobject.readOne(text)
        assert [zone.tzid.value for zone in calendar.vtimezone_list] == ["Asia/Tokyo"]
        assert text.index("BEGIN:VTIMEZONE") < text.index("BEGIN:VEVENT")


def test_a_session_in_utc_needs_no_zone():
    utc = ZoneInfo("UTC")
    event = msgspec.structs.replace(EVENT, start=EVENT.start.astimezone(utc), end=EVENT.end.astimezone(utc))
    text = request(event, NOW)
    assert "DTSTART:20261201T103000Z\r\n" in text
    assert "VTIMEZONE" not in text


def test_radicale_takes_the_own_copy_as_it_is():
    text = stored(EVENT, NOW)
    assert "METHOD" not in text  # RFC 4791 §4.1
    item = radicale.item.Item(collection_path="jo/studio", vobject_item=vobject.readOne(text))
    radicale.item.check_and_sanitize_items([item.vobject_item], tag="VCALENDAR", max_vevent_rrule_occurrence=1000)
    item.prepare()
    assert (item.uid, item.component_name) == (EVENT.uid, "VEVENT")


def test_what_was_called_off_stays_in_the_feed_under_its_uid():
    calendar = vobject.readOne(feed([cancelled(EVENT)], "Studio", NOW), validate=True)
    assert (calendar.vevent.uid.value, calendar.vevent.status.value) == (EVENT.uid, "CANCELLED")
