"""Axes of a diagram, and curves in them."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from controlroom.sound.drawing.marks import label

Numbers = npt.NDArray[np.floating] | Sequence[float]
MOST_POINTS = 900  # more than a picture is wide


class Curve(NamedTuple):
    """One line of a diagram: its name, its colour token (a CSS class) and its points."""

    label: str
    tone: str
    x: Numbers
    y: Numbers


class Frame:
    """From figures to places in a picture; `top`, `bottom` and `left` leave room for what stands beside the diagram."""

    RIGHT = 10

    def __init__(
        self,
        width: int,
        height: int,
        x_range: tuple[float, float],
        y_range: tuple[float, float],
        *,
        top: float = 22,
        bottom: float = 22,
        left: float = 40,
    ) -> None:
        self.width, self.height = width, height
        self.top, self.bottom, self.left = top, bottom, left
        (self.x0, self.x1), (self.y0, self.y1) = x_range, y_range

    def x(self, value: float) -> float:
        inner = self.width - self.left - self.RIGHT
        return self.left + (value - self.x0) / (self.x1 - self.x0) * inner

    def y(self, value: float) -> float:
        inner = self.height - self.top - self.bottom
        return self.top + (self.y1 - min(max(value, self.y0), self.y1)) / (self.y1 - self.y0) * inner

    def rows(self, values: Sequence[float] | range, form: str) -> str:
        """A line across for each value, named at the left."""
        return "".join(
            f'<path class="grid" d="M{self.left:g} {self.y(v):.1f}H{self.width - self.RIGHT}"/>'
            + label(_figure(form.format(v)), self.left - 6, self.y(v) + 4, anchor="end")
            for v in values
        )

    def columns(self, values: Sequence[float], name: Callable[[float], str]) -> str:
        """The names below."""
        return "".join(label(name(v), self.x(v), self.height - 5, anchor="middle") for v in values)

    def lines(self, curves: Sequence[Curve]) -> str:
        return "".join(f'<path class="curve {c.tone}" d="{self.path(c.x, c.y)}"/>' for c in curves)

    def legend(self, curves: Sequence[Curve]) -> str:
        return "".join(
            f'<path class="curve {c.tone}" d="M{self.left + 130 * i:g} 9h18"/>'
            + label(c.label, self.left + 130 * i + 24, 13)
            for i, c in enumerate(curves)
        )

    def path(self, xs: Numbers, ys: Numbers) -> str:
        """The curve's path; it breaks where a value is not finite."""
        xs, ys = np.asarray(xs, float), np.asarray(ys, float)
        if len(xs) > MOST_POINTS:
            stride = -(-len(xs) // MOST_POINTS)
            count = len(xs) // stride * stride
            xs, ys = xs[:count:stride], ys[:count].reshape(-1, stride).max(axis=1)
        path, pen = "", "M"
        for x, y in zip(xs, ys, strict=True):
            if not math.isfinite(y) or not self.x0 <= x <= self.x1:
                pen = "M"
                continue
            path += f"{pen}{self.x(float(x)):.1f} {self.y(float(y)):.1f}"
            pen = "L"
        return path

    def between(self, xs: Numbers, lower: Numbers, upper: Numbers) -> str:
        """The path of the area between two finite curves over the same places."""
        there = [f"{self.x(float(x)):.1f} {self.y(float(y)):.1f}" for x, y in zip(xs, upper, strict=True)]
        back = [f"{self.x(float(x)):.1f} {self.y(float(y)):.1f}" for x, y in zip(xs, lower, strict=True)]
        return f"M{'L'.join(there + back[::-1])}Z" if there else ""


def _figure(text: str) -> str:
    """With a minus as wide as the plus; nothing is neither."""
    return text.replace("-", "−") if text.lstrip("+-").strip("0.") else text.lstrip("+-")
