"""A few short excerpts of a signal, where it is rich at high frequencies, kept while it is read."""

from __future__ import annotations

import msgspec
import numpy as np

from controlroom.sound.signal import Samples, Signal, blocks

EXCERPT = 8192  # frames of each
MOST = 12
PARTS = 4  # of an excerpt: the poorest counts, so that a single hit is not rich


class Excerpts(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    """`samples` of the first one or two channels, (channels, EXCERPT) each, from frame `starts` on; the richest first.

    They do not overlap. Digital silence is left out, and so is what is left over at the end.
    """

    rate_hz: int
    starts: tuple[int, ...]
    samples: tuple[Samples, ...]


class ExcerptAccumulator:
    """Takes blocks of any size; keeps under 2 MB."""

    def __init__(self, rate_hz: int, channels: int) -> None:
        self._rate_hz = rate_hz
        self._waiting = np.zeros((min(channels, 2), 0), np.float32)
        self._at = 0
        self._kept: list[tuple[float, int, Samples]] = []

    def add(self, block: Samples) -> None:
        held = np.concatenate([self._waiting, block[:2]], axis=1)
        count = held.shape[1] // EXCERPT
        for k in range(count):
            samples = held[:, k * EXCERPT : (k + 1) * EXCERPT]
            rich = _richness(samples)
            if rich > 0 and (len(self._kept) < MOST or rich > self._kept[-1][0]):
                self._kept.append((rich, self._at + k * EXCERPT, samples.copy()))
                self._kept.sort(key=lambda one: -one[0])
                del self._kept[MOST:]
        self._waiting, self._at = held[:, count * EXCERPT :], self._at + count * EXCERPT

    def result(self) -> Excerpts:
        return Excerpts(
            rate_hz=self._rate_hz,
            starts=tuple(start for _, start, _ in self._kept),
            samples=tuple(samples for _, _, samples in self._kept),
        )


def _richness(samples: Samples) -> float:
    """The power of the second differences, in the poorest part."""
    bends = np.diff(samples.sum(axis=0), 2, append=np.zeros(2, np.float32)).reshape(PARTS, -1)
    return float(np.einsum("pn,pn->p", bends, bends).min())


def excerpts_of(signal: Signal) -> Excerpts:
    """The rich excerpts of a signal, read once."""
    accumulator = ExcerptAccumulator(signal.rate_hz, signal.channels)
    for block in blocks(signal):
        accumulator.add(block)
    return accumulator.result()
