"""Four weeks of a studio: 30 sessions, 25 people, 3 rooms. The solver against a planner who goes one by one.

    .venv/bin/python benchmarks/scheduling.py [--seeds 4] [--most 8]

The peer is what a person does with a calendar: what has the fewest times first, each at the cheapest time that is left,
by the same demands and the same weights. `cost` is in days of waiting (see `propose/wishes.py`).
"""

from __future__ import annotations

import argparse
import random
import time
from datetime import date, datetime, timedelta
from datetime import time as clock
from zoneinfo import ZoneInfo

from ortools.sat.python import cp_model

from controlroom.base.progress import SILENT
from controlroom.rooms.scheduling.availability import minute_of
from controlroom.rooms.scheduling.propose import propose, violations, wishes
from controlroom.rooms.scheduling.propose.aims import Aims
from controlroom.rooms.scheduling.propose.first import Spot, first_plan
from controlroom.rooms.scheduling.propose.model import Model
from controlroom.rooms.scheduling.propose.problem import Problem, people_of
from controlroom.rooms.scheduling.propose.solve import solve
from controlroom.rooms.scheduling.session import Gear, Hours, House, Member, Proposal, Span, StudioRoom, Wanted

ZONE = ZoneInfo("Europe/Berlin")
FIRST = date(2026, 10, 12)  # the clocks go back in the second week
DAYS = 28
TIGHTNESS = {"easy": (6, 0.10), "usual": (5, 0.25), "tight": (4, 0.35), "too much": (3, 0.40)}
"""Days of the week on which people work, and the share of these days on which they are busy."""

Question = tuple[list[Wanted], list[Member], list[StudioRoom], list[Gear], House]


def question(seed: int, tightness: str) -> Question:
    """A month of work on five songs: drums, bass, guitars, keys, voices, mix of each."""
    random_ = random.Random(f"{seed} {tightness}")
    days, busy = TIGHTNESS[tightness]
    members = [_member(random_, index, days, busy) for index in range(25)]
    rooms = [
        StudioRoom(id="a", name="Room A", hours=_week(range(7), 9, 23), rate_minor=6000),
        StudioRoom(id="b", name="Room B", hours=_week(range(6), 10, 22), rate_minor=4500),
        StudioRoom(id="booth", name="Booth", rate_minor=2500),
    ]
    gear = [Gear(id="kit", name="Drum kit"), Gear(id="u47", name="U 47"), Gear(id="amp", name="Amplifier", count=2)]
    wanted = [one for song in range(5) for one in _song(random_, f"song{song}")]
    house = House(
        time_zone="Europe/Berlin", first=FIRST, last=FIRST + timedelta(days=DAYS - 1), most_h=9, budget_minor=150_000
    )
    return wanted, members, rooms, gear, house


def _week(days: range | list[int], start_h: int, end_h: int) -> tuple[Hours, ...]:
    return tuple(Hours(weekday=day, start=clock(start_h), end=clock(end_h)) for day in days)


def _member(random_: random.Random, index: int, days: int, busy: float) -> Member:
    weekdays = sorted(random_.sample(range(7), days))
    spans = []
    for offset in range(DAYS):
        if random_.random() < busy:
            at = datetime.combine(FIRST + timedelta(days=offset), clock(random_.randint(8, 15)), ZONE)
            spans.append(Span(start=at, end=at + timedelta(hours=random_.randint(2, 8))))
    likes = []
    if index % 3 == 0:
        for offset in random_.sample(range(DAYS), 10):
            at = datetime.combine(FIRST + timedelta(days=offset), clock(10), ZONE)
            likes.append(Span(start=at, end=at + timedelta(hours=9)))
    return Member(
        id=f"p{index}",
        name=f"P{index}",
        time_zone=random_.choice(["Europe/Berlin"] * 4 + ["Europe/London"]),
        hours=_week(weekdays, random_.randint(9, 11), random_.randint(19, 22)),
        busy=tuple(spans),
        likes=tuple(likes),
        rate_minor=random_.choice([0, 3000, 5000]),
        travel_min=random_.choice([0, 20, 45, 90]),
        sings=index % 4 == 0,
    )


