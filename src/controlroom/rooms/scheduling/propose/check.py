"""What cannot be asked of a plan: one clear sentence each, before anything is computed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from zoneinfo import ZoneInfo

from controlroom.base.errors import UsageError
from controlroom.money.currencies import exponent_of
from controlroom.rooms.scheduling.session import Gear, Hours, House, Member, Span, StudioRoom, Wanted

MOST_DAYS = 366
MOST_SESSION_MIN = 1440
SLOTS_MIN = (5, 240)

STAGES = {"drums": 0, "rhythm": 0, "overdub": 1, "vocals": 1, "mix": 2}


def zone_of(key: str, whose: str) -> ZoneInfo:
    """The zone of that name (IANA), or a sentence."""
    try:
        return ZoneInfo(key)
    except (ValueError, OSError) as error:  # ZoneInfoNotFoundError is a KeyError, below
        raise UsageError(f"{whose}: no time zone {key!r}", next_step='Give a name like "Europe/Berlin".') from error
    except KeyError as error:
        raise UsageError(f"{whose}: no time zone {key!r}", next_step='Give a name like "Europe/Berlin".') from error


def before(first: Wanted, second: Wanted) -> bool:
    """Whether `first` has to be over before `second` begins: it says so, or a song of both goes that way."""
    if first.id in second.after:
        return True
    stages = STAGES.get(first.kind), STAGES.get(second.kind)
    if stages[0] is None or stages[1] is None or stages[0] >= stages[1]:
        return False
    return bool(set(first.songs) & set(second.songs))


def check(
    wanted: Sequence[Wanted], members: Sequence[Member], rooms: Sequence[StudioRoom], gear: Sequence[Gear], house: House
) -> None:
    """Raise `UsageError` with the first thing that cannot be meant."""
    for what, things in (("session", wanted), ("person", members), ("room", rooms), ("gear", gear)):
        for id_, count in Counter(thing.id for thing in things).items():
            if count > 1:
                raise UsageError(f"{what} {id_!r} is given {count} times")
    for complaint in (*_house(house), *_members(members), *_rooms(rooms), *_gear(gear)):
        raise UsageError(complaint)
    known = {one.id for one in members}, {one.id for one in rooms}, {one.id for one in gear}, {one.id for one in wanted}
    for one in wanted:
        for complaint in (*_figures(one), *_unknown(one, *known)):
            raise UsageError(f"{one.title or one.id}: {complaint}")
    if not rooms and any(one.fixed is None for one in wanted):
        raise UsageError("there is no room to plan for", next_step="Add a studio room.")
    _no_circle(wanted)


def _house(house: House) -> Iterator[str]:
    zone_of(house.time_zone, "the studio")
    days = (house.last - house.first).days + 1
    if days < 1:
        yield f"the last day {house.last} lies before the first {house.first}"
    if days > MOST_DAYS:
        yield f"{days} days are more than the {MOST_DAYS} that can be planned at once"
    if not SLOTS_MIN[0] <= house.slot_min <= SLOTS_MIN[1]:
        yield f"sessions can begin every {SLOTS_MIN[0]} to {SLOTS_MIN[1]} minutes, not every {house.slot_min}"
    for name in ("rest_h", "voice_rest_h", "most_h"):
        if not 0 <= getattr(house, name) <= 24 * MOST_DAYS:
            yield f"{name} = {getattr(house, name)} is no number of hours"
    if house.budget_minor is not None and house.budget_minor < 0:
        yield "the budget of a day is less than nothing"
    exponent_of(house.currency)


def _members(members: Sequence[Member]) -> Iterator[str]:
    for one in members:
        zone_of(one.time_zone, one.name)
        if one.rate_minor < 0 or not 0 <= one.travel_min <= MOST_SESSION_MIN:
            yield f"{one.name}: rate and way are 0 or more, the way is a day at most"
        yield from _hours(one.name, one.hours)
        yield from _spans(one.name, (*one.busy, *one.likes, *one.can, *one.cannot))


def _rooms(rooms: Sequence[StudioRoom]) -> Iterator[str]:
    for one in rooms:
        if one.rate_minor < 0:
            yield f"{one.name}: the rate is 0 or more"
        yield from _hours(one.name, one.hours)
        yield from _spans(one.name, one.busy)


def _gear(gear: Sequence[Gear]) -> Iterator[str]:
    for one in gear:
        if one.count < 0:
            yield f"{one.name}: there cannot be {one.count} of it"
        yield from _spans(one.name, one.busy)


def _hours(whose: str, hours: Iterable[Hours]) -> Iterator[str]:
    if any(not 0 <= one.weekday <= 6 for one in hours):
        yield f"{whose}: weekdays go from 0 (Monday) to 6"


def _spans(whose: str, spans: Iterable[Span]) -> Iterator[str]:
    for span in spans:
        if span.start.tzinfo is None or span.end.tzinfo is None:
            yield f"{whose}: {span.start.replace(tzinfo=None)} has no time zone"


def _figures(one: Wanted) -> Iterator[str]:
    if not 1 <= one.length_min + one.break_min <= MOST_SESSION_MIN or one.length_min < 1:
        yield f"a session lasts from 1 minute to a day, breaks within, not {one.length_min} + {one.break_min} minutes"
    if min(one.setup_min, one.teardown_min, one.break_min) < 0:
        yield "setup, teardown and breaks are 0 minutes or more"
    if max(one.setup_min, one.teardown_min) > MOST_SESSION_MIN:
        yield "setup and teardown are a day at most"
    fixed = (one.fixed,) if one.fixed else ()
    yield from _spans("its times", (*one.windows, *fixed))
    for span in (*one.windows, *fixed):
        if span.end <= span.start:
            yield f"a time from {span.start} to {span.end} ends before it begins"
    if one.fixed is None and one.windows:
        longest = max((span.end - span.start).total_seconds() / 60 for span in one.windows)
        if longest < one.length_min + one.break_min:
            yield f"the longest of its windows has {longest:g} minutes, it needs {one.length_min + one.break_min}"


def _unknown(one: Wanted, members: set[str], rooms: set[str], gear: set[str], sessions: set[str]) -> Iterator[str]:
    fixed_room = (one.fixed_room,) if one.fixed_room else ()
    for what, ids, known in (
        ("a person", (*one.needed, *one.optional), members),
        ("a room", (*one.rooms, *fixed_room), rooms),
        ("gear", one.gear, gear),
        ("a session", one.after, sessions),
    ):
        for id_ in ids:
            if id_ not in known:
                yield f"it names {what} {id_!r} that is not there"


def _no_circle(wanted: Sequence[Wanted]) -> None:
    """Sessions that wait for each other can never be planned (Kahn's algorithm)."""
    waits = {one.id: {other.id for other in wanted if before(other, one)} for one in wanted}
    while waits:
        ready = {id_ for id_, others in waits.items() if not others}
        if not ready:
            raise UsageError(f"these sessions wait for each other: {', '.join(_circle(waits))}")
        waits = {id_: others - ready for id_, others in waits.items() if id_ not in ready}


def _circle(waits: dict[str, set[str]]) -> list[str]:
    """One circle among sessions of which each waits for another."""
    path = [min(waits)]
    while (following := min(waits[path[-1]])) not in path:
        path.append(following)
    return path[path.index(following) :]
