"""A singer: from notes and words to the movements of a voice.

Vowels begin on the beat and consonants before it. Pitch glides from note to note, scoops into a phrase, drifts a few
cents and starts to vibrate when a note is long enough (Sundberg, "The Science of the Singing Voice", 1987, ch. 8).
Before a phrase the singer breathes in.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import msgspec
import numpy as np
import numpy.typing as npt

from controlroom.sample.composition.score import Phrase, Sung
from controlroom.sample.instruments import vocal_tract as tract
from controlroom.sample.instruments.diction import Segment, breath_segment, timeline
from controlroom.sample.instruments.glottis import EFFORTS, harmonics
from controlroom.sample.instruments.phonemes import BREATH, Phone
from controlroom.sample.instruments.tone import RATE_HZ, Row, frame, gain, hertz

Floats = npt.NDArray[np.float64]

_TICK_S = tract.TICK_FRAMES / RATE_HZ
_TAIL_S = 0.25
_AFTER_BREATH_S = 0.05
_FORMANT_GLIDE_S, _VOICE_GLIDE_S, _NOISE_GLIDE_S, _BREATH_GLIDE_S = 0.055, 0.016, 0.01, 0.12
_RELEASE_S = 0.09
_EVENED = 0.75  # how much of a vowel's own loudness the singer evens out
_VIBRATO_FROM_S = 0.42  # notes shorter than that stay straight


class Singer(msgspec.Struct, frozen=True, kw_only=True):
    """Who sings. `tract` is how much shorter than a man's the vocal tract is; `effort` is added to each note's."""

    name: str
    tract: float
    effort: float = 0.0
    breathiness: float = 0.04
    vibrato_hz: float = 5.5
    vibrato_cents: float = 32.0
    consonants: float = 1.0
    loose_ms: float = 9.0
    loose_cents: float = 5.0
    a4_hz: float = 440.0


class Delivery(msgspec.Struct, frozen=True):
    """How a phrase is meant to be sung in one pass: late, notes off by cents, or thin and noisy."""

    late_s: float = 0.0
    cents: tuple[float, ...] = ()
    thin: bool = False


class Sound(msgspec.Struct, frozen=True):
    """What came out, and where it begins on the song's time line; the glottis' frequency and amplitude every
    millisecond from there, as they were meant (each cycle strays from that by 0.2 %)."""

    start_s: float
    row: Row
    pitch_hz: Floats
    voiced: Floats


def sing(phrase: Phrase, singer: Singer, delivery: Delivery, chance: np.random.Generator, *, room_s: float) -> Sound:
    """One phrase with the breath before it, which takes at most `room_s` before the first vowel."""
    count = len(phrase.notes)
    loose = chance.standard_normal((2, count)).clip(-2, 2)
    shift = delivery.late_s + singer.loose_ms / 1000 * (0.6 * loose[0, 0] + 0.4 * loose[0])
    starts = np.array([note.start_s for note in phrase.notes], np.float64) + shift
    ends = np.array([note.end_s for note in phrase.notes], np.float64) + shift
    off = np.array(delivery.cents or (0.0,) * count) + singer.loose_cents * loose[1]
    segments = timeline(phrase.notes, starts, ends)
    if breath := breath_segment(segments[0].start_s - _AFTER_BREATH_S, starts[0] - room_s):
        segments = [breath, *segments]
    begin_s = frame(segments[0].start_s - 0.02) / RATE_HZ
    ticks = math.ceil((segments[-1].end_s + _TAIL_S - begin_s) / _TICK_S) + 1
    times = begin_s + _TICK_S * np.arange(ticks, dtype=np.float64)
    controls = np.zeros((ticks, tract.COLUMNS))
    controls[:, tract.PITCH_HZ] = _pitch_hz(times, phrase.notes, starts, ends, off, singer, chance)
    _articulate(controls, times, segments, phrase.notes, singer, thin=delivery.thin)
    row = tract.voice(controls, singer.tract, chance)
    return Sound(begin_s, row, controls[:, tract.PITCH_HZ], controls[:, tract.VOICE])


def _smooth(track: Floats, width_s: float) -> Floats:
    window = np.hanning(max(round(width_s / _TICK_S), 1) + 2)
    half = window.size // 2
    padded = np.pad(track, (half, half), mode="edge")
    return np.convolve(padded, window / window.sum(), mode="same")[half : half + track.size]


def _pitch_hz(
    times: Floats,
    notes: Sequence[Sung],
    starts: Floats,
    ends: Floats,
    off_cents: Floats,
    singer: Singer,
    chance: np.random.Generator,
) -> Floats:
    midi = np.array([note.midi for note in notes]) + off_cents / 100
    line = np.full(times.size, midi[0])
    for at in range(1, len(notes)):
        glide_s = 0.055 + 0.005 * abs(midi[at] - midi[at - 1])
        along = np.clip((times - starts[at] + 0.7 * glide_s) / glide_s, 0, 1)
        line += (midi[at] - midi[at - 1]) * (0.5 - 0.5 * np.cos(np.pi * along))
    line -= chance.uniform(0.5, 1.4) * np.exp(-np.maximum(times - starts[0] + 0.03, 0) / 0.035)
    line -= 0.5 * np.clip((times - ends[-1] + 0.07) / 0.09, 0, 1) ** 2
    line += _drift(times.size, chance) / 100
    for at, start in enumerate(starts):
        line += _vibrato(times, start, ends[at], singer, chance) / 100
    return singer.a4_hz * 2 ** ((line - 69) / 12)


def _drift(ticks: int, chance: np.random.Generator) -> Floats:
    """A wandering of a few cents, slow and fast."""
    slow = _smooth(chance.standard_normal(ticks), 0.5)
    fast = _smooth(chance.standard_normal(ticks), 0.05)
    return 3.5 * slow / max(float(slow.std()), 1e-9) + 1.8 * fast / max(float(fast.std()), 1e-9)


def _vibrato(times: Floats, start: float, end: float, singer: Singer, chance: np.random.Generator) -> Floats:
    """Cents around the note: it sets in late and grows."""
    rate_hz, phase = singer.vibrato_hz * chance.uniform(0.95, 1.05), chance.uniform(0, 2 * np.pi)
    if end - start < _VIBRATO_FROM_S:
        return np.zeros(times.size)
    grown = np.clip((times - start - 0.24) / 0.35, 0, 1) * np.clip((end + 0.05 - times) / 0.08, 0, 1)
    return singer.vibrato_cents * grown * np.sin(2 * np.pi * rate_hz * (times - start) + phase)


def _articulate(
    controls: Floats, times: Floats, segments: Sequence[Segment], notes: Sequence[Sung], singer: Singer, *, thin: bool
) -> None:
    """Fill all columns but the pitch."""
    formants = np.full((times.size, 3), np.nan)
    effort = np.zeros(times.size)
    controls[:, tract.FRICTION_HZ], controls[:, tract.FRICTION_Q] = 5000.0, 1.0
    controls[:, tract.DAMPING] = 1.0
    inhaled = np.zeros(times.size)
    for segment in segments:
        span = slice(*np.searchsorted(times, (segment.start_s, segment.end_s)))
        if segment.phone is BREATH:
            inhaled[span] = 1.0
        else:
            note = notes[segment.note]
            level = _level(note, segment, singer)
            effort[span] = min(max(1.1 * (note.velocity + singer.effort) - 0.15, 0.0), 1.0)
            _utter(controls[span], segment, level, singer)
        formants[span] = _shape(segment, controls[span].shape[0])
    _hold(formants)
    for k in range(3):
        controls[:, tract.FORMANTS + k] = _smooth(formants[:, k], _FORMANT_GLIDE_S) * singer.tract
    controls[:, tract.FORMANTS + 3], controls[:, tract.FORMANTS + 4] = 3350.0 * singer.tract, 4350.0 * singer.tract
    controls[:, tract.FORMANTS] = np.maximum(controls[:, tract.FORMANTS], 1.02 * controls[:, tract.PITCH_HZ])
    controls[:, tract.VOICE] = _smooth(controls[:, tract.VOICE], _VOICE_GLIDE_S)
    controls[:, tract.FRICTION] = _smooth(controls[:, tract.FRICTION], _NOISE_GLIDE_S)
    controls[:, tract.DAMPING] = _smooth(controls[:, tract.DAMPING], 0.02)
    held = np.where(effort > 0, effort, effort.max())
    controls[:, tract.EFFORT] = _smooth(held, 0.06) * (0.45 if thin else 1.0)
    airy = singer.breathiness * (4.0 if thin else 1.0)
    controls[:, tract.BREATH] = _smooth(controls[:, tract.BREATH], _VOICE_GLIDE_S) + airy * controls[:, tract.VOICE]
    if inhaled.any():
        gasp = _smooth(inhaled, _BREATH_GLIDE_S) * np.linspace(0.7, 1.2, times.size)
        controls[:, tract.BREATH] += 0.028 * gasp
        controls[:, tract.FRICTION] += 0.016 * gasp


def _level(note: Sung, segment: Segment, singer: Singer) -> float:
    """Amplitude of a note: its velocity in 24 dB a unit, vowels evened out as singers do."""
    vowel = segment.vowel
    own = _natural_level(vowel, hertz(note.midi, singer.a4_hz), singer.tract)
    return gain(24.0 * (note.velocity - 1.0)) / float(own**_EVENED)


def _natural_level(vowel: Phone, pitch_hz: float, shortness: float) -> float:
    """RMS of a vowel at a pitch for a middle effort: its harmonics through the five moving formants."""
    source = np.abs(harmonics()[len(EFFORTS) // 2])
    count = min(int(5000 / pitch_hz), source.size - 1)
    hz = pitch_hz * np.arange(1, count + 1)
    response = np.ones(count)
    for k, centre in enumerate((*vowel.formants, 3350.0, 4350.0)):
        top = max(centre * shortness, 1.02 * pitch_hz if k == 0 else 0.0)
        width = float(tract.widths_hz(1.0)[k])
        response *= top**2 / np.sqrt((top**2 - hz**2) ** 2 + (width * hz) ** 2)
    return float(np.sqrt(0.5 * np.sum((source[1 : count + 1] * response) ** 2)))


def _utter(rows: Floats, segment: Segment, level: float, singer: Singer) -> None:
    """Voice, breath and friction of one sound."""
    phone, ticks = segment.phone, len(rows)
    rows[:, tract.VOICE] = level * phone.voice
    rows[:, tract.DAMPING] = phone.damping
    rows[:, tract.FRICTION_HZ], rows[:, tract.FRICTION_Q] = phone.friction_hz * singer.tract**0.5, phone.friction_q
    if phone.vowel:
        along = np.linspace(0, 1, ticks)
        rows[:, tract.VOICE] *= 1 + 0.1 * np.sin(np.pi * along)
        if segment.dies:
            release = min(round(_RELEASE_S / _TICK_S), ticks)
            if release:
                rows[-release:, tract.VOICE] *= 0.5 + 0.5 * np.cos(np.pi * np.arange(release) / release)
        return
    strength = level * singer.consonants
    noisy = slice(0, ticks)
    if phone.burst:
        opens = round(0.62 * ticks)
        rows[opens:, tract.VOICE] *= 1.6
        noisy = slice(opens, min(opens + 14, ticks))
        rows[noisy.stop :, tract.BREATH] = phone.breath * 0.3 * strength
    else:
        rows[:, tract.BREATH] = phone.breath * 0.22 * strength
    rows[noisy, tract.FRICTION] = phone.friction * (1.0 if phone.burst else 1.4) * strength


def _shape(segment: Segment, ticks: int) -> Floats:
    """First three formants along a sound."""
    begin = np.array(segment.phone.formants)
    if segment.phone.glide is None or not ticks:
        return np.tile(begin, (ticks, 1))
    seconds = ticks * _TICK_S
    turn_s = max(0.45 * seconds, seconds - 0.2)
    along = np.clip((np.arange(ticks) * _TICK_S - turn_s) / max(seconds - turn_s, 1e-6), 0, 1)[:, None]
    shape: Floats = begin + along * (np.array(segment.phone.glide) - begin)
    return shape


def _hold(formants: Floats) -> None:
    """Where nothing is uttered the mouth stays as it was (or gets ready)."""
    known = np.flatnonzero(~np.isnan(formants[:, 0]))
    nearest = np.maximum(np.searchsorted(known, np.arange(len(formants)), side="right") - 1, 0)
    formants[:] = formants[known[nearest]]
