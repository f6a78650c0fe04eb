"""What bass, guitars and keys play under the tune: chord shapes, strums, arpeggios, close voicings, a bass with aim."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations, pairwise

import msgspec
import numpy as np

from controlroom.sample.composition.form import Section
from controlroom.sample.composition.harmony import Chord, Key
from controlroom.sample.composition.meter import FOUR, SIX, THREE, Meter

_STRINGS = (40, 45, 50, 55, 59, 64)  # standard tuning, E2 to E4
_SHAPES = {  # semitones above the root, string by string; None: not played
    ("E", "maj"): (0, 7, 12, 16, 19, 24),
    ("E", "min"): (0, 7, 12, 15, 19, 24),
    ("E", "sus4"): (0, 7, 12, 17, 19, 24),
    ("E", "sus2"): (0, 7, 14, 19, None, None),
    ("E", "dim"): (0, 6, 12, 15, None, None),
    ("A", "maj"): (None, 0, 7, 12, 16, 19),
    ("A", "min"): (None, 0, 7, 12, 15, 19),
    ("A", "sus4"): (None, 0, 7, 12, 17, 19),
    ("A", "sus2"): (None, 0, 7, 12, 14, 19),
    ("A", "dim"): (None, 0, 6, 12, 15, None),
}


class _Patterns(msgspec.Struct, frozen=True):
    """What players may choose from, a measure each, by label where it matters."""

    bass: dict[str, tuple[str, ...]]
    keys: dict[str, tuple[str, ...]]
    arpeggio: tuple[tuple[int, ...], ...]
    strum: tuple[str, ...]


_PATTERNS = {
    FOUR: _Patterns(
        {
            "intro": ("x-------", "x-----x-"),
            "verse": ("x--xx---", "x---x-x-", "x--x--x-", "x-----xx"),
            "bridge": ("x-------", "x---x---"),
            "chorus": ("xxxxxxxx", "x-xxx-xx", "x--x--xx", "x-xxx-x-"),
        },
        {
            "intro": ("x-------",),
            "verse": ("x-------", "x--x----", "x-----x-"),
            "chorus": ("x--x--x-", "x-x-x-x-", "x--x-x--"),
        },
        ((0, 3, 4, 5, 4, 3, 4, 3), (0, 2, 3, 4, 5, 4, 3, 2), (0, 3, 2, 4, 3, 5, 4, 3), (0, 4, 3, 5, 3, 4, 3, 4)),
        ("d.du.udu", "d.d.dudu", "d..d.udu", "d.dud.du"),
    ),
    THREE: _Patterns(
        {
            "intro": ("x-----", "x---x-"),
            "verse": ("x-----", "x---x-", "x-x-x-"),
            "bridge": ("x-----",),
            "chorus": ("x-x-x-", "x-xxx-", "x---xx"),
        },
        {"intro": ("x-----",), "verse": ("x-----", ".-x-x-"), "chorus": ("x-x-x-", ".-x-x-", "x---x-")},
        ((0, 3, 4, 5, 4, 3), (0, 2, 3, 4, 5, 4), (0, 3, 5, 4, 5, 3), (0, 2, 4, 3, 4, 3)),
        ("d.d.du", "d.dudu", "d.d.d."),
    ),
    SIX: _Patterns(
        {
            "intro": ("x-----", "x--x--"),
            "verse": ("x--x--", "x----x", "x--x-x"),
            "bridge": ("x-----", "x--x--"),
            "chorus": ("x-xx-x", "xxxxxx", "x--x-x"),
        },
        {"intro": ("x-----",), "verse": ("x-----", "x--x--"), "chorus": ("x--x--", "x-xx-x")},
        ((0, 3, 4, 5, 4, 3), (0, 2, 3, 5, 4, 3), (0, 3, 5, 4, 3, 5)),
        ("d.ud.u", "d..dud", "dudu.u"),
    ),
}
_LIKE = {"pre-chorus": "verse", "break": "intro", "instrumental": "chorus", "outro": "chorus"}
_LOUDNESS = {
    "intro": 0.55, "verse": 0.62, "pre-chorus": 0.7, "bridge": 0.55, "break": 0.5, "instrumental": 0.78,
    "chorus": 0.85, "outro": 0.68,
}  # fmt: skip


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


def draw_habits(meter: Meter, chance: np.random.Generator) -> Habits:
    """Patterns for all that is in one metre."""
    own = _PATTERNS[meter]
    return Habits(
        {label: str(chance.choice(patterns)) for label, patterns in own.bass.items()},
        {label: str(chance.choice(patterns)) for label, patterns in own.keys.items()},
        own.arpeggio[int(chance.integers(len(own.arpeggio)))],
        str(chance.choice(own.strum)),
    )


def _strokes(pattern: str) -> list[tuple[int, int]]:
    marks = [slot for slot, mark in enumerate(pattern) if mark == "x"]
    return [(slot, end - slot) for slot, end in zip(marks, [*marks[1:], len(pattern)], strict=True)]


def bass_part(
    section: Section, chords: Sequence[Chord], key: Key, habits: Habits, chance: np.random.Generator
) -> list[Play]:
    """Roots on the changes, fifths and octaves between them, and a step that leads into the next root."""
    meter = section.meter
    pattern = habits.bass[_LIKE.get(section.label, section.label)]
    level = _LOUDNESS[section.label]
    between = 2 if meter is FOUR else 0  # where fifths and octaves may stand, after the accent
    plays: list[Play] = []
    for measure, chord in enumerate(chords):
        root, fifth = bass_note(chord.root), (chord.triad[2] - chord.root) % 12
        following = bass_note(chords[(measure + 1) % len(chords)].root)
        strokes = _strokes(pattern)
        for at, (slot, slots) in enumerate(strokes):
            midi = root
            if at and at == len(strokes) - 1 and slot >= meter.slots - 2 and following != root:
                midi = _leading(root, following, key)
            elif at and slot % meter.pulse == between and chance.random() < 0.3:
                midi = root + (fifth if root + 7 < 45 else 12 if root < 33 else 0)
            accent = 1.0 if slot % meter.pulse == 0 else 0.86
            plays.append(Play(measure * meter.slots + slot, slots * 0.94, midi, level * accent))
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
    return tuple(None if tone is None else shape[1] + tone for tone in _SHAPES[shape[0], chord.shape])


def arpeggio_part(section: Section, chords: Sequence[Chord], habits: Habits, chance: np.random.Generator) -> list[Play]:
    """Broken chords that ring on; in choruses every second tone is left to the strummed guitar."""
    meter, level = section.meter, _LOUDNESS[section.label]
    accented = 3 if meter is SIX else 2
    plays: list[Play] = []
    for measure, chord in enumerate(chords):
        shape = guitar_shape(chord)
        for slot, place in enumerate(habits.arpeggio):
            string = max(place, 1) if shape[0] is None else place
            midi = shape[string]
            if midi is None or (section.label == "chorus" and slot % meter.pulse == meter.pulse - 1):
                continue
            accent = 1.0 if slot == 0 else 0.8 if slot % accented == 0 else 0.7
            velocity = level * accent * (1.0 + 0.06 * float(chance.standard_normal()))
            plays.append(Play(measure * meter.slots + slot, meter.slots - slot, midi, velocity, string))
    return plays


def strum_part(section: Section, chords: Sequence[Chord], habits: Habits) -> list[Play]:
    """Strums in choruses; muted eighths from the second verse on; single chords to open and to close."""
    label, meter, level = section.label, section.meter, _LOUDNESS[section.label]
    if label == "verse" and section.turn == 0:
        return []
    accented = 3 if meter is SIX else 2
    plays: list[Play] = []
    for measure, chord in enumerate(chords):
        shape = guitar_shape(chord)
        begin = measure * meter.slots
        if label in ("intro", "bridge", "break", "outro"):
            plays += _strum(shape, begin, meter.slots, level, down=True)
        elif label in ("verse", "pre-chorus"):
            low = [(string, midi) for string, midi in enumerate(shape) if midi is not None][:3]
            for slot in range(meter.slots):
                velocity = level * (0.8 if slot % accented == 0 else 0.62)
                plays += [
                    Play(begin + slot, 0.9, midi, velocity, string, True, 4.0 * at)
                    for at, (string, midi) in enumerate(low)
                ]
        else:
            marks = [slot for slot, mark in enumerate(habits.strum) if mark != "."]
            for slot, end in zip(marks, [*marks[1:], meter.slots], strict=True):
                accent = 1.0 if slot % meter.pulse == 0 else 0.82
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


def keys_part(section: Section, chords: Sequence[Chord], habits: Habits, start: Sequence[int] | None) -> list[Play]:
    """Close voicings that move as little as they can from chord to chord; `start` is the voicing before."""
    pattern = habits.keys.get(_LIKE.get(section.label, section.label), habits.keys["intro"])
    level = _LOUDNESS[section.label] * 0.9
    plays: list[Play] = []
    before = tuple(start or ())
    for measure, chord in enumerate(chords):
        before = close_voicing(chord, before)
        for slot, slots in _strokes(pattern):
            accent = 1.0 if slot == 0 else 0.8
            for at, midi in enumerate(before):
                plays.append(
                    Play(
                        measure * section.meter.slots + slot,
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
