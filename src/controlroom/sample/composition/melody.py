"""The tune: phrases with a rhythm of their own, pitches that fit the chords, a hook, harmony voices.

Pitches are found by the cheapest path (Viterbi) over the notes of the singer's range: long and accented notes want
chord tones, lines want steps, a phrase wants its contour, its last note wants rest. Chance only tips the balance.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import numpy as np

from controlroom.sample.composition.harmony import Chord, Key
from controlroom.sample.composition.meter import FOUR, SIX, THREE, Meter


class _Rhythms(msgspec.Struct, frozen=True):
    """Two measures each (`short`: one): x a new note, - it lasts, . silence. Every phrase ends with room to breathe."""

    verse: tuple[str, ...]
    hook: tuple[str, ...]
    answer: tuple[str, ...]
    short: tuple[str, ...]  # for very short songs


_RHYTHMS = {
    FOUR: _Rhythms(
        (
            "x-xxx-xxx-x---..",
            ".xxxx-x-x-xx--..",
            "x-x-xxx-x-x---..",
            ".xx-xxx-xxx---..",
            "x-xx-xx-x----...",
            "..xxx-xx-x-x--..",
        ),
        ("x---x-x-x-----..", "x--x--x-x-----..", "x--x--x-x--x--..", "x---xxx-x-----..", "x--x--xxx-----.."),
        ("..x-x-x-x---x-..", "x-x-x-x-x-----..", "..xxx-x-x-----..", "x-xxx-x-x--x--..", "x--x--x-x-x---.."),
        ("x-xxx-..", "x-x-x-..", ".xxxx-..", "xx-xx-..", "x--xx-.."),
    ),
    THREE: _Rhythms(
        ("x-x-xxx---..", "x-xxx-x---..", ".xxxx-x---..", "x-x-x-xxx-..", "..x-xxx-x-.."),
        ("x---x-x---..", "x---xxx---..", "x-x-x-x---..", "x---x-x-x-.."),
        ("..x-x-x---..", "x-x-x-x---..", "x-xxx-x---..", "x---xxx-x-.."),
        ("x-xx..", "x-x-..", "xxx-.."),
    ),
    SIX: _Rhythms(
        ("x-xx-xx--...", "x-xx-xx-x-..", ".xxx-xx--...", "x--x-xx--...", "x-xxxxx--..."),
        ("x--x-xx--...", "x--x--x--...", "x-xx--x--...", "x--xxxx--..."),
        ("..xx-xx--...", "x-xx-xx--...", "x--x-xx-x-..", "..xx--x--..."),
        ("x-xx..", "x--x..", "x-x..."),
    ),
}
_CONTOURS = {
    "arch": (0.0, 0.7, 1.0, 0.5, -0.2),
    "fall": (1.0, 0.8, 0.3, -0.2, -0.6),
    "rise": (-0.6, -0.2, 0.2, 0.7, 0.9),
    "wave": (0.2, 0.8, 0.0, 0.6, -0.2),
}
_SPAN = {
    "verse": 3.5,
    "pre-chorus": 3.5,
    "bridge": 4.0,
    "chorus": 5.5,
}  # semitones between the middle of a contour and its top
_BELOW_CHORUS = {"bridge": 1.0, "pre-chorus": 2.5}
_STEP_COST = {0: 0.55, 1: 0.05, 2: 0.0, 3: 0.4, 4: 0.55, 5: 0.9, 7: 1.3, 8: 2.2, 9: 2.2, 12: 2.6}
_TOO_FAR = 6.0


class Voice(msgspec.Struct, frozen=True):
    """A singer's range (MIDI) and where verses and choruses lie."""

    name: str
    lowest: int
    highest: int
    verse: float
    chorus: float


VOICES = (Voice("tenor", 50, 68, 57.0, 61.5), Voice("alto", 57, 74, 63.0, 67.5))


class Tone(msgspec.Struct, frozen=True):
    """A note of the tune: `slot` from the section's begin, its length in slots."""

    slot: int
    slots: int
    midi: int


