"""What the parts of listening reach: each module has `figures(recordings)`; `benchmarks/listening.py` prints them."""

from __future__ import annotations

from typing import NamedTuple


class Row(NamedTuple):
    """One figure: ours, a peer's in the same run (None: no peer), and the goal (None: none set)."""

    name: str
    ours: float
    peer: float | None
    goal: float | None
    higher_is_better: bool
