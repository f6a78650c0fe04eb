"""Grooves in every metre: straight, half-time, four on the floor, shuffle, syncopated; sparse sections, fills.

Patterns are a bar long, a mark for each of the drummer's sixteenths (twelve in 3/4 and in 6/8).
"""

from __future__ import annotations

import msgspec
import numpy as np

from controlroom.sample.composition.form import Grid, Section
from controlroom.sample.composition.meter import FOUR, SIX, THREE, Meter
from controlroom.sample.composition.rhythm import Stroke

SHUFFLE = "shuffle"
_BUSY_BPM, _FASTEST_HATS_BPM = {FOUR: 132.0, THREE: 132.0, SIX: 80.0}, 150.0


class _Groove(msgspec.Struct, frozen=True):
    """Verse and chorus patterns of kick and snare; `hats` apart in sixteenths and how many late."""

    name: str
    kicks: dict[str, tuple[str, ...]]
    snare: dict[str, tuple[str, ...]]
    hats: tuple[int, int]


_FOUR = (
    _Groove(
        "straight",
        {
            "verse": ("x.......x.......", "x.......x.x.....", "x......xx......."),
            "chorus": ("x.....x.x.....x.", "x.......x.x...x.", "x.....x.x......."),
        },
        {"verse": ("....x.......x...",), "chorus": ("....x.......x...",)},
        (2, 0),
    ),
    _Groove(
        "half-time",
        {"verse": ("x...............", "x.....x........."), "chorus": ("x..x......x.....", "x.....x.......x.")},
        {"verse": ("........x.......",), "chorus": ("........x.......",)},
        (2, 0),
    ),
    _Groove(
        "four on the floor",
        {"verse": ("x...x...x...x...",), "chorus": ("x...x...x...x...",)},
        {"verse": ("....x.......x...", "............x..."), "chorus": ("....x.......x...",)},
        (4, 2),
    ),
    _Groove(
        SHUFFLE,
        {"verse": ("x.......x.......", "x.......x.x....."), "chorus": ("x.....x.x.......", "x.....x.x.....x.")},
        {"verse": ("....x.......x...",), "chorus": ("....x.......x...",)},
        (2, 0),
    ),
    _Groove(
        "syncopated",
        {
            "verse": ("x..x......x.....", "x..x..x.........", "x.....x...x....."),
            "chorus": ("x..x..x...x.....", "x.x...x..xx.....", "x.....xx..x...x."),
        },
        {"verse": ("....x.......x...", "....x......x...."), "chorus": ("....x.......x...", "....x..x....x...")},
        (2, 0),
    ),
    _Groove(
        "every beat",
        {"verse": ("x.......x.......",), "chorus": ("x.....x.x.....x.", "x.......x.......")},
        {"verse": ("....x.......x...",), "chorus": ("x...x...x...x...", "..x...x...x...x.")},
        (2, 0),
    ),
)
_THREE = (
    _Groove(
        "waltz",
        {"verse": ("x...........",), "chorus": ("x...........", "x.........x.")},
        {"verse": ("....x...x...",), "chorus": ("....x...x...",)},
        (2, 0),
    ),
    _Groove(
        "straight",
        {"verse": ("x...........", "x.....x....."), "chorus": ("x.....x.....", "x.x.......x.")},
        {"verse": ("........x...",), "chorus": ("........x...", "....x...x...")},
        (2, 0),
    ),
)
_SIX = (
    _Groove(
        "rolling",
        {"verse": ("x...........", "x.........x."), "chorus": ("x.........x.", "x...x.....x.")},
        {"verse": ("......x.....",), "chorus": ("......x.....",)},
        (2, 0),
    ),
    _Groove(
        "straight",
        {"verse": ("x...........",), "chorus": ("x...x.......", "x...........")},
        {"verse": ("......x.....",), "chorus": ("......x.....",)},
        (2, 0),
    ),
)
_GROOVES = {FOUR: _FOUR, THREE: _THREE, SIX: _SIX}
_FILLS = {
    FOUR: ("s.ssr.f.", "s.s.rrff", "ssr.r.f.", "..s.r.f.", "s.r.r.f.", "s.s.r.f.", "s...s.s."),
    THREE: ("s.r.", "ssrf", "s.rf", "r.f.", "s.s."),
    SIX: ("s.r.f.", "ssrrff", "s.s.s.", "r.r.f."),
}
_DRUMS = {"s": "snare", "r": "rack tom", "f": "floor tom"}
_LEVEL = {
    "intro": 0.6, "verse": 0.7, "pre-chorus": 0.78, "bridge": 0.6, "break": 0.55, "instrumental": 0.85,
    "chorus": 0.92, "outro": 0.8,
}  # fmt: skip
_FULL = ("chorus", "instrumental", "outro")


class _Playing(msgspec.Struct, frozen=True):
    """What the drummer chose for all that is in one metre."""

    meter: Meter
    kick: dict[str, str]
    snare: dict[str, str]
    hats: tuple[int, int]
    soft: str  # what strikes the back beats of quiet sections
    cymbal: str  # what full sections are counted on
    sparse: frozenset[str]  # labels without kick and snare


