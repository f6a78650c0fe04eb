"""A marker: a place, or a stretch, with a name that every program takes."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from controlroom.rooms.review.carry import Note
from controlroom.rooms.review.revision import Point, one_line

LONGEST_NAME = 200  # characters; DAWs show some thirty


class Marker(msgspec.Struct, frozen=True, kw_only=True):
    """`at_s` from the start of the file; `until_s` None: a place. `name` is one line, never empty."""

    at_s: float
    until_s: float | None = None
    name: str

    @property
    def length_s(self) -> float:
        return 0.0 if self.until_s is None else max(self.until_s - self.at_s, 0.0)


def markers_of(said: Iterable[Point | Note]) -> list[Marker]:
    """Points or notes as markers in the order of time; what speaks of the whole song stands at the beginning."""
    return sorted((_marker(one) for one in said), key=lambda marker: (marker.at_s, marker.length_s, marker.name))


def _marker(one: Point | Note) -> Marker:
    names = ", ".join(one.authors) if isinstance(one, Point) else one.author
    name = one_line(f"{names}: {one.text}" if names else one.text)
    if isinstance(one, Point) and one.against:
        name = f"[conflict] {name}"
    at_s = max(one.at_s or 0.0, 0.0)
    longer = one.at_s is not None and one.until_s is not None and one.until_s > at_s
    short = name if len(name) <= LONGEST_NAME else name[: LONGEST_NAME - 1] + "…"
    return Marker(at_s=at_s, until_s=one.until_s if longer else None, name=short or "note")


def time_of(seconds: float) -> str:
    """ "1:02.345", beyond an hour "1:02:03.456"."""
    whole_ms = round(1000 * seconds)
    minutes, rest_ms = divmod(whole_ms, 60_000)
    tail = f"{rest_ms // 1000:02}.{rest_ms % 1000:03}"
    return f"{minutes // 60}:{minutes % 60:02}:{tail}" if minutes >= 60 else f"{minutes}:{tail}"
