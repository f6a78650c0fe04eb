"""The rhythm of a piece: tempo, beats, bars, and how sure each is."""

from __future__ import annotations

import msgspec
import numpy as np

from controlroom.sound.chroma import Chroma
from controlroom.sound.doubt import Doubt
from controlroom.sound.rhythm.accents import accents_of
from controlroom.sound.rhythm.bars import METERS, Bars, bars_of
from controlroom.sound.rhythm.choice import LOOP_BEATS, LOOP_S, Grid, grids_of, tempo_likelihoods, weighed
from controlroom.sound.rhythm.course import Course, TempoPoint, course_of
from controlroom.sound.rhythm.pulses import Pulses

LEAST_CONFIDENCE = 0.35
OTHER_LIKELIHOOD = 0.15  # from here on another tempo is named
SURE = 0.6  # below, the doubt is said
LOOP_PERCENT = 1.5  # a loop's tempo this near to a whole number of beats is exactly that
LATE_S = 0.0


class TempoChange(msgspec.Struct, frozen=True, kw_only=True):
    at_s: float
    tempo_bpm: float
    meter: str | None


class Rhythm(msgspec.Struct, frozen=True, kw_only=True):
    """The beat of a piece; None, or nothing, where there is none to be found, and `doubts` say why.

    Confidences are likelihoods, 0 to 1. `other_tempo_bpm`: what one might also tap. `steady`: drifts under 1 %;
    `to_click`: on a machine's straight grid; `drift_percent`: how far the tempo over 16 beats moves, 5th to 95th
    percentile. `meter` "4/4", "3/4" or "6/8"; in 6/8 the beat, and what `tempo_bpm` counts, is the dotted quarter.
    `curve`: the tempo every four beats, or at both ends of a straight grid. `changes`: a new tempo or metre from there.
    """

    tempo_bpm: float | None = None
    tempo_confidence: float = 0.0
    other_tempo_bpm: float | None = None
    steady: bool | None = None
    to_click: bool | None = None
    drift_percent: float | None = None
    meter: str | None = None
    meter_confidence: float = 0.0
    beats_s: tuple[float, ...] = ()
    beats_confidence: float = 0.0
    downbeats_s: tuple[float, ...] = ()
    downbeats_confidence: float = 0.0
    curve: tuple[TempoPoint, ...] = ()
    changes: tuple[TempoChange, ...] = ()
    doubts: tuple[Doubt, ...] = ()


def rhythm_of(pulses: Pulses, chroma: Chroma | None = None) -> Rhythm:
    """Tempo, beats and bars of pulses; `chroma` helps where harmony moves. Nothing is said of noise or free rhythm."""
    accents = accents_of(pulses)
    grids = weighed(grids_of(pulses, accents, chroma))
    tempos = tempo_likelihoods(grids)
    if not tempos or tempos[0][1] < LEAST_CONFIDENCE:
        return Rhythm(doubts=(_no_tempo(tempos),))
    (tempo, confidence), others = tempos[0], tempos[1:]
    grid = next(grid for grid in grids if abs(np.log(grid.tempo_bpm / tempo)) < 1e-9 or grid.tempo_bpm == tempo)
    course = _as_loop(course_of(grid.beats * accents.hop_s - LATE_S), pulses.duration_s)
    bars = bars_of(accents, chroma, course.beats_s / accents.hop_s, grid.evidence)
    other = others[0][0] if others and others[0][1] > OTHER_LIKELIHOOD else None
    return _told(pulses, course, bars, grid, confidence, other)


def _told(pulses: Pulses, course: Course, bars: Bars, grid: Grid, confidence: float, other_bpm: float | None) -> Rhythm:
    beats_s = tuple(round(max(float(beat_s), 0.0), 3) for beat_s in course.beats_s if beat_s < pulses.duration_s)
    meter_confidence, bar_confidence = grid.likelihood * bars.meter_likelihood, grid.likelihood * bars.likelihood
    doubts: list[Doubt] = []
    if other_bpm is not None and confidence < SURE:
        doubts.append(Doubt(about="tempo", because=f"it fits {course.tempo_bpm:.0f} and {other_bpm:.0f} BPM"))
    if meter_confidence < LEAST_CONFIDENCE:
        doubts.append(Doubt(about="meter", because="its accents do not show how many beats make a bar"))
    if bar_confidence < LEAST_CONFIDENCE:
        doubts.append(Doubt(about="downbeats", because="no beat of the bar stands out as the first"))
    sure_of_bars = bar_confidence >= LEAST_CONFIDENCE
    return Rhythm(
        tempo_bpm=round(course.tempo_bpm, 2),
        tempo_confidence=round(confidence, 2),
        other_tempo_bpm=None if other_bpm is None else round(other_bpm, 1),
        steady=course.steady,
        to_click=course.to_click,
        drift_percent=round(course.drift_percent, 2),
        meter=bars.meter if meter_confidence >= LEAST_CONFIDENCE else None,
        meter_confidence=round(meter_confidence, 2),
        beats_s=beats_s,
        beats_confidence=round(grid.likelihood, 2),
        downbeats_s=beats_s[bars.first :: METERS[bars.meter]] if sure_of_bars else (),
        downbeats_confidence=round(bar_confidence, 2),
        curve=course.curve,
        doubts=tuple(doubts),
    )


def _no_tempo(tempos: list[tuple[float, float]]) -> Doubt:
    """Why there is no tempo: nothing pulses, or several tempos fit as well."""
    if sum(likelihood for _, likelihood in tempos) < 0.5 or len(tempos) < 2:
        return Doubt(about="tempo", because="nothing in it comes back in even time")
    one, two = sorted(round(tempo) for tempo, _ in tempos[:2])
    return Doubt(about="tempo", because=f"it fits {one} and {two} BPM about equally well")


def _as_loop(course: Course, duration_s: float) -> Course:
    """The course of a loop, whose length is a whole number of beats."""
    counts = np.array(LOOP_BEATS)
    count = counts[np.argmin(np.abs(np.log(counts * 60.0 / duration_s / course.tempo_bpm)))]
    exact_bpm = float(60.0 * count / duration_s)
    if duration_s > LOOP_S or abs(exact_bpm / course.tempo_bpm - 1) > LOOP_PERCENT / 100:
        return course
    return msgspec.structs.replace(course, tempo_bpm=exact_bpm)
