"""Where somebody sings, and whether anybody plays: what a network hears in each cell (`network.py`), made one course.

A Markov chain of two states makes spans of the probabilities of singing.
"""

from __future__ import annotations

from typing import TypeAlias

import msgspec
import numpy as np
import numpy.typing as npt

from controlroom.sound.kernels import kernel
from controlroom.sound.voice.features import OWN_SHARE, VoiceFeatures
from controlroom.sound.voice.network import SOUNDS_DB, likelihoods, loud_db

Floats: TypeAlias = npt.NDArray[np.float64]
Flags: TypeAlias = npt.NDArray[np.bool_]

FAINT_DB, STRONG_DB, LOUD_DB = -45.0, 20.0, 15.0  # below the loud cells of a file
STAY = 0.985  # the chance that a state lasts another 0.1 s
EVEN = 0.42  # the probability at which singing and not singing weigh the same: half the F-measure that is reached
SURE, SURE_S = 0.66, 1.5  # a recording in which nothing that long is that surely sung counts as one without voice


class Presence(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    """For each cell (cells,): the probabilities of `singing` and `playing`, whether it `sings` (after smoothing),
    whether anything `sounds`, and is `strong`: at most 20 dB under the loud cells. `one_source`: in three quarters of
    the loud cells at least this share of the energy belongs to the partials of one fundamental (one voice in a dry
    room: over 0.8; a mix: under 0.5). `doubtful`: here and there it was a little like singing, nowhere surely; then
    nothing `sings`."""

    cell_s: float
    singing: Floats
    playing: Floats
    sings: Flags
    sounds: Flags
    strong: Flags
    one_source: float
    doubtful: bool


def presence_of(features: VoiceFeatures) -> Presence:
    """Where there is singing and playing in what was heard."""
    count = len(features.motion)
    level_db = _level_db(features)
    sounds = level_db > max(loud_db(level_db) + FAINT_DB, SOUNDS_DB)
    if not sounds.any():
        nothing = np.zeros(count)
        return Presence(
            cell_s=features.cell_s,
            singing=nothing,
            playing=nothing,
            sings=sounds,
            sounds=sounds,
            strong=sounds,
            one_source=0.0,
            doubtful=False,
        )
    loud = level_db > loud_db(level_db) - LOUD_DB
    singing, playing = likelihoods(features)
    singing = np.where(sounds, singing, 0.0)
    sings = smoothed(singing) & (level_db > SOUNDS_DB)
    sure = _surest(singing, sings, features.cell_s) >= SURE
    return Presence(
        cell_s=features.cell_s,
        singing=singing,
        playing=np.where(sounds, playing, 0.0),
        sings=sings & sure,
        sounds=sounds,
        strong=level_db > loud_db(level_db) - STRONG_DB,
        one_source=float(np.percentile(features.motion[loud, OWN_SHARE].astype(np.float64), 25)),
        doubtful=bool(sings.any()) and not sure,
    )


def _surest(singing: Floats, sings: Flags, cell_s: float) -> float:
    """The mean probability of the surest stretch of singing that lasts `SURE_S`."""
    best = 0.0
    edges = np.flatnonzero(np.diff(np.concatenate([[False], sings, [False]]).astype(np.int8))).reshape(-1, 2)
    for first, last in edges:
        if (last - first) * cell_s >= SURE_S:
            best = max(best, float(singing[first:last].mean()))
    return best


def smoothed(singing: Floats) -> Flags:
    """The likeliest course of singing and not singing, given the probability in each cell."""
    odds = np.clip(singing, 0.01, 0.99)
    odds = odds / (1 - odds) * (1 - EVEN) / EVEN
    return _likeliest(odds / (1 + odds), STAY)


def _level_db(features: VoiceFeatures) -> Floats:
    result: Floats = 10 * np.log10((10 ** (features.bands_db.astype(np.float64) / 10)).sum(axis=1))
    return result


@kernel
def _likeliest(probability: Floats, stay: float) -> Flags:
    """The likeliest sequence of two states (Viterbi)."""
    count = probability.shape[0]
    came = np.zeros((count, 2), np.int8)
    off, on = 0.0, 0.0
    change = np.log(1 - stay) - np.log(stay)
    for i in range(count):
        from_off, from_on = off, on
        came[i, 0] = 1 if from_on + change > from_off else 0
        came[i, 1] = 1 if from_on > from_off + change else 0
        off = max(from_off, from_on + change) + np.log(1 - probability[i])
        on = max(from_on, from_off + change) + np.log(probability[i])
    states = np.zeros(count, np.bool_)
    state = 1 if on > off else 0
    for i in range(count - 1, -1, -1):
        states[i] = state == 1
        state = came[i, state]
    return states
