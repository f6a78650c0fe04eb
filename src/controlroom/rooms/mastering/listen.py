"""What mastering needs to hear of a mix, and no more: a Hearing will do, or this, twice as fast."""

from __future__ import annotations

from typing import Protocol

import msgspec

from controlroom.base.progress import SILENT, Progress
from controlroom.rooms.mastering.beside import stream
from controlroom.sound.levels import Levels, LevelsAccumulator
from controlroom.sound.meter import Loudness, LoudnessMeter, LoudnessSeries
from controlroom.sound.moments import Moments
from controlroom.sound.signal import Signal, duration_s
from controlroom.sound.spectrum import Spectrum, SpectrumAccumulator


class Heard(Protocol):
    """What `measure` looks at."""

    @property
    def rate_hz(self) -> int: ...
    @property
    def channels(self) -> int: ...
    @property
    def duration_s(self) -> float: ...
    @property
    def loudness(self) -> Loudness: ...
    @property
    def loudness_series(self) -> LoudnessSeries: ...
    @property
    def levels(self) -> Levels: ...
    @property
    def spectrum(self) -> Spectrum: ...
    @property
    def moments(self) -> Moments | None: ...


class Listened(msgspec.Struct, frozen=True, kw_only=True):
    """The features themselves."""

    rate_hz: int
    channels: int
    duration_s: float
    loudness: Loudness
    loudness_series: LoudnessSeries
    levels: Levels
    spectrum: Spectrum
    moments: Moments | None = None


def listen(signal: Signal, progress: Progress = SILENT) -> Listened:
    """Hear a signal in one pass, on two threads."""
    rate_hz, channels = signal.rate_hz, signal.channels
    meter, levels = LoudnessMeter(rate_hz, channels), LevelsAccumulator(rate_hz, channels, faults=False)
    spectrum = SpectrumAccumulator(rate_hz, channels, moments=True)
    stream(signal, [[levels.add, meter.add], [spectrum.add]], progress, "listening")
    return Listened(
        rate_hz=rate_hz,
        channels=channels,
        duration_s=duration_s(signal),
        loudness=meter.result(),
        loudness_series=meter.series(),
        levels=levels.result(),
        spectrum=spectrum.result(),
        moments=spectrum.moments(),
    )
