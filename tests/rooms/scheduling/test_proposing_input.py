"""What cannot be meant is refused in one clear sentence; what is only awkward is planned around."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from msgspec.structs import replace
from rooms.scheduling.proposing_problems import at, house, member, room, session, span

from controlroom.base.errors import UsageError
from controlroom.rooms.scheduling.propose import propose, violations
from controlroom.rooms.scheduling.session import Proposal, Span, Wanted

ANN = member("ann")


def refusal(*wanted: Wanted, **more: object) -> str:
    given = {"members": [ANN], "rooms": [room()], "gear": [], "house": house(), **more}
    with pytest.raises(UsageError) as caught:
        propose(wanted, **given)  # type: ignore[arg-type]
    return str(caught.value)


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"needed": ("bob",)}, "Mix: it names a person 'bob' that is not there"),
        ({"rooms": ("z",)}, "Mix: it names a room 'z' that is not there"),
        ({"gear": ("kit",)}, "Mix: it names gear 'kit' that is not there"),
        ({"after": ("x",)}, "Mix: it names a session 'x' that is not there"),
        ({"length_min": -5}, "Mix: a session lasts from 1 minute to a day, breaks within, not -5 + 0 minutes"),
        ({"setup_min": -1}, "Mix: setup, teardown and breaks are 0 minutes or more"),
        ({"windows": (span(0, 12, 13),)}, "Mix: the longest of its windows has 60 minutes, it needs 120"),
        ({"windows": (Span(start=at(1, 9), end=at(0, 9)),)}, "ends before it begins"),
        ({"windows": (Span(start=datetime(2026, 12, 1), end=datetime(2026, 12, 2)),)}, "has no time zone"),  # noqa: DTZ001
        ({"after": ("mix",)}, "these sessions wait for each other: mix"),
    ],
)
def test_a_session_that_cannot_be_meant(changed: dict[str, object], says: str) -> None:
    assert says in refusal(replace(session("mix", 2, ("ann",)), **changed))


def test_a_house_that_cannot_be_meant() -> None:
    mix = session("mix")
    assert "lies before the first" in refusal(mix, house=house(0))
    assert "more than the 366" in refusal(mix, house=house(400))
    assert "not every 1" in refusal(mix, house=house(slot_min=1))
    assert "budget" in refusal(mix, house=house(budget_minor=-1))
    assert "no time zone 'Mars/Base'" in refusal(mix, house=house(time_zone="Mars/Base"))
    assert "no time zone '../etc'" in refusal(mix, members=[member("ann", zone="../etc")])
    assert "there is no room" in refusal(mix, rooms=[])
    assert "person 'ann' is given 2 times" in refusal(mix, members=[ANN, ANN])


def test_sessions_in_a_circle() -> None:
    drums = session("drums", kind="drums", songs=("x",), after=("vocals",))
    vocals = session("vocals", kind="vocals", songs=("x",))
    assert refusal(drums, vocals) == "these sessions wait for each other: drums, vocals"


def test_nothing_wanted_is_a_plan() -> None:
    found = propose([], [], [], [], house())
    assert found.optimal
    assert not found.placed


def test_fixed_sessions_that_overlap_are_told_and_planned_around() -> None:
    fixed = [
        session("one", 2, ("ann",), fixed=span(0, 10, 12), fixed_room="a"),
        session("two", 2, ("ann",), fixed=span(0, 11, 13), fixed_room="a"),
    ]
    question = [*fixed, session("new", 2, ("ann",))], [ANN], [room()], [], house(1)
    found = propose(*question)
    assert found.notes == (
        "One and Two are in Room A at once, with setup and teardown",
        "One and Two: Ann cannot be in both",
    )
    assert {one.id: one.start for one in found.placed}["new"] >= at(0, 13)
    assert violations(found, *question) == found.notes


def test_ten_thousand_busy_times() -> None:
    busy = tuple(
        Span(start=at(0, 0) + timedelta(minutes=7 * count), end=at(0, 0) + timedelta(minutes=7 * count + 6))
        for count in range(10_000)
    )
    found = propose([session("mix", 2, ("ann",))], [member("ann", busy=busy)], [room()], [], house(60))
    assert found.placed[0].start > busy[-1].end
    assert found.optimal


def test_hand_made_plans_are_told_what_they_break() -> None:
    wanted = [session("mix", 2, ("ann",), setup_min=30), session("keys", 1, ("ann",))]
    question = wanted, [member("ann", busy=(span(1, 10, 12),), travel_min=45)], [room()], [], house()
    found = propose(*question)
    assert violations(found, *question) == ()
    moved = [
        replace(one, start=at(1, 12.5), end=at(1, 14.5), booked=Span(start=at(1, 12), end=at(1, 14.5)))
        for one in found.placed
        if one.id == "mix"
    ]
    said = violations(Proposal(placed=tuple(moved)), *question)
    assert said == ("Mix: Ann is busy from 1 Dec 10:00 to 12:00 and needs 45 min for the way", "Keys has no time")
