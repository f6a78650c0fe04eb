"""Forms as songs have them: the seed decides which sections there are, how long they are, and how a song ends."""

from __future__ import annotations

import msgspec
import numpy as np

from controlroom.sample.composition.form import LEAD_IN_S, RING_S, Grid, Section, append_section, unit_of
from controlroom.sample.composition.meter import Meter

_TRIES = 700
_SMALL_SONG = 24  # measures
_SECONDS = {  # how long sections are wont to last
    "intro": (4.0, 20.0), "verse": (12.0, 36.0), "pre-chorus": (6.0, 16.0), "chorus": (11.0, 32.0),
    "bridge": (8.0, 26.0), "break": (4.0, 16.0), "instrumental": (8.0, 26.0), "outro": (4.0, 24.0),
}  # fmt: skip


class _Plan(msgspec.Struct, frozen=True):
    """Lengths in measures (0: there is none); `rounds` of verse and chorus before the bridge or the end."""

    rounds: int
    verse: int
    chorus: int
    intro: int
    outro: int
    pre_chorus: int
    bridge: int
    aside: int
    aside_label: str
    two_verses: bool
    two_choruses: bool


def pop_form(
    tempo_bpm: float, swing: float, seconds: float, meters: tuple[Meter, Meter], chance: np.random.Generator
) -> tuple[Grid, tuple[Section, ...]]:
    """The most natural of many forms drawn, near `seconds` long; with two metres the bridge is in the second."""
    home, other = meters
    grid = Grid(tempo_bpm, swing, 0, home, other)
    unit = max(unit_of(grid), unit_of(Grid(tempo_bpm, swing, 0, other, other)))
    small = seconds < _SMALL_SONG * grid.beat_s * grid.beats_per_measure
    drawn = _small if small else _drawn
    plans = (drawn(unit, home is not other, chance) for _ in range(_TRIES))
    chosen = min(plans, key=lambda plan: _awkwardness(_laid_out(plan, home, other), plan, grid, seconds))
    sections = _laid_out(chosen, home, other)
    bridge = next((section for section in sections if section.label == "bridge"), None)
    aside = (bridge.begin, bridge.begin + bridge.length) if bridge and home is not other else (0, 0)
    measures = sections[-1].begin + sections[-1].length
    return Grid(tempo_bpm, swing, measures, home, other if aside[1] else home, aside), tuple(sections)


def _drawn(unit: int, bridged: bool, chance: np.random.Generator) -> _Plan:
    def one_of(*lengths: int) -> int:
        return int(lengths[int(chance.integers(len(lengths)))]) * unit

    rounds = 1 + min(int(chance.geometric(0.4)), 7)
    return _Plan(
        rounds=max(rounds - bool(chance.random() < 0.5), 1),
        verse=one_of(2, 4, 8, 8, 16),
        chorus=one_of(2, 4, 8, 8),
        intro=one_of(1, 2, 4, 8),
        outro=one_of(1, 2, 4, 8),
        pre_chorus=one_of(0, 0, 2, 4),
        bridge=one_of(2, 4, 8) if bridged else one_of(0, 4, 8),
        aside=one_of(0, 2, 4, 8),
        aside_label="break" if chance.random() < 0.5 else "instrumental",
        two_verses=bool(chance.random() < 0.25),
        two_choruses=bool(chance.random() < 0.4),
    )


def _small(unit: int, bridged: bool, chance: np.random.Generator) -> _Plan:
    """A song too short for more than the sections nobody can do without."""
    lengths = unit * chance.choice((1, 2), 2)
    return _Plan(
        rounds=int(chance.integers(1, 3)),
        verse=2 * int(lengths[0]),
        chorus=2 * int(lengths[1]),
        intro=unit * int(chance.integers(1, 3)),
        outro=unit * int(chance.integers(1, 3)),
        pre_chorus=0,
        bridge=2 * unit if bridged else 0,
        aside=0,
        aside_label="break",
        two_verses=False,
        two_choruses=False,
    )


def _laid_out(plan: _Plan, home: Meter, other: Meter) -> list[Section]:
    labels = [("intro", plan.intro)]
    for turn in range(plan.rounds):
        labels += [("verse", plan.verse)] * (2 if plan.two_verses and turn == 0 else 1)
        labels += [("pre-chorus", plan.pre_chorus), ("chorus", plan.chorus)]
        if turn == min(1, plan.rounds - 2):
            labels.append((plan.aside_label, plan.aside))
    if plan.bridge:
        labels += [("bridge", plan.bridge), ("chorus", plan.chorus)]
    if plan.two_choruses:
        labels.append(("chorus", plan.chorus))
    labels.append(("outro", plan.outro))
    sections: list[Section] = []
    for label, length in labels:
        if length:
            append_section(sections, label, length, other if label == "bridge" else home)
    return sections


def _awkwardness(sections: list[Section], plan: _Plan, grid: Grid, seconds: float) -> float:
    """How far a form is from what a listener expects of a song that long."""
    lengths_s = [section.length * section.meter.beats_per_measure(grid.tempo_bpm) * grid.beat_s for section in sections]
    off = (LEAD_IN_S + RING_S + sum(lengths_s) - seconds) / (0.03 * seconds + 1.0)
    strange, shorter = 0.0, min(seconds / 90.0, 1.0)  # a short song has short sections
    for section, length_s in zip(sections, lengths_s, strict=True):
        least, most = _SECONDS[section.label]
        strange += max(least * shorter / length_s, length_s / most, 1.0) - 1.0
    few = 3.0 if plan.rounds == 1 and not plan.bridge else 0.0
    plain = 1.0 if seconds > 150 and not plan.bridge and not plan.aside else 0.0
    many = 0.8 * max(plan.rounds - 3, 0)
    lame = 0.5 if plan.verse < plan.pre_chorus * 2 or plan.chorus > 2 * plan.verse else 0.0
    return off * off + strange + few + plain + many + lame
