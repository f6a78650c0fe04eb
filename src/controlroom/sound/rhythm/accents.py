"""Accents: pulses made comparable, loud and quiet passages and bands alike."""

from __future__ import annotations

import msgspec
import numpy as np
import scipy

from controlroom.sound.rhythm.pulses import GROUPS, Floats, Pulses
from controlroom.sound.signal import Samples

NEARBY_S = 1.0  # accents are taken against their mean over twice this time
TAMED_PERCENTILE = 99.0
SMOOTH_HOPS = 1.0
GROUP_COUNTS = (1.4, 0.8, 1.0, 1.0, 0.8)  # kick and bass mostly know where the beat is
LOW, MIDDLE, HIGH = 0, 2, 4
PARTS = {"low": slice(0, 1), "middle": slice(2, 4), "high": slice(4, 5)}
ONSET_LEVELS = {"all": 0.7, "strong": 2.0}  # standard deviations a peak must reach
SOUNDING_DB, LEAST_SOUNDING, LEAST_S = 50.0, 0.05, 0.1


class Accents(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    """`bands` (hops, 5), mean-free: how much begins, in each group of bands; `near`: the most of it within a hop, in
    standard deviations; `strong`: the same from 0 to 1, where a weak
    beginning counts for little; `whole` (hops,): the weighted mean of the bands; `onsets_hz`: how many onsets, all or
    strong, come in a second of sound, in the low, middle and high bands."""

    hop_s: float
    bands: Samples
    near: Samples
    strong: Samples
    whole: Floats
    onsets_hz: dict[str, float]


def accents_of(pulses: Pulses) -> Accents:
    """The accents of pulses: compressed by a square root, the loudest percent tamed, slow changes taken out."""
    rises = pulses.rises
    if len(rises):
        most = np.percentile(rises, TAMED_PERCENTILE, axis=0).astype(np.float32) + np.float32(1e-9)
        rises = np.sqrt(np.minimum(rises, most))
    smooth = scipy.ndimage.gaussian_filter1d(rises, SMOOTH_HOPS, axis=0, mode="constant")
    size = max(round(2 * NEARBY_S / pulses.hop_s), 1)
    bands = smooth - scipy.ndimage.uniform_filter1d(smooth, size, axis=0)
    near = scipy.ndimage.maximum_filter1d(bands, 3, axis=0) / (bands.std(axis=0) + np.float32(1e-9))
    near[-1:] = 0
    strong = scipy.ndimage.maximum_filter1d(rises**4, 3, axis=0)
    strong /= strong.max(axis=0, initial=0) + np.float32(1e-9)
    return Accents(
        hop_s=pulses.hop_s,
        bands=bands,
        near=near,
        strong=strong,
        whole=bands @ (np.array(GROUP_COUNTS) / GROUPS),
        onsets_hz=_onsets_hz(pulses, bands),
    )


def _onsets_hz(pulses: Pulses, bands: Samples) -> dict[str, float]:
    """Peaks of the bands in a second of sound."""
    sounding = pulses.levels_db > pulses.levels_db.max(initial=-np.inf) - SOUNDING_DB
    share = max(float(sounding.mean()) if len(sounding) else 1.0, LEAST_SOUNDING)
    sounding_s = max(len(bands) * share * pulses.hop_s, LEAST_S)
    found: dict[str, float] = {}
    for name, part in PARTS.items():
        row = bands[:, part].mean(axis=1)
        inner = row[1:-1]
        peaks = inner[(inner > row[:-2]) & (inner >= row[2:])]
        for which, level in ONSET_LEVELS.items():
            found[f"{name}_{which}"] = (int((peaks > level * row.std()).sum()) + 0.5) / sounding_s
    return found
