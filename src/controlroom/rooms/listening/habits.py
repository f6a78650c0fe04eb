"""What an artist's demos have in common, and where a new one leaves it: a singer's range, tempos, keys, form."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from statistics import median
from typing import Literal

import msgspec

from controlroom.rooms.listening.told import Told, key_moved, midi_of, note_of
from controlroom.song.remarks import clock

About = Literal["top note", "lowest note", "tempo", "key", "time to chorus"]

LEAST_DEMOS = 2
TEMPO_SLACK = 0.08
LEAST_SEMITONES, LATER_S = 2, 10.0


class Habit(msgspec.Struct, frozen=True, kw_only=True):
    """Over `demos` earlier demos the figure lay between `low` and `high`, `typical` in the middle (notes as MIDI
    numbers); of keys `usual` names them, the commonest first."""

    about: About
    demos: int
    says: str
    low: float | None = None
    high: float | None = None
    typical: float | None = None
    usual: tuple[str, ...] = ()


class Departure(msgspec.Struct, frozen=True, kw_only=True):
    """Where a new demo leaves a habit: `by` beyond its end (semitones, BPM, seconds), positive above.

    `semitones` (negative: down) and `key` would bring a voice back into what its earlier demos hold; `confidence` grows
    with their number.
    """

    about: About
    says: str
    by: float
    confidence: float
    semitones: int | None = None
    key: str | None = None


def habits_of(previous: Sequence[Told]) -> tuple[Habit, ...]:
    """What at least two earlier demos of the artist tell; one is no habit."""
    return tuple(_habits(previous))


def _habits(previous: Sequence[Told]) -> Iterator[Habit]:
    tops = [midi for each in previous if (midi := midi_of(each.voice.highest_note)) is not None]
    bottoms = [midi for each in previous if (midi := midi_of(each.voice.lowest_note)) is not None]
    tempos = [each.rhythm.tempo_bpm for each in previous if each.rhythm.tempo_bpm]
    choruses = [each.form.time_to_chorus_s for each in previous if each.form.time_to_chorus_s is not None]
    if len(tops) >= LEAST_DEMOS:
        yield _habit("top note", tops, f"the voice stops at {note_of(max(tops))}")
    if len(bottoms) >= LEAST_DEMOS:
        yield _habit("lowest note", bottoms, f"the voice goes down to {note_of(min(bottoms))}")
    if len(tempos) >= LEAST_DEMOS:
        yield _habit("tempo", tempos, f"tempos lie between {min(tempos):.0f} and {max(tempos):.0f} BPM")
    if len(choruses) >= LEAST_DEMOS:
        yield _habit("time to chorus", choruses, f"the chorus comes by {clock(max(choruses))}")
    keys = [each.harmony.key for each in previous if each.harmony.key]
    if len(keys) >= LEAST_DEMOS:
        usual = tuple(sorted(set(keys), key=lambda key: (-keys.count(key), key)))
        yield Habit(about="key", demos=len(keys), says=f"keys: {', '.join(usual)}", usual=usual)


def _habit(about: About, values: Sequence[float], says: str) -> Habit:
    return Habit(
        about=about, demos=len(values), says=says, low=min(values), high=max(values), typical=float(median(values))
    )


def departures(demo: Told, habits: Sequence[Habit]) -> tuple[Departure, ...]:
    """Where the demo goes beyond what the artist's others do, far enough to be worth a word."""
    found = (_LEAVES[habit.about](demo, habit) for habit in habits if habit.about in _LEAVES)
    return tuple(departure for departure in found if departure is not None)


def _over_the_top(demo: Told, habit: Habit) -> Departure | None:
    top = midi_of(demo.voice.highest_note)
    if top is None or habit.high is None or top - habit.high < LEAST_SEMITONES:
        return None
    by = round(top - habit.high)
    return _of_voice(demo, habit, by, f"top note {note_of(top)}; {_others(habit)} stop at {note_of(round(habit.high))}")


def _below_the_bottom(demo: Told, habit: Habit) -> Departure | None:
    bottom = midi_of(demo.voice.lowest_note)
    if bottom is None or habit.low is None or habit.low - bottom < LEAST_SEMITONES:
        return None
    by = round(bottom - habit.low)
    return _of_voice(
        demo, habit, by, f"lowest note {note_of(bottom)}; {_others(habit)} stop at {note_of(round(habit.low))}"
    )


def _of_voice(demo: Told, habit: Habit, by: int, says: str) -> Departure:
    key = key_moved(demo.harmony.key, -by) if demo.harmony.key else None
    return Departure(about=habit.about, says=says, by=by, confidence=_trust(habit), semitones=-by, key=key)


def _other_tempo(demo: Told, habit: Habit) -> Departure | None:
    tempo = demo.rhythm.tempo_bpm
    if tempo is None or habit.low is None or habit.high is None:
        return None
    low, high = habit.low * (1 - TEMPO_SLACK), habit.high * (1 + TEMPO_SLACK)
    if any(low <= each <= high for each in (tempo, tempo / 2, 2 * tempo)):  # a beat may be counted twice as fast
        return None
    by = tempo - habit.high if tempo > high else tempo - habit.low
    says = f"{tempo:.0f} BPM; {_others(habit)} lie between {habit.low:.0f} and {habit.high:.0f}"
    return Departure(about="tempo", says=says, by=round(by, 1), confidence=_trust(habit))


def _late_chorus(demo: Told, habit: Habit) -> Departure | None:
    at_s = demo.form.time_to_chorus_s
    if at_s is None or habit.high is None or at_s - habit.high < LATER_S:
        return None
    says = f"chorus at {clock(at_s)}; {_others(habit)} have it by {clock(habit.high)}"
    return Departure(about="time to chorus", says=says, by=round(at_s - habit.high, 1), confidence=_trust(habit))


def _others(habit: Habit) -> str:
    return f"this artist's other {habit.demos} demos"


def _trust(habit: Habit) -> float:
    """The chance that a further demo would lie within the ends of so many: (n - 1) / (n + 1) for any distribution."""
    return round((habit.demos - 1) / (habit.demos + 1), 2)


_LEAVES = {
    "top note": _over_the_top,
    "lowest note": _below_the_bottom,
    "tempo": _other_tempo,
    "time to chorus": _late_chorus,
}
