"""The song's clock and its form.

Music is composed in *measures* of 8 slots (6 in 3/4 and 6/8) that last 1.6 to 3.2 s at any tempo: half a bar below
76 BPM, a bar up to 150, two bars above. So a melody is as easy to sing at 60 BPM as at 180, while the drums keep to
the true bars.
"""

from __future__ import annotations

import math

import msgspec

from controlroom.base.errors import UsageError
from controlroom.sample.composition.meter import FOUR, SIX, Meter

LEAD_IN_S = 1.0  # the room before the first note
RING_S = 2.9  # the last chord rings at least that long
SHORTEST_S, LONGEST_S = 20.0, 600.0
_LENGTHS = (1, 2, 4, 8)


class Section(msgspec.Struct, frozen=True):
    """`begin` and `length` in measures; `turn` counts the sections of that label from 0."""

    label: str
    begin: int
    length: int
    turn: int
    meter: Meter = FOUR


class Grid(msgspec.Struct, frozen=True):
    """Where beats and slots lie in time. Off-beats swing where they are slow enough to be felt, never in 6/8.

    The measures `aside` (first, end) are in the metre `other`, all else in `meter`; a beat is a beat in both.
    `played_s`: when each beat comes, if not by the click.
    """

    tempo_bpm: float
    swing: float
    measures: int
    meter: Meter = FOUR
    other: Meter = FOUR
    aside: tuple[int, int] = (0, 0)
    played_s: tuple[float, ...] = ()

    @property
    def beat_s(self) -> float:
        return 60.0 / self.tempo_bpm

    @property
    def beats_per_measure(self) -> int:
        return self.meter.beats_per_measure(self.tempo_bpm)

    @property
    def beats(self) -> int:
        return self.first_beat(self.measures)

    def meter_of(self, measure: int) -> Meter:
        """The metre of a measure."""
        return self.other if self.aside[0] <= measure < self.aside[1] else self.meter

    def first_beat(self, measure: int) -> int:
        """The beat on which a measure begins."""
        first, end = self.aside
        aside = min(max(measure - first, 0), end - first)
        return (measure - aside) * self.beats_per_measure + aside * self.other.beats_per_measure(self.tempo_bpm)

    @property
    def stretches(self) -> tuple[tuple[int, int, Meter], ...]:
        """(first beat, end, metre) of every part of the song that stays in one metre."""
        first, end = (self.first_beat(measure) for measure in self.aside)
        parts = ((0, first, self.meter), (first, end, self.other), (end, self.beats, self.meter))
        return tuple(part for part in parts if part[1] > part[0])

    @property
    def downbeats(self) -> tuple[int, ...]:
        """The beats on which bars begin; the last chord's is the last of them."""
        bars = [beat for begin, end, meter in self.stretches for beat in range(begin, end, meter.beats_per_bar)]
        return (*bars, self.beats)

    def at(self, beat: float) -> float:
        """The time of a beat (counted from 0), strict, in seconds."""
        if not self.played_s:
            return LEAD_IN_S + beat * self.beat_s
        low = min(max(int(beat), 0), len(self.played_s) - 2)
        begin_s, end_s = self.played_s[low : low + 2]
        return begin_s + (beat - low) * (end_s - begin_s)

    def swung(self, beat: float) -> float:
        """The time of a beat as it is played: the second half of each pair comes late by the swing."""
        pair = self._swung_pair
        if not pair:
            return self.at(beat)
        begin = math.floor(beat / pair + 1e-9) * pair
        place = (beat - begin) / pair
        late = self.swing / 0.5 * place if place < 0.5 else self.swing + (1 - self.swing) / 0.5 * (place - 0.5)
        return self.at(begin + late * pair)

    def slot(self, measure: int, slot: float) -> float:
        """The played time of a slot of a measure."""
        meter = self.meter_of(measure)
        beats = meter.beats_per_measure(self.tempo_bpm)
        return self.swung((measure + slot / meter.slots) * beats + (self.first_beat(measure) - measure * beats))

    @property
    def _swung_pair(self) -> float:
        if SIX in (self.meter, self.other):
            return 0.0
        return 0.5 if self.tempo_bpm < 76 else 1.0 if self.tempo_bpm <= 150 else 0.0


