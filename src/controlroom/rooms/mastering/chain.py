"""The last processors of a master, at the delivery rate: gain, clipper, limiter."""

from __future__ import annotations

import numpy as np

from controlroom.rooms.mastering.drive import LOOK_AHEAD_MS
from controlroom.rooms.mastering.plan import MasterPlan
from controlroom.sound.clipper import SoftClipper
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
