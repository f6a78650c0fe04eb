"""How well each chord explains what sounds: a linear model of the pitch classes over its root, the same for all roots.

For each quality, what a note in the treble and in the bass says for the chord (positive) or against it, by its distance
from the root in semitones; a softmax over roots and qualities makes log probabilities of it. The weights were learnt
by logistic regression, rare qualities weighted up, on arrangements in many styles and keys rendered by a General MIDI
synthesiser, on rendered songs and on single chords of random voicing, all with known chords.
"""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from controlroom.sound.harmony.names import QUALITIES, Chord

Floats: TypeAlias = npt.NDArray[np.float64]

CHORDS = tuple(Chord(root, quality) for root in range(12) for quality in QUALITIES)
LEAST_TREBLE, SILENT_FIT = 0.3, -10.0  # with less treble a span is silent, and no chord likely
NONE_FIT = -3.0  # log probability at which no chord is likelier than any: noise stays below

# quality: (bias, treble by semitones over the root, bass likewise)
WEIGHTS = {
    "maj": (
        0.5,
        [4.9, -2.4, 0.4, -4.3, 6.5, -2.8, -3.0, 4.7, 0.7, -4.6, -4.9, 0.5],
        [1.9, -0.9, 0.1, -0.9, 1.1, 0.3, -0.7, 1.5, -0.6, -0.5, -1.0, -1.2],
    ),
    "min": (
        0.6,
        [4.6, -1.3, 1.1, 6.4, -1.1, -3.6, -3.6, 5.3, -4.4, -4.0, -2.0, -0.3],
        [1.8, -0.8, 0.5, 0.8, -1.1, -0.1, -1.0, 1.2, -1.1, -1.6, -1.2, -0.9],
    ),
    "7": (
        0.1,
        [3.9, -3.1, -0.1, -4.0, 4.3, -1.4, -2.8, 3.6, -0.6, -4.0, 4.9, 0.6],
        [2.1, -0.8, 0.3, -1.4, 0.8, 0.1, -0.7, 1.7, -0.7, 0.1, -0.1, -1.1],
    ),
    "maj7": (
        -0.1,
        [4.0, -2.8, -0.4, -1.5, 3.6, -2.7, -0.3, 3.3, -0.7, -3.5, -3.5, 5.3],
        [2.9, -0.8, 0.4, -0.7, 0.9, 0.3, -0.4, 1.2, -0.8, -1.0, -0.8, 0.9],
    ),
    "min7": (
        -0.4,
        [4.6, -3.1, 0.5, 3.7, -2.2, -1.4, -3.5, 4.8, -3.9, -3.0, 3.9, 0.1],
        [2.7, -0.7, 0.1, 0.7, -1.1, -0.2, -0.7, 2.0, -0.6, -0.9, 0.0, -0.3],
    ),
    "sus2": (
        -0.1,
        [5.1, -1.4, 5.4, -2.8, -1.6, -3.6, 0.2, 3.4, -1.9, 0.0, -2.4, -1.0],
        [2.7, -0.1, 1.2, -0.7, -1.3, -0.2, -0.7, 1.2, -0.4, -0.4, -0.9, -0.1],
    ),
    "sus4": (
        -0.1,
        [3.2, -1.4, 0.1, -2.7, -0.9, 5.7, -1.6, 5.1, -2.7, -1.8, -3.7, -0.1],
        [2.7, -0.5, 0.4, -0.8, -1.0, 0.4, -0.3, 1.4, -0.7, -0.2, -1.2, -0.3],
    ),
    "dim": (
        0.5,
        [3.8, 0.6, -2.4, 3.5, -0.2, -3.0, 4.7, 0.3, -2.5, -0.4, -1.0, -2.6],
        [3.0, -0.7, 0.1, 0.9, -0.6, -0.7, 0.9, -0.2, -0.8, -0.6, -1.0, -0.9],
    ),
    "hdim7": (
        -0.8,
        [4.1, -0.8, -0.9, 3.0, -0.4, -0.1, 4.6, -0.1, -2.9, -3.2, 4.7, -2.6],
        [2.7, -0.7, -0.3, 0.5, -0.5, -0.7, 1.8, -0.5, -0.7, -0.4, 0.5, -0.8],
    ),
}


def is_heard(features: Floats) -> npt.NDArray[np.bool_]:
    """Whether anything sounds in each span of features (spans, 24)."""
    heard: npt.NDArray[np.bool_] = np.linalg.norm(features[:, :12], axis=1) >= LEAST_TREBLE
    return heard


def log_fits(features: Floats) -> Floats:
    """Log probability (spans, chords + 1) of each of CHORDS, and last of no chord, from features (spans, 24)."""
    table = np.array([treble + bass for _, treble, bass in WEIGHTS.values()])
    bias = np.array([bias for bias, _, _ in WEIGHTS.values()])
    by_root = np.empty((len(features), 12, len(WEIGHTS)))
    for root in range(12):
        over_root = (root + np.arange(12)) % 12
        by_root[:, root] = features[:, np.concatenate([over_root, 12 + over_root])] @ table.T + bias
    scores = by_root.reshape(len(features), -1)
    top = scores.max(axis=1, keepdims=True, initial=0.0)
    fits = scores - top - np.log(np.exp(scores - top).sum(axis=1, keepdims=True))
    silent = ~is_heard(features)
    fits[silent] = SILENT_FIT
    none = np.where(silent, 0.0, NONE_FIT)
    result: Floats = np.concatenate([fits, none[:, None]], axis=1)
    return result
