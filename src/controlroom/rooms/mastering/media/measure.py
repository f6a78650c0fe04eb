"""Listening for a destination: the low end's width, sibilants, sub-bass and flat tops, in one pass."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from controlroom.base.progress import SILENT, Progress
from controlroom.rooms.mastering.beside import stream
from controlroom.rooms.mastering.media.report import Heard10s, MediumReport
from controlroom.sound.filters import Band, Equalizer
from controlroom.sound.levels import Levels, LevelsAccumulator
from controlroom.sound.meter import Loudness, LoudnessMeter
from controlroom.sound.signal import Samples, Signal, frozen

Floats = npt.NDArray[np.float64]

STRETCH_S = 10.0
LOW = (Band("lowpass", 150.0, q=0.54), Band("lowpass", 150.0, q=1.31))  # Butterworth, 24 dB an octave
SUB = (
    Band("highpass", 30.0, q=0.54),
    Band("highpass", 30.0, q=1.31),
    *(Band("lowpass", 80.0, q=q) for q in (0.54, 1.31)),
)
SIBILANTS = (Band("highpass", 6000.0, q=0.54), Band("highpass", 6000.0, q=1.31), Band("lowpass", 12000.0))
SLICES_PER_S = 100
FAINT_POWER = 1e-10  # -100 dBFS: nothing to judge
LOW_SHARE = 1e-3  # of the whole power: less is no low end


class MediumEar:
    """Takes the blocks of a signal in order, of any size; `result` goes with the loudness and levels of the same."""

    def __init__(self, rate_hz: int, channels: int) -> None:
        self._rate_hz, self._channels = rate_hz, channels
        self._low = Equalizer(rate_hz, channels, LOW)
        self._sub = Equalizer(rate_hz, channels, SUB)
        self._sibilants = Equalizer(rate_hz, channels, SIBILANTS)
        self._slice = rate_hz // SLICES_PER_S
        self._per_stretch = round(STRETCH_S * SLICES_PER_S)
        self._held = np.zeros((channels, 0), np.float32)
        self._stretches: list[_Sums] = []
        self._frames = self._slices = 0

    def add(self, block: Samples) -> None:
        """The next block, float32, shape (channels, frames)."""
        self._frames += block.shape[1]
        held = np.concatenate([self._held, block], axis=1)
        whole = held.shape[1] // self._slice * self._slice
        self._held = held[:, whole:]
        if whole:
            self._look(frozen(held[:, :whole]))

    def _look(self, block: Samples) -> None:
        low, sub, high = (one.process(block) for one in (self._low, self._sub, self._sibilants))
        first, last = low[0].astype(np.float64), low[-1].astype(np.float64)
        rows = [(row.astype(np.float64) ** 2).mean(axis=0) for row in (block, sub, high)]
        rows += [first * first, last * last, first * last]
        slices = np.stack(rows).reshape(len(rows), -1, self._slice).mean(axis=2)
        while slices.shape[1]:
            room = self._per_stretch - self._slices % self._per_stretch
            if room == self._per_stretch:
                self._stretches.append(_Sums(len(rows)))
            self._stretches[-1].add(slices[:, :room])
            self._slices += slices[:, :room].shape[1]
            slices = slices[:, room:]

    def result(self, loudness: Loudness, levels: Levels) -> MediumReport:
        """The report on all that was given."""
        whole = sum((one.sums for one in self._stretches), np.zeros(6)) / max(self._slices, 1)
        return MediumReport(
            duration_s=self._frames / self._rate_hz,
            channels=self._channels,
            loudness=loudness,
            level_db=_db(whole[0]),
            side_low_db=self._low_end(whole)[0],
            sub_db=_ratio_db(whole[1], whole[0]),
            clipped=sum(levels.clipped_frames),
            stretches=tuple(self._heard(one, k * STRETCH_S) for k, one in enumerate(self._stretches)),
        )

    def _heard(self, stretch: _Sums, start_s: float) -> Heard10s:
        side_low_db, correlation = self._low_end(stretch.sums / stretch.slices)
        return Heard10s(
            start_s=start_s, side_low_db=side_low_db, low_correlation=correlation, sibilance_db=_db(stretch.sibilant)
        )

    def _low_end(self, means: Floats) -> tuple[float | None, float | None]:
        """Side less mid below 150 Hz, and the correlation there."""
        left, right, product = means[3:]
        if self._channels != 2 or (left + right) / 2 < max(LOW_SHARE * means[0], FAINT_POWER):
            return None, None
        both = math.sqrt(left * right)
        side, mid = max(left + right - 2 * product, 0.0), left + right + 2 * product
        return _ratio_db(side, mid), float(np.clip(product / both, -1.0, 1.0)) if both > 0 else 0.0


class _Sums:
    """The powers of ten seconds: of all, sub-bass, sibilants; of left, right and their product below 150 Hz."""

    def __init__(self, rows: int) -> None:
        self.sums: Floats = np.zeros(rows)
        self.sibilant, self.slices = 0.0, 0

    def add(self, slices: Floats) -> None:
        self.sums = self.sums + slices.sum(axis=1)
        self.sibilant = max(self.sibilant, float(slices[2].max()))
        self.slices += slices.shape[1]


def measure(signal: Signal, progress: Progress = SILENT) -> MediumReport:
    """Hear a master as its destination does, in one pass."""
    rate_hz, channels = signal.rate_hz, signal.channels
    ear, meter = MediumEar(rate_hz, channels), LoudnessMeter(rate_hz, channels)
    levels = LevelsAccumulator(rate_hz, channels, faults=False)
    stream(signal, [[ear.add], [meter.add, levels.add]], progress, "listening")
    return ear.result(meter.result(), levels.result())


def _db(power: float) -> float | None:
    return 10 * math.log10(power) if power > FAINT_POWER else None


def _ratio_db(part: float, whole: float) -> float | None:
    """At least -80 dB."""
    return None if whole <= FAINT_POWER else 10 * math.log10(max(part / whole, 1e-8))
