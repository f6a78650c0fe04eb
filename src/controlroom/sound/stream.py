"""Processing block by block: a chain of processors over a signal is again a signal.

Whatever block size it is read with, a chain runs its processors over fixed chunks of its source, from the first frame
on; so block by block and whole give the same samples, also for processors that work at a control rate or by FFT.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

import numpy as np

from controlroom.sound.signal import BLOCK_FRAMES, Samples, Signal, frozen


class Processor(Protocol):
    """Keeps its state from block to block; gives as many frames as it takes, `latency_frames` late."""

    @property
    def latency_frames(self) -> int: ...
    def process(self, block: Samples) -> Samples: ...


class Chain:
    """`source` through processors; latency is taken out, so the result lines up with the source frame by frame.

    `make` builds fresh processors; it is called again when the chain is read backwards (which starts it over), so
    read a chain forwards. Not for use by two threads at once. `channels` when the processors change their number.
    """

    def __init__(self, source: Signal, make: Callable[[], Sequence[Processor]], *, channels: int | None = None) -> None:
        self.source, self._make = source, make
        self.rate_hz, self.frames = source.rate_hz, source.frames
        self.channels = source.channels if channels is None else channels
        self._rewind()

    def _rewind(self) -> None:
        self._processors = list(self._make())
        self._latency = sum(processor.latency_frames for processor in self._processors)
        self._fed = 0  # frames of the source (and of the silence after it) given to the processors
        self._at = -self._latency  # place of the first frame in `_ready`
        self._ready = np.zeros((self.channels, 0), np.float32)

    def _feed(self) -> None:
        block = self.source.read(self._fed, BLOCK_FRAMES) if self._fed < self.source.frames else None
        short = BLOCK_FRAMES - (0 if block is None else block.shape[1])
        if block is None or short:
            padded = np.zeros((self.source.channels, BLOCK_FRAMES), np.float32)
            if block is not None:
                padded[:, : BLOCK_FRAMES - short] = block
            block = frozen(padded)
        for processor in self._processors:
            block = processor.process(block)
        self._fed += BLOCK_FRAMES
        self._ready = np.concatenate([self._ready, block], axis=1)

    def read(self, start: int, frames: int) -> Samples:
        stop = max(min(start + frames, self.frames), 0)
        start = min(max(start, 0), stop)
        if start < self._at:
            self._rewind()
        while self._at + self._ready.shape[1] < stop:
            self._feed()
            if (past := min(start - self._at, self._ready.shape[1])) > 0:
                self._ready, self._at = self._ready[:, past:], self._at + past
        out = frozen(self._ready[:, start - self._at : stop - self._at].copy())
        if (past := stop - self._at) > 0:
            self._ready, self._at = self._ready[:, past:], stop
        return out
