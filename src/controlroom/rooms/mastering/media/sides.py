"""The sides of a record: how the songs are split, and what their length costs in level.

The groove winds inwards; a louder groove is wider. A side of twice the length has room for half the amplitude, so what
it must be quieter than the longest side at full level is 20 log10 of the ratio of their lengths. Which lengths those
are, plants say alike within a minute or two.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import msgspec

from controlroom.base.errors import UsageError
from controlroom.base.finding import Finding, Value
from controlroom.rooms.mastering.media.medium import Medium


class Side(msgspec.Struct, frozen=True):
    """A format: minutes that fit at full level, and the most that is cut at all."""

    size_in: int
    rpm: int
    full_min: float
    most_min: float


SIDES = (
    Side(12, 33, 18.0, 26.0),
    Side(12, 45, 12.0, 16.0),
    Side(10, 33, 12.0, 16.0),
    Side(10, 45, 9.0, 12.0),
    Side(7, 33, 6.0, 8.0),
    Side(7, 45, 4.5, 6.0),
)


def side_format(size_in: int = 12, rpm: int = 33) -> Side:
    """The format of this size and speed; raises `UsageError` where there is none."""
    found = next((one for one in SIDES if (one.size_in, one.rpm) == (size_in, rpm)), None)
    if found is None:
        known = ", ".join(f"{one.size_in} inches at {one.rpm}" for one in SIDES)
        raise UsageError(f"There is no record of {size_in} inches at {rpm} rpm", f"the formats are {known}")
    return found


def level_for(minutes: float, side: Side) -> float:
    """How far below full level (dB, 0 or less) a side of this length is cut."""
    return -20 * math.log10(max(minutes / side.full_min, 1.0))


def side_findings(medium: Medium, durations_s: Sequence[float], side: Side = SIDES[0]) -> tuple[Finding, ...]:
    """What the length of each of two sides costs, for vinyl; nothing elsewhere."""
    if medium.name != "vinyl" or not durations_s:
        return ()
    first = sides(durations_s)
    found = []
    for name, lengths in (("A", durations_s[:first]), ("B", durations_s[first:])):
        minutes = sum(lengths) / 60
        args: dict[str, Value] = {"side": name, "minutes": minutes, "size": side.size_in, "rpm": side.rpm}
        if minutes > side.most_min:
            found.append(Finding(code="vinyl_side_long", severity="warning", args={**args, "most": side.most_min}))
        elif minutes > side.full_min:
            args["quieter_db"] = -level_for(minutes, side)
            found.append(Finding(code="vinyl_side_level", severity="advice", args=args))
    return tuple(found)


def sides(durations_s: Sequence[float]) -> int:
    """How many of the songs go on the first of two sides, in their order, so that the longer one is shortest."""
    total = sum(durations_s)
    first = [sum(durations_s[:k]) for k in range(len(durations_s) + 1)]
    return min(range(len(first)), key=lambda k: (max(first[k], total - first[k]), -k))
