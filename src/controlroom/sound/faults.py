"""Faults of a recording that show in single samples: clipped tops, clicks, dropouts.

They are looked for where the cells say so, and judged on the samples themselves.
"""

from __future__ import annotations

from typing import TypeAlias

import msgspec
import numpy as np
import numpy.typing as npt
import scipy.linalg

from controlroom.sound.cells import Cells
from controlroom.sound.kernels import kernel
from controlroom.sound.signal import Samples

Floats: TypeAlias = npt.NDArray[np.float64]
Ints: TypeAlias = npt.NDArray[np.int64]

FLAT_FRAMES = 3
LONGEST_FLAT_FRAMES = 1024

CLICK_OVER_NEIGHBOURS = 10.0
CLICK_LEAST = 10 ** (-50 / 20)
CLICK_ORDER, CLICK_REACH, CLICK_WIDTH = 24, 512, 12
CLICK_ALIKE = 2.0
CLICK_SIDE, CLICK_AGAIN = 300, 0.7
MOST_SUSPECTS = 1000
CLICK_OVER_RESIDUAL = 12.0

DROPOUT_BELOW = 10 ** (-80 / 20)
DROPOUT_LEAST_CELLS, DROPOUT_MOST_CELLS = 2, 75  # 2.7 ms to 100 ms
DROPOUT_EDGE_CELLS, DROPOUT_CONTEXT_CELLS = 4, 24
DROPOUT_SOUND = 10 ** (-60 / 20)


class Flat(msgspec.Struct, frozen=True):
    """A run of samples at one value: first frame, length, the value."""

    start: int
    frames: int
    value: float


class Click(msgspec.Struct, frozen=True, kw_only=True):
    """`size_db`: the jump's size in dBFS. `channel` is None where it is on several."""

    at_s: float
    channel: int | None
    size_db: float


class Suspect(msgspec.Struct, frozen=True, eq=False):
    """A click before its last trial: frame, channel, size (full scale 1.0) and the high end of both its sides."""

    at: int
    channel: int
    size: float
    around: Samples


