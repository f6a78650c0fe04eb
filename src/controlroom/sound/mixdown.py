"""Summing: many stereo strips into a few destinations, in a fixed order and double precision, rounded once."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from controlroom.sound.kernels import kernel
from controlroom.sound.signal import Samples

TILE_FRAMES = 1024  # what is summed at once stays in the first-level cache


@kernel
def sum_routes(strips: Samples, routes: npt.NDArray[np.float64], out: Samples) -> None:
    """out[d] = the sum over s of routes[d, s] * strips[s].

    Shapes: strips (s, 2, frames), routes (d, s), out (d, 2, frames). A gain of exactly 1.0 adds the samples themselves.
    """
    frames = strips.shape[2]
    total = np.empty(TILE_FRAMES)
    for begin in range(0, frames, TILE_FRAMES):
        length = min(TILE_FRAMES, frames - begin)
        for d in range(routes.shape[0]):
            for c in range(2):
                total[:length] = 0.0
                for s in range(routes.shape[1]):
                    gain = routes[d, s]
                    if gain != 0.0:
                        row = strips[s, c]
                        for i in range(length):
                            total[i] += gain * row[begin + i]
                for i in range(length):
                    out[d, c, begin + i] = np.float32(total[i])


@kernel
def place(block: Samples, matrix: npt.NDArray[np.float64], out: Samples) -> None:
    """out = matrix @ block: shapes block (channels, frames), matrix (2, channels), out (2, frames or more).

    Frames of `out` beyond the block become silence.
    """
    channels, frames = block.shape
    total = np.empty(TILE_FRAMES)
    for c in range(2):
        for begin in range(0, frames, TILE_FRAMES):
            length = min(TILE_FRAMES, frames - begin)
            total[:length] = 0.0
            for k in range(channels):
                gain = matrix[c, k]
                if gain != 0.0:
                    row = block[k]
                    for i in range(length):
                        total[i] += gain * row[begin + i]
            for i in range(length):
                out[c, begin + i] = np.float32(total[i])
        out[c, frames:] = 0.0


@kernel
def stereo_sums(block: Samples, sums: npt.NDArray[np.float64]) -> None:
    """Add a stereo block's energies to sums: left squared, right squared, left times right."""
    left, right = block[0], block[1]
    a = b = c = 0.0
    for i in range(block.shape[1]):
        x, y = float(left[i]), float(right[i])
        a += x * x
        b += y * y
        c += x * y
    sums[0] += a
    sums[1] += b
    sums[2] += c
