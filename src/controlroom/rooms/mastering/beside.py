"""One pass over a signal for several purposes at once: read in one thread, worked on in others."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeAlias

from controlroom.base.progress import Progress
from controlroom.sound.signal import BLOCK_FRAMES, Samples, Signal, blocks

Taker: TypeAlias = Callable[[Samples], None]


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
