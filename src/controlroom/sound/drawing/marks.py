"""The few things pictures are made of."""

from __future__ import annotations

from markupsafe import Markup, escape

LETTER_EM = 0.56  # mean width of a letter of the house's face


def svg(width: int, height: int, body: str, says: str, *, stretch: bool = False) -> Markup:
    """A picture with a sentence for those who cannot see it."""
    ratio = ' preserveAspectRatio="none"' if stretch else ""
    return Markup(f'<svg viewBox="0 0 {width} {height}" role="img" aria-label="{escape(says)}"{ratio}>{body}</svg>')


def rect(tone: str, x: float, y: float, width: float, height: float, *, round: float = 0) -> str:
    """A filled box; `tone` is its class."""
    corner = f' rx="{round:g}"' if round else ""
    size = f'width="{max(width, 0):.1f}" height="{max(height, 0):.1f}"'
    return f'<rect class="{tone}" x="{x:.1f}" y="{y:.1f}" {size}{corner}/>'


def label(text: str, x: float, y: float, *, anchor: str = "start", tone: str = "") -> str:
    """Words at a place; `tone` is their class ("strong", "on", ...)."""
    kind = f' class="{tone}"' if tone else ""
    side = f' text-anchor="{anchor}"' if anchor != "start" else ""
    return f'<text{kind} x="{x:.1f}" y="{y:.1f}"{side}>{escape(text)}</text>'


def fitted(text: str, room: float, size: float = 13) -> str:
    """The text where it fits into `room`, else its beginning with an ellipsis, else nothing."""
    letters = int(room / (size * LETTER_EM))
    if len(text) <= letters:
        return text
    return text[: letters - 1].rstrip() + "…" if letters >= 4 else ""


def clock(seconds: float) -> str:
    """A place in time: "1:28"; hours where there are any."""
    whole = int(seconds)
    hours, minutes = whole // 3600, whole // 60 % 60
    return f"{hours}:{minutes:02d}:{whole % 60:02d}" if hours else f"{minutes}:{whole % 60:02d}"


def time_marks(span_s: float, most: int = 10) -> list[float]:
    """Round times from 0 on, at most `most` steps of them in `span_s`."""
    steps = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1200, 1800, 3600)
    step = next((step for step in steps if span_s / step <= most), 7200)
    return [float(at) for at in range(0, int(span_s) + 1, step)]
