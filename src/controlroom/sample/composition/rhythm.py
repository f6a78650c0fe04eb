"""What the drummer plays: patterns per section on a grid of sixteenths, fills, a last stroke."""

from __future__ import annotations

import msgspec
import numpy as np

from controlroom.sample.composition.form import Grid, Section
from controlroom.sample.composition.meter import FOUR

_STEPS = 16  # of a bar
_KICKS = {
    "verse": ("x.......x.......", "x.......x.x.....", "x.....x.x.......", "x......xx......."),
    "chorus": ("x.....x.x.....x.", "x...x...x...x...", "x.....x.x.x.....", "x.......x.x...x."),
    "bridge": ("x...............", "x.........x....."),
}
_STRAIGHT = ("x.......x.......", "x.......x.x.....")  # fast songs leave the sixteenths alone
_GHOSTS = ((7, 9), (9,), (7, 15), (3, 9), ())
# The last two beats of a section on eight sixteenths: s snare, r rack tom, f floor tom, k kick.
_FILLS = ("s.ssr.f.", "s.s.rrff", "ssr.r.f.", "s.rrs.ff", "..s.r.f.")
_SPARSE_FILLS = ("s.r.r.f.", "s.s.r.f.", "..r.r.f.")
_LEVEL = {"intro": 0.6, "verse": 0.7, "bridge": 0.6, "chorus": 0.92, "outro": 0.8}


class Stroke(msgspec.Struct, frozen=True):
    """`beat` counted from the song's first beat."""

    beat: float
    drum: str
    velocity: float


class _Style(msgspec.Struct, frozen=True):
    kicks: dict[str, str]
    ghosts: tuple[int, ...]
    hats_every: int  # sixteenths
    side_stick: bool
    ride: bool


def _style(grid: Grid, chance: np.random.Generator) -> _Style:
    fast = grid.tempo_bpm > 132
    kicks = {kind: str(chance.choice(_STRAIGHT if fast else patterns)) for kind, patterns in _KICKS.items()}
    ghosts = _GHOSTS[int(chance.integers(len(_GHOSTS)))]
    return _Style(
        kicks,
        () if fast else ghosts,
        1 if grid.tempo_bpm < 76 else 4 if grid.tempo_bpm > 150 else 2,
        bool(chance.random() < 0.4),
        bool(chance.random() < 0.5),
    )


def drum_part(grid: Grid, sections: tuple[Section, ...], chance: np.random.Generator) -> list[Stroke]:
    """All strokes of the song in the order of time."""
    style = _style(grid, chance)
    strokes: list[Stroke] = []
    for section in sections:
        first = section.begin * grid.beats_per_measure // FOUR.beats_per_bar
        bars = section.length * grid.beats_per_measure // FOUR.beats_per_bar
        for bar in range(bars):
            strokes += _bar(style, section, bar, bars, (first + bar) * FOUR.beats_per_bar, grid, chance)
    end = float(grid.beats)
    strokes += [Stroke(end, drum, velocity) for drum, velocity in (("crash", 0.85), ("kick", 0.85))]
    return sorted(strokes, key=lambda stroke: (stroke.beat, stroke.drum))


def _bar(
    style: _Style, section: Section, bar: int, bars: int, beat: int, grid: Grid, chance: np.random.Generator
) -> list[Stroke]:
    label, last = section.label, bar == bars - 1
    level = _LEVEL[label] * (1.0 + 0.05 * min(section.turn, 2))
    quiet = label == "intro" and bar < bars // 2
    strokes = _hats(style, label, beat, level)
    if bar == 0 and label == "chorus":
        strokes.append(Stroke(beat, "crash", min(0.9 * level, 1.0)))
    if not quiet:
        kinds = {"chorus": "chorus", "outro": "chorus", "bridge": "bridge"}
        strokes += _kicks(style.kicks[kinds.get(label, "verse")], beat, level)
        strokes += _backbeat(style, label, beat, level)
    if last and label != "outro":
        strokes = [stroke for stroke in strokes if stroke.beat < beat + 2]
        strokes += [Stroke(beat + 2, "kick", level), *_fill(beat + 2, level, grid.tempo_bpm > 120, chance)]
    return strokes


def _hats(style: _Style, label: str, beat: int, level: float) -> list[Stroke]:
    every = style.hats_every
    drum = "ride" if style.ride and label in ("chorus", "outro") else "hat"
    out: list[Stroke] = []
    for step in range(0, _STEPS, every if drum == "hat" else max(every, 2)):
        accent = 1.0 if step % 4 == 0 else 0.72 if step % 2 == 0 else 0.5
        opened = drum == "hat" and label == "chorus" and step == 14
        out.append(Stroke(beat + step / 4, "open hat" if opened else drum, level * accent))
    return out


def _kicks(pattern: str, beat: int, level: float) -> list[Stroke]:
    strong = {step: 1.0 if step % 8 == 0 else 0.82 for step, mark in enumerate(pattern) if mark == "x"}
    return [Stroke(beat + step / 4, "kick", level * accent) for step, accent in strong.items()]


def _backbeat(style: _Style, label: str, beat: int, level: float) -> list[Stroke]:
    if label == "bridge":
        return [Stroke(beat + 2.0, "side stick", level), Stroke(beat + 3.0, "rack tom", 0.8 * level)]
    soft = style.side_stick and label in ("verse", "intro")
    back = [Stroke(beat + at, "side stick" if soft else "snare", level) for at in (1.0, 3.0)]
    return back + ([] if soft else [Stroke(beat + step / 4, "ghost", 0.3) for step in style.ghosts])


def _fill(beat: float, level: float, sparse: bool, chance: np.random.Generator) -> list[Stroke]:
    drums = {"s": "snare", "r": "rack tom", "f": "floor tom"}
    pattern = str(chance.choice(_SPARSE_FILLS if sparse else _FILLS))
    rise = np.linspace(0.72, 1.0, len(pattern))
    return [
        Stroke(beat + step / 4, drums[mark], min(level * 1.08, 1.0) * float(rise[step]))
        for step, mark in enumerate(pattern)
        if mark in drums
    ]
