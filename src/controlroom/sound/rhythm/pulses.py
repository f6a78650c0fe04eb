"""Pulses: how much begins at each moment, in five bands from kick to cymbals.

Log-compressed levels of some 30 bands every 10 ms; the rise of each against the loudest of its neighbourhood 20 ms
before (S. Böck and G. Widmer, "Maximum filter vibrato suppression for onset detection", DAFx 2013), averaged over the
bands of a group. Made block by block; only the groups are kept.
"""

from __future__ import annotations

from typing import TypeAlias

import msgspec
import numpy as np
import numpy.typing as npt
import scipy.fft

from controlroom.sound.kernels import kernel
from controlroom.sound.signal import Samples, Signal, blocks

Floats: TypeAlias = npt.NDArray[np.float64]
Ints: TypeAlias = npt.NDArray[np.int64]

HOP_S = 0.01
BATCH = 64
THINNED_HZ = 23000.0  # about the rate at which it listens: 11 kHz hold hats enough
BANDS, LOWEST_HZ, HIGHEST_HZ = 30, 35.0, 11000.0
GROUPS_END_HZ = (130.0, 400.0, 1800.0, 6000.0)  # kick and bass, low and high middle (voice, snare), presence; then hats
GROUPS = len(GROUPS_END_HZ) + 1
LAG = 2  # hops back to what a level is compared with
RANGE_DB = 60.0  # what lies further below the loudest band of the last seconds is silence
FORGET_DB_PER_S = 0.5
LEAST_DB = -110.0
CHANCE_DB = 5.0  # how much the level of noise in one bin rises by chance; less in wider bands


