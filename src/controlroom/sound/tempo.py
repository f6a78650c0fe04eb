"""Tempo and beats, from onsets.

A tempo is not the strongest period but the one whose whole metrical grid holds: the autocorrelation of the onset
envelope is read at a beat's halves or thirds, at the beat, and at 2, 4, 8 and 16 beats together. A cross-rhythm (three
against four) is strong at its own period and falls out of step at the bar. Beats then follow by dynamic programming
(D. Ellis, "Beat tracking by dynamic programming", 2007); where they keep a machine's time, they become its grid.
"""

from __future__ import annotations

from typing import TypeAlias

import msgspec
import numpy as np
import numpy.typing as npt
import scipy.ndimage

from controlroom.sound.kernels import kernel
from controlroom.sound.onsets import Onsets

Floats: TypeAlias = npt.NDArray[np.float64]
Ints: TypeAlias = npt.NDArray[np.int64]

SLOWEST_BPM, FASTEST_BPM, STEP = 45.0, 220.0, 0.002
BEATS_HEARD = ((1, 1.0), (2, 1.0), (4, 1.2), (8, 1.0), (16, 0.5))  # multiples of a beat, and what they count
DIVISION_COUNTS = 0.7
USUAL_BPM, USUAL_OCTAVES = 115.0, 0.9
LONGEST_LAG_S, SHORTEST_S, LEAST_ONSETS = 17.0, 5.0, 8
NEARBY_S = 1.0  # the envelope is taken against its mean over this time
LOW_ALONE_COUNTS = 0.5  # the low end's own pattern shows the bar, where the whole repeats with every hat
LOW_COUNTS = 0.5  # the low end counts again: kick and bass mostly know where the beat is
TIGHTNESS = 400.0  # of the beat tracking: what a beat too early or too late costs
GRID_SHARE, GRID_REACH = 0.6, 0.12  # so many of the beats, so near to it (of a beat)
STEADY_RESIDUAL_S = 0.02
STEADY_PERCENT = 1.0
DRIFT_BEATS = 16
SNAP_S = 0.04
SURE_DOWNBEAT = 0.3


class Rhythm(msgspec.Struct, frozen=True, kw_only=True):
    """The beat of a piece; None, or nothing, where there is none to be found.

    `confidence` 0 to 1; `drift_percent`: how far the tempo over 16 beats moves, highest to lowest; `steady`: under 1 %.
    `meter` and `downbeats_s` only where accents make them clear.
    """

    tempo_bpm: float | None = None
    confidence: float = 0.0
    steady: bool | None = None
    drift_percent: float | None = None
    meter: str | None = None
    beats_s: tuple[float, ...] = ()
    downbeats_s: tuple[float, ...] = ()


def rhythm_of(onsets: Onsets) -> Rhythm:
    """Tempo, beats and, where they are clear, downbeats."""
    whole, low = (_pulses(envelope, onsets.hop_s) for envelope in (onsets.envelope, onsets.low_envelope))
    envelope = whole + LOW_COUNTS * low
    if len(envelope) * onsets.hop_s < SHORTEST_S or len(onsets.times_s) < LEAST_ONSETS or not envelope.any():
        return Rhythm()
    lags = int(min(LONGEST_LAG_S / onsets.hop_s, 0.6 * len(envelope)))
    similarity = (_autocorrelation(envelope, lags) + LOW_ALONE_COUNTS * _autocorrelation(low, lags)) / (
        1 + LOW_ALONE_COUNTS
    )
    period, confidence = _best_period(similarity, onsets.hop_s)
    if confidence <= 0:
        return Rhythm()
    beats_s = _snapped(_beats(envelope, period) * onsets.hop_s, onsets)
    if len(beats_s) < LEAST_ONSETS:
        return Rhythm()
    heard_bpm = 60.0 / (period * onsets.hop_s)
    beats_s = _on_a_grid(beats_s, period * onsets.hop_s)
    first_s, last_s = onsets.times_s[0], onsets.times_s[-1]
    beats_s = beats_s[(beats_s > first_s - SNAP_S) & (beats_s < last_s + period * onsets.hop_s)]
    middle_bpm, drift_percent = _tempo_and_drift(beats_s)
    steady = drift_percent < STEADY_PERCENT
    downbeats_s = _downbeats(beats_s, onsets)
    return Rhythm(
        tempo_bpm=middle_bpm if steady else heard_bpm,
        confidence=confidence,
        steady=steady,
        drift_percent=drift_percent,
        meter="4/4" if len(downbeats_s) else None,
        beats_s=tuple(beats_s.tolist()),
        downbeats_s=tuple(downbeats_s.tolist()),
    )


