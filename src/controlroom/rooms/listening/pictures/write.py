"""Pictures by name, and as files."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Literal, TypeAlias

from markupsafe import Markup

from controlroom.base.files import write_bytes, write_text
from controlroom.base.progress import SILENT, Progress
from controlroom.rooms.listening.pictures.chart import chart
from controlroom.rooms.listening.pictures.curves import energy, tempo_curve
from controlroom.rooms.listening.pictures.keyboard import voice_range
from controlroom.rooms.listening.pictures.overview import overview
from controlroom.rooms.listening.pictures.shown import Shown
from controlroom.rooms.listening.pictures.spectral import spectrogram, tonal_balance
from controlroom.sound.drawing import png_of, standalone

PictureFormat: TypeAlias = Literal["svg", "png"]

WIDTH = 720
PNG_TIMES = 2  # as fine as a screen is today
PICTURES: dict[str, Callable[[Shown, int], Markup | None]] = {
    "song": overview,
    "chords": chart,
    "tempo": tempo_curve,
    "energy": energy,
    "spectrogram": spectrogram,
    "spectrum": tonal_balance,
    "voice": voice_range,
}
"""In the order in which a page shows them."""


def draw(shown: Shown, width: int = WIDTH) -> dict[str, Markup]:
    """The pictures that there is something to draw of, by name, as SVG for a page; `width` in units of its text."""
    drawn = {name: make(shown, width) for name, make in PICTURES.items()}
    return {name: picture for name, picture in drawn.items() if picture is not None}


def write_pictures(
    folder: str | os.PathLike[str],
    shown: Shown,
    *,
    formats: Sequence[PictureFormat] = ("svg", "png"),
    progress: Progress = SILENT,
) -> list[Path]:
    """Write each picture into `folder` as "song.svg", "song.png", ...; each file is whole or not there."""
    drawn = draw(shown)
    written: list[Path] = []
    for done, (name, picture) in enumerate(drawn.items()):
        progress(done, len(drawn), f"picture: {name}")
        for kind in formats:
            path = Path(folder) / f"{name}.{kind}"
            if kind == "svg":
                write_text(path, standalone(picture))
            else:
                write_bytes(path, png_of(picture, PNG_TIMES * WIDTH))
            written.append(path)
    progress(len(drawn), len(drawn), "pictures")
    return written
