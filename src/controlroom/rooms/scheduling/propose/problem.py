"""The question as tables: for each session every time it could begin, and what stands against each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property

import msgspec
import numpy as np
from msgspec.structs import replace

from controlroom.rooms.scheduling.availability import Flags, Grid, Minutes, Range, moment_of, opening, range_of
from controlroom.rooms.scheduling.propose.check import zone_of
from controlroom.rooms.scheduling.session import Gear, House, Member, Span, StudioRoom, Wanted


class Suit(msgspec.Struct, frozen=True):
    """For each start: minutes of the session outside of somebody's (or a room's) hours, and minutes that are taken."""

    closed: Minutes
    taken: Minutes

    @property
    def free(self) -> Flags:
        free: Flags = (self.closed + self.taken) == 0
        return free

    def at(self, kept: Flags) -> Suit:
        return Suit(self.closed[kept], self.taken[kept])


def length_of(one: Wanted) -> int:
    """From its beginning to its end, breaks within, in minutes."""
    return one.length_min + one.break_min


def money(rate_minor: int, minutes: int) -> int:
    """Minor units for so many minutes at a rate for an hour, halves up."""
    return (rate_minor * minutes + 30) // 60


class Candidates:
    """Every start on the raster for one session, and how it suits each room and person.

    `starts` in minutes, `days` the studio's day of each; `rooms` and `people` (needed and optional) say how each
    start suits them, `in_window` whether it lies within a window, `gear_there` whether the gear is not taken already.
    """

    def __init__(self, problem: Problem, one: Wanted) -> None:
        self.wanted, self.length_min = one, length_of(one)
        self.starts, self.days = problem.starts, problem.start_days
        self.rooms = {room: problem.room_suit(room, one) for room in problem.rooms}
        self.people = {id_: problem.member_suit(id_, one) for id_ in (*one.needed, *one.optional)}
        grid = problem.grid
        closed = ~grid.painted(_inner(span) for span in one.windows)
        inside = grid.minutes_in(closed, self.starts, self.length_min) == 0
        self.in_window = inside if one.windows else np.ones(len(self.starts), np.bool_)
        self.gear_there = np.ones(len(self.starts), np.bool_)
        for id_ in one.gear:
            none_left = problem.gear_used[id_] >= problem.gear[id_].count
            self.gear_there &= problem.booked_minutes(none_left, one) == 0

    def asked_rooms(self) -> tuple[str, ...]:
        return self.wanted.rooms or tuple(self.rooms)

    def strict(self) -> Flags:
        """The starts at which all that is demanded of this session alone is met, in one room at least."""
        some_room = np.zeros(len(self.starts), np.bool_)
        for room in self.asked_rooms():
            some_room |= self.rooms[room].free
        for id_ in self.wanted.needed:
            some_room &= self.people[id_].free
        return some_room & self.in_window & self.gear_there


def _inner(span: Span) -> Range:
    """The whole minutes within a span."""
    start, end = range_of(span)
    return start + (moment_of(start) < span.start), end - (moment_of(end) > span.end)


class Problem:
    """All that is given, on one grid of minutes; what is fixed is painted into it."""

    def __init__(
        self,
        wanted: Sequence[Wanted],
        members: Sequence[Member],
        rooms: Sequence[StudioRoom],
        gear: Sequence[Gear],
        house: House,
    ) -> None:
        self.house = house
        self.grid = Grid(zone_of(house.time_zone, "the studio"), house.first, house.last)
        self.members = {one.id: one for one in members}
        self.rooms = {one.id: one for one in rooms}
        self.gear = {one.id: one for one in gear}
        self.wanted = {one.id: tidy(one) for one in wanted}
        self.fixed = {id_: range_of(one.fixed) for id_, one in self.wanted.items() if one.fixed}
        self.starts = self.grid.raster(house.slot_min)
        self.start_days = np.array([self.grid.day_of(int(start)) for start in self.starts], np.int64)
        self._room_blocks: dict[str, tuple[Flags, Flags]] = {}
        self._member_blocks: dict[str, tuple[Flags, Flags]] = {}

    @cached_property
    def open(self) -> dict[str, Candidates]:
        """The sessions that want a time."""
        return {id_: Candidates(self, one) for id_, one in self.wanted.items() if id_ not in self.fixed}

    @cached_property
    def gear_used(self) -> Mapping[str, Minutes]:
        """How many pieces are taken in each minute, by what is fixed and by their own busy times."""
        return {
            id_: self.grid.counted(
                [
                    *map(range_of, one.busy),
                    *(self.booked(fixed) for fixed in self.fixed if id_ in self.wanted[fixed].gear),
                ]
            )
            for id_, one in self.gear.items()
        }

    def booked(self, fixed: str) -> Range:
        """A fixed session with its setup and teardown."""
        start, end = self.fixed[fixed]
        return start - self.wanted[fixed].setup_min, end + self.wanted[fixed].teardown_min

    def booked_minutes(self, flags: Flags, one: Wanted) -> Minutes:
        whole = one.setup_min + length_of(one) + one.teardown_min
        return self.grid.minutes_in(flags, self.starts - one.setup_min, whole)

    def room_suit(self, room: str, one: Wanted) -> Suit:
        if room not in self._room_blocks:
            self._room_blocks[room] = self._room_block(self.rooms[room])
        closed, taken = self._room_blocks[room]
        return Suit(self.booked_minutes(closed, one), self.booked_minutes(taken, one))

    def _room_block(self, room: StudioRoom) -> tuple[Flags, Flags]:
        fixed = [self.booked(id_) for id_ in self.fixed if self.wanted[id_].fixed_room == room.id]
        closed = ~self.grid.painted(opening(room.hours, self.grid.zone, self.grid.first, self.grid.last))
        return closed & bool(room.hours), self.grid.painted([*map(range_of, room.busy), *fixed])

    def member_suit(self, id_: str, one: Wanted) -> Suit:
        if id_ not in self._member_blocks:
            self._member_blocks[id_] = self._member_block(self.members[id_])
        closed, taken = (self.grid.minutes_in(flags, self.starts, length_of(one)) for flags in self._member_blocks[id_])
        return Suit(closed, taken)

    def _member_block(self, one: Member) -> tuple[Flags, Flags]:
        fixed = [self.fixed[id_] for id_ in self.fixed if one.id in people_of(self.wanted[id_])]
        closed = ~self.grid.painted(self.member_hours(one))
        away = away_spans(one, fixed)
        return closed & bool(one.hours), self.grid.painted([*away, *map(range_of, one.cannot), *fixed])

    def member_hours(self, one: Member) -> list[Range]:
        zone = zone_of(one.time_zone, one.name)
        return opening(one.hours, zone, *self.grid.dates_in(zone))

    def room_cost(self, room: str, one: Wanted) -> int:
        return money(self.rooms[room].rate_minor, one.setup_min + length_of(one) + one.teardown_min)

    def person_cost(self, id_: str, one: Wanted) -> int:
        return money(self.members[id_].rate_minor, length_of(one))


def people_of(one: Wanted) -> tuple[str, ...]:
    return (*one.needed, *one.optional)


def fixed_cost(problem: Problem, id_: str) -> int:
    """What a fixed session costs: everybody asked is there."""
    one = problem.wanted[id_]
    room = problem.room_cost(one.fixed_room, one) if one.fixed_room else 0
    return room + sum(problem.person_cost(person, one) for person in people_of(one))


def tidy(one: Wanted) -> Wanted:
    """Each person and thing once; who is needed is not optional as well."""
    needed = tuple(dict.fromkeys(one.needed))
    optional = tuple(id_ for id_ in dict.fromkeys(one.optional) if id_ not in needed)
    return replace(
        one,
        needed=needed,
        optional=optional,
        gear=tuple(dict.fromkeys(one.gear)),
        rooms=tuple(dict.fromkeys(one.rooms)),
    )


def away_spans(one: Member, here: Iterable[Range]) -> list[Range]:
    """Busy times with the way there and back; one that lies within a fixed session is that session."""
    here = list(here)
    return [
        (start - one.travel_min, end + one.travel_min)
        for start, end in map(range_of, one.busy)
        if start < end and not any(first <= start and end <= last for first, last in here)
    ]
