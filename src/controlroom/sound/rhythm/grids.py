"""What speaks for a metrical grid: beats laid over the accents, and where between and across them accents fall.

A right grid explains more than its beats: halves or thirds of the beat, the alternation of kick and snare, patterns
that come again after two, three, four, eight beats, and harmony that moves with it. Every figure below is one piece of
such evidence; `choice.py` weighs them together.
"""

from __future__ import annotations

import numpy as np
import scipy.ndimage

from controlroom.sound.chroma import Chroma
from controlroom.sound.rhythm.accents import Accents
from controlroom.sound.rhythm.pulses import GROUPS, Floats

PHASES = 24  # places in a beat at which accents are read: halves, thirds, quarters, sixths, eighths
LAGS = (1, 2, 3, 4, 6, 8, 12, 16)  # beats after which a pattern may come again
BAND_LAGS = (1, 2, 3, 4)
CAUTION = 4.0  # similarities are drawn towards nothing as if so many more beats had shown none


def read_grid(accents: Accents, beats: Floats) -> Floats:
    """Accents (beats, phases, bands) at the places of each beat; the last one as long as the one before it."""
    lengths = np.diff(beats, append=2 * beats[-1] - beats[-2])
    places = beats[:, None] + lengths[:, None] * (np.arange(PHASES) / PHASES)
    near = scipy.ndimage.maximum_filter1d(accents.bands, 3, axis=0)
    flat = np.clip(np.round(places).astype(np.int64), 0, len(near) - 1)
    read: Floats = near[flat]
    read[flat >= len(near) - 1] = 0
    return read


def period_of(beats: Floats) -> float:
    """The middle of the periods over up to 16 beats."""
    span = min(16, max(len(beats) // 2, 1))
    return float(np.median(beats[span:] - beats[:-span])) / span


def comes_again(rows: Floats, lag: int) -> float:
    """How alike rows (beats, values), mean-free, are to those `lag` beats later: -1 to 1, cautious where few."""
    pairs = len(rows) - lag
    if pairs < 1:
        return 0.0
    here, later = rows[:-lag], rows[lag:]
    power = float(np.sqrt((here**2).sum() * (later**2).sum())) + 1e-9
    return float((here * later).sum()) / power * pairs / (pairs + CAUTION)


def evidence_of(accents: Accents, chroma: Chroma | None, beats: Floats, duration_hops: float) -> dict[str, float]:
    """Figures that speak for or against `beats` (in hops) being the beat of the music, most between -1 and 3."""
    read = read_grid(accents, beats)
    scale = accents.bands.std(axis=0) + 1e-9
    profile = read.mean(axis=0) / scale  # (phases, bands)
    whole = profile.mean(axis=1)
    period = period_of(beats)
    octaves = float(np.log2(60.0 / (period * accents.hop_s) / 115.0))
    found: dict[str, float] = {"tempo": octaves, "tempo_squared": octaves**2}
    found["tempo_fast"], found["tempo_slow"] = max(octaves - 0.5, 0.0), max(-octaves - 0.5, 0.0)
    for band in range(GROUPS):
        found[f"on_{band}"] = profile[0, band]
        found[f"half_{band}"] = profile[12, band]
    half, third = whole[12], (whole[8] + whole[16]) / 2
    quarter, sixth = (whole[6] + whole[18]) / 2, (whole[4] + whole[20]) / 2
    others = [1, 2, 3, 5, 7, 9, 10, 11, 13, 14, 15, 17, 19, 21, 22, 23]
    found |= {"third": third, "quarter": quarter, "sixth": sixth, "between": float(whole[others].mean())}
    found["binary"] = max(half + quarter - third - sixth, 0.0)
    found["ternary"] = max(third + sixth - quarter - half, 0.0)
    found["swing"] = max(whole[16] - whole[8], 0.0)
    found["off_beat"] = max(half - whole[0], 0.0)
    found |= _repetition(read)
    found["uneven"] = float(np.std(np.diff(np.log(np.maximum(np.diff(beats), 1)))))
    found |= _harmony(chroma, beats * accents.hop_s)
    count = duration_hops / period
    found["loop"] = _whole_number(count)
    found["loop_bars"] = _whole_number(count / 4)
    return found


def _repetition(read: Floats) -> dict[str, float]:
    """Similarities over beats: of the whole pattern, and of each end of the spectrum on the beat."""
    found: dict[str, float] = {}
    around = read - read.mean(axis=0)
    flat = around.reshape(len(read), -1)
    for lag in LAGS:
        found[f"again_{lag}"] = comes_again(flat, lag)
    found["again_bar"] = max(found["again_3"], found["again_4"])
    on_beat = around[:, :1] + 0.0
    for name, bands in (("low", [0]), ("middle", [2, 3]), ("high", [4])):
        for lag in BAND_LAGS:
            found[f"{name}_{lag}"] = comes_again(on_beat[:, 0, bands], lag)
    low, middle = on_beat[:, 0, 0], on_beat[:, 0, 2] + on_beat[:, 0, 3]
    power = np.sqrt(float((low**2).sum() * (middle**2).sum())) + 1e-9
    found["low_with_middle"] = float((low * middle).sum()) / power
    found["low_then_middle"] = float((low[:-1] * middle[1:]).sum()) / power if len(low) > 1 else 0.0
    return found


def harmony_steps(chroma: Chroma, times_s: Floats) -> Floats:
    """How far harmony moves at each of `times_s`: 1 minus the cosine of the chroma before and after, 0 to 1."""
    both = np.concatenate([chroma.treble, chroma.bass], axis=1).astype(np.float64)
    sums = np.concatenate([np.zeros((1, both.shape[1])), np.cumsum(both, axis=0)])
    edges = np.clip(times_s / chroma.hop_s + 0.5, 0, len(both))
    below = np.minimum(edges.astype(np.int64), len(both) - 1) if len(both) else edges.astype(np.int64)
    at = sums[below] + (edges - below)[:, None] * (sums[np.minimum(below + 1, len(both))] - sums[below])
    spans = np.diff(at, axis=0)
    norm = np.linalg.norm(spans, axis=1)
    cosine = (spans[1:] * spans[:-1]).sum(axis=1) / (norm[1:] * norm[:-1] + 1e-9)
    steps = np.where((norm[1:] > 1e-6) & (norm[:-1] > 1e-6), 1 - cosine, 0.0)
    result: Floats = np.concatenate([[0.0], np.clip(steps, 0, 1), [0.0]])[: len(times_s)]
    return result


def _harmony(chroma: Chroma | None, beats_s: Floats) -> dict[str, float]:
    """Whether harmony moves on the beats, and every how many."""
    names = ("harmony_on", "harmony_2", "harmony_3", "harmony_4", "harmony_8")
    if chroma is None or not len(chroma.treble) or len(beats_s) < 6:
        return dict.fromkeys(names, 0.0)
    steps = harmony_steps(chroma, beats_s)
    middles = harmony_steps(chroma, (beats_s[1:] + beats_s[:-1]) / 2)
    on = float(steps.mean() - middles.mean()) / (float(steps.mean() + middles.mean()) + 0.02)
    around = (steps - steps.mean())[:, None]
    return dict(zip(names, (on, *(comes_again(around, lag) for lag in (2, 3, 4, 8))), strict=True))


def _whole_number(count: float) -> float:
    """1 where a count is whole, 0 where it is not; nothing is said of long sounds."""
    if count > 70 or count < 0.6:
        return 0.0
    return float(np.exp(-0.5 * ((count - max(round(count), 1)) / 0.06) ** 2))
