"""Small studios for the tests: people, rooms and times by few words, and random ones."""

from __future__ import annotations

import random
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from controlroom.rooms.scheduling.session import Gear, Hours, House, Member, PartKind, Span, StudioRoom, Wanted

BERLIN = ZoneInfo("Europe/Berlin")
MONDAY = date(2026, 11, 30)

Question = tuple[list[Wanted], list[Member], list[StudioRoom], list[Gear], House]


def at(day: int, hour: float, zone: str = "Europe/Berlin") -> datetime:
    """So many days after MONDAY, at an hour of the clock on the wall."""
    wall = time(int(hour), round(hour % 1 * 60))
    return datetime.combine(MONDAY + timedelta(days=day), wall, ZoneInfo(zone))


def span(day: int, start_h: float, end_h: float) -> Span:
    return Span(start=at(day, start_h), end=at(day, end_h))


def hours(start_h: int, end_h: int, days: range = range(7)) -> tuple[Hours, ...]:
    return tuple(Hours(weekday=day, start=time(start_h), end=time(end_h % 24)) for day in days)


def member(id_: str, *, zone: str = "Europe/Berlin", **more: object) -> Member:
    return Member(id=id_, name=id_.title(), time_zone=zone, **more)  # type: ignore[arg-type]


def room(id_: str = "a", start_h: int = 10, end_h: int = 20, **more: object) -> StudioRoom:
    return StudioRoom(id=id_, name=f"Room {id_.upper()}", hours=hours(start_h, end_h), **more)  # type: ignore[arg-type]


def house(days: int = 5, **more: object) -> House:
    last = MONDAY + timedelta(days=days - 1)
    return House(**{"time_zone": "Europe/Berlin", "first": MONDAY, "last": last, **more})  # type: ignore[arg-type]


def session(id_: str, length_h: float = 2, needed: tuple[str, ...] = (), **more: object) -> Wanted:
    return Wanted(id=id_, title=id_.title(), length_min=round(length_h * 60), needed=needed, **more)  # type: ignore[arg-type]


KINDS: tuple[PartKind, ...] = ("drums", "rhythm", "overdub", "vocals", "mix", "other")


def random_question(seed: int, *, sessions: int, people: int, days: int, slot_min: int = 60) -> Question:
    """Anything that may be asked, mostly with a plan; every rule binds now and then."""
    dice = random.Random(seed)
    members = [_random_member(dice, f"p{index}", days) for index in range(people)]
    rooms = [room("a", 9, 22, rate_minor=dice.choice([0, 4000]))]
    if dice.random() < 0.6:
        rooms.append(room("b", 10, 20, rate_minor=2500, busy=(_random_span(dice, days),)))
    gear = [Gear(id="kit", name="Kit", count=dice.choice([1, 1, 2]), busy=(_random_span(dice, days),))]
    wanted = [_random_session(dice, f"s{index}", members, rooms, days) for index in range(sessions)]
    rules = house(
        days,
        slot_min=slot_min,
        rest_h=dice.choice([8.0, 11.0, 14.0]),
        voice_rest_h=dice.choice([4.0, 12.0, 20.0]),
        most_h=dice.choice([4.0, 6.0, 10.0]),
        budget_minor=dice.choice([None, 30_000, 60_000]),
    )
    return wanted, members, rooms, gear, rules


def _random_span(dice: random.Random, days: int) -> Span:
    start_h = dice.randint(8, 17)
    return span(dice.randrange(days), start_h, start_h + dice.randint(1, 5))


def _random_member(dice: random.Random, id_: str, days: int) -> Member:
    start_h = dice.randint(7, 12)
    return member(
        id_,
        zone=dice.choice(["Europe/Berlin", "Europe/Berlin", "Europe/London", "America/New_York"]),
        hours=hours(start_h, start_h + dice.randint(6, 11)) if dice.random() < 0.7 else (),
        busy=tuple(_random_span(dice, days) for _ in range(dice.randint(0, 2))),
        likes=tuple(_random_span(dice, days) for _ in range(dice.randint(0, 1))),
        can=tuple(_random_span(dice, days) for _ in range(dice.randint(0, 1))),
        cannot=tuple(_random_span(dice, days) for _ in range(dice.randint(0, 1))),
        rate_minor=dice.choice([0, 0, 3000]),
        travel_min=dice.choice([0, 0, 30, 75]),
        sings=dice.random() < 0.5,
    )


def _random_session(dice: random.Random, id_: str, members: list[Member], rooms: list[StudioRoom], days: int) -> Wanted:
    asked = [one.id for one in dice.sample(members, min(len(members), dice.randint(1, 3)))]
    fixed = dice.random() < 0.15
    start_h, length_h = dice.randint(10, 15), dice.randint(1, 4)
    day = dice.randrange(days)
    return session(
        id_,
        length_h,
        (asked[0],),
        optional=tuple(asked[1:]),
        rooms=(dice.choice(rooms).id,) if dice.random() < 0.3 else (),
        gear=("kit",) if dice.random() < 0.4 else (),
        songs=(dice.choice(["x", "y"]),),
        kind=dice.choice(KINDS),
        setup_min=dice.choice([0, 0, 30]),
        teardown_min=dice.choice([0, 0, 15]),
        break_min=dice.choice([0, 0, 20]),
        windows=(span(dice.randrange(days), 8, 20), span(dice.randrange(days), 9, 21)) if dice.random() < 0.2 else (),
        fixed=span(day, start_h, start_h + length_h) if fixed else None,
        fixed_room=dice.choice(rooms).id if fixed else "",
    )
