"""Auditions as files, in pairs: what it is, and what it could be."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from controlroom.base.progress import SILENT, Progress, scaled
from controlroom.rooms.listening.audition.plan import Audition
from controlroom.rooms.listening.audition.render import render
from controlroom.sound.files import AudioFile, Format, write
from controlroom.sound.signal import Audio

FORMAT = Format("wav", 24)
SHARE_RENDER = 0.9


def write_auditions(
    path: str | os.PathLike[str],
    auditions: Mapping[int, Audition],
    folder: str | os.PathLike[str],
    progress: Progress = SILENT,
    *,
    format: Format = FORMAT,
    force: bool = True,
) -> list[Path]:
    """Render auditions of the file at `path` into `folder`: "01 original.wav" and "01 try.wav" for number 1, and so on.

    A pair is there whole or not at all. Raises `InputRefused` for a file that cannot be read, `UsageError` for an
    audition that it has no room for (or a file that is there, with `force` False), `SurroundingsFailed` where the disk
    refuses.
    """
    written: list[Path] = []
    with AudioFile(path) as signal:
        for done, (number, audition) in enumerate(sorted(auditions.items())):
            part = scaled(progress, done / len(auditions), (done + 1) / len(auditions), f"audition {number}")
            made = render(signal, audition, scaled(part, 0.0, SHARE_RENDER))
            sides = {"original": made.original, "try": made.tried}
            named = {Path(folder) / f"{number:02d} {name}{format.suffix}": side for name, side in sides.items()}
            written += _write_pair(named, format, scaled(part, SHARE_RENDER, 1.0), force)
    return written


def _write_pair(pair: Mapping[Path, Audio], format: Format, progress: Progress, force: bool) -> list[Path]:
    written: list[Path] = []
    try:
        for done, (target, side) in enumerate(pair.items()):
            write(target, side, format, progress=scaled(progress, done / 2, (done + 1) / 2), force=force)
            written.append(target)
    except BaseException:
        for target in written:
            target.unlink(missing_ok=True)
        raise
    return written
