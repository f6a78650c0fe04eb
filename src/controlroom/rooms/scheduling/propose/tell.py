"""A plan in words: why each session lies where it lies, and what that costs whom."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import numpy as np

from controlroom.rooms.scheduling.availability import moment_of
from controlroom.rooms.scheduling.propose import wishes
from controlroom.rooms.scheduling.propose.aims import setup_of
from controlroom.rooms.scheduling.propose.check import before, zone_of
from controlroom.rooms.scheduling.propose.first import Spot
from controlroom.rooms.scheduling.propose.problem import Problem, fixed_cost, length_of, people_of
from controlroom.rooms.scheduling.session import Member, Placed, Span, Wanted


class Telling:
    """Says of each session of a plan what `wishes` counted."""

    def __init__(self, problem: Problem, plan: Mapping[str, Spot]) -> None:
        self._problem = problem
        self._spots = dict(plan)
        for id_, (start, _) in problem.fixed.items():
            one = problem.wanted[id_]
            self._spots[id_] = Spot(start, problem.grid.day_of(start), one.fixed_room, people_of(one))

    def placed(self, id_: str) -> Placed:
        problem, spot = self._problem, self._spots[id_]
        one = problem.wanted[id_]
        if one.fixed:
            first, last = map(moment_of, problem.booked(id_))
            start, end = one.fixed.start, one.fixed.end
            why: list[str] = ["It stands at this time already"]
            costs: dict[str, str] = {}
            cost = fixed_cost(problem, id_)
        else:
            start, end = moment_of(spot.start), moment_of(spot.start + length_of(one))
            first, last = moment_of(spot.start - one.setup_min), moment_of(self._end(id_) + one.teardown_min)
            why, costs = self._reasons(one, spot), self._costs(one, spot)
            cost = problem.room_cost(spot.room, one) + sum(problem.person_cost(person, one) for person in spot.people)
        return Placed(
            id=id_,
            room=spot.room,
            start=start,
            end=end,
            booked=Span(start=first, end=last),
            missing=tuple(person for person in one.optional if person not in spot.people),
            reasons=tuple(why),
            costs=costs,
            cost_minor=cost,
        )

    def _end(self, id_: str) -> int:
        return (
            self._problem.fixed[id_][1]
            if id_ in self._problem.fixed
            else (self._spots[id_].start + length_of(self._problem.wanted[id_]))
        )

    def _title(self, id_: str) -> str:
        return self._problem.wanted[id_].title or id_

    def _names(self, people: tuple[str, ...] | list[str]) -> str:
        return listed([self._problem.members[person].name for person in people])

    def _index(self, spot: Spot) -> int:
        return int(np.searchsorted(self._problem.starts, spot.start))

    def _reasons(self, one: Wanted, spot: Spot) -> list[str]:
        problem, index = self._problem, self._index(spot)
        said = []
        table = problem.open[one.id]
        if int(np.flatnonzero(table.strict())[0]) == index:
            said.append("The earliest time at which everybody needed can")
        elif one.needed:
            said.append("Everybody needed can: " + self._names(one.needed))
        if one.optional and len(spot.people) == len(one.needed) + len(one.optional):
            said.append(f"{self._names(one.optional)} can come too (optional)")
        polled = [id_ for id_ in spot.people if problem.members[id_].likes]
        liked = [id_ for id_ in polled if wishes.poll_wish(problem, problem.members[id_], one)[index] == 0]
        if liked:
            said.append(f"{self._names(liked)} asked for this time")
        for other in self._that_day(one, spot):
            both = [id_ for id_ in spot.people if id_ in self._spots[other].people]
            if both:
                comes = "comes" if len(both) == 1 else "come"
                said.append(f"{self._names(both)} {comes} once for this and {self._title(other)}")
        said += self._kept(one, spot)
        after = [id_ for id_ in self._spots if before(problem.wanted[id_], one)]
        if after:
            latest = max(after, key=self._end)
            said.append(f"It follows {self._title(latest)}, which has to be over first")
        return said

    def _kept(self, one: Wanted, spot: Spot) -> list[str]:
        setup = setup_of(one)
        for other in self._that_day(one, spot):
            same = self._spots[other].room == spot.room and setup_of(self._problem.wanted[other]) == setup
            if setup is not None and same:
                room = self._problem.rooms[spot.room].name
                return [f"{room} stays built up as for {self._title(other)}"]
        return []

    def _that_day(self, one: Wanted, spot: Spot) -> list[str]:
        same = [id_ for id_, other in self._spots.items() if other.day == spot.day and id_ != one.id]
        return sorted(same, key=lambda id_: (self._spots[id_].start, id_))

    def _costs(self, one: Wanted, spot: Spot) -> dict[str, str]:
        costs = {}
        for id_ in people_of(one):
            if id_ not in spot.people:
                costs[id_] = f"{self._problem.members[id_].name} cannot come (optional)"
            elif words := self._bother(self._problem.members[id_], one, spot):
                costs[id_] = f"{self._problem.members[id_].name}: {', '.join(words)}"
        return costs

    def _bother(self, member: Member, one: Wanted, spot: Spot) -> list[str]:
        problem, index = self._problem, self._index(spot)
        zone = zone_of(member.time_zone, member.name)
        start, end = (moment_of(minute).astimezone(zone) for minute in (spot.start, self._end(one.id)))
        said = []
        if wishes.odd_minutes(problem, member, one)[index]:
            where = f" ({member.time_zone})" if member.time_zone != problem.house.time_zone else ""
            said.append(f"{_odd_hours(start, end)} by their own clock{where}")
        poll = int(wishes.poll_wish(problem, member, one)[index])
        if poll == wishes.RATHER_NOT:
            said.append("would rather not at this time (poll)")
        if poll == wishes.UNANSWERED:
            said.append("has not answered for this time (poll)")
        if wait := self._wait(member, one, spot):
            previous = self._title(self._previous(member, one, spot))
            said.append(f"waits {wait // 60} h {wait % 60:02d} min for it after {previous}")
        if spot.day >= 0 and (problem.grid.first.weekday() + spot.day) % 7 >= 5:
            said.append(f"on a {problem.grid.date_of(spot.day):%A}")
        if member.travel_min and not self._others_with(member, one, spot):
            said.append(f"twice {member.travel_min} min on the way for this session alone")
        return said

    def _others_with(self, member: Member, one: Wanted, spot: Spot) -> list[str]:
        return [id_ for id_ in self._that_day(one, spot) if member.id in self._spots[id_].people]

    def _previous(self, member: Member, one: Wanted, spot: Spot) -> str:
        earlier = [id_ for id_ in self._others_with(member, one, spot) if self._end(id_) <= spot.start]
        return max(earlier, key=self._end, default="")

    def _wait(self, member: Member, one: Wanted, spot: Spot) -> int:
        previous = self._previous(member, one, spot)
        return spot.start - self._end(previous) if previous else 0


def _odd_hours(start: datetime, end: datetime) -> str:
    if start.time() < wishes.CIVIL[0]:
        return f"begins at {start:%-H:%M}"
    return f"ends at {end:%-H:%M}"


def listed(names: list[str]) -> str:
    """`A, B and C`."""
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)
