"""How loud a pass is over time: all its mics together, every 10 ms on the song's time line."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeAlias

import msgspec
import numpy as np
import numpy.typing as npt
import scipy

from controlroom.base.progress import SILENT, Progress
from controlroom.sound.signal import Signal, blocks

Floats: TypeAlias = npt.NDArray[np.float64]

HOP_S = 0.01
QUIETEST_DB = -120.0
BLOCK_HOPS = 100
FLOOR_PERCENTILE, LOUD_PERCENTILE = 5, 95


class Contour(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    """`level_db[i]` (dBFS, at least -120) is the RMS from (first + i) * HOP_S on; `first` may be negative."""

    first: int
    level_db: Floats

    @property
    def loud_db(self) -> float:
        """The level of the loud parts; -120 for silence."""
        heard = self.level_db[self.level_db > QUIETEST_DB]
        return float(np.percentile(heard, LOUD_PERCENTILE)) if len(heard) else QUIETEST_DB

    @property
    def floor_db(self) -> float:
        """The level of the quiet parts that are not digital silence."""
        heard = self.level_db[self.level_db > QUIETEST_DB]
        return float(np.percentile(heard, FLOOR_PERCENTILE)) if len(heard) else QUIETEST_DB

    def within(self, start: int, stop: int) -> Floats:
        """Levels of the hops [start, stop) of the song's time line; silence where the pass has none."""
        out = np.full(max(stop - start, 0), QUIETEST_DB)
        first, last = max(start, self.first), min(stop, self.first + len(self.level_db))
        if last > first:
            out[first - start : last - start] = self.level_db[first - self.first : last - self.first]
        return out


def contour_of(mics: Iterable[Signal], start_s: float, progress: Progress = SILENT) -> Contour:
    """The contour of a pass that starts at `start_s`: the powers of all channels of all its mics added up."""
    power = np.zeros(0)
    for mic in mics:
        hop = max(round(HOP_S * mic.rate_hz), 1)
        pieces = []
        for at, block in enumerate(blocks(mic, hop * BLOCK_HOPS)):
            pieces.append(_powers(block, hop))
            progress(at * hop * BLOCK_HOPS, mic.frames)
        both = [power, np.concatenate([np.zeros(0), *pieces])]
        power = np.zeros(max(map(len, both)))
        for one in both:
            power[: len(one)] += one
    level_db = 10 * np.log10(np.maximum(power, 10 ** (QUIETEST_DB / 10)))
    return Contour(first=round(start_s / HOP_S), level_db=level_db)


def _powers(block: npt.NDArray[np.float32], hop: int) -> Floats:
    """Mean square of each hop, summed over channels; a last short hop counts by what it holds."""
    whole = block.shape[1] // hop * hop
    hops = block[:, :whole].reshape(block.shape[0], -1, hop)
    powers = np.einsum("chn,chn->h", hops, hops, dtype=np.float64) / hop
    rest = block[:, whole:].astype(float)
    return np.append(powers, (rest**2).sum() / hop) if rest.shape[1] else powers


def smoothed(level_db: Floats, hops: int) -> Floats:
    """Levels averaged in power over `hops` neighbouring ones."""
    power = scipy.ndimage.uniform_filter1d(10 ** (level_db / 10), hops, mode="nearest")
    result: Floats = 10 * np.log10(np.maximum(power, 10 ** (QUIETEST_DB / 10)))
    return result
