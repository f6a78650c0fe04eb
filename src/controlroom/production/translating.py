"""Files on every playback system: what is said of them, and their sound as each system plays it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from controlroom.base.errors import InputRefused, UsageError, surroundings
from controlroom.base.files import safe_name
from controlroom.base.progress import SILENT, Progress, scaled
from controlroom.rooms.mastering.translation import PLACES, place_of, played_on, translate
from controlroom.sound.files import AudioFile, Format, write
from controlroom.sound.meter import measure_loudness
from controlroom.sound.resample import Resampled
from controlroom.sound.signal import Signal

AUDITION_LUFS = -20.0  # all of them alike, with room for their peaks
AUDITION = Format("wav", 24)
SHARE_OF_JUDGING = 0.6  # of the progress, where auditions are written as well


def translate_files(
    paths: Sequence[Path],
    *,
    systems: Sequence[str] = (),
    vocal: Path | None = None,
    folder: Path | None = None,
    force: bool = False,
    progress: Progress = SILENT,
) -> tuple[list[dict[str, Any]], list[InputRefused]]:
    """What `translate --json` prints of each file, and the refusals: a refused file has its `error` in place.

    `systems` names some of them (none: all). `folder` is where auditions go, one WAV a system and file, all equally
    loud. Raises `UsageError` for a system that is not there, or an audition that is.
    """
    chosen = [place_of(name).name for name in systems] or [place.name for place in PLACES]
    said: list[dict[str, Any]] = []
    refused: list[InputRefused] = []
    for k, path in enumerate(paths):
        part = scaled(progress, k / len(paths), (k + 1) / len(paths), path.name)
        try:
            said.append({"path": str(path), **_translated(path, chosen, vocal, folder, force, part)})
        except InputRefused as error:
            refused.append(error)
            said.append({"path": str(path), "error": str(error)})
    return said, refused


def _translated(
    path: Path, systems: Sequence[str], vocal: Path | None, folder: Path | None, force: bool, progress: Progress
) -> dict[str, Any]:
    judging = scaled(progress, 0.0, SHARE_OF_JUDGING if folder else 1.0, "translation")
    targets = _targets(path, systems, folder, force) if folder else {}
    with AudioFile(path) as signal:
        if signal.channels > 2:
            why = f"it has {signal.channels} channels; systems play one or two"
            raise InputRefused(path, why, "Mix it down first.")
        if vocal is None:
            made = translate(signal, judging, systems=systems)
        else:
            with AudioFile(vocal) as track:
                made = translate(signal, judging, systems=systems, vocal=_at_rate(track, signal.rate_hz))
        said = made.to_json()
        if folder:
            _write_auditions(signal, targets, folder, scaled(progress, SHARE_OF_JUDGING, 1.0))
            said["auditions"] = [str(target) for target in targets.values()]
    return said


def _at_rate(signal: Signal, rate_hz: int) -> Signal:
    return signal if signal.rate_hz == rate_hz else Resampled(signal, rate_hz)


def _targets(path: Path, systems: Sequence[str], folder: Path, force: bool) -> dict[str, Path]:
    """The audition of each system; raises `UsageError` where one is there already."""
    targets = {name: folder / f"{safe_name(path.stem)} on {name}.wav" for name in systems}
    for target in targets.values():
        if target.exists() and not force:
            raise UsageError(str(target), "it is there already", "Choose another folder, or say --force.")
    return targets


def _write_auditions(signal: Signal, targets: dict[str, Path], folder: Path, progress: Progress) -> None:
    with surroundings(folder):
        folder.mkdir(parents=True, exist_ok=True)
    lufs = measure_loudness(signal).integrated_lufs
    for k, (name, target) in enumerate(targets.items()):
        part = scaled(progress, k / len(targets), (k + 1) / len(targets), f"on {name}")
        played = played_on(
            signal,
            name,
            loudness_lufs=lufs,
            at_lufs=None if lufs is None else AUDITION_LUFS,
            folder=folder,
            progress=scaled(part, 0.0, 0.7),
        )
        write(target, played, AUDITION, progress=scaled(part, 0.7, 1.0))
