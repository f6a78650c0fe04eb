"""Waveform, loudness over time, spectra, the lanes of a comp."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from markupsafe import Markup

from controlroom.sound.drawing.frame import Curve, Frame
from controlroom.sound.drawing.marks import clock, label, rect, svg, time_marks
from controlroom.sound.waveform import Waveform

OCTAVES_HZ = (31.5, 63, 125, 250, 500, 1000, 2000, 4000, 8000, 16000)


class Lane(NamedTuple):
    """A stretch of one take in a comp: which lane, from where to where, how good it is (0..1), and is it used?"""

    lane: int
    start_s: float
    end_s: float
    score: float
    used: bool


def waveform(wave: Waveform, says: str, *, bars: int = 300, height: int = 120) -> Markup:
    """Bars from the lowest to the highest sample of each stretch, and its RMS in them; full scale fills the height."""
    row = wave.folded()
    tops, bottoms = fold(row.highest[0], bars, np.max), fold(row.lowest[0], bars, np.min)
    bodies = fold(row.rms[0], bars, np.max)
    peaks = _bars(tops, bottoms, height)
    return svg(
        4 * max(len(tops), 1),
        height,
        f'<path class="peaks" d="{peaks}"/><path class="bars" d="{_bars(bodies, [-x for x in bodies], height)}"/>',
        says,
        stretch=True,
    )


def _bars(tops: Sequence[float], bottoms: Sequence[float], height: int) -> str:
    middle = height / 2
    return "".join(
        f"M{4 * i + 2} {middle - _bound(top) * middle:.1f}V{middle - _bound(bottom) * middle + 0.6:.1f}"
        for i, (top, bottom) in enumerate(zip(tops, bottoms, strict=True))
    )


def loudness_over_time(curves: Sequence[Curve], says: str, *, width: int = 860, height: int = 220) -> Markup:
    """Short-term loudness (LUFS) against time (s)."""
    ends = [float(np.max(curve.x)) for curve in curves if len(curve.x)]
    span = max(ends, default=1.0) or 1.0
    levels = [float(level) for curve in curves for level in curve.y if math.isfinite(level) and level > -60]
    high = math.ceil((max(levels, default=-14.0) + 1) / 6) * 6
    low = max(math.floor((min(levels, default=-40.0) - 1) / 6) * 6, high - 36)
    frame = Frame(width, height, (0.0, span), (low, high))
    grid = frame.rows(range(low, high + 1, 6), "{:.0f}") + frame.columns(time_marks(span), clock)
    return svg(width, height, grid + frame.lines(curves) + frame.legend(curves), says)


def spectra(curves: Sequence[Curve], says: str, *, width: int = 860, height: int = 240) -> Markup:
    """Band levels (dB) against frequency (Hz, logarithmic), as they are given."""
    drawn = [
        Curve(c.label, c.tone, np.log2(np.asarray(c.x, float)), np.asarray(c.y, float)) for c in curves if len(c.x)
    ]
    levels = np.concatenate([c.y for c in drawn]) if drawn else np.array([0.0])
    levels = levels[np.isfinite(levels)]
    high = math.ceil((float(levels.max(initial=0.0)) + 2) / 12) * 12
    frame = Frame(width, height, (math.log2(20), math.log2(20000)), (high - 72, high))
    names = {math.log2(hz): f"{hz:g}" if hz < 1000 else f"{hz / 1000:g}k" for hz in OCTAVES_HZ}
    grid = frame.rows(range(high - 72, high + 1, 12), "{:+.0f}") + frame.columns(list(names), names.__getitem__)
    return svg(width, height, grid + frame.lines(drawn) + frame.legend(drawn), says)


def comp_lanes(lanes: Sequence[Lane], names: Sequence[str], span_s: float, says: str, *, width: int = 860) -> Markup:
    """One lane a take; what the comp uses is filled."""
    row, left = 26, 120
    scale = (width - left - 8) / max(span_s, 1e-9)
    body = "".join(label(name[:20], left - 10, row * i + 17, anchor="end") for i, name in enumerate(names))
    for lane in lanes:
        x, wide = left + lane.start_s * scale, max((lane.end_s - lane.start_s) * scale - 1, 1)
        body += rect("used" if lane.used else "left", x, row * lane.lane + 4, wide, row - 8, round=3)
    return svg(width, row * len(names), body, says)


def _bound(value: float) -> float:
    return min(max(float(value), -1.0), 1.0)


def fold(values: npt.NDArray[np.floating], bars: int, pick: Callable[..., np.floating]) -> list[float]:
    """What `pick` (np.max, ...) finds in each of `bars` equal parts of the values (in fewer where there are fewer)."""
    if not len(values):
        return []
    edges = np.linspace(0, len(values), min(bars, len(values)) + 1).astype(int)
    return [float(pick(values[a:b])) for a, b in pairwise(edges)]
