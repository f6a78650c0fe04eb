"""From a mix to a master in one call."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
from msgspec.structs import replace

from controlroom.base.check import Check
from controlroom.base.finding import Finding
from controlroom.base.progress import SILENT, Progress, scaled
from controlroom.rooms.mastering.checks import checks, findings
from controlroom.rooms.mastering.decide import decide
from controlroom.rooms.mastering.listen import listen
from controlroom.rooms.mastering.measure import measure, stereo_of
from controlroom.rooms.mastering.plan import MasterPlan
from controlroom.rooms.mastering.reference import Comparison, Guide, guided, profile, wanted_lufs
from controlroom.rooms.mastering.render import MasterRender, Taken, render
from controlroom.rooms.mastering.report import MasterReport
from controlroom.sound.meter import Loudness
from controlroom.sound.scratch import Scratch
from controlroom.sound.signal import Signal
from controlroom.sound.spectrum import Spectrum, spectrum_of

SHARE_MEASURING, SHARE_CHECKING = 0.25, 0.05


class Mastered(msgspec.Struct, frozen=True, kw_only=True):
    """A master and everything known of it; `signal` is undithered float at the delivery rate, in a temporary file."""

    plan: MasterPlan
    report_before: MasterReport
    signal: Scratch
    loudness: Loudness
    spectrum: Spectrum
    gain_db: float
    taken: Taken
    passes: int
    checks: tuple[Check, ...]
    findings: tuple[Finding, ...]
    comparison: Comparison | None = None

    def to_json(self) -> dict[str, Any]:
        """What the command line prints."""
        return {
            "plan": msgspec.to_builtins(self.plan),
            "loudness": msgspec.to_builtins(self.loudness),
            "gain_db": self.gain_db,
            "taken": msgspec.to_builtins(self.taken),
            "checks": [check.to_json() for check in self.checks],
            "findings": [finding.to_json() for finding in self.findings],
            **({"reference": self.comparison.to_json()} if self.comparison else {}),
        }


def master(
    signal: Signal,
    *,
    target_lufs: float | None = -14.0,
    ceiling_dbtp: float = -1.0,
    rate_hz: int | None = None,
    reference: Signal | Guide | None = None,
    plan: MasterPlan | None = None,
    report: MasterReport | None = None,
    progress: Progress = SILENT,
    folder: Path | None = None,
) -> Mastered:
    """Measure, decide and render a master. `target_lufs` None: as loud as the reference, or as suits the mix.

    A `reference` is a recording, or a guide of several and how far to go toward them (`mastering.reference`); a
    recording that tells nothing raises `Refused`.

    A `plan` (edited by a person, or for a second rate) is rendered as it stands, a `report` spares measuring again.
    `folder`: where temporary files lie. Raises `SurroundingsFailed` when it is full, `Cancelled` by the progress.
    """
    listening = scaled(progress, 0.0, SHARE_MEASURING, "listening")
    rendering = scaled(progress, SHARE_MEASURING, 1.0 - SHARE_CHECKING, "mastering")
    report = report or measure(listen(signal, listening))
    guide = None if plan is not None or report.loudness.integrated_lufs is None else _guide(reference)
    if guide:
        target_lufs = guide.profile.integrated_lufs if target_lufs is None else target_lufs
        target_lufs = wanted_lufs(guide.profile, target_lufs, target_lufs, guide.amounts.loudness)
    if plan is None:
        plan = decide(report, target_lufs=target_lufs, ceiling_dbtp=ceiling_dbtp, rate_hz=rate_hz)
    if guide:
        toward = guided(signal, plan, guide, rendering, folder=folder)
        made = checked(signal, toward.plan, report, toward.made)
        made = replace(made, findings=(*made.findings, *toward.findings), comparison=toward.comparison)
    else:
        made = checked(signal, plan, report, render(signal, plan, rendering, folder=folder))
    progress(1.0, 1.0, "mastering")
    return made


def _guide(reference: Signal | Guide | None) -> Guide | None:
    if reference is None or isinstance(reference, Guide):
        return reference
    return Guide(profile=profile([reference]))


def checked(signal: Signal, plan: MasterPlan, report: MasterReport, made: MasterRender) -> Mastered:
    """A render of `plan` with everything that is said of it."""
    spectrum = spectrum_of(made.signal)
    frames = round(signal.frames * plan.rate_hz / signal.rate_hz)
    return Mastered(
        plan=plan,
        report_before=report,
        signal=made.signal,
        loudness=made.loudness,
        spectrum=spectrum,
        gain_db=made.gain_db,
        taken=made.taken,
        passes=made.passes,
        checks=checks(made, plan, stereo_of(spectrum), frames),
        findings=(*report.findings, *findings(made, plan)),
    )
