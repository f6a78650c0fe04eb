"""A mix and its master to be heard against each other: equally loud, and half of each."""

from __future__ import annotations

from pathlib import Path

from controlroom.base.progress import SILENT, Progress, scaled
from controlroom.rooms.mastering import Mastered
from controlroom.rooms.mastering.chain import Gain
from controlroom.rooms.mastering.reference import blend, evened
from controlroom.sound.files import Format, write
from controlroom.sound.resample import Resampled
from controlroom.sound.signal import Signal
from controlroom.sound.stream import Chain

NAMES = ("before", "after", "half and half")
FLAC = Format("flac", 24)


def write_audition(folder: Path, mix: Signal, made: Mastered, progress: Progress = SILENT) -> list[Path]:
    """`before.flac` and `after.flac` at one loudness, that of the softer, and `half and half.flac`, into `folder`."""
    level = evened(made.report_before.loudness, made.loudness, made.plan.limit.ceiling_dbtp)
    before = mix if mix.rate_hz == made.signal.rate_hz else Resampled(mix, made.signal.rate_hz)
    pair = (_louder(before, level.first_db), _louder(made.signal, level.second_db))
    paths = [folder / f"{name}.flac" for name in NAMES]
    for k, (path, signal) in enumerate(zip(paths, (*pair, blend(*pair, 0.5)), strict=True)):
        write(path, signal, FLAC, progress=scaled(progress, k / 3, (k + 1) / 3, "writing"))
    return paths


def _louder(signal: Signal, gain_db: float) -> Signal:
    return Chain(signal, lambda: [Gain(gain_db)])