def flat_tops(row: Samples, cells: Cells, channel: int, inside: slice, running: tuple[float, float]) -> list[Flat]:
    """Runs of three or more samples that are cut flat at the greatest values so far, (lowest, highest) in `running`.

    Cell i begins at frame (i + 1) * cells.frames of `row`; runs begin in the cells of `inside`. A smooth top is not
    flat: the step into a run, or out of it, is many times what may lie between its samples.
    """
    floor = np.maximum(0.9 * np.array(running) * [-1, 1], 10 ** (-50 / 20))
    found: list[Flat] = []
    high, low = cells.highest[channel, inside], cells.lowest[channel, inside]
    for cell in np.flatnonzero((high >= floor[1]) | (-low >= floor[0])) + inside.start:
        start = (int(cell) + 1) * cells.frames
        runs = np.empty((cells.frames // FLAT_FRAMES + 1, 2), np.int64)
        count = _flat_runs(row, start, start + cells.frames, floor[0], floor[1], runs)
        found += [Flat(int(at), int(length), float(row[at])) for at, length in runs[:count]]
    return found


@kernel
def _flat_runs(row: Samples, start: int, stop: int, low: float, high: float, runs: Ints) -> int:
    """Runs that begin in [start, stop); `low` and `high` are the least magnitudes below and above zero."""
    count = 0
    i = start
    while i < stop:
        value = row[i]
        tolerance = 4e-5 + 1e-4 * abs(value)
        if (value >= high or -value >= low) and abs(row[i - 1] - value) > tolerance:
            j = i
            while j + 2 < row.shape[0] and j - i < LONGEST_FLAT_FRAMES and abs(row[j + 1] - value) <= tolerance:
                j += 1
            into, out = abs(value) - abs(row[i - 1]), abs(value) - abs(row[j + 1])
            abrupt = into > 0 and out > 0 and max(into, out) > 10 * tolerance
            if j - i + 1 >= FLAT_FRAMES and (abrupt or abs(value) > 0.9995):
                runs[count, 0], runs[count, 1] = i, j - i + 1
                count += 1
            i = j
        i += 1
    return count


def clicks(row: Samples, cells: Cells, channel: int, inside: slice) -> list[Suspect]:
    """Isolated discontinuities in the cells of `inside`; their frames count from the beginning of `row`.

    A cell is suspect when its third difference towers over the mean of the cells before *and* after it (a drum's
    attack is followed by its sound). It is a click when an autoregressive model of the surroundings (S. Godsill and
    P. Rayner, "Digital Audio Restoration", 1998, ch. 5) cannot foresee it, and nothing announces or follows it.
    """
    peak, mean = cells.rough[channel], cells.rough_total[channel] / cells.frames
    before = np.maximum.reduce([mean[2:-8], mean[1:-9], mean[3:-7]])
    after = np.maximum.reduce([mean[6:-4], mean[7:-3], mean[8:-2]])
    here = peak[5:-5]
    suspects = 5 + np.flatnonzero((here > CLICK_LEAST) & (here > CLICK_OVER_NEIGHBOURS * np.maximum(before, after)))
    found: list[Suspect] = []
    for cell in suspects:
        if inside.start <= cell < inside.stop:
            start = (int(cell) + 1) * cells.frames
            at = start + int(np.argmax(np.abs(np.diff(row[start - 3 : start + cells.frames], 3)))) - 1
            around = row[max(at - CLICK_REACH, 0) : at + CLICK_REACH].astype(float)
            if _stands_alone(around) and (size := _unforeseen(around)) > CLICK_LEAST:
                steep = np.diff(row[at - CLICK_SIDE : at + CLICK_SIDE], 3)  # low notes look alike without being so
                sides = np.concatenate([steep[: CLICK_SIDE - CLICK_WIDTH], steep[CLICK_SIDE + CLICK_WIDTH :]])
                found.append(Suspect(at, channel, size, sides))
    return found


def judged(suspects: list[Suspect], rate_hz: int) -> list[Click]:
    """The clicks among suspects: those whose surroundings come again belong to the music (a sampled drum, a loop);
    those at one place on several channels are one."""
    ordered = sorted(suspects[:MOST_SUSPECTS], key=lambda suspect: suspect.at)
    if not ordered:
        return []
    sides = np.array([suspect.around for suspect in ordered])
    sides = sides / np.maximum(np.linalg.norm(sides, axis=1, keepdims=True), 1e-9)
    alike = np.abs(sides @ sides.T)
    places = np.array([suspect.at for suspect in ordered])
    apart = np.abs(places[:, None] - places) > 0.05 * rate_hz
    again = ((alike > CLICK_AGAIN) & apart).any(axis=1)
    found: list[Click] = []
    for suspect in (suspect for suspect, repeats in zip(ordered, again, strict=True) if not repeats):
        click = Click(at_s=suspect.at / rate_hz, channel=suspect.channel, size_db=20 * float(np.log10(suspect.size)))
        if found and click.at_s - found[-1].at_s < 0.002:
            last = found.pop()
            channel = click.channel if click.channel == last.channel else None
            click = Click(at_s=last.at_s, channel=channel, size_db=max(click.size_db, last.size_db))
        found.append(click)
    return found


def _stands_alone(samples: Floats) -> bool:
    """Is the sound about the same on both sides of the middle, in level and in its high end, near and far?"""
    steep = np.diff(samples, 3)
    middle = len(samples) // 2
    sides = (samples[middle - CLICK_SIDE : middle - CLICK_WIDTH], samples[middle + CLICK_WIDTH : middle + CLICK_SIDE])
    near = [_rms(steep[middle - 60 : middle - CLICK_WIDTH]), _rms(steep[middle + CLICK_WIDTH : middle + 60])]
    far = [_rms(steep[middle - CLICK_SIDE : middle - 60]), _rms(steep[middle + 60 : middle + CLICK_SIDE])]
    alike = _rms(sides[1]) < CLICK_ALIKE * _rms(sides[0]) + 1e-5
    return alike and near[1] < CLICK_ALIKE * min(far) + 1e-5 and near[0] < CLICK_ALIKE * far[0] + 1e-5


def _rms(samples: Floats) -> float:
    return float(np.sqrt(np.mean(samples * samples))) if len(samples) else 0.0


def _unforeseen(samples: Floats) -> float:
    """The size of the jump in the middle of `samples` when their own linear prediction cannot explain it, else 0."""
    middle = len(samples) // 2
    calm = samples.copy()
    edges = slice(middle - CLICK_WIDTH, middle + CLICK_WIDTH)
    calm[edges] = np.linspace(calm[middle - CLICK_WIDTH - 1], calm[middle + CLICK_WIDTH], 2 * CLICK_WIDTH)
    shaped = (calm - calm.mean()) * np.hanning(len(calm))
    correlation = np.correlate(shaped, shaped, "full")[len(shaped) - 1 :][: CLICK_ORDER + 1]
    if correlation[0] <= 1e-12:
        return float(np.abs(np.diff(samples[edges])).max())
    correlation[0] *= 1 + 1e-6
    model = scipy.linalg.solve_toeplitz(correlation[:-1], correlation[1:])
    residual = np.abs(np.convolve(samples, np.concatenate([[1.0], -model]))[CLICK_ORDER : len(samples)])
    place = middle - CLICK_ORDER
    outside = np.concatenate([residual[: place - CLICK_WIDTH], residual[place + CLICK_ORDER + CLICK_WIDTH :]])
    top = float(residual[place - CLICK_WIDTH : place + CLICK_WIDTH].max())
    foreseen = top < CLICK_OVER_RESIDUAL * (float(np.median(outside)) + 1e-6) or top < 2.5 * float(outside.max())
    return 0.0 if foreseen else top


def dropouts(peak: Samples, rms: Samples, inside: slice) -> list[tuple[int, int]]:
    """Gaps of next to nothing cut out of running sound, that begin in `inside`: (first cell, cells).

    `peak` and `rms` are one channel's cells. Sound that dies away before the gap, or swells after it, is music.
    """
    quiet = np.concatenate([[False], peak < DROPOUT_BELOW, [False]])
    begins, ends = np.flatnonzero(~quiet[:-1] & quiet[1:]), np.flatnonzero(quiet[:-1] & ~quiet[1:])
    found: list[tuple[int, int]] = []
    for begin, end in zip(begins, ends, strict=True):
        if inside.start <= begin < inside.stop and DROPOUT_LEAST_CELLS <= end - begin <= DROPOUT_MOST_CELLS:
            before, after = rms[max(begin - DROPOUT_CONTEXT_CELLS, 0) : begin], rms[end : end + DROPOUT_CONTEXT_CELLS]
            if _cut(before[::-1], after):
                found.append((int(begin), int(end - begin)))
    return found


def _cut(before: Samples, after: Samples) -> bool:
    """Is sound cut off and taken up again? Both given from the gap outward: loud right at its edges, about as loud
    there as 5 ms away, and after the gap about what it was before."""
    if min(len(before), len(after)) < DROPOUT_CONTEXT_CELLS:
        return False
    edges = [_rms(cells[1 : 1 + DROPOUT_EDGE_CELLS].astype(float)) for cells in (before, after)]
    beyond = [
        _rms(cells[1 + DROPOUT_EDGE_CELLS : 1 + 3 * DROPOUT_EDGE_CELLS].astype(float)) for cells in (before, after)
    ]
    abrupt = all(edge > DROPOUT_SOUND and edge > 0.4 * away for edge, away in zip(edges, beyond, strict=True))
    return abrupt and max(edges) < 4 * min(edges) and edges[1] < 2.5 * beyond[1]
