"""Pictures as SVG: waveform, loudness over time, spectra, the lanes of a comp. Colours are the page's tokens."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from markupsafe import Markup, escape

from controlroom.sound.waveform import Waveform

Numbers = npt.NDArray[np.floating] | Sequence[float]
OCTAVES_HZ = (31.5, 63, 125, 250, 500, 1000, 2000, 4000, 8000, 16000)


class Curve(NamedTuple):
    """One line of a diagram: its name, its colour token (a CSS class) and its points."""

    label: str
    tone: str
    x: Numbers
    y: Numbers


class Lane(NamedTuple):
    """A stretch of one take in a comp: which lane, from where to where, how good it is (0..1), and is it used?"""

    lane: int
    start_s: float
    end_s: float
    score: float
    used: bool


def svg(width: int, height: int, body: str, says: str, *, stretch: bool = False) -> Markup:
    """A picture with a sentence for those who cannot see it."""
    ratio = ' preserveAspectRatio="none"' if stretch else ""
    return Markup(f'<svg viewBox="0 0 {width} {height}" role="img" aria-label="{escape(says)}"{ratio}>{body}</svg>')


def waveform(wave: Waveform, says: str, *, bars: int = 300, height: int = 120) -> Markup:
    """Bars from the lowest to the highest sample of each stretch, and its RMS in them; full scale fills the height."""
    row = wave.folded()
    tops, bottoms = _fold(row.highest[0], bars, np.max), _fold(row.lowest[0], bars, np.min)
    bodies = _fold(row.rms[0], bars, np.max)
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
    frame = _Frame(width, height, 0.0, span, low, high)
    step = next((s for s in (5, 10, 15, 30, 60, 120, 300, 600) if span / s <= 10), 1800)
    grid = frame.rows(range(low, high + 1, 6), "{:.0f}") + frame.columns(
        [float(at) for at in range(0, int(span) + 1, step)], lambda at: f"{int(at) // 60}:{int(at) % 60:02d}"
    )
    return svg(width, height, grid + frame.lines(curves) + frame.legend(curves), says)


def spectra(curves: Sequence[Curve], says: str, *, width: int = 860, height: int = 240) -> Markup:
    """Band levels (dB) against frequency (Hz, logarithmic), as they are given."""
    drawn = [
        Curve(c.label, c.tone, np.log2(np.asarray(c.x, float)), np.asarray(c.y, float)) for c in curves if len(c.x)
    ]
    levels = np.concatenate([c.y for c in drawn]) if drawn else np.array([0.0])
    levels = levels[np.isfinite(levels)]
    high = math.ceil((float(levels.max(initial=0.0)) + 2) / 12) * 12
    frame = _Frame(width, height, math.log2(20), math.log2(20000), high - 72, high)
    names = {math.log2(hz): f"{hz:g}" if hz < 1000 else f"{hz / 1000:g}k" for hz in OCTAVES_HZ}
    grid = frame.rows(range(high - 72, high + 1, 12), "{:+.0f}") + frame.columns(list(names), names.__getitem__)
    return svg(width, height, grid + frame.lines(drawn) + frame.legend(drawn), says)


def comp_lanes(lanes: Sequence[Lane], names: Sequence[str], span_s: float, says: str, *, width: int = 860) -> Markup:
    """One lane a take; what the comp uses is filled."""
    row, left = 26, 120
    scale = (width - left - 8) / max(span_s, 1e-9)
    body = "".join(
        f'<text x="{left - 10}" y="{row * i + 17}" text-anchor="end">{escape(name[:20])}</text>'
        for i, name in enumerate(names)
    )
    for lane in lanes:
        x, y = left + lane.start_s * scale, row * lane.lane + 4
        wide = max((lane.end_s - lane.start_s) * scale - 1, 1)
        box = f'x="{x:.1f}" y="{y}" width="{wide:.1f}" height="{row - 8}"'
        body += f'<rect class="{"used" if lane.used else "left"}" {box} rx="3"/>'
    return svg(width, row * len(names), body, says)


class _Frame:
    """Axes of a diagram: from figures to places in the picture."""

    LEFT, RIGHT, TOP, BOTTOM = 40, 10, 22, 22

    def __init__(self, width: int, height: int, x0: float, x1: float, y0: float, y1: float) -> None:
        self.width, self.height = width, height
        self.x0, self.x1, self.y0, self.y1 = x0, x1, y0, y1

    def x(self, value: float) -> float:
        inner = self.width - self.LEFT - self.RIGHT
        return self.LEFT + (value - self.x0) / (self.x1 - self.x0) * inner

    def y(self, value: float) -> float:
        inner = self.height - self.TOP - self.BOTTOM
        return self.TOP + (self.y1 - min(max(value, self.y0), self.y1)) / (self.y1 - self.y0) * inner

    def rows(self, values: Sequence[int] | range, form: str) -> str:
        return "".join(
            f'<path class="grid" d="M{self.LEFT} {self.y(v):.1f}H{self.width - self.RIGHT}"/>'
            f'<text x="{self.LEFT - 6}" y="{self.y(v) + 4:.1f}" text-anchor="end">{form.format(v)}</text>'
            for v in values
        )

    def columns(self, values: Sequence[float], name: object) -> str:
        assert callable(name)
        return "".join(
            f'<text x="{self.x(v):.1f}" y="{self.height - 5}" text-anchor="middle">{name(v)}</text>' for v in values
        )

    def lines(self, curves: Sequence[Curve]) -> str:
        return "".join(f'<path class="curve {c.tone}" d="{self._path(c)}"/>' for c in curves)

    def legend(self, curves: Sequence[Curve]) -> str:
        return "".join(
            f'<path class="curve {c.tone}" d="M{self.LEFT + 130 * i} 9h18"/>'
            f'<text x="{self.LEFT + 130 * i + 24}" y="13">{escape(c.label)}</text>'
            for i, c in enumerate(curves)
        )

    def _path(self, curve: Curve) -> str:
        xs, ys = np.asarray(curve.x, float), np.asarray(curve.y, float)
        if len(xs) > 900:  # more points than the picture is wide
            count = len(xs) // -(-len(xs) // 900) * -(-len(xs) // 900)
            stride = -(-len(xs) // 900)
            xs, ys = xs[:count:stride], ys[:count].reshape(-1, stride).max(axis=1)
        path, pen = "", "M"
        for x, y in zip(xs, ys, strict=True):
            if not math.isfinite(y) or not self.x0 <= x <= self.x1:
                pen = "M"
                continue
            path += f"{pen}{self.x(float(x)):.1f} {self.y(float(y)):.1f}"
            pen = "L"
        return path


def _bound(value: float) -> float:
    return min(max(float(value), -1.0), 1.0)


def _fold(values: npt.NDArray[np.floating], bars: int, pick: object) -> list[float]:
    assert callable(pick)
    if not len(values):
        return []
    edges = np.linspace(0, len(values), min(bars, len(values)) + 1).astype(int)
    return [float(pick(values[a:b])) for a, b in pairwise(edges)]
