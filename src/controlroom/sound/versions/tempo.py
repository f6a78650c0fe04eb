"""Two performances of one song: another tempo, another key, other cuts.

What is played (pitch classes against the song's own average) is compared moment by moment; a path of best likeness runs
through both, at half to double speed, with jumps where one of them has more (T. Smith and M. Waterman, "Identification
of common molecular subsequences", 1981, with the slopes of dynamic time warping; keys by the best of all rotations:
J. Serrà et al., "Chroma binary similarity and local alignment applied to cover song identification", 2008). The path is
believed only where it beats by far what the same music played backwards reaches.
"""

from __future__ import annotations

from typing import NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt
import scipy

from controlroom.sound.kernels import kernel
from controlroom.sound.versions.features import Rows

Floats: TypeAlias = npt.NDArray[np.float64]
Ints: TypeAlias = npt.NDArray[np.int64]

PEAK_DB = 24.0  # of a frame's classes: what lies deeper is not what is played
SMOOTH_FRAMES = 1.0
ROUGH_STEP = 2  # keys are tried on every second frame
MOST_FRAMES = 2400  # longer songs are looked at more coarsely
UNLIKE, JUMP_FRAMES = 0.3, 25.0


class Walk(NamedTuple):
    """A path: frames of old and new (may be fractional), the rotation of classes, its score and what chance reaches."""

    old: Floats
    new: Floats
    rotation: int
    score: float
    chance: float


def played(classes_db: Floats) -> Rows:
    """Levels of pitch classes (frames, 36) as unit vectors of what differs from the song's average; silence is 0."""
    if not len(classes_db):
        return np.zeros(classes_db.shape, np.float32)
    wide = scipy.ndimage.gaussian_filter1d(heard_classes(classes_db), 1.0, axis=1, mode="wrap")
    wide = scipy.ndimage.gaussian_filter1d(wide, SMOOTH_FRAMES, axis=0, mode="nearest")
    own = wide - wide.mean(axis=1, keepdims=True)
    own -= own.mean(axis=0)
    size = np.sqrt((own**2).sum(axis=1, keepdims=True))
    return np.ascontiguousarray(own / np.maximum(size, 0.25 * np.median(size) + 1e-6), np.float32)


def heard_classes(classes_db: Floats) -> Floats:
    """How much of each pitch class is heard (frames, 36), 0 to 1, of the loudest of its frame; pauses are 0."""
    if not len(classes_db):
        return classes_db
    top = classes_db.max(axis=1, keepdims=True)
    floor_db = np.percentile(top, 95) - 50.0
    return np.asarray(np.maximum(classes_db - np.maximum(top - PEAK_DB, floor_db), 0.0) / PEAK_DB, float)


def walk(old: Rows, new: Rows) -> Walk:
    """The best path between two songs of classes."""
    coarse = max(-(-max(len(old), len(new)) // MOST_FRAMES), 1)
    old, new = thinned(old, coarse), thinned(new, coarse)
    rough_old, rough_new = thinned(old, ROUGH_STEP), thinned(new, ROUGH_STEP)
    classes = old.shape[1]
    scores = [
        _table(rough_old @ np.roll(rough_new, -turn, axis=1).T, UNLIKE, JUMP_FRAMES / ROUGH_STEP)[0].max(initial=0.0)
        for turn in range(classes)
    ]
    rotation = int(np.argmax(scores))
    turned = np.roll(new, -rotation, axis=1)
    table, back = _table(old @ turned.T, UNLIKE, JUMP_FRAMES)
    chance = float(_table(old @ turned[::-1].T, UNLIKE, JUMP_FRAMES)[0].max(initial=0.0))
    path = _traced(table, back)
    return Walk(path[:, 0] * coarse, path[:, 1] * coarse, rotation, float(table.max(initial=0.0)), chance)


def thinned(rows: Rows, step: int) -> Rows:
    """Means of `step` frames each."""
    whole = len(rows) // step * step
    result: Rows = rows[:whole].reshape(-1, step, rows.shape[1]).mean(axis=1)
    return result if step > 1 else rows


@kernel
def _table(like: Rows, unlike: float, jump: float) -> tuple[Rows, Ints]:
    """Best score of a path that ends at each pair of frames, and the pair before it (-1: it begins there).

    Steps of 1:1, 1:2 and 2:1; a jump to any later pair costs `jump`.
    """
    rows, columns = like.shape
    score, back = np.zeros((rows, columns), np.float32), np.full((rows, columns), -1)
    best_above, best_at = (
        np.zeros(columns + 1, np.float32),
        np.full(columns + 1, -1),
    )  # over all earlier rows, columns < j
    for i in range(rows):
        for j in range(columns):
            gain = like[i, j] - unlike
            value, source = np.float32(0), -1
            if i > 0 and j > 0:
                value, source = score[i - 1, j - 1], (i - 1) * columns + j - 1
                if i > 1 and score[i - 2, j - 1] + 0.5 * gain > value:
                    value, source = score[i - 2, j - 1] + 0.5 * gain, (i - 2) * columns + j - 1
                if j > 1 and score[i - 1, j - 2] + 0.5 * gain > value:
                    value, source = score[i - 1, j - 2] + 0.5 * gain, (i - 1) * columns + j - 2
                if best_above[j] - jump > value:
                    value, source = best_above[j] - jump, best_at[j]
            value += gain
            if value > 0:
                score[i, j], back[i, j] = value, source
        running, at = np.float32(0), -1
        for j in range(columns):
            if score[i, j] > running:
                running, at = score[i, j], i * columns + j
            if running > best_above[j + 1]:
                best_above[j + 1], best_at[j + 1] = running, at
    return score, back


def _traced(score: Rows, back: Ints) -> Floats:
    """The pairs of the best path, (steps, 2)."""
    if not score.size or score.max() <= 0:
        return np.zeros((0, 2))
    at, columns = int(np.argmax(score)), score.shape[1]
    path: list[tuple[int, int]] = []
    while at >= 0:
        i, j = divmod(at, columns)
        path.append((i, j))
        at = int(back[i, j]) if score[i, j] > 0 else -1
    return np.array(path[::-1], float)
