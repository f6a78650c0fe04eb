"""Advice about the singing. In a mix nothing is said of pitch in cents: that needs the voice alone."""

from __future__ import annotations

from collections.abc import Iterator

from controlroom.base.finding import Value
from controlroom.rooms.listening.advice.point import Around, Point
from controlroom.rooms.listening.audition import Audition, Transpose
from controlroom.rooms.listening.habits import Departure
from controlroom.rooms.listening.report import DemoReport
from controlroom.song.remarks import clock

SURE = 0.6
OFF_CENTS, SPREAD_CENTS = 15.0, 35.0
MOST_SEMITONES = 5


def voice_points(report: DemoReport, around: Around) -> Iterator[Point]:
    yield from _out_of_reach(report, around)
    yield from _intonation(report)


def _out_of_reach(report: DemoReport, around: Around) -> Iterator[Point]:
    """The top (or lowest) note lies beyond what this singer's other demos reach: another key."""
    for left in around.departures:
        if left.semitones is None or not 0 < abs(left.semitones) <= MOST_SEMITONES:
            continue
        top = report.voice.top if left.semitones < 0 else None
        count, side = abs(left.semitones), "lower" if left.semitones < 0 else "higher"
        how = f"{count} semitone{'s' * (count > 1)} {side}"
        at_s = top.last_at_s if top else None
        yield Point(
            worth=0.85,
            code="out_of_reach",
            args=_reach(report, left),
            kind="key",
            says=f"Try it {how}" + (f", in {left.key}." if left.key else "."),
            because=f"{left.says[0].upper()}{left.says[1:]}" + (f", sung {top.times} times." if top else "."),
            reason="At the end of a range the voice gives volume and colour to reach the pitch at all.",
            next="Play the other version once and let the artist sing the last chorus over it, twice.",
            confidence=min(left.confidence, report.voice.range_confidence or 0.0),
            at_s=at_s,
            audition=Audition(steps=(Transpose(semitones=float(left.semitones)),), at_s=at_s),
        )


def _reach(report: DemoReport, left: Departure) -> dict[str, Value]:
    """The key only where the demo's own is sure."""
    key = left.key if (report.harmony.key_confidence or 0.0) >= SURE else None
    return {"semitones": left.semitones or 0, **({"key": key} if key else {})}


def _intonation(report: DemoReport) -> Iterator[Point]:
    """Only of a voice alone; the room measures no cents in a mix."""
    heard = report.voice.intonation
    if heard is None or heard.confidence < SURE:
        return
    hardest = report.voice.hardest[0] if report.voice.hardest else None
    if heard.spread_cents > SPREAD_CENTS:
        yield Point(
            worth=0.65,
            code="scattered_pitch",
            args={"notes": heard.notes, "cents": heard.spread_cents},
            kind="performance",
            says="Sing the hard places again rather than the whole song"
            + (f": begin at {clock(hardest.start_s)}." if hardest else "."),
            because=f"{heard.notes} held notes scatter by {heard.spread_cents:.0f} cents around what is meant."
            + (f" Hardest there: {hardest.because}." if hardest else ""),
            reason="Pitch slips where breath or reach ends; elsewhere the take is likely better than it feels.",
            next="Three takes of those bars alone, with less of the backing in the headphones.",
            confidence=heard.confidence,
            at_s=hardest.start_s if hardest else None,
            end_s=hardest.end_s if hardest else None,
        )
    elif heard.median_cents is not None and abs(heard.median_cents) > OFF_CENTS:
        side = "sharp" if heard.median_cents > 0 else "flat"
        yield Point(
            worth=0.5,
            code="steady_offset",
            args={"notes": heard.notes, "cents": heard.median_cents},
            kind="performance",
            says=f"The voice lies {abs(heard.median_cents):.0f} cents {side} as a whole: change what the singer hears.",
            because=f"Median of {heard.notes} held notes against the tuning of the song.",
            reason="A steady offset comes from the headphones more often than from the ear.",
            next="One ear off, or more of a pitched instrument and less bass in the headphones, and one more take.",
            confidence=heard.confidence,
        )
