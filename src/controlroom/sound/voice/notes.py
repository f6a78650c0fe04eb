"""What one voice sings: its range, where it lies, what is hard in it, how it is tuned, its vibrato.

All from held notes (`sound.intonation`), so that a glitch of the pitch tracker is no note. Only for a voice that
sounds alone: in a mix the pitch tracker follows whatever is loudest.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import TypeAlias

import msgspec
import numpy as np
import numpy.typing as npt
import scipy

from controlroom.sound.intonation import (
    CONCERT_A_HZ,
    HeldNote,
    held_notes,
    meant_cents,
    note_name,
    pitch_cents,
    tuning_cents,
)
from controlroom.sound.pitch import PitchTrack

Floats: TypeAlias = npt.NDArray[np.float64]
Flags: TypeAlias = npt.NDArray[np.bool_]

COUNTS_S = 0.15  # shorter notes say nothing of a range
HELD_S = 0.3  # a syllable of speech is shorter
SUPPORT_S = 0.3  # how long a semitone is sung in all before it is an end of the range
SURE_STRENGTH = 0.7
MOSTLY = 0.8
OCTAVE_CENTS = 1100.0
NEAR_S = 1.5  # where a jump of an octave and back is the tracker's
TESSITURA = (0.15, 0.85)  # of the singing time
PHRASE_PAUSE_S = 0.6
LEAP_CENTS, LONG_S = 700.0, 1.2
HARDEST = 3
VIBRATO_NOTE_S, VIBRATO_HZ, VIBRATO_CENTS = 0.5, (4.0, 8.0), 12.0
EXPLAINED = 0.6  # of a note's movement by one sine: then it is vibrato


class Tessitura(msgspec.Struct, frozen=True, kw_only=True):
    """Where most of the singing lies: 70 % of its time between the first two."""

    low_note: str
    high_note: str
    median_note: str


class Passage(msgspec.Struct, frozen=True, kw_only=True):
    start_s: float
    end_s: float
    note: str
    because: str


class TopNote(msgspec.Struct, frozen=True, kw_only=True):
    """The highest note: how often it is sung, and where for the last time."""

    note: str
    times: int
    last_at_s: float


class Intonation(msgspec.Struct, frozen=True, kw_only=True):
    """How far held notes lie from the semitones meant. `median_cents` (+ sharp) is None against the voice's own
    tuning (`own_tuning`); `spread_cents` is their standard deviation, estimated from quartiles."""

    median_cents: float | None
    spread_cents: float
    notes: int
    own_tuning: bool
    confidence: float


class Vibrato(msgspec.Struct, frozen=True, kw_only=True):
    """Medians over the notes that have it: its rate, how far it reaches to each side, and the share of long notes."""

    rate_hz: float
    extent_cents: float
    share: float
    notes: int


def sung_notes(track: PitchTrack, singing: Flags, cell_s: float) -> tuple[HeldNote, ...]:
    """The held notes of a voice, in the cells (of `cell_s`) in which it is `singing`, without jumps of an octave and
    back: what a headphone or the next room adds in the pauses is no note of the singer's."""
    notes = [
        note
        for note in held_notes(track)
        if _strength(track, note) >= SURE_STRENGTH and _inside(singing, note, cell_s) >= MOSTLY
    ]
    return tuple(note for at, note in enumerate(notes) if not _is_slip(notes, at))


def held_share(track: PitchTrack) -> float:
    """The share of what is voiced that lies in notes held for 0.3 s or more: singers hold notes, speakers glide."""
    voiced_s = float((track.f0_hz > 0).sum()) * track.hop_s
    held_s = sum(note.length_s for note in held_notes(track) if note.length_s >= HELD_S)
    return held_s / voiced_s if voiced_s > 0 else 0.0


def _inside(singing: Flags, note: HeldNote, cell_s: float) -> float:
    """The share of a note's cells in which there is singing."""
    cells = singing[int(note.start_s / cell_s) : int(note.end_s / cell_s) + 1]
    return float(cells.mean()) if cells.size else 0.0


def _strength(track: PitchTrack, note: HeldNote) -> float:
    inside = slice(round(note.start_s / track.hop_s), max(round(note.end_s / track.hop_s), 1))
    return float(np.median(track.strength[inside])) if track.strength[inside].size else 0.0


