"""How the spectrum moves: how loud parts of it are in their loudest moments, and what sticks out all of the time.

Read from every second frame of the long-term spectrum (about 180 ms each, one after the other), kept as histograms, so
that memory does not grow with the length. Frames more than 35 dB below the loud ones do not count.

An average cannot tell a note that is played often from a resonance that is always there. So how far each twelfth of an
octave (at every 24th) stands above its surroundings, from 1/3 to 2/3 of an octave away, is looked at in the moments
where it stands out *least*: a resonance sticks out even then.
"""

from __future__ import annotations

import math
from typing import TypeAlias

import msgspec
import numpy as np
import numpy.typing as npt

from controlroom.sound.kernels import kernel
from controlroom.sound.signal import Samples

Floats: TypeAlias = npt.NDArray[np.float64]
Counts: TypeAlias = npt.NDArray[np.int64]

RANGES_HZ = {
    "low": (40.0, 140.0),
    "mids": (400.0, 2000.0),
    "presence": (2500.0, 5000.0),
    "sibilance": (5000.0, 9000.0),
}
LEVEL_SHARES = (50.0, 80.0, 95.0, 99.0)  # per cent of the time
PROMINENCE_SHARES = (10.0, 20.0, 50.0)
AN_OCTAVE = 24  # bands; each is twice as wide as its step to the next
LOWEST_HZ, HIGHEST_HZ = 140.0, 8000.0
NEAR, FAR = 8, 16  # bands away: the surroundings
LOUD_SHARE, QUIETER_DB = 95.0, 35.0
CLASS_DB, CLASSES = 5.0, 20  # levels of whole frames, from -100 dBFS
LEVELS, LOWEST_DB = 131, -120.0  # 1 dB each
HIGHEST_PROMINENCE = 40  # dB either way
FAINT = 1e-14