def _song(random_: random.Random, song: str) -> list[Wanted]:
    producer, others = f"p{random_.randint(0, 1)}", [f"p{index}" for index in range(2, 25)]
    singers = [id_ for id_ in others if int(id_[1:]) % 4 == 0]

    def session(name: str, kind: str, hours: float, needed: list[str], gear: tuple[str, ...], **more: object) -> Wanted:
        spare = [id_ for id_ in others if id_ not in needed]
        return Wanted(
            id=f"{song}-{name}",
            title=f"{song} {name}",
            kind=kind,
            songs=(song,),
            gear=gear,  # type: ignore[arg-type]
            length_min=int(hours * 60),
            break_min=30 if hours >= 5 else 0,
            needed=(producer, *needed),
            optional=tuple(random_.sample(spare, random_.randint(0, 2))),
            **more,  # type: ignore[arg-type]
        )

    pick = random_.sample(others, 6)
    return [
        session("drums", "drums", 6, pick[:1], ("kit",), rooms=("a",), setup_min=90, teardown_min=30),
        session("bass", "rhythm", 3, pick[1:2], (), setup_min=15),
        session("guitars", "overdub", 4, pick[2:4], ("amp",), rooms=("a", "b"), setup_min=30),
        session("keys", "overdub", 3, pick[4:5], ()),
        session("vocals", "vocals", 4, [random_.choice(singers)], ("u47",), rooms=("b", "booth"), setup_min=30),
        session("mix", "mix", 6, [], (), rooms=("a", "b")),
    ]


def cost_days(question_: Question, plan: dict[str, Spot]) -> float:
    """What a whole plan costs, in days of waiting."""
    model = Model(Problem(*question_), None, cp_model.CpModel())
    Aims(model).minimise()
    model.hold(plan)
    return solve(model.model, time.monotonic() + 60, SILENT).cost / wishes.DAY


def spots(problem: Problem, proposal: Proposal) -> dict[str, Spot]:
    found = {}
    for one in proposal.placed:
        people = people_of(problem.wanted[one.id])
        start = minute_of(one.start)
        there = tuple(id_ for id_ in people if id_ not in one.missing)
        found[one.id] = Spot(start, problem.grid.day_of(start), one.room, there)
    return found


def row(seed: int, tightness: str, most_s: float) -> str:
    asked = question(seed, tightness)
    begun = time.monotonic()
    proposal = propose(*asked, most_s=most_s)
    wall_s = time.monotonic() - begun
    problem = Problem(*asked)
    begun = time.monotonic()
    first = first_plan(problem)
    peer_s = time.monotonic() - begun
    peer = f"{cost_days(asked, first):8.0f}" if len(first) == len(problem.open) else f"{len(first):5d}/30"
    if proposal.placed:
        assert not violations(proposal, *asked)
        ours = f"{cost_days(asked, spots(problem, proposal)):8.0f}"
        end = "optimal" if proposal.optimal else f"gap {proposal.gap:.1%}"
    else:
        ours, end = "    none", f"{len(proposal.relax)} demands to give up, {len(proposal.stuck)} sessions stuck alone"
    return f"{tightness:9} {seed:4} {wall_s:8.1f} {ours} {peer_s:9.2f} {peer}   {end}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=4)
    parser.add_argument("--most", type=float, default=8.0)
    chosen = parser.parse_args()
    print(f"{'':9} {'seed':>4} {'ours s':>8} {'cost':>8} {'peer s':>9} {'cost':>8}")
    for tightness in TIGHTNESS:
        for seed in range(chosen.seeds):
            print(row(seed, tightness, chosen.most), flush=True)


if __name__ == "__main__":
    main()
