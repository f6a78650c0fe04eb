"""Where a master stays off its references, and why: told, not hidden."""

from __future__ import annotations

from itertools import groupby
from typing import Literal

import msgspec
import numpy as np

from controlroom.base.finding import Finding
from controlroom.rooms.mastering.reference.profile import CENTRES_HZ, Floats, Mask
from controlroom.rooms.mastering.reference.tone import LOW_END_HZ, MOST_DB, OCTAVES, Difference

NEAR_DB, AT_LIMIT_DB = 1.5, 0.1
HALF_AN_OCTAVE = 2**0.5
Why = Literal["limit", "notes", "detail"]
CODES: dict[Why, str] = {"limit": "reference_far", "notes": "reference_notes", "detail": "reference_detail"}


class Miss(msgspec.Struct, frozen=True, kw_only=True):
    """Octaves around `low_hz` to `high_hz` stay `left_db` off the references (above: positive) at most.

    `why`: it would take corrections of more than 6 dB (`limit`); the references play other bass notes (`notes`); the
    difference is narrower than a smooth curve, or moves with the music (`detail`).
    """

    low_hz: float
    high_hz: float
    left_db: float
    why: Why


def misses(left: Difference, curve_db: Floats, alike: float) -> tuple[Miss, ...]:
    """What is further than 1.5 dB off once `curve_db` is applied and `left` is still to gain; `alike`: the notes."""
    why = np.full(len(CENTRES_HZ), "detail", dtype=object)
    at_limit: Mask = np.abs(curve_db) > MOST_DB - AT_LIMIT_DB
    if at_limit.any():  # what falls short in one place moves the level of all the rest
        level_db = float(np.median(left.gain_db[left.both]))
        why[(OCTAVES @ at_limit > 0) | (np.abs(left.gain_db - level_db) < NEAR_DB)] = "limit"
    if alike < 1.0:
        why[CENTRES_HZ < LOW_END_HZ * 2**0.5] = "notes"  # octaves that reach below
    far: Mask = left.both & (np.abs(left.gain_db) > NEAR_DB)
    found = []
    for (is_far, _, reason), run in groupby(range(len(far)), lambda k: (far[k], left.gain_db[k] > 0, why[k])):
        if is_far:
            bands = list(run)
            worst = max(bands, key=lambda k: abs(left.gain_db[k]))
            found.append(
                Miss(
                    low_hz=to_three(CENTRES_HZ[bands[0]]),
                    high_hz=to_three(CENTRES_HZ[bands[-1]]),
                    left_db=round(-float(left.gain_db[worst]), 2),
                    why=reason,
                )
            )
    return tuple(found)


def told(found: tuple[Miss, ...]) -> list[Finding]:
    """The worst one of each kind as advice, from the low end of its first octave to the high end of its last."""
    said = []
    for why, code in CODES.items():
        here = [miss for miss in found if miss.why == why]
        if here:
            worst = max(here, key=lambda miss: abs(miss.left_db))
            low_hz, high_hz = to_three(worst.low_hz / HALF_AN_OCTAVE), to_three(worst.high_hz * HALF_AN_OCTAVE)
            args = {"low_hz": low_hz, "high_hz": high_hz, "left_db": abs(worst.left_db)}
            said.append(Finding(code=code, severity="advice", args=dict(args)))
    return said


def to_three(hz: float) -> float:
    """To three figures."""
    return float(f"{hz:.3g}")
