"""What tells a voice from instruments, gathered every 0.1 s and small enough to keep for hours.

A voice glides, trembles and changes its vowels while it sounds; most instruments hold their pitch and colour or let
them decay (B. Lehner, G. Widmer and R. Sonnleitner, "On the reduction of false positives in singing voice detection",
ICASSP 2014: fluctogram and vocal variance). Here the partials are followed themselves: spectral peaks of one frame are
matched with those of the frame before, and how far they move, whether the partials of one fundamental move together,
and whether they decay, is averaged over each cell.
"""

from __future__ import annotations

from typing import TypeAlias

import msgspec
import numpy as np
import numpy.typing as npt
import scipy.fft

from controlroom.sound.kernels import kernel
from controlroom.sound.signal import Samples, Signal, blocks
from controlroom.sound.thinning import Thinner

Floats: TypeAlias = npt.NDArray[np.float64]
Halves: TypeAlias = npt.NDArray[np.float16]
Ints: TypeAlias = npt.NDArray[np.int64]

ANALYSED_HZ = 14000  # higher rates are brought down to this or a little more
WINDOW_S, HOP_S = 0.096, 0.02
HOPS_PER_CELL = 5
BATCH = 80  # frames: 16 cells
BANDS, LOWEST_HZ, HIGHEST_HZ = 24, 80.0, 6600.0
SPECTRUM_BANDS, SPECTRUM_HZ = 40, (60.0, 7000.0)
LEAST_POWER, LEAST_SPECTRUM = 1e-12, 1e-10
PARTIALS_HZ = (150.0, 400.0, 800.0, 1600.0, 5000.0)  # edges of the ranges in which partials are summed up
PEAKS = 48
PROMINENT = 4.0  # times the mean power around a peak
REACH = 6  # bins around a peak
MATCH_CENTS = 70.0
MOVING_CENTS = 3.0  # a hop
F0_HZ, F0_STEPS, F0_STEPS_PER_OCTAVE = 80.0, 228, 60
HARMONICS, HARMONIC_DECAY = 10, 0.85
MOTION = 10  # columns for the fundamental and the whole frame, before those of the ranges
RANGES = len(PARTIALS_HZ) - 1
COLUMNS = MOTION + 2 * RANGES
OWN_SHARE = 1  # the column of the share of the energy that belongs to the partials of one fundamental


