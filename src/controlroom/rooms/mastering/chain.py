"""The processors of a master, in the order of the signal."""

from __future__ import annotations

import numpy as np

from controlroom.rooms.mastering.drive import LOOK_AHEAD_MS
from controlroom.rooms.mastering.plan import MasterPlan
from controlroom.sound.clipper import SoftClipper
from controlroom.sound.dynamics import Compressor
from controlroom.sound.filters import Band, Equalizer
from controlroom.sound.limiter import Limiter
from controlroom.sound.signal import Samples, frozen
from controlroom.sound.stream import Processor


class Gain:
    """A processor: level, nothing else."""

    latency_frames = 0

    def __init__(self, gain_db: float) -> None:
        self._factor = np.float32(10 ** (gain_db / 20))

    def process(self, block: Samples) -> Samples:
        return frozen(block * self._factor)


class SideHighPass:
    """A processor for stereo: the difference between left and right loses what lies below `freq_hz`."""

    latency_frames = 0

    def __init__(self, rate_hz: int, freq_hz: float) -> None:
        self._filter = Equalizer(rate_hz, 1, [Band("highpass", freq_hz)])

    def process(self, block: Samples) -> Samples:
        mid = (block[0] + block[1]) / 2
        side = self._filter.process(frozen((block[0] - block[1]) / 2))[0]
        return frozen(np.stack([mid + side, mid - side]))


def before_gain(plan: MasterPlan, rate_hz: int, channels: int) -> list[Processor]:
    """Everything that does not depend on the level: filters and glue, at the rate of the mix."""
    processors: list[Processor] = []
    bands = ([plan.high_pass.band] if plan.high_pass else []) + [move.band for move in plan.tone]
    if bands:
        processors.append(Equalizer(rate_hz, channels, bands))
    if plan.mono_below and channels == 2:
        processors.append(SideHighPass(rate_hz, plan.mono_below.freq_hz))
    if plan.glue:
        processors.append(
            Compressor(
                rate_hz,
                channels,
                threshold_db=plan.glue.threshold_db,
                ratio=plan.glue.ratio,
                knee_db=plan.glue.knee_db,
                attack_ms=plan.glue.attack_ms,
                release_ms=plan.glue.release_ms,
                detector="rms",
                auto_release=True,
            )
        )
    return processors


class LastStage:
    """Gain, clipper and limiter at the delivery rate; remembers what they took off."""

    def __init__(self, plan: MasterPlan, channels: int, gain_db: float, ceiling_dbtp: float) -> None:
        self.limiter = Limiter(
            plan.rate_hz, channels, ceiling_dbtp, lookahead_ms=LOOK_AHEAD_MS, release_ms=plan.limit.release_ms
        )
        self.clipper = SoftClipper(channels, ceiling_dbtp + plan.clip.above_db) if plan.clip else None
        self._gain = Gain(gain_db)

    def before_limiter(self) -> list[Processor]:
        return [self._gain, self.clipper] if self.clipper else [self._gain]
