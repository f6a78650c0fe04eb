"""The problem as a CP-SAT model: every demand as a constraint, which may give way at a price where that is asked.

A session's start is one of its candidates (exactly one literal is true); days and rooms are literals of their own, so
that costs by day stay linear. Strict, nothing gives way and only starts without any objection are candidates.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations, pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from controlroom.rooms.scheduling.availability import Flags, Range
from controlroom.rooms.scheduling.propose.check import before
from controlroom.rooms.scheduling.propose.first import Spot
from controlroom.rooms.scheduling.propose.give import MINUTE, PAIN, REACH_MIN, Give, Key, loose_starts, out_of_reach
from controlroom.rooms.scheduling.propose.problem import Candidates, Problem, Suit, fixed_cost, people_of

if TYPE_CHECKING:
    from ortools.sat.python.cp_model import CpModel, IntervalVar, IntVar


class Node:
    """One session in the model.

    `start` is a variable (or the minute it is fixed at); literals: `on` (it takes place), `day` by day, `room` by room,
    `place` by (day, room), `there` by person, `comes` by (person, day).
    """

    def __init__(self, id_: str, length_min: int) -> None:
        self.id, self.length_min = id_, length_min
        self.start: Any = 0
        self.on: Any = None
        self.starts: list[int] = []
        self.chosen: list[IntVar] = []
        self.day: dict[int, Any] = {}
        self.room: dict[str, Any] = {}
        self.place: dict[tuple[int, str], Any] = {}
        self.there: dict[str, Any] = {}
        self.comes: dict[tuple[str, int], Any] = {}
        self.reach: dict[int, Range] = {}

    @property
    def end(self) -> Any:
        return self.start + self.length_min


class Model:
    """The constraints over all sessions. `give` None: strict."""

    def __init__(self, problem: Problem, give: Give | None, model: CpModel) -> None:
        self.problem, self.give, self.model = problem, give, model
        self.yes = model.new_constant(1)
        self.nodes = {id_: self._fixed_node(id_) for id_ in problem.fixed}
        self.open = {id_: self._open_node(id_, table) for id_, table in problem.open.items()}
        self.nodes |= self.open
        self._rooms()
        self._gear()
        self._people()
        self._orders()
        self._budget()

    def _fixed_node(self, id_: str) -> Node:
        start, end = self.problem.fixed[id_]
        node, day = Node(id_, end - start), self.problem.grid.day_of(start)
        node.start, node.on, node.starts = start, self.yes, [start]
        node.day, node.reach = {day: self.yes}, {day: (start, start)}
        for person in people_of(self.problem.wanted[id_]):
            node.there[person] = node.comes[person, day] = self.yes
        return node

    def _open_node(self, id_: str, table: Candidates) -> Node:
        node = Node(id_, table.length_min)
        kept = table.strict() if self.give is None else loose_starts(table)
        rooms = table.asked_rooms() if self.give is None else tuple(table.rooms)
        starts, days = table.starts[kept], table.days[kept]
        node.starts = starts.tolist()
        node.chosen = [self.model.new_bool_var("") for _ in node.starts]
        node.on = self.yes if self.give is None else self.give.may(("session", (id_,)), PAIN["session"]).negated()
        self.model.add(sum(node.chosen) == node.on)
        node.start = sum(x * start for x, start in zip(node.chosen, node.starts, strict=True))
        if self.give is not None:
            node.start += node.on.negated() * self.problem.grid.begin
        begins = self.model.new_int_var_from_domain(_domain([self.problem.grid.begin, *node.starts]), "")
        self.model.add(begins == node.start)
        node.start = begins
        self._days_and_rooms(node, days.tolist(), rooms)
        for room in rooms:
            self._suits_room(node, room, table.rooms[room].at(kept), days)
        for person in people_of(table.wanted):
            self._suits_person(node, person, table.people[person].at(kept), days)
        if self.give is not None:
            self._gives(node, table, kept, self.give)
        return node

    def _gives(self, node: Node, table: Candidates, kept: Flags, give: Give) -> None:
        """What a session itself may give up: its rooms, its windows; and what the minutes out of hours cost."""
        for room in node.room:
            if room not in table.asked_rooms():
                self.model.add_implication(node.room[room], give.may(("room", (node.id, room)), PAIN["room"]))
        outside = _pick(node.chosen, ~table.in_window[kept])
        if outside:
            self.model.add(sum(outside) <= give.may(("window", (node.id,)), PAIN["window"]))
        late = np.min([table.rooms[room].closed for room in node.room], axis=0)
        for person in table.wanted.needed:
            late += np.minimum(table.people[person].closed, REACH_MIN)
        give.costs(node.chosen, (late[kept] * MINUTE).tolist())

    def _days_and_rooms(self, node: Node, days: list[int], rooms: Sequence[str]) -> None:
        by_day: dict[int, list[int]] = {}
        for index, day in enumerate(days):
            by_day.setdefault(day, []).append(index)
        for day, indices in by_day.items():
            node.day[day] = self.model.new_bool_var("")
            self.model.add(sum(node.chosen[index] for index in indices) == node.day[day])
            node.reach[day] = node.starts[indices[0]], node.starts[indices[-1]]
        if len(rooms) == 1:
            node.room = {rooms[0]: node.on}
            node.place = {(day, rooms[0]): literal for day, literal in node.day.items()}
            return
        for room in rooms:
            node.room[room] = self.model.new_bool_var("")
            for day in node.day:
                node.place[day, room] = self.model.new_bool_var("")
            self.model.add(sum(node.place[day, room] for day in node.day) == node.room[room])
        for day, literal in node.day.items():
            self.model.add(sum(node.place[day, room] for room in rooms) == literal)

    def _suits_room(self, node: Node, room: str, suit: Suit, days: np.ndarray[Any, Any]) -> None:
        for day in node.day:
            place, here = node.place[day, room], days == day
            taken = _pick(node.chosen, here & out_of_reach(suit))
            closed = _pick(node.chosen, here & ~out_of_reach(suit) & ~suit.free)
            if taken:
                self.model.add(sum(taken) + place <= 1)
            if closed:
                longer = self._may(("room_hours", (room,), day))
                self.model.add(sum(closed) + place <= 1 + longer)

    def _suits_person(self, node: Node, person: str, suit: Suit, days: np.ndarray[Any, Any]) -> None:
        """Literals for coming at all and on each day; who is needed comes, or gives way at a price."""
        needed = person in self.problem.wanted[node.id].needed
        if needed and self.give is None:
            node.there[person] = node.on
            node.comes |= {(person, day): literal for day, literal in node.day.items()}
            return
        if not needed and self.give is not None:
            return
        there = node.there[person] = self.model.new_bool_var("")
        if needed and self.give is not None:
            self.model.add_bool_or(
                there, node.on.negated(), self.give.may(("needed", (node.id, person)), PAIN["needed"])
            )
        for day, literal in node.day.items():
            comes = node.comes[person, day] = self.model.new_bool_var("")
            self.model.add_implication(comes, literal)
            here = days == day
            taken = _pick(node.chosen, here & out_of_reach(suit))
            closed = _pick(node.chosen, here & ~out_of_reach(suit) & ~suit.free)
            if taken:
                self.model.add(sum(taken) + comes <= 1)
            if closed:
                longer = self._may(("person_hours", (node.id, person)))
                self.model.add(sum(closed) + comes <= 1 + longer)
        self.model.add(sum(node.comes[person, day] for day in node.day) == there)

    def _booked(self, node: Node, literal: Any) -> IntervalVar:
        one = self.problem.wanted[node.id]
        whole = one.setup_min + node.length_min + one.teardown_min
        return self.model.new_optional_fixed_size_interval_var(node.start - one.setup_min, whole, literal, "")

    def _rooms(self) -> None:
        for room in self.problem.rooms:
            self.model.add_no_overlap(
                self._booked(node, node.room[room]) for node in self.open.values() if room in node.room
            )

    def _gear(self) -> None:
        for id_, piece in self.problem.gear.items():
            users = [node for node in self.open.values() if id_ in self.problem.wanted[node.id].gear]
            steps = list(_steps(np.minimum(self.problem.gear_used[id_], piece.count), self.problem.grid.begin))
            if len(users) + max((used for _, _, used in steps), default=0) <= piece.count:
                continue
            more = self._amount(("gear", (id_,)), len(users), PAIN["gear"])
            taken = [self.model.new_fixed_size_interval_var(start, end - start, "") for start, end, _ in steps]
            self.model.add_cumulative(
                [*taken, *(self._booked(node, node.on) for node in users)],
                [*(used for _, _, used in steps), *(1 for _ in users)],
                piece.count + more,
            )

    def _people(self) -> None:
        for person in self.problem.members:
            nodes = [node for node in self.nodes.values() if person in node.there]
            mine = [node for node in nodes if node.id in self.open]
            if len(mine) > 1:
                self.model.add_no_overlap(
                    self.model.new_optional_fixed_size_interval_var(node.start, node.length_min, node.there[person], "")
                    for node in mine
                )
            for one, other in combinations(nodes, 2):
                if one.id in self.open or other.id in self.open:
                    self._rest(person, one, other)
                    self._rest(person, other, one)
                    self._voice(person, one, other)
            self._most_hours(person, nodes)

    def _rest(self, person: str, first: Node, second: Node) -> None:
        """Days that follow each other too closely: `second` on a later day begins after the rest."""
        member = self.problem.members[person]
        gap = round(self.problem.house.rest_h * 60) + 2 * member.travel_min
        for day, (_, latest) in first.reach.items():
            for later, (earliest, _) in second.reach.items():
                if later > day and latest + first.length_min + gap > earliest:
                    less = self._amount(("rest", (person, first.id, second.id)), gap)
                    self.model.add(second.start - first.end + less >= gap).only_enforce_if(
                        first.comes[person, day], second.comes[person, later]
                    )

    def _voice(self, person: str, one: Node, other: Node) -> None:
        kinds = {self.problem.wanted[node.id].kind for node in (one, other)}
        gap = round(self.problem.house.voice_rest_h * 60)
        if not self.problem.members[person].sings or kinds != {"vocals"} or not gap:
            return
        both, first = (one.there[person], other.there[person]), self.model.new_bool_var("")
        for earlier, later, way in ((one, other, first), (other, one, first.negated())):
            less = self._amount(("voice", (person, earlier.id, later.id)), gap)
            self.model.add(later.start - earlier.end + less >= gap).only_enforce_if(*both, way)

    def _may(self, key: Key) -> Any:
        return 0 if self.give is None else self.give.may(key, PAIN[key[0]])

    def _amount(self, key: Key, most: int, each: int = MINUTE) -> Any:
        return 0 if self.give is None else self.give.amount(key, most, PAIN[key[0]], each)

    def _most_hours(self, person: str, nodes: Sequence[Node]) -> None:
        most = round(self.problem.house.most_h * 60)
        for day in sorted({day for node in nodes for day in node.day}):
            here = [node for node in nodes if day in node.day]
            mine = [node for node in here if node.id in self.open]
            already = sum(node.length_min for node in here if node.id not in self.open)
            if already + sum(node.length_min for node in mine) > most:
                over = self._amount(("most_h", (person,), day), already + sum(node.length_min for node in mine))
                total = sum(node.length_min * node.comes[person, day] for node in mine)
                self.model.add(total <= max(most - already, 0) + over)

    def _orders(self) -> None:
        wanted = self.problem.wanted
        for first in self.nodes.values():
            for second in self.nodes.values():
                if first.id in self.problem.fixed and second.id in self.problem.fixed:
                    continue
                if before(wanted[first.id], wanted[second.id]):
                    rule = self.model.add(first.end <= second.start)
                    if self.give is not None:
                        anyway = self.give.may(("order", (first.id, second.id)), PAIN["order"])
                        rule.only_enforce_if(first.on, second.on, anyway.negated())

    def _budget(self) -> None:
        budget = self.problem.house.budget_minor
        if budget is None:
            return
        for day in sorted({day for node in self.open.values() for day in node.day}):
            terms, dearest = [], 0
            for node in self.open.values():
                here = list(self.costs(node, day))
                terms += [literal * minor for literal, minor in here]
                dearest += sum(minor for _, minor in here)
            already = sum(fixed_cost(self.problem, id_) for id_ in self.problem.fixed if day in self.nodes[id_].day)
            if already + dearest > budget:
                over = self._amount(("budget", (), day), dearest, 1)
                self.model.add(sum(terms) <= max(budget - already, 0) + over)

    def suggest(self, plan: Mapping[str, Spot]) -> None:
        """Look first where this plan, which need not be whole, has its sessions."""
        for id_, spot in plan.items():
            node = self.open[id_]
            for literal, start in zip(node.chosen, node.starts, strict=True):
                self.model.add_hint(literal, start == spot.start)
            for place, literal in node.place.items():
                self.model.add_hint(literal, place == (spot.day, spot.room))

    def begin_at(self, values: Sequence[int]) -> None:
        """Begin the search at these values of all variables."""
        for index, value in enumerate(values):
            self.model.add_hint(self.model.get_int_var_from_proto_index(index), value)

    def hold(self, plan: Mapping[str, Spot]) -> None:
        """Only this plan is left, as far as times, rooms and people go."""
        for id_, node in self.open.items():
            if id_ not in plan:
                self.model.add(node.on == 0)
                continue
            spot = plan[id_]
            self.model.add(node.start == spot.start)
            self.model.add(node.place[spot.day, spot.room] == 1)
            for person in node.there:
                self.model.add(node.there[person] == (person in spot.people))

    def costs(self, node: Node, day: int) -> Iterator[tuple[Any, int]]:
        """What a session costs on a day: literals and minor units."""
        one = self.problem.wanted[node.id]
        for room in node.room:
            if (day, room) in node.place and (minor := self.problem.room_cost(room, one)):
                yield node.place[day, room], minor
        for person in node.there:
            if (person, day) in node.comes and (minor := self.problem.person_cost(person, one)):
                yield node.comes[person, day], minor


def _pick(literals: Sequence[Any], flags: Flags) -> list[Any]:
    return [literals[index] for index in np.flatnonzero(flags).tolist()]


def _domain(values: Sequence[int]) -> Any:
    from ortools.sat.python import cp_model

    return cp_model.Domain.from_values(values)


def _steps(used: np.ndarray[Any, Any], begin: int) -> Iterator[tuple[int, int, int]]:
    """Stretches of equal use: from, until, how many; those without use are left out."""
    edges = [0, *(np.flatnonzero(np.diff(used)) + 1).tolist(), len(used)]
    for low, high in pairwise(edges):
        if used[low]:
            yield begin + low, begin + high, int(used[low])
