"""Auditions that cannot be heard are refused before anything is read."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from controlroom.base.errors import UsageError
from controlroom.rooms.listening.audition.plan import Audition, Cut, Step, Tempo, Tone, Transpose

MOST_SEMITONES, MOST_FACTOR, MOST_GAIN_DB = 12.0, 2.0, 18.0


def check(audition: Audition, duration_s: float) -> None:
    """Raises `UsageError` for the first thing that cannot be done with a file of this length."""
    for why, next_step in _wrong(audition, duration_s):
        raise UsageError("This audition cannot be made", why, next_step)


def _wrong(audition: Audition, duration_s: float) -> Iterator[tuple[str, str]]:
    if not audition.steps:
        yield "it changes nothing", "Give it a step: a cut, a key, a tempo or a tone."
    if audition.length_s <= 0:
        yield "its length is not above zero", "Give the seconds to hear, such as 24."
    for step in audition.steps:
        yield from _wrong_step(step, duration_s)
    cuts = sorted((step for step in audition.steps if isinstance(step, Cut)), key=lambda cut: cut.start_s)
    if any(later.start_s < earlier.end_s for earlier, later in pairwise(cuts)):
        yield "two of its cuts overlap", "Make one cut of them."


def _wrong_step(step: Step, duration_s: float) -> Iterator[tuple[str, str]]:
    match step:
        case Cut(start_s=start_s, end_s=end_s) if not 0 <= start_s < end_s or start_s >= duration_s:
            yield f"it cuts from {start_s:g} to {end_s:g} s of a file of {duration_s:.1f} s", "Cut inside the file."
        case Cut(start_s=start_s, end_s=end_s) if start_s <= 0 and end_s >= duration_s:
            yield "it cuts everything", "Leave something to hear."
        case Transpose(semitones=semitones) if not abs(semitones) <= MOST_SEMITONES:
            yield f"{semitones:g} semitones are too far to sound like the song", "Stay within an octave."
        case Tempo(factor=factor) if not 1 / MOST_FACTOR <= factor <= MOST_FACTOR:
            yield f"{factor:g} times as fast is too far to sound like the song", "Stay between 0.5 and 2."
        case Tone(low_hz=low_hz, high_hz=high_hz, gain_db=gain_db) if not (
            0 < low_hz < high_hz and abs(gain_db) <= MOST_GAIN_DB
        ):
            yield f"{gain_db:g} dB from {low_hz:g} to {high_hz:g} Hz is no tone control", "Stay within 18 dB."
