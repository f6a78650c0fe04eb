"""From a mix to a master in one call."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
from msgspec.structs import replace

from controlroom.base.check import Check
from controlroom.base.finding import Finding, Value
from controlroom.base.progress import SILENT, Progress, scaled
from controlroom.rooms.mastering import media
from controlroom.rooms.mastering.checks import checks, findings
from controlroom.rooms.mastering.decide import aimed
from controlroom.rooms.mastering.listen import Heard, listen
from controlroom.rooms.mastering.loud import excerpt
from controlroom.rooms.mastering.measure import measure, stereo_of
from controlroom.rooms.mastering.plan import MasterPlan
from controlroom.rooms.mastering.propose import propose
from controlroom.rooms.mastering.reference import Comparison, Guide, guided, profile, wanted_lufs
from controlroom.rooms.mastering.render import MasterRender, Taken, render
from controlroom.rooms.mastering.report import MasterReport
from controlroom.rooms.mastering.services import Service, playback
from controlroom.rooms.mastering.shaping import Step
from controlroom.rooms.mastering.translation import CodecSafe, Over
from controlroom.rooms.mastering.translation import codec_safe as safe_for_codecs
from controlroom.sound.damage import Damage, damage
from controlroom.sound.meter import Loudness
from controlroom.sound.scratch import Scratch
from controlroom.sound.signal import Signal
from controlroom.sound.spectrum import Spectrum

MOST_LOWER_DB, DENSEST_DB, TURNED_DOWN_LU = 3.5, 2.0, 0.15
SHARE_MEASURING, SHARE_PLANNING, SHARE_CHECKING = 0.2, 0.1, 0.05


class Mastered(msgspec.Struct, frozen=True, kw_only=True):
    """A master and everything known of it; `signal` is undithered float at the delivery rate, in a temporary file.

    `steps`: what each step before the gain changed; `damage`: what the loudest eight seconds lost against the mix;
    `overs`: what codecs make of it, where that was asked for; `playback`: the gain each service will apply.
    """

    plan: MasterPlan
    report_before: MasterReport
    signal: Scratch
    loudness: Loudness
    spectrum: Spectrum
    gain_db: float
    taken: Taken
    passes: int
    steps: tuple[Step, ...]
    damage: Damage
    checks: tuple[Check, ...]
    findings: tuple[Finding, ...]
    comparison: Comparison | None = None
    overs: tuple[Over, ...] = ()

    @property
    def playback(self) -> tuple[Service, ...]:
        return playback(self.loudness)

    def to_json(self) -> dict[str, Any]:
        """What the command line prints."""
        plain = msgspec.to_builtins
        return {
            "plan": plain(self.plan),
            "loudness": plain(self.loudness),
            "gain_db": self.gain_db,
            "steps": plain(self.steps),
            "taken": plain(self.taken),
            "damage": plain(self.damage),
            "playback": plain(self.playback),
            "checks": [check.to_json() for check in self.checks],
            "findings": [finding.to_json() for finding in self.findings],
            **({"reference": self.comparison.to_json()} if self.comparison else {}),
            **({"codecs": plain(self.overs)} if self.overs else {}),
        }


def master(
    signal: Signal,
    *,
    target_lufs: float | None = None,
    ceiling_dbtp: float | None = None,
    rate_hz: int | None = None,
    medium: str = "",
    reference: Signal | Guide | None = None,
    plan: MasterPlan | None = None,
    report: MasterReport | None = None,
    codec_safe: bool = False,
    progress: Progress = SILENT,
    folder: Path | None = None,
) -> Mastered:
    """Measure, decide and render a master. `target_lufs` None: as loud as the mix carries, and no louder
    than its reference.

    `medium` names a destination with rules of its own (`mastering.media`). `ceiling_dbtp` None: -1, or its own.
    A `reference` is a recording, or a guide of several and how far to go toward them (`mastering.reference`); a
    recording that tells nothing raises `Refused`. A `plan` (edited by a person, or for a second rate) is rendered as it
    stands, a `report` spares measuring again. `codec_safe`: the ceiling comes down until no codec decodes over 0 dBTP.
    `folder`: where temporary files lie. Raises `SurroundingsFailed` when it is full, `Cancelled` by the progress.
    """
    heard: Heard | None = None
    if report is None:
        heard = listen(signal, scaled(progress, 0.0, SHARE_MEASURING, "listening"))
        report = measure(heard)
    guide = None if plan is not None or report.loudness.integrated_lufs is None else _guide(reference)
    if plan is None:
        plan = propose(
            signal,
            heard,
            report,
            target_lufs=target_lufs,
            medium=medium,
            ceiling_dbtp=ceiling_dbtp,
            rate_hz=rate_hz,
            at_most_lufs=guide.profile.integrated_lufs if guide else None,
            progress=scaled(progress, SHARE_MEASURING, SHARE_MEASURING + SHARE_PLANNING, "how loud"),
        )
    whole = scaled(progress, SHARE_MEASURING + SHARE_PLANNING, 1.0 - SHARE_CHECKING, "mastering")
    rendering = scaled(whole, 0.0, 0.5) if codec_safe else whole
    if guide:
        made = _toward(signal, plan, report, guide, rendering, folder)
    else:
        made = checked(signal, plan, report, render(signal, plan, rendering, folder=folder))
    if codec_safe:
        made = safely(signal, made, scaled(whole, 0.5, 1.0, "codecs"), folder)
    made = _for_medium(made, medium) if medium else made
    progress(1.0, 1.0, "mastering")
    return made


def _for_medium(made: Mastered, name: str) -> Mastered:
    """The master with its destination's own checks."""
    goal, heard = media.medium(name), media.measure(made.signal)
    own = media.checks(goal, heard)
    names = {check.name for check in own}
    return replace(
        made,
        checks=(*(check for check in made.checks if check.name not in names), *own),
        findings=(*made.findings, *media.findings(goal, heard)),
    )