class VoiceFeatures(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    """Cells of `cell_s`, cell i beginning at i * `cell_s`: `bands_db` (cells, bands) levels from 80 Hz to 6.6 kHz,
    `motion` (cells, columns) how partials behave, `spectra_db` (5 x cells, 40) levels of finer bands every 20 ms."""

    cell_s: float
    duration_s: float
    bands_db: Halves
    motion: Halves
    spectra_db: Halves


class VoiceAccumulator:
    """Takes blocks (channels, frames) of any size; keeps about 5 kB a second."""

    def __init__(self, rate_hz: int, channels: int) -> None:
        del channels
        step = max(rate_hz // ANALYSED_HZ, 1)
        self._rate_hz = rate_hz / step
        self._thinner = Thinner(step, band=0.9, reach=8)
        self._hop = max(round(HOP_S * self._rate_hz), 1)
        self._size = max(round(WINDOW_S * self._rate_hz), 64)
        self._fft = scipy.fft.next_fast_len(self._size, real=True)
        window = np.hanning(self._size + 2)[1:-1]
        self._window = (window * np.sqrt(2 / (self._size * (window**2).sum()))).astype(np.float32)
        self._waiting = np.zeros(self._size // 2, np.float32)  # frame i is centred on i * hop
        self._before = np.zeros((PEAKS, 4))  # peaks of the frame before: hertz, level, cents moved, is one
        self._last = np.zeros(1 + BANDS)
        self._edges = band_edges(BANDS, (LOWEST_HZ, HIGHEST_HZ), self._rate_hz, self._fft)
        self._fine_edges = band_edges(SPECTRUM_BANDS, SPECTRUM_HZ, self._rate_hz, self._fft)
        self._frames = 0
        self._bands: list[Halves] = []
        self._motion: list[Halves] = []
        self._spectra: list[Halves] = []

    def add(self, block: Samples) -> None:
        mono = block[0] if len(block) == 1 else block.mean(axis=0, dtype=np.float32)
        thin = self._thinner.thinned(mono)
        self._frames += len(thin)
        self._waiting = np.concatenate([self._waiting, thin])
        while len(self._waiting) >= self._size + (BATCH - 1) * self._hop:
            self._look()

    def _look(self) -> None:
        frames = np.lib.stride_tricks.sliding_window_view(self._waiting, self._size)[:: self._hop][:BATCH]
        bins = scipy.fft.rfft(frames * self._window, self._fft, axis=1).view(np.float32)
        bands = np.zeros((BATCH // HOPS_PER_CELL, BANDS), np.float32)
        motion = np.zeros((BATCH // HOPS_PER_CELL, COLUMNS), np.float32)
        width_hz = self._rate_hz / self._fft
        _describe(bins, width_hz, self._edges, np.array(PARTIALS_HZ), self._before, self._last, bands, motion)
        spectra = np.zeros((BATCH, SPECTRUM_BANDS), np.float32)
        _spectra(bins, self._fine_edges, spectra)
        self._spectra.append(spectra.astype(np.float16))
        self._bands.append(bands.astype(np.float16))
        self._motion.append(motion.astype(np.float16))
        self._waiting = self._waiting[BATCH * self._hop :]

    def result(self) -> VoiceFeatures:
        """The features of all that was added; ask once."""
        cell = self._hop * HOPS_PER_CELL
        count = -(-self._frames // cell)
        while len(self._bands) * BATCH // HOPS_PER_CELL < count:
            missing = self._size + (BATCH - 1) * self._hop - len(self._waiting)
            self._waiting = np.concatenate([self._waiting, np.zeros(max(missing, 0), np.float32)])
            self._look()
        bands = np.concatenate([np.zeros((0, BANDS), np.float16), *self._bands])[:count]
        motion = np.concatenate([np.zeros((0, COLUMNS), np.float16), *self._motion])[:count]
        spectra = np.concatenate([np.zeros((0, SPECTRUM_BANDS), np.float16), *self._spectra])[: count * HOPS_PER_CELL]
        return VoiceFeatures(
            cell_s=cell / self._rate_hz,
            duration_s=self._frames / self._rate_hz,
            bands_db=bands,
            motion=motion,
            spectra_db=spectra,
        )


def features_of(signal: Signal) -> VoiceFeatures:
    """The features of a signal."""
    accumulator = VoiceAccumulator(signal.rate_hz, signal.channels)
    for block in blocks(signal):
        accumulator.add(block)
    return accumulator.result()


def band_edges(count: int, between_hz: tuple[float, float], rate_hz: float, size: int) -> Ints:
    """Bins at which bands begin, evenly spread on the mel scale, a bin wide at least; empty above half the rate."""
    mel = np.linspace(_mel(between_hz[0]), _mel(between_hz[1]), count + 1)
    hz = 700 * (np.exp(mel / 1127) - 1)
    bins = np.round(hz * size / rate_hz).astype(np.int64)
    bins = np.maximum.accumulate(bins - np.arange(count + 1)) + np.arange(count + 1)
    return np.minimum(bins, size // 2)


def _mel(hz: float) -> float:
    return float(1127 * np.log1p(hz / 700))


@kernel
def _spectra(bins: Samples, edges: Ints, levels_db: Samples) -> None:
    """Levels of the bands of each frame."""
    for frame in range(bins.shape[0]):
        for band in range(SPECTRUM_BANDS):
            total = 0.0
            for k in range(edges[band], edges[band + 1]):
                total += bins[frame, 2 * k] ** 2 + bins[frame, 2 * k + 1] ** 2
            levels_db[frame, band] = 10 * np.log10(total + LEAST_SPECTRUM)


@kernel
def _find_peaks(power: Samples, width_hz: float, lowest_hz: float, highest_hz: float, peaks: Floats) -> None:
    """Fill `peaks` (hertz, power, 0, 1) with the strongest prominent maxima, in order of frequency."""
    peaks[:] = 0.0
    first, last = max(int(lowest_hz / width_hz), REACH), min(int(highest_hz / width_hz), power.shape[0] - REACH - 1)
    count = 0
    for k in range(first, last):
        here = power[k]
        if here <= power[k - 1] or here < power[k + 1] or here < 1e-11:
            continue
        around = 0.0
        for i in range(3, REACH + 1):
            around += power[k - i] + power[k + i]
        if here < PROMINENT * around / (2 * (REACH - 2)):
            continue
        left, middle, right = np.log(power[k - 1] + 1e-20), np.log(here + 1e-20), np.log(power[k + 1] + 1e-20)
        bend = left - 2 * middle + right
        shift = 0.5 * (left - right) / bend if bend < 0 else 0.0
        slot = count
        if count == PEAKS:
            slot = 0
            for i in range(1, PEAKS):
                if peaks[i, 1] < peaks[slot, 1]:
                    slot = i
            if peaks[slot, 1] >= here:
                continue
            for i in range(slot, PEAKS - 1):
                peaks[i] = peaks[i + 1]
            slot = PEAKS - 1
        else:
            count += 1
        peaks[slot, 0], peaks[slot, 1], peaks[slot, 2], peaks[slot, 3] = (k + shift) * width_hz, here, 0.0, 1.0


@kernel
def _best_f0(peaks: Floats, votes: Floats) -> tuple[int, float]:
    """The step of the most salient fundamental and its share of what it could be if all peaks were its own."""
    votes[:] = 0.0
    whole = 0.0
    for i in range(PEAKS):
        if peaks[i, 3] == 0:
            break
        weight = peaks[i, 1] ** 0.25
        whole += weight
        for h in range(1, HARMONICS + 1):
            at = int(np.round(F0_STEPS_PER_OCTAVE * np.log2(peaks[i, 0] / h / F0_HZ)))
            if at < 1:
                break
            if at < F0_STEPS - 1:
                votes[at] += weight
                votes[at - 1] += 0.6 * weight
                votes[at + 1] += 0.6 * weight
            weight *= HARMONIC_DECAY
    best = 1
    for k in range(1, F0_STEPS - 1):
        if votes[k] > votes[best]:
            best = k
    return best, votes[best] / whole if whole > 0 else 0.0


@kernel
def _rises(power: Samples, edges: Ints, levels_db: Floats, share: float, bands: Samples) -> float:
    """Add the levels of the bands to their cell; how much more the highest rise than the others, in dB a band."""
    low, high = 0.0, 0.0
    for band in range(BANDS):
        total = 0.0
        for k in range(edges[band], edges[band + 1]):
            total += power[k]
        level = 10 * np.log10(total + LEAST_POWER)
        bands[band] += share * level
        rise = min(max(level - levels_db[band], 0.0), 20.0)
        if band < BANDS * 3 // 4:
            low += rise
        else:
            high += rise
        levels_db[band] = level
    return (high - low / 3) / (BANDS // 4)


@kernel
def _follow(
    peaks: Floats, before: Floats, ranges: Floats, f0: float, whole: float, continues: bool, share: float, out: Samples
) -> None:
    """Match the peaks with those before, and add what they do to their cell."""
    j, tonal, moved, weights, decay = 0, 0.0, 0.0, 0.0, 0.0
    own, own_weight, own_sum, own_square, own_count = 0.0, 0.0, 0.0, 0.0, 0
    for i in range(PEAKS):
        if peaks[i, 3] == 0:
            break
        hz, strength = peaks[i, 0], peaks[i, 1]
        place = 0
        while hz >= ranges[place + 1] and place < RANGES - 1:
            place += 1
        energy = 2.5 * strength  # of the main lobe of the window
        tonal += energy
        out[MOTION + place] += share * min(energy / whole, 1.0)
        order = np.round(hz / f0)
        mine = 1 <= order <= 2 * HARMONICS and abs(1200 * np.log2(hz / f0 / order)) < 40
        if mine:
            own += energy
            own_count += 1
        while j < PEAKS - 1 and before[j + 1, 3] > 0 and abs(before[j + 1, 0] - hz) <= abs(before[j, 0] - hz):
            j += 1
        cents = 1200 * np.log2(hz / before[j, 0]) if before[j, 3] > 0 else 2 * MATCH_CENTS
        if abs(cents) > MATCH_CENTS:
            continue
        peaks[i, 2] = cents
        weight = np.sqrt(strength)
        weights += weight
        decay += weight * min(max(10 * np.log10(strength / before[j, 1]), -10.0), 10.0)
        steady = min(abs(cents), abs(before[j, 2])) if cents * before[j, 2] > 0 else 0.0
        moved += weight * min(steady, 40.0)
        if steady > MOVING_CENTS:
            out[MOTION + RANGES + place] += share * min(energy / whole, 1.0)
        if mine:
            own_weight += weight
            own_sum += weight * cents
            own_square += weight * cents * cents
    mean = own_sum / own_weight if own_weight > 0 else 0.0
    out[OWN_SHARE] += share * min(own / whole, 1.0)
    out[2] += share * min(tonal / whole, 1.0)
    out[3] += share * own_count
    out[4] += share * (min(abs(mean), 40.0) if continues else 0.0)
    out[5] += share * (np.sqrt(max(own_square / own_weight - mean * mean, 0.0)) if own_weight > 0 else MATCH_CENTS)
    out[7] += share * (moved / weights if weights > 0 else 0.0)
    out[8] += share * (decay / weights if weights > 0 else 0.0)


@kernel
def _describe(
    bins: Samples,
    width_hz: float,
    edges: Ints,
    ranges: Floats,
    before: Floats,
    last: Floats,
    bands: Samples,
    motion: Samples,
) -> None:
    """Add each frame's share to its cell. `before` (its peaks) and `last` (its fundamental, its bands' levels) are what
    the next batch has to know of this one."""
    power = np.empty(bins.shape[1] // 2, np.float32)
    peaks, votes = np.zeros((PEAKS, 4)), np.zeros(F0_STEPS)
    share = 1.0 / HOPS_PER_CELL
    low, high = int(ranges[0] / width_hz), min(int(ranges[-1] / width_hz), power.shape[0])
    for frame in range(bins.shape[0]):
        out = motion[frame // HOPS_PER_CELL]
        for k in range(power.shape[0]):
            power[k] = bins[frame, 2 * k] ** 2 + bins[frame, 2 * k + 1] ** 2
        out[9] += share * _rises(power, edges, last[1:], share, bands[frame // HOPS_PER_CELL])
        _find_peaks(power, width_hz, ranges[0], ranges[-1], peaks)
        whole = 1e-12
        for k in range(low, high):
            whole += power[k]
        step, salience = _best_f0(peaks, votes)
        continues = abs(step - last[0]) <= 4
        f0 = F0_HZ * 2.0 ** (step / F0_STEPS_PER_OCTAVE)
        _follow(peaks, before, ranges, f0, whole, continues, share, out)
        out[0] += share * salience
        out[6] += share * (1.0 if continues else 0.0)
        last[0] = step
        before[:] = peaks
