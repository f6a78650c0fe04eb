"""The last processors of a master, at the delivery rate: gain, relief, clipper, limiter."""

from __future__ import annotations

import numpy as np

from controlroom.rooms.mastering.plan import MasterPlan
from controlroom.sound.clipper import SoftClipper
from controlroom.sound.limiter import Limiter
from controlroom.sound.relief import QUICK, SLOW, Relief
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
    """Gain, relief, clipper and limiter at the delivery rate; remembers what they took off."""

    def __init__(self, plan: MasterPlan, channels: int, gain_db: float, ceiling_dbtp: float) -> None:
        self.limiter = Limiter(
            plan.rate_hz,
            channels,
            ceiling_dbtp,
            lookahead_ms=plan.limit.lookahead_ms,
            release_ms=plan.limit.release_ms,
        )
        self.relief = _relief(plan, channels, ceiling_dbtp)
        self.clipper = SoftClipper(channels, ceiling_dbtp + plan.clip.above_db) if plan.clip else None
        self._gain = Gain(gain_db)

    def before_limiter(self) -> list[Processor]:
        return [self._gain, *self.relief, *([self.clipper] if self.clipper else [])]


def _relief(plan: MasterPlan, channels: int, ceiling_dbtp: float) -> list[Relief]:
    if plan.relief is None:
        return []
    made = [Relief(plan.rate_hz, channels, ceiling_dbtp, SLOW)]
    if plan.relief.mids_above_db is not None:
        made.append(Relief(plan.rate_hz, channels, ceiling_dbtp + plan.relief.mids_above_db, QUICK))
    return made
