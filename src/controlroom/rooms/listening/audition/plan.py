"""What is tried on a demo, as a value: small, kept with the advice it belongs to, rendered when somebody listens."""

from __future__ import annotations

from typing import TypeAlias

import msgspec

from controlroom.base.canonical import identity

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


def audition_identity(audition: Audition, source: str) -> str:
    """The name of the render: hash of engine, plan and the source's hash."""
    return identity(ENGINE, audition, source)
