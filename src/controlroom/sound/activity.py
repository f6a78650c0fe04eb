"""Where there is sound: a gate with hysteresis over short-time levels."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
import numpy.typing as npt

Floats: TypeAlias = npt.NDArray[np.float64]

ABOVE_FLOOR_DB = 10.0
BELOW_LOUD_DB = (25.0, 60.0)  # the gate opens at least, and at most, this far under the loud parts
HYSTERESIS_DB = 6.0
LEAST_DB = -80.0
FLOOR_PERCENTILE, LOUD_PERCENTILE = 5, 95
JOINED_S, SHORTEST_S = 0.3, 0.04


def active_spans(levels_db: Floats, window_s: float) -> list[tuple[float, float]]:
    """Spans (start_s, end_s) of sound in levels (windows,) in dBFS; -inf or very low is silence.

    The gate opens 10 dB over the noise floor, but no less than 25 and no more than 60 dB under the loud parts (so that
    a sound without pauses, whose floor is itself, is active throughout), and closes 6 dB lower. Pauses under 0.3 s do
    not end a span; spans under 40 ms are none.
    """
    heard = levels_db[levels_db > LEAST_DB - 30]
    if not len(heard):
        return []
    floor, loud = np.percentile(heard, [FLOOR_PERCENTILE, LOUD_PERCENTILE])
    opens = max(min(floor + ABOVE_FLOOR_DB, loud - BELOW_LOUD_DB[0]), loud - BELOW_LOUD_DB[1], LEAST_DB)
    held = np.concatenate([[False], levels_db > opens - HYSTERESIS_DB, [False]])
    begins, ends = np.flatnonzero(~held[:-1] & held[1:]), np.flatnonzero(held[:-1] & ~held[1:])
    spans: list[tuple[float, float]] = []
    for begin, end in zip(begins, ends, strict=True):
        if (levels_db[begin:end] > opens).any():
            start_s, end_s = float(begin * window_s), float(end * window_s)
            if spans and start_s - spans[-1][1] < JOINED_S:
                start_s = spans.pop()[0]
            spans.append((start_s, end_s))
    return [span for span in spans if span[1] - span[0] >= SHORTEST_S]
