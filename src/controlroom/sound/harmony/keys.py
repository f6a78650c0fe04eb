"""The key, where it changes, and how sure that is: from chords, pitch classes, the bass, and what begins and ends.

How often a chord stands on which degree follows the counts of rock and pop harmony (T. de Clercq and D. Temperley, "A
corpus analysis of rock harmony", Popular Music 30, 2011), so that a song without a dominant, mixolydian or in minor,
has a key as well; key profiles after J. Albrecht and D. Shanahan (Music Perception 31, 2013).
"""

from __future__ import annotations

from itertools import pairwise
from typing import TypeAlias

import msgspec
import numpy as np
import numpy.typing as npt

from controlroom.sound.harmony.decoding import likeliest
from controlroom.sound.harmony.emission import CHORDS
from controlroom.sound.harmony.names import QUALITIES, Key
from controlroom.sound.harmony.spans import Spans

Floats: TypeAlias = npt.NDArray[np.float64]
Ints: TypeAlias = npt.NDArray[np.int64]

KEYS = tuple(Key(tonic, minor) for minor in (False, True) for tonic in range(12))
PROFILES = np.array(
    [
        [0.238, 0.006, 0.111, 0.006, 0.137, 0.094, 0.016, 0.214, 0.009, 0.080, 0.008, 0.081],
        [0.220, 0.006, 0.104, 0.123, 0.019, 0.103, 0.012, 0.214, 0.062, 0.022, 0.061, 0.052],
    ]
)
# How often a chord stands on a degree (semitones over the tonic), in major and in minor.
RARE = 0.002
MAJOR_CHORDS = {
    (0, "maj"): 0.33, (5, "maj"): 0.20, (7, "maj"): 0.17, (9, "min"): 0.10, (2, "min"): 0.06, (10, "maj"): 0.04,
    (4, "min"): 0.03, (2, "maj"): 0.02, (5, "min"): 0.02, (3, "maj"): 0.015, (7, "min"): 0.015, (8, "maj"): 0.015,
    (0, "min"): 0.01, (4, "maj"): 0.01, (9, "maj"): 0.01, (11, "dim"): 0.005,
}  # fmt: skip
MINOR_CHORDS = {
    (0, "min"): 0.33, (8, "maj"): 0.13, (10, "maj"): 0.13, (5, "min"): 0.11, (3, "maj"): 0.09, (7, "maj"): 0.07,
    (7, "min"): 0.05, (5, "maj"): 0.03, (0, "maj"): 0.01, (1, "maj"): 0.01, (2, "dim"): 0.01, (10, "min"): 0.005,
    (11, "dim"): 0.005,
}  # fmt: skip
OUT_OF_SCALE = 0.3  # how much less often a seventh lies outside the scale
SCALES = ((0, 2, 4, 5, 7, 9, 11), (0, 2, 3, 5, 7, 8, 10))

# What each piece of evidence counts, in nats.
CHORDS_COUNT, PROFILE_COUNT, BASS_COUNT, FIRST_COUNT, LAST_COUNT = 3.0, 10.0, 3.0, 0.5, 2.0
PICARDY = 0.5  # of an ending on the tonic, where a piece in minor ends on the major chord
SOBER = 0.7  # the pieces of evidence are not independent
SPAN_COUNT = 0.25  # of one span, where the key may change
CHANGE_COST = 20.0
LEAST_KEY_S = 15.0


class KeySpan(msgspec.Struct, frozen=True, kw_only=True):
    """A stretch in one key; `confidence` 0 to 1."""

    start_s: float
    end_s: float
    key: str
    confidence: float


