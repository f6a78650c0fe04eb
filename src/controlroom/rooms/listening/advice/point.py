"""A point of advice before it is ranked, and what else is known when it is given."""

from __future__ import annotations

from typing import NamedTuple

import msgspec

from controlroom.base.finding import Value
from controlroom.rooms.listening.audition import Audition
from controlroom.rooms.listening.habits import Departure
from controlroom.sound.balance import Balance


class Around(msgspec.Struct, frozen=True, kw_only=True):
    """What is known beside the demo. Of references: the tempo they agree on, and the demo's balance against theirs.
    Of the artist: where it leaves what their other demos do."""

    reference_bpm: float | None = None
    balance: Balance | None = None
    departures: tuple[Departure, ...] = ()


class Point(NamedTuple):
    """As `Advice`; `worth` (0 to 1): how much it would help the song if it is true. It is ranked by worth times
    confidence."""

    worth: float
    kind: str
    says: str
    because: str
    reason: str
    next: str
    confidence: float
    code: str
    args: dict[str, Value]
    at_s: float | None = None
    end_s: float | None = None
    audition: Audition | None = None
