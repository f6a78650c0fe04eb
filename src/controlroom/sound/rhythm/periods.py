"""Periods a beat may have: where the accents are like themselves a while later, in windows and over all."""

from __future__ import annotations

import numpy as np
import scipy.fft

from controlroom.sound.kernels import kernel
from controlroom.sound.rhythm.accents import LOW, Accents
from controlroom.sound.rhythm.pulses import Floats, Ints

SLOWEST_BPM, FASTEST_BPM, STEP = 38.0, 250.0, 0.004
WINDOW_S, WINDOW_HOP_S = 10.0, 1.0
PORTION = 64  # windows looked at together
LONGEST_LAG_S = 17.0
LOW_ALONE_COUNTS = 0.5  # the low end's own pattern shows the bar, where the whole repeats with every hat
MULTIPLES = ((1, 1.0), (2, 1.0), (3, 0.4), (4, 1.0), (8, 0.8), (16, 0.4))  # of a period, and what they count
PEAKS, RELATED = 5, (1 / 4, 1 / 3, 1 / 2, 2 / 3, 3 / 4, 4 / 3, 3 / 2, 2, 3, 4)
ALIKE = 0.025
LOCAL_REACH = 0.16  # how far the tempo may wander from its middle (natural logarithm)
STAY = 200.0  # what wandering costs, in salience (times the square of that logarithm)
BEND = 60.0  # what a change of tempo by 1 % in a second costs, in salience (times its square)


def similarity_of(series: Floats, lags: int) -> Floats:
    """Autocorrelation (lags,) of a mean-free series, 1 at lag 0, each lag divided by how much of it overlaps."""
    size = scipy.fft.next_fast_len(len(series) + lags, real=True)
    raw = scipy.fft.irfft(np.abs(scipy.fft.rfft(series, size)) ** 2, size)[:lags]
    fair = raw / (len(series) - np.arange(lags))
    result: Floats = fair / fair[0] if fair[0] > 0 else fair
    return result


def tempos() -> Floats:
    """The tempos (BPM) that are tried, from slow to fast, 0.4 % apart."""
    tried: Floats = np.exp(np.arange(np.log(SLOWEST_BPM), np.log(FASTEST_BPM), STEP))
    return tried


def salience_of(similarity: Floats, hop_s: float) -> Floats:
    """How well each of `tempos()` explains an autocorrelation, with its multiples."""
    periods = 60.0 / tempos() / hop_s
    lags = np.arange(len(similarity))
    score, possible = np.zeros(len(periods)), np.full(len(periods), 0.3)
    for multiple, counts in MULTIPLES:
        score += counts * np.interp(multiple * periods, lags, similarity, right=0.0)
        possible += counts * (multiple * periods < len(similarity))
    result: Floats = score / possible
    return result


def whole_similarity(accents: Accents) -> Floats:
    """The autocorrelation of a whole piece, up to 17 s or 0.7 of it."""
    lags = int(min(LONGEST_LAG_S / accents.hop_s, 0.7 * len(accents.whole)))
    low = accents.bands[:, LOW].astype(np.float64)
    both: Floats = similarity_of(accents.whole, lags) + LOW_ALONE_COUNTS * similarity_of(low, lags)
    return both / (1 + LOW_ALONE_COUNTS)


def candidates(salience: Floats) -> list[float]:
    """Tempos (BPM) that may be the beat: the most salient, and those in simple ratios to them."""
    tried = tempos()
    inner = salience[1:-1]
    peaks = np.flatnonzero((inner >= salience[:-2]) & (inner > salience[2:])) + 1
    peaks = peaks[np.argsort(-salience[peaks])][:PEAKS]
    found: list[float] = []
    for ratio in (1.0, *RELATED):
        for peak in peaks:
            tempo = float(tried[peak]) * ratio
            new = all(abs(np.log(tempo / other)) > ALIKE for other in found)
            if SLOWEST_BPM < tempo < FASTEST_BPM and new:
                found.append(tempo)
    return found


def window_similarities(accents: Accents) -> tuple[Floats, Floats]:
    """Autocorrelations (windows, lags) of 10 s around every second, and the windows' middles in s."""
    hop_s = accents.hop_s
    size, step = round(WINDOW_S / hop_s), round(WINDOW_HOP_S / hop_s)
    lags = size // 2
    starts = np.arange(0, max(len(accents.whole) - size, 0) + 1, step)
    rows = np.zeros((len(starts), lags))
    length = scipy.fft.next_fast_len(size + lags, real=True)
    fair = size / (size - np.arange(lags))
    for series, counts in ((accents.whole, 1.0), (accents.bands[:, LOW], LOW_ALONE_COUNTS)):
        padded = np.pad(series.astype(np.float64), (0, max(size - len(series), 0)))
        parts = np.lib.stride_tricks.sliding_window_view(padded, size)[::step]
        for first in range(0, len(starts), PORTION):
            spectra = np.abs(scipy.fft.rfft(parts[first : first + PORTION], length, axis=1)) ** 2
            raw = scipy.fft.irfft(spectra, length, axis=1)[:, :lags]
            rows[first : first + PORTION] += counts * raw * fair / np.maximum(raw[:, :1], 1e-9)
    middles_s: Floats = (starts + 0.5 * min(size, len(accents.whole))).astype(np.float64) * hop_s
    return rows / (1 + LOW_ALONE_COUNTS), middles_s


def local_tempos(windows: Floats, tempo_bpm: float, hop_s: float) -> Floats:
    """The tempo (windows,) near `tempo_bpm` along the most salient smooth path."""
    tried = tempo_bpm * np.exp(np.arange(-LOCAL_REACH, LOCAL_REACH + STEP / 2, STEP))
    periods = 60.0 / tried / hop_s
    salience = np.zeros((len(windows), len(tried)))
    for multiple in (1, 2, 4):
        places = multiple * periods
        below = np.minimum(places.astype(np.int64), windows.shape[1] - 2)
        share = places - below
        values = windows[:, below] * (1 - share) + windows[:, below + 1] * share
        salience += np.where(places < windows.shape[1] - 1, values, 0.0)
    salience -= STAY * np.log(tried / tempo_bpm) ** 2
    path = _smooth_path(salience, BEND * (100 * STEP) ** 2 / 100)
    result: Floats = tried[path]
    return result


@kernel
def _smooth_path(salience: Floats, bend: float) -> Ints:
    """The path (rows,) of columns with the most salience, a step of d columns costing `bend` * d squared."""
    rows, columns = salience.shape
    source = np.zeros((rows, columns), np.int64)
    score = salience[0].copy()
    for row in range(1, rows):
        following = np.empty(columns)
        for here in range(columns):
            best, place = -1e300, here
            for there in range(max(here - 6, 0), min(here + 7, columns)):
                value = score[there] - bend * (there - here) * (there - here)
                if value > best:
                    best, place = value, there
            following[here] = best + salience[row, here]
            source[row, here] = place
        score = following
    path = np.empty(rows, np.int64)
    path[rows - 1] = np.argmax(score)
    for row in range(rows - 1, 0, -1):
        path[row - 1] = source[row, path[row]]
    return path
