"""What bass, guitars and keys play under the tune: chord shapes, strums, arpeggios, close voicings, a bass with aim."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations, pairwise

import msgspec
import numpy as np

from controlroom.sample.composition.form import SLOTS
from controlroom.sample.composition.harmony import Chord, Key

_STRINGS = (40, 45, 50, 55, 59, 64)  # standard tuning, E2 to E4
_SHAPES = {  # semitones above the root, string by string; None: not played
    ("E", False): (0, 7, 12, 16, 19, 24),
    ("E", True): (0, 7, 12, 15, 19, 24),
    ("A", False): (None, 0, 7, 12, 16, 19),
    ("A", True): (None, 0, 7, 12, 15, 19),
}
_BASS = {
    "intro": ("x-------", "x-----x-"),
    "verse": ("x--xx---", "x---x-x-", "x--x--x-", "x-----xx"),
    "bridge": ("x-------", "x---x---"),
    "chorus": ("xxxxxxxx", "x-xxx-xx", "x--x--xx", "x-xxx-x-"),
}
_ARPEGGIOS = ((0, 3, 4, 5, 4, 3, 4, 3), (0, 2, 3, 4, 5, 4, 3, 2), (0, 3, 2, 4, 3, 5, 4, 3), (0, 4, 3, 5, 3, 4, 3, 4))
_STRUMS = ("d.du.udu", "d.d.dudu", "d..d.udu", "d.dud.du")
_KEYS = {
    "intro": ("x-------",),
    "verse": ("x-------", "x--x----", "x-----x-"),
    "chorus": ("x--x--x-", "x-x-x-x-", "x--x-x--"),
}
_LOUDNESS = {"intro": 0.55, "verse": 0.62, "bridge": 0.55, "chorus": 0.85, "outro": 0.68}


class Play(msgspec.Struct, frozen=True):
    """A note on paper: `slot` from the section's begin (a strum is spread by `spread_ms`), length in slots."""

    slot: float
    slots: float
    midi: int
    velocity: float
    string: int = 0
    muted: bool = False
    spread_ms: float = 0.0


class Habits(msgspec.Struct, frozen=True):
    """What the players chose for this song."""

    bass: dict[str, str]
    keys: dict[str, str]
    arpeggio: tuple[int, ...]
    strum: str


def draw_habits(chance: np.random.Generator) -> Habits:
    """Patterns for the whole song."""
    return Habits(
        {label: str(chance.choice(patterns)) for label, patterns in _BASS.items()},
        {label: str(chance.choice(patterns)) for label, patterns in _KEYS.items()},
        _ARPEGGIOS[int(chance.integers(len(_ARPEGGIOS)))],
        str(chance.choice(_STRUMS)),
    )


def _strokes(pattern: str) -> list[tuple[int, int]]:
    marks = [slot for slot, mark in enumerate(pattern) if mark == "x"]
    return [(slot, end - slot) for slot, end in zip(marks, [*marks[1:], len(pattern)], strict=True)]


def bass_part(label: str, chords: Sequence[Chord], key: Key, habits: Habits, chance: np.random.Generator) -> list[Play]:
    """Roots on the changes, fifths and octaves between them, and a step that leads into the next root."""
    pattern = habits.bass.get(label, habits.bass["chorus"])
    level = _LOUDNESS[label]
    plays: list[Play] = []
    for measure, chord in enumerate(chords):
        root = bass_note(chord.root)
        following = bass_note(chords[(measure + 1) % len(chords)].root)
        strokes = _strokes(pattern)
        for at, (slot, slots) in enumerate(strokes):
            midi = root
            if at and at == len(strokes) - 1 and slot >= 6 and following != root:
                midi = _leading(root, following, key)
            elif at and slot % 4 == 2 and chance.random() < 0.3:
                midi = root + (7 if root + 7 < 45 else 12 if root < 33 else 0)
            accent = 1.0 if slot % 4 == 0 else 0.86
            plays.append(Play(measure * SLOTS + slot, slots * 0.94, midi, level * accent))
    return plays


def bass_note(pitch_class: int) -> int:
    """The root on a four-string bass: E1 to D#2."""
    return 28 + (pitch_class - 4) % 12


def _leading(root: int, following: int, key: Key) -> int:
    """A tone of the key next to the following root, on the side it is approached from."""
    side = -1 if following > root else 1
    near = [following + side * step for step in (1, 2, 3) if (following + side * step) % 12 in key.scale]
    return max(near[0], 28) if near else root


def guitar_shape(chord: Chord) -> tuple[int | None, ...]:
    """The six strings (MIDI; None: not played) of the barre shape that lies lowest on the neck."""
    e_fret, a_fret = (chord.root - 4) % 12, (chord.root - 9) % 12
    shape = ("E", e_fret + _STRINGS[0]) if e_fret <= a_fret + 1 else ("A", a_fret + _STRINGS[1])
    return tuple(None if tone is None else shape[1] + tone for tone in _SHAPES[shape[0], chord.minor])


