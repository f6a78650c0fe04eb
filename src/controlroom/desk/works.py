"""What can be done in the background. An app declares its works beside its actions; the jobs app runs them.

    @work("songs.analyse", queue="quick", says="Listening to {recording.name}")
    def analyse(told: Told, *, recording: int) -> dict: ...

`ask` asks for one: the jobs app answers it (set when Django starts), so that apps below it need not know it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from controlroom.base.progress import Progress

Queue = Literal["quick", "heavy"]


@dataclass(frozen=True)
class Work:
    """A kind of background work. `run(progress, **arguments)` returns what is kept as the job's result (JSON).

    The arguments are plain JSON values (ids). It may be run again after a crash: it must come to the same end.
    `first`: somebody looks at a page that waits for it, so it is done before the rest of its queue.
    """

    name: str
    queue: Queue
    run: Callable[..., dict[str, Any] | None]
    first: bool = False


class Asked(Protocol):
    """What `ask` gives back: the job; `cancel`: it is the same work, being stopped."""

    pk: int
    state: str
    cancel: bool


WORKS: dict[str, Work] = {}


def work(name: str, *, queue: Queue, first: bool = False) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Declare a function `(progress: Progress, **arguments)` as background work."""

    def declare(run: Callable[..., Any]) -> Callable[..., Any]:
        WORKS[name] = Work(name, queue, run, first)
        return run

    return declare


def _nobody(actor: Any, name: str, says: str, song_id: int | None, arguments: dict[str, Any]) -> Asked:
    raise RuntimeError("the jobs app is not installed")


_answer: list[Callable[[Any, str, str, int | None, dict[str, Any]], Asked]] = [_nobody]


def answer_with(ask_for: Callable[[Any, str, str, int | None, dict[str, Any]], Asked]) -> None:
    """The jobs app says here how work is asked for."""
    _answer[0] = ask_for


def ask(actor: Any, name: str, *, says: str, song: int | None = None, **arguments: Any) -> Asked:
    """Have the work `name` done in the background; the same work asked for twice while it waits or runs is one job.

    `says` is what the page shows of it ("Mixing Paper Lanterns").
    """
    return _answer[0](actor, name, says, song, arguments)


@dataclass
class Routine:
    """Something small that is done again and again, whenever `every_s` have passed (by the worker of quick work)."""

    every_s: float
    run: Callable[[], None]
    due_at: float = 0.0


ROUTINES: list[Routine] = []


def routine(*, every_s: float) -> Callable[[Callable[[], None]], Callable[[], None]]:
    """Declare a function as a routine. It must be short, and may be called more often than that."""

    def declare(run: Callable[[], None]) -> Callable[[], None]:
        ROUTINES.append(Routine(every_s, run))
        return run

    return declare


def run_routines(now: float) -> None:
    """Do what is due at `now` (s, of a monotonic clock)."""
    for each in ROUTINES:
        if now >= each.due_at:
            each.due_at = now + each.every_s
            each.run()


__all__ = ["WORKS", "Asked", "Progress", "Queue", "Work", "answer_with", "ask", "routine", "run_routines", "work"]
