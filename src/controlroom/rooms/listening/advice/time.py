"""Advice about tempo: where it runs away, and what another tempo would sound like."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from controlroom.rooms.listening.advice.point import Around, Point
from controlroom.rooms.listening.audition import Audition, Tempo
from controlroom.rooms.listening.report import DemoReport
from controlroom.song.remarks import clock
from controlroom.sound.rhythm import TempoPoint

SURE_TEMPO = 0.6
DRIFT_PERCENT = 4.0
DRAGS_PERCENT = 1.5
OFF_REFERENCE_PERCENT = (5.0, 20.0)  # closer is the same; further is another kind of song


def time_points(report: DemoReport, around: Around) -> Iterator[Point]:
    rhythm = report.rhythm
    if rhythm.tempo_bpm is None or rhythm.tempo_confidence < SURE_TEMPO:
        return
    if not rhythm.changes and rhythm.beats_confidence >= SURE_TEMPO:
        yield from _runs_away(report)
        yield from _drags(report)
    yield from _other_tempo(report, around.reference_bpm)


def _runs_away(report: DemoReport) -> Iterator[Point]:
    rhythm = report.rhythm
    if (rhythm.drift_percent or 0.0) < DRIFT_PERCENT or len(rhythm.curve) < 4:
        return
    slowest = min(rhythm.curve, key=lambda one: one.bpm)
    fastest = max(rhythm.curve, key=lambda one: one.bpm)
    first, second = sorted((slowest, fastest), key=lambda one: one.at_s)
    moves = "rushes" if second.bpm > first.bpm else "slows down"
    yield Point(
        worth=0.6,
        code="tempo_moves",
        args={
            "from_bpm": first.bpm,
            "to_bpm": second.bpm,
            "from_s": first.at_s,
            "to_s": second.at_s,
            "tempo_bpm": rhythm.tempo_bpm or 0.0,
        },
        kind="tempo",
        says=f"It {moves} from {first.bpm:.0f} to {second.bpm:.0f} BPM between {clock(first.at_s)} and "
        f"{clock(second.at_s)}: decide on a tempo before the next take.",
        because=f"The tempo over 16 beats moves by {rhythm.drift_percent:.1f} %.",
        reason="A listener takes a slow change of tempo as energy gained or lost, whether it was meant or not.",
        next=f"Play one take to a click at {rhythm.tempo_bpm:.0f} BPM and one without, and compare the last chorus.",
        confidence=min(rhythm.tempo_confidence, rhythm.beats_confidence),
        at_s=first.at_s,
        end_s=second.at_s,
    )


def _drags(report: DemoReport) -> Iterator[Point]:
    verse, chorus = (_mean_bpm(report, label) for label in ("verse", "chorus"))
    if verse is None or chorus is None or 100 * (verse - chorus) / verse < DRAGS_PERCENT:
        return
    at_s = next(one.start_s for one in report.form.sections if one.label == "chorus")
    yield Point(
        worth=0.55,
        code="chorus_drags",
        args={"verse_bpm": round(verse, 2), "chorus_bpm": round(chorus, 2), "chorus_s": at_s},
        kind="tempo",
        says=f"The chorus drags: {chorus:.1f} BPM against {verse:.1f} in the verse. Let it push from {clock(at_s)} on.",
        because=f"On average {100 * (verse - chorus) / verse:.1f} % slower over all choruses.",
        reason="A chorus that slows down gives back the lift that its arrangement gains.",
        next=f"Set the click to {verse:.1f} BPM in the verse and {verse * 1.01:.1f} in the chorus.",
        confidence=min(report.rhythm.beats_confidence, report.form.sections_confidence),
        at_s=at_s,
    )


def _mean_bpm(report: DemoReport, label: str) -> float | None:
    spans = [(one.start_s, one.end_s) for one in report.form.sections if one.label == label]
    inside: Sequence[TempoPoint] = [
        one for one in report.rhythm.curve if any(start_s <= one.at_s < end_s for start_s, end_s in spans)
    ]
    return sum(one.bpm for one in inside) / len(inside) if len(inside) >= 2 else None


def _other_tempo(report: DemoReport, wanted: float | None) -> Iterator[Point]:
    """Nearer to the references, where they agree among themselves."""
    bpm = report.rhythm.tempo_bpm
    if bpm is None or wanted is None:
        return
    percent = 100 * (wanted - bpm) / bpm
    least, most = OFF_REFERENCE_PERCENT
    if not least <= abs(percent) <= most:
        return
    yield Point(
        worth=0.5,
        code="other_tempo",
        args={"bpm": bpm, "wanted_bpm": wanted, "percent": round(percent, 1)},
        kind="tempo",
        says=f"Try it at {wanted:.0f} BPM, {abs(percent):.0f} % {'faster' if percent > 0 else 'slower'}.",
        because=f"It stands at {bpm:.1f} BPM, your references at {wanted:.0f}.",
        reason="Tempo decides how many words fit a line and whether a groove sits or runs.",
        next="Listen to both; sing along with each and take the one where you do not have to hurry.",
        confidence=report.rhythm.tempo_confidence,
        audition=Audition(steps=(Tempo(factor=round(wanted / bpm, 4)),), at_s=report.form.time_to_chorus_s),
    )
