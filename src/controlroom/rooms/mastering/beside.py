"""One pass over a signal for several purposes at once: read in one thread, worked on in others."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeAlias

from controlroom.base.progress import Progress
from controlroom.sound.signal import BLOCK_FRAMES, Samples, Signal, blocks

Taker: TypeAlias = Callable[[Samples], None]


class Ahead:
    """A signal read one block ahead in the thread of `pool` (which has one): for reading from beginning to end."""

    def __init__(self, source: Signal, pool: ThreadPoolExecutor) -> None:
        self.rate_hz, self.channels, self.frames = source.rate_hz, source.channels, source.frames
        self._source, self._pool = source, pool
        self._place = (0, BLOCK_FRAMES)
        self._next = pool.submit(source.read, *self._place)

    def read(self, start: int, frames: int) -> Samples:
        if self._place != (start, frames):
            self._next = self._pool.submit(self._source.read, start, frames)
        block = self._next.result()
        self._place = (start + frames, frames)
        self._next = self._pool.submit(self._source.read, *self._place)
        return block


def stream(signal: Signal, groups: Sequence[Sequence[Taker]], progress: Progress, what: str) -> None:
    """Read `signal` once, block by block. The takers of a group get each block in turn, each group in its own thread,
    in the order of the signal and no more than one block behind the reading."""

    def take(group: Sequence[Taker], block: Samples) -> None:
        for taker in group:
            taker(block)

    pending: list[Future[None]] = []
    done = 0
    with ThreadPoolExecutor(max_workers=len(groups)) as pool:
        for block in blocks(signal, BLOCK_FRAMES):
            for future in pending:
                future.result()
            pending = [pool.submit(take, group, block) for group in groups]
            done += block.shape[1]
            progress(done, signal.frames, what)
        for future in pending:
            future.result()
