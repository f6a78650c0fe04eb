"""The song's clock and its form.

Music is composed in *measures* of 8 slots that last 1.6 to 3.2 s at any tempo: half a bar below 76 BPM, a bar up to
150, two bars above. So a melody is as easy to sing at 60 BPM as at 180, while the drums keep to the true bars.
"""

from __future__ import annotations

import math

import msgspec

from controlroom.base.errors import UsageError

BEATS_PER_BAR = 4
SLOTS = 8  # of a measure
LEAD_IN_S = 1.0  # the room before the first note
RING_S = 2.9  # the last chord rings at least that long
SLOWEST_BPM, FASTEST_BPM = 60.0, 180.0
SHORTEST_S, LONGEST_S = 20.0, 600.0
_LENGTHS = (1, 2, 4, 8)


class Section(msgspec.Struct, frozen=True):
    """`begin` and `length` in measures; `turn` counts the sections of that label from 0."""

    label: str
    begin: int
    length: int
    turn: int


class Grid(msgspec.Struct, frozen=True):
    """Where beats and slots lie in time. Off-beats swing lightly where they are slow enough to be felt."""

    tempo_bpm: float
    swing: float
    measures: int

    @property
    def beat_s(self) -> float:
        return 60.0 / self.tempo_bpm

    @property
    def beats_per_measure(self) -> int:
        return 2 if self.tempo_bpm < 76 else 4 if self.tempo_bpm <= 150 else 8

    @property
    def beats(self) -> int:
        return self.measures * self.beats_per_measure

    @property
    def bars(self) -> int:
        return self.beats // BEATS_PER_BAR

    def at(self, beat: float) -> float:
        """The time of a beat (counted from 0), strict, in seconds."""
        return LEAD_IN_S + beat * self.beat_s

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
        return self.swung((measure + slot / SLOTS) * self.beats_per_measure)

    @property
    def _swung_pair(self) -> float:
        return 0.5 if self.tempo_bpm < 76 else 1.0 if self.tempo_bpm <= 150 else 0.0


def grid_for(tempo_bpm: float, seconds: float, swing: float) -> Grid:
    """The grid that fills `seconds`; refuses what nobody could play."""
    if not SLOWEST_BPM <= tempo_bpm <= FASTEST_BPM:
        raise UsageError(f"tempo {tempo_bpm:g}", f"the band plays from {SLOWEST_BPM:g} to {FASTEST_BPM:g} BPM")
    if not SHORTEST_S <= seconds <= LONGEST_S:
        raise UsageError(f"{seconds:g} seconds", f"a sample song lasts from {SHORTEST_S:g} to {LONGEST_S:g} s")
    grid = Grid(tempo_bpm, swing, 0)
    measure_s = grid.beat_s * grid.beats_per_measure
    measures = int((seconds - LEAD_IN_S - RING_S) / measure_s)
    return Grid(tempo_bpm, swing, measures - measures % _unit(grid))


def _unit(grid: Grid) -> int:
    """Measures that make a whole number of bars."""
    return max(BEATS_PER_BAR // grid.beats_per_measure, 1)


def even_tempo(tempo_bpm: float, seconds: float) -> float:
    """A tempo near `tempo_bpm` at which the form comes out even in that time."""
    near = [tempo_bpm + step for step in (0, 1, -1, 2, -2, 3, -3, 4, -4, 5, -5, 6, -6)]
    return min(near, key=lambda tempo: _proportions(grid_for(tempo, seconds, 0.5))[0])


def form_for(grid: Grid) -> tuple[Section, ...]:
    """Intro, verses and choruses, outro; in long songs every third verse is a bridge."""
    unit = _unit(grid)
    _, turns, verse, chorus = _proportions(grid)
    rest = grid.measures - turns * (verse + chorus)
    intro = max(min(4, rest // 2) // unit * unit, unit)
    sections = [Section("intro", 0, intro, 0)]
    for turn in range(turns):
        bridge = turn % 3 == 2
        _append(sections, "bridge" if bridge else "verse", verse)
        _append(sections, "chorus", chorus)
    _append(sections, "outro", rest - intro)
    return tuple(sections)


def _proportions(grid: Grid) -> tuple[float, int, int, int]:
    """The least awkward form: how awkward, rounds of verse and chorus, measures of a verse and of a chorus."""
    unit = _unit(grid)
    return min(
        (_awkwardness(grid, turns, verse, chorus), turns, verse, chorus)
        for turns in range(1, 64)
        for verse in _LENGTHS
        for chorus in _LENGTHS
        if verse >= unit and chorus >= unit and turns * (verse + chorus) + 2 * unit <= grid.measures
    )


def _append(sections: list[Section], label: str, length: int) -> None:
    begin = sections[-1].begin + sections[-1].length
    sections.append(Section(label, begin, length, sum(section.label == label for section in sections)))


def _awkwardness(grid: Grid, turns: int, verse: int, chorus: int) -> float:
    """How far a form is from two rounds of 8 and 8 measures with a short way in and out."""
    rest = grid.measures - turns * (verse + chorus)
    short = sum({1: 4.5, 2: 2.5, 4: 0.7, 8: 0.0}[length] for length in (verse, chorus))
    once = 5.0 if turns == 1 else 0.0
    uneven = 3.0 * max(abs(math.log2(chorus / verse)) - 1, 0) + (verse > chorus)
    return abs(rest - min(6, max(2, grid.measures // 6))) + short + once + uneven + 0.5 * turns
