"""What each step of the chain did: loudness and peak before and after it, in the same pass that makes the master.

Between the steps stand taps that let the sound through. Each listens to the same pieces of the sound, 171 ms out of
683, whatever latency lies before it; loudness is the K-weighted power of the pieces (BS.1770-5), gated at -70 LUFS and
10 LU below the mean before the first step. The peak is that of all samples.
"""

from __future__ import annotations

import math
from typing import TypeAlias

import msgspec
import numpy as np
import numpy.typing as npt
import scipy.fft

from controlroom.rooms.mastering.measure import K_WEIGHTING
from controlroom.rooms.mastering.plan import MasterPlan
from controlroom.rooms.mastering.shaping.chain import PlannedStep, steps_of
from controlroom.sound.filters import response_db
from controlroom.sound.signal import BLOCK_FRAMES, Samples
from controlroom.sound.stream import Processor

Floats: TypeAlias = npt.NDArray[np.float64]

PIECE = BLOCK_FRAMES // 4
OFFSET_LU = -0.691
ABSOLUTE_LUFS, RELATIVE_LU = -70.0, -10.0
FAINT = 1e-20


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """A step that was taken: how much louder and higher it left the sound (over everything), and `most_db`, the most it
    moved the loudness of a single moment (171 ms), up or down. None where there was silence."""

    name: str
    reason: str
    loudness_change_lu: float | None
    peak_change_db: float | None
    most_db: float | None


class Tap:
    """A processor that listens only; `before_frames`: the latency of what stands before it."""

    latency_frames = 0

    def __init__(self, rate_hz: int, before_frames: int) -> None:
        weights = 10 ** (response_db(K_WEIGHTING, rate_hz, scipy.fft.rfftfreq(PIECE, 1 / rate_hz)) / 10)
        self._weights = np.repeat(weights * 2 / PIECE**2, 2).astype(np.float32)
        self._skip, self._next = before_frames, PIECE  # frames to let pass, and those a piece still needs
        self._line: list[Samples] = []
        self.powers: list[float] = []
        self.peak = 0.0

    def process(self, block: Samples) -> Samples:
        self.peak = max(self.peak, float(block.max(initial=0.0)), -float(block.min(initial=0.0)))
        at = 0
        while at < block.shape[1]:
            taken = min(self._skip or self._next, block.shape[1] - at)
            if self._skip:
                self._skip -= taken
            else:
                self._line.append(block[:, at : at + taken])
                self._next -= taken
                if not self._next:
                    self._measure()
            at += taken
        return block

    def _measure(self) -> None:
        bins = scipy.fft.rfft(np.concatenate(self._line, axis=1), axis=1).view(np.float32)
        self.powers.append(float(((bins * bins) @ self._weights).sum()))
        self._line, self._skip, self._next = [], BLOCK_FRAMES - PIECE, PIECE


class Measured:
    """The chain of a plan with a tap before and after each step: give `processors` to a Chain, then ask for `steps`."""

    def __init__(self, plan: MasterPlan, rate_hz: int, channels: int) -> None:
        self._plan, self._rate_hz, self._channels = plan, rate_hz, channels
        self._steps: list[PlannedStep] = []
        self._taps: list[Tap] = []

    def processors(self) -> list[Processor]:
        """A fresh chain; what was measured so far is forgotten."""
        self._steps = steps_of(self._plan, self._rate_hz, self._channels)
        late, chain = 0, list[Processor]()
        self._taps = [Tap(self._rate_hz, 0)] if self._steps else []
        chain += self._taps
        for step in self._steps:
            late += sum(processor.latency_frames for processor in step.processors)
            self._taps.append(Tap(self._rate_hz, late))
            chain += [*step.processors, self._taps[-1]]
        return chain

    def steps(self) -> tuple[Step, ...]:
        """What each step did to what went through so far."""
        count = min((len(tap.powers) for tap in self._taps), default=0)
        powers = [np.array(tap.powers[:count]) for tap in self._taps]
        heard = _gated(powers[0]) if powers else np.zeros(0, bool)
        return tuple(
            Step(
                name=step.name,
                reason=step.reason,
                loudness_change_lu=_change_db(float(before[heard].sum()), float(after[heard].sum())),
                peak_change_db=_change_db(first.peak**2, second.peak**2),
                most_db=_most_db(before[heard], after[heard]),
            )
            for step, before, after, first, second in zip(
                self._steps, powers, powers[1:], self._taps, self._taps[1:], strict=False
            )
        )


def _gated(powers: Floats) -> npt.NDArray[np.bool_]:
    levels = OFFSET_LU + 10 * np.log10(np.maximum(powers, FAINT))
    heard = levels > ABSOLUTE_LUFS
    if not heard.any():
        return heard
    mean = OFFSET_LU + 10 * math.log10(float(powers[heard].mean()))
    return np.asarray(heard & (levels > mean + RELATIVE_LU))


def _change_db(before: float, after: float) -> float | None:
    return round(10 * math.log10(after / before), 2) if min(before, after) > FAINT else None


def _most_db(before: Floats, after: Floats) -> float | None:
    if not len(before):
        return None
    changes = 10 * np.log10(np.maximum(after, FAINT) / np.maximum(before, FAINT))
    return round(float(changes[np.argmax(np.abs(changes))]), 2)
