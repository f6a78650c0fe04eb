"""Where the sound of a file really ends, whatever its sample rate promises."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from controlroom.sound.spectrum import Spectrum

Floats: TypeAlias = npt.NDArray[np.float64]

BAND_HZ = 100.0
SIDE_HZ = 1000.0
EDGE_DB = 15.0
LOW_HZ, LOW_EDGE_DB = 6000.0, 60.0  # a bass or a pad falls steeply by nature; only a brick wall counts down there
HEARD_WITHIN_DB, FAINTEST_DB = 100.0, -140.0


def bandwidth_hz(spectrum: Spectrum) -> float | None:
    """The frequency (Hz) above which there is nothing; None for silence.

    Codecs, converters and old recorders end in an edge: the highest place where the level falls by more than 15 dB
    from one kilohertz to the next. Without one, it is where the level sinks below what anybody could hear under it.
    """
    if not spectrum.counted:
        return None
    freqs_hz, levels_db = _bands(spectrum)
    width = round(SIDE_HZ / BAND_HZ)
    if len(levels_db) > 2 * width:
        means = np.convolve(levels_db, np.full(width, 1 / width), mode="valid")
        falls = means[:-width] - means[width:]
        low = freqs_hz[width : width + len(falls)] < LOW_HZ
        edges = np.flatnonzero(falls > np.where(low, LOW_EDGE_DB, EDGE_DB))
        if len(edges):
            last = edges[-1]
            near = slice(max(last - width, 0), last + 1)
            return float(freqs_hz[near.start + int(np.argmax(falls[near])) + width])
    heard = np.flatnonzero(levels_db > max(levels_db.max() - HEARD_WITHIN_DB, FAINTEST_DB))
    return float(freqs_hz[heard[-1]] + BAND_HZ) if len(heard) else None


def _bands(spectrum: Spectrum) -> tuple[Floats, Floats]:
    """Lower edges (Hz) and mean levels (dB) of bands of 100 Hz up to the highest frequency."""
    index = (spectrum.freqs_hz // BAND_HZ).astype(np.int64)
    counts = np.bincount(index)
    power = np.bincount(index, weights=spectrum.power) / np.maximum(counts, 1)
    whole = counts > 0
    levels_db: Floats = 10 * np.log10(power[whole] + 1e-20)
    return np.flatnonzero(whole).astype(np.float64) * BAND_HZ, levels_db
