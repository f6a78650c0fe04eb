"""The network that hears singing, and playing, in each tenth of a second.

Convolutions over time and frequency see how the spectrum of 50 frames a second moves (J. Schlüter and T. Grill,
"Exploring data augmentation for improved singing voice detection with neural networks", ISMIR 2015); how partials
behave joins their outcome, and dilated convolutions along time (S. Bai, J. Z. Kolter and V. Koltun, "An empirical
evaluation of generic convolutional and recurrent networks for sequence modeling", 2018) look three seconds around.

Trained by the methods of `tools/train-voice`, in two stages (the second with more of the songs), on the stems of
three productions and a band and on two solo singers; on 310 recordings in which nobody sings (`warzone2100-music`,
`supertux-data`, `hyperrogue-music`, `singularity-music`, `drascula-music`, `planetblupi-music-ogg`, `pathological`,
two bands of `fretsonfire-songs-*`, demos of LMMS and Hydrogen, arrangements played by a General MIDI synthesiser); on
200 lines sung out of the speech of 25 people (`asterisk-core-sounds-*`, `klettres-data`); and on 66 sample songs and
thirty voices.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from controlroom.sound.signal import Samples
from controlroom.sound.voice.features import HOPS_PER_CELL, VoiceFeatures

Floats: TypeAlias = npt.NDArray[np.float64]

WEIGHTS = Path(__file__).with_name("weights.npz")
MIDDLE_DB, UNIT_DB = 15.0, 20.0  # under the loud cells, is nought; and what is one
LEAST, MOST = -2.5, 1.25
SOUNDS_DB = -75.0  # full scale
PIECE, MARGIN = 600, 20  # cells; further away nothing is seen
STRIDE = 2  # of each convolution, in bands


def likelihoods(features: VoiceFeatures) -> Floats:
    """(2, cells): how likely singing is, and playing."""
    spectra, motion = network_inputs(features)
    count = len(motion)
    pieces = [_piece(spectra, motion, first, min(first + PIECE, count)) for first in range(0, count, PIECE)]
    logits = np.concatenate([np.zeros((0, 2), np.float32), *pieces])
    result: Floats = 1 / (1 + np.exp(-logits.T.astype(np.float64)))
    return result


def network_inputs(features: VoiceFeatures) -> tuple[Samples, Samples]:
    """Levels (frames, bands) against the loud cells of the file, and (cells, columns) how partials behave."""
    levels = features.spectra_db.astype(np.float32)
    frames_db = 10 * np.log10((10 ** (levels / 10)).sum(axis=1))
    middle_db = loud_db(frames_db.reshape(-1, HOPS_PER_CELL).mean(axis=1)) - MIDDLE_DB
    spectra = np.clip((levels - middle_db) / UNIT_DB, LEAST, MOST)
    return spectra.astype(np.float32), features.motion.astype(np.float32)


def loud_db(level_db: npt.NDArray[np.floating]) -> float:
    """The level of the loud cells among `level_db` (cells,), silence left out."""
    heard = level_db[level_db > SOUNDS_DB]
    return float(np.percentile(heard, 90)) if heard.size else SOUNDS_DB


def _piece(spectra: Samples, motion: Samples, first: int, last: int) -> Samples:
    """(cells, 2): the log-odds in cells `first` up to `last`."""
    begin, end = max(first - MARGIN, 0), min(last + MARGIN, len(motion))
    logits = _network(spectra[begin * HOPS_PER_CELL : end * HOPS_PER_CELL], motion[begin:end])
    return logits[first - begin : last - begin]


@cache
def _weights() -> dict[str, Samples]:
    with np.load(WEIGHTS) as stored:
        return {name: stored[name].astype(np.float32) for name in stored.files}


def _network(spectra: Samples, motion: Samples) -> Samples:
    """(cells, 2): log-odds."""
    w = _weights()
    frames = np.pad(spectra, ((2, 2), (1, 1)))[:, :, None]
    heard = _convolved(frames, w, "first", (5, 3), step=1)
    heard = _convolved(np.pad(heard, ((0, 0), (1, 1), (0, 0))), w, "second", (5, 3), step=HOPS_PER_CELL)
    heard = _convolved(np.pad(heard, ((1, 1), (1, 1), (0, 0))), w, "third", (3, 3), step=1)
    moving = (motion - w["motion_mean"]) / w["motion_scale"] @ w["motion"] + w["motion_bias"]
    cells = np.maximum(heard.reshape(len(heard), -1) @ w["joined"] + w["joined_bias"] + moving, 0)
    for at in range(len(w["around_bias"])):
        cells = cells + _around(cells, w["around"][at], w["around_bias"][at], 2**at)
    result: Samples = cells @ w["output"] + w["output_bias"]
    return result


def _convolved(rows: Samples, w: dict[str, Samples], name: str, size: tuple[int, int], *, step: int) -> Samples:
    """(times, bands, channels) through a convolution of `size` (times, bands), and what is above nought of it."""
    windows = np.lib.stride_tricks.sliding_window_view(rows, size, axis=(0, 1))[::step, ::STRIDE]
    flat = windows.reshape(*windows.shape[:2], -1)
    result: Samples = np.maximum(flat @ w[name] + w[f"{name}_bias"], 0)
    return result


def _around(cells: Samples, weights: Samples, bias: Samples, reach: int) -> Samples:
    """What is above nought of a convolution over each cell and those `reach` before and after it."""
    padded = np.pad(cells, ((reach, reach), (0, 0)))
    count = len(cells)
    total = sum(padded[k * reach : k * reach + count] @ weights[k] for k in range(3)) + bias
    result: Samples = np.maximum(total, 0)
    return result
