"""Onsets: where notes and hits begin, by spectral flux.

Log-compressed levels of some 24 bands every 10 ms; the rise of each against the loudest of its neighbourhood 20 ms
before (so that vibrato does not count: S. Böck and G. Widmer, "Maximum filter vibrato suppression for onset detection",
DAFx 2013), averaged over the bands, is the onset envelope. Its peaks are placed to about 1 ms on an envelope of
pre-emphasised samples.
"""

from __future__ import annotations

from typing import TypeAlias

import msgspec
import numpy as np
import numpy.typing as npt
import scipy
import scipy.fft

from controlroom.sound.bands import band_edges, band_power
from controlroom.sound.kernels import kernel
from controlroom.sound.signal import Samples, Signal, blocks

Floats: TypeAlias = npt.NDArray[np.float64]
Ints: TypeAlias = npt.NDArray[np.int64]
Shorts: TypeAlias = npt.NDArray[np.int16]

HOP_S = 0.01
FINE_PER_HOP = 10  # the fine envelope's step is 1 ms
BATCH = 64
BANDS, LOWEST_HZ, HIGHEST_HZ = 24, 40.0, 16000.0
LOW_HZ = 175.0
LAG = 2  # hops back to what a level is compared with
RANGE_DB = 60.0  # what lies further below the loudest bands is silence
LEAST_POWER = 1e-12  # -120 dBFS in a band
PEAK_HOPS, BEFORE_HOPS, AFTER_HOPS, APART_HOPS = 3, 12, 8, 5
THRESHOLD_DB, THRESHOLD_OVER_MEAN = 1.0, 1.1
CHANCE_DB = 5.0  # how much the level of noise in one bin rises by chance; less in wider bands
CROSSING = 0.2  # of the rise in amplitude: where the ear hears a beginning


