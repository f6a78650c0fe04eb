"""K-weighted energies of a source, of it as fitted, of what was made and of what differs, up to given frames."""

from __future__ import annotations

from typing import TypeAlias

import msgspec
import numpy as np
import numpy.typing as npt
import scipy.fft

from controlroom.base.progress import Progress
from controlroom.sound.damage.fit import BLOCK_OF_TAPS, Fit, segments
from controlroom.sound.damage.refit import Refit
from controlroom.sound.kernels import kernel
from controlroom.sound.meter.weighting import channel_weights, k_weighting
from controlroom.sound.signal import Samples, Signal

Floats: TypeAlias = npt.NDArray[np.float64]
Places: TypeAlias = npt.NDArray[np.int64]

SOURCE, FITTED, MADE, RESIDUAL = range(4)


class Weighed(msgspec.Struct, frozen=True, eq=False):
    """`up_to` (4, marks): energy from the first frame up to each mark, all channels together, of the source, of the
    source as fitted, of the made, and of the made less the fitted. `refitted` (2, n): see `Refit.windows`."""

    up_to: Floats
    refitted: Floats


def weighed(source: Signal, made: Signal, fit: Fit, marks: Places, progress: Progress) -> Weighed:
    """K-weighted energies up to `marks` (ascending, at most the length)."""
    size = BLOCK_OF_TAPS * fit.length
    hop = size - fit.length
    count = -(-made.frames // hop)
    response = scipy.fft.rfft(fit.taps, size).astype(np.complex64)
    weighing, refit = _Weighing(source, made, marks), Refit(made.rate_hz, made.channels)
    ahead = fit.length - fit.centre
    pairs = zip(segments(source, -ahead, hop, size, count), segments(made, 0, hop, hop, count), strict=True)
    for k, (heard, after) in enumerate(pairs):
        bins = scipy.fft.rfft(heard)
        through = np.einsum("ijk,jk->ik", response, bins)
        likened = scipy.fft.irfft(through, size)[:, fit.length :]
        weighing.add(heard[:, ahead : ahead + hop], likened, after)
        refit.add(likened, after)
        progress(k + 1, count, "comparing")
    return Weighed(weighing.sampled, refit.windows())


class _Weighing:
    def __init__(self, source: Signal, made: Signal, marks: Places) -> None:
        shelf, highpass = k_weighting(made.rate_hz)
        self._sections = np.array([shelf, highpass])
        self._marks, self._next, self._at = marks, 0, 0
        self._totals = np.zeros(4)
        self._heard, self._made = np.zeros((source.channels, 4)), np.zeros((2 * made.channels, 4))
        self._weights = np.array(channel_weights(source.channels)), np.array(channel_weights(made.channels))
        self.sampled = np.zeros((4, len(marks)))

    def add(self, heard: Samples, likened: Samples, after: Samples) -> None:
        frames = after.shape[1]
        ends = self._marks[self._next :]
        ends = ends[: np.searchsorted(ends, self._at + frames, "right")] - self._at
        into = self.sampled[:, self._next : self._next + len(ends)]
        totals = np.zeros((4, len(ends) + 1))
        for channel, weight in enumerate(self._weights[0]):
            _weigh(heard[channel], self._sections, self._heard[channel], weight, ends, totals[SOURCE])
        for channel, weight in enumerate(self._weights[1]):
            state = self._made[2 * channel : 2 * channel + 2]
            _weigh_both(likened[channel], after[channel], self._sections, state, weight, ends, totals)
        summed = np.cumsum(totals, axis=1) + self._totals[:, None]
        into[:] = summed[:, :-1]
        self._totals = summed[:, -1]
        self._next, self._at = self._next + len(ends), self._at + frames


@kernel
def _weigh(row: Samples, sections: Floats, state: Floats, weight: float, ends: Places, energy: Floats) -> None:
    """Adds to `energy` what lies between one end and the next, and last what comes after the last end."""
    b0, b1, b2, a1, a2 = sections[0]
    c0, c1, c2, d1, d2 = sections[1]
    s1, s2, t1, t2 = state
    start = 0
    for index in range(ends.size + 1):
        stop = ends[index] if index < ends.size else row.size
        total = 0.0
        for n in range(start, stop):
            x = np.float64(row[n])
            y = b0 * x + s1
            s1 = (b1 * x + s2) - a1 * y
            s2 = b2 * x - a2 * y
            z = c0 * y + t1
            t1 = (c1 * y + t2) - d1 * z
            t2 = c2 * y - d2 * z
            total += z * z
        energy[index] += weight * total
        start = max(stop, start)
    if abs(s1) + abs(s2) + abs(t1) + abs(t2) < 1e-30:
        s1, s2, t1, t2 = 0.0, 0.0, 0.0, 0.0
    state[0], state[1], state[2], state[3] = s1, s2, t1, t2


@kernel
def _weigh_both(
    likened: Samples, after: Samples, sections: Floats, state: Floats, weight: float, ends: Places, energy: Floats
) -> None:
    """The same for two rows side by side and for their difference: rows 1, 2 and 3 of `energy`."""
    b0, b1, b2, a1, a2 = sections[0]
    c0, c1, c2, d1, d2 = sections[1]
    s1, s2, t1, t2 = state[0]
    u1, u2, v1, v2 = state[1]
    start = 0
    for index in range(ends.size + 1):
        stop = ends[index] if index < ends.size else after.size
        one, two, apart = 0.0, 0.0, 0.0
        for n in range(start, stop):
            x, p = np.float64(likened[n]), np.float64(after[n])
            y, q = b0 * x + s1, b0 * p + u1
            s1, u1 = (b1 * x + s2) - a1 * y, (b1 * p + u2) - a1 * q
            s2, u2 = b2 * x - a2 * y, b2 * p - a2 * q
            z, r = c0 * y + t1, c0 * q + v1
            t1, v1 = (c1 * y + t2) - d1 * z, (c1 * q + v2) - d1 * r
            t2, v2 = c2 * y - d2 * z, c2 * q - d2 * r
            one += z * z
            two += r * r
            apart += (r - z) * (r - z)
        energy[1, index] += weight * one
        energy[2, index] += weight * two
        energy[3, index] += weight * apart
        start = max(stop, start)
    if abs(s1) + abs(s2) + abs(t1) + abs(t2) < 1e-30:
        s1, s2, t1, t2 = 0.0, 0.0, 0.0, 0.0
    if abs(u1) + abs(u2) + abs(v1) + abs(v2) < 1e-30:
        u1, u2, v1, v2 = 0.0, 0.0, 0.0, 0.0
    state[0, 0], state[0, 1], state[0, 2], state[0, 3] = s1, s2, t1, t2
    state[1, 0], state[1, 1], state[1, 2], state[1, 3] = u1, u2, v1, v2
