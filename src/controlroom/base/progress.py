"""How long work tells where it is, and how it is stopped."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol


class Progress(Protocol):
    """Called between blocks of at most half a second; shows, and raises `Cancelled` when work should stop."""

    def __call__(self, done: float, total: float, what: str = "") -> None: ...


class _Silent:
    def __call__(self, done: float, total: float, what: str = "") -> None:
        return None


SILENT: Progress = _Silent()


def scaled(progress: Progress, begin: float, end: float, name: str = "") -> Progress:
    """A progress for one part of a longer job: 0..total of the part maps to begin..end of 1."""

    def part(done: float, total: float, what: str = "") -> None:
        share = done / total if total else 1.0
        progress(begin + (end - begin) * min(share, 1.0), 1.0, what or name)

    return part


def ticking(progress: Progress, total: float, what: str = "") -> Callable[[], None]:
    """A function that counts one more thing done (of `total`) and reports it."""
    done = 0.0

    def tick() -> None:
        nonlocal done
        done += 1.0
        progress(done, total, what)

    return tick
