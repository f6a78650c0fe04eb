"""One session, and a week of a song: why there, what it costs whom, and what else there is."""

from __future__ import annotations

import time

import pytest
from msgspec.structs import replace
from rooms.scheduling.proposing_problems import at, hours, house, member, room, session, span

from controlroom.base.errors import Cancelled
from controlroom.rooms.scheduling.propose import propose, violations
from controlroom.rooms.scheduling.session import Gear, House, Member, Placed, StudioRoom, Wanted


def plan(
    wanted: list[Wanted], members: list[Member], rooms: list[StudioRoom], rules: House, gear: tuple[Gear, ...] = ()
) -> dict[str, Placed]:
    found = propose(wanted, members, rooms, gear, rules)
    assert violations(found, wanted, members, rooms, gear, rules) == ()
    assert found.optimal
    return {one.id: one for one in found.placed}


def test_the_earliest_time_and_five_other_days() -> None:
    found = propose([session("mix", 3, ("ann",), setup_min=30)], [member("ann")], [room(), room("b")], [], house(5))
    (one,) = found.placed
    assert (one.start, one.end) == (at(0, 10.5), at(0, 13.5))
    assert (one.booked.start, one.booked.end) == (at(0, 10), at(0, 13.5))
    assert one.reasons[0] == "The earliest time at which everybody needed can"
    days = [other.start.date() for other in found.alternatives]
    assert days[:4] == [at(day, 12).date() for day in range(1, 5)]
    assert len(found.alternatives) == 5
    places = {(other.start.date(), other.room) for other in (*found.placed, *found.alternatives)}
    assert len(places) == 6


def test_what_a_slot_costs_whom() -> None:
    people = [
        member("mira", zone="America/New_York"),
        member("tom", busy=(span(0, 8, 23),)),
        member("ann", likes=(span(0, 18, 20),), can=(span(0, 10, 18),), travel_min=40),
    ]
    wanted = [session("call", 2, ("mira", "ann"), optional=("tom",), windows=(span(0, 13, 16),))]
    one = plan(wanted, people, [room()], house(1))["call"]
    assert one.start == at(0, 14)
    assert one.missing == ("tom",)
    assert one.costs == {
        "mira": "Mira: begins at 8:00 by their own clock (America/New_York)",
        "ann": "Ann: would rather not at this time (poll), twice 40 min on the way for this session alone",
        "tom": "Tom cannot come (optional)",
    }


def test_a_poll_is_heard() -> None:
    fan = member("ann", likes=(span(2, 14, 18),), can=(span(1, 10, 20),))
    one = plan([session("mix", 2, ("ann",))], [fan], [room()], house(5))["mix"]
    assert one.start == at(2, 14)
    assert "Ann asked for this time" in one.reasons


def test_drums_first_then_overdubs_then_the_mix() -> None:
    wanted = [
        session("mix", 2, kind="mix", songs=("x",)),
        session("voice", 2, kind="vocals", songs=("x", "y")),
        session("drums", 2, kind="drums", songs=("x",)),
        session("bass", 2, kind="rhythm", songs=("x",)),
        session("other", 2, kind="vocals", songs=("z",)),
    ]
    found = plan(wanted, [], [room(), room("b")], house(5))
    assert max(found["drums"].end, found["bass"].end) <= found["voice"].start
    assert found["voice"].end <= found["mix"].start
    assert any(reason.startswith("It follows Voice") for reason in found["mix"].reasons)


def test_one_way_for_two_sessions_and_a_room_that_stays_built_up() -> None:
    people = [member("ann", travel_min=60), member("tom", busy=(span(0, 9, 23),))]
    wanted = [
        session("solo", 2, ("ann",), gear=("kit",), setup_min=60),
        session("duo", 2, ("ann", "tom"), gear=("kit",), setup_min=60),
    ]
    found = plan(wanted, people, [room("a", 9, 22)], house(3), (Gear(id="kit", name="Kit"),))
    assert found["solo"].start.date() == found["duo"].start.date() == at(1, 12).date()
    late = max(found.values(), key=lambda one: one.start)
    early = min(found.values(), key=lambda one: one.start)
    assert f"Ann comes once for this and {early.id.title()}" in late.reasons
    assert f"Room A stays built up as for {early.id.title()}" in late.reasons


def test_the_way_lies_between_an_appointment_and_a_session() -> None:
    far = member("ann", travel_min=75, busy=(span(0, 8, 10), span(0, 16, 17)))
    one = plan([session("mix", 3, ("ann",), windows=(span(0, 8, 20),))], [far], [room("a", 8, 20)], house(1))["mix"]
    assert (one.start, one.end) == (at(0, 11.5), at(0, 14.5))


def test_breaks_are_within_and_buffers_around() -> None:
    wanted = [
        session("one", 4, break_min=60, teardown_min=30),
        session("two", 2, setup_min=30, after=("one",)),
    ]
    found = plan(wanted, [], [room("a", 10, 20)], house(1))
    assert (found["one"].start, found["one"].end) == (at(0, 10), at(0, 15))
    assert found["two"].start == at(0, 16)


def test_a_fixed_session_stays_and_its_calendar_entry_is_no_appointment_elsewhere() -> None:
    ann = member("ann", travel_min=90, busy=(span(0, 10, 13),))
    wanted = [
        session("stands", 3, ("ann",), fixed=span(0, 10, 13), fixed_room="a"),
        session("new", 2, ("ann",)),
    ]
    found = plan(wanted, [ann], [room()], house(2))
    assert found["stands"].start == at(0, 10)
    assert found["new"].start == at(0, 13)


def test_the_same_question_has_the_same_answer() -> None:
    people = [member(id_, hours=hours(10, 18), travel_min=30) for id_ in ("ann", "tom", "mia")]
    wanted = [
        session(f"s{index}", 2, (people[index % 3].id, people[(index + 1) % 3].id), kind="vocals") for index in range(5)
    ]
    question = wanted, people, [room(), room("b")], [], house(5)
    first, second = (replace(propose(*question), seconds=0.0) for _ in range(2))
    assert first == second


def test_it_stops_when_asked() -> None:
    calls = []

    def stop(done: float, total: float, what: str = "") -> None:
        calls.append((done, total, what))
        if what == "planning":
            raise Cancelled

    people = [member(f"p{index}") for index in range(8)]
    wanted = [session(f"s{index}", 2, (f"p{index % 8}", f"p{index * 3 % 8}")) for index in range(25)]
    begun = time.process_time()
    with pytest.raises(Cancelled):
        propose(wanted, people, [room(), room("b")], [], house(20), progress=stop, most_s=60)
    assert calls[-1][2] == "planning"
    assert time.process_time() - begun < 20
