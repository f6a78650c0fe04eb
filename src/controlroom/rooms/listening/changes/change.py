"""A change between two demos of one song, as a value; its sentence goes with it."""

from __future__ import annotations

from typing import Literal

import msgspec

Kind = Literal["version", "tempo", "key", "length", "form", "place", "loudness", "dynamics", "tone", "fault"]


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """`at_s` in the new demo, `old_at_s` in the old one; None speaks of the whole, or of what is only in the other.

    `figures` are what the sentence says, by names that carry their units; `confidence` 0 to 1.
    """

    kind: Kind
    says: str
    confidence: float
    at_s: float | None = None
    old_at_s: float | None = None
    figures: dict[str, float | str | None] = {}


class Counterpart(msgspec.Struct, frozen=True, kw_only=True):
    """A section of the new demo and the one of the old demo that it comes from (None: it is new).

    `kept_share`: how much of it was there before; `louder_lu`: against the old one, both as they stand.
    """

    name: str
    start_s: float
    end_s: float
    kept_share: float
    old_name: str | None = None
    old_start_s: float | None = None
    old_end_s: float | None = None
    louder_lu: float | None = None


class Changes(msgspec.Struct, frozen=True, kw_only=True):
    """`kind`: how the two demos belong together ("none": they do not, and `why` says so; then nothing is compared)."""

    kind: Literal["same recording", "same song", "none"]
    why: str = ""
    changes: tuple[Change, ...] = ()
    sections: tuple[Counterpart, ...] = ()
