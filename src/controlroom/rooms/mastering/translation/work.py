"""Several pieces of work at once, with one progress."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from typing import TypeVar

from controlroom.base.errors import Cancelled
from controlroom.base.progress import Progress

T = TypeVar("T")
LOOK_EVERY_S = 0.2


class _Share:
    """The progress of one piece; raises `Cancelled` once the whole was stopped."""

    def __init__(self) -> None:
        self.done, self.stopped = 0.0, False

    def __call__(self, done: float, total: float, what: str = "") -> None:
        if self.stopped:
            raise Cancelled
        self.done = done / total if total else 1.0


def side_by_side(jobs: Sequence[Callable[[Progress], T]], progress: Progress, what: str) -> list[T]:
    """The results of `jobs` in their order, as many at once as there are cores; `progress` is called from here only."""
    shares = [_Share() for _ in jobs]
    with ThreadPoolExecutor(max_workers=os.cpu_count() or 1) as pool:
        futures = [pool.submit(job, share) for job, share in zip(jobs, shares, strict=True)]
        try:
            while True:
                done, waiting = wait(futures, LOOK_EVERY_S, FIRST_EXCEPTION)
                for future in done:
                    future.result()
                progress(len(jobs) if not waiting else sum(share.done for share in shares), len(jobs), what)
                if not waiting:
                    return [future.result() for future in futures]
        finally:
            for share in shares:
                share.stopped = True
