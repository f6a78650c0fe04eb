"""What each demand is worth when not all can be met: the price of giving way, paid in a second solve."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from controlroom.rooms.scheduling.availability import Flags, Minutes
from controlroom.rooms.scheduling.propose.problem import Candidates, Suit

if TYPE_CHECKING:
    from ortools.sat.python.cp_model import CpModel, IntVar

PAIN = {
    "room_hours": 20_000,
    "person_hours": 25_000,
    "most_h": 25_000,
    "rest": 30_000,
    "voice": 30_000,
    "gear": 30_000,
    "room": 30_000,
    "budget": 20_000,
    "window": 60_000,
    "order": 80_000,
    "needed": 100_000,
    "session": 1_000_000,
}
"""For each demand that gives way at all; minutes, pieces and minor units (1 each) are added."""

MINUTE = 50
"""What each minute adds: out of hours, over the most hours of a day, too little rest."""

Key = tuple[Any, ...]
"""(demand, of whom or what[, day])"""


REACH_MIN = 240
"""So far the hours of a room or a person may be stretched before somebody is rather left out."""

KEPT, KEPT_STUCK = 3, 8
"""How many starts of each day that break something are looked at, for a session with and without starts that do not."""


def out_of_reach(suit: Suit) -> Flags:
    """The starts that cannot be had by longer hours."""
    beyond: Flags = (suit.taken > 0) | (suit.closed > REACH_MIN)
    return beyond


def loose_starts(table: Candidates) -> Flags:
    """The starts at which all is met, and of each day those where giving way is least painful for the session alone."""
    strict = table.strict()
    pain = np.where(table.in_window, 0, PAIN["window"])
    for person in table.wanted.needed:
        pain = pain + hours_pain(table.people[person], "person_hours", PAIN["needed"])
    in_rooms = [
        hours_pain(suit, "room_hours", PAIN["session"]) + (PAIN["room"] if room not in table.asked_rooms() else 0)
        for room, suit in table.rooms.items()
    ]
    pain = pain + np.minimum.reduce(in_rooms)
    kept, most = strict.copy(), KEPT if strict.any() else KEPT_STUCK
    for day in np.unique(table.days):
        here = np.flatnonzero((table.days == day) & ~strict)
        kept[here[np.argsort(pain[here], kind="stable")[:most]]] = True
    kept &= pain < PAIN["session"]
    return kept


def hours_pain(suit: Suit, hours: str, otherwise: int) -> Minutes:
    """What each start costs where these hours are stretched, or `otherwise` given up."""
    longer = np.where(suit.closed > 0, PAIN[hours] + MINUTE * suit.closed, 0)
    return np.asarray(np.where(out_of_reach(suit), otherwise, longer), np.int64)


class Give:
    """The demands of one model that may give way: literals and amounts by key, and what they cost together."""

    def __init__(self, model: CpModel) -> None:
        self._model = model
        self._pains: list[Any] = []
        self.literals: dict[Key, IntVar] = {}
        self.amounts: dict[Key, IntVar] = {}

    def may(self, key: Key, pain: int) -> IntVar:
        """The literal that says: this demand is given up."""
        if key not in self.literals:
            self.literals[key] = self._model.new_bool_var("")
            self._pains.append(pain * self.literals[key])
        return self.literals[key]

    def amount(self, key: Key, most: int, pain: int, each: int) -> IntVar:
        """By how much this demand is missed, up to `most`; `pain` once, and `each` for each unit."""
        if key not in self.amounts:
            amount = self.amounts[key] = self._model.new_int_var(0, max(most, 0), "")
            self._model.add(amount <= max(most, 0) * self.may(key, pain))
            self._pains.append(each * amount)
        return self.amounts[key]

    def costs(self, literals: Sequence[IntVar], pains: Sequence[int]) -> None:
        """What each of these literals costs by itself."""
        self._pains += [literal * pain for literal, pain in zip(literals, pains, strict=True) if pain]

    def minimise(self) -> None:
        self._model.minimize(sum(self._pains))
