"""Two versions of one recording: which stretches run side by side, and at what distance.

Pieces of the old version are looked for all over the new one (normalised cross-correlation); the distances at which
they are found are the candidates. One path through all of them, forwards in both versions, is then chosen frame by
frame by dynamic programming: staying beside each other costs nothing, a jump costs as much as two seconds of likeness.
"""

from __future__ import annotations

from itertools import pairwise
from typing import NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt
import scipy.fft

from controlroom.sound.kernels import kernel
from controlroom.sound.versions.features import Rows

Floats: TypeAlias = npt.NDArray[np.float64]
Ints: TypeAlias = npt.NDArray[np.int64]

PIECE, PIECE_HOP = 240, 100  # frames of 25 ms: 6 s every 2.5 s
PEAKS, APART = 3, 4  # places taken a piece, and how far they are apart
LIKE = 0.45  # a correlation that is looked into; unrelated music stays below 0.35
CANDIDATES = 48
UNLIKE = 0.5  # what frames must have in common to be worth staying for
JUMP = 40.0
LEAST_FRAMES = 60
SAME_LAG = 1  # frames
CLOSED_FRAMES = 80


class Run(NamedTuple):
    """Frames `first` to `last` (not included) of the old version lie `lag` frames earlier than in the new."""

    first: int
    last: int
    lag: float
    likeness: float


def runs_of(old: Rows, new: Rows) -> list[Run]:
    """The runs in the order of time; nothing where the two have nothing in common."""
    lags = candidate_lags(old, new)
    if not len(lags):
        return []
    likeness = _likeness(old, new, lags)
    path = _best_path(likeness, lags, len(new), JUMP)
    return [_measured(old, new, run) for run in _joined(_runs_on(path, lags), old, new) if _long(run)]


def candidate_lags(old: Rows, new: Rows) -> Ints:
    """The distances (new less old, frames) at which pieces of the old version are found in the new one, ascending."""
    piece = min(PIECE, len(old), len(new))
    if piece < LEAST_FRAMES:
        return np.zeros(0, np.int64)
    size = scipy.fft.next_fast_len(len(new) + piece, real=True)
    spectrum = scipy.fft.rfft(new, size, axis=0)
    energy = np.concatenate([[0.0], np.cumsum((new.astype(float) ** 2).sum(axis=1))])
    energy_new = energy[piece:] - energy[:-piece]
    votes: dict[int, float] = {}
    for start in range(0, len(old) - piece + 1, PIECE_HOP):
        wanted = old[start : start + piece]
        together = scipy.fft.irfft((spectrum * scipy.fft.rfft(wanted, size, axis=0).conj()).sum(axis=1), size)
        least = 0.1 * piece  # of energy: silence is found everywhere
        both = np.sqrt(max(float((wanted.astype(float) ** 2).sum()), least) * np.maximum(energy_new, least))
        for place, value in _peaks(together[: len(energy_new)] / both):
            votes[place - start] = votes.get(place - start, 0.0) + value
    chosen = sorted(votes, key=lambda lag: -votes[lag])[:CANDIDATES]
    return np.array(sorted(chosen), np.int64)


def _peaks(values: Floats) -> list[tuple[int, float]]:
    found: list[tuple[int, float]] = []
    left = values.copy()
    for _ in range(PEAKS):
        place = int(np.argmax(left))
        if left[place] < LIKE:
            break
        found.append((place, float(left[place])))
        left[max(place - APART, 0) : place + APART + 1] = -1.0
    return found


def _likeness(old: Rows, new: Rows, lags: Ints) -> Floats:
    """(frames of old, lags): what a frame has in common with its partner, less what it must; -inf without a partner.

    Silence on both sides counts nothing, a sound that only one of them has counts against.
    """
    energy_old, energy_new = (rows.astype(float) ** 2 @ np.ones(rows.shape[1]) for rows in (old, new))
    out = np.full((len(old), len(lags)), -np.inf)
    for column, lag in enumerate(lags):
        first, last = max(0, -int(lag)), min(len(old), len(new) - int(lag))
        if last > first:
            mine, other = slice(first, last), slice(first + int(lag), last + int(lag))
            common = np.einsum("ij,ij->i", old[mine], new[other])
            out[mine, column] = common - UNLIKE * 0.5 * (energy_old[mine] + energy_new[other])
    return out


