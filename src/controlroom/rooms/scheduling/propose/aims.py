"""What is best, as the objective of the model: all that `wishes` counts, over all sessions together."""

from __future__ import annotations

from typing import Any

from controlroom.rooms.scheduling.propose import wishes
from controlroom.rooms.scheduling.propose.model import Model, Node
from controlroom.rooms.scheduling.session import Wanted


def setup_of(one: Wanted) -> tuple[str, ...] | None:
    """What a room has to be built up with for a session; None: nothing."""
    return tuple(sorted(one.gear)) if one.gear or one.setup_min else None


class Aims:
    """Adds up the cost of a plan; `minimise` makes it the model's objective."""

    def __init__(self, model: Model) -> None:
        self._model, self._terms = model, []  # type: ignore[var-annotated]
        for node in model.open.values():
            self._session(node)
        self._builds()
        for person in model.problem.members:
            self._days_of(person)

    def minimise(self) -> None:
        self._model.model.minimize(sum(self._terms))

    def _session(self, node: Node) -> None:
        problem = self._model.problem
        table = problem.open[node.id]
        kept = table.strict()
        cost = wishes.session_wish(problem)
        for person in table.wanted.needed:
            cost = cost + wishes.person_wish(problem, person, table.wanted)
        self._terms += [x * int(each) for x, each in zip(node.chosen, cost[kept], strict=True)]
        for person in table.wanted.optional:
            wish = wishes.person_wish(problem, person, table.wanted)[kept].tolist()
            self._terms.append(wishes.MISSING * (1 - node.there[person]))
            if worst := max(wish, default=0):
                bears = self._model.model.new_int_var(0, worst, "")
                asked = sum(x * each for x, each in zip(node.chosen, wish, strict=True))
                self._model.model.add(bears >= asked - worst * (1 - node.there[person]))
                self._terms.append(bears)
        for day in node.day:
            self._terms += [x * wishes.money_wish(minor) for x, minor in self._model.costs(node, day)]

    def _builds(self) -> None:
        """Each set of gear that a room is built up with on a day costs once, unless it stands for a fixed session."""
        problem = self._model.problem
        built: dict[tuple[int, str, tuple[str, ...]], list[Any]] = {}
        for node in self._model.open.values():
            setup = setup_of(problem.wanted[node.id])
            if setup is not None:
                for (day, room), literal in node.place.items():
                    built.setdefault((day, room, setup), []).append(literal)
        standing = {
            (day, problem.wanted[id_].fixed_room, setup_of(problem.wanted[id_]))
            for id_ in problem.fixed
            for day in self._model.nodes[id_].day
        }
        for key, literals in built.items():
            if key not in standing:
                self._terms.append(wishes.REBUILD * self._any(literals))

    def _any(self, literals: list[Any]) -> Any:
        """A literal that is true (at least) where one of `literals` is."""
        if len(literals) == 1:
            return literals[0]
        any_of = self._model.model.new_bool_var("")
        for literal in literals:
            self._model.model.add_implication(literal, any_of)
        return any_of

    def _days_of(self, person: str) -> None:
        """Each day on which somebody comes, and the time they wait between sessions of a day."""
        problem = self._model.problem
        nodes = [node for node in self._model.nodes.values() if person in node.there]
        trip = wishes.trip_wish(problem.members[person])
        for day in sorted({day for node in nodes for day in node.day}):
            here = [node for node in nodes if (person, day) in node.comes]
            mine = [node for node in here if node.id in self._model.open]
            if not mine:
                continue
            if len(mine) == len(here):
                comes = self._any([node.comes[person, day] for node in mine])
                self._terms.append(trip * comes)
                self._at_most_a_day(person, day, mine, comes)
            if len(here) > 1:
                self._terms.append(wishes.IDLE_MIN * self._idle(person, day, here))

    def _at_most_a_day(self, person: str, day: int, mine: list[Node], comes: Any) -> None:
        """Implied by the demands, but told with the literal that costs: without it, bounds stay far from any plan."""
        if len(mine) > 1:
            whole = max(node.reach[day][1] + node.length_min for node in mine) - min(
                node.reach[day][0] for node in mine
            )
            most = min(round(self._model.problem.house.most_h * 60), whole)
            total = sum(node.length_min * node.comes[person, day] for node in mine)
            self._model.model.add(total <= most * comes)

    def _idle(self, person: str, day: int, here: list[Node]) -> Any:
        """Minutes from the beginning of the first to the end of the last session that are in none of them."""
        model = self._model.model
        low = min(node.reach[day][0] for node in here)
        high = max(node.reach[day][1] + node.length_min for node in here)
        first, last = model.new_int_var(low, high, ""), model.new_int_var(low, high, "")
        idle = model.new_int_var(0, high - low, "")
        for node in here:
            model.add(first <= node.start).only_enforce_if(node.comes[person, day])
            model.add(last >= node.end).only_enforce_if(node.comes[person, day])
        model.add(idle >= last - first - sum(node.length_min * node.comes[person, day] for node in here))
        return idle
