"""What else is known while mail is sorted. An app above this one adds what it knows by declaring a function here:

    @giver
    def sessions(studio_id: int, now: datetime) -> dict[str, Any]: ...

It answers fields of the room's `Circumstances` (calendar: who has a session today); this app answers the rest.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

Giver = Callable[[int, datetime], dict[str, Any]]
_givers: list[Giver] = []


def giver(give: Giver) -> Giver:
    """Declare a function as one that knows circumstances."""
    if give not in _givers:
        _givers.append(give)
    return give


def given(studio_id: int, now: datetime) -> dict[str, Any]:
    """All that the apps above know; the later one has the last word on a field that two answer."""
    known: dict[str, Any] = {}
    for give in _givers:
        known |= give(studio_id, now)
    return known
