"""What a session needs, and who and what is there for it. Frozen values; all times carry a time zone."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Literal

import msgspec

PartKind = Literal["drums", "rhythm", "overdub", "vocals", "mix", "other"]
"""What is done in a session; drums come before what is played to them, voices rest in between."""


class Span(msgspec.Struct, frozen=True, kw_only=True):
    """From `start` until before `end`, both aware."""

    start: datetime
    end: datetime
    why: str = ""


class Hours(msgspec.Struct, frozen=True, kw_only=True):
    """Working hours of one weekday (0 is Monday), in the person's own zone; `end` up to `start` is the next day's."""

    weekday: int
    start: time
    end: time


class Member(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who can be asked: when they work, when they are busy, what an hour costs.

    No `hours`: any time the studio is open. `busy` comes from calendars and from sessions that stand already. `likes`
    and `can` are answers to a poll (`can`: would, but rather not); `cannot` likewise. `rate_minor`: minor units of the
    budget's currency for an hour. `travel_min`: how long their way to the studio takes; `sings`: their voice needs
    rest.
    """

    id: str
    name: str
    time_zone: str
    hours: tuple[Hours, ...] = ()
    busy: tuple[Span, ...] = ()
    likes: tuple[Span, ...] = ()
    can: tuple[Span, ...] = ()
    cannot: tuple[Span, ...] = ()
    rate_minor: int = 0
    travel_min: int = 0
    sings: bool = False


class StudioRoom(msgspec.Struct, frozen=True, kw_only=True):
    """A room that can be booked; `hours` in the studio's time zone (none: always open)."""

    id: str
    name: str
    hours: tuple[Hours, ...] = ()
    busy: tuple[Span, ...] = ()
    rate_minor: int = 0


class Gear(msgspec.Struct, frozen=True, kw_only=True):
    """Something of which there are `count` pieces, for all rooms together; each span of `busy` takes one away."""

    id: str
    name: str
    count: int = 1
    busy: tuple[Span, ...] = ()


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """A session that is wanted: who, where, how long, when it may be, and for what.

    `rooms`: any of these fits (none: every room). `length_min` is playing time; `setup_min` and `teardown_min` occupy
    the room and the gear before and after it. `windows`: it lies within one of them (none: anywhere in the horizon).
    `after`: ids of sessions that must be over before it begins (beside the rule that a song's drums come before its
    overdubs). `fixed`: it stands at that time already and is only planned around.
    """

    id: str
    title: str
    length_min: int
    needed: tuple[str, ...]
    optional: tuple[str, ...] = ()
    rooms: tuple[str, ...] = ()
    gear: tuple[str, ...] = ()
    songs: tuple[str, ...] = ()
    kind: PartKind = "other"
    setup_min: int = 0
    teardown_min: int = 0
    break_min: int = 0
    windows: tuple[Span, ...] = ()
    after: tuple[str, ...] = ()
    fixed: Span | None = None
    fixed_room: str = ""


class House(msgspec.Struct, frozen=True, kw_only=True):
    """The studio's rules: its time zone, what may be planned at once, and what nobody should have to bear.

    `first`, `last`: days of the horizon. `slot_min`: sessions begin on this raster. `rest_h`: between the end of a
    person's day and the beginning of the next; `voice_rest_h`: between two sessions of a singer with `vocals`.
    `most_h`: hours of sessions for one person on one day. `budget_minor`: rooms and people, for one day
    (None: no limit).
    """

    time_zone: str
    first: date
    last: date
    slot_min: int = 30
    rest_h: float = 10.0
    voice_rest_h: float = 12.0
    most_h: float = 10.0
    budget_minor: int | None = None
    currency: str = "EUR"


class Placed(msgspec.Struct, frozen=True, kw_only=True):
    """A session at its time: `start` and `end` are playing time (breaks within), `booked` includes setup and teardown.

    `missing`: optional people who cannot come. `reasons`: why here, in sentences; `costs`: what it costs whom
    (person id -> a sentence), `cost_minor` money for this session.
    """

    id: str
    room: str
    start: datetime
    end: datetime
    booked: Span
    missing: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()
    costs: dict[str, str] = {}
    cost_minor: int = 0


class Relaxation(msgspec.Struct, frozen=True, kw_only=True):
    """A demand to give up: which (`demand`), of whom or what (`of`: ids), and what giving way means (`says`).

    | demand        | of                       | by                           |
    |---------------|--------------------------|------------------------------|
    | needed        | session, person          |                              |
    | person_hours  | session, person          | minutes outside their hours  |
    | room_hours    | room                     | minutes outside its hours    |
    | room          | session, another room    |                              |
    | window        | session                  |                              |
    | gear          | gear                     | pieces more                  |
    | budget        |                          | minor units over             |
    | most_h        | person                   | minutes over                 |
    | rest, voice   | person, earlier, later   | minutes too few              |
    | order         | earlier, later           |                              |
    | session       | session                  |                              |

    `day`: the studio's day, where the demand is one of a day.
    """

    demand: str
    of: tuple[str, ...]
    says: str
    by: int = 0
    day: date | None = None


class Stuck(msgspec.Struct, frozen=True, kw_only=True):
    """A session for which there is no time at all, whatever else is planned; `reasons`: what is in its way."""

    id: str
    reasons: tuple[str, ...]


class Proposal(msgspec.Struct, frozen=True, kw_only=True):
    """Where everything lies, fixed sessions too. `optimal`: proven; else `gap` (0..1) bounds what a better could win.

    Nothing fits: `placed` is empty, `relax` is the least painful set of demands that was found (given up together,
    there is a plan), and `stuck` names sessions that have no time at all. `alternatives` (only for one session):
    other slots, the best first. `notes`: what fixed sessions break among themselves.
    """

    placed: tuple[Placed, ...] = ()
    alternatives: tuple[Placed, ...] = ()
    optimal: bool = False
    gap: float = 0.0
    seconds: float = 0.0
    relax: tuple[Relaxation, ...] = ()
    stuck: tuple[Stuck, ...] = ()
    notes: tuple[str, ...] = ()