def tune(
    label: str,
    length: int,
    chords: Sequence[Chord],
    key: Key,
    voice: Voice,
    chance: np.random.Generator,
    meter: Meter = FOUR,
) -> list[list[Tone]]:
    """The phrases of a section of `length` measures, one chord each. Phrase 3 repeats phrase 1 where chords allow."""
    rhythms = _rhythms(label, length, _RHYTHMS[meter], chance)
    contours = [str(chance.choice(("arch", "wave") if at % 2 == 0 else ("fall", "arch"))) for at in range(4)]
    centre = voice.verse if label == "verse" else voice.chorus - _BELOW_CHORUS.get(label, 0.0)
    phrases: list[list[Tone]] = []
    known: dict[tuple[str, tuple[int, ...], int], list[int]] = {}
    before = round(centre)
    for at, rhythm in enumerate(rhythms):
        begin = at * len(rhythm)
        places = [(begin + slot, slots) for slot, slots in _notes_of(rhythm)]
        under = [chords[slot // meter.slots] for slot, _ in places]
        closing = at % 2 == 1 or len(rhythms) == 1
        name = (rhythm, tuple(chord.root for chord in under), at % 2 if at < len(rhythms) - 1 else 2)
        if name not in known:
            targets = _targets(contours[at % 4], centre, _SPAN[label], places)
            known[name] = _cheapest(places, under, key, voice, targets, before, closing, meter, chance)
        before = known[name][-1]
        phrases.append([Tone(slot, slots, midi) for (slot, slots), midi in zip(places, known[name], strict=True)])
    return phrases


def _rhythms(label: str, length: int, own: _Rhythms, chance: np.random.Generator) -> list[str]:
    """A rhythm for each phrase: a a b a in verses, hook answer hook answer in choruses."""
    if length == 1:
        return [str(chance.choice(own.short))]
    if label == "chorus":
        hook, answer = str(chance.choice(own.hook)), str(chance.choice(own.answer))
        cycle = [hook, answer, hook, answer]
    else:
        first, other = (str(text) for text in chance.choice(own.verse, 2, replace=False))
        cycle = [first, first, other, first] if label == "verse" else [other, first, other, first]
    return [cycle[at % 4] for at in range(length // 2)]


def _notes_of(rhythm: str) -> list[tuple[int, int]]:
    """(slot, slots) of every note of a rhythm."""
    notes: list[tuple[int, int]] = []
    for slot, mark in enumerate(rhythm):
        if mark == "x":
            notes.append((slot, 1))
        elif mark == "-" and notes:
            notes[-1] = (notes[-1][0], slot - notes[-1][0] + 1)
    return notes


def _targets(contour: str, centre: float, span: float, places: list[tuple[int, int]]) -> np.ndarray:
    shape = np.array(_CONTOURS[contour])
    slots = np.array([slot for slot, _ in places], float)
    along = (slots - slots[0]) / max(slots[-1] - slots[0], 1.0)
    target: np.ndarray = centre + span * np.interp(along, np.linspace(0, 1, len(shape)), shape)
    return target


def singable(chord: Chord, key: Key) -> tuple[int, ...]:
    """Pitch classes that fit a chord: the scale, with the chord's own tones in place of their neighbours."""
    own = set(chord.pitch_classes)
    foreign = own - set(key.scale)
    scale = {tone for tone in key.scale if not any((tone - odd) % 12 in (1, 11) for odd in foreign)}
    return tuple(sorted(scale | own))


def _fit(midi: int, strong: bool, slots: int, chord: Chord) -> float:
    """How badly a note sits on its chord."""
    tone = midi % 12
    if tone in chord.triad:
        return 0.0
    weight = 1.0 if slots >= 3 else 0.8 if strong else 0.35 if slots == 2 else 0.15
    if tone in chord.pitch_classes or (tone - chord.root) % 12 == 2:
        return 0.9 * weight
    rubs = any((tone - own) % 12 == 1 for own in chord.triad)  # a semitone above a chord tone
    return (4.0 if rubs else 2.0) * weight


def _cheapest(
    places: list[tuple[int, int]],
    under: list[Chord],
    key: Key,
    voice: Voice,
    targets: np.ndarray,
    before: int,
    closing: bool,
    meter: Meter,
    chance: np.random.Generator,
) -> list[int]:
    """The pitches of a phrase (MIDI)."""
    span = range(voice.lowest, voice.highest + 1)
    costs: list[dict[int, float]] = []
    for at, ((slot, slots), chord) in enumerate(zip(places, under, strict=True)):
        allowed = [midi for midi in span if midi % 12 in singable(chord, key)]
        strong = slot % meter.pulse == 0
        own = {
            m: _fit(m, strong, slots, chord) + 0.06 * (m - targets[at]) ** 2 + 0.35 * chance.random() for m in allowed
        }
        costs.append(own)
    for midi in costs[-1]:
        costs[-1][midi] += _unrest(midi, key, under[-1], closing)
    best = {midi: cost + 0.5 * _move(midi - before) for midi, cost in costs[0].items()}
    back: list[dict[int, int]] = []
    for own in costs[1:]:
        came = {midi: _reached(midi, best) for midi in own}
        best = {midi: own[midi] + best[old] + _move(midi - old) for midi, old in came.items()}
        back.append(came)
    line = [min(best, key=lambda midi: best[midi])]
    for came in reversed(back):
        line.append(came[line[-1]])
    return line[::-1]


def _reached(midi: int, best: dict[int, float]) -> int:
    """The note before from which `midi` is cheapest."""
    return min(best, key=lambda old: best[old] + _move(midi - old))


def _move(interval: int) -> float:
    return _STEP_COST.get(abs(interval), _TOO_FAR)


def _unrest(midi: int, key: Key, chord: Chord, closing: bool) -> float:
    """The last note of an answer wants the tonic or the third of the key; every last note wants a tone of its chord."""
    away = 0.0 if midi % 12 in chord.triad else 2.5
    homely = midi % 12 in (key.tonic, key.scale[2])
    return away + (0.0 if homely or not closing else 0.7)


def harmony(
    line: Sequence[Tone], chords: Sequence[Chord], key: Key, voice: Voice, above: bool, meter: Meter = FOUR
) -> list[int]:
    """A second voice to `line`: a third to a sixth above, or a third to an octave below; chord tones where it stays."""
    near, far = (3, 9) if above else (-9, -3)
    ideal = 4.0 if above else -5.0
    best: dict[int, tuple[float, list[int]]] = {}
    for tone in line:
        chord = chords[tone.slot // meter.slots]
        choice = [tone.midi + step for step in range(near, far + 1) if (tone.midi + step) % 12 in singable(chord, key)]
        fresh: dict[int, tuple[float, list[int]]] = {}
        for midi in choice:
            own = 1.6 * _fit(midi, tone.slot % meter.pulse == 0, tone.slots, chord) + 0.12 * abs(
                midi - tone.midi - ideal
            )
            own += 0.8 if (midi - tone.midi) % 12 in (1, 2, 6, 10, 11) else 0.0
            own += 0.25 * max(midi - voice.highest - 2, voice.lowest - 5 - midi, 0)
            past, path = min(
                ((cost + _move(midi - old), path) for old, (cost, path) in best.items()), default=(0.0, [])
            )
            fresh[midi] = (own + past, [*path, midi])
        best = fresh
    return min(best.values())[1]
