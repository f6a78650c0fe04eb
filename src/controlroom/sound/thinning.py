"""Fewer samples of a mono signal for analyses that need only its low end: a low-pass, then every n-th sample."""

from __future__ import annotations

import numpy as np

from controlroom.sound.kernels import reordering_kernel
from controlroom.sound.signal import Samples


class Thinner:
    """Keeps every `step`-th sample of mono blocks of any size; the result is not late.

    The low-pass passes `band` of what the new rate can hold and reaches `reach` new samples to each side (a sine under
    a Hann window): 12 is steep, 2 lets some of the high end fold back.
    """

    def __init__(self, step: int, *, band: float, reach: int) -> None:
        self._step = step
        at = np.arange(-reach * step, reach * step + 1) / step
        taps = np.sinc(band * at) * np.hanning(len(at) + 2)[1:-1]
        self._taps = (taps / taps.sum()).astype(np.float32)
        self._waiting = np.zeros(reach * step, np.float32)

    def thinned(self, mono: Samples) -> Samples:
        """The next samples at the lower rate."""
        if self._step == 1:
            return mono
        held = np.concatenate([self._waiting, mono])
        count = max((len(held) - len(self._taps)) // self._step + 1, 0)
        self._waiting = held[count * self._step :]
        return _every(held, self._taps, self._step, count)


@reordering_kernel
def _every(held: Samples, taps: Samples, step: int, count: int) -> Samples:
    out = np.empty(count, np.float32)
    for i in range(count):
        total = np.float32(0)
        for k in range(taps.shape[0]):
            total += taps[k] * held[i * step + k]
        out[i] = total
    return out
