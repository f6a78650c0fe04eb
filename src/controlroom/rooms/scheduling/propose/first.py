"""A first plan, as somebody with a calendar makes it: one by one, each at its cheapest time.

What must be over first comes first, then what has the fewest times. It gives the solver something
to better from the first moment on; it may leave sessions without a time.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from controlroom.rooms.scheduling.availability import Flags, Minutes
from controlroom.rooms.scheduling.propose import wishes
from controlroom.rooms.scheduling.propose.check import before
from controlroom.rooms.scheduling.propose.give import PAIN, hours_pain, loose_starts, out_of_reach
from controlroom.rooms.scheduling.propose.problem import Problem, fixed_cost, length_of, people_of
from controlroom.rooms.scheduling.session import Wanted

TRIES = 6


class Spot(NamedTuple):
    """Where a session lies: the minute it starts, the day, its room, and the people who come."""

    start: int
    day: int
    room: str
    people: tuple[str, ...]


class _Desk:
    """The plan as it grows."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.spots: dict[str, Spot] = {}
        self.spent = np.zeros(problem.grid.days, np.int64)
        for id_, (start, _) in problem.fixed.items():
            one = problem.wanted[id_]
            self._note(
                id_, Spot(start, problem.grid.day_of(start), one.fixed_room, people_of(one)), fixed_cost(problem, id_)
            )

    def _note(self, id_: str, spot: Spot, cost: int) -> None:
        self.spots[id_] = spot
        if 0 <= spot.day < len(self.spent):
            self.spent[spot.day] += cost

    def place(self, one: Wanted) -> bool:
        """Give a session its cheapest time; False: there is none left."""
        problem, table = self.problem, self.problem.open[one.id]
        free = table.strict() & self._in_order(one) & self._gear_left(one)
        for person in one.needed:
            free &= self._can(person, one)
        wish = wishes.session_wish(problem) + sum(self._bother(person, one) for person in one.needed)
        people_cost = sum(problem.person_cost(person, one) for person in one.needed)
        best: tuple[int, int, str] | None = None
        for room in table.asked_rooms():
            cost = people_cost + problem.room_cost(room, one)
            fits = free & table.rooms[room].free & self._room_left(room, one) & self._affords(cost)
            if fits.any():
                index = int(np.argmin(np.where(fits, wish, np.iinfo(np.int64).max)))
                found = int(wish[index]) + wishes.money_wish(problem.room_cost(room, one)), index, room
                best = min(best, found) if best else found
        if best is None:
            return False
        _, index, room = best
        self._settle(one, index, room, people_cost + problem.room_cost(room, one))
        return True

    def squeeze(self, one: Wanted) -> None:
        """Where nothing is left: the time and the room that are least painful, without whom it does not suit."""
        table, starts = self.problem.open[one.id], self.problem.starts
        can = {person: self._can(person, one) for person in one.needed}
        pain = np.where(table.in_window, 0, PAIN["window"])
        for person, free in can.items():
            pain = pain + np.where(
                free, hours_pain(table.people[person], "person_hours", PAIN["needed"]), PAIN["needed"]
            )
        fits = self._in_order(one) & self._gear_left(one) & table.gear_there & loose_starts(table)
        best: tuple[int, int, str] | None = None
        for room, suit in table.rooms.items():
            there = fits & self._room_left(room, one) & ~out_of_reach(suit)
            if there.any():
                total = pain + hours_pain(suit, "room_hours", 0) + PAIN["room"] * (room not in table.asked_rooms())
                index = int(np.argmin(np.where(there, total, np.iinfo(np.int64).max)))
                best = min(best or (int(total[index]) + 1, 0, ""), (int(total[index]), index, room))
        if best is not None:
            _, index, room = best
            people = tuple(id_ for id_ in can if can[id_][index] and not out_of_reach(table.people[id_])[index])
            cost = self.problem.room_cost(room, one) + sum(self.problem.person_cost(id_, one) for id_ in people)
            self._note(one.id, Spot(int(starts[index]), int(self.problem.start_days[index]), room, people), cost)

    def _settle(self, one: Wanted, index: int, room: str, cost: int) -> None:
        """Take the time, with everybody optional who can come and whom the budget still bears."""
        table, budget, people = self.problem.open[one.id], self.problem.house.budget_minor, list(one.needed)
        day = int(self.problem.start_days[index])
        for person in one.optional:
            more = self.problem.person_cost(person, one)
            bears = budget is None or self.spent[day] + cost + more <= budget
            if bears and table.people[person].free[index] and self._can(person, one)[index]:
                people.append(person)
                cost += more
        self._note(one.id, Spot(int(self.problem.starts[index]), day, room, tuple(people)), cost)

    def _apart(self, start: int, end: int, before_min: int, length_min: int, gap_before: int, gap_after: int) -> Flags:
        """The starts whose stretch is over `gap_before` before `start`, or begins `gap_after` after `end`."""
        begins = self.problem.starts - before_min
        return (begins + length_min + gap_before <= start) | (begins >= end + gap_after)

    def _can(self, person: str, one: Wanted) -> Flags:
        problem, house, member = self.problem, self.problem.house, self.problem.members[person]
        free = np.ones(len(problem.starts), np.bool_)
        rest, voice = round(house.rest_h * 60) + 2 * member.travel_min, round(house.voice_rest_h * 60)
        minutes = np.zeros(problem.grid.days, np.int64)
        for id_, spot in self.spots.items():
            other = problem.wanted[id_]
            if person not in spot.people:
                continue
            end, length = spot.start + self._length(id_), length_of(one)
            singing = member.sings and one.kind == other.kind == "vocals"
            gap = voice if singing else 0
            free &= self._apart(spot.start, end, 0, length, gap, gap)
            free &= self._apart(spot.start, end, 0, length, rest, rest) | (problem.start_days == spot.day)
            if 0 <= spot.day < len(minutes):
                minutes[spot.day] += self._length(id_)
        return free & (minutes[problem.start_days] + length_of(one) <= house.most_h * 60)

    def _length(self, id_: str) -> int:
        if id_ in self.problem.fixed:
            start, end = self.problem.fixed[id_]
            return end - start
        return length_of(self.problem.wanted[id_])

    def _booked_apart(self, id_: str, one: Wanted) -> Flags:
        other, spot = self.problem.wanted[id_], self.spots[id_]
        first, last = spot.start - other.setup_min, spot.start + self._length(id_) + other.teardown_min
        return self._apart(first, last, one.setup_min, one.setup_min + length_of(one) + one.teardown_min, 0, 0)

    def _room_left(self, room: str, one: Wanted) -> Flags:
        free = np.ones(len(self.problem.starts), np.bool_)
        for id_, spot in self.spots.items():
            if spot.room == room:
                free &= self._booked_apart(id_, one)
        return free

    def _gear_left(self, one: Wanted) -> Flags:
        free = np.ones(len(self.problem.starts), np.bool_)
        for id_ in one.gear:
            used = self.problem.gear_used[id_].copy()
            for other, spot in self.spots.items():
                if id_ in self.problem.wanted[other].gear and other not in self.problem.fixed:
                    mine = self.problem.wanted[other]
                    low = spot.start - mine.setup_min - self.problem.grid.begin
                    used[low : low + mine.setup_min + length_of(mine) + mine.teardown_min] += 1
            free &= self.problem.booked_minutes(used >= self.problem.gear[id_].count, one) == 0
        return free

    def _in_order(self, one: Wanted) -> Flags:
        starts, free = self.problem.starts, np.ones(len(self.problem.starts), np.bool_)
        for id_, spot in self.spots.items():
            other = self.problem.wanted[id_]
            if before(other, one):
                free &= starts >= spot.start + self._length(id_)
            if before(one, other):
                free &= starts + length_of(one) <= spot.start
        return free

    def _affords(self, cost: int) -> Flags:
        budget = self.problem.house.budget_minor
        if budget is None:
            return np.ones(len(self.problem.starts), np.bool_)
        return np.asarray((self.spent + cost <= budget)[self.problem.start_days])

    def _bother(self, person: str, one: Wanted) -> Minutes:
        """What each start costs one person; a day on which they come anyway costs no trip."""
        days = np.full(self.problem.grid.days, wishes.trip_wish(self.problem.members[person]), np.int64)
        for spot in self.spots.values():
            if person in spot.people and 0 <= spot.day < len(days):
                days[spot.day] = 0
        return wishes.person_wish(self.problem, person, one) + days[self.problem.start_days]


