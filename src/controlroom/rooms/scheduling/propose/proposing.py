"""From a question to a proposal: check, tabulate, solve; where nothing fits, ask what has to give way."""

from __future__ import annotations

import math
import time
from collections.abc import Mapping, Sequence

import msgspec

from controlroom.base.errors import SurroundingsFailed
from controlroom.base.progress import SILENT, Progress
from controlroom.rooms.scheduling.propose.aims import Aims
from controlroom.rooms.scheduling.propose.check import check
from controlroom.rooms.scheduling.propose.first import Spot, first_plan, squeezed_plan
from controlroom.rooms.scheduling.propose.give import Give
from controlroom.rooms.scheduling.propose.model import Model, Node
from controlroom.rooms.scheduling.propose.problem import Problem
from controlroom.rooms.scheduling.propose.relax import given_up, stuck
from controlroom.rooms.scheduling.propose.solve import Answer, gap, solve
from controlroom.rooms.scheduling.propose.tell import Telling
from controlroom.rooms.scheduling.propose.verify import violations
from controlroom.rooms.scheduling.session import Gear, House, Member, Placed, Proposal, StudioRoom, Wanted

ALTERNATIVES = 5
PRICE_S = 10.0
"""The most that pricing a given plan may take; its times are given, so it is mostly a blink."""

UNPROVEN = "No plan was found in time, but it is not proven that there is none"
STRICT = 0.6
"""The share of the time in which a plan must have been found; after that, what has to give way is looked for."""


def propose(
    wanted: Sequence[Wanted],
    members: Sequence[Member],
    rooms: Sequence[StudioRoom],
    gear: Sequence[Gear],
    house: House,
    *,
    most_s: float = 8.0,
    progress: Progress = SILENT,
) -> Proposal:
    """The best plan for all of `wanted` that is found in `most_s` seconds, or what stands in its way.

    `progress` is called about ten times a second and may raise `Cancelled`. Raises `UsageError` for what cannot be
    meant, and `SurroundingsFailed` where `most_s` is over before anything is known.
    """
    begun = time.monotonic()
    check(wanted, members, rooms, gear, house)
    problem = Problem(wanted, members, rooms, gear, house)
    only_fixed = [one for one in wanted if one.fixed]
    notes = violations(Proposal(), only_fixed, members, rooms, gear, house)
    found = _planned(problem, begun, most_s, progress)
    return msgspec.structs.replace(found, notes=(*notes, *found.notes), seconds=time.monotonic() - begun)


def _planned(problem: Problem, begun: float, most_s: float, progress: Progress) -> Proposal:
    if not problem.open:
        return Proposal(placed=_told(problem, {}), optimal=True)
    progress(0.0, 1.0, "looking for times")
    until, proven = begun + most_s, True
    if all(table.strict().any() for table in problem.open.values()):
        first, model = first_plan(problem), _aimed(problem)
        start = _priced_start(problem, first, progress) if len(first) == len(problem.open) else None
        if start:
            model.begin_at(start.values)
        else:
            model.suggest(first)
        hopeless = math.inf if start else begun + most_s * STRICT
        answer = solve(model.model, until, progress, hopeless=hopeless, bound=start is not None)
        if answer.found and not (start and start.cost < answer.cost):
            plan = _spots(model, answer)
            others = _alternatives(problem, plan, until, progress)
            return Proposal(placed=_told(problem, plan), alternatives=others, optimal=answer.optimal, gap=answer.gap)
        if start:
            return Proposal(placed=_told(problem, first), gap=gap(start.cost, answer.bound))
        proven = answer.impossible
    return _relaxed(problem, proven, until, progress)


def _priced_start(problem: Problem, first: Mapping[str, Spot], progress: Progress) -> Answer | None:
    """The first plan with all that follows from it, for the search to begin at."""
    model = _aimed(problem)
    model.hold(first)
    answer = solve(model.model, time.monotonic() + PRICE_S, progress)
    return answer if answer.found else None


def _aimed(problem: Problem) -> Model:
    from ortools.sat.python import cp_model

    model = Model(problem, None, cp_model.CpModel())
    Aims(model).minimise()
    return model


def _spots(model: Model, answer: Answer) -> dict[str, Spot]:
    return {id_: _spot(node, answer) for id_, node in model.open.items() if answer.true(node.on)}


def _spot(node: Node, answer: Answer) -> Spot:
    day, room = next(place for place, literal in node.place.items() if answer.true(literal))
    people = tuple(person for person, literal in node.there.items() if answer.true(literal))
    return Spot(answer.value(node.start), day, room, people)


def _told(problem: Problem, plan: Mapping[str, Spot]) -> tuple[Placed, ...]:
    telling = Telling(problem, plan)
    return tuple(sorted((telling.placed(id_) for id_ in problem.wanted), key=lambda one: (one.start, one.id)))


def _alternatives(problem: Problem, plan: Mapping[str, Spot], until: float, progress: Progress) -> tuple[Placed, ...]:
    """For one session: the best on other days, then in other rooms on days that were named already."""
    if len(plan) != 1:
        return ()
    ((id_, spot),) = plan.items()
    named, by_day = [spot], True
    others: list[Placed] = []
    while len(others) < ALTERNATIVES and time.monotonic() < until:
        model = _aimed(problem)
        node = model.open[id_]
        for one in named:
            model.model.add((node.day[one.day] if by_day else node.place[one.day, one.room]) == 0)
        answer = solve(model.model, until, progress)
        if answer.found:
            named.append(_spot(node, answer))
            others.append(Telling(problem, {id_: named[-1]}).placed(id_))
        elif by_day:
            by_day = False
        else:
            break
    return tuple(others)


def _relaxed(problem: Problem, proven: bool, until: float, progress: Progress) -> Proposal:
    """What gives way in a plan made by squeezing, bettered while there is time; priced once more as it stands."""
    begun = time.monotonic()
    plan = squeezed_plan(problem)
    priced = _priced(problem, plan, progress)
    once_s = time.monotonic() - begun
    model, give = _giving(problem)
    model.begin_at(priced.values)
    if time.monotonic() + once_s < until:
        answer = solve(model.model, until - once_s, progress)
        if answer.found and answer.cost < priced.cost:
            plan = _spots(model, answer)
            priced = _priced(problem, plan, progress)
    relaxations = given_up(problem, give, priced, plan)
    if not relaxations:
        return Proposal(placed=_told(problem, plan), gap=1.0)
    notes = () if proven else (UNPROVEN,)
    return Proposal(relax=relaxations, stuck=tuple(stuck(problem)), notes=notes)


def _giving(problem: Problem) -> tuple[Model, Give]:
    from ortools.sat.python import cp_model

    bare = cp_model.CpModel()
    give = Give(bare)
    model = Model(problem, give, bare)
    give.minimise()
    return model, give


def _priced(problem: Problem, plan: Mapping[str, Spot], progress: Progress) -> Answer:
    """What exactly gives way for one plan; where even that cannot be told in time, nothing is known."""
    model, _ = _giving(problem)
    model.hold(plan)
    answer = solve(model.model, time.monotonic() + PRICE_S, progress)
    if not answer.found:
        raise SurroundingsFailed("no plan", "the time was over first", "Give it more time or fewer sessions.")
    return answer
