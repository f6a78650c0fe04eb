"""The bars of a recording and what is heard in each: the scale on which a form is read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

import msgspec
import numpy as np
import numpy.typing as npt

from controlroom.sound.chroma import Chroma
from controlroom.sound.timbre import Timbre

Floats: TypeAlias = npt.NDArray[np.float64]

FREE_S = 2.0  # the step where there is no beat
MOST_UNITS = 512  # a longer recording is read in steps of several bars
PARTS = 4  # of a unit, each with its own harmony
RANGE_DB = 60.0  # what lies further below the loudest bands is silence
SOUNDING_DB = 45.0  # how far below its loud parts a recording may begin and end
AUDIBLE_DB = 50.0  # below the loudest: more than a recording may begin and end by, less than what is silence
NOISE_DB = 1.0  # levels that differ less sound alike
SHARE_OF_SPREAD = 0.5
BANDS_WEIGHT, WIDTH_WEIGHT = 2.0, 0.8


class Grid(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    """The edges of units (units + 1,): `bars_each` bars (None: bars are not known), or four beats where it is `beaten`,
    or steps of time."""

    edges_s: Floats
    bars_each: int | None
    beaten: bool


class Bars(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    """Units of the grid, from the first that sounds to the last.

    `timbre` (units, features) in steps that the ear tells apart, `harmony` (units, PARTS * 24) of length 1 where
    pitched; `level_db`, `width_db` (side against mid) and `voice` (the share sung, 0 to 1) (units,). `voice` is None
    where nobody listened for one.
    """

    grid: Grid
    timbre: Floats
    harmony: Floats
    level_db: Floats
    width_db: Floats
    voice: Floats | None

    @property
    def edges_s(self) -> Floats:
        return self.grid.edges_s

    @property
    def count(self) -> int:
        return len(self.level_db)


def bars_of(
    timbre: Timbre,
    chroma: Chroma,
    grid: Grid,
    voice: Sequence[tuple[float, float]] | None,
) -> Bars | None:
    """What is heard in each unit; None where nothing sounds."""
    if not timbre.bands_db.size or float(timbre.level_db.max()) < -100:
        return None
    bands = timbre.bands_db.astype(np.float64)
    bands = np.maximum(bands, _loud(bands.max(axis=1), 95) - RANGE_DB)
    frame_level = timbre.level_db.astype(np.float64)
    level_db = _means(np.maximum(frame_level, _loud(frame_level, 95) - RANGE_DB), timbre.hop_s, grid.edges_s)
    width = np.clip(timbre.side_db.astype(np.float64) - frame_level, -30.0, 6.0)
    sounding = np.flatnonzero(level_db > _loud(level_db, 90) - SOUNDING_DB)
    kept = slice(int(sounding[0]), int(sounding[-1]) + 1)
    edges_s = grid.edges_s[kept.start : kept.stop + 1]
    levels, width_db = _means(bands, timbre.hop_s, edges_s), _means(width, timbre.hop_s, edges_s)
    return Bars(
        grid=msgspec.structs.replace(grid, edges_s=edges_s),
        timbre=np.hstack(
            [BANDS_WEIGHT / np.sqrt(levels.shape[1]) * _steps(levels), WIDTH_WEIGHT * _steps(width_db[:, None])]
        ),
        harmony=_harmony(chroma, edges_s),
        level_db=level_db[kept],
        width_db=width_db,
        voice=None if voice is None else _covered(edges_s, voice),
    )


def _loud(levels_db: Floats, percent: float) -> float:
    """A high level of what sounds, however much of it is silence."""
    return float(np.percentile(levels_db[levels_db > levels_db.max() - AUDIBLE_DB], percent))


def grid_of(downbeats_s: Sequence[float], beats_s: Sequence[float], end_s: float) -> Grid:
    """The finest grid that is known, from 0 to the end."""
    if len(downbeats_s) >= 4:
        edges_s = _filled(np.asarray(downbeats_s, np.float64), end_s)
    elif len(beats_s) >= 16:
        edges_s = _filled(np.asarray(beats_s, np.float64)[::4], end_s)
    else:
        edges_s = np.append(np.arange(0.0, max(end_s - FREE_S / 2, FREE_S / 2), FREE_S), end_s)
    step = -(-(len(edges_s) - 1) // MOST_UNITS)
    if step > 1:
        edges_s = np.append(edges_s[:-1:step], edges_s[-1])
    known = len(downbeats_s) >= 4
    return Grid(edges_s=edges_s, bars_each=step if known else None, beaten=known or len(beats_s) >= 16)


def _filled(marks: Floats, end_s: float) -> Floats:
    """Edges that go on evenly before the first mark, after the last and across gaps."""
    bar_s = float(np.median(np.diff(marks)))
    before = np.arange(marks[0] - bar_s, -0.3 * bar_s, -bar_s)[::-1]
    after = np.arange(marks[-1] + bar_s, end_s + 0.3 * bar_s, bar_s)
    marks = np.concatenate([before, marks, after])
    pieces = np.maximum(np.round(np.diff(marks) / bar_s), 1).astype(int)
    inner = [
        np.linspace(begin, end, count, endpoint=False)
        for begin, end, count in zip(marks[:-1], marks[1:], pieces, strict=True)
    ]
    edges = np.concatenate([*inner, marks[-1:]])
    whole = (edges > 0.4 * bar_s) & (edges < end_s - 0.4 * bar_s)
    return np.concatenate([[0.0], edges[whole], [end_s]])


def _means(values: Floats, hop_s: float, edges_s: Floats, late_s: float = 0.0) -> Floats:
    """Mean over the frames (frames, ...) between the edges, frame i beginning at i * hop_s - late_s."""
    sums = np.concatenate([np.zeros((1, *values.shape[1:])), np.cumsum(values, axis=0)])
    at = np.clip(np.round((edges_s + late_s) / hop_s).astype(int), 0, len(values))
    begin = np.minimum(at[:-1], len(values) - 1)
    end = np.maximum(at[1:], begin + 1)
    means: Floats = (sums[end] - sums[begin]) / (end - begin).reshape(-1, *[1] * (values.ndim - 1))
    return means


def _steps(levels: Floats) -> Floats:
    """Levels (units, bands) in steps that stand out: of what changes from bar to bar, of what changes at all, and of
    what can be heard."""
    change = np.diff(levels, axis=0) if len(levels) > 1 else np.zeros_like(levels)
    noise = np.median(change**2, axis=0) / (2 * 0.455)  # the median of chi-square is 0.455
    result: Floats = levels / np.sqrt(noise + NOISE_DB**2 + (SHARE_OF_SPREAD * levels.std(axis=0)) ** 2)
    return result


def _harmony(chroma: Chroma, edges_s: Floats) -> Floats:
    """Treble and bass of each part of a unit, side by side."""
    if not len(chroma.treble):
        return np.zeros((len(edges_s) - 1, PARTS * 24))
    share = np.arange(PARTS) / PARTS
    fine = np.append((edges_s[:-1, None] + np.diff(edges_s)[:, None] * share).ravel(), edges_s[-1])
    both = np.hstack([chroma.treble, chroma.bass]).astype(np.float64)
    parts = _means(both, chroma.hop_s, fine, chroma.hop_s / 2)
    parts /= np.linalg.norm(parts, axis=1, keepdims=True) + 1e-3
    harmony: Floats = parts.reshape(len(edges_s) - 1, PARTS * 24) / np.sqrt(PARTS)
    return harmony


def _covered(edges_s: Floats, spans: Sequence[tuple[float, float]]) -> Floats:
    """The share of each unit that lies in the spans."""
    covered = np.zeros(len(edges_s))
    for begin, end in spans:
        covered += np.clip(edges_s, begin, end) - begin
    result: Floats = np.diff(covered) / np.maximum(np.diff(edges_s), 1e-9)
    return result