def first_plan(problem: Problem) -> dict[str, Spot]:
    """Where each open session could lie; those that found no time are left out.

    What found none is tried earlier the next time (squeaky wheel), a few times.
    """
    best: dict[str, Spot] = {}
    urgent: list[str] = []
    for _ in range(TRIES):
        plan, left_out = _one_by_one(problem, urgent, squeeze=False)
        if len(plan) > len(best):
            best = plan
        if not left_out:
            break
        urgent = [*left_out, *(id_ for id_ in urgent if id_ not in left_out)]
    return best


def squeezed_plan(problem: Problem) -> dict[str, Spot]:
    """The same in one go; what finds no time is squeezed in against demands, where that helps."""
    return _one_by_one(problem, [], squeeze=True)[0]


def _one_by_one(problem: Problem, urgent: list[str], *, squeeze: bool) -> tuple[dict[str, Spot], list[str]]:
    """The plan, and what found no time."""
    desk, left_out = _Desk(problem), []
    waiting = {id_: table.wanted for id_, table in problem.open.items()}
    times = {id_: int(table.strict().sum()) for id_, table in problem.open.items()}
    rank = {id_: (id_ not in urgent, times[id_], id_) for id_ in waiting}
    for id_ in urgent:  # what has to be over first is as urgent
        for other in waiting.values():
            if before(other, waiting[id_]):
                rank[other.id] = min(rank[other.id], (False, times[other.id], other.id))
    while waiting:
        ready = [one for one in waiting.values() if not any(before(other, one) for other in waiting.values())]
        following = min(ready, key=lambda one: rank[one.id])
        if not desk.place(waiting.pop(following.id)):
            left_out.append(following.id)
            if squeeze:
                desk.squeeze(following)
    return {id_: spot for id_, spot in desk.spots.items() if id_ in problem.open}, left_out
