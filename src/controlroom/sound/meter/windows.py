"""From slices of 10 ms to windows of 400 ms (momentary) and 3 s (short-term): EBU Tech 3341, section 2.2."""

from __future__ import annotations

import numpy as np

from controlroom.sound.meter.power import SLICES_PER_S, Energies, slice_ends

HOP_SLICES = SLICES_PER_S // 10  # blocks overlap by 75 % of 400 ms (BS.1770-5, annex 1)
MOMENTARY_HOPS = 4
SHORT_TERM_HOPS = 30
_PAST = SHORT_TERM_HOPS * HOP_SLICES - 1
_BATCH = 1000


class Windows:
    """The weighted power of all windows: the largest at every 10 ms, and a series at every 100 ms.

    Holds one number a window and 100 ms (6 MB in ten hours). Every sum is made in one order, whatever the slices came
    in, so that any cutting gives the same bits.
    """

    def __init__(self, rate_hz: int) -> None:
        self._rate_hz = rate_hz
        self._slices = 0  # in the windows so far
        self._recent = np.zeros(_PAST)  # before the start: silence
        self._waiting: list[Energies] = []
        self._momentary: list[Energies] = []
        self._short_term: list[Energies] = []
        self._loudest_momentary = self._loudest_short_term = 0.0

    def add(self, energies: Energies) -> None:
        """Weighted energy (all channels together) of the next slices."""
        self._waiting.append(energies)
        if sum(map(len, self._waiting)) >= _BATCH:
            self._slide()

    @property
    def momentary(self) -> Energies:
        """Mean power of the 400 ms that end at 0.1, 0.2, 0.3, ... s."""
        self._slide()
        return np.concatenate([np.zeros(0), *self._momentary])

    @property
    def short_term(self) -> Energies:
        """Mean power of the 3 s that end at 0.1, 0.2, 0.3, ... s."""
        self._slide()
        return np.concatenate([np.zeros(0), *self._short_term])

    @property
    def loudest_momentary(self) -> float:
        """The largest mean power of any whole 400 ms, looked for every 10 ms; 0 when there is none."""
        self._slide()
        return self._loudest_momentary

    @property
    def loudest_short_term(self) -> float:
        """The largest mean power of any whole 3 s, looked for every 10 ms; 0 when there is none."""
        self._slide()
        return self._loudest_short_term

    def _slide(self) -> None:
        if not (count := sum(map(len, self._waiting))):
            return
        energies = np.concatenate([self._recent, *self._waiting])
        self._waiting, self._recent = [], energies[-_PAST:].copy()
        hops = _summed([energies[at : len(energies) - HOP_SLICES + 1 + at] for at in range(HOP_SLICES)])
        first, self._slices = self._slices, self._slices + count
        momentary = self._power(hops, MOMENTARY_HOPS, first, count)
        short_term = self._power(hops, SHORT_TERM_HOPS, first, count)
        whole = slice(max(MOMENTARY_HOPS * HOP_SLICES - 1 - first, 0), None)
        self._loudest_momentary = float(momentary[whole].max(initial=self._loudest_momentary))
        whole = slice(max(SHORT_TERM_HOPS * HOP_SLICES - 1 - first, 0), None)
        self._loudest_short_term = float(short_term[whole].max(initial=self._loudest_short_term))
        on_the_hop = slice((-first - 1) % HOP_SLICES, None, HOP_SLICES)
        self._momentary.append(momentary[on_the_hop].copy())
        self._short_term.append(short_term[on_the_hop].copy())

    def _power(self, hops: Energies, length: int, first: int, count: int) -> Energies:
        """Mean power of windows of `length` hops that end with the slices `first` ... `first + count - 1`."""
        last = len(hops)
        energy = _summed([hops[last - count - at * HOP_SLICES : last - at * HOP_SLICES] for at in range(length)])
        ends = slice_ends(first, count, self._rate_hz)
        starts = slice_ends(first - length * HOP_SLICES, count, self._rate_hz)
        return energy / (ends - starts)


def _summed(parts: list[Energies]) -> Energies:
    total = parts[0].copy()
    for part in parts[1:]:
        total += part
    return total
