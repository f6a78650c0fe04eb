"""What the desk knows while a message is sorted: who is who, what is due, who comes today, what we sent."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal

import msgspec


class Person(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody we know. `songs`: titles of what is in work with them (a demo they sent is not).

    `waiting_since`: since when they wait for an answer of ours (aware), None when they do not. `we_wrote`: they got at
    least one letter of ours.
    """

    name: str = ""
    songs: tuple[str, ...] = ()
    waiting_since: datetime | None = None
    we_wrote: bool = False


class TodaySession(msgspec.Struct, frozen=True, kw_only=True):
    """A session of today; `people` are the addresses of those who come. `start` and `end` are aware."""

    title: str
    start: datetime
    end: datetime
    people: frozenset[str] = frozenset()


class Song(msgspec.Struct, frozen=True, kw_only=True):
    """A song in work, and the day on which it is due or comes out."""

    title: str
    due_on: date | None = None
    due: Literal["deadline", "release"] = "deadline"


class Letter(msgspec.Struct, frozen=True, kw_only=True):
    """What we sent: its kind (`approval_request`, `session_call`, `version`, ...; "" for one without), its song."""

    kind: str = ""
    song: str = ""


class Circumstances(msgspec.Struct, frozen=True, kw_only=True):
    """`now` is aware. `people` by address, `letters` by Message-ID without angle brackets; addresses in lower case.

    `about`: titles of the songs that this very message was recognised to be about, where somebody looked.
    """

    now: datetime
    own: frozenset[str] = frozenset()
    people: dict[str, Person] = {}
    sessions: tuple[TodaySession, ...] = ()
    songs: tuple[Song, ...] = ()
    letters: dict[str, Letter] = {}
    about: tuple[str, ...] = ()
