"""What the character of a sound is read from, gathered while a file is read once."""

from __future__ import annotations

from typing import NamedTuple

from controlroom.sound.ambience import BandAccumulator, BandLevels
from controlroom.sound.excerpts import ExcerptAccumulator, Excerpts
from controlroom.sound.signal import Samples
from controlroom.sound.wow import PitchSteps, WowAccumulator


class Traits(NamedTuple):
    """What a sound's character is read from, besides the survey."""

    bands: BandLevels
    excerpts: Excerpts
    steps: PitchSteps | None = None


class TraitsAccumulator:
    """Takes blocks of any size."""

    def __init__(self, rate_hz: int, channels: int) -> None:
        self._bands, self._excerpts = BandAccumulator(rate_hz, channels), ExcerptAccumulator(rate_hz, channels)
        self._wow = WowAccumulator(rate_hz, channels)

    def add(self, block: Samples) -> None:
        self._bands.add(block)
        self._excerpts.add(block)
        self._wow.add(block)

    def result(self) -> Traits:
        return Traits(self._bands.result(), self._excerpts.result(), self._wow.result())