def arpeggio_part(label: str, chords: Sequence[Chord], habits: Habits, chance: np.random.Generator) -> list[Play]:
    """Broken chords that ring on; in choruses every second tone is left to the strummed guitar."""
    level = _LOUDNESS[label]
    plays: list[Play] = []
    for measure, chord in enumerate(chords):
        shape = guitar_shape(chord)
        for slot, place in enumerate(habits.arpeggio):
            string = max(place, 1) if shape[0] is None else place
            midi = shape[string]
            if midi is None or (label == "chorus" and slot % 4 == 3):
                continue
            accent = 1.0 if slot == 0 else 0.8 if slot % 2 == 0 else 0.7
            velocity = level * accent * (1.0 + 0.06 * float(chance.standard_normal()))
            plays.append(Play(measure * SLOTS + slot, SLOTS - slot, midi, velocity, string))
    return plays


def strum_part(label: str, chords: Sequence[Chord], habits: Habits, turn: int) -> list[Play]:
    """Strums in choruses; muted eighths from the second verse on; single chords to open and to close."""
    level = _LOUDNESS[label]
    if label == "verse" and turn == 0:
        return []
    plays: list[Play] = []
    for measure, chord in enumerate(chords):
        shape = guitar_shape(chord)
        begin = measure * SLOTS
        if label in ("intro", "bridge", "outro"):
            plays += _strum(shape, begin, SLOTS, level, down=True)
        elif label == "verse":
            low = [(string, midi) for string, midi in enumerate(shape) if midi is not None][:3]
            for slot in range(SLOTS):
                velocity = level * (0.8 if slot % 2 == 0 else 0.62)
                plays += [
                    Play(begin + slot, 0.9, midi, velocity, string, True, 4.0 * at)
                    for at, (string, midi) in enumerate(low)
                ]
        else:
            marks = [slot for slot, mark in enumerate(habits.strum) if mark != "."]
            for slot, end in zip(marks, [*marks[1:], SLOTS], strict=True):
                accent = 1.0 if slot % 4 == 0 else 0.82
                plays += _strum(shape, begin + slot, end - slot, level * accent, down=habits.strum[slot] == "d")
    return plays


def _strum(shape: tuple[int | None, ...], slot: float, slots: float, level: float, *, down: bool) -> list[Play]:
    """All strings one after the other; an up-stroke takes the upper four only, and softer."""
    strings = [(string, midi) for string, midi in enumerate(shape) if midi is not None]
    strings = strings if down else strings[:1:-1]
    velocity = level if down else 0.75 * level
    return [
        Play(slot, slots, midi, velocity * (1 - 0.04 * at), string, False, (9.0 if down else 7.0) * at)
        for at, (string, midi) in enumerate(strings)
    ]


def keys_part(label: str, chords: Sequence[Chord], habits: Habits, start: Sequence[int] | None) -> list[Play]:
    """Close voicings that move as little as they can from chord to chord; `start` is the voicing before."""
    pattern = habits.keys.get(label, habits.keys["chorus" if label == "outro" else "intro"])
    level = _LOUDNESS[label] * 0.9
    plays: list[Play] = []
    before = tuple(start or ())
    for measure, chord in enumerate(chords):
        before = close_voicing(chord, before)
        for slot, slots in _strokes(pattern):
            accent = 1.0 if slot == 0 else 0.8
            for at, midi in enumerate(before):
                plays.append(
                    Play(
                        measure * SLOTS + slot,
                        slots * 0.97,
                        midi,
                        level * accent * (0.85 + 0.05 * at),
                        spread_ms=2.0 * at,
                    )
                )
    return plays


def close_voicing(chord: Chord, before: tuple[int, ...]) -> tuple[int, ...]:
    """All tones of the chord between G3 and E5, nearest to the voicing before (or to middle C)."""
    tones = [midi for midi in range(55, 77) if midi % 12 in chord.pitch_classes]
    count = len(chord.pitch_classes)
    full = [
        choice
        for choice in combinations(tones, count)
        if len({midi % 12 for midi in choice}) == count and choice[-1] - choice[0] <= 14
    ]
    aim = before or (58, 62, 65, 69)[:count]

    def motion(choice: tuple[int, ...]) -> float:
        moved = sum(min(abs(midi - old) for old in aim) for midi in choice)
        rubs = sum(upper - lower == 1 for lower, upper in pairwise(choice))
        return moved + 1.5 * rubs + 0.15 * abs(sum(choice) / count - 64)

    return min(full, key=motion)