def _pulses(envelope: Floats, hop_s: float) -> Floats:
    """The onset envelope with its peaks tamed and its slow changes taken out."""
    if not len(envelope) or not envelope.any():
        return envelope
    tamed = np.sqrt(np.minimum(envelope, np.percentile(envelope, 99)))
    smooth = scipy.ndimage.gaussian_filter1d(tamed, 1.0)
    result: Floats = smooth - scipy.ndimage.uniform_filter1d(smooth, max(round(2 * NEARBY_S / hop_s), 1))
    return result


def _autocorrelation(envelope: Floats, lags: int) -> Floats:
    """Of a mean-free envelope, 1 at lag 0, each lag divided by how much of it overlaps."""
    size = 1 << (2 * len(envelope) - 1).bit_length()
    raw = np.fft.irfft(np.abs(np.fft.rfft(envelope, size)) ** 2, size)[:lags]
    fair = raw / (len(envelope) - np.arange(lags))
    result: Floats = fair / fair[0] if fair[0] > 0 else fair
    return result


def _best_period(similarity: Floats, hop_s: float) -> tuple[float, float]:
    """The beat's period in hops, and how sure it is (0 to 1)."""
    tempos = np.exp(np.arange(np.log(SLOWEST_BPM), np.log(FASTEST_BPM), STEP))
    periods = 60.0 / tempos / hop_s
    lags = np.arange(len(similarity))
    score, possible = np.zeros(len(periods)), np.zeros(len(periods))
    for multiple, counts in BEATS_HEARD:
        score += counts * np.interp(multiple * periods, lags, similarity, right=0.0)
        possible += counts * (multiple * periods < len(similarity))
    halves, thirds = (np.interp(periods / parts, lags, similarity) for parts in (2, 3))
    score += DIVISION_COUNTS * np.maximum(halves, thirds)
    usual = np.exp(-0.5 * (np.log2(tempos / USUAL_BPM) / USUAL_OCTAVES) ** 2)
    weighted = score * usual
    best = int(np.argmax(weighted))
    if weighted[best] <= 0:
        return float(periods[best]), 0.0
    apart = np.abs(np.log2(tempos / tempos[best]))
    related = np.minimum(np.abs(apart - np.round(apart)), 1.0) < 0.04  # the beat itself, its double, its half
    rival = float(np.maximum(weighted[~related], 0).max()) / float(weighted[best])
    strength = float(score[best]) / max(float(possible[best]) + DIVISION_COUNTS, 1e-9)
    confidence = min(strength / 0.4, 1.0) * min(2.5 * (1 - rival), 1.0)
    return _refined(similarity, float(periods[best])), max(confidence, 0.0)


def _refined(similarity: Floats, period: float) -> float:
    """The period read off as many beats as the autocorrelation holds."""
    lags = np.arange(len(similarity))
    multiples = np.arange(1, max(int(len(similarity) / (1.01 * period)), 1) + 1)
    for reach in (0.01, 0.003, 0.001):
        tried = period * (1 + np.linspace(-reach, reach, 41))
        sums = np.interp(np.outer(tried, multiples), lags, similarity).sum(axis=1)
        period = float(tried[np.argmax(sums)])
    return period


def _beats(envelope: Floats, period: float) -> Floats:
    """Places of beats in hops: the chain of strong onsets that keeps the period best."""
    scale = float(envelope.std())
    came = _chain(envelope / max(scale, 1e-12), period, TIGHTNESS)
    last = len(came[0]) - 1 - round(period)
    at = int(np.argmax(came[1][max(last, 0) :])) + max(last, 0)
    places: list[int] = []
    while at >= 0:
        places.append(at)
        at = int(came[0][at])
    return np.array(places[::-1], float)


