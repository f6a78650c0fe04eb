"""The progression of each section: its repeated loop, named once, and the cadence that leads into it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import groupby
from typing import Protocol

import msgspec

from controlroom.sound.harmony.chords import ChordSpan
from controlroom.sound.harmony.keys import KeySpan
from controlroom.sound.harmony.notable import cadence, heard_chords

PER_BAR = 2  # places at which a bar is asked for its chord
LOOP_BARS = (1, 2, 4, 8, 16)
SAME_SHARE = 0.8  # of the places that must agree from one round of a loop to the next
MOST_CHORDS = 8  # a longer succession is not a progression to be named
NEAR_S = 0.6


class Section(Protocol):
    """What is asked of a section."""

    @property
    def start_s(self) -> float: ...
    @property
    def end_s(self) -> float: ...
    @property
    def label(self) -> str: ...


class Progression(msgspec.Struct, frozen=True, kw_only=True):
    """The section from `start_s` to `end_s`: `numerals` of its loop (or of all of it, played once), `bars` that each
    lasts, `times` it is played; `cadence`: how the section is reached ("plagal cadence into the chorus"), None where
    that has no name. `says`: "I V vi IV, 2 bars each, 4 times"."""

    start_s: float
    end_s: float
    label: str
    numerals: tuple[str, ...]
    bars: tuple[float, ...]
    times: int
    cadence: str | None
    says: str


def progressions(
    chords: Sequence[ChordSpan], keys: Sequence[KeySpan], sections: Sequence[Section], downbeats_s: Sequence[float]
) -> tuple[Progression, ...]:
    """One for each section in which the chords can be told by bars and repeat, or are few."""
    found = (_progression(chords, keys, section, downbeats_s) for section in sections)
    return tuple(progression for progression in found if progression)


def _progression(
    chords: Sequence[ChordSpan], keys: Sequence[KeySpan], section: Section, downbeats_s: Sequence[float]
) -> Progression | None:
    places = _places(chords, section, downbeats_s)
    loop = _loop(places)
    rounds = [places[start : start + loop] for start in range(0, len(places), loop)] if loop else [places]
    voted = [_voted([each[place] for each in rounds if place < len(each)]) for place in range(len(rounds[0]))]
    runs = [(numeral, len(list(run)) / PER_BAR) for numeral, run in groupby(voted)]
    if not runs or len(runs) > MOST_CHORDS or any(numeral is None for numeral, _ in runs):
        return None
    numerals, bars = tuple(str(numeral) for numeral, _ in runs), tuple(length for _, length in runs)
    times = max(round(len(places) / loop), 1) if loop else 1
    return Progression(
        start_s=section.start_s,
        end_s=section.end_s,
        label=section.label,
        numerals=numerals,
        bars=bars,
        times=times,
        cadence=_cadence_into(chords, keys, section),
        says=_said(numerals, bars, times),
    )


def _places(chords: Sequence[ChordSpan], section: Section, downbeats_s: Sequence[float]) -> list[str | None]:
    """The numeral at `PER_BAR` places of each bar that begins in the section."""
    bars = [bar for bar in downbeats_s if section.start_s - NEAR_S / 2 <= bar < section.end_s - NEAR_S / 2]
    ends = [*bars[1:], section.end_s][: len(bars)]
    asked = [
        start_s + (place + 0.5) / PER_BAR * (end_s - start_s)
        for start_s, end_s in zip(bars, ends, strict=True)
        for place in range(PER_BAR)
    ]
    return [next((span.roman for span in chords if span.start_s <= at_s < span.end_s), None) for at_s in asked]


def _loop(places: Sequence[str | None]) -> int | None:
    """The shortest period in places; None where nothing repeats."""
    triads = [None if numeral is None else plain(numeral) for numeral in places]
    for bars in LOOP_BARS:
        period = bars * PER_BAR
        if 2 * period <= len(triads):
            pairs = list(zip(triads, triads[period:], strict=False))
            if sum(one == other for one, other in pairs) >= SAME_SHARE * len(pairs):
                return period
    return None


def plain(numeral: str) -> str:
    """A numeral without its sevenths and suspensions."""
    return numeral.replace("maj7", "").replace("sus2", "").replace("sus4", "").replace("7", "")


def _voted(numerals: Sequence[str | None]) -> str | None:
    return Counter(numerals).most_common(1)[0][0]


def _cadence_into(chords: Sequence[ChordSpan], keys: Sequence[KeySpan], section: Section) -> str | None:
    heard = heard_chords(chords, keys)
    after = next((chord for chord in heard if abs(chord.at_s - section.start_s) <= NEAR_S), None)
    before = next((chord for chord in reversed(heard) if after and chord.end_s <= after.at_s + 1e-3), None)
    if after is None or before is None or after.at_s - before.end_s > NEAR_S:
        return None
    name = cadence(before, after)
    return f"{name} into the {section.label}" if name else None


def _said(numerals: tuple[str, ...], bars: tuple[float, ...], times: int) -> str:
    def length(value: float) -> str:
        return "half a bar" if value == 0.5 else "1 bar" if value == 1 else f"{value:g} bars"

    if len(numerals) == 1:
        return f"stays on {numerals[0]}"
    if len(set(bars)) == 1:
        text = f"{' '.join(numerals)}, {length(bars[0])} each"
    else:
        text = " ".join(f"{numeral} ({length(value)})" for numeral, value in zip(numerals, bars, strict=True))
    return text + ("" if times == 1 else ", twice" if times == 2 else f", {times} times")
