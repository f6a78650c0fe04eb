"""The verb `master`: one file to another. It stands by itself, so that what mastering does not need is not imported."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from typing import Any

import msgspec

from controlroom.base.progress import SILENT, Progress, scaled
from controlroom.production.audition import write_audition
from controlroom.production.made_at import made_at
from controlroom.production.reference import Toward, write_pictures
from controlroom.production.suffixes import format_of
from controlroom.rooms import mastering
from controlroom.rooms.mastering import MasterPlan
from controlroom.sound.files import AudioFile, write
from controlroom.sound.findings import file_faults
from controlroom.store.plans import read_plan


def master_file(
    path: Path,
    out: Path,
    *,
    target_lufs: float | None = None,
    medium: str = "",
    ceiling_dbtp: float | None = None,
    rate_hz: int | None = None,
    codec_safe: bool = False,
    toward: Toward | None = None,
    plan: Path | None = None,
    audition: Path | None = None,
    progress: Progress = SILENT,
) -> dict[str, Any]:
    """Master one file to another; returns what `master --json` prints. `audition`: where mix and master are put at one
    loudness."""
    form = format_of(out)
    given = read_plan(plan, MasterPlan) if plan else None
    with ExitStack() as files:
        mix = files.enter_context(AudioFile(path))
        at = made_at(mix, out, form, rate_hz=rate_hz, medium=medium, plan=given)
        made = mastering.master(
            mix,
            target_lufs=target_lufs,
            medium=medium,
            ceiling_dbtp=ceiling_dbtp,
            rate_hz=at.rate_hz,
            codec_safe=codec_safe,
            reference=toward.guide(scaled(progress, 0.0, 0.1)) if toward else None,
            plan=msgspec.structs.replace(given, rate_hz=at.rate_hz) if given else None,
            progress=scaled(progress, 0.1, 0.9),
            folder=out.absolute().parent,
        )
        of_file = (*file_faults(mix.info, mix.nonfinite_samples), *at.findings)
        made = msgspec.structs.replace(made, findings=(*of_file, *made.findings))
        write(out, made.signal, form, progress=scaled(progress, 0.9, 1.0, "writing"))
        if audition:
            write_audition(audition, mix, made)
    if toward and toward.pictures and made.comparison:
        write_pictures(toward.pictures, made.comparison)
    return made.to_json()
