"""The single verbs of the command line: one room each, on plain files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from controlroom.base.errors import UsageError
from controlroom.base.progress import SILENT, Progress, scaled
from controlroom.rooms import mastering
from controlroom.rooms.mastering import MasterPlan
from controlroom.sound.files import AudioFile, Format, write
from controlroom.store.plans import read_plan

FORMATS = {
    ".wav": Format("wav", 24),
    ".flac": Format("flac", 24),
    ".mp3": Format("mp3"),
    ".m4a": Format("aac"),
    ".ogg": Format("vorbis"),
    ".opus": Format("opus"),
}


def format_of(path: Path) -> Format:
    """The format that a file's suffix asks for; raises `UsageError` for one we do not write."""
    if path.suffix.lower() not in FORMATS:
        known = ", ".join(FORMATS)
        raise UsageError(
            str(path), f"no format goes with {path.suffix or 'a name without suffix'}", f"Use one of {known}."
        )
    return FORMATS[path.suffix.lower()]


def master_file(
    path: Path,
    out: Path,
    *,
    target_lufs: float | None = -14.0,
    ceiling_dbtp: float = -1.0,
    rate_hz: int | None = None,
    reference: Path | None = None,
    plan: Path | None = None,
    progress: Progress = SILENT,
) -> dict[str, Any]:
    """Master one file to another; returns what `master --json` prints."""
    form = format_of(out)
    given = read_plan(plan, MasterPlan) if plan else None
    with AudioFile(path) as mix:
        record = AudioFile(reference) if reference else None
        try:
            made = mastering.master(
                mix,
                target_lufs=target_lufs,
                ceiling_dbtp=ceiling_dbtp,
                rate_hz=rate_hz,
                reference=record,
                plan=given,
                progress=scaled(progress, 0.0, 0.9),
                folder=out.absolute().parent,
            )
        finally:
            if record:
                record.close()
    write(out, made.signal, form, progress=scaled(progress, 0.9, 1.0, "writing"))
    return made.to_json()
