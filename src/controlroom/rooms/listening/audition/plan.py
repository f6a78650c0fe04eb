"""What is tried on a demo, as a value: small, kept with the advice it belongs to, rendered when somebody listens."""

from __future__ import annotations

from typing import TypeAlias

import msgspec

from controlroom.base.canonical import identity
from controlroom.song.remarks import clock

ENGINE = 1  # changes with anything that changes the sound of an audition
LENGTH_S = 24.0


class Cut(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind", tag="cut"):
    """The song goes on at `end_s` where `start_s` was; both are best on downbeats. Up to the end of the file, it ends
    there instead."""

    start_s: float
    end_s: float


class Transpose(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind", tag="transpose"):
    """Higher (or lower, negative), as long as before; voices keep their formants."""

    semitones: float


class Tempo(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind", tag="tempo"):
    """`factor` times as fast, at the same pitch."""

    factor: float


class Tone(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind", tag="tone"):
    """What lies between two frequencies, louder by `gain_db` (negative: softer)."""

    low_hz: float
    high_hz: float
    gain_db: float


Step: TypeAlias = Cut | Transpose | Tempo | Tone


class Audition(msgspec.Struct, frozen=True, kw_only=True):
    """Steps tried together on `length_s` of the demo around `at_s` (None: its middle)."""

    steps: tuple[Step, ...]
    at_s: float | None = None
    length_s: float = LENGTH_S

    @property
    def key(self) -> str:
        """The name of its render of a given recording: 16 hex digits of the hash of engine and plan."""
        return identity(ENGINE, self)[:16]

    @property
    def says(self) -> str:
        """What is tried, as a phrase: "without 0:52 to 1:08, 2 semitones lower"."""
        return ", ".join(_phrase(step) for step in self.steps)


def _phrase(step: Step) -> str:
    match step:
        case Cut(start_s=start_s, end_s=end_s):
            return f"without {clock(start_s)} to {clock(end_s)}"
        case Transpose(semitones=semitones):
            many = "semitone" if abs(semitones) == 1 else "semitones"
            return f"{abs(semitones):g} {many} {'lower' if semitones < 0 else 'higher'}"
        case Tempo(factor=factor):
            return f"{abs(factor - 1) * 100:.0f} % {'slower' if factor < 1 else 'faster'}"
        case Tone(low_hz=low_hz, high_hz=high_hz, gain_db=gain_db):
            sign = "−" if gain_db < 0 else "+"
            return f"{low_hz:g} to {high_hz:g} Hz {sign}{abs(gain_db):g} dB"


def audition_identity(audition: Audition, source: str) -> str:
    """The name of the render: hash of engine, plan and the source's hash."""
    return identity(ENGINE, audition, source)