def shuffles(tempo_bpm: float, chance: np.random.Generator) -> bool:
    """Whether a song of that tempo is one that swings in triplets."""
    return 76 <= tempo_bpm <= _FASTEST_HATS_BPM and bool(chance.random() < 0.18)


def groove_part(grid: Grid, sections: tuple[Section, ...], chance: np.random.Generator) -> list[Stroke]:
    """All strokes of the song in the order of time."""
    swung = grid.swing > 0.6
    playing = {meter: _chosen(meter, grid.tempo_bpm, swung, chance) for _, _, meter in grid.stretches}
    strokes: list[Stroke] = []
    for section in sections:
        first, end = grid.first_beat(section.begin), grid.first_beat(section.begin + section.length)
        own = playing[section.meter]
        bars = range(first, end, section.meter.beats_per_bar)
        for beat in bars:
            last = beat == bars[-1]
            strokes += _bar(own, section, beat, beat == first, last, beat - first < (end - first) // 2)
            if last and section.label != "outro":
                strokes = _filled(strokes, own.meter, beat, grid.tempo_bpm, _LEVEL[section.label], chance)
    strokes += [Stroke(float(grid.beats), drum, 0.85) for drum in ("crash", "kick")]
    return sorted(strokes, key=lambda stroke: (stroke.beat, stroke.drum))


def _chosen(meter: Meter, tempo_bpm: float, swung: bool, chance: np.random.Generator) -> _Playing:
    grooves = [groove for groove in _GROOVES[meter] if meter is not FOUR or (groove.name == SHUFFLE) == swung]
    groove = grooves[int(chance.integers(len(grooves)))]
    busy = tempo_bpm > _BUSY_BPM[meter]
    kick = {label: _simple(patterns, busy, chance) for label, patterns in groove.kicks.items()}
    snare = {label: _simple(patterns, busy, chance) for label, patterns in groove.snare.items()}
    kick["bridge"] = kick["verse"] if chance.random() < 0.5 else "x".ljust(len(kick["verse"]), ".")
    apart, late = groove.hats
    if tempo_bpm > (100.0 if meter is SIX else _FASTEST_HATS_BPM):
        apart = meter.parts
    elif meter is not SIX and tempo_bpm < 76 and chance.random() < 0.5 and not late:
        apart = 1
    sparse = frozenset(label for label in ("intro", "bridge", "break", "outro") if chance.random() < 0.4)
    soft = "side stick" if chance.random() < 0.4 else "snare"
    return _Playing(meter, kick, snare, (apart, late), soft, "ride" if chance.random() < 0.45 else "hat", sparse)


def _simple(patterns: tuple[str, ...], busy: bool, chance: np.random.Generator) -> str:
    """One of the patterns; at a fast tempo one without sixteenths."""
    calm = [pattern for pattern in patterns if "x" not in pattern[1::2]]
    choice = calm if busy and calm else patterns
    return str(choice[int(chance.integers(len(choice)))])


def _bar(own: _Playing, section: Section, beat: int, first: bool, last: bool, early: bool) -> list[Stroke]:
    label, parts = section.label, own.meter.parts
    level = _LEVEL[label] * (1.0 + 0.05 * min(section.turn, 2))
    full = label in _FULL
    kind = "chorus" if full else "bridge" if label == "bridge" else "verse"
    steps = own.meter.beats_per_bar * parts
    apart, late = own.hats
    drum = own.cymbal if full else "hat"
    strokes = [
        Stroke(beat + step / parts, drum, level * (1.0 if step % parts == 0 else 0.72))
        for step in range(late, steps, apart if drum == "hat" else max(apart, 2))
    ]
    if first and label in ("chorus", "instrumental"):
        strokes.append(Stroke(float(beat), "crash", min(0.9 * level, 1.0)))
    if label in own.sparse or (label in ("intro", "break") and early):
        return strokes
    back = "snare" if full or label == "pre-chorus" else own.soft
    strokes += _marked(own.kick[kind], beat, parts, "kick", level)
    strokes += _marked(own.snare["chorus" if full else "verse"], beat, parts, back, level)
    return strokes


def _marked(pattern: str, beat: int, parts: int, drum: str, level: float) -> list[Stroke]:
    return [
        Stroke(beat + step / parts, drum, level * (1.0 if step % parts == 0 else 0.82))
        for step, mark in enumerate(pattern)
        if mark == "x"
    ]


def _filled(
    strokes: list[Stroke], meter: Meter, beat: int, tempo_bpm: float, level: float, chance: np.random.Generator
) -> list[Stroke]:
    """The strokes with a fill in the place of the bar's last beats; three sections in four end with one."""
    if chance.random() < 0.25:
        return strokes
    busy = tempo_bpm > _BUSY_BPM[meter]
    fills = [fill for fill in _FILLS[meter] if not busy or set(fill[1::2]) == {"."}]
    fill = str(chance.choice(fills))
    begin = beat + meter.beats_per_bar - len(fill) / meter.parts
    rise = np.linspace(0.72, 1.0, len(fill))
    kept = [stroke for stroke in strokes if stroke.beat < begin - 1e-9]
    return kept + [
        Stroke(begin + step / meter.parts, _DRUMS[mark], min(level * 1.08, 1.0) * float(rise[step]))
        for step, mark in enumerate(fill)
        if mark in _DRUMS
    ]
