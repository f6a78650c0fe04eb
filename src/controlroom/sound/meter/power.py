"""K-weighted energy in slices of 10 ms: the one pass over the samples that all loudness figures are made from."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt

from controlroom.sound.kernels import kernel
from controlroom.sound.meter.weighting import k_weighting
from controlroom.sound.signal import Samples

SLICES_PER_S = 100  # fine enough that a 400 ms window finds the loudest 400 ms within 0.06 LU
INAUDIBLE = 1e-30  # filter state below this is set to zero: denormal numbers are slow and silence should be silent

Energies = npt.NDArray[np.float64]
Places = npt.NDArray[np.int64]


def slice_ends(first: int, count: int, rate_hz: int) -> Places:
    """The frames where slices `first` ... `first + count - 1` end; whole frames, also when rate / 100 is not."""
    return ((np.arange(first + 1, first + 1 + count) * rate_hz) * 2 + SLICES_PER_S) // (2 * SLICES_PER_S)


class WeightedEnergy:
    """The K-weighted energy of some channels, block by block; the same for any cutting into blocks.

    Two channels share a loop: they fill the processor better than one.
    """

    def __init__(self, rate_hz: int, channels: int) -> None:
        self.rate_hz, self.channels = rate_hz, channels
        self.frames = 0
        self._slices = 0
        shelf, highpass = k_weighting(rate_hz)
        gain = shelf[0] * highpass[0]  # taken out of both filters: fewer products a sample
        self._coefficients = np.array([gain**2, *shelf[1:3] / shelf[0], *shelf[3:], *highpass[3:]])
        self._state = np.zeros((channels, 4))
        self._open = np.zeros(channels)  # energy of the slice that is not yet complete

    def add(self, rows: Sequence[Samples]) -> tuple[Energies, list[Callable[[], None]]]:
        """The energies (channels, slices) of the slices that the next frames complete, and the work that fills them in.

        `rows` has one array of samples a channel. Every piece of work may run on its own thread; all of it must have
        run before the next frames are given.
        """
        stop = self.frames + len(rows[0])
        complete = _slices_in(stop, self.rate_hz) - self._slices
        ends = slice_ends(self._slices, complete, self.rate_hz) - self.frames
        energies = np.zeros((self.channels, complete))
        self.frames, self._slices = stop, self._slices + complete

        def weigh(first: int) -> Callable[[], None]:
            second = min(first + 1, self.channels - 1)
            return lambda: _weigh_pair(
                rows[first], rows[second], first, second, self._coefficients, self._state, ends, self._open, energies
            )

        return energies, [weigh(first) for first in range(0, self.channels, 2)]


def _slices_in(frames: int, rate_hz: int) -> int:
    """How many slices end within the first `frames` frames."""
    count = frames * SLICES_PER_S // rate_hz + 1
    while count and slice_ends(count - 1, 1, rate_hz)[0] > frames:
        count -= 1
    return count


@kernel
def _weigh_pair(
    left: Samples,
    right: Samples,
    first: int,
    second: int,
    coefficients: Energies,
    state: Energies,
    ends: Places,
    unfinished: Energies,
    energies: Energies,
) -> None:
    """Both biquads of both channels in one loop (transposed direct form II), energy summed slice by slice.

    The shelf starts with b0 = 1, the high-pass is 1, -2, 1; their gain comes in with the energy.
    """
    gain, b1, b2, a1, a2, p1, p2 = coefficients
    s1, s2, t1, t2 = state[first]
    u1, u2, v1, v2 = state[second]
    left_energy, right_energy = unfinished[first], unfinished[second]
    start = 0
    for index in range(ends.size + 1):
        stop = ends[index] if index < ends.size else left.size
        for frame in range(start, stop):
            x, y = np.float64(left[frame]), np.float64(right[frame])
            shelved_x, shelved_y = x + s1, y + u1
            s1, u1 = (b1 * x + s2) - a1 * shelved_x, (b1 * y + u2) - a1 * shelved_y
            s2, u2 = b2 * x - a2 * shelved_x, b2 * y - a2 * shelved_y
            heard_x, heard_y = shelved_x + t1, shelved_y + v1
            t1, v1 = (t2 - 2.0 * shelved_x) - p1 * heard_x, (v2 - 2.0 * shelved_y) - p1 * heard_y
            t2, v2 = shelved_x - p2 * heard_x, shelved_y - p2 * heard_y
            left_energy += heard_x * heard_x
            right_energy += heard_y * heard_y
        start = stop
        if index < ends.size:
            energies[second, index], energies[first, index] = gain * right_energy, gain * left_energy
            left_energy, right_energy = 0.0, 0.0
            if abs(t1) + abs(t2) + abs(s1) + abs(s2) < INAUDIBLE:
                s1, s2, t1, t2 = 0.0, 0.0, 0.0, 0.0
            if abs(v1) + abs(v2) + abs(u1) + abs(u2) < INAUDIBLE:
                u1, u2, v1, v2 = 0.0, 0.0, 0.0, 0.0
    state[second, 0], state[second, 1], state[second, 2], state[second, 3] = u1, u2, v1, v2
    state[first, 0], state[first, 1], state[first, 2], state[first, 3] = s1, s2, t1, t2
    unfinished[second], unfinished[first] = right_energy, left_energy
