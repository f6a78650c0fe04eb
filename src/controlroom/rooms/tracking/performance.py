"""How it was performed: a single voice's intonation, and the timing of onsets against the grid."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from controlroom.base.finding import Finding, Severity
from controlroom.rooms.tracking.report import OffNote, Pitch, Timing
from controlroom.sound.findings import at_place
from controlroom.sound.intonation import (
    CONCERT_A_HZ,
    held_notes,
    meant_cents,
    note_name,
    scale_of,
    tuning_cents,
)
from controlroom.sound.onsets import Onsets
from controlroom.sound.pitch import PitchTrack

Floats: TypeAlias = npt.NDArray[np.float64]

SINGLE_VOICES = ("lead vocal", "backing vocal", "bass", "bass DI", "bass amp")
SUNG = ("lead vocal", "backing vocal")
LEAST_NOTES, LEAST_VOICED_S, LEAST_VOICED_SHARE = 4, 1.0, 0.25
WORST_NOTES = 6
OFF_CENTS, WRONG_CENTS = 35.0, 50.0
OUT_OF_TUNE_CENTS = 25.0

LEAST_ONSETS = 12
STEPS_PER_BEAT = 4
LEAST_GRID_MS = 80.0
"""Between finer steps than this nobody is early or late."""
ON_THE_GRID = 0.35
"""Resultant length of the onsets around the grid; below it was not played to this grid."""
STRONG_SHARE = 0.25
LOOSE_MS = 20.0


def pitch_of(track: PitchTrack, active_s: float, key: str | None = None) -> Pitch | None:
    """Intonation; None where hardly anything is one held note at a time (`active_s`: how long there is sound)."""
    notes = held_notes(track)
    voiced_s = sum(note.length_s for note in notes)
    if len(notes) < LEAST_NOTES or voiced_s < max(LEAST_VOICED_S, LEAST_VOICED_SHARE * active_s):
        return None
    tuning, scale = tuning_cents(notes), scale_of(key)
    misses = np.array([note.pitch_cents - meant_cents(note.pitch_cents, tuning, scale) for note in notes])
    weights = np.array([note.length_s for note in notes])
    off = sorted(zip(misses, notes, strict=True), key=lambda pair: -abs(pair[0]))
    return Pitch(
        tuning_hz=round(CONCERT_A_HZ * 2 ** (tuning / 1200), 1),
        median_cents=round(_weighted_median(np.abs(misses), weights), 1),
        spread_cents=round(float(np.sqrt(np.average(misses**2, weights=weights))), 1),
        notes=len(notes),
        voiced_s=round(voiced_s, 1),
        worst=tuple(
            OffNote(
                start_s=round(note.start_s, 3),
                end_s=round(note.end_s, 3),
                note=note_name(note.pitch_cents - tuning - miss),
                cents=round(float(miss), 1),
            )
            for miss, note in off[:WORST_NOTES]
            if abs(miss) >= OFF_CENTS
        ),
    )


def _weighted_median(values: Floats, weights: Floats) -> float:
    order = np.argsort(values)
    reached = np.cumsum(weights[order])
    return float(values[order][np.searchsorted(reached, reached[-1] / 2)])


def timing_of(onsets: Onsets, tempo_bpm: float | None, first_beat_s: float | None = None) -> Timing | None:
    """Onsets against the grid of the tempo; None without a tempo, or where it was not played to that grid."""
    if not tempo_bpm or len(onsets.times_s) < LEAST_ONSETS:
        return None
    strong = onsets.strengths >= STRONG_SHARE * np.percentile(onsets.strengths, 90)
    beat_ms = 60000 / tempo_bpm
    steps = STEPS_PER_BEAT if beat_ms / STEPS_PER_BEAT >= LEAST_GRID_MS else 2
    step_ms = beat_ms / steps
    times_ms = 1000 * (onsets.times_s[strong] - (first_beat_s or 0.0))
    turn = complex(np.exp(2j * np.pi * times_ms / step_ms).mean()) if len(times_ms) else 0j
    if len(times_ms) < LEAST_ONSETS or abs(turn) < ON_THE_GRID:
        return None
    middle_ms = float(np.angle(turn)) * step_ms / (2 * np.pi)
    late_ms = (times_ms - middle_ms + step_ms / 2) % step_ms - step_ms / 2
    median_ms = float(np.median(late_ms))
    return Timing(
        tempo_bpm=tempo_bpm,
        grid=f"1/{4 * steps}",
        onsets=len(times_ms),
        median_ms=None if first_beat_s is None else round(middle_ms + median_ms, 1),
        spread_ms=round(1.4826 * float(np.median(np.abs(late_ms - median_ms))), 1),
    )


def findings_of_performance(pitch: Pitch | None, timing: Timing | None, role: str) -> Iterator[Finding]:
    """What is worth saying of it; a printed stem is not asked."""
    if pitch and role in SUNG:
        if pitch.median_cents >= OUT_OF_TUNE_CENTS:
            yield Finding(code="out_of_tune", severity="advice", args={"median_cents": pitch.median_cents})
        for note in sorted(pitch.worst, key=lambda note: note.start_s):
            severity: Severity = "warning" if abs(note.cents) >= WRONG_CENTS else "advice"
            yield at_place("off_note", severity, note.start_s, note.end_s, note=note.note, cents=note.cents)
    if timing and timing.spread_ms >= LOOSE_MS and role not in SUNG:  # who sings may lean on the beat
        yield Finding(code="loose_timing", severity="advice", args={"spread_ms": timing.spread_ms, "grid": timing.grid})
