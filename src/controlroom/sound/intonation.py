"""Held notes in a pitch track, and how far each lies from the semitone that is meant.

Pitch is averaged over one period of vibrato, so that vibrato counts neither for nor against the singer; what glides
is between notes. The nearest semitone is that of the performance's own tuning, since a singer follows the band.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TypeAlias

import msgspec
import numpy as np
import numpy.typing as npt
import scipy

from controlroom.sound.harmony.names import parsed_key
from controlroom.sound.pitch import PitchTrack

Floats: TypeAlias = npt.NDArray[np.float64]

CONCERT_A_HZ = 440.0
CONCERT_A_MIDI = 69
VIBRATO_S = 0.15
STEADY_CENTS_PER_S = 450.0
SHORTEST_NOTE_S = 0.1
SURE_STRENGTH = 0.55
OUT_OF_KEY_CENTS = 25.0

NOTE_NAMES = ("C", "C#", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B")


class HeldNote(msgspec.Struct, frozen=True, kw_only=True):
    """`pitch_cents` as a MIDI number times 100 (A440: 6900), the median of the note; `drift_cents` how far the pitch
    wanders inside it (standard deviation, vibrato averaged out)."""

    start_s: float
    end_s: float
    pitch_cents: float
    drift_cents: float

    @property
    def length_s(self) -> float:
        return self.end_s - self.start_s


def held_notes(track: PitchTrack) -> tuple[HeldNote, ...]:
    """The notes in a pitch track, in order: at least 0.1 s each."""
    voiced = (track.f0_hz > 0) & (track.strength >= SURE_STRENGTH)
    cents = pitch_cents(np.where(voiced, track.f0_hz, CONCERT_A_HZ))
    period = max(round(VIBRATO_S / track.hop_s), 1)
    notes: list[HeldNote] = []
    for first, last in _runs(voiced):
        smooth = scipy.ndimage.uniform_filter1d(cents[first:last], min(period, last - first), mode="nearest")
        reach = max(period // 4, 1)
        before, after = np.roll(smooth, reach), np.roll(smooth, -reach)
        before[:reach], after[-reach:] = smooth[0], smooth[-1]
        steady = np.abs(after - before) < STEADY_CENTS_PER_S * 2 * reach * track.hop_s
        for begin, end in _runs(steady):
            if (end - begin) * track.hop_s >= SHORTEST_NOTE_S:
                inside = slice(first + begin, first + end)
                notes.append(
                    HeldNote(
                        start_s=(first + begin) * track.hop_s,
                        end_s=(first + end) * track.hop_s,
                        pitch_cents=float(np.median(cents[inside])),
                        drift_cents=float(np.std(smooth[begin:end])),
                    )
                )
    return tuple(notes)


def pitch_cents(f0_hz: Floats) -> Floats:
    """Frequencies as MIDI numbers times 100."""
    result: Floats = 100 * (CONCERT_A_MIDI + 12 * np.log2(f0_hz / CONCERT_A_HZ))
    return result


def tuning_cents(notes: Sequence[HeldNote]) -> float:
    """How far the performance's semitones lie above A440's, -50 to 50: the circular mean, weighted by length."""
    if not notes:
        return 0.0
    turns = np.exp(2j * np.pi * np.array([note.pitch_cents for note in notes]) / 100)
    return float(np.angle(np.sum(turns * [note.length_s for note in notes])) * 100 / (2 * np.pi))


def meant_cents(pitch: float, tuning: float, scale: Collection[int] = ()) -> float:
    """The pitch that was meant: the nearest semitone, or the nearest in `scale` (pitch classes, C = 0) when the
    nearest of all lies outside it and is missed by more than 25 cents."""
    semitone = round((pitch - tuning) / 100)
    if scale and semitone % 12 not in scale and abs(pitch - tuning - 100 * semitone) > OUT_OF_KEY_CENTS:
        fitting = [near for near in (semitone - 1, semitone + 1) if near % 12 in scale]
        semitone = min(fitting, key=lambda near: abs(pitch - tuning - 100 * near), default=semitone)
    return 100 * semitone + tuning


def scale_of(key: str | None) -> frozenset[int]:
    """The pitch classes of a key ("F# minor": natural, with the leading note); empty where there is none."""
    return parsed_key(key).scale if key else frozenset()


def note_name(pitch: float) -> str:
    """A pitch in cents as the nearest note: 6900 is A4."""
    semitone = round(pitch / 100)
    return f"{NOTE_NAMES[semitone % 12]}{semitone // 12 - 1}"


def _runs(true: npt.NDArray[np.bool_]) -> list[tuple[int, int]]:
    """[first, last) of each run of True."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], true, [False]]).astype(np.int8)))
    return list(zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True))
