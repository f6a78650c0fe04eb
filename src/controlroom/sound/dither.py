"""Dither: the one place where bits are dropped.

TPDF dither of two steps peak to peak (Lipshitz, Wannamaker and Vanderkooy, "Quantization and dither: a theoretical
survey", JAES 40:5, 1992) makes the error of rounding a constant noise without distortion. It belongs only where bits
are dropped: samples that already lie on the target's grid pass unchanged, so a 16-bit recording written to 16 bits
stays what it was, and digital silence stays digital silence (auto-blank). This is judged per channel in stretches of
`STRETCH_FRAMES`, counted from the first frame of the signal.

The noise is a hash of (seed, channel, frame) and so the same for any block size.

`Shaped` also feeds the error of the last three samples back (Wannamaker, "Psychoacoustically optimal noise shaping",
JAES 40:7/8, 1992; his filter of order 3): 18 dB less noise where the ear is keenest, more above 10 kHz, where it hears
least. Weighed by the threshold of hearing that is 10 dB less at 44.1 and 11 dB less at 48 kHz, for which it is made.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from controlroom.sound.kernels import kernel
from controlroom.sound.signal import Samples

STRETCH_FRAMES = 1024


class Quantised(NamedTuple):
    """Integer samples, shape (channels, frames); how many were over full scale, and how many were dithered."""

    values: npt.NDArray[np.int32]
    clipped_samples: int
    dithered_samples: int


def quantised(block: Samples, bits: int, *, at_frame: int = 0, seed: int = 0) -> Quantised:
    """`block`, which begins at `at_frame` of its signal, as integers of `bits`, dithered where bits are dropped.

    Rounds to nearest (ties to even), clips at full scale. `at_frame` and every block length but the last one are
    multiples of `STRETCH_FRAMES`, so that blocks of any such size give the same samples. Samples are finite.
    """
    if at_frame % STRETCH_FRAMES:
        raise ValueError(f"at_frame is a multiple of {STRETCH_FRAMES}, not {at_frame}")
    if not block.any():  # silence lies on every grid
        return Quantised(np.zeros(block.shape, np.int32), 0, 0)
    values = np.empty(block.shape, np.int32)
    key = np.uint64(_mixed(seed))
    clipped, dithered = _quantise(block, np.float64(2.0 ** (bits - 1)), key, np.int64(at_frame), values)
    return Quantised(values, clipped, dithered)


class Shaped:
    """`quantised` with noise shaping, for the blocks of one signal in their order."""

    def __init__(self, bits: int, channels: int, *, seed: int = 0) -> None:
        self._steps, self._key = np.float64(2.0 ** (bits - 1)), np.uint64(_mixed(seed))
        self._errors = np.zeros((channels, len(_LEAST_AUDIBLE)))

    def quantised(self, block: Samples, *, at_frame: int) -> Quantised:
        """As the function of this name; `at_frame` is where the block before it ended."""
        if at_frame % STRETCH_FRAMES:
            raise ValueError(f"at_frame is a multiple of {STRETCH_FRAMES}, not {at_frame}")
        values = np.empty(block.shape, np.int32)
        clipped, dithered = _quantise_shaped(
            block, self._steps, self._key, np.int64(at_frame), _LEAST_AUDIBLE, self._errors, values
        )
        return Quantised(values, clipped, dithered)


_LEAST_AUDIBLE = np.array([1.623, -0.982, 0.109])


def _mixed(seed: int) -> int:
    """A seed spread over 64 bits (the finaliser of SplitMix64: Steele, Lea and Flood, OOPSLA 2014)."""
    mask = (1 << 64) - 1
    word = (seed * 0x9E3779B97F4A7C15 + 0x632BE59BD9B4E019) & mask
    word = ((word ^ (word >> 30)) * 0xBF58476D1CE4E5B9) & mask
    word = ((word ^ (word >> 27)) * 0x94D049BB133111EB) & mask
    return word ^ (word >> 31)


@kernel
def _triangular(key: Any, channel: Any, frame: Any) -> Any:
    """Noise in (-1, 1) of triangular density: the sum of the two halves of one 64-bit hash."""
    word = key + np.uint64(frame) * np.uint64(0x9E3779B97F4A7C15) + np.uint64(channel) * np.uint64(0xD1342543DE82EF95)
    word = (word ^ (word >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    word = (word ^ (word >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    word = word ^ (word >> np.uint64(31))
    halves = np.float64(word >> np.uint64(32)) + np.float64(word & np.uint64(0xFFFFFFFF)) + 1.0
    return halves * 2.0**-32 - 1.0


@kernel
def _on_grid(row: Any, begin: int, end: int, steps: Any) -> bool:
    for frame in range(begin, end):
        value = np.float64(row[frame]) * steps
        if value != np.rint(value):
            return False
    return True


@kernel
def _quantise(block: Any, steps: Any, key: Any, at_frame: Any, out: Any) -> Any:
    channels, frames = block.shape
    top, bottom = steps - 1.0, -steps
    clipped = 0
    dithered = 0
    for channel in range(channels):
        row = block[channel]
        for begin in range(0, frames, STRETCH_FRAMES):
            end = min(begin + STRETCH_FRAMES, frames)
            dithers = not _on_grid(row, begin, end, steps)
            if dithers:
                dithered += end - begin
            for frame in range(begin, end):
                value = np.float64(row[frame]) * steps
                if value > steps or value < bottom:
                    clipped += 1
                if dithers:
                    value += _triangular(key, channel, at_frame + frame)
                out[channel, frame] = np.int32(min(max(np.rint(value), bottom), top))
    return clipped, dithered


@kernel
def _quantise_shaped(block: Any, steps: Any, key: Any, at_frame: Any, taps: Any, errors: Any, out: Any) -> Any:
    channels, frames = block.shape
    top, bottom = steps - 1.0, -steps
    clipped = 0
    dithered = 0
    for channel in range(channels):
        row = block[channel]
        past = errors[channel]
        for begin in range(0, frames, STRETCH_FRAMES):
            end = min(begin + STRETCH_FRAMES, frames)
            dithers = not _on_grid(row, begin, end, steps)
            if dithers:
                dithered += end - begin
            else:
                past[:] = 0.0
            for frame in range(begin, end):
                value = np.float64(row[frame]) * steps
                if value > steps or value < bottom:
                    clipped += 1
                if dithers:
                    for tap in range(len(taps)):
                        value -= taps[tap] * past[tap]
                    rounded = np.rint(value + _triangular(key, channel, at_frame + frame))
                    for tap in range(len(taps) - 1, 0, -1):
                        past[tap] = past[tap - 1]
                    past[0] = rounded - value  # before clipping: what clipping takes is no noise to feed back
                    value = rounded
                out[channel, frame] = np.int32(min(max(np.rint(value), bottom), top))
    return clipped, dithered
