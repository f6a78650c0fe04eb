"""Advice about chords and tuning."""

from __future__ import annotations

import math
from collections.abc import Iterator

from controlroom.rooms.listening.advice.point import Point
from controlroom.rooms.listening.report import DemoReport
from controlroom.song.remarks import clock
from controlroom.sound.intonation import CONCERT_A_HZ

OFF_CENTS, SURE_TUNING = 10.0, 0.7
SURE_LOOP = 0.6


def harmony_points(report: DemoReport) -> Iterator[Point]:
    yield from _one_loop(report)
    yield from _tuning(report)


def _one_loop(report: DemoReport) -> Iterator[Point]:
    """Verse and chorus on the same chords."""
    by_label = {one.label: one for one in reversed(report.progressions)}
    verse, chorus = by_label.get("verse"), by_label.get("chorus")
    if verse is None or chorus is None or verse.numerals != chorus.numerals or len(set(verse.numerals)) < 3:
        return
    confidence = min(report.harmony.chords_confidence or 0.0, report.form.sections_confidence)
    if confidence < SURE_LOOP:
        return
    first, second = verse.numerals[:2]
    yield Point(
        worth=0.6,
        code="one_loop",
        args={"first": first, "second": second, "verse_s": verse.start_s, "chorus_s": chorus.start_s},
        kind="harmony",
        says=f"Verse and chorus go round the same chords: let the verse stay on {first} for two bars, or start it on "
        f"{second}.",
        because=f"{' '.join(verse.numerals)} in the verse at {clock(verse.start_s)} and in the chorus at "
        f"{clock(chorus.start_s)}.",
        reason="The chorus has nowhere to arrive when the verse has been on all of its chords already.",
        next="Play the verse over two of the chords only and sing the tune on top; keep it if the tune holds.",
        confidence=confidence,
        at_s=verse.start_s,
        end_s=verse.end_s,
    )


def _tuning(report: DemoReport) -> Iterator[Point]:
    harmony = report.harmony
    if harmony.tuning_hz is None or (harmony.tuning_confidence or 0.0) < SURE_TUNING:
        return
    cents = 1200 * math.log2(harmony.tuning_hz / CONCERT_A_HZ)
    if abs(cents) < OFF_CENTS:
        return
    yield Point(
        worth=0.35,
        code="tuning",
        args={"tuning_hz": harmony.tuning_hz, "cents": round(cents, 1)},
        kind="tuning",
        says=f"The recording stands at A = {harmony.tuning_hz:.1f} Hz: agree on a tuning before anything is added.",
        because=f"That is {abs(cents):.0f} cents {'above' if cents > 0 else 'below'} 440 Hz, over the whole file.",
        reason="Every keyboard and every tuned guitar that joins will beat against what is there.",
        next="Tune to 440 Hz for the next take; to add to this one, set the session's instruments to its tuning.",
        confidence=harmony.tuning_confidence or 0.0,
    )
