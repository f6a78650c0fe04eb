"""The grid a part was played to: its tempo is known, where its beats lie is heard."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

import msgspec
import numpy as np
import numpy.typing as npt

from controlroom.rooms.editing.contour import Floats

Hits: TypeAlias = tuple[Floats, Floats]
"""Times (s, on the song's time line) and strengths of a mic's onsets."""

STEPS_PER_BEAT = 4
ON_THE_GRID = 0.3
"""Resultant length of the onsets around the steps; below it the part was not played to this tempo."""
STEADY = 0.6
LEAST_ONSETS = 16
LEAST_SPAN_S, SLOWEST_STEP_S = 8.0, 0.19


class Grid(msgspec.Struct, frozen=True, kw_only=True):
    """Beats at `first_beat_s` + k * `beat_s`; bars of `beats_per_bar` begin with the first of them."""

    first_beat_s: float
    beat_s: float
    beats_per_bar: int = 4

    @property
    def step_s(self) -> float:
        return self.beat_s / STEPS_PER_BEAT

    @property
    def steps_per_bar(self) -> int:
        return STEPS_PER_BEAT * self.beats_per_bar

    def steps(self, times_s: Floats) -> npt.NDArray[np.int64]:
        """The step of its bar that each time is nearest to, the first beat being 0."""
        nearest = np.round((times_s - self.first_beat_s) / self.step_s).astype(np.int64)
        result: npt.NDArray[np.int64] = nearest % self.steps_per_bar
        return result

    def late_s(self, times_s: Floats) -> Floats:
        """How much later (+) than the nearest step each time is."""
        steps = (times_s - self.first_beat_s) / self.step_s
        result: Floats = (steps - np.round(steps)) * self.step_s
        return result

    def joints_s(self, start_s: float, end_s: float) -> list[float]:
        """Half-bar lines strictly inside a stretch (bar lines of an odd meter)."""
        apart_s = self.beat_s * (self.beats_per_bar / 2 if self.beats_per_bar % 2 == 0 else self.beats_per_bar)
        first = int(np.floor((start_s - self.first_beat_s) / apart_s)) + 1
        last = int(np.ceil((end_s - self.first_beat_s) / apart_s))
        return [self.first_beat_s + number * apart_s for number in range(first, last)]


def grid_of(hits: Hits, low: Hits, tempo_bpm: float | None, beats_per_bar: int = 4) -> Grid | None:
    """Where the bars of a known tempo lie under these hits; None without a tempo, or when they keep to none.

    Beats are the steps where most is played, the first of a bar is the one where the low hits are (all, if none).
    """
    times_s, strengths = hits
    if not tempo_bpm or len(times_s) < LEAST_ONSETS:
        return None
    beat_s = 60.0 / tempo_bpm
    step_s = beat_s / STEPS_PER_BEAT
    turn = np.sum(strengths * np.exp(2j * np.pi * times_s / step_s)) / np.sum(strengths)
    if abs(turn) < ON_THE_GRID:
        return None
    offset_s = float(np.angle(turn)) / (2 * np.pi) * step_s
    steps = Grid(first_beat_s=offset_s, beat_s=beat_s, beats_per_bar=beats_per_bar)
    beat = int(np.argmax(_weights(hits, steps).reshape(beats_per_bar, STEPS_PER_BEAT).sum(axis=0)))
    bar = int(np.argmax(_weights(low if len(low[0]) else hits, steps)[beat::STEPS_PER_BEAT]))
    first_s = offset_s + (beat + bar * STEPS_PER_BEAT) * step_s
    return Grid(first_beat_s=first_s % (beat_s * beats_per_bar), beat_s=beat_s, beats_per_bar=beats_per_bar)


def tempo_heard(hits: Hits) -> float | None:
    """The tempo (of whatever note value) that the hits keep to throughout, as to a click; None when there is none.

    The step is looked for between 95 and 190 ms: there is always one note value of a song in such an octave.
    """
    times_s, strengths = hits
    if len(times_s) < LEAST_ONSETS or times_s[-1] - times_s[0] < LEAST_SPAN_S:
        return None
    finest_hz = 0.2 / (times_s[-1] - times_s[0])
    steps_hz = np.arange(1 / SLOWEST_STEP_S, 2 / SLOWEST_STEP_S, finest_hz)
    held = [abs(np.sum(strengths * np.exp(2j * np.pi * step_hz * times_s))) for step_hz in steps_hz]
    best = int(np.argmax(held))
    steady = held[best] / np.sum(strengths)
    return float(60.0 * steps_hz[best] / STEPS_PER_BEAT) if steady > STEADY else None


def _weights(hits: Hits, grid: Grid) -> Floats:
    """How much is played on each step of the bar."""
    weights: Floats = np.bincount(grid.steps(hits[0]), hits[1], minlength=grid.steps_per_bar).astype(float)
    return weights


def meter_beats(meter: str | None) -> int:
    """Beats in a bar of "3/4", "6/8", ...; 4 when unknown."""
    head = (meter or "").partition("/")[0]
    return int(head) if head.isdigit() and 1 <= int(head) <= 16 else 4


def merged(groups: Sequence[Hits]) -> Hits:
    """Onsets (times, strengths) of several mics or passes as one, in order."""
    if not groups:
        return np.zeros(0), np.zeros(0)
    times_s = np.concatenate([times for times, _ in groups])
    strengths = np.concatenate([strength for _, strength in groups])
    order = np.argsort(times_s, kind="stable")
    return times_s[order], strengths[order]