def _is_slip(notes: Sequence[HeldNote], at: int) -> bool:
    note = notes[at]
    if note.length_s > 2 * COUNTS_S:
        return False
    around = [near for near in (*notes[max(at - 2, 0) : at], *notes[at + 1 : at + 3]) if _apart_s(note, near) < NEAR_S]
    away = [abs(near.pitch_cents - note.pitch_cents) > OCTAVE_CENTS - 250 for near in around]
    return len(away) >= 2 and all(away)


def _apart_s(one: HeldNote, other: HeldNote) -> float:
    return max(one.start_s - other.end_s, other.start_s - one.end_s)


def range_of(notes: Sequence[HeldNote], tuning: float) -> tuple[float, float] | None:
    """Lowest and highest semitone (in cents of A440) that is held for `SUPPORT_S` in all; None for no such notes."""
    held: dict[int, float] = {}
    for note in notes:
        if note.length_s >= COUNTS_S:
            semitone = round((note.pitch_cents - tuning) / 100)
            held[semitone] = held.get(semitone, 0.0) + note.length_s
    sure = [semitone for semitone, length_s in held.items() if length_s >= SUPPORT_S]
    return (100.0 * min(sure), 100.0 * max(sure)) if sure else None


def tessitura_of(notes: Sequence[HeldNote], tuning: float) -> Tessitura:
    order = sorted(notes, key=lambda note: note.pitch_cents)
    time = np.cumsum([note.length_s for note in order])
    low, middle, high = (
        note_name(order[int(np.searchsorted(time, share * time[-1]))].pitch_cents - tuning)
        for share in (TESSITURA[0], 0.5, TESSITURA[1])
    )
    return Tessitura(low_note=low, high_note=high, median_note=middle)


def top_of(notes: Sequence[HeldNote], highest_cents: float, tuning: float) -> TopNote:
    """How often the highest note of the range is sung."""
    tops = [note for note in notes if note.length_s >= COUNTS_S and _semitone(note, tuning) * 100 == highest_cents]
    times = sum(1 for at, note in enumerate(tops) if at == 0 or _apart_s(tops[at - 1], note) > COUNTS_S)
    return TopNote(note=note_name(highest_cents), times=times, last_at_s=round(tops[-1].start_s, 2))


def _semitone(note: HeldNote, tuning: float) -> int:
    return round((note.pitch_cents - tuning) / 100)


def hardest_of(notes: Sequence[HeldNote], tuning: float) -> tuple[Passage, ...]:
    """The phrases that ask most of this voice: high for long, or with wide leaps upward; hardest first."""
    order = sorted(notes, key=lambda note: note.pitch_cents)
    time = np.cumsum([note.length_s for note in order])
    high = order[int(np.searchsorted(time, TESSITURA[1] * time[-1]))].pitch_cents
    scored = [(_difficulty(phrase, high), phrase) for phrase in _phrases(notes)]
    scored = sorted((entry for entry in scored if entry[0] >= 1.0), key=lambda entry: -entry[0])[:HARDEST]
    return tuple(_passage(phrase, high, tuning) for _, phrase in scored)


def _phrases(notes: Sequence[HeldNote]) -> list[list[HeldNote]]:
    phrases: list[list[HeldNote]] = []
    for note in notes:
        if phrases and note.start_s - phrases[-1][-1].end_s < PHRASE_PAUSE_S:
            phrases[-1].append(note)
        else:
            phrases.append([note])
    return phrases


def _leaps(phrase: Sequence[HeldNote]) -> list[float]:
    return [after.pitch_cents - before.pitch_cents for before, after in pairwise(phrase)]


def _difficulty(phrase: Sequence[HeldNote], high_cents: float) -> float:
    """Seconds above the tessitura, each semitone above it counting once more; a wide leap up counts a half."""
    above = sum(
        note.length_s * (1 + (note.pitch_cents - high_cents) / 100) for note in phrase if note.pitch_cents >= high_cents
    )
    return above + 0.5 * sum(leap >= LEAP_CENTS for leap in _leaps(phrase))