def _degrees() -> Floats:
    """Log probability (keys, chords) of each chord in each key."""
    table = np.empty((len(KEYS), len(CHORDS)))
    for row, key in enumerate(KEYS):
        counts, scale = (MINOR_CHORDS, SCALES[1]) if key.minor else (MAJOR_CHORDS, SCALES[0])
        for column, chord in enumerate(CHORDS):
            degree = (chord.root - key.tonic) % 12
            triads = ("maj", "min") if chord.quality.startswith("sus") else (_triad(chord.quality),)
            share = max(counts.get((degree, triad), RARE) for triad in triads)
            sevenths = QUALITIES[chord.quality][3:]
            if any((degree + seventh) % 12 not in scale for seventh in sevenths):
                share = max(share * OUT_OF_SCALE, RARE)
            table[row, column] = share
    result: Floats = np.log(table)
    return result


def _triad(quality: str) -> str:
    tones = QUALITIES[quality][:3]
    return next(name for name, triad in QUALITIES.items() if triad == tones)


DEGREES = _degrees()
TONICS = np.array(
    [
        [chord.root == key.tonic and _triad(chord.quality) == ("min" if key.minor else "maj") for chord in CHORDS]
        for key in KEYS
    ]
)
ENDINGS = TONICS.astype(float)
ENDINGS[12:] += PICARDY * TONICS[:12]


def key_spans(spans: Spans, chances: Floats, path: Ints) -> tuple[list[tuple[int, int]], Floats]:
    """The stretches [first, last) of spans in one key, and the probability (stretches, keys) of each key in each.

    `chances` (spans, chords + 1) is how likely each chord is, `path` (spans,) the decoded chord.
    """
    stretches = _stretches(spans, chances)
    judged = np.array([_judged(spans, chances, path, first, last) for first, last in stretches])
    best = judged.argmax(axis=1)
    merged: list[tuple[int, int]] = []
    for (first, last), same in zip(stretches, [False, *(best[1:] == best[:-1])], strict=True):
        merged = [*merged[:-1], (merged[-1][0], last)] if same else [*merged, (first, last)]
    if len(merged) < len(stretches):
        judged = np.array([_judged(spans, chances, path, first, last) for first, last in merged])
    return merged, judged


def _stretches(spans: Spans, chances: Floats) -> list[tuple[int, int]]:
    """Where one key signature holds: relative keys share it, and are told apart by more than a passage."""
    fit = chances[:, :-1] @ DEGREES.T
    signatures = np.empty((len(fit), 12))
    for signature in range(12):
        signatures[:, signature] = np.maximum(fit[:, signature], fit[:, 12 + (signature + 9) % 12])
    held = likeliest(SPAN_COUNT * signatures, np.full(len(fit), CHANGE_COST))
    marks = [0, *(np.flatnonzero(np.diff(held)) + 1).tolist(), len(held)]
    kept = [0]
    for mark in marks[1:-1]:
        if spans.edges_s[mark] - spans.edges_s[kept[-1]] >= LEAST_KEY_S <= spans.edges_s[-1] - spans.edges_s[mark]:
            kept.append(mark)
    return list(pairwise([*kept, len(held)]))


def _judged(spans: Spans, chances: Floats, path: Ints, first: int, last: int) -> Floats:
    """The probability (keys,) of each key for spans [first, last)."""
    lengths_s = np.diff(spans.edges_s)[first:last]
    sounding = (chances[first:last, :-1] * lengths_s[:, None]).sum(axis=0)
    score = CHORDS_COUNT * DEGREES @ (sounding / max(float(sounding.sum()), 1e-9))
    classes = spans.features[first:last].T @ lengths_s
    treble, bass = classes[:12], classes[12:] / max(float(classes[12:].sum()), 1e-9)
    for row, key in enumerate(KEYS):
        profile = np.roll(PROFILES[int(key.minor)], key.tonic)
        if treble.std() > 1e-9:
            score[row] += PROFILE_COUNT * float(np.corrcoef(treble, profile)[0, 1])
        score[row] += BASS_COUNT * bass[key.tonic]
    chords = path[first:last][path[first:last] < len(CHORDS)]
    if len(chords):
        score += FIRST_COUNT * TONICS[:, chords[0]] + LAST_COUNT * ENDINGS[:, chords[-1]]
    shares = np.exp(SOBER * (score - score.max()))
    result: Floats = shares / shares.sum()
    return result
