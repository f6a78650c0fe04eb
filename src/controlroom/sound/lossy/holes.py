"""Counting the holes that quantisation left: coefficients next to zero in a sound that is not.

At the place where an encoder's frame began, the coefficients it rounded to zero come back as next to nothing, although
the same sound a quarter of a cycle on is far from it. In a sound that was never coded a coefficient is a cosine at an
even phase: it lies within +-t with probability 2/pi arcsin(t / amplitude), at every place alike. So holes above that
number at one place of the frame, in excerpts from all over a file, are proof, and its strength is a matter of counting.
(That the frame's place can be found by small coefficients: R. Yang, Z. Qu, J. Huang, "Detecting digital audio forgeries
by checking frame offsets", ACM MM&Sec, 2008.)
"""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from controlroom.sound.excerpts import EXCERPT
from controlroom.sound.kernels import reordering_kernel
from controlroom.sound.lossy.transforms import Transform
from controlroom.sound.signal import Samples

Floats: TypeAlias = npt.NDArray[np.float64]

HOLE = 3e-5  # one step of 16 bits: dither's noise lies below
LOUD = 8.0  # times as large must the amplitude be
MOST_OF_ONE = 10.0  # deviations
LEAST_EXCERPTS = 3  # fewer prove nothing
SOME_LINES, IN_STEP = 4, 0.9
STRIDE = 8  # samples: amplitudes change slowly


class HoleCounter:
    """Holes at each place of a codec's frame, of left and right (row 0) and of their sum and difference (row 1), which
    is how encoders code what both share."""

    def __init__(self, transform: Transform) -> None:
        self.transform = transform
        self._found, self._expected = np.zeros((2, 2, transform.hop))
        self._heard, self._scores = np.zeros(2), np.zeros((2, transform.hop))
        self._excerpts = self._rows = 0

    def add(self, excerpt: Samples, start: int) -> None:
        """An excerpt (one or two channels, EXCERPT) that begins at frame `start`."""
        half = np.float32(np.sqrt(0.5))
        rows = [self.transform.coefficients(channel) for channel in excerpt]
        if _repeats(rows[0], self.transform.hop):
            return
        pairs = [rows, [half * (rows[0] + rows[-1]), half * (rows[0] - rows[-1])]][: len(rows)]
        found, expected = np.zeros((2, 2, self.transform.hop), np.float32)
        for pair, signals in enumerate(pairs):
            for signal in signals:
                self._heard[pair] += _count(signal, self.transform.turns, found[pair], expected[pair])
        found, expected = np.roll([found, expected], start % self.transform.hop, axis=2).astype(float)
        self._found, self._expected = self._found + found, self._expected + expected
        self._scores += np.minimum(_deviations(found, expected), MOST_OF_ONE)
        self._excerpts += 1
        self._rows += len(rows)

    @property
    def surprise(self) -> Floats:
        """(2, hop): how many standard deviations more holes than chance would have, at each place (S. Stouffer's sum
        over the excerpts). What one excerpt can add is limited: a synthesiser's tones can be at zero together once.
        """
        return np.asarray(self._scores / np.sqrt(max(self._excerpts, LEAST_EXCERPTS)))

    def lines(self, pair: int) -> float:
        """How many of the coefficients were audible, on the average."""
        frames = (EXCERPT - self.transform.taps + 1) // self.transform.hop
        return float(self._heard[pair] / self.transform.hop / max(self._rows * frames, 1))

    def share(self, pair: int, place: int) -> float:
        """The share of audible coefficients that are holes beyond chance, 0 to 1."""
        extra = self._found[pair, place] - self._expected[pair, place]
        return float(max(extra, 0.0) * self.transform.hop / max(self._heard[pair], 1.0))


def _deviations(found: Floats, expected: Floats) -> Floats:
    """The deviation is that of Poisson's counts or, where tones make the counts of a frame alike, the one seen."""
    scores = (found - expected) / np.sqrt(expected + 1)
    return np.asarray(scores / np.maximum(np.percentile(np.abs(scores), 68, axis=1, keepdims=True), 1.0))


def _repeats(signal: Samples, hop: int) -> bool:
    """Do frames repeat? Tones in step with the frames are at zero at the same place again and again."""
    some = signal[::SOME_LINES].astype(float)
    for lag in (hop, 2 * hop, 3 * hop, 4 * hop):
        early, late = some[:, :-lag], some[:, lag:]
        if abs(np.sum(early * late)) > IN_STEP * np.sqrt(np.sum(early**2) * np.sum(late**2)):
            return True
    return False


@reordering_kernel
def _count(signal: Samples, turns: Floats, found: Samples, expected: Samples) -> int:
    """Add the holes of (coefficients, places), and what chance would give, at each place modulo the hop.

    Whole frames only: each place is looked at equally often. Returns how many values were loud enough to count.
    """
    hop, loud = found.shape[0], 0
    least, hole = (LOUD * HOLE) ** 2, np.float32(HOLE)
    for row in range(signal.shape[0]):
        quadrature = 0.5 / np.sin(turns[row])
        for frame in range(0, signal.shape[1] // hop * hop, hop):
            for place in range(0, hop, STRIDE):
                at = frame + place + STRIDE // 2
                rise = quadrature * (signal[row, at + 1] - signal[row, at - 1])
                power = signal[row, at] ** 2 + rise**2
                if power < least:
                    continue
                loud += STRIDE
                chance = np.float32(2 / np.pi * np.arcsin(HOLE / np.sqrt(power)))
                values = signal[row, frame + place : frame + place + STRIDE]
                for i in range(STRIDE):
                    expected[place + i] += chance
                    found[place + i] += np.float32(1.0) if abs(values[i]) < hole else np.float32(0.0)
    return loud
