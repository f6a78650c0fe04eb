"""Answers: believed only from who was invited, to the session as it stands, the newest first."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec
import pytest

from controlroom.rooms.scheduling.calendar import Attendee, Event, Organizer, answered, cancelled, read_answer, revised
from controlroom.rooms.scheduling.session import Span

SYDNEY = ZoneInfo("Australia/Sydney")
EVENT = Event(
    uid="42@studio.example.org",
    summary="Drums",
    start=datetime(2026, 12, 1, 10, tzinfo=SYDNEY),
    end=datetime(2026, 12, 1, 16, tzinfo=SYDNEY),
    organizer=Organizer(email="producer@example.org"),
    stamp=datetime(2026, 11, 20, 9, tzinfo=UTC),
    attendees=(Attendee(email="mara@example.com"), Attendee(email="tom@example.net")),
)


def _reply(partstat="ACCEPTED", email="MAILTO:Mara@Example.COM", method="REPLY", uid=EVENT.uid, more=(), **values):
    lines = [
        "BEGIN:VCALENDAR",
        "PRODID:-//Google Inc//Google Calendar 70.9054//EN",
        "VERSION:2.0",
        f"METHOD:{method}",
        "BEGIN:VEVENT",
        f"UID:{uid}",
        f"SEQUENCE:{values.get('sequence', 0)}",
        f"DTSTAMP:{values.get('stamp', '20261121T100000Z')}",
        f'ATTENDEE;CUTYPE=INDIVIDUAL;CN="Lind; Mara";PARTSTAT={partstat}{values.get("params", "")}:{email}',
        *more,
        "END:VEVENT",
        "END:VCALENDAR",
        "",
    ]
    return "\r\n".join(lines)


@pytest.mark.parametrize(
    ("partstat", "kind"), [("ACCEPTED", "accepted"), ("DECLINED", "declined"), ("TENTATIVE", "tentative")]
)
def test_an_answer_from_who_was_invited_counts(partstat, kind):
    answer = read_answer(_reply(partstat, more=["COMMENT:Gern\\, bis dann\\nMara"]), "mara@EXAMPLE.com", EVENT)
    assert (answer.kind, answer.by, answer.comment) == (kind, "mara@example.com", "Gern, bis dann\nMara")
    assert answer.counts
    assert answer.findings == ()
    assert answered(EVENT, answer).invited("mara@example.com").partstat == kind
    assert answered(EVENT, answer).invited("tom@example.net").partstat == "needs-action"


@pytest.mark.parametrize(
    ("ics", "sender", "code"),
    [
        (_reply(), "eve@example.org", "answer_not_invited"),
        (_reply(), "tom@example.net", "answer_for_somebody_else"),
        (_reply(params=';SENT-BY="mailto:tom@example.net"'), "tom@example.net", "answer_for_somebody_else"),
        (_reply(uid="43@studio.example.org"), "mara@example.com", "answer_other_session"),
        (_reply(method="REQUEST"), "mara@example.com", "answer_no_answer"),
        (_reply(method="PUBLISH"), "mara@example.com", "answer_no_answer"),
        (_reply("NEEDS-ACTION"), "mara@example.com", "answer_says_nothing"),
        (_reply("X-WHAT"), "mara@example.com", "answer_says_nothing"),
        ("yes, gladly", "mara@example.com", "answer_unreadable"),
        (b"\x00\xff" * 1000, "mara@example.com", "answer_unreadable"),
        ("", "", "answer_unreadable"),
    ],
)
def test_any_other_is_refused_with_its_reason_and_changes_nothing(ics, sender, code):
    answer = read_answer(ics, sender, EVENT)
    assert answer.refused == code
    assert [finding.code for finding in answer.findings] == [code]
    assert answer.findings[0].says()
    assert answered(EVENT, answer) == EVENT


def test_an_answer_to_an_earlier_invitation_is_stale():
    moved = revised(EVENT, msgspec.structs.replace(EVENT, location="Studio A"))
    answer = read_answer(_reply(sequence=0), "mara@example.com", moved)
    assert (answer.kind, answer.stale, answer.counts) == ("accepted", True, False)
    assert [finding.code for finding in answer.findings] == ["answer_stale"]
    assert answered(moved, answer) == moved
    assert not read_answer(_reply(sequence=1), "mara@example.com", moved).stale


def test_the_newest_answer_wins_whatever_comes_last():
    yes = read_answer(_reply("ACCEPTED", stamp="20261122T100000Z"), "mara@example.com", EVENT)
    after = answered(EVENT, yes)
    earlier = read_answer(_reply("DECLINED", stamp="20261121T100000Z"), "mara@example.com", after)
    assert earlier.stale
    later = read_answer(_reply("DECLINED", stamp="20261123T100000Z"), "mara@example.com", after)
    assert answered(after, later).invited("mara@example.com").partstat == "declined"
    again = read_answer(_reply("ACCEPTED", stamp="20261122T100000Z"), "mara@example.com", after)
    assert answered(after, again) == after


def test_of_several_answers_in_one_file_the_newest_counts():
    both = _reply("ACCEPTED", stamp="20261123T100000Z").replace(
        "END:VCALENDAR\r\n", _reply("DECLINED", stamp="20261122T100000Z").split("METHOD:REPLY\r\n")[1]
    )
    assert both.count("BEGIN:VEVENT") == 2
    assert read_answer(both, "mara@example.com", EVENT).kind == "accepted"


def test_an_answer_to_a_cancelled_session_is_told():
    off = cancelled(EVENT)
    for sequence in (0, 1):
        answer = read_answer(_reply(sequence=sequence), "mara@example.com", off)
        assert (answer.kind, answer.refused) == ("accepted", "answer_to_cancelled")
        assert "called off" in answer.findings[0].says()
        assert answered(off, answer) == off


def test_who_passes_an_invitation_on_invites_nobody():
    ics = _reply("DELEGATED", params=';DELEGATED-TO="mailto:eve@example.org"')
    answer = read_answer(ics, "mara@example.com", EVENT)
    assert answer.kind == "delegated"
    assert "eve@example.org" in answer.findings[0].says()
    assert answered(EVENT, answer) == EVENT


@pytest.mark.parametrize(
    "when",
    [
        [
            "DTSTART;TZID=AUS Eastern Standard Time:20261202T100000",
            "DTEND;TZID=AUS Eastern Standard Time:20261202T160000",
        ],
        ["DTSTART;TZID=Australia/Sydney:20261202T100000", "DURATION:PT6H"],
        ["DTSTART:20261201T230000Z", "DTEND:20261202T050000Z"],
    ],
)
def test_a_counter_proposal_names_its_time(when):
    answer = read_answer(_reply("TENTATIVE", method="COUNTER", more=when), "mara@example.com", EVENT)
    assert answer.kind == "counter"
    start = datetime(2026, 12, 1, 23, tzinfo=UTC)
    assert answer.proposed == Span(start=start, end=start + timedelta(hours=6))
    assert answered(EVENT, answer) == EVENT


@pytest.mark.parametrize(
    "when",
    [
        [],
        ["DTSTART;TZID=Middle-earth:20261202T100000", "DURATION:PT6H"],
        ["DTSTART:20261202T100000Z", "DTEND:20261202T100000Z"],
        ["DTSTART:00010101T000000Z", "DTEND:99991231T000000Z"],
        ["DTSTART;VALUE=DATE:20261202"],
    ],
)
def test_a_counter_proposal_without_a_time_says_so(when):
    answer = read_answer(_reply(method="COUNTER", more=when), "mara@example.com", EVENT)
    assert (answer.kind, answer.proposed) == ("counter", None)
    assert [finding.code for finding in answer.findings] == ["answer_proposes_no_time"]
