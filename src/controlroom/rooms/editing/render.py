"""Play the takes as the plan says: block by block, every mic of a pass through the same joints and fades."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from controlroom.rooms.editing.plan import Crossfade, EditPlan, Segment, checked
from controlroom.sound.resample import Resampled
from controlroom.sound.signal import Samples, Shifted, Signal, frozen

Sources = Mapping[str, Mapping[Path, Signal]]
"""take name -> mic file -> its signal"""

Gains = npt.NDArray[np.float64]


class Ramp(NamedTuple):
    """A gain that goes from 0 to 1 between two frames, 0 before and 1 after; a step where they are the same."""

    start: int
    stop: int
    crossfade: Crossfade = "equal gain"

    def gains(self, first: int, last: int) -> Gains:
        """The gains of frames [first, last)."""
        return self._shaped(np.sin(self._angles(first, last)))

    def mirrored(self, first: int, last: int) -> Gains:
        """The gains of the sound that this one replaces; both sum to 1, in gain or in power."""
        return self._shaped(np.cos(self._angles(first, last)))

    def _angles(self, first: int, last: int) -> Gains:
        past = np.arange(first, last) + 0.5 - self.start
        length = self.stop - self.start
        return np.clip(past / length if length > 0 else np.sign(past), 0.0, 1.0) * (np.pi / 2)

    def _shaped(self, gains: Gains) -> Gains:
        return gains if self.crossfade == "equal power" else gains**2


class Lane(NamedTuple):
    """A stretch of one take: heard from `enter.start` to `leave.stop`."""

    source: Signal
    enter: Ramp
    leave: Ramp

    def gains(self, first: int, last: int) -> Gains | None:
        """The gains of frames [first, last); None when they are all 1."""
        if first >= self.enter.stop and last <= self.leave.start:
            return None
        return self.enter.gains(first, last) * self.leave.mirrored(first, last)


class Comped:
    """One mic of a comp on the song's time line: a Signal from 0:00 to the end of the part."""

    def __init__(self, lanes: tuple[Lane, ...], rate_hz: int, frames: int) -> None:
        self._lanes, self.rate_hz, self.frames = lanes, rate_hz, frames
        self.channels = max((lane.source.channels for lane in lanes), default=1)

    def read(self, start: int, frames: int) -> Samples:
        start = max(start, 0)
        stop = max(min(start + frames, self.frames), start)
        heard = [lane for lane in self._lanes if lane.enter.start < stop and lane.leave.stop > start]
        if len(heard) == 1 and heard[0].source.channels == self.channels and self._is_bare(heard[0], start, stop):
            return heard[0].source.read(start, stop - start)
        out = np.zeros((self.channels, stop - start), np.float32)
        for lane in heard:
            first, last = max(start, lane.enter.start), min(stop, lane.leave.stop)
            block = lane.source.read(first, last - first)
            gains = lane.gains(first, last)
            rows = slice(None) if block.shape[0] == 1 else slice(block.shape[0])  # a mono take sounds on every channel
            out[rows, first - start : last - start] += block if gains is None else block * gains
        return frozen(out)

    @staticmethod
    def _is_bare(lane: Lane, start: int, stop: int) -> bool:
        return lane.enter.stop <= start and lane.leave.start >= stop


def render(sources: Sources, plan: EditPlan, *, rate_hz: int | None = None) -> dict[str, Signal]:
    """Every mic of the part as a lazy signal, by the names in `plan.mics`.

    `rate_hz` is the session rate (None: the highest among the sources); files of another rate are converted.
    Raises `UsageError` when the plan is out of shape or asks for a file that is not among the sources.
    """
    checked(plan)
    rate = rate_hz or max(signal.rate_hz for mics in sources.values() for signal in mics.values())
    return {mic.name: _comped(sources, plan, mic.files, rate) for mic in plan.mics}


def _comped(sources: Sources, plan: EditPlan, files: Mapping[str, Path], rate_hz: int) -> Signal:
    end = round(plan.tail_s * rate_hz)
    starts_s = {take.name: take.start_s for take in plan.takes}
    placed: dict[str, Signal] = {}
    for take, path in files.items():
        source = sources[take][path]
        converted = source if source.rate_hz == rate_hz else Resampled(source, rate_hz)
        placed[take] = Shifted(converted, round(starts_s[take] * rate_hz), end)
    heard = [(segment.take, enter, leave) for segment, enter, leave in _ramps(plan, rate_hz)]
    lanes = tuple(Lane(placed[take], enter, leave) for take, enter, leave in heard if take in placed)
    return Comped(lanes, rate_hz, end)  # a punch-in need not have every mic


def _ramps(plan: EditPlan, rate_hz: int) -> list[tuple[Segment, Ramp, Ramp]]:
    """Each segment with the ramp it enters by and the ramp that ends it, in frames on the song's time line."""
    segments = [segment for segment in plan.segments if segment.end_s > plan.head_s and segment.start_s < plan.tail_s]
    if not segments:
        return []
    head = round(max(plan.head_s, segments[0].start_s) * rate_hz)
    tail = max(round(min(plan.tail_s, segments[-1].end_s) * rate_hz), head)
    fade_in = Ramp(head, min(head + _frames(plan.fade_in_ms, rate_hz), tail))
    fade_out = Ramp(max(tail - _frames(plan.fade_out_ms, rate_hz), head), tail)
    joints = [_joint(before, after, plan.crossfade_ms, rate_hz) for before, after in pairwise(segments)]
    enters = [fade_in, *(enter for _, enter in joints)]
    leaves = [*(leave for leave, _ in joints), fade_out]
    return list(zip(segments, enters, leaves, strict=True))


def _joint(before: Segment, after: Segment, crossfade_ms: float, rate_hz: int) -> tuple[Ramp, Ramp]:
    """The ramp that ends `before` and the ramp that brings `after`: one and the same where they touch."""
    room_s = min(before.end_s - before.start_s, after.end_s - after.start_s)
    half = min(_frames(crossfade_ms, rate_hz) // 2, round(room_s * rate_hz) // 2)
    ends, begins = round(before.end_s * rate_hz), round(after.start_s * rate_hz)
    if ends == begins:
        ramp = Ramp(begins - half, begins + half, after.crossfade)
        return ramp, ramp
    return Ramp(ends - half, ends), Ramp(begins, begins + half)


def _frames(length_ms: float, rate_hz: int) -> int:
    return round(length_ms * rate_hz / 1000)
