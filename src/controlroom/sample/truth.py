"""What is known of a sample song, because we made it. Times are seconds on the song's time line.

The time line begins where the session's full-length files begin; a file with another `start_s` (the punch-in) begins
there. `chords` are in Harte syntax, keys are written "F# minor".
"""

from __future__ import annotations

from typing import Any

import msgspec

SCHEMA = "controlroom.sample-song.truth/1"


class TempoMark(msgspec.Struct, frozen=True):
    """The tempo from there on, to the next mark. Where nobody plays to a click every beat has its own."""

    time_s: float
    bpm: float


class TrueChord(msgspec.Struct, frozen=True):
    start_s: float
    end_s: float
    chord: str


class TrueSection(msgspec.Struct, frozen=True):
    start_s: float
    end_s: float
    label: str


class TrueKey(msgspec.Struct, frozen=True):
    start_s: float
    end_s: float
    key: str


class TrueMeter(msgspec.Struct, frozen=True):
    start_s: float
    end_s: float
    meter: str


class TrueNote(msgspec.Struct, frozen=True):
    """A note as it is meant (`cents` off `midi`: always in tune on paper); drums carry General MIDI numbers."""

    part: str
    start_s: float
    end_s: float
    midi: int
    cents: float = 0.0


class TruePhrase(msgspec.Struct, frozen=True):
    """A sung phrase in one file; `weak` says why this pass of it should not be kept (None: it is good)."""

    file: str
    start_s: float
    end_s: float
    words: str
    weak: str | None = None


class Fault(msgspec.Struct, frozen=True):
    """What is wrong on purpose. `amount` in `unit`: ms (+ late), cents (+ sharp), dB, dBFS; None: it has no size."""

    file: str
    kind: str
    start_s: float
    end_s: float
    amount: float | None = None
    unit: str = ""
    says: str = ""


class TrueFile(msgspec.Struct, frozen=True):
    """A file of the session; `role` as in `song.roles`."""

    file: str
    part: str
    role: str
    pass_name: str
    start_s: float = 0.0
    side: str | None = None


class Truth(msgspec.Struct, frozen=True, kw_only=True):
    """All of it; `truth.json` at the song folder's root."""

    schema: str = SCHEMA
    seed: int
    rate_hz: int
    duration_s: float
    title: str
    artist: str
    key: str
    keys: tuple[TrueKey, ...]
    tuning_hz: float
    meter: str
    meters: tuple[TrueMeter, ...]
    tempo_map: tuple[TempoMark, ...]
    beats_s: tuple[float, ...]
    downbeats_s: tuple[float, ...]
    sections: tuple[TrueSection, ...]
    chords: tuple[TrueChord, ...]
    notes: tuple[TrueNote, ...]
    phrases: tuple[TruePhrase, ...]
    faults: tuple[Fault, ...]
    files: tuple[TrueFile, ...]

    def to_json(self) -> dict[str, Any]:
        """As plain values, the way `truth.json` holds it."""
        plain: dict[str, Any] = msgspec.to_builtins(self)
        return plain
