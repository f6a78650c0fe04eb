"""What speaks for a metrical grid: beats laid over the accents, and where between and across them accents fall.

A right grid explains more than its beats: halves or thirds of the beat, the alternation of kick and snare, patterns
that come again after two, three, four, eight beats, and harmony that moves with it. Every figure below is one piece of
such evidence; `choice.py` weighs them together.
"""

from __future__ import annotations

import msgspec
import numpy as np

from controlroom.sound.chroma import Chroma
from controlroom.sound.rhythm.accents import PARTS, Accents
from controlroom.sound.rhythm.pulses import Floats
from controlroom.sound.signal import Samples

PHASES = 24  # places in a beat at which accents are read: halves, thirds, quarters, sixths, eighths
LAGS = (1, 2, 3, 4, 6, 8, 12, 16)  # beats after which a pattern may come again
BAND_LAGS = (1, 2, 3, 4)
SHIFTS = (6, 8, 12, 16, 24, 36, 48, 72, 96, 144, 192)  # the same in places: from a quarter of a beat to eight beats
LONGEST_BEATS = 600  # what comes later is much the same
LEAST_ACCENT, MOST_ACCENT = -1.0, 4.0
HARMONY_LAGS, FEWEST_MOVES = (2, 3, 4, 8), 6
MOST_MOVES, A_MOVE = 8, 0.5  # of an eighth of all beats the furthest moves; half so far is a move too
RARELY = 0.02
USUAL_BPM = 115.0
KNEES_BPM = (50, 65, 80, 100, 125, 150, 180)
BEGINNING_S = 0.03
LOOP_COUNTS = {"power": (2, 4, 8, 16, 32, 64), "three": (3, 6, 12, 24, 48), "four": (4, 8, 16, 32)}  # beats of a loop
SILENT = 1e-6
CAUTION = 4.0  # similarities are drawn towards nothing as if so many more beats had shown none


class Harmony:
    """Chroma summed up, so that means over any span are cheap."""

    def __init__(self, chroma: Chroma | None) -> None:
        self._hop_s = 1.0 if chroma is None else chroma.hop_s
        both = np.zeros((0, 24)) if chroma is None else np.concatenate([chroma.treble, chroma.bass], axis=1)
        self._sums = np.concatenate([np.zeros((1, 24)), np.cumsum(both, axis=0, dtype=np.float64)])

    def __len__(self) -> int:
        return len(self._sums) - 1

    def steps(self, times_s: Floats) -> Floats:
        """How far harmony moves at each of `times_s`: 1 minus the cosine of the chroma before and after, 0 to 1."""
        if len(times_s) < 3 or not len(self):
            return np.zeros(len(times_s))
        edges = np.clip(times_s / self._hop_s + 0.5, 0, len(self))
        below = np.minimum(edges.astype(np.int64), len(self) - 1)
        at = self._sums[below] + (edges - below)[:, None] * (self._sums[below + 1] - self._sums[below])
        spans = np.diff(at, axis=0)
        norm = np.sqrt((spans**2).sum(axis=1))
        cosine = (spans[1:] * spans[:-1]).sum(axis=1) / (norm[1:] * norm[:-1] + 1e-9)
        moved = np.where((norm[1:] > SILENT) & (norm[:-1] > SILENT), 1 - cosine, 0.0)
        result: Floats = np.concatenate([[0.0], np.clip(moved, 0, 1), [0.0]])
        return result


