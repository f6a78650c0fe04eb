"""One progress for work that goes on side by side."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import TypeVar

from controlroom.base.errors import Cancelled
from controlroom.base.progress import Progress
from controlroom.sound.parallel import side_by_side

Item = TypeVar("Item")
Result = TypeVar("Result")


def shared_out(work: Callable[[Item, Progress], Result], items: Sequence[Item], progress: Progress) -> list[Result]:
    """`work` on every item side by side, each with an equal share of `progress`; results in the order of the items.

    The first error, `Cancelled` among them, stops the others at their next call of the progress, and is raised.
    """
    lock, shares = threading.Lock(), [0.0] * len(items)
    errors: list[BaseException] = []

    def shared(place: tuple[int, Item]) -> Result:
        k, item = place

        def share(done: float, total: float, what: str = "") -> None:
            with lock:
                if errors:
                    raise Cancelled
                shares[k] = min(done / total, 1.0) if total else 1.0
                progress(sum(shares), len(shares), what)

        try:
            result = work(item, share)
            share(1.0, 1.0)
        except BaseException as error:
            errors.append(error)
            raise
        return result

    try:
        return side_by_side(shared, list(enumerate(items)))
    except BaseException as error:
        if errors and error is not errors[0]:
            raise errors[0] from errors[0].__cause__
        raise