class Onsets(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    """`envelope` (hops,): mean rise of the bands in dB, element i at i * `hop_s`; `low_envelope` that of the bands
    below 175 Hz (kick, bass). `times_s` and `strengths` (in dB) (onsets,) are the peaks, their times refined."""

    hop_s: float
    envelope: Floats
    low_envelope: Floats
    times_s: Floats
    strengths: Floats


class OnsetAccumulator:
    """Takes mono blocks (frames,) of any size, gives their Onsets."""

    def __init__(self, rate_hz: int) -> None:
        self._rate_hz = rate_hz
        self._fine = max(round(HOP_S / FINE_PER_HOP * rate_hz), 1)
        self._hop = self._fine * FINE_PER_HOP
        self._size = 1 << (2 * self._hop - 1).bit_length()  # two hops or more: 21 ms at 48 kHz
        self._window = np.hanning(self._size + 1)[1:].astype(np.float32)
        self._window *= np.sqrt(2 / (self._size * (self._window**2).sum()))
        self._edges = band_edges(rate_hz, self._size, BANDS, LOWEST_HZ, HIGHEST_HZ)
        self._span = self._size + (BATCH - 1) * self._hop
        self._waiting = np.zeros(self._span, np.float32)
        self._held = self._size // 2  # frame i is centred on i * hop
        self._frames = 0
        self._levels: list[Shorts] = []
        self._envelopes: list[Samples] = []

    def add(self, mono: npt.NDArray[np.float32]) -> None:
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
        power = band_power(bins, self._edges)
        self._levels.append((1000 * np.log10(power + LEAST_POWER)).astype(np.int16))
        self._envelopes.append(_fine_envelope(self._waiting, self._size // 2, self._fine, BATCH * FINE_PER_HOP))
        passed = BATCH * self._hop
        self._waiting[: self._span - passed] = self._waiting[passed:]
        self._held = self._span - passed

    def result(self) -> Onsets:
        """The onsets of all that was added; ask once."""
        count = -(-self._frames // self._hop)
        while len(self._levels) * BATCH < count:
            self._waiting[self._held :] = 0
            self._look()
        hop_s = self._hop / self._rate_hz
        if not count:
            nothing = np.zeros(0)
            return Onsets(hop_s=hop_s, envelope=nothing, low_envelope=nothing, times_s=nothing, strengths=nothing)
        rises = _rises(np.concatenate(self._levels)[:count], CHANCE_DB / np.sqrt(np.diff(self._edges)))
        envelope = rises.mean(axis=1)
        low = self._edges[1:] * self._rate_hz / self._size <= LOW_HZ
        places = _peaks(envelope)
        places = places[places < max(count - 1 - self._size // (2 * self._hop), 1)]  # the cut at the end is no onset
        fine = np.concatenate(self._envelopes)
        times_s = np.array([_refined(fine, int(place)) for place in places]) * (self._fine / self._rate_hz)
        return Onsets(
            hop_s=hop_s,
            envelope=envelope,
            low_envelope=rises[:, low].mean(axis=1) if low.any() else np.zeros(count),
            times_s=times_s,
            strengths=envelope[places],
        )


@kernel
def _fine_envelope(samples: Samples, first: int, step: int, count: int) -> Samples:
    """RMS of the pre-emphasised samples in `count` steps from `first` on."""
    out = np.empty(count, np.float32)
    for i in range(count):
        total = np.float32(0)
        for k in range(first + i * step, first + (i + 1) * step):
            d = samples[k] - np.float32(0.95) * samples[k - 1]
            total += d * d
        out[i] = np.sqrt(total / np.float32(step))
    return out


def _rises(levels: Shorts, chance_db: Floats) -> Floats:
    """How much each band rises, in dB (hops, bands), from levels in hundredths of a dB.

    `chance_db` (bands,) is what noise may rise by from hop to hop: it does not count.
    """
    if levels.max() <= 1000 * np.log10(2 * LEAST_POWER):
        return np.zeros(levels.shape)
    top = np.percentile(levels.max(axis=1), 95)
    compressed = np.maximum(levels, np.int16(max(top - 100 * RANGE_DB, -11900)))
    around = scipy.ndimage.maximum_filter1d(compressed, 3, axis=1, mode="nearest")
    before = np.concatenate(
        [np.repeat(compressed.min(keepdims=True), LAG, 0).repeat(levels.shape[1], 1), around[:-LAG]]
    )
    rise = np.maximum(compressed.astype(float) - before[: len(levels)] - 100 * chance_db, 0)
    result: Floats = rise / 100
    return result


def _peaks(envelope: Floats) -> Ints:
    """Local maxima that stand out of their neighbourhood (after Böck et al., ISMIR 2012)."""
    highest = scipy.ndimage.maximum_filter1d(envelope, 2 * PEAK_HOPS + 1, mode="constant")
    padded = np.concatenate([np.zeros(BEFORE_HOPS), envelope, np.zeros(AFTER_HOPS)])
    sums = np.concatenate([[0.0], np.cumsum(padded)])
    width = BEFORE_HOPS + AFTER_HOPS + 1
    mean = (sums[width:] - sums[:-width]) / width
    kept: list[int] = []
    for place in np.flatnonzero((envelope == highest) & (envelope > THRESHOLD_OVER_MEAN * mean + THRESHOLD_DB)):
        if not kept or place - kept[-1] >= APART_HOPS:
            kept.append(int(place))
    return np.array(kept, np.int64)


def _refined(fine: Samples, place: int) -> float:
    """Where the amplitude begins to rise around a hop, in steps of the fine envelope."""
    middle = place * FINE_PER_HOP
    first = max(middle - 3 * FINE_PER_HOP, 0)
    around = fine[first : middle + 3 * FINE_PER_HOP].astype(float)
    rise = int(np.argmax(np.diff(np.concatenate([[0.0], around])[: 5 * FINE_PER_HOP])))
    top = around[rise : rise + FINE_PER_HOP].max(initial=0.0)
    base = float(np.median(around[: max(rise - 2, 1)])) if rise > 2 else 0.0
    wanted = base + CROSSING * (top - base)
    at = rise
    while at > 0 and around[at - 1] > wanted:
        at -= 1
    here, previous = around[at], around[at - 1] if at else 0.0
    share = (wanted - previous) / (here - previous) if here > previous else 0.0
    return float(max(first + at + min(max(share, 0.0), 1.0), 0.0))


def onsets_of(signal: Signal) -> Onsets:
    """The onsets of a signal, folded to mono."""
    accumulator = OnsetAccumulator(signal.rate_hz)
    for block in blocks(signal):
        accumulator.add(block.mean(axis=0))
    return accumulator.result()