@kernel
def _best_path(likeness: Floats, lags: Ints, frames_new: int, jump: float) -> Ints:
    """For every old frame the column it follows, or -1; new time never runs backwards.

    A run may begin at any frame once the run before it has ended in both versions (`ended[j, i]`: the best score of a
    run at column j that ended before frame i; `where`: the frame it ended at).
    """
    frames, columns = likeness.shape
    ended, where = np.zeros((columns, frames + 1)), np.full((columns, frames + 1), -1)
    score = np.full(columns, -np.inf)
    begun_at, came_from = np.full((frames, columns), -1), np.full((frames, columns), -1)
    for i in range(frames):
        for k in range(columns):
            value = likeness[i, k]
            if value == -np.inf:
                score[k] = -np.inf
                continue
            best, source = 0.0, -1
            for j in range(columns):
                free = i - max(lags[j] - lags[k], 0)
                if free > 0 and where[j, free] >= 0 and ended[j, free] - jump > best:
                    best, source = ended[j, free] - jump, j
            if score[k] >= best:
                score[k] += value
                begun_at[i, k], came_from[i, k] = begun_at[i - 1, k], came_from[i - 1, k]
            else:
                score[k] = best + value
                begun_at[i, k], came_from[i, k] = i, source
        for k in range(columns):
            ended[k, i + 1], where[k, i + 1] = ended[k, i], where[k, i]
            if score[k] > ended[k, i]:
                ended[k, i + 1], where[k, i + 1] = score[k], i
    return _traced(ended, where, begun_at, came_from, lags)


@kernel
def _traced(ended: Floats, where: Ints, begun_at: Ints, came_from: Ints, lags: Ints) -> Ints:
    frames = ended.shape[1] - 1
    path = np.full(frames, -1)
    k = int(np.argmax(ended[:, frames]))
    before = frames
    while k >= 0 and where[k, before] >= 0:
        last = where[k, before]
        first, source = begun_at[last, k], came_from[last, k]
        for i in range(first, last + 1):
            path[i] = k
        if source >= 0:
            before = first - max(lags[source] - lags[k], 0)
        k = source
    return path


def _runs_on(path: Ints, lags: Ints) -> list[tuple[int, int, int]]:
    edges = np.flatnonzero(np.diff(path)) + 1
    bounds = [0, *edges.tolist(), len(path)]
    return [(a, b, int(lags[path[a]])) for a, b in pairwise(bounds) if path[a] >= 0]


def _joined(runs: list[tuple[int, int, int]], old: Rows, new: Rows) -> list[tuple[int, int, int]]:
    """Runs at one distance are one run, whatever changed between them; what is left open between others is closed."""
    joined: list[tuple[int, int, int]] = []
    for first, last, lag in runs:
        if joined and abs(joined[-1][2] - lag) <= SAME_LAG:
            first, _, lag = joined.pop()
        elif joined:
            before, first = _met(joined.pop(), (first, last, lag), old, new)
            joined.append(before)
        joined.append((first, last, lag))
    return joined


def _met(
    left: tuple[int, int, int], right: tuple[int, int, int], old: Rows, new: Rows
) -> tuple[tuple[int, int, int], int]:
    """The left run with its end, and the right one's beginning, moved towards each other where little is between."""
    open_frames = min(right[0] - left[1], right[0] + right[2] - left[1] - left[2])
    if not 0 < open_frames <= CLOSED_FRAMES:
        return left, right[0]
    after = _likeness(old[left[1] : left[1] + open_frames], new[left[1] + left[2] :], np.zeros(1, np.int64))[:, 0]
    start = right[0] - open_frames
    before = _likeness(old[start : right[0]], new[start + right[2] :], np.zeros(1, np.int64))[:, 0]
    gained = np.concatenate([[0.0], np.cumsum(after)]) - np.concatenate([[0.0], np.cumsum(before)])
    taken = int(np.argmax(gained))
    return (left[0], left[1] + taken, left[2]), start + taken


def _long(run: tuple[int, int, int]) -> bool:
    return run[1] - run[0] >= LEAST_FRAMES


def _measured(old: Rows, new: Rows, run: tuple[int, int, int]) -> Run:
    """The distance to a fraction of a frame, and how alike the two are there (correlation)."""
    first, last, lag = run
    values = np.array([_correlation(old, new, first, last, lag + by) for by in (-1, 0, 1)])
    bend = values[0] - 2 * values[1] + values[2]
    off = 0.5 * (values[0] - values[2]) / bend if bend < 0 else 0.0
    return Run(first, last, lag + float(min(max(off, -1.0), 1.0)), max(float(values[1]), 0.0))


def _correlation(old: Rows, new: Rows, first: int, last: int, lag: int) -> float:
    first, last = max(first, -lag), min(last, len(new) - lag)
    if last <= first:
        return 0.0
    mine, other = old[first:last].astype(float), new[first + lag : last + lag].astype(float)
    both = np.sqrt(np.vdot(mine, mine) * np.vdot(other, other))
    return float(np.vdot(mine, other) / both) if both > 0 else 0.0
