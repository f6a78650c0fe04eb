"""The rate at which one file is mastered, so that the kind of file it becomes has room for it."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from controlroom.base.errors import UsageError
from controlroom.base.finding import Finding, Value
from controlroom.rooms.mastering import MasterPlan, media
from controlroom.rooms.mastering.decide import delivery_rate_hz
from controlroom.sound.files import Format, check_fits, rate_held_hz
from controlroom.sound.resample import Resampled
from controlroom.sound.signal import Signal


class MadeAt(NamedTuple):
    """A rate, and what there is to say of it."""

    rate_hz: int
    findings: tuple[Finding, ...] = ()


def made_at(
    mix: Signal, out: Path, form: Format, *, rate_hz: int | None, medium: str, plan: MasterPlan | None
) -> MadeAt:
    """The master's rate: as asked for, as the destination `medium` or the `plan` has it, else the mix's own. Where the
    file `out` has no room for a rate that nobody asked for, one that it has (Opus: 48 kHz).

    Raises `UsageError` where it has no room for what was asked for, or for the mix's channels.
    """
    own_hz = media.medium(medium).rate_hz if medium and plan is None else None
    if own_hz and rate_hz not in (None, own_hz):
        raise UsageError(f"--rate {rate_hz}", f"{medium} is made at {own_hz} Hz", "Leave --rate away.")
    asked_hz = own_hz or (None if plan else rate_hz)
    at_hz = asked_hz or (plan.rate_hz if plan else delivery_rate_hz(mix.rate_hz))
    held_hz = rate_held_hz(form.kind, at_hz)
    if asked_hz and held_hz != asked_hz:
        next_step = f"Leave --rate away: it is made at {held_hz} Hz." if rate_hz and not own_hz else "Take FLAC or WAV."
        raise UsageError(str(out), f"{out.suffix} files have no {asked_hz} Hz", next_step)
    check_fits(out, Resampled(mix, held_hz), form)
    if held_hz == at_hz:
        return MadeAt(held_hz)
    args: dict[str, Value] = {"suffix": out.suffix, "rate_hz": at_hz, "made_hz": held_hz}
    return MadeAt(held_hz, (Finding(code="master_rate", severity="info", args=args),))
