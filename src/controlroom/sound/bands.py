"""Geometric bands of a short spectrum: where they begin, and the power in each."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from controlroom.sound.kernels import kernel
from controlroom.sound.signal import Samples

Ints: TypeAlias = npt.NDArray[np.int64]

LEAST_BIN = 0.75
NEAR_NYQUIST = 0.45  # of the rate: what lies above is a converter's filter


def band_edges(rate_hz: int, size: int, bands: int, lowest_hz: float, highest_hz: float) -> Ints:
    """Bins of transforms of `size` samples at which bands begin (at most bands + 1), each at least one bin wide."""
    width_hz = rate_hz / size
    lowest, highest = max(lowest_hz / width_hz, LEAST_BIN), min(highest_hz, NEAR_NYQUIST * rate_hz) / width_hz
    edges = np.unique(np.round(np.geomspace(lowest, highest, bands + 1)).astype(np.int64))
    result: Ints = edges[edges > 0]
    return result


@kernel
def band_power(bins: Samples, edges: Ints) -> Samples:
    """Power (frames, bands) of transforms whose real and imaginary parts lie side by side."""
    out = np.zeros((bins.shape[0], len(edges) - 1), np.float32)
    for frame in range(bins.shape[0]):
        for band in range(len(edges) - 1):
            total = np.float32(0)
            for k in range(2 * edges[band], 2 * edges[band + 1]):
                total += bins[frame, k] * bins[frame, k]
            out[frame, band] = total
    return out
