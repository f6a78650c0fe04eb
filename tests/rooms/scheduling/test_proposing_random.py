"""Random questions: whatever the solver proposes holds against the verifier, and on tiny ones nothing is better."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import chain, combinations, product
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rooms.scheduling.proposing_problems import Question, at, random_question

from controlroom.rooms.scheduling.propose import propose, violations, wishes
from controlroom.rooms.scheduling.session import House, Member, Placed, Proposal, Span, StudioRoom, Wanted

MINUTE = timedelta(minutes=1)


@settings(max_examples=25, deadline=None, derandomize=True)
@given(st.integers(0, 10**6), st.integers(2, 7))
def test_what_is_proposed_holds(seed: int, sessions: int) -> None:
    question = random_question(seed, sessions=sessions, people=4, days=4, slot_min=30)
    found = propose(*question, most_s=3)
    if found.placed:
        assert set(violations(found, *question)) <= set(found.notes)
        assert {one.id for one in found.placed} == {one.id for one in question[0]}
    else:
        assert found.relax


@pytest.mark.parametrize("seed", range(14))
def test_nothing_is_better_on_a_tiny_question(seed: int) -> None:
    question = random_question(seed, sessions=2, people=2, days=2, slot_min=120)
    best = min((cost(plan, question) for plan in every_plan(question)), default=None)
    found = propose(*question, most_s=10)
    if best is None:
        assert not found.placed
        assert found.relax
    else:
        assert found.optimal
        assert cost(found.placed, question) == best


def every_plan(question: Question) -> Iterator[tuple[Placed, ...]]:
    wanted, members, rooms, gear, house = question
    rest = members, rooms, gear, house
    allowed = violations(Proposal(), [one for one in wanted if one.fixed], *rest)

    def alone(one: Wanted) -> list[Placed]:
        found = places(one, rooms, house)
        return [at for at in found if one.fixed or not violations(Proposal(placed=(at,)), [one], *rest)]

    for plan in product(*map(alone, wanted)):
        if set(violations(Proposal(placed=plan), *question)) <= set(allowed):
            yield plan


def places(one: Wanted, rooms: list[StudioRoom], house: House) -> list[Placed]:
    if one.fixed:
        return [placed(one, one.fixed.start, one.fixed_room, ())]
    days = (house.last - house.first).days + 1
    starts = [at(day, hour) for day in range(days) for hour in range(0, 24, house.slot_min // 60)]
    absent = chain.from_iterable(combinations(one.optional, count) for count in range(len(one.optional) + 1))
    return [placed(one, start, room.id, missing) for start, room, missing in product(starts, rooms, list(absent))]


def placed(one: Wanted, start: datetime, room: str, missing: tuple[str, ...]) -> Placed:
    start = start.astimezone(UTC)
    end = one.fixed.end if one.fixed else start + (one.length_min + one.break_min) * MINUTE
    booked = Span(start=start - one.setup_min * MINUTE, end=end + one.teardown_min * MINUTE)
    return Placed(id=one.id, room=room, start=start, end=end, booked=booked, missing=missing)


def cost(plan: tuple[Placed, ...], question: Question) -> int:
    """The wishes, counted by clocks: written apart from the tables and the objective."""
    wanted, members, rooms, _, house = question
    sessions = {one.id: one for one in wanted}
    total = 0
    for one in plan:
        if sessions[one.id].fixed is None:
            total += session_cost(one, sessions[one.id], members, rooms, house)
    total += builds(plan, sessions, house) * wishes.REBUILD
    for person in members:
        total += days_cost(person, [one for one in plan if comes(person, one, sessions[one.id])], sessions, house)
    return total


def comes(person: Member, one: Placed, of: Wanted) -> bool:
    return person.id in (*of.needed, *of.optional) and person.id not in one.missing


def day_of(one: Placed, house: House) -> int:
    return (one.start.astimezone(ZoneInfo(house.time_zone)).date() - house.first).days


def session_cost(one: Placed, of: Wanted, members: list[Member], rooms: list[StudioRoom], house: House) -> int:
    total = (one.start - at(0, 0)) // MINUTE * wishes.DAY // 1440 + wishes.MISSING * len(one.missing)
    if one.start.astimezone(ZoneInfo(house.time_zone)).weekday() >= 5:
        total += wishes.WEEKEND
    room = next(room for room in rooms if room.id == one.room)
    rates = [(room.rate_minor, (one.booked.end - one.booked.start) // MINUTE)]
    for person in members:
        if comes(person, one, of):
            total += person_cost(person, one)
            rates.append((person.rate_minor, (one.end - one.start) // MINUTE))
    return total + sum(round(int(rate * minutes / 60 + 0.5) * wishes.MONEY) for rate, minutes in rates)


def person_cost(person: Member, one: Placed) -> int:
    minutes = [one.start + count * MINUTE for count in range((one.end - one.start) // MINUTE)]
    own = [minute.astimezone(ZoneInfo(person.time_zone)).time() for minute in minutes]
    odd = sum(not wishes.CIVIL[0] <= clock < wishes.CIVIL[1] for clock in own) * wishes.ODD_MIN
    if not (person.likes or person.can or person.cannot) or covered(minutes, person.likes):
        return odd
    return odd + (wishes.RATHER_NOT if covered(minutes, (*person.likes, *person.can)) else wishes.UNANSWERED)


def covered(minutes: list[datetime], spans: tuple[Span, ...]) -> bool:
    return all(any(span.start <= minute < span.end for span in spans) for minute in minutes)


def builds(plan: tuple[Placed, ...], sessions: dict[str, Wanted], house: House) -> int:
    def built(of_fixed: bool) -> set[tuple[int, str, tuple[str, ...]]]:
        return {
            (day_of(one, house), one.room, tuple(sorted(of.gear)))
            for one in plan
            for of in [sessions[one.id]]
            if (of.gear or of.setup_min) and (of.fixed is not None) == of_fixed
        }

    return len(built(False) - built(True))


def days_cost(person: Member, mine: list[Placed], sessions: dict[str, Wanted], house: House) -> int:
    total = 0
    for day in {day_of(one, house) for one in mine}:
        here = [one for one in mine if day_of(one, house) == day]
        open_ = [one for one in here if sessions[one.id].fixed is None]
        if not open_:
            continue
        if len(open_) == len(here):
            total += wishes.TRIP + 2 * wishes.TRIP_MIN * person.travel_min
        whole = (max(one.end for one in here) - min(one.start for one in here)) // MINUTE
        total += wishes.IDLE_MIN * max(whole - sum((one.end - one.start) // MINUTE for one in here), 0)
    return total
