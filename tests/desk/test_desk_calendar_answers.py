"""Invitations go out by mail, and what comes back counts only from whom it was sent to."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from desk.calendar_kit import MONDAY, Band, seat_of
from desk.mail_kit import raw
from django.utils import timezone

from controlroom.base.errors import UsageError
from controlroom.desk.accounts.actor import NotAllowed
from controlroom.desk.accounts.models import User
from controlroom.desk.calendar import actions, invitations
from controlroom.desk.calendar.events import event_of
from controlroom.desk.calendar.models import Session
from controlroom.desk.calendar.planning import whole
from controlroom.desk.mail.models import MailAccount, MailMessage, Outgoing

Make = Callable[..., Session]
pytestmark = pytest.mark.usefixtures("account")


@pytest.fixture
def invited(band: Band, book: Make, account: MailAccount, asked: list[Any]) -> Session:
    """A session that Mara and Tom were invited to; Ines has no address."""
    session = book("Lead vocals", band.mara, band.tom, band.ines)
    invitations.send(band.producer.actor, session)
    return whole(Session.objects.filter(pk=session.pk)).get()


def reply(
    session: Session, by: str, partstat: str = "ACCEPTED", *, sequence: int = 0, uid: str = "", **more: str
) -> str:
    method = more.pop("method", "REPLY")
    lines = [f"{name.replace('_', '-')}:{value}" for name, value in more.items()]
    body = [
        "BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Somebody//EN", f"METHOD:{method}", "BEGIN:VEVENT",
        f"UID:{uid or session.uid}", f"SEQUENCE:{sequence}", f"DTSTAMP:{timezone.now():%Y%m%dT%H%M%SZ}",
        f"ATTENDEE;PARTSTAT={partstat}:mailto:{by}", *lines, "END:VEVENT", "END:VCALENDAR", "",
    ]  # fmt: skip
    return "\r\n".join(body)


def mail_of(text: str, sender: str) -> bytes:
    head = raw("Accepted: Lead vocals", "Yes.", sender=sender).decode().partition("\n\n")[0]
    kept = [line for line in head.splitlines() if not line.lower().startswith(("content-", "mime-"))]
    kind = "Content-Type: text/calendar; method=REPLY; charset=utf-8"
    return "\r\n".join([*kept, "MIME-Version: 1.0", kind, "", text]).encode()


def test_each_gets_a_letter_in_their_own_words_with_the_invitation(band: Band, invited: Session) -> None:
    letters = {letter.person: letter for letter in Outgoing.objects.all()}
    assert set(letters) == {band.mara, band.tom}
    assert letters[band.tom].state == "sending"
    assert letters[band.tom].method == "REQUEST"
    assert f"UID:{invited.uid}" in letters[band.tom].calendar
    assert "4 am" in letters[band.tom].body, "in their own zone"
    assert "/s/" in letters[band.tom].body, "and their own link"
    assert invited.invited_at is not None


def test_who_was_invited_is_not_invited_twice(band: Band, invited: Session) -> None:
    with pytest.raises(UsageError, match="nothing to send"):
        invitations.send(band.producer.actor, invited)
    ines = next(
        each for each in invitations.invitations_of(band.producer.actor, invited) if each.seat.person == band.ines
    )
    assert "No mail address" in ines.why


def test_moved_it_is_sent_again_with_a_higher_sequence(band: Band, invited: Session) -> None:
    moved = actions.place(band.producer.actor, invited, start=MONDAY + timedelta(days=1), room=band.live)
    invitations.send(band.producer.actor, moved)
    newest = Outgoing.objects.filter(person=band.mara).order_by("-pk")[0]
    assert "SEQUENCE:1" in newest.calendar
    assert newest.method == "REQUEST"
    assert "moved" in newest.subject


def test_called_off_it_is_cancelled(band: Band, invited: Session) -> None:
    off = actions.call_off(band.producer.actor, invited)
    invitations.send(band.producer.actor, off)
    newest = Outgoing.objects.filter(person=band.mara).order_by("-pk")[0]
    assert newest.method == "CANCEL"
    assert "STATUS:CANCELLED" in newest.calendar
    assert newest.subject.startswith("No session")
    assert "/s/" not in newest.body, "there is nothing to answer"
    assert "SEQUENCE:1" in newest.calendar


def test_an_engineer_invites_nobody(engineer: User, band: Band, book: Make) -> None:
    with pytest.raises(NotAllowed):
        invitations.send(engineer.actor, book())


def test_an_answer_by_mail_is_kept(band: Band, invited: Session, arrives: Callable[..., MailMessage]) -> None:
    arrives(mail_of(reply(invited, "mara@example.org"), "Mara Lind <mara@example.org>"))
    assert (seat_of(invited, band.mara).answer, seat_of(invited, band.mara).via) == ("accepted", "mail")
    assert seat_of(invited, band.tom).answer == ""


def test_an_answer_for_somebody_else_is_told_and_changes_nothing(
    band: Band,
    invited: Session,
    arrives: Callable[..., MailMessage],
) -> None:
    message = arrives(mail_of(reply(invited, "mara@example.org"), "Tom Reyes <tom@example.org>"))
    assert seat_of(invited, band.mara).answer == seat_of(invited, band.tom).answer == ""
    assert any("answer" in finding["code"] for finding in message.findings)


def test_an_answer_to_the_time_before_is_stale(
    band: Band, invited: Session, arrives: Callable[..., MailMessage]
) -> None:
    actions.place(band.producer.actor, invited, start=MONDAY + timedelta(days=1), room=band.live)
    arrives(mail_of(reply(invited, "mara@example.org", sequence=0), "mara@example.org"))
    assert seat_of(invited, band.mara).answer == ""


def test_an_answer_to_a_session_that_was_called_off_is_told(
    band: Band,
    invited: Session,
    arrives: Callable[..., MailMessage],
) -> None:
    actions.call_off(band.producer.actor, invited)
    message = arrives(mail_of(reply(invited, "mara@example.org", sequence=1), "mara@example.org"))
    assert seat_of(invited, band.mara).answer == ""
    assert "answer_to_cancelled" in [finding["code"] for finding in message.findings]


def test_another_time_that_somebody_proposes_stands_beside_their_name(
    band: Band,
    invited: Session,
    arrives: Callable[..., MailMessage],
) -> None:
    text = reply(
        invited, "tom@example.org", "TENTATIVE", method="COUNTER", DTSTART="20261208T150000Z", DTEND="20261208T190000Z"
    )
    arrives(mail_of(text, "tom@example.org"))
    seat = seat_of(invited, band.tom)
    assert seat.answer == "counter"
    assert seat.proposed_start == MONDAY + timedelta(days=1, hours=6)
    assert event_of(invited).start == MONDAY, "nothing is moved by it"


def test_who_comes_today_is_urgent(band: Band, book: Make, arrives: Callable[..., MailMessage]) -> None:
    book("Lead vocals", band.mara, at=timezone.now())
    message = arrives(raw("Later", "The train stands still, I will be an hour late.", sender="mara@example.org"))
    assert message.urgent


def test_who_was_invited_and_is_taken_out_is_told(band: Band, invited: Session) -> None:
    actions.unseat(band.producer.actor, seat_of(invited, band.tom))
    assert [seat.person for seat in again(invited).seats.all()] == [band.mara, band.ines]
    (letter,) = invitations.send(band.producer.actor, again(invited))
    assert (letter.person, letter.method) == (band.tom, "CANCEL")
    assert "mailto:tom@example.org" in letter.calendar.replace("\r\n ", "")
    assert "mara@example.org" not in letter.calendar.replace("\r\n ", "")
    with pytest.raises(UsageError, match="nothing to send"):
        invitations.send(band.producer.actor, again(invited))


def test_what_is_off_is_the_time_that_was_told(band: Band, invited: Session) -> None:
    moved = actions.place(band.producer.actor, invited, start=MONDAY + timedelta(days=1), room=band.live)
    actions.unseat(band.producer.actor, seat_of(moved, band.tom))
    letters = {letter.person: letter for letter in invitations.send(band.producer.actor, again(moved))}
    assert f"{MONDAY.day} {MONDAY:%B}" in letters[band.tom].subject
    assert f"{MONDAY.day + 1} {MONDAY:%B}" in letters[band.mara].subject


def test_who_comes_back_is_invited_again(band: Band, invited: Session) -> None:
    actions.unseat(band.producer.actor, seat_of(invited, band.tom))
    actions.seat(band.producer.actor, invited, band.tom)
    assert seat_of(invited, band.tom).gone_at is None


def test_a_proposed_time_is_taken_with_one_press(
    band: Band, invited: Session, arrives: Callable[..., MailMessage]
) -> None:
    times = {"DTSTART": "20261208T150000Z", "DTEND": "20261208T190000Z"}
    arrives(mail_of(reply(invited, "tom@example.org", "TENTATIVE", method="COUNTER", **times), "tom@example.org"))
    moved = actions.take_proposed(band.producer.actor, seat_of(invited, band.tom))
    assert moved.starts_at == MONDAY + timedelta(days=1, hours=6)
    assert moved.sequence == 1
    assert {seat.answer for seat in moved.seats.all()} == {""}


def again(session: Session) -> Session:
    return whole(Session.objects.filter(pk=session.pk)).get()
