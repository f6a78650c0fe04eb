"""What a version is recognised by: the shape of its spectrum over time, small enough to keep beside the file.

Two rows of frames are kept. Band levels every 25 ms tell one recording from another whatever was done to its level and
tone; levels of a third of a semitone, folded into one octave, every 200 ms tell what is played, at any tempo and in any
key. Channels are added as power, so that polarity and width do not matter. Frame i is centred on i hops of exact
seconds, at any sample rate.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple, TypeAlias

import msgspec
import numpy as np
import numpy.typing as npt
import scipy.fft

from controlroom.base.progress import SILENT, Progress
from controlroom.sound.packed import Packed, packed
from controlroom.sound.signal import Samples, Signal, blocks

Floats: TypeAlias = npt.NDArray[np.float64]

ENGINE = 1
BAND_HOP_S, BAND_WINDOW_S = 0.025, 0.05
BANDS, LOWEST_HZ, HIGHEST_HZ = 16, 60.0, 7000.0
CLASS_HOP_S, CLASS_WINDOW_S = 0.2, 0.37
CLASSES = 36  # thirds of a semitone: a tape run 4 % faster lies between the keys
CLASS_LOWEST_HZ, CLASS_HIGHEST_HZ = 110.0, 1760.0
FLOOR_DB, LEVEL_STEP_DB = -100.0, 1.0
READ_S = 5.0


class Fingerprint(msgspec.Struct, frozen=True, kw_only=True):
    """Made once for a file; some 100 KB for four minutes. JSON by `base.canonical`.

    `levels_db` (frames, 16): band levels; `classes_db` (frames, 36): levels by thirds of a semitone from A on.
    Fingerprints of different `engine` are not compared: make the older one anew.
    """

    engine: int = ENGINE
    duration_s: float
    levels_db: Packed
    classes_db: Packed

    @property
    def silent(self) -> bool:
        return not bool((self.levels_db.array() > FLOOR_DB + LEVEL_STEP_DB).any())


def fingerprint(signal: Signal, progress: Progress = SILENT) -> Fingerprint:
    """One pass over the signal, block by block; NaN and infinities count as silence."""
    bands = _Frames(signal, BAND_HOP_S, BAND_WINDOW_S, _band_weights)
    classes = _Frames(signal, CLASS_HOP_S, CLASS_WINDOW_S, _class_weights)
    done = 0
    for block in blocks(signal, max(round(READ_S * signal.rate_hz), 1)):
        finite = block if np.isfinite(block).all() else np.nan_to_num(block, nan=0.0, posinf=0.0, neginf=0.0)
        bands.add(finite)
        classes.add(finite)
        done += block.shape[1]
        progress(done, signal.frames, "listening")
    return Fingerprint(
        duration_s=signal.frames / signal.rate_hz,
        levels_db=packed(bands.result(), LEVEL_STEP_DB),
        classes_db=packed(classes.result(), LEVEL_STEP_DB),
    )


class _Weights(NamedTuple):
    """Which bins are added up into which row: matrix (bins, rows) of the first bins."""

    bins: slice
    matrix: Samples


def _band_weights(bin_hz: float, bins: int) -> _Weights:
    """Geometric bands from 60 Hz to 7 kHz."""
    edges_hz = np.geomspace(LOWEST_HZ, HIGHEST_HZ, BANDS + 1)
    freqs_hz = np.arange(bins) * bin_hz
    overlap = np.clip(
        np.minimum(freqs_hz[:, None] + bin_hz / 2, edges_hz[1:])
        - np.maximum(freqs_hz[:, None] - bin_hz / 2, edges_hz[:-1]),
        0.0,
        None,
    )
    return _trimmed(overlap / bin_hz)


def _class_weights(bin_hz: float, bins: int) -> _Weights:
    """Thirds of a semitone of four octaves, folded into one; a bin is shared by the two nearest."""
    freqs_hz = np.arange(bins) * bin_hz
    inside = (freqs_hz >= CLASS_LOWEST_HZ) & (freqs_hz <= CLASS_HIGHEST_HZ)
    place = CLASSES * np.log2(np.maximum(freqs_hz, bin_hz) / CLASS_LOWEST_HZ)
    matrix = np.zeros((bins, CLASSES))
    for at in np.flatnonzero(inside):
        lower = int(np.floor(place[at]))
        matrix[at, lower % CLASSES] += 1 - (place[at] - lower)
        matrix[at, (lower + 1) % CLASSES] += place[at] - lower
    return _trimmed(matrix)


def _trimmed(matrix: Floats) -> _Weights:
    used = np.flatnonzero(matrix.any(axis=1))
    bins = slice(int(used[0]), int(used[-1]) + 1) if len(used) else slice(0, 0)
    return _Weights(bins, np.ascontiguousarray(matrix[bins], np.float32))


_Weighing: TypeAlias = Callable[[float, int], _Weights]


class _Frames:
    """Levels of frames centred on exact multiples of the hop, from blocks of any size."""

    def __init__(self, signal: Signal, hop_s: float, window_s: float, weights: _Weighing) -> None:
        self._rate_hz, self._hop_s = signal.rate_hz, hop_s
        self._size = max(2 * round(window_s * signal.rate_hz / 2), 2)
        self._fft = scipy.fft.next_fast_len(self._size, real=True)
        window = np.hanning(self._size + 1)[1:]
        self._window = (window * np.sqrt(2 / (self._size * (window**2).sum()))).astype(np.float32)
        self._weights = weights(signal.rate_hz / self._fft, self._fft // 2 + 1)
        self._count = int(np.ceil(signal.frames / signal.rate_hz / hop_s - 1e-9))
        self._held: Samples = np.zeros((signal.channels, self._size // 2), np.float32)
        self._at = -(self._size // 2)  # place of the first sample held
        self._rows: list[Samples] = []
        self._made = 0

    def add(self, block: Samples) -> None:
        self._held = np.concatenate([self._held, block], axis=1)
        while starts := list(self._ready()):
            power = sum(self._power(channel, starts) for channel in self._held)
            self._rows.append((10 * np.log10(np.maximum(power, 10 ** (FLOOR_DB / 10)))).astype(np.float32))
            self._made += len(starts)
        passed = min(max(self._start(self._made) - self._at, 0), self._held.shape[1])
        self._held, self._at = self._held[:, passed:], self._at + passed

    def _start(self, frame: int) -> int:
        return round(frame * self._hop_s * self._rate_hz) - self._size // 2

    def _ready(self) -> Iterator[int]:
        """Where in what is held the next frames start, a batch of them at most."""
        for frame in range(self._made, min(self._made + 64, self._count)):
            start = self._start(frame) - self._at
            if start + self._size > self._held.shape[1]:
                return
            yield start

    def _power(self, channel: Samples, starts: list[int]) -> Samples:
        frames = np.stack([channel[start : start + self._size] for start in starts]) * self._window
        bins = scipy.fft.rfft(frames, self._fft, axis=1)[:, self._weights.bins]
        power: Samples = (bins.real**2 + bins.imag**2) @ self._weights.matrix
        return power

    def result(self) -> Samples:
        self.add(np.zeros((self._held.shape[0], self._size), np.float32))
        return np.concatenate([np.zeros((0, self._weights.matrix.shape[1]), np.float32), *self._rows])
