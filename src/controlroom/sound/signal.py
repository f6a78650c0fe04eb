"""Signals: sound in memory, on disk or in the making, read block by block.

A block is float32, shape (channels, frames), C-contiguous and read-only; full scale is 1.0. A signal never changes,
and reading it in blocks of any size gives the same samples as reading it whole.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Protocol, TypeAlias, runtime_checkable

import numpy as np
import numpy.typing as npt

Samples: TypeAlias = npt.NDArray[np.float32]
BLOCK_FRAMES = 32768


@runtime_checkable
class Signal(Protocol):
    """Anything that can be heard: `read(start, frames)` gives the frames that exist in [start, start + frames)."""

    @property
    def rate_hz(self) -> int: ...
    @property
    def channels(self) -> int: ...
    @property
    def frames(self) -> int: ...
    def read(self, start: int, frames: int) -> Samples: ...


def frozen(samples: npt.NDArray[np.floating]) -> Samples:
    """`samples` as a block: float32, C-contiguous, read-only, two-dimensional (a single row is mono)."""
    block: Samples = np.ascontiguousarray(np.atleast_2d(samples), dtype=np.float32)
    if block is samples or block.base is samples:
        block = block.view()
    block.flags.writeable = False
    return block


class Audio:
    """A signal in memory."""

    def __init__(self, samples: npt.NDArray[np.floating], rate_hz: int) -> None:
        self.samples = frozen(samples)
        self.rate_hz = int(rate_hz)

    @property
    def channels(self) -> int:
        return int(self.samples.shape[0])

    @property
    def frames(self) -> int:
        return int(self.samples.shape[1])

    def read(self, start: int, frames: int) -> Samples:
        return frozen(self.samples[:, max(start, 0) : max(start + frames, 0)])


def duration_s(signal: Signal) -> float:
    """Length in seconds."""
    return signal.frames / signal.rate_hz


def blocks(signal: Signal, frames: int = BLOCK_FRAMES, start: int = 0, stop: int | None = None) -> Iterator[Samples]:
    """The signal from `start` to `stop` (frames; None: its end) in blocks of `frames`, the last one shorter."""
    stop = signal.frames if stop is None else min(stop, signal.frames)
    for at in range(start, stop, frames):
        yield signal.read(at, min(frames, stop - at))


def in_memory(signal: Signal) -> Audio:
    """The whole signal in memory; only for what is known to be short."""
    return signal if isinstance(signal, Audio) else Audio(signal.read(0, signal.frames), signal.rate_hz)


class Shifted:
    """A signal that starts `by` frames later (earlier when negative), `frames` long, silence where there is none."""

    def __init__(self, source: Signal, by: int = 0, frames: int | None = None) -> None:
        self.source, self.by = source, by
        self.rate_hz, self.channels = source.rate_hz, source.channels
        self.frames = max(source.frames + by, 0) if frames is None else frames

    def read(self, start: int, frames: int) -> Samples:
        stop = max(min(start + frames, self.frames), 0)
        start = min(max(start, 0), stop)
        first = min(max(start - self.by, 0), self.source.frames)
        last = min(max(stop - self.by, first), self.source.frames)
        if last - first == stop - start:
            return self.source.read(first, last - first)
        out = np.zeros((self.channels, stop - start), np.float32)
        if last > first:
            offset = first + self.by - start
            out[:, offset : offset + last - first] = self.source.read(first, last - first)
        return frozen(out)


class Channels:
    """Chosen channels of a signal, in the order given."""

    def __init__(self, source: Signal, chosen: Sequence[int]) -> None:
        self.source, self.chosen = source, list(chosen)
        self.rate_hz, self.frames, self.channels = source.rate_hz, source.frames, len(self.chosen)

    def read(self, start: int, frames: int) -> Samples:
        return frozen(self.source.read(start, frames)[self.chosen])


class Stacked:
    """Several signals of one rate as the channels of one; the shorter ones end in silence."""

    def __init__(self, sources: Sequence[Signal]) -> None:
        rates = {source.rate_hz for source in sources}
        if len(rates) != 1:
            raise ValueError(f"signals of one rate are needed, not {sorted(rates)}")
        self.rate_hz = rates.pop()
        self.frames = max(source.frames for source in sources)
        self.channels = sum(source.channels for source in sources)
        self._sources = [Shifted(source, 0, self.frames) for source in sources]

    def read(self, start: int, frames: int) -> Samples:
        return frozen(np.concatenate([source.read(start, frames) for source in self._sources]))
