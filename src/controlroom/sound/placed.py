"""Mid and side: a processor at work on what both channels share, or on what tells them apart."""

from __future__ import annotations

from typing import Literal

import numpy as np

from controlroom.sound.signal import Samples, frozen
from controlroom.sound.stream import Processor


class Placed:
    """A processor for stereo: `inner` (of one channel) hears mid or side; what it changes there is added to both
    channels. Where it changes nothing, they stay as they are to the last bit."""

    def __init__(self, inner: Processor, place: Literal["mid", "side"]) -> None:
        self.inner = inner
        self.latency_frames = inner.latency_frames
        self._sign = np.float32(1 if place == "mid" else -1)
        self._line = np.zeros((2, self.latency_frames), np.float32)

    def process(self, block: Samples) -> Samples:
        line = np.concatenate([self._line, block], axis=1)
        late, self._line = line[:, : block.shape[1]], line[:, block.shape[1] :]
        change = self.inner.process(frozen(self._part(block)))[0] - self._part(late)
        return frozen(np.stack([late[0] + change, late[1] + self._sign * change]))

    def _part(self, block: Samples) -> Samples:
        part: Samples = np.float32(0.5) * (block[0] + self._sign * block[1])
        return part
