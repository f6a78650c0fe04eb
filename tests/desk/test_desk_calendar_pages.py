"""The pages of the calendar, as people use them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from desk.calendar_kit import MONDAY, Band, seat_of
from django.test import Client
from django.utils import timezone

from controlroom.desk.accounts.models import User
from controlroom.desk.calendar import actions, keeping, sheets
from controlroom.desk.calendar.models import Availability, Busy, Rules, Seat, Session, Worked
from controlroom.desk.calendar.tokens import feed_address, seat_address
from controlroom.desk.calendar.week import week_of
from controlroom.desk.jobs.models import Job
from controlroom.desk.songs.actions import create_song

Make = Callable[..., Session]


def path_of(address: str) -> str:
    return "/" + address.partition("://")[2].partition("/")[2]


def test_a_session_from_its_form_to_its_time(client_of: Client, band: Band) -> None:
    create_song(band.producer.actor, title="Paper Lanterns")
    form = {
        "title": "Lead vocals",
        "kind": "vocals",
        "length_min": "180",
        "windows": "2026-12-07 – 2026-12-11",
        "rooms": [band.booth.pk],
        "gear": [band.piano.pk],
    }
    answer = client_of.post("/sessions/new/", form)
    session = Session.objects.get()
    assert answer.url == f"/sessions/{session.pk}/"
    client_of.post(f"/sessions/{session.pk}/people/", {"person": "mara lind", "does": "sings", "needed": "1"})
    client_of.post(f"/sessions/{session.pk}/people/", {"person": "Somebody New", "needed": ""})
    client_of.post(f"/sessions/{session.pk}/songs/", {"song": session.studio.songs.get().pk, "parts": "lead vocal"})
    client_of.post(f"/sessions/{session.pk}/place/", {"start": "2026-12-07T14:00", "room": band.booth.pk})
    session.refresh_from_db()
    assert (session.state, session.room) == ("booked", band.booth)
    assert session.starts_at == MONDAY.replace(hour=13), "typed in the studio's zone"
    assert [(seat.person.name, seat.needed) for seat in session.seats.all()] == [
        ("Mara Lind", True),
        ("Somebody New", False),
    ]
    page = client_of.get(f"/sessions/{session.pk}/").content.decode()
    assert "Monday, 7 December, 14:00" in page
    assert "nobody invited yet" in page


def test_wrong_dates_come_back_with_the_form(client_of: Client, band: Band) -> None:
    answer = client_of.post("/sessions/new/", {"title": "X", "kind": "other", "length_min": "60", "windows": "soon"})
    assert answer.status_code == 422
    assert "“soon” cannot be read" in answer.content.decode()


def test_what_a_placement_breaks_is_told_and_not_refused(client_of: Client, band: Band, book: Make, want: Make) -> None:
    book("Drums", band.tom, at=MONDAY + timedelta(hours=5), length_min=240)
    session = want("Overdubs", band.tom, kind="overdub")
    answer = client_of.post(
        f"/sessions/{session.pk}/place/", {"start": "2026-12-07T15:00", "room": band.live.pk}, follow=True
    )
    session.refresh_from_db()
    assert session.state == "booked"
    assert [each.level_tag for each in answer.context["messages"]].count("warning") >= 2
    assert "Tom Reyes" in answer.content.decode()


def test_times_are_found_shown_and_taken(client_of: Client, band: Band, want: Make) -> None:
    from controlroom.desk.calendar.jobs import propose

    want("Lead vocals", length_min=120)
    want("Backing vocals", length_min=120)
    form = {"sessions": [row.pk for row in Session.objects.all()], "first": "2026-12-07", "last": "2026-12-13"}
    answer = client_of.post("/calendar/propose/", form)
    job = Job.objects.get(work="calendar.propose")
    assert answer.url == f"/calendar/proposals/{job.pk}/"
    result = propose(lambda *_: None, **job.arguments)
    Job.objects.filter(pk=job.pk).update(state="done", result=result)
    page = client_of.get(answer.url).content.decode()
    assert "Book all 2" in page
    client_of.post(f"{answer.url}take/")
    first, second = Session.objects.order_by("starts_at")
    assert first.state == second.state == "booked"
    assert second.starts_at - first.ends_at >= timedelta(hours=12), "a voice rests"
    assert Session.objects.exclude(reasons=[]).count() == 2
    again = client_of.post(f"{answer.url}take/", follow=True)
    assert "They have a time already" in again.content.decode()


def test_a_person_answers_the_poll_by_their_own_link(client: Client, band: Band, want: Make) -> None:
    session = want("Lead vocals", band.mara, band.tom)
    (slot,) = actions.ask_about(band.producer.actor, session, [(MONDAY, MONDAY + timedelta(hours=3))])
    address = path_of(seat_address(seat_of(session, band.tom)))
    page = client.get(address).content.decode()
    assert "When can you?" in page
    assert "Mara" not in page, "what others say is not theirs to see"
    client.post(address, {"poll": "1", f"slot-{slot.pk}": "cannot"})
    assert slot.answers.get().seat.person == band.tom
    assert "not possible" in page_of(band.producer, f"/sessions/{session.pk}/")


def page_of(user: User, url: str) -> str:
    client = Client()
    client.force_login(user)
    return client.get(url).content.decode()


def test_a_person_without_mail_accepts_by_their_link(client: Client, band: Band, book: Make) -> None:
    seat = seat_of(book("Mix", band.ines), band.ines)
    address = path_of(seat_address(seat))
    client.post(address, {"answer": "accepted", "comment": "Bringing cables"})
    seat.refresh_from_db()
    assert (seat.answer, seat.via, seat.comment) == ("accepted", "guest", "Bringing cables")
    assert client.post(address, {"answer": "owner"}).status_code == 422


def test_a_link_that_was_not_signed_here_opens_nothing(client: Client, band: Band, book: Make) -> None:
    seat = seat_of(book(), band.mara)
    address = path_of(seat_address(seat))
    assert client.get(address).status_code == 200
    assert client.get(address.replace(f"/{seat.pk}.", f"/{seat.pk + 1}.")).status_code == 404
    actions.unseat(band.producer.actor, seat)
    assert client.get(address).status_code == 404


def test_an_answer_to_a_session_that_was_called_off_changes_nothing(client: Client, band: Band, book: Make) -> None:
    session = book()
    seat = seat_of(session, band.mara)
    actions.call_off(band.producer.actor, session)
    answer = client.post(path_of(seat_address(seat)), {"answer": "accepted"})
    assert answer.status_code == 422
    assert Seat.objects.get().answer == ""


def test_the_feed_is_closed_until_it_is_opened_and_after(
    client: Client, client_of: Client, band: Band, book: Make
) -> None:
    book("Vocals")
    assert feed_address(Rules.objects.get_or_create(studio=band.producer.studio)[0]) == ""
    client_of.post("/calendar/rules/feed/")
    address = path_of(feed_address(Rules.objects.get()))
    answer = client.get(address)
    assert answer["Content-Type"].startswith("text/calendar")
    assert "SUMMARY:Vocals" in answer.content.decode()
    assert "mara@example.org" not in answer.content.decode()
    client_of.post("/calendar/rules/feed/")
    assert client.get(address).status_code == 404, "a new address closes the old one"


def test_the_call_sheet_says_what_to_prepare_and_when_a_singer_last_sang(
    client_of: Client, band: Band, book: Make
) -> None:
    book("Evening before", band.mara, at=MONDAY - timedelta(hours=10), length_min=60, break_min=0)
    song = create_song(band.producer.actor, title="Paper Lanterns", key="F# minor", tempo_bpm="96")
    session = book("Lead vocals", band.mara, band.tom, notes="Bring the blue lyric book")
    actions.work_on(band.producer.actor, session, song, parts="lead vocal, doubles")
    page = client_of.get(f"/sessions/{session.pk}/call-sheet/").content.decode()
    for words in ("lead vocal, doubles; F# minor, 96 BPM", "in New York", "Hof 3", "Bring the blue lyric book", "9 h"):
        assert words in page
    pdf = client_of.get(f"/sessions/{session.pk}/call-sheet.pdf")
    assert pdf["Content-Disposition"] == 'attachment; filename="Lead vocals, call sheet.pdf"'
    assert pdf.content.startswith(b"%PDF-")


def test_the_session_sheet_is_filled_signed_and_known_as_changed(
    client_of: Client, client: Client, band: Band, book: Make
) -> None:
    keeping.change_availability(band.producer.actor, band.tom, rate_minor=6050)
    session = book("Overdubs", band.tom, length_min=180, break_min=30)
    client_of.post(f"/sessions/{session.pk}/step/finish/")
    client_of.post(f"/sessions/{session.pk}/sheet/", {"fill": "1"})
    worked = Worked.objects.get()
    assert (worked.break_min, worked.rate_minor) == (30, 6050)
    page = client_of.get(f"/sessions/{session.pk}/sheet/").content.decode()
    assert "181.50" in page, "three hours at 60.50"
    seat = seat_of(session, band.tom)
    client.post(path_of(seat_address(seat)), {"sign": "1", "remark": "Fine"})
    assert "as it stands" in client_of.get(f"/sessions/{session.pk}/sheet/").content.decode()
    start = timezone.localtime(worked.start)
    fields = {
        "start": f"{start:%Y-%m-%dT%H:%M}",
        "end": f"{start + timedelta(hours=2):%Y-%m-%dT%H:%M}",
        "break_min": "0",
    }
    posted = {f"s{seat.pk}-{name}": value for name, value in fields.items()} | {"seat": seat.pk}
    client_of.post(f"/sessions/{session.pk}/sheet/", posted)
    assert "changed since" in client_of.get(f"/sessions/{session.pk}/sheet/").content.decode()


def test_hours_that_end_before_they_begin_are_refused(band: Band, book: Make, client_of: Client) -> None:
    session = actions.finish(band.producer.actor, book())
    seat = seat_of(session, band.mara)
    posted = {f"s{seat.pk}-start": "2026-12-07T12:00", f"s{seat.pk}-end": "2026-12-07T10:00", "seat": seat.pk}
    answer = client_of.post(f"/sessions/{session.pk}/sheet/", posted)
    assert answer.status_code == 422
    assert not Worked.objects.exists()


def test_links_and_invitations_are_shown_to_who_may_use_them(
    as_user: Callable[[User], Client], engineer: User, reader: User, band: Band, book: Make
) -> None:
    session = book()
    link = path_of(seat_address(seat_of(session, band.mara)))
    pages = [as_user(who).get(f"/sessions/{session.pk}/").content.decode() for who in (engineer, reader)]
    assert [link in page for page in pages] == [True, False], "whoever has the link answers as Mara"
    assert not [page for page in pages if f"/sessions/{session.pk}/invite/" in page]


def test_an_engineer_plans_and_a_reader_looks(
    as_user: Callable[[User], Client], engineer: User, reader: User, band: Band
) -> None:
    assert as_user(engineer).get("/sessions/new/").status_code == 200
    assert as_user(engineer).get("/calendar/rules/").status_code == 403
    assert as_user(reader).get("/calendar/").status_code == 200
    assert as_user(reader).get("/sessions/new/").status_code == 403


def test_nothing_of_another_studio_is_shown(
    as_user: Callable[[User], Client], stranger: User, band: Band, book: Make
) -> None:
    session = book()
    for page in ("", "call-sheet/", "sheet/", "invite/"):
        assert as_user(stranger).get(f"/sessions/{session.pk}/{page}").status_code == 404
    assert as_user(stranger).get(f"/people/{band.mara.pk}/availability/").status_code == 404


def test_when_somebody_can_is_kept_as_it_is_typed(client_of: Client, band: Band) -> None:
    form = {"hours": "Mon-Fri 10:00-18:00", "travel_min": "45", "sings": "on", "rate_minor": "42.50", "ics_url": ""}
    client_of.post(f"/people/{band.tom.pk}/availability/", form)
    row = Availability.objects.get(person=band.tom)
    assert (len(row.hours), row.travel_min, row.sings, row.rate_minor) == (5, 45, True, 4250)
    page = client_of.get(f"/people/{band.tom.pk}/availability/").content.decode()
    assert "Mon-Fri 10:00-18:00" in page


def test_when_somebody_cannot_is_said_and_taken_back(client_of: Client, band: Band) -> None:
    url = f"/people/{band.tom.pk}/availability/"
    client_of.post(url, {"cannot": "2026-12-07 14:00 – 20:00"})
    assert Busy.objects.get().start == MONDAY.replace(hour=13)
    assert "2026-12-07 14:00 – 20:00" in client_of.get(url).content.decode()
    client_of.post(url, {"cannot": ""})
    assert not Busy.objects.exists()


def test_two_sessions_at_one_time_stand_beside_each_other(band: Band, book: Make) -> None:
    one, two = book("One", band.mara, at=MONDAY), book("Two", band.tom, at=MONDAY + timedelta(hours=1))
    later = book("Later", band.ines, at=MONDAY + timedelta(hours=9))
    with timezone.override("Europe/Berlin"):
        week = week_of(MONDAY.date(), [one, two, later])
    first, second, third = week.blocks
    assert first.x + first.width <= second.x
    assert third.width > first.width
    assert third.y > first.y


def test_a_session_over_midnight_lies_on_both_days(band: Band, book: Make) -> None:
    session = book("Night", at=MONDAY.replace(hour=21), length_min=300, break_min=0)
    with timezone.override("Europe/Berlin"):
        week = week_of(MONDAY.date(), [session])
    assert [round((block.x - week.blocks[0].x) / week.day_width) for block in week.blocks] == [0, 1]


def test_a_guest_sees_nobody_elses_money(client: Client, client_of: Client, band: Band, book: Make) -> None:
    keeping.change_availability(band.producer.actor, band.tom, rate_minor=6050)
    session = book("Vocals", band.mara, band.tom)
    client_of.post(f"/sessions/{session.pk}/step/finish/")
    client_of.post(f"/sessions/{session.pk}/sheet/", {"fill": "1"})
    links = {each: path_of(seat_address(seat_of(session, each))) for each in (band.tom, band.mara)}
    pages = {each: client.get(link).content.decode() for each, link in links.items()}
    assert ["60.50" in pages[each] for each in (band.tom, band.mara)] == [True, False]
    assert all("What was" in page and "Tom" in page for page in pages.values())


def test_the_sheet_cannot_be_signed_before_the_session_is_over(band: Band, book: Make) -> None:
    from controlroom.base.errors import UsageError

    with pytest.raises(UsageError, match="not over"):
        sheets.sign(book(), who="Mara", who_key="seat:1")
