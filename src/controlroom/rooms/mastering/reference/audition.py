"""Hearing two versions against each other: equally loud, or one blended into the other."""

from __future__ import annotations

import msgspec
import numpy as np

from controlroom.base.errors import UsageError
from controlroom.sound.meter import Loudness
from controlroom.sound.signal import Samples, Shifted, Signal, frozen


class Evened(msgspec.Struct, frozen=True):
    """The gains at which two recordings play equally loud, and how loud that is (None: one has no loudness)."""

    first_db: float
    second_db: float
    at_lufs: float | None


def evened(first: Loudness, second: Loudness, ceiling_dbtp: float = -1.0) -> Evened:
    """As loud as the softer one, or softer where a peak would pass the ceiling: nothing is ever lifted into it."""
    levels = [one.integrated_lufs for one in (first, second)]
    if levels[0] is None or levels[1] is None:
        return Evened(0.0, 0.0, None)
    rooms = [ceiling_dbtp - one.plr_db for one in (first, second) if one.plr_db is not None]
    at_lufs = min(levels[0], levels[1], *rooms)
    return Evened(round(at_lufs - levels[0], 3), round(at_lufs - levels[1], 3), at_lufs)


class Blend:
    """A signal: `share` of the second one, the rest of the first; the shorter one ends in silence."""

    def __init__(self, first: Signal, second: Signal, share: float) -> None:
        self.rate_hz, self.channels = first.rate_hz, first.channels
        self.frames = max(first.frames, second.frames)
        self._pair = (Shifted(first, 0, self.frames), Shifted(second, 0, self.frames))
        self._shares = (np.float32(1 - share), np.float32(share))

    def read(self, start: int, frames: int) -> Samples:
        rows = [one.read(start, frames) * share for one, share in zip(self._pair, self._shares, strict=True)]
        return frozen(rows[0] + rows[1])


def blend(first: Signal, second: Signal, share: float) -> Signal:
    """`share` (0..1) of `second` in `first`, frame by frame: two masters of one mix at one rate.

    Two that stay below a ceiling do so blended. Raises `UsageError` where they cannot be laid over each other.
    """
    if not 0.0 <= share <= 1.0:
        raise UsageError("The blend", f"its share is {share:g}, not from 0 to 1", "Give 0.5 for half of each.")
    if (first.rate_hz, first.channels) != (second.rate_hz, second.channels):
        raise UsageError("The blend", "both need one sample rate and as many channels", "Make both at one rate.")
    return Blend(first, second, share)
