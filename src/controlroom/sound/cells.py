"""Short cells of a signal (1.3 ms): the one look at every sample that levels and faults are found from.

Kernels take float32 rows; the extremes are taken on the samples' bit patterns as integers, because those (unlike
floats, which might be NaN) can be compared in SIMD lanes.
"""

from __future__ import annotations

from typing import TypeAlias

import msgspec
import numpy as np
import numpy.typing as npt

from controlroom.sound.kernels import reordering_kernel
from controlroom.sound.signal import Samples

Floats: TypeAlias = npt.NDArray[np.float64]
Ints: TypeAlias = npt.NDArray[np.int32]

CELLS_PER_S = 750
CELLS_PER_WINDOW = 15  # 20 ms


class Cells(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    """What each cell of each channel holds: arrays (channels, cells).

    `total` and `squares` are sums; `rough` is the greatest, `rough_total` the summed magnitude of the third difference
    (a steep high-pass: what is smooth vanishes, a click stands out).
    """

    frames: int
    lowest: Samples
    highest: Samples
    total: Floats
    squares: Floats
    rough: Samples
    rough_total: Samples

    @property
    def peak(self) -> Samples:
        """Greatest magnitude of each cell."""
        return np.maximum(self.highest, -self.lowest)

    @property
    def rms(self) -> Samples:
        """RMS of each cell."""
        return np.sqrt(self.squares / self.frames).astype(np.float32)


def cell_frames_at(rate_hz: int) -> int:
    """Frames in a cell: 64 at 48 kHz."""
    return max(round(rate_hz / CELLS_PER_S), 8)


def cells_of(block: Samples, cell_frames: int, first: int, count: int) -> Cells:
    """`count` cells of a block (channels, frames) from frame `first` on, which is at least 3."""
    shape = (block.shape[0], count)
    lowest, highest = np.empty(shape, np.int32), np.empty(shape, np.int32)
    total, squares = np.empty(shape), np.empty(shape)
    rough, rough_total = np.empty(shape, np.int32), np.empty(shape, np.float32)
    scratch = np.empty(cell_frames, np.float32)
    _look(
        block,
        block.view(np.int32),
        first,
        cell_frames,
        lowest,
        highest,
        total,
        squares,
        scratch,
        scratch.view(np.int32),
        rough,
        rough_total,
    )
    return Cells(
        frames=cell_frames,
        lowest=_as_floats(lowest),
        highest=_as_floats(highest),
        total=total,
        squares=squares,
        rough=rough.view(np.float32),
        rough_total=rough_total,
    )


def _as_floats(ordered: Ints) -> Samples:
    """Bit patterns in the order of their values, back to values."""
    return (ordered ^ ((ordered >> 31) & np.int32(0x7FFFFFFF))).view(np.float32)


@reordering_kernel
def _look(
    block: Samples,
    bits: Ints,
    first: int,
    frames: int,
    lowest: Ints,
    highest: Ints,
    total: Floats,
    squares: Floats,
    scratch: Samples,
    scratch_bits: Ints,
    rough: Ints,
    rough_total: Samples,
) -> None:
    least, greatest = np.int32(0x7FFFFFFF), np.int32(-0x7FFFFFFF)
    for channel in range(block.shape[0]):
        for cell in range(lowest.shape[1]):
            at = first + cell * frames
            row, pattern = block[channel, at - 3 : at + frames], bits[channel, at : at + frames]
            low, high = least, greatest
            for i in range(frames):
                value = pattern[i] ^ ((pattern[i] >> 31) & np.int32(0x7FFFFFFF))
                low = value if value < low else low
                high = value if value > high else high
            one, two, three = 0.0, 0.0, np.float32(0)
            for i in range(frames):
                x = row[i + 3]
                d = abs((x - row[i]) - np.float32(3) * (row[i + 2] - row[i + 1]))
                one += x
                two += np.float64(x) * np.float64(x)
                three += d
                scratch[i] = d
            steep = np.int32(0)
            for i in range(frames):
                steep = scratch_bits[i] if scratch_bits[i] > steep else steep
            lowest[channel, cell], highest[channel, cell] = low, high
            total[channel, cell], squares[channel, cell] = one, two
            rough[channel, cell], rough_total[channel, cell] = steep, three