def _guide(reference: Signal | Guide | None) -> Guide | None:
    if reference is None or isinstance(reference, Guide):
        return reference
    return Guide(profile=profile([reference]))


def _toward(
    signal: Signal, plan: MasterPlan, report: MasterReport, guide: Guide, progress: Progress, folder: Path | None
) -> Mastered:
    amount = guide.amounts.loudness
    wanted = wanted_lufs(guide.profile, plan.target_lufs, report.loudness.integrated_lufs or 0.0, amount)
    if amount and wanted is not None:
        plan = aimed(plan, report, wanted)
        guide = replace(guide, amounts=replace(guide.amounts, loudness=0.0))  # gone all the way that was asked for
    toward = guided(signal, plan, guide, progress, folder=folder)
    made = checked(signal, toward.plan, report, toward.made)
    return replace(made, findings=(*made.findings, *toward.findings), comparison=toward.comparison)


def safely(signal: Signal, made: Mastered, progress: Progress = SILENT, folder: Path | None = None) -> Mastered:
    """The same master under the ceiling that keeps its decoded streams below full scale, and what codecs make of it.

    The ceiling comes down by 3.5 dB at most. Where that does not do, by 2: denser sound makes codecs throw higher
    peaks. The rest of the way all of it is turned down, and that is said.
    """
    try:
        tried, found = _under_codecs(signal, made, None, progress, folder)
    except _TooDenseError:
        tried, found = _under_codecs(signal, made, DENSEST_DB, progress, folder)
    return replace(tried, overs=found.overs, findings=(*tried.findings, *codec_findings(made, tried, found)))


class _TooDenseError(Exception):
    """The ceiling would have to come down so far that the sound gets dense."""


def _under_codecs(
    signal: Signal, made: Mastered, level_after_db: float | None, progress: Progress, folder: Path | None
) -> tuple[Mastered, CodecSafe]:
    """The master and what codecs make of it. What the ceiling comes down by beyond `level_after_db` the level does too;
    None: it does not, and the ceiling comes down by 3.5 dB at most."""
    tried = made

    def under(ceiling_dbtp: float) -> Signal:
        nonlocal tried
        if ceiling_dbtp != tried.plan.limit.ceiling_dbtp:
            lower_db = made.plan.limit.ceiling_dbtp - ceiling_dbtp
            if level_after_db is None and lower_db > MOST_LOWER_DB:
                raise _TooDenseError
            down_db = 0.0 if level_after_db is None else max(lower_db - level_after_db, 0.0)
            lower = _under(made.plan, ceiling_dbtp, down_db)
            again = checked(signal, lower, made.report_before, render(signal, lower, folder=folder))
            tried = replace(again, comparison=made.comparison)
        return tried.signal

    found = safe_for_codecs(under, made.plan.limit.ceiling_dbtp, progress=progress, folder=folder)
    return tried, found


def _under(plan: MasterPlan, ceiling_dbtp: float, down_db: float) -> MasterPlan:
    return replace(
        plan,
        target_lufs=None if plan.target_lufs is None else round(plan.target_lufs - down_db, 2),
        gain_db=plan.gain_db - down_db,
        limit=replace(plan.limit, ceiling_dbtp=ceiling_dbtp),
    )


def codec_findings(wanted: Mastered, made: Mastered, found: CodecSafe) -> tuple[Finding, ...]:
    """What codec safety cost beyond the ceiling, and whether it was reached."""
    said = []
    before, after = wanted.loudness.integrated_lufs, made.loudness.integrated_lufs
    if before is not None and after is not None and before - after > TURNED_DOWN_LU:
        said.append(_warned("master_codecs_turned_down", wanted_lufs=before, reached_lufs=after))
    if not found.safe:
        worst = max(found.overs, key=lambda over: over.over_db)
        said.append(_warned("master_codecs_over", codec=worst.codec, over_db=worst.over_db))
    return tuple(said)


def _warned(code: str, **args: Value) -> Finding:
    return Finding(code=code, severity="warning", args=args)


def checked(signal: Signal, plan: MasterPlan, report: MasterReport, made: MasterRender) -> Mastered:
    """A render of `plan` with everything that is said of it."""
    frames = round(signal.frames * plan.rate_hz / signal.rate_hz)
    parts = [excerpt(one, report.loudest_s, plan.rate_hz) for one in (signal, made.signal)]
    lost = damage(*parts)
    return Mastered(
        plan=plan,
        report_before=report,
        signal=made.signal,
        loudness=made.loudness,
        spectrum=made.spectrum,
        gain_db=made.gain_db,
        taken=made.taken,
        passes=made.passes,
        steps=made.steps,
        damage=lost,
        checks=checks(made, plan, stereo_of(made.spectrum), frames, lost),
        findings=(*report.findings, *findings(made, plan, lost)),
    )