class Pulses(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    """`rises` (hops, 5) float32: mean rise in dB of the bands up to 130, 400, 1800, 6000 Hz and above; row i at
    i * `hop_s`. `levels_db` (hops,) float16: the loudest band. `duration_s`: how long the sound is."""

    hop_s: float
    duration_s: float
    rises: npt.NDArray[np.float32]
    levels_db: npt.NDArray[np.float16]


class RhythmAccumulator:
    """Takes blocks (channels, frames) of any size, gives their Pulses."""

    def __init__(self, rate_hz: int, channels: int) -> None:
        self._channels, self._thinning = channels, max(round(rate_hz / THINNED_HZ), 1)
        self._rate_hz = rate_hz / self._thinning
        self._hop = max(round(HOP_S * self._rate_hz), 1)
        self._size = 1 << max(round(np.log2(4.4 * self._hop)), 3)  # 43 ms at 48 kHz
        self._window = np.hanning(self._size + 1)[1:].astype(np.float32)
        self._window *= np.sqrt(2 / (self._size * (self._window**2).sum()))
        self._edges = _band_edges(self._rate_hz, self._size)
        self._chance_db = CHANCE_DB / np.sqrt(np.diff(self._edges))
        self._group = np.searchsorted(np.array(GROUPS_END_HZ), (self._edges[1:] - 0.5) * self._rate_hz / self._size)
        self._span = self._size + (BATCH - 1) * self._hop
        self._waiting = np.zeros(self._span, np.float32)
        self._held = self._size // 2  # row i is centred on i * hop
        self._frames = 0
        self._left = np.zeros(0, np.float32)
        self._past = np.full((LAG + 1, len(self._edges) - 1), LEAST_DB)  # the last levels; then the loudest of late
        self._rises: list[Samples] = []
        self._levels: list[npt.NDArray[np.float16]] = []

    def add(self, block: Samples) -> None:
        whole = np.concatenate([self._left, _folded(block) if self._channels > 1 else block[0]])
        used = len(whole) // self._thinning * self._thinning
        mono, self._left = _thinned(whole[:used], self._thinning), whole[used:]
        self._frames += len(mono)
        at = 0
        while at < len(mono):
            taken = min(self._span - self._held, len(mono) - at)
            self._waiting[self._held : self._held + taken] = mono[at : at + taken]
            self._held, at = self._held + taken, at + taken
            if self._held == self._span:
                self._look()

    def _look(self) -> None:
        frames = np.lib.stride_tricks.sliding_window_view(self._waiting, self._size)[:: self._hop]
        bins = scipy.fft.rfft(frames * self._window, axis=1).view(np.float32)
        levels = _band_levels(bins, self._edges)
        forget_db = FORGET_DB_PER_S * self._hop / self._rate_hz
        self._rises.append(_rises(levels, self._past, self._chance_db, self._group, forget_db))
        self._levels.append(levels.max(axis=1).astype(np.float16))
        passed = BATCH * self._hop
        self._waiting[: self._span - passed] = self._waiting[passed:]
        self._held = self._span - passed

    def result(self) -> Pulses:
        """The pulses of all that was added; ask once."""
        count = -(-self._frames // self._hop)
        while len(self._rises) * BATCH < count:
            self._waiting[self._held :] = 0
            self._look()
        rises = np.concatenate([np.zeros((0, GROUPS), np.float32), *self._rises])[:count]
        rises[max(count - self._size // (2 * self._hop), 1) :] = 0  # the cut at the end is no onset
        return Pulses(
            hop_s=self._hop / self._rate_hz,
            duration_s=self._frames / self._rate_hz,
            rises=rises,
            levels_db=np.concatenate([np.zeros(0, np.float16), *self._levels])[:count],
        )


def pulses_of(signal: Signal) -> Pulses:
    """The pulses of a signal."""
    accumulator = RhythmAccumulator(signal.rate_hz, signal.channels)
    for block in blocks(signal):
        accumulator.add(block)
    return accumulator.result()


def _band_edges(rate_hz: float, size: int) -> Ints:
    """Bins at which bands begin, geometric, each at least one bin wide."""
    width_hz = rate_hz / size
    lowest, highest = max(LOWEST_HZ / width_hz, 0.75), min(HIGHEST_HZ, 0.45 * rate_hz) / width_hz
    edges = np.unique(np.round(np.geomspace(lowest, highest, BANDS + 1)).astype(np.int64))
    result: Ints = edges[edges > 0]
    return result


def _folded(block: Samples) -> Samples:
    """One channel, made without a temporary for each."""
    mono: Samples = np.add.reduce(block, axis=0)
    mono *= np.float32(1 / len(block))
    return mono


@kernel
def _thinned(mono: Samples, step: int) -> Samples:
    """Means of `step` samples: what folds down from above lands high, and begins when it begins."""
    out = np.empty(len(mono) // step, np.float32)
    for i in range(len(out)):
        total = np.float32(0)
        for k in range(i * step, (i + 1) * step):
            total += mono[k]
        out[i] = total / np.float32(step)
    return out


@kernel
def _band_levels(bins: Samples, edges: Ints) -> Floats:
    """Levels in dB (frames, bands) of transforms whose real and imaginary parts lie side by side."""
    out = np.empty((bins.shape[0], len(edges) - 1))
    for frame in range(bins.shape[0]):
        for band in range(len(edges) - 1):
            total = np.float32(1e-12)
            for k in range(2 * edges[band], 2 * edges[band + 1]):
                total += bins[frame, k] * bins[frame, k]
            out[frame, band] = 10 * np.log10(total)
    return out


@kernel
def _rises(levels: Floats, past: Floats, chance_db: Floats, group: Ints, forget_db: float) -> Samples:
    """Mean rise of the bands of each group, (frames, groups). `past` (LAG + 1, bands), changed: the levels before,
    and in its last row, first place, the loudest level of late."""
    frames, bands = levels.shape
    out, counts = np.zeros((frames, GROUPS), np.float32), np.zeros(GROUPS)
    for band in range(bands):
        counts[group[band]] += 1
    top_db = past[LAG, 0]
    for frame in range(frames):
        top_db = max(top_db - forget_db, levels[frame].max())
        floor_db = max(top_db - RANGE_DB, LEAST_DB)
        for band in range(bands):
            before = floor_db
            for near in range(max(band - 1, 0), min(band + 2, bands)):
                before = max(before, past[frame % LAG, near])
            rise = levels[frame, band] - before - chance_db[band]
            if rise > 0:
                out[frame, group[band]] += np.float32(rise / counts[group[band]])
        past[frame % LAG] = levels[frame]
    past[LAG, 0] = top_db
    return out
