"""How the clock of one version runs in another: straight stretches, and cuts between them."""

from __future__ import annotations

from bisect import bisect_right
from typing import Literal

import msgspec

Kind = Literal["same recording", "same song", "none"]
SURE = 0.5  # a stretch of at least this confidence is believed without asking


class Stretch(msgspec.Struct, frozen=True, kw_only=True):
    """Old time `old_start_s` to `old_end_s` plays as `new_start_s` to `new_end_s`; `confidence` 0 to 1."""

    old_start_s: float
    old_end_s: float
    new_start_s: float
    new_end_s: float
    confidence: float

    @property
    def speed(self) -> float:
        """New seconds an old second takes: 1 for the same tempo, above 1 where the new version is slower."""
        old_s = self.old_end_s - self.old_start_s
        return (self.new_end_s - self.new_start_s) / old_s if old_s > 0 else 1.0

    def turned(self) -> Stretch:
        """The same stretch seen from the new version."""
        return Stretch(
            old_start_s=self.new_start_s,
            old_end_s=self.new_end_s,
            new_start_s=self.old_start_s,
            new_end_s=self.old_end_s,
            confidence=self.confidence,
        )


class Alignment(msgspec.Struct, frozen=True, kw_only=True):
    """`stretches` in the order of time, in both versions. Old time between two of them was cut; new time was inserted.

    `kind`: the same recording (offsets exact to about a millisecond), the same song played at another tempo or key
    (follows by bar), or none: the versions do not align, there are no stretches, and `why` says so in a sentence.
    `semitones`: how much higher the new version is; `polarity` -1 where its waveform is turned over.
    """

    kind: Kind = "none"
    old_duration_s: float = 0.0
    new_duration_s: float = 0.0
    stretches: tuple[Stretch, ...] = ()
    semitones: float = 0.0
    polarity: int = 1
    why: str = ""

    @property
    def aligned(self) -> bool:
        return bool(self.stretches)

    @property
    def confidence(self) -> float:
        """Of the whole: the stretches' confidence, the longer counting more; 0 where nothing aligns."""
        lengths = [stretch.old_end_s - stretch.old_start_s for stretch in self.stretches]
        together = sum(one.confidence * length for one, length in zip(self.stretches, lengths, strict=True))
        return together / sum(lengths) if sum(lengths) > 0 else 0.0

    def new_time(self, old_s: float) -> float | None:
        """Where `old_s` plays in the new version; None: this place was cut (or nothing aligns)."""
        found = self.stretch_at(old_s)
        return None if found is None else _along(found, old_s)

    def old_time(self, new_s: float) -> float | None:
        """Where `new_s` came from in the old version; None: it is new."""
        return self.turned().new_time(new_s)

    def stretch_at(self, old_s: float) -> Stretch | None:
        """The stretch that old time lies in, its end included; where two meet, the later one."""
        place = bisect_right(self.stretches, old_s, key=lambda stretch: stretch.old_start_s) - 1
        found = self.stretches[place] if place >= 0 else None
        return found if found is not None and old_s <= found.old_end_s else None

    def cut_at(self, old_s: float) -> float | None:
        """Where the new version goes on in place of a time that was cut; None when nothing aligns."""
        if not self.stretches:
            return None
        place = bisect_right(self.stretches, old_s, key=lambda stretch: stretch.old_start_s) - 1
        return self.stretches[place].new_end_s if place >= 0 else self.stretches[0].new_start_s

    def turned(self) -> Alignment:
        """The way back: from the new version to the old."""
        return Alignment(
            kind=self.kind,
            old_duration_s=self.new_duration_s,
            new_duration_s=self.old_duration_s,
            stretches=tuple(stretch.turned() for stretch in self.stretches),
            semitones=-self.semitones,
            polarity=self.polarity,
            why=self.why,
        )


def _along(stretch: Stretch, old_s: float) -> float:
    new_s = stretch.new_start_s + (old_s - stretch.old_start_s) * stretch.speed
    return min(max(new_s, stretch.new_start_s), stretch.new_end_s)


def same_time(duration_s: float) -> Alignment:
    """A version aligned with itself."""
    whole = Stretch(old_start_s=0.0, old_end_s=duration_s, new_start_s=0.0, new_end_s=duration_s, confidence=1.0)
    return Alignment(kind="same recording", old_duration_s=duration_s, new_duration_s=duration_s, stretches=(whole,))