class Reading(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    """What lies at `beats` (in hops, `period` apart): `accents` (beats, 24, 5) in standard deviations at 24 places of
    each beat, `strong` (beats, 5) the strong ones on it, `steps` (beats,) how far harmony moves there, `double_steps`
    from the two beats before to the two after, and `half_steps` half-way to the next beat."""

    beats: Floats
    period: float
    accents: Samples
    strong: Samples
    steps: Floats
    double_steps: Floats
    half_steps: Floats


def reading_of(accents: Accents, harmony: Harmony, beats: Floats) -> Reading:
    """The reading of two beats or more; the last is as long as the one before it, and nothing lies beyond the end."""
    lengths = np.diff(beats, append=2 * beats[-1] - beats[-2])
    places = np.round(beats[:, None] + lengths[:, None] * (np.arange(PHASES) / PHASES)).astype(np.int64)
    span = min(16, max(len(beats) // 2, 1))
    times_s = beats * accents.hop_s
    double_steps = np.zeros(len(beats))
    double_steps[::2], double_steps[1::2] = harmony.steps(times_s[::2]), harmony.steps(times_s[1::2])
    return Reading(
        beats=beats,
        period=float(np.median(beats[span:] - beats[:-span])) / span,
        accents=accents.near[np.clip(places, 0, len(accents.near) - 1)],
        strong=accents.strong[np.clip(places[:, 0], 0, len(accents.strong) - 1)],
        steps=harmony.steps(times_s),
        double_steps=double_steps,
        half_steps=harmony.steps((times_s[1:] + times_s[:-1]) / 2),
    )


def part_of(reading: Reading, first: int, last: int) -> Reading:
    """The reading of its beats from `first` up to `last`, not with it."""
    return Reading(
        beats=reading.beats[first:last],
        period=reading.period,
        accents=reading.accents[first:last],
        strong=reading.strong[first:last],
        steps=reading.steps[first:last],
        double_steps=reading.double_steps[first:last],
        half_steps=reading.half_steps[first : last - 1],
    )


def come_again(rows: Floats, lags: tuple[int, ...]) -> list[float]:
    """How alike rows (beats, values), mean-free, are to those so many beats later: -1 to 1, cautious where few."""
    flat = np.ascontiguousarray(rows)
    power = np.concatenate([[0.0], np.cumsum((flat**2).sum(axis=1))])
    found = []
    for lag in lags:
        pairs = max(len(flat) - lag, 0)
        product = float(np.vdot(flat[:pairs], flat[lag:])) if pairs else 0.0
        both = float(np.sqrt(power[pairs] * (power[-1] - power[min(lag, len(flat))]))) + 1e-9
        found.append(product / both * pairs / (pairs + CAUTION))
    return found


def evidence_of(accents: Accents, reading: Reading, duration_hops: float) -> dict[str, float]:
    """Figures that speak for or against a reading's beats being the beat of the music, most between -1 and 3."""
    found = metrical_evidence(reading)
    tempo_bpm = 60.0 / (reading.period * accents.hop_s)
    octaves = float(np.log2(tempo_bpm / USUAL_BPM))
    found |= {"tempo": octaves, "tempo_squared": octaves**2}
    for knee in KNEES_BPM:
        found[f"above_{knee}"] = max(float(np.log2(tempo_bpm / knee)), 0.0)
    whole = reading.accents.mean(axis=(0, 2))
    found |= {"on": float(whole[0]), "half": float(whole[12])}
    others = [1, 2, 3, 5, 7, 9, 10, 11, 13, 14, 15, 17, 19, 21, 22, 23]
    found |= {"between": float(whole[others].mean()), "off_beat": max(float(whole[12] - whole[0]), 0.0)}
    found["busy"] = _busy(accents.whole, reading.period)
    found["fast_half"] = octaves * float(whole[12])
    for name in ("third", "quarter", "busy"):
        found[f"fast_{name}"] = octaves * found[name]
    found["uneven"] = float(np.std(np.diff(np.log(np.maximum(np.diff(reading.beats), 1)))))
    steps, middles = float(reading.steps.mean()), float(reading.half_steps.mean())
    enough = len(reading.steps) >= FEWEST_MOVES
    found["harmony_on"] = (steps - middles) / (steps + middles + 0.02) if enough else 0.0
    for name, onsets_hz in accents.onsets_hz.items():
        found[f"onsets_{name}"] = float(np.log2(60.0 * onsets_hz / tempo_bpm + RARELY))
    found |= _alike(reading) | _moves(reading)
    count = duration_hops / reading.period
    found |= {"length": float(np.log2(count)), "loop": _whole_number(count), "loop_bars": _whole_number(count / 4)}
    for name, counts in LOOP_COUNTS.items():
        found[f"loop_{name}"] = found["loop"] * (round(count) in counts)
    found["loop_begins"] = found["loop"] * float(reading.beats[0] * accents.hop_s < BEGINNING_S)
    return found


def metrical_evidence(reading: Reading) -> dict[str, float]:
    """The figures that also tell metres apart: how beats divide, and after how many of them things come again."""
    whole = reading.accents.mean(axis=(0, 2))
    half, third = float(whole[12]), float(whole[8] + whole[16]) / 2
    quarter, sixth = float(whole[6] + whole[18]) / 2, float(whole[4] + whole[20]) / 2
    found = {"third": third, "quarter": quarter, "sixth": sixth, "swing": max(float(whole[16] - whole[8]), 0.0)}
    found["binary"] = max(half + quarter - third - sixth, 0.0)
    found["ternary"] = max(third + sixth - quarter - half, 0.0)
    around = reading.accents - reading.accents.mean(axis=0)
    again = come_again(around.reshape(len(around), -1), LAGS)
    found |= {f"again_{lag}": value for lag, value in zip(LAGS, again, strict=True)}
    found["again_bar"] = max(found["again_3"], found["again_4"])
    for name, bands in (("low", [0]), ("middle", [2, 3]), ("high", [4])):
        again = come_again(around[:, 0, bands], BAND_LAGS)
        found |= {f"{name}_{lag}": value for lag, value in zip(BAND_LAGS, again, strict=True)}
    low, middle = around[:, 0, 0], around[:, 0, 2] + around[:, 0, 3]
    power = float(np.sqrt((low**2).sum() * (middle**2).sum())) + 1e-9
    found["low_with_middle"] = float(low @ middle) / power
    found["low_then_middle"] = float(low[:-1] @ middle[1:]) / power
    moves = (reading.steps - reading.steps.mean())[:, None]
    again = come_again(moves, HARMONY_LAGS) if len(moves) >= FEWEST_MOVES else [0.0] * len(HARMONY_LAGS)
    return found | {f"harmony_{lag}": value for lag, value in zip(HARMONY_LAGS, again, strict=True)}


def _busy(whole: Floats, period: float) -> float:
    """How many accents (peaks above the mean of all) a beat holds, in octaves."""
    inner = whole[1:-1]
    peaks = (inner > whole[:-2]) & (inner >= whole[2:]) & (inner > 0.5 * whole.std())
    return float(np.log2((peaks.sum() + 1) / len(whole) * period))


def _whole_number(count: float) -> float:
    """1 where a count is whole, 0 where it is not; nothing is said of long sounds."""
    if count > 70 or count < 0.6:
        return 0.0
    return float(np.exp(-0.5 * ((count - max(round(count), 1)) / 0.06) ** 2))


def _alike(reading: Reading) -> dict[str, float]:
    """How like its accents are to those so many places later, low, middle and high."""
    near = np.clip(reading.accents[:LONGEST_BEATS], LEAST_ACCENT, MOST_ACCENT)
    flat = near.reshape(-1, near.shape[2])
    flat = flat - flat.mean(axis=0)
    found: dict[str, float] = {}
    for name, part in PARTS.items():
        row = flat[:, part].mean(axis=1)
        power = float(row @ row) + 1e-9
        for shift in SHIFTS:
            pairs = max(len(row) - shift, 0)
            fair = len(row) / (pairs + CAUTION * PHASES)
            found[f"{name}_after_{shift}"] = float(row[:pairs] @ row[shift:]) / power * fair if pairs else 0.0
    return found


def _moves(reading: Reading) -> dict[str, float]:
    """How often harmony moves (octaves of a share of the beats), and how far in the mean of what it does at most."""
    most = np.sort(reading.steps)[-max(len(reading.steps) // MOST_MOVES, 1) :]
    top = float(most.mean()) + RARELY
    share = float((reading.steps > A_MOVE * top).mean())
    return {"moves": float(np.log2(share + RARELY)), "move_size": float(reading.steps.mean()) / top}
