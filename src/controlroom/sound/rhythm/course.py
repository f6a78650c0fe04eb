"""How the tempo goes: a machine's straight grid or a course that moves."""

from __future__ import annotations

import msgspec
import numpy as np

from controlroom.sound.rhythm.pulses import Floats

SLOPES = 0.004  # how far (of the period) a straight grid may lie from the middle tempo heard
GRID_REACH = 0.12  # beats this near (of a beat) lie on the grid
GRID_SHARE = 0.85  # so many of the beats lie there, or half-way, when it is a machine's
WHOLE_SHARE = 0.6  # and so many on whole beats
CLICK_RESIDUAL_S = 0.03  # and so near, in the middle: a person's time strays further in a minute
CLICK_WANDER = 0.006
STEADY_PERCENT = 1.0
DRIFT_BEATS = 16
CURVE_BEATS = 4
STEP_BEATS, LEAST_STEP, LEVEL_SHARE = 12, 0.03, 0.3  # a step of 3 % or more between levels of 12 beats


class TempoPoint(msgspec.Struct, frozen=True, kw_only=True):
    at_s: float
    bpm: float


class Course(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    """`beats_s`, on a machine's grid if `to_click` (None: too few to know); the middle tempo; how far it moves."""

    beats_s: Floats
    tempo_bpm: float
    to_click: bool | None
    drift_percent: float
    curve: tuple[TempoPoint, ...]

    @property
    def steady(self) -> bool:
        return self.drift_percent < STEADY_PERCENT


def course_of(beats_s: Floats, wander: float) -> Course:
    """The course of beats (three or more), whose tempo was heard to wander so far (natural logarithm)."""
    grid_s = straight(beats_s) if wander < CLICK_WANDER else None
    if grid_s is not None:
        bpm = 60.0 / float(np.mean(np.diff(grid_s)))
        ends = tuple(TempoPoint(at_s=round(float(at_s), 2), bpm=round(bpm, 2)) for at_s in (grid_s[0], grid_s[-1]))
        click = True if len(grid_s) >= DRIFT_BEATS else None
        return Course(beats_s=grid_s, tempo_bpm=bpm, to_click=click, drift_percent=0.0, curve=ends)
    at_s, tempos_bpm = moving(beats_s)
    low, middle, high = np.percentile(tempos_bpm, [5, 50, 95])
    curve = tuple(
        TempoPoint(at_s=round(float(a), 2), bpm=round(float(b), 2)) for a, b in zip(at_s, tempos_bpm, strict=True)
    )
    return Course(
        beats_s=beats_s,
        tempo_bpm=float(middle),
        to_click=False if len(beats_s) >= DRIFT_BEATS else None,
        drift_percent=float(100 * (high - low) / middle),
        curve=curve[::CURVE_BEATS],
    )


def steps_of(beats_s: Floats) -> list[tuple[int, float]]:
    """Beats from which on another tempo holds, and that tempo (BPM): level before and after, and not a slope."""
    _, tempos_bpm = moving(beats_s, STEP_BEATS)
    logs = np.log(tempos_bpm)
    found: list[tuple[int, float]] = []
    if len(logs) < 3 * STEP_BEATS:
        return found
    here = np.arange(STEP_BEATS, len(logs) - STEP_BEATS)
    before, after = logs[here - STEP_BEATS], logs[here]
    levels = np.maximum(
        np.abs(logs[here - STEP_BEATS] - logs[np.maximum(here - 2 * STEP_BEATS, 0)]),
        np.abs(logs[np.minimum(here + STEP_BEATS, len(logs) - 1)] - after),
    )
    jumps = np.where(levels < LEVEL_SHARE * np.abs(after - before), np.abs(after - before), 0.0)
    while len(jumps) and jumps.max() > LEAST_STEP:
        place = int(np.argmax(jumps))
        found.append((int(here[place]), float(np.exp(after[place]))))
        jumps[max(place - STEP_BEATS, 0) : place + STEP_BEATS] = 0
    return sorted(found)


def moving(beats_s: Floats, span: int = DRIFT_BEATS) -> tuple[Floats, Floats]:
    """Where (s), and the tempo (BPM): slopes of straight lines through up to `span` beats."""
    span = min(span, len(beats_s))
    windows = np.lib.stride_tricks.sliding_window_view(beats_s, span)
    number = np.arange(span) - (span - 1) / 2
    slopes_s = windows @ number / (number**2).sum()
    return windows.mean(axis=1), 60.0 / slopes_s


def straight(beats_s: Floats) -> Floats | None:
    """The straight grid the beats lie on, from the first to the last; None where they do not.

    Where music pauses, tracked beats wander, and may come back half-way between those before; a machine's time does
    not. So the grid is sought in half beats, and most beats say which of them are whole.
    """
    span = min(DRIFT_BEATS, len(beats_s) - 1)
    middle_s = float(np.median(beats_s[span:] - beats_s[:-span])) / span
    tried_s = middle_s / 2 * (1 + np.linspace(-SLOPES, SLOPES, 161))
    turns = np.array([np.exp(2j * np.pi * beats_s / half_s).sum() for half_s in tried_s])
    best = int(np.argmax(np.abs(turns)))
    half_s = float(tried_s[best])
    origin_s = float(np.angle(turns[best])) / (2 * np.pi) * half_s
    for _ in range(4):
        number = np.round((beats_s - origin_s) / half_s)
        near = np.abs(beats_s - origin_s - number * half_s) < 2 * GRID_REACH * half_s
        if near.mean() < GRID_SHARE or np.ptp(number[near]) < 4:
            return None
        half_s, origin_s = (float(value) for value in np.polyfit(number[near], beats_s[near], 1))
    off_s = (beats_s - origin_s - number * half_s)[near]
    odd = float((number[near] % 2).mean())
    if float(np.median(np.abs(off_s))) > CLICK_RESIDUAL_S or max(odd, 1 - odd) * near.mean() < WHOLE_SHARE:
        return None
    step_s, origin_s = 2 * half_s, origin_s + half_s * round(odd)
    first, last = np.round((beats_s[[0, -1]] - origin_s) / step_s)
    return np.asarray(origin_s + step_s * np.arange(first, last + 1), float)
