"""What is done with sessions."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from desk.calendar_kit import MONDAY, Band, seat_of

from controlroom.base.errors import UsageError
from controlroom.desk.accounts.actor import NotAllowed
from controlroom.desk.accounts.models import User
from controlroom.desk.calendar import actions, keeping
from controlroom.desk.calendar.models import Busy, Session
from controlroom.desk.calendar.planning import problem_of, whole
from controlroom.desk.songs.actions import create_song
from controlroom.desk.songs.models import Event

Make = Callable[..., Session]


def test_a_placed_session_ends_after_its_length_and_its_breaks(book: Make) -> None:
    session = book(length_min=240, break_min=30)
    assert session.state == "booked"
    assert session.ends_at - session.starts_at == timedelta(minutes=270)


def test_another_length_moves_the_end(band: Band, book: Make) -> None:
    session = actions.change_session(band.producer.actor, book(length_min=240, break_min=0), length_min=60)
    assert session.ends_at - session.starts_at == timedelta(minutes=60)


def test_moving_a_session_that_was_sent_out_raises_its_sequence_and_asks_anew(band: Band, book: Make) -> None:
    session = book()
    Session.objects.update(invited_at=MONDAY)
    actions.record_answer(seat_of(session, band.mara), "accepted", via="mail", at=MONDAY)
    moved = actions.place(band.producer.actor, session, start=MONDAY + timedelta(days=1), room=band.live)
    assert moved.sequence == 1
    assert seat_of(moved, band.mara).answer == ""


def test_moving_one_that_nobody_knows_of_raises_nothing(band: Band, book: Make) -> None:
    moved = actions.place(band.producer.actor, book(), start=MONDAY + timedelta(days=1), room=band.live)
    assert moved.sequence == 0


def test_what_was_sent_out_is_called_off_not_taken_out(band: Band, book: Make) -> None:
    session = book()
    Session.objects.update(invited_at=MONDAY)
    with pytest.raises(UsageError, match="invited"):
        actions.take_out(band.producer.actor, Session.objects.get())
    off = actions.call_off(band.producer.actor, Session.objects.get())
    assert (off.state, off.sequence, off.starts_at) == ("cancelled", 1, session.starts_at)


def test_a_session_that_is_over_stays_as_it_is(band: Band, book: Make) -> None:
    session = actions.finish(band.producer.actor, book())
    with pytest.raises(UsageError, match="done"):
        actions.place(band.producer.actor, session, start=MONDAY, room=None)
    with pytest.raises(UsageError):
        actions.call_off(band.producer.actor, session)


def test_an_older_answer_never_covers_a_newer_one(band: Band, book: Make) -> None:
    seat = seat_of(book(), band.mara)
    actions.record_answer(seat, "declined", via="mail", at=MONDAY)
    actions.record_answer(seat, "accepted", via="mail", at=MONDAY - timedelta(hours=1))
    seat.refresh_from_db()
    assert seat.answer == "declined"


def test_no_session_comes_before_itself(band: Band, want: Make) -> None:
    first, second, third = want("One"), want("Two"), want("Three")
    actions.needs_of(band.producer.actor, second, after=[first])
    actions.needs_of(band.producer.actor, third, after=[second])
    with pytest.raises(UsageError, match="before itself"):
        actions.needs_of(band.producer.actor, first, after=[third])
    with pytest.raises(UsageError, match="before itself"):
        actions.needs_of(band.producer.actor, first, after=[first])


def test_nothing_of_another_studio_is_taken(band: Band, want: Make, stranger: User) -> None:
    theirs = keeping.keep_room(stranger.actor, name="Elsewhere")
    with pytest.raises(UsageError, match="another studio"):
        actions.needs_of(band.producer.actor, want(), rooms=[theirs])
    with pytest.raises(UsageError, match="another studio"):
        actions.place(band.producer.actor, want(), start=MONDAY, room=theirs)


def test_a_reader_plans_nothing(reader: User, book: Make) -> None:
    with pytest.raises(NotAllowed):
        actions.place(reader.actor, book(), start=MONDAY, room=None)


def test_the_song_knows_when_it_is_recorded(band: Band, want: Make) -> None:
    song = create_song(band.producer.actor, title="Paper Lanterns")
    session = want()
    actions.work_on(band.producer.actor, session, song, parts="lead vocal")
    actions.place(band.producer.actor, session, start=MONDAY, room=band.live)
    assert Event.objects.filter(song=song, says__contains="is planned for Monday, 7 December").exists()


def test_times_no_longer_asked_about_go_with_their_answers(band: Band, want: Make) -> None:
    session = want()
    hour = timedelta(hours=1)
    spans = [(MONDAY, MONDAY + hour), (MONDAY + hour, MONDAY + 2 * hour)]
    first, _ = actions.ask_about(band.producer.actor, session, spans)
    actions.answer_poll(seat_of(session, band.mara), {first.pk: "likes"})
    (kept,) = actions.ask_about(band.producer.actor, session, spans[:1])
    assert kept.pk == first.pk
    assert kept.answers.get().says == "likes"


def test_an_answer_about_another_session_is_refused(band: Band, want: Make) -> None:
    one, other = want("One"), want("Other")
    (slot,) = actions.ask_about(band.producer.actor, one, [(MONDAY, MONDAY + timedelta(hours=1))])
    with pytest.raises(UsageError, match="no longer asked"):
        actions.answer_poll(seat_of(other, band.mara), {slot.pk: "likes"})


def test_the_solver_is_given_what_the_desk_knows(band: Band, want: Make, book: Make) -> None:
    keeping.change_availability(band.producer.actor, band.tom, hours=[[0, "09:00", "17:00"]], travel_min=45)
    keeping.say_busy(band.producer.actor, band.tom, [(MONDAY, MONDAY + timedelta(hours=2))])
    standing = book("Drums", band.tom, kind="drums")
    wanted = want("Overdubs", band.tom, band.mara, kind="overdub")
    row = whole(Session.objects.filter(pk=wanted.pk)).get()
    problem = problem_of(row.studio, [row], MONDAY.date(), MONDAY.date() + timedelta(days=7))
    tom = next(member for member in problem.members if member.name == "Tom Reyes")
    assert (tom.time_zone, tom.travel_min, len(tom.busy)) == ("America/New_York", 45, 1)
    assert next(member for member in problem.members if member.name == "Mara Lind").sings
    fixed = {each.id: each.fixed for each in problem.wanted}
    assert fixed[str(wanted.pk)] is None
    assert fixed[str(standing.pk)].start == MONDAY
    assert problem.house.time_zone == "Europe/Berlin"


def test_what_was_read_of_a_calendar_takes_the_place_of_what_was_read_before(band: Band) -> None:
    row = keeping.change_availability(band.producer.actor, band.mara, ics_url="https://example.org/mara.ics")
    keeping.say_busy(band.producer.actor, band.mara, [(MONDAY, MONDAY + timedelta(hours=1))])
    keeping.read_busy(row, [(MONDAY, MONDAY + timedelta(hours=2))])
    keeping.read_busy(row, [(MONDAY, MONDAY + timedelta(hours=3))])
    assert sorted(Busy.objects.values_list("source", flat=True)) == ["calendar", "said"]
    keeping.read_busy(row, (), "example.org: it does not answer.")
    assert Busy.objects.filter(source="calendar").count() == 1
    assert row.error


def test_another_calendar_address_forgets_the_old_one(band: Band) -> None:
    row = keeping.change_availability(band.producer.actor, band.mara, ics_url="https://example.org/mara.ics")
    keeping.read_busy(row, [(datetime(2026, 12, 7, tzinfo=UTC), datetime(2026, 12, 8, tzinfo=UTC))])
    keeping.change_availability(band.producer.actor, band.mara, ics_url="https://example.org/other.ics")
    assert not Busy.objects.exists()