def _passage(phrase: Sequence[HeldNote], high_cents: float, tuning: float) -> Passage:
    top = max(phrase, key=lambda note: note.pitch_cents)
    name = note_name(top.pitch_cents - tuning)
    above_s = sum(note.length_s for note in phrase if note.pitch_cents >= high_cents)
    longest = max((note for note in phrase if note.pitch_cents >= high_cents), key=lambda n: n.length_s, default=top)
    reasons = []
    if longest.length_s >= LONG_S:
        reasons.append(f"{note_name(longest.pitch_cents - tuning)} is held for {longest.length_s:.1f} s")
    elif above_s > 0:
        reasons.append(f"{above_s:.1f} s lie at {note_name(high_cents - tuning)} or above")
    wide = max(_leaps(phrase), default=0.0)
    if wide >= LEAP_CENTS:
        reasons.append(f"a leap of {round(wide / 100)} semitones up")
    return Passage(
        start_s=round(phrase[0].start_s, 2), end_s=round(phrase[-1].end_s, 2), note=name, because=", ".join(reasons)
    )


def intonation_of(notes: Sequence[HeldNote], tuning_hz: float | None) -> Intonation | None:
    """Against the song's tuning, or the voice's own where that is not known; None for fewer than five notes."""
    held = [note for note in notes if note.length_s >= COUNTS_S]
    if len(held) < 5:
        return None
    tuning = tuning_cents(held) if tuning_hz is None else 1200 * np.log2(tuning_hz / CONCERT_A_HZ)
    off = np.array([note.pitch_cents - meant_cents(note.pitch_cents, tuning) for note in held])
    low, median, high = np.percentile(off, [25, 50, 75])
    spread = (high - low) / 1.349
    return Intonation(
        median_cents=None if tuning_hz is None else round(float(median), 1),
        spread_cents=round(float(spread), 1),
        notes=len(held),
        own_tuning=tuning_hz is None,
        # Off by a half semitone on the whole there is no telling which note was meant.
        confidence=round(float(np.clip(1.3 - spread / 40, 0.2, 0.95) * min(len(held) / 20, 1.0) ** 0.25), 2),
    )


def vibrato_of(track: PitchTrack, notes: Sequence[HeldNote]) -> Vibrato | None:
    """The vibrato of long notes; None where no note is long enough or none has it."""
    long_notes = [note for note in notes if note.length_s >= VIBRATO_NOTE_S]
    found = [fitted for note in long_notes if (fitted := _sine_in(track, note)) is not None]
    if len(found) < 2:
        return None
    rate_hz, extent_cents = np.median(np.array(found), axis=0)
    return Vibrato(
        rate_hz=round(float(rate_hz), 2),
        extent_cents=round(float(extent_cents), 1),
        share=round(len(found) / len(long_notes), 2),
        notes=len(found),
    )


def _sine_in(track: PitchTrack, note: HeldNote) -> tuple[float, float] | None:
    """Rate and amplitude of the sine that explains the second half of a note's movement, where one does."""
    middle = 0.5 * (note.start_s + note.end_s)
    inside = slice(round((max(middle - 0.1, note.end_s - 1.5)) / track.hop_s), round(note.end_s / track.hop_s))
    f0_hz = track.f0_hz[inside]
    if len(f0_hz) < 0.3 / track.hop_s or not f0_hz.all():
        return None
    cents = pitch_cents(f0_hz)
    time = np.arange(len(cents)) * track.hop_s
    moving = cents - np.polyval(np.polyfit(time, cents, 1), time)
    moving = scipy.ndimage.median_filter(moving, 3)
    whole = float(moving @ moving)
    best = (0.0, 0.0, 0.0)
    for rate_hz in np.arange(VIBRATO_HZ[0], VIBRATO_HZ[1] + 0.05, 0.1):
        waves = np.stack([np.sin(2 * np.pi * rate_hz * time), np.cos(2 * np.pi * rate_hz * time)], axis=1)
        waves -= waves.mean(axis=0)
        weights, *_ = np.linalg.lstsq(waves, moving, rcond=None)
        explained = float((waves @ weights) @ moving) / max(whole, 1e-9)
        best = max(best, (explained, float(rate_hz), float(np.hypot(*weights))))
    explained, rate_hz, extent_cents = best
    edge = rate_hz <= VIBRATO_HZ[0] or rate_hz >= VIBRATO_HZ[1]
    return None if explained < EXPLAINED or extent_cents < VIBRATO_CENTS or edge else (rate_hz, extent_cents)
