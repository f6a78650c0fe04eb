"""The producer's own calendar on a real Radicale, and people's calendars at an address of a real web server."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from desk.calendar_kit import MONDAY, Band
from servers.caldav_server import CalDavServer, caldav_server

from controlroom.base.errors import SurroundingsFailed
from controlroom.desk.calendar import actions, keeping, pushing
from controlroom.desk.calendar.jobs import push_what_changed, read_busy, read_calendars
from controlroom.desk.calendar.models import Availability, Busy, Rules, Session
from controlroom.desk.calendar.planning import whole

Make = Callable[..., Session]
pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def server() -> Iterator[CalDavServer]:
    with caldav_server() as running:
        yield running


@pytest.fixture
def own(server: CalDavServer, band: Band, asked: list[Any], settings: Any, request: Any) -> str:
    """A calendar of the producer's, which is Ines's; its address."""
    settings.MAIL_CA = str(server.ca_file)
    url = server.make_calendar(f"cal{abs(hash(request.node.name)) % 10**8}")
    name = pushing.keep_calendar(
        band.producer.actor, caldav_url=url, caldav_user=server.user, word=server.password, caldav_person=band.ines
    )
    assert name
    return url


def again(session: Session) -> Session:
    return whole(Session.objects.filter(pk=session.pk)).get()


def held(server: CalDavServer, url: str) -> list[str]:
    """What stands in the calendar."""
    folder = server.folder / "collections" / "collection-root" / server.user / url.rstrip("/").rpartition("/")[2]
    return [path.read_text(encoding="utf-8") for path in folder.glob("*.ics")]


def test_a_session_is_written_moved_and_taken_out(server: CalDavServer, own: str, band: Band, book: Make) -> None:
    session = book("Lead vocals")
    assert pushing.push_one(again(session)) == "Lead vocals stands in your calendar"
    (text,) = held(server, own)
    assert "SUMMARY:Lead vocals" in text
    assert "METHOD" not in text, "a calendar's own copy has none (RFC 4791)"
    assert "SCHEDULE-AGENT=CLIENT" in text, "the server invites nobody again"
    actions.place(band.producer.actor, session, start=MONDAY + timedelta(days=1), room=band.live)
    pushing.push_one(again(session))
    (text,) = held(server, own)
    assert "DTSTART;TZID=Europe/Berlin:20261208T100000" in text
    actions.call_off(band.producer.actor, session)
    pushing.push_one(again(session))
    assert held(server, own) == []


def test_what_has_no_time_any_more_is_taken_out(
    server: CalDavServer, own: str, band: Band, book: Make, asked: list[Any]
) -> None:
    session = book("Lead vocals")
    pushing.push_one(again(session))
    actions.take_out(band.producer.actor, session)
    asked.clear()
    push_what_changed()
    assert [each.name for each in asked] == ["calendar.push"]
    pushing.push_one(again(session))
    assert held(server, own) == []
    asked.clear()
    push_what_changed()
    assert asked == []


def test_what_somebody_changed_there_is_written_over(server: CalDavServer, own: str, book: Make) -> None:
    session = book("Lead vocals")
    pushing.push_one(again(session))
    Session.objects.update(pushed={"etag": '"another"'})
    pushing.push_one(again(session))
    assert len(held(server, own)) == 1
    assert again(session).pushed["etag"] != '"another"'


def test_what_else_stands_there_is_when_its_owner_is_busy(
    server: CalDavServer, own: str, band: Band, book: Make
) -> None:
    pushing.push_one(again(book("Lead vocals")))
    event = "\r\n".join([
        "BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Dentist//EN", "BEGIN:VEVENT", "UID:dentist", "SUMMARY:Dentist",
        f"DTSTAMP:{MONDAY:%Y%m%dT%H%M%SZ}", f"DTSTART:{MONDAY:%Y%m%dT%H%M%SZ}", "DURATION:PT1H", "END:VEVENT",
        "END:VCALENDAR", "",
    ])  # fmt: skip
    with server.client() as client:
        client.put(f"{own}dentist.ics", content=event, headers={"Content-Type": "text/calendar"}).raise_for_status()
    pushing.read_own(Rules.objects.select_related("studio", "caldav_person").get())
    (busy,) = Busy.objects.all()
    assert (busy.person, busy.start, busy.end) == (band.ines, MONDAY, MONDAY + timedelta(hours=1))
    pushing.read_own(Rules.objects.select_related("studio", "caldav_person").get())
    assert Busy.objects.count() == 1


def test_of_a_servers_address_its_calendar_is_found(server: CalDavServer, own: str, band: Band) -> None:
    pushing.keep_calendar(
        band.producer.actor, caldav_url=server.url, caldav_user=server.user, word=server.password, caldav_person=None
    )
    assert Rules.objects.get().caldav_url.startswith(server.url)


def test_a_wrong_password_changes_nothing_and_is_said(server: CalDavServer, own: str, band: Band) -> None:
    with pytest.raises(SurroundingsFailed, match="password"):
        pushing.keep_calendar(
            band.producer.actor, caldav_url=own, caldav_user=server.user, word="wrong", caldav_person=None
        )
    assert Rules.objects.get().caldav_person == band.ines


def test_a_calendar_that_is_not_reached_is_told_and_tried_again(
    own: str, band: Band, book: Make, asked: list[Any]
) -> None:
    session = book("Lead vocals")
    Rules.objects.update(caldav_url="https://127.0.0.1:9/ada/gone/")
    assert "127.0.0.1" in pushing.push_one(again(session))
    assert Rules.objects.get().caldav_error
    asked.clear()
    Session.objects.update(ends_at=MONDAY + timedelta(days=3650))
    push_what_changed()
    assert [each.name for each in asked] == ["calendar.push"]


def test_the_password_is_not_in_the_database(server: CalDavServer, own: str) -> None:
    kept = Rules.objects.values_list("caldav_secret", flat=True).get()
    assert kept
    assert server.password not in kept


def test_an_address_in_this_house_is_not_asked_for_somebodys_calendar(band: Band, want: Make) -> None:
    """It goes through the guarded door: what anybody types as an address must not reach private machines."""
    keeping.change_availability(band.producer.actor, band.mara, ics_url="http://127.0.0.1:9/mara.ics")
    told = read_busy(lambda *_: None, person=band.mara.pk)
    assert "127.0.0.1" in told["says"]
    assert Availability.objects.get(person=band.mara).error == told["says"]


def test_only_calendars_of_those_who_have_a_session_are_read(band: Band, want: Make, asked: list[Any]) -> None:
    for person in (band.mara, band.tom):
        keeping.change_availability(band.producer.actor, person, ics_url="https://example.org/x.ics")
    want("Lead vocals", band.mara)
    asked.clear()
    read_calendars()
    assert [each.arguments for each in asked if each.name == "calendar.read_busy"] == [{"person": band.mara.pk}]
