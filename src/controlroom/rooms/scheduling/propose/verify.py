"""What a plan breaks, said in sentences: for plans made by hand, and to hold the solver to.

Everything is worked out from the values themselves, by clocks and pairs; no code is shared with the model.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import combinations
from zoneinfo import ZoneInfo

import msgspec

from controlroom.money.amount import Amount
from controlroom.rooms.scheduling.propose.check import before
from controlroom.rooms.scheduling.session import (
    Gear,
    Hours,
    House,
    Member,
    Placed,
    Proposal,
    Span,
    StudioRoom,
    Wanted,
)

MINUTE = timedelta(minutes=1)


class _Held(msgspec.Struct, frozen=True):
    """A session at its time: `start` to `end` for people, `first` to `last` for room and gear."""

    wanted: Wanted
    start: datetime
    end: datetime
    first: datetime
    last: datetime
    room: str
    people: tuple[str, ...]

    @property
    def fixed(self) -> bool:
        return self.wanted.fixed is not None

    @property
    def title(self) -> str:
        return self.wanted.title or self.wanted.id

    @property
    def minutes(self) -> int:
        return round((self.end - self.start) / MINUTE)


def violations(
    proposal: Proposal,
    wanted: Sequence[Wanted],
    members: Sequence[Member],
    rooms: Sequence[StudioRoom],
    gear: Sequence[Gear],
    house: House,
) -> tuple[str, ...]:
    """Each demand that `proposal` does not meet, as a sentence; none: the plan holds.

    Fixed sessions count with the time they are fixed at, whether `placed` or not; of what they break all is told but
    hours and calendars (who agreed has that time in the calendar).
    """
    book = _Book(wanted, members, rooms, gear, house)
    held: list[_Held] = []
    said: list[str] = []
    placed = {one.id: one for one in proposal.placed}
    for one in wanted:
        if one.fixed is not None:
            held.append(book.fixed(one))
        elif one.id in placed:
            held.append(book.placed(one, placed[one.id]))
            said += book.alone(held[-1], placed[one.id])
        else:
            said.append(f"{one.title or one.id} has no time")
    for first, second in combinations(held, 2):
        said += book.pair(first, second)
    said += [*book.gear_over(held), *book.days(held)]
    return tuple(dict.fromkeys(said))


class _Book:
    def __init__(
        self,
        wanted: Sequence[Wanted],
        members: Sequence[Member],
        rooms: Sequence[StudioRoom],
        gear: Sequence[Gear],
        house: House,
    ) -> None:
        self.house, self.zone = house, ZoneInfo(house.time_zone)
        self.members = {one.id: one for one in members}
        self.rooms = {one.id: one for one in rooms}
        self.gear = {one.id: one for one in gear}
        self.wanted = wanted

    def fixed(self, one: Wanted) -> _Held:
        assert one.fixed is not None
        people = tuple(dict.fromkeys((*one.needed, *one.optional)))
        return self._held(one, one.fixed.start, one.fixed.end, one.fixed_room, people)

    def placed(self, one: Wanted, at: Placed) -> _Held:
        people = tuple(id_ for id_ in dict.fromkeys((*one.needed, *one.optional)) if id_ not in at.missing)
        return self._held(one, at.start, at.end, at.room, people)

    def _held(self, one: Wanted, start: datetime, end: datetime, room: str, people: tuple[str, ...]) -> _Held:
        first, last = start - one.setup_min * MINUTE, end + one.teardown_min * MINUTE
        return _Held(one, start, end, first, last, room, people)

    def _when(self, moment: datetime) -> str:
        return f"{moment.astimezone(self.zone):%-d %b %H:%M}"

    def _day(self, held: _Held) -> str:
        return f"{held.start.astimezone(self.zone):%Y-%m-%d}"

    def _from_to(self, start: datetime, end: datetime) -> str:
        return f"{self._when(start)} to {end.astimezone(self.zone):%H:%M}"

    def alone(self, held: _Held, at: Placed) -> Iterator[str]:
        """What one session breaks by itself."""
        one, house = held.wanted, self.house
        if held.minutes != one.length_min + one.break_min:
            yield f"{held.title} lasts {held.minutes} minutes, not {one.length_min + one.break_min}"
        if (at.booked.start, at.booked.end) != (held.first, held.last):
            yield f"{held.title}: the room is booked from {self._from_to(at.booked.start, at.booked.end)}"
        wall = held.start.astimezone(self.zone)
        if (wall.hour * 60 + wall.minute) % house.slot_min or wall.second or wall.microsecond:
            yield f"{held.title} begins at {wall:%H:%M}, not on the raster of {house.slot_min} minutes"
        days = [moment.astimezone(self.zone).date() for moment in (held.first, held.last - MINUTE)]
        if days[0] < house.first or days[1] > house.last:
            yield f"{held.title} lies outside of {house.first} to {house.last}"
        if one.windows and not any(span.start <= held.start and held.end <= span.end for span in one.windows):
            yield f"{held.title} lies in none of its windows"
        yield from self._room(held)
        for id_ in one.needed:
            if id_ in at.missing:
                yield f"{held.title}: {self.members[id_].name} is needed and does not come"
        for id_ in held.people:
            yield from self._person(held, self.members[id_])

    def _room(self, held: _Held) -> Iterator[str]:
        if held.room not in self.rooms or (held.wanted.rooms and held.room not in held.wanted.rooms):
            named = self.rooms[held.room].name if held.room in self.rooms else "that room"
            yield f"{held.title} cannot be in {named}"
            return
        room = self.rooms[held.room]
        if not _in_hours(room.hours, self.zone, held.first, held.last):
            yield f"{held.title}: {room.name} is not open from {self._from_to(held.first, held.last)}"
        for span in room.busy:
            if _meet(held.first, held.last, span.start, span.end):
                yield f"{held.title}: {room.name} is taken from {self._from_to(span.start, span.end)}"

    def _person(self, held: _Held, member: Member) -> Iterator[str]:
        if not _in_hours(member.hours, ZoneInfo(member.time_zone), held.start, held.end):
            own = ZoneInfo(member.time_zone)
            hours = f"{held.start.astimezone(own):%a %H:%M} to {held.end.astimezone(own):%H:%M}"
            yield f"{held.title}: {hours} is outside of {member.name}'s hours"
        for span in member.cannot:
            if _meet(held.start, held.end, span.start, span.end):
                yield f"{held.title}: {member.name} cannot from {self._from_to(span.start, span.end)}"
        way = member.travel_min * MINUTE
        for span in member.busy:
            if _meet(held.start, held.end, span.start - way, span.end + way) and not self._is_fixed(span, member):
                needs = f" and needs {member.travel_min} min for the way" if member.travel_min else ""
                yield f"{held.title}: {member.name} is busy from {self._from_to(span.start, span.end)}{needs}"

    def _is_fixed(self, span: Span, member: Member) -> bool:
        """Whether a busy time is a session that stands here (what then overlaps is told as such)."""
        return any(
            one.fixed is not None
            and one.fixed.start <= span.start
            and span.end <= one.fixed.end
            and member.id in (*one.needed, *one.optional)
            for one in self.wanted
        )

    def pair(self, one: _Held, other: _Held) -> Iterator[str]:
        """What two sessions break together."""
        first, second = sorted((one, other), key=lambda held: held.start)
        both = f"{first.title} and {second.title}"
        if one.room and one.room == other.room and _meet(one.first, one.last, other.first, other.last):
            yield f"{both} are in {self.rooms[one.room].name} at once, with setup and teardown"
        for id_ in first.people:
            if id_ in second.people:
                yield from self._together(first, second, self.members[id_], both)
        for earlier, later in ((one, other), (other, one)):
            if before(earlier.wanted, later.wanted) and earlier.end > later.start:
                yield f"{later.title} begins before {earlier.title} is over"

    def _together(self, first: _Held, second: _Held, member: Member, both: str) -> Iterator[str]:
        gap = second.start - first.end
        if _meet(first.start, first.end, second.start, second.end):
            yield f"{both}: {member.name} cannot be in both"
            return
        rest = timedelta(hours=self.house.rest_h) + 2 * member.travel_min * MINUTE
        if self._day(first) != self._day(second) and gap < rest:
            yield f"{both}: {member.name} has {_h(gap)} between two days, {_h(rest)} with the way are needed"
        voice = timedelta(hours=self.house.voice_rest_h)
        if member.sings and first.wanted.kind == second.wanted.kind == "vocals" and gap < voice:
            yield f"{both}: {member.name}'s voice rests for {_h(gap)}, {_h(voice)} are needed"

    def gear_over(self, held: Sequence[_Held]) -> Iterator[str]:
        for id_, piece in self.gear.items():
            users = [one for one in held if id_ in one.wanted.gear]
            spans = [(one.first, one.last) for one in users] + [(span.start, span.end) for span in piece.busy]
            for one in users:
                taken = sum(start <= one.first < end for start, end in spans)
                for start, _ in spans:
                    if one.first < start < one.last:
                        taken = max(taken, sum(first <= start < last for first, last in spans))
                if taken > piece.count:
                    yield f"{one.title}: {taken} {piece.name} are needed at once, there are {piece.count}"

    def days(self, held: Iterable[_Held]) -> Iterator[str]:
        """What is too much for one day: hours of a person, money."""
        by_day: dict[str, list[_Held]] = defaultdict(list)
        for one in held:
            by_day[self._day(one)].append(one)
        for day, sessions in sorted(by_day.items()):
            for id_, member in self.members.items():
                minutes = sum(one.minutes for one in sessions if id_ in one.people)
                if minutes > self.house.most_h * 60:
                    yield f"{day}: {member.name} has {minutes / 60:g} hours, {self.house.most_h:g} are the most"
            spent, budget = sum(map(self._cost, sessions)), self.house.budget_minor
            if budget is not None and spent > budget:
                yield f"{day}: the day costs {Amount(spent - budget, self.house.currency)} more than its budget"

    def _cost(self, held: _Held) -> int:
        rates = [(self.members[id_].rate_minor, held.minutes) for id_ in held.people]
        if held.room in self.rooms:
            rates.append((self.rooms[held.room].rate_minor, round((held.last - held.first) / MINUTE)))
        return sum((2 * rate * minutes + 60) // 120 for rate, minutes in rates)


def _meet(start: datetime, end: datetime, other_start: datetime, other_end: datetime) -> bool:
    return start < other_end and other_start < end and other_start < other_end


def _in_hours(hours: Sequence[Hours], zone: ZoneInfo, start: datetime, end: datetime) -> bool:
    """Whether each minute from `start` to before `end` lies in the hours by the clock on the wall."""
    if not hours:
        return True
    count = -(-(end - start) // MINUTE)
    return all(_at_work(hours, (start + minute * MINUTE).astimezone(zone)) for minute in range(count))


def _at_work(hours: Sequence[Hours], wall: datetime) -> bool:
    day, at = wall.weekday(), wall.time()
    for one in hours:
        if one.end > one.start:
            if one.weekday == day and one.start <= at < one.end:
                return True
        elif (one.weekday == day and at >= one.start) or ((one.weekday + 1) % 7 == day and at < one.end):
            return True
    return False


def _h(span: timedelta) -> str:
    return f"{span / timedelta(hours=1):.3g} h"