class Moments(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    """`levels_db` (ranges, shares): what each of `RANGES_HZ` stays below for each of `LEVEL_SHARES` of the time, dBFS,
    mean of the channels. `mid` and `side` (bands, shares): by how much, in dB, each band around `band_hz()` stands
    above its surroundings, below which it stays for each of `PROMINENCE_SHARES`; side None for anything but stereo.
    `frames`: how many counted; 0 means silence."""

    frames: int
    levels_db: Floats
    mid: Floats
    side: Floats | None

    def level_db(self, name: str, share: float) -> float:
        """The level that a range stays below for `share` per cent of the time."""
        return float(self.levels_db[list(RANGES_HZ).index(name), LEVEL_SHARES.index(share)])


def band_hz() -> Floats:
    """The middles of the bands whose prominence is looked at."""
    count = int(AN_OCTAVE * math.log2(HIGHEST_HZ / LOWEST_HZ)) + 1
    return np.asarray(LOWEST_HZ * 2.0 ** (np.arange(count) / AN_OCTAVE))


class MomentsAccumulator:
    """Takes the transforms of the long-term spectrum's frames, gives their Moments."""

    def __init__(self, rate_hz: int, channels: int, fft_frames: int, power_scale: float) -> None:
        """`power_scale`: what makes mean squares of squared magnitudes (one-sided)."""
        self._stereo = channels == 2
        self._scale = power_scale
        steps = np.arange(-FAR - 1, len(band_hz()) + FAR + 1)
        per_hz = fft_frames / rate_hz
        last = fft_frames // 2 + 1.0
        self._edges = np.minimum(LOWEST_HZ * 2.0 ** (steps / AN_OCTAVE) * per_hz + 0.5, last)
        self._ranges = np.minimum(np.array(list(RANGES_HZ.values())) * per_hz + 0.5, last)
        self._levels = np.zeros((CLASSES, len(RANGES_HZ), LEVELS), np.int64)
        shape = (CLASSES, len(band_hz()), 2 * HIGHEST_PROMINENCE + 1)
        self._prominence = [np.zeros(shape, np.int64) for _ in range(2 if self._stereo else 1)]

    def add(self, bins: list[Samples], kept: Counts) -> None:
        """`bins`: for each channel (frames, 2 bins), real and imaginary parts side by side; `kept` 0: it counts."""
        rows = np.stack(bins)
        for place, histogram in enumerate(self._prominence):
            _count(rows, kept, place, self._scale, self._edges, self._ranges, histogram, self._levels)

    def result(self) -> Moments:
        """The moments so far."""
        frames = self._levels[:, 0].sum(axis=1)
        counted = frames * (np.arange(CLASSES) >= _quietest(frames))
        loud = counted > 0
        levels = _shares(self._levels[loud].sum(axis=0), LEVEL_SHARES) + LOWEST_DB
        places = [_shares(one[loud].sum(axis=0), PROMINENCE_SHARES) - HIGHEST_PROMINENCE for one in self._prominence]
        side = places[1] if self._stereo else None
        return Moments(frames=int(counted.sum()), levels_db=levels, mid=places[0], side=side)


def _quietest(frames: Counts) -> int:
    """The class of the quietest frames that count."""
    total = int(frames.sum())
    if not total:
        return 0
    loud = int(np.searchsorted(np.cumsum(frames), LOUD_SHARE / 100 * total))
    return loud - round(QUIETER_DB / CLASS_DB)


def _shares(histogram: Counts, shares: tuple[float, ...]) -> Floats:
    """Where each row reaches each share of its sum, in steps, straight lines within one; (rows, shares)."""
    out = np.zeros((len(histogram), len(shares)))
    for row, counts in zip(out, histogram, strict=True):
        upto = np.cumsum(counts)
        if upto[-1]:
            wanted = np.array(shares) / 100 * upto[-1]
            steps = np.searchsorted(upto, wanted)
            row[:] = steps + 0.5 - (upto[steps] - wanted) / counts[steps]
    return out


@kernel
def _count(
    rows: Samples,
    kept: Counts,
    place: int,
    scale: float,
    edges: Floats,
    ranges: Floats,
    prominence: Counts,
    levels: Counts,
) -> None:
    """Count the prominences of the mid (place 0) or side of every kept frame, and with the mid the levels."""
    channels, frames, width = rows.shape
    size = width // 2
    below = np.zeros(size + 1)
    whole = np.zeros(size + 1)
    band = np.empty(edges.size - 2)
    for frame in range(0, frames, 2):
        if kept[frame] != 0:
            continue
        for k in range(size):
            real, imag, power = 0.0, 0.0, 0.0
            for c in range(channels):
                a, b = np.float64(rows[c, frame, 2 * k]), np.float64(rows[c, frame, 2 * k + 1])
                sign = -1.0 if place == 1 and c == 1 else 1.0
                real, imag, power = real + sign * a, imag + sign * b, power + a * a + b * b
            below[k + 1] = below[k] + (real * real + imag * imag)
            whole[k + 1] = whole[k] + power
        for n in range(band.size):
            band[n] = 10.0 * math.log10(max(_between(below, edges[n], edges[n + 2]), FAINT))
        level = 10.0 * math.log10(max(scale * whole[size] / channels, FAINT))
        loudness = min(max(int((level + CLASS_DB * CLASSES) // CLASS_DB), 0), CLASSES - 1)
        for n in range(FAR, band.size - FAR):
            around = 0.0
            for k in range(NEAR, FAR + 1, 2):
                around += band[n - k] + band[n + k]
            stands = band[n] - around / (FAR - NEAR + 2) + HIGHEST_PROMINENCE
            prominence[loudness, n - FAR, min(max(int(stands + 0.5), 0), 2 * HIGHEST_PROMINENCE)] += 1
        for n in range(ranges.shape[0] if place == 0 else 0):
            power = scale * _between(whole, ranges[n, 0], ranges[n, 1]) / channels
            step = int(10.0 * math.log10(max(power, FAINT)) - LOWEST_DB + 0.5)
            levels[loudness, n, min(max(step, 0), LEVELS - 1)] += 1


@kernel
def _between(below: Floats, low: float, high: float) -> float:
    """Of a cumulative sum, what lies between two places; a bin that an edge cuts counts in part."""
    return _at(below, high) - _at(below, low)


@kernel
def _at(below: Floats, place: float) -> float:
    whole = min(int(place), below.size - 1)
    after = min(whole + 1, below.size - 1)
    value: float = below[whole] + (place - whole) * (below[after] - below[whole])
    return value
