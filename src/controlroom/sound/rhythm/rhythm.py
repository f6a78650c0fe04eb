"""The rhythm of a piece: tempo, beats, bars, and how sure each is."""

from __future__ import annotations

import itertools

import msgspec
import numpy as np

from controlroom.sound.chroma import Chroma
from controlroom.sound.doubt import Doubt
from controlroom.sound.rhythm.accents import accents_of
from controlroom.sound.rhythm.bars import METERS, Count, Counting, counting_of
from controlroom.sound.rhythm.choice import FEWEST_BEATS, LOOP_BEATS, LOOP_S, Grid, grids_of, tempo_likelihoods, weighed
from controlroom.sound.rhythm.course import Course, TempoPoint, course_of, steps_of
from controlroom.sound.rhythm.grids import Harmony, reading_of
from controlroom.sound.rhythm.pulses import Floats, Pulses

LEAST_CONFIDENCE = 0.35
OTHER_LIKELIHOOD = 0.15  # from here on another tempo is named
SURE = 0.6  # below, the doubt is said
SOUNDING_DB = 50.0  # what lies further below the loudest moment is silence
LOOP_PERCENT = 1.5  # a loop's tempo this near to a whole number of beats is exactly that


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
    harmony = Harmony(chroma)
    grids = weighed(grids_of(pulses, accents, harmony), pulses.duration_s)
    tempos = tempo_likelihoods(grids)
    if not tempos or tempos[0][1] < LEAST_CONFIDENCE:
        return Rhythm(doubts=(_no_tempo(tempos),))
    (tempo, confidence), others = tempos[0], tempos[1:]
    grid = next(grid for grid in grids if grid.tempo_bpm == tempo)
    course = _as_loop(course_of(_while_it_sounds(grid, pulses) * accents.hop_s, grid.wander), pulses.duration_s)
    reading = reading_of(accents, harmony, course.beats_s / accents.hop_s)
    counting = counting_of(reading, grid.evidence)
    other = others[0][0] if others and others[0][1] > OTHER_LIKELIHOOD else None
    told = Rhythm(
        tempo_bpm=round(course.tempo_bpm, 2),
        tempo_confidence=round(confidence, 2),
        other_tempo_bpm=None if other is None else round(other, 1),
        steady=course.steady,
        to_click=course.to_click,
        drift_percent=round(course.drift_percent, 2),
        beats_s=tuple(round(max(float(beat_s), 0.0), 3) for beat_s in course.beats_s),
        beats_confidence=round(grid.likelihood, 2),
        curve=course.curve,
    )
    return _with_bars(told, course, counting, grid.likelihood)


def _with_bars(told: Rhythm, course: Course, counting: Counting, likelihood: float) -> Rhythm:
    """What is told, with metre, downbeats, changes and doubts; `likelihood` is that of the beats."""
    counts = counting.counts
    of_meter, of_bars = likelihood * counting.meter_likelihood, likelihood * counting.likelihood
    doubts: list[Doubt] = []
    if told.other_tempo_bpm is not None and told.tempo_confidence < SURE:
        doubts.append(Doubt(about="tempo", because=f"it can also be felt at {told.other_tempo_bpm:.0f} BPM"))
    if of_meter < LEAST_CONFIDENCE:
        doubts.append(Doubt(about="meter", because="its accents do not show how many beats make a bar"))
    if of_bars < LEAST_CONFIDENCE:
        doubts.append(Doubt(about="downbeats", because="no beat of the bar stands out as the first"))
    downbeats = [beat for count, stop in _spans(counts, len(told.beats_s)) for beat in _firsts(count, stop)]
    return msgspec.structs.replace(
        told,
        meter=_longest(counts, len(told.beats_s)) if of_meter >= LEAST_CONFIDENCE else None,
        meter_confidence=round(of_meter, 2),
        downbeats_s=tuple(told.beats_s[beat] for beat in downbeats) if of_bars >= LEAST_CONFIDENCE else (),
        downbeats_confidence=round(of_bars, 2),
        changes=_changes(told, course, counts) if of_meter >= LEAST_CONFIDENCE else (),
        doubts=tuple(doubts),
    )


def _spans(counts: tuple[Count, ...], beats: int) -> list[tuple[Count, int]]:
    """Each count with the beat at which it ends."""
    return list(zip(counts, [*(count.first for count in counts[1:]), beats], strict=True))


def _firsts(count: Count, stop: int) -> range:
    """The beats that begin bars."""
    return range(count.first, stop, METERS[count.meter])


def _longest(counts: tuple[Count, ...], beats: int) -> str:
    """The metre of most beats."""
    lasting = dict.fromkeys(METERS, 0)
    for count, stop in _spans(counts, beats):
        lasting[count.meter] += stop - count.begins
    return max(lasting, key=lambda meter: lasting[meter])


def _changes(told: Rhythm, course: Course, counts: tuple[Count, ...]) -> tuple[TempoChange, ...]:
    """Where another tempo or another metre begins."""
    steps = dict(steps_of(course.beats_s)) if not told.to_click else {}
    meters = {now.first: now.meter for was, now in itertools.pairwise(counts) if now.meter != was.meter}
    found: list[TempoChange] = []
    tempo_bpm, meter = course.tempo_bpm, counts[0].meter
    for beat in sorted({*steps, *meters}):
        if beat < len(told.beats_s):
            tempo_bpm, meter = steps.get(beat, tempo_bpm), meters.get(beat, meter)
            found.append(TempoChange(at_s=told.beats_s[beat], tempo_bpm=round(tempo_bpm, 2), meter=meter))
    return tuple(found)


def _no_tempo(tempos: list[tuple[float, float]]) -> Doubt:
    """Why there is no tempo: nothing pulses, or several tempos fit as well."""
    if sum(likelihood for _, likelihood in tempos) < 0.5 or len(tempos) < 2:
        return Doubt(about="tempo", because="nothing in it comes back in even time")
    one, two = sorted(round(tempo) for tempo, _ in tempos[:2])
    return Doubt(about="tempo", because=f"it fits {one} and {two} BPM about equally well")


def _while_it_sounds(grid: Grid, pulses: Pulses) -> Floats:
    """The beats (in hops) of a grid from where sound begins to where it ends."""
    sounding = np.flatnonzero(pulses.levels_db > pulses.levels_db.max() - SOUNDING_DB)
    reach = 0.5 * 60.0 / grid.tempo_bpm / pulses.hop_s
    kept = grid.beats[(grid.beats > sounding[0] - reach) & (grid.beats < sounding[-1] + reach)]
    return kept if len(kept) >= FEWEST_BEATS else grid.beats


def _as_loop(course: Course, duration_s: float) -> Course:
    """The course of a loop, whose length is a whole number of beats."""
    counts = np.array(LOOP_BEATS)
    count = counts[np.argmin(np.abs(np.log(counts * 60.0 / duration_s / course.tempo_bpm)))]
    exact_bpm = float(60.0 * count / duration_s)
    if duration_s > LOOP_S or abs(exact_bpm / course.tempo_bpm - 1) > LOOP_PERCENT / 100:
        return course
    return msgspec.structs.replace(course, tempo_bpm=exact_bpm)