def grid_for(tempo_bpm: float, seconds: float, swing: float, meter: Meter = FOUR) -> Grid:
    """The grid that fills `seconds`; refuses what nobody could play."""
    refuse_unplayable(tempo_bpm, seconds, meter)
    grid = Grid(tempo_bpm, swing, 0, meter, meter)
    measure_s = grid.beat_s * grid.beats_per_measure
    measures = int((seconds - LEAD_IN_S - RING_S) / measure_s)
    return Grid(tempo_bpm, swing, measures - measures % unit_of(grid), meter, meter)


def refuse_unplayable(tempo_bpm: float, seconds: float, meter: Meter) -> None:
    """Raises `UsageError` for a tempo or a length that is out of reach."""
    if not meter.slowest_bpm <= tempo_bpm <= meter.fastest_bpm:
        reach = f"the band plays {meter.name} from {meter.slowest_bpm:g} to {meter.fastest_bpm:g} BPM"
        raise UsageError(f"tempo {tempo_bpm:g}", reach)
    if not SHORTEST_S <= seconds <= LONGEST_S:
        raise UsageError(f"{seconds:g} seconds", f"a sample song lasts from {SHORTEST_S:g} to {LONGEST_S:g} s")


def unit_of(grid: Grid) -> int:
    """Measures that make a whole number of bars."""
    return max(grid.meter.beats_per_bar // grid.beats_per_measure, 1)


def even_tempo(tempo_bpm: float, seconds: float, meter: Meter = FOUR) -> float:
    """A tempo near `tempo_bpm` at which the form comes out even in that time."""
    near = [tempo_bpm + step for step in (0, 1, -1, 2, -2, 3, -3, 4, -4, 5, -5, 6, -6)]
    return min(near, key=lambda tempo: _proportions(grid_for(tempo, seconds, 0.5, meter))[0])


def form_for(grid: Grid) -> tuple[Section, ...]:
    """Intro, verses and choruses, outro; in long songs every third verse is a bridge."""
    unit = unit_of(grid)
    _, turns, verse, chorus = _proportions(grid)
    rest = grid.measures - turns * (verse + chorus)
    intro = max(min(4, rest // 2) // unit * unit, unit)
    sections = [Section("intro", 0, intro, 0, grid.meter)]
    for turn in range(turns):
        bridge = turn % 3 == 2
        append_section(sections, "bridge" if bridge else "verse", verse, grid.meter)
        append_section(sections, "chorus", chorus, grid.meter)
    append_section(sections, "outro", rest - intro, grid.meter)
    return tuple(sections)


def _proportions(grid: Grid) -> tuple[float, int, int, int]:
    """The least awkward form: how awkward, rounds of verse and chorus, measures of a verse and of a chorus."""
    unit = unit_of(grid)
    return min(
        (_awkwardness(grid, turns, verse, chorus), turns, verse, chorus)
        for turns in range(1, 64)
        for verse in _LENGTHS
        for chorus in _LENGTHS
        if verse >= unit and chorus >= unit and turns * (verse + chorus) + 2 * unit <= grid.measures
    )


def append_section(sections: list[Section], label: str, length: int, meter: Meter) -> None:
    """The next section, `length` measures long."""
    begin = sections[-1].begin + sections[-1].length if sections else 0
    turn = sum(section.label == label for section in sections)
    sections.append(Section(label, begin, length, turn, meter))


def _awkwardness(grid: Grid, turns: int, verse: int, chorus: int) -> float:
    """How far a form is from two rounds of 8 and 8 measures with a short way in and out."""
    rest = grid.measures - turns * (verse + chorus)
    short = sum({1: 4.5, 2: 2.5, 4: 0.7, 8: 0.0}[length] for length in (verse, chorus))
    once = 5.0 if turns == 1 else 0.0
    uneven = 3.0 * max(abs(math.log2(chorus / verse)) - 1, 0) + (verse > chorus)
    return abs(rest - min(6, max(2, grid.measures // 6))) + short + once + uneven + 0.5 * turns