@kernel
def _chain(envelope: Floats, period: float, tightness: float) -> tuple[Ints, Floats]:
    """For each hop the best beat before it (-1: none), and the score of the chain that ends there."""
    count = envelope.shape[0]
    before, score = np.full(count, -1), np.zeros(count)
    nearest, furthest = max(int(0.5 * period), 1), int(2 * period)
    for i in range(count):
        best, source = 0.0, -1
        for gap in range(nearest, min(furthest, i) + 1):
            off = np.log(gap / period)
            value = score[i - gap] - tightness * off * off
            if value > best:
                best, source = value, i - gap
        score[i], before[i] = envelope[i] + best, source
    return before, score


def _snapped(beats_s: Floats, onsets: Onsets) -> Floats:
    """Beats moved to the refined time of the onset they lie on, where there is one."""
    if not len(beats_s):
        return beats_s
    after = np.clip(np.searchsorted(onsets.times_s, beats_s), 1, len(onsets.times_s) - 1)
    previous, following = onsets.times_s[after - 1], onsets.times_s[after]
    nearest = np.where(beats_s - previous < following - beats_s, previous, following)
    return np.where(np.abs(nearest - beats_s) < SNAP_S, nearest, beats_s)


def _on_a_grid(beats_s: Floats, period_s: float) -> Floats:
    """The straight grid that most beats lie on, from the first to the last; else the beats as they are.

    Where music pauses, tracked beats wander; a machine's time does not.
    """
    steps_s, phases = period_s * (1 + np.linspace(-0.001, 0.001, 81)), np.arange(0, 1, 0.02)
    off = (beats_s / steps_s[:, None])[:, None, :] - phases[:, None]
    hits = np.exp(-(((off - np.round(off)) / GRID_REACH * 2) ** 2)).sum(axis=2)
    best = np.unravel_index(np.argmax(hits), hits.shape)
    step_s, origin_s = float(steps_s[best[0]]), float(phases[best[1]] * steps_s[best[0]])
    for _ in range(3):
        number = np.round((beats_s - origin_s) / step_s)
        off_s = beats_s - origin_s - number * step_s
        near = np.abs(off_s) < GRID_REACH * step_s
        if near.mean() < GRID_SHARE or float(np.median(np.abs(off_s[near]))) > STEADY_RESIDUAL_S:
            return beats_s
        step_s, origin_s = np.polyfit(number[near], beats_s[near], 1)
    first, last = np.ceil((beats_s[0] - origin_s) / step_s - 0.5), np.round((beats_s[-1] - origin_s) / step_s)
    return np.asarray(origin_s + step_s * np.arange(first, last + 1), float)


def _tempo_and_drift(beats_s: Floats) -> tuple[float, float]:
    """The median tempo over 16 beats, and how far it spreads, in percent."""
    span = min(DRIFT_BEATS, max(len(beats_s) // 2, 1))
    tempos = 60.0 * span / (beats_s[span:] - beats_s[:-span])
    low, middle, high = np.percentile(tempos, [5, 50, 95])
    return float(middle), float(100 * (high - low) / middle)


def _downbeats(beats_s: Floats, onsets: Onsets) -> Floats:
    """Every fourth beat, where one of the four clearly carries the low end; nothing where that is not clear."""
    places = np.clip(np.round(beats_s / onsets.hop_s).astype(int), 0, len(onsets.low_envelope) - 1)
    accents = scipy.ndimage.maximum_filter1d(onsets.low_envelope, 5)[places]
    usable = len(accents) // 4 * 4
    if usable < 16:
        return np.zeros(0)
    means = accents[:usable].reshape(-1, 4).mean(axis=0)
    order = np.argsort(means)
    if means[order[-1]] - means[order[-2]] < SURE_DOWNBEAT * means.mean() or not means.any():
        return np.zeros(0)
    return beats_s[int(order[-1]) :: 4]
