"""Pictures that leave the page: SVG with its own colours, and PNG."""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files
from pathlib import Path

import resvg_py

TOKENS = {
    "ink": "#211f1a",
    "ink-2": "#565146",
    "ink-3": "#6d675b",
    "panel": "#fffdf8",
    "line": "#e2dccd",
    "tape": "#b84a15",
    "ok": "#3a7430",
    "warn": "#805300",
    "info": "#2a6689",
}
"""The report's colours by day: on paper, in a mail and in a chat nothing says what lies around a picture."""
MARGIN = 16
FONTS = Path(str(files("controlroom.sound.drawing").joinpath("fonts")))


def style() -> str:
    """The style sheet of all pictures, in tokens."""
    return files("controlroom.sound.drawing").joinpath("style.css").read_text(encoding="utf-8")


@cache
def _painted() -> str:
    """The style sheet in plain colours, for a picture that is alone: no token, no selector that only browsers know."""
    plain = re.sub(
        r"var\(--([a-z0-9-]+)\)", lambda token: TOKENS[token[1]], style().replace(':where(svg[role="img"]) ', "")
    )
    plain = re.sub(r"/\*.*?\*/", "", plain, flags=re.S)
    return "".join(_spelled_out(rule) for rule in plain.strip().splitlines() if rule.strip())


def _spelled_out(rule: str) -> str:
    """`a:is(b, c).d {...}` as `ab.d, ac.d {...}`."""
    selector, body = rule.split("{", 1)
    if many := re.search(r":is\(([^)]*)\)", selector):
        chosen = [selector.replace(many[0], one.strip(), 1) for one in many[1].split(",")]
        return "".join(_spelled_out(f"{one}{{{body}") for one in chosen)
    return f"{selector.strip()}{{{body.strip()}\n"


def standalone(picture: str) -> str:
    """A picture as a file of its own: its colours inside, on a ground with a margin, as wide as it was drawn."""
    picture = str(picture)  # markup would escape what is put around it
    opening = re.match(r'<svg viewBox="0 0 (\d+) (\d+)"', picture)
    if opening is None:
        raise ValueError("this is not a picture drawn here")
    width, height = int(opening[1]) + 2 * MARGIN, int(opening[2]) + 2 * MARGIN
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
        f'viewBox="{-MARGIN} {-MARGIN} {width} {height}"'
    )
    ground = f'<rect x="{-MARGIN}" y="{-MARGIN}" width="{width}" height="{height}" fill="{TOKENS["panel"]}"/>'
    rest = picture[opening.end() :].replace(">", f"><style>{_painted()}</style>{ground}", 1)
    return head + rest


def png_of(picture: str, width: int) -> bytes:
    """A picture as PNG, `width` pixels wide. Its letters come from here, so it is the same on every machine."""
    return bytes(
        resvg_py.svg_to_bytes(
            svg_string=standalone(picture),
            width=width,
            skip_system_fonts=True,
            font_files=[str(path) for path in sorted(FONTS.glob("*.ttf"))],
            font_family="Inter",
            sans_serif_family="Inter",
        )
    )
