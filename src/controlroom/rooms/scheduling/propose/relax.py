"""Where nothing fits: which demands to give up, by name and figure, and what is in the way of each session alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

import numpy as np

from controlroom.money.amount import Amount
from controlroom.rooms.scheduling.availability import Flags, Minutes, moment_of, range_of
from controlroom.rooms.scheduling.propose.first import Spot
from controlroom.rooms.scheduling.propose.give import PAIN, Give, Key
from controlroom.rooms.scheduling.propose.problem import Candidates, Problem, length_of
from controlroom.rooms.scheduling.propose.solve import Answer
from controlroom.rooms.scheduling.propose.tell import listed
from controlroom.rooms.scheduling.session import Relaxation, Stuck

MOST_SPANS = 3


def given_up(problem: Problem, give: Give, answer: Answer, plan: Mapping[str, Spot]) -> tuple[Relaxation, ...]:
    """The demands that the relaxed plan does not keep, the least painful first."""
    kept = [
        Relaxation(
            demand=key[0], of=key[1], by=by, says=says, day=problem.grid.date_of(key[2]) if len(key) > 2 else None
        )
        for key, literal in give.literals.items()
        if answer.true(literal) and (key[0] == "session" or problem.open.keys() & key[1] <= plan.keys())
        for by, says in [_Saying(problem, plan).of(key, answer.value(give.amounts.get(key, 0)))]
    ]
    return tuple(sorted(kept, key=lambda one: (PAIN[one.demand], one.day or problem.grid.first, one.of)))


def _day(problem: Problem, key: Key) -> date | None:
    return problem.grid.date_of(key[2]) if len(key) > 2 else None


class _Saying:
    def __init__(self, problem: Problem, plan: Mapping[str, Spot]) -> None:
        self._problem, self._plan = problem, plan

    def of(self, key: Key, by: int) -> tuple[int, str]:
        """How much, and the sentence, of one demand."""
        demand, ids = key[0], key[1]
        day = f"{self._problem.grid.date_of(key[2]):%-d %b}" if len(key) > 2 else ""
        match demand:
            case "room_hours":
                return self._room_hours(ids[0], key[2], day)
            case "person_hours":
                return self._person_hours(*ids)
            case "needed":
                return 0, f"hold {self._title(ids[0])} without {self._name(ids[1])} (needed)"
            case "room":
                return 0, f"hold {self._title(ids[0])} in {self._problem.rooms[ids[1]].name}"
            case "window":
                return 0, f"let {self._title(ids[0])} lie outside of its windows, on {self._date(ids[0])}"
            case "gear":
                return by, f"{by} more of {self._problem.gear[ids[0]].name}"
            case "budget":
                return by, f"let {day} cost {self._money(by)} more than the budget of a day"
            case "most_h":
                return by, f"let {self._name(ids[0])} work {_h(by)} more than {self._problem.house.most_h:g} h on {day}"
            case "rest":
                rest = _h(round(self._problem.house.rest_h * 60) + 2 * self._problem.members[ids[0]].travel_min - by)
                return by, f"let {self._name(ids[0])} have {rest} from {self._title(ids[1])} to {self._title(ids[2])}"
            case "voice":
                voice = self._problem.house.voice_rest_h
                less = f"less than {voice:g} h after {self._title(ids[1])} ({_h(round(voice * 60) - by)})"
                return by, f"let {self._title(ids[2])} begin {less} for {self._name(ids[0])}'s voice"
            case "order":
                return 0, f"let {self._title(ids[1])} begin before {self._title(ids[0])} is over"
        return 0, f"leave {self._title(ids[0])} out"

    def _title(self, id_: str) -> str:
        return self._problem.wanted[id_].title or id_

    def _name(self, id_: str) -> str:
        return self._problem.members[id_].name

    def _date(self, id_: str) -> str:
        return f"{moment_of(self._plan[id_].start).astimezone(self._problem.grid.zone):%-d %b at %H:%M}"

    def _money(self, minor: int) -> str:
        return str(Amount(minor, self._problem.house.currency))

    def _room_hours(self, room: str, day: int, day_name: str) -> tuple[int, str]:
        """From the first to the last minute that the room is needed on that day."""
        spans, outside = [], 0
        for id_, spot in self._plan.items():
            if (spot.room, spot.day) == (room, day):
                one = self._problem.wanted[id_]
                spans.append((spot.start - one.setup_min, spot.start + length_of(one) + one.teardown_min))
                index = int(np.searchsorted(self._problem.starts, spot.start))
                outside += int(self._problem.open[id_].rooms[room].closed[index])
        zone = self._problem.grid.zone
        first, last = (moment_of(edge).astimezone(zone) for edge in (min(spans)[0], max(end for _, end in spans)))
        hours = f"{first:%H:%M} to {last:%H:%M}"
        return (
            outside,
            f"open {self._problem.rooms[room].name} on {day_name} from {hours} ({_h(outside)} outside its hours)",
        )

    def _person_hours(self, id_: str, person: str) -> tuple[int, str]:
        spot = self._plan[id_]
        index = int(np.searchsorted(self._problem.starts, spot.start))
        outside = int(self._problem.open[id_].people[person].closed[index])
        when = f"on {self._date(id_)}"
        return (
            outside,
            f"let {self._name(person)} come to {self._title(id_)} {when}, {_h(outside)} outside of their hours",
        )


def stuck(problem: Problem) -> Iterator[Stuck]:
    """The sessions that have no time, even alone, and why."""
    for id_, table in problem.open.items():
        if not table.strict().any():
            yield Stuck(id=id_, reasons=tuple(_in_the_way(problem, table)))


def _in_the_way(problem: Problem, table: Candidates) -> Iterator[str]:
    """What takes how many of the starts, the most first: within the windows, where there are any."""
    considered = table.in_window
    if not considered.any():
        yield "none of its windows lies in the days that are planned, or is long enough from a full slot on"
        return
    total = int(considered.sum())
    causes: list[tuple[int, str]] = []
    for person in table.wanted.needed:
        count = int((considered & ~table.people[person].free).sum())
        causes.append(
            (count, f"{problem.members[person].name} cannot at {_of(count, total)}{_busy(problem, table, person)}")
        )
    open_rooms = np.any([table.rooms[room].free for room in table.asked_rooms()], axis=0)
    names = listed([problem.rooms[room].name for room in table.asked_rooms()])
    count = int((considered & ~open_rooms).sum())
    causes.append((count, f"{names}: closed or taken at {_of(count, total)}"))
    count = int((considered & ~table.gear_there).sum())
    gear = listed([problem.gear[id_].name for id_ in table.wanted.gear]) if table.wanted.gear else ""
    causes.append((count, f"{gear}: taken at {_of(count, total)}"))
    yield from (says for count, says in sorted(causes, key=lambda cause: -cause[0]) if count)


def _of(count: int, total: int) -> str:
    return f"all {total} times" if count == total else f"{count} of {total} times"


def _busy(problem: Problem, table: Candidates, person: str) -> str:
    """Hours, and the first busy times that matter."""
    member, zone = problem.members[person], problem.grid.zone
    said = ["outside their hours"] if _hits(table.in_window, table.people[person].closed) else []
    spans = sorted(range_of(span) for span in (*member.busy, *member.cannot) if span.start < span.end)
    near = _merged([span for span in spans if span[1] > problem.grid.begin and span[0] < problem.grid.end])
    for start, end in near[:MOST_SPANS]:
        first, last = moment_of(start).astimezone(zone), moment_of(end).astimezone(zone)
        until = f"{last:%H:%M}" if first.date() == last.date() else f"{last:%-d %b %H:%M}"
        said.append(f"busy {first:%-d %b %H:%M} to {until}")
    if len(near) > MOST_SPANS:
        said.append(f"and {len(near) - MOST_SPANS} times more")
    return f" ({', '.join(said)})" if said else ""


def _hits(considered: Flags, minutes: Minutes) -> bool:
    return bool((considered & (minutes > 0)).any())


def _merged(spans: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    joined: list[tuple[int, int]] = []
    for start, end in spans:
        if joined and start <= joined[-1][1]:
            joined[-1] = joined[-1][0], max(end, joined[-1][1])
        else:
            joined.append((start, end))
    return joined


def _h(minutes: int) -> str:
    hours, rest = divmod(minutes, 60)
    return f"{hours} h {rest:02d} min" if rest and hours else f"{hours} h" if hours else f"{rest} min"
