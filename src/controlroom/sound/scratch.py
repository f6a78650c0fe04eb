"""A signal kept in a nameless temporary file: what is read several times but must not lie in memory.

Each channel lies in one piece, as float32; the file has no name and is gone when the signal is, also after a crash.
"""

from __future__ import annotations

import os
import tempfile
import weakref
from pathlib import Path

import numpy as np

from controlroom.base.errors import surroundings
from controlroom.sound.signal import Samples, frozen

BYTES = 4  # of a float32


class Scratch:
    """A signal of `frames`, filled from its start with `append`; what is not filled yet reads as silence.

    `folder` is where the file lies (None: the system's temporary folder). Reading is exact and cheap in any order, and
    may happen in several threads. Raises `SurroundingsFailed` when the disk is full.
    """

    def __init__(self, rate_hz: int, channels: int, frames: int, folder: Path | None = None) -> None:
        self.rate_hz, self.channels, self.frames = rate_hz, channels, frames
        self._folder = Path(tempfile.gettempdir()) if folder is None else folder
        self._filled = 0
        with surroundings(self._folder):
            self._file = tempfile.TemporaryFile(dir=self._folder, buffering=0)  # noqa: SIM115  (it lives as long as we do)
            weakref.finalize(self, self._file.close)
            self._file.truncate(channels * frames * BYTES)

    def append(self, block: Samples) -> None:
        """Add `block` behind what is there; raises ValueError when it is more than fits."""
        if self._filled + block.shape[1] > self.frames:
            raise ValueError(f"{self._filled} and {block.shape[1]} frames do not fit into {self.frames}")
        if not block.shape[1]:
            return
        with surroundings(self._folder):
            for channel, row in enumerate(block):
                self._write(memoryview(row).cast("B"), self._place(channel, self._filled))
        self._filled += block.shape[1]

    def _write(self, data: memoryview, at: int) -> None:
        while data:
            written = os.pwrite(self._file.fileno(), data, at)
            data, at = data[written:], at + written

    def _place(self, channel: int, frame: int) -> int:
        return (channel * self.frames + frame) * BYTES

    def read(self, start: int, frames: int) -> Samples:
        start = max(start, 0)
        length = max(min(start + frames, self.frames) - start, 0)
        out = np.empty((self.channels, length), np.float32)
        for channel in range(self.channels):
            view = memoryview(out[channel]).cast("B") if length else memoryview(b"")
            done = 0
            while done < len(view):
                done += os.preadv(self._file.fileno(), [view[done:]], self._place(channel, start) + done)
        return frozen(out)
