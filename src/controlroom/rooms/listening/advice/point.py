"""A point of advice before it is ranked, and what else is known when it is given."""

from __future__ import annotations

import msgspec

from controlroom.rooms.listening.habits import Departure
from controlroom.rooms.listening.report import Advice
from controlroom.sound.balance import Balance


class Around(msgspec.Struct, frozen=True, kw_only=True):
    """What is known beside the demo. Of references: the tempo they agree on, and the demo's balance against theirs.
    Of the artist: where it leaves what their other demos do."""

    reference_bpm: float | None = None
    balance: Balance | None = None
    departures: tuple[Departure, ...] = ()


class Point(Advice, frozen=True, kw_only=True):
    """Advice before it has its place; `worth` (0 to 1): how much it would help the song if it is true. It is ranked by
    worth times confidence."""

    worth: float
    priority: int = 0

    def placed(self, priority: int) -> Advice:
        """The advice, in its place among others."""
        fields = {name: getattr(self, name) for name in Advice.__struct_fields__}
        return Advice(**fields | {"priority": priority, "confidence": round(self.confidence, 2)})
