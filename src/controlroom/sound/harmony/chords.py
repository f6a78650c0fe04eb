"""The chords: the likeliest sequence that changes on beats, and rather on downbeats.

The key does not come in: a prior for the chords of the key made borrowed chords worse and others hardly better.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TypeAlias

import msgspec
import numpy as np
import numpy.typing as npt

from controlroom.sound.harmony.decoding import chances, likeliest
from controlroom.sound.harmony.emission import CHORDS, log_fits
from controlroom.sound.harmony.names import NO_CHORD, Chord, Key
from controlroom.sound.harmony.spans import Spans

Floats: TypeAlias = npt.NDArray[np.float64]
Ints: TypeAlias = npt.NDArray[np.int64]

NONE = len(CHORDS)
ON_DOWNBEAT, ON_BEAT, OFF_BEAT, WITHOUT_BEATS = 1.5, 4.0, 6.0, 3.0  # what a change costs, in nats
INVERTED = 2.0  # how far another chord tone stands over the root in the bass
LEAST_BASS = 0.3
_TRIADS: list[tuple[int, ...]] = [(4, 7), (3, 7), (2, 7), (5, 7), (3, 6)]


class ChordSpan(msgspec.Struct, frozen=True, kw_only=True):
    """`chord` in Harte syntax ("C:maj/3", "N"), `roman` relative to the key there (None for no chord); `confidence`
    that root and triad are right."""

    start_s: float
    end_s: float
    chord: str
    roman: str | None
    confidence: float


def decoded(spans: Spans) -> tuple[Ints, Floats]:
    """The chord of each span (spans,), `NONE` for none, and how likely each one is (spans, chords + 1)."""
    fits = log_fits(spans.features)
    if spans.on_beat.any():
        change = np.where(spans.on_downbeat, ON_DOWNBEAT, np.where(spans.on_beat, ON_BEAT, OFF_BEAT))
    else:
        change = np.full(len(fits), WITHOUT_BEATS)
    return likeliest(fits, change), chances(fits, change)


def chord_spans(spans: Spans, path: Ints, likely: Floats, keys: list[Key]) -> tuple[ChordSpan, ...]:
    """Runs of one chord and one key; `keys` has the key of each span."""
    triads = np.array([chord.root * 5 + _TRIADS.index(chord.tones_over_root[1:3]) for chord in CHORDS])
    marks = [0, *(i for i in range(1, len(path)) if path[i] != path[i - 1] or keys[i] != keys[i - 1]), len(path)]
    found: list[ChordSpan] = []
    for first, last in pairwise(marks):
        name, roman, state = NO_CHORD, None, int(path[first])
        same = np.zeros(len(CHORDS) + 1, np.bool_)
        same[state] = True
        if state != NONE:
            chord = _with_bass(CHORDS[state], spans.features[first:last, 12:])
            name, roman = chord.harte(keys[first]), chord.numeral(keys[first])
            same[:NONE] = triads == triads[state]
        found.append(
            ChordSpan(
                start_s=round(float(spans.edges_s[first]), 3),
                end_s=round(float(spans.edges_s[last]), 3),
                chord=name,
                roman=roman,
                confidence=round(float(likely[first:last, same].sum(axis=1).mean()), 2),
            )
        )
    return tuple(found)


def _with_bass(chord: Chord, bass: Floats) -> Chord:
    """The chord with the tone that its bass (spans, 12) holds, and begins with; a walking bass inverts nothing."""
    held, begins = (np.roll(classes, -chord.root) for classes in (bass.mean(axis=0), bass[0]))
    lowest = max(chord.tones_over_root, key=lambda tone: float(held[tone]))
    inverted = held[lowest] > max(INVERTED * held[0], LEAST_BASS) and begins[lowest] > INVERTED * begins[0]
    return Chord(chord.root, chord.quality, lowest if inverted else 0)
