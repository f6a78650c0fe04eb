"""Making a master for the desk: from the wishes to a plan, from the plan to a file and what is known of it."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
from msgspec.structs import replace

from controlroom.base.canonical import to_plain
from controlroom.base.progress import Progress, scaled
from controlroom.desk.mastering.steps import without
from controlroom.desk.mastering.targets import BY_KEY
from controlroom.desk.mastering.wishes import Wishes
from controlroom.production.plan_text import plan_of
from controlroom.rooms import mastering
from controlroom.rooms.mastering import Mastered, MasterPlan, MasterReport, media, reference
from controlroom.rooms.mastering.listen import Heard, listen
from controlroom.rooms.mastering.shaping import Measured, Step, shaped
from controlroom.rooms.mastering.translation import Over, codec_safe
from controlroom.sound.files import AudioFile, Format, write
from controlroom.sound.hearing import Hearing
from controlroom.sound.signal import Signal, blocks
from controlroom.sound.stream import Chain
from controlroom.sound.survey import Survey

FLOAT_WAV = Format("wav", 32)
SHARE_LISTENING, SHARE_MAKING, SHARE_HEARING = 0.1, 0.95, 0.2


class Source(NamedTuple):
    """A recording to master, or to go toward: what it is called, its file, where its sections lie (s)."""

    name: str
    path: Path
    sections: Sequence[tuple[float, float]] = ()


class Made(msgspec.Struct, frozen=True, kw_only=True):
    """`proposal`: before steps were switched off; `plan`: what was rendered; `facts`: what was measured, as JSON."""

    proposal: MasterPlan
    plan: MasterPlan
    facts: dict[str, Any]


def measured(survey: Survey) -> MasterReport:
    """What mastering hears in a recording that was listened to, without listening again."""
    return mastering.measure(Hearing.from_survey(survey))


def proposed(
    heard: Heard, report: MasterReport, wishes: Wishes, for_medium: media.MediumReport | None = None
) -> MasterPlan:
    """The plan before references were heard and anything was switched off; `for_medium`: what the rules of its medium
    look at in the mix."""
    if wishes.plan:
        return plan_of(wishes.plan, MasterPlan)
    target = BY_KEY[wishes.target]
    ceiling_dbtp = target.ceiling_dbtp if wishes.ceiling_dbtp is None else wishes.ceiling_dbtp
    plan = mastering.decide(report, target_lufs=target.lufs, ceiling_dbtp=ceiling_dbtp)
    plan = shaped(plan, report, heard)
    return media.adapt(plan, media.medium(target.medium), report, for_medium) if target.medium else plan


def make(
    mix: Source,
    references: Sequence[Source],
    wishes: Wishes,
    known: MasterPlan | None,
    out: Path,
    progress: Progress,
) -> Made:
    """Master `mix` as wished, and write it to `out` as a floating-point WAV; temporary files lie beside it.

    `known`: the proposal, where it was made for the same wishes before.
    """
    made: Mastered | None = None
    folder, share = out.parent, 0.5 if wishes.codec_safe else 1.0
    making = scaled(progress, SHARE_LISTENING, share * SHARE_MAKING, "mastering")
    with AudioFile(mix.path) as signal:
        heard = listen(signal, scaled(progress, 0.0, SHARE_LISTENING, "listening"))
        report = mastering.measure(heard)
        destination = None if wishes.plan else BY_KEY[wishes.target].medium
        for_medium = media.measure(signal) if destination and not known else None
        proposal = known or proposed(heard, report, wishes, for_medium)
        if references and known is None and not wishes.plan:
            whole = 0.5 if wishes.off else 1.0
            made = _toward(signal, references, proposal, report, wishes, scaled(making, 0.0, whole), folder)
            proposal, making = made.plan, scaled(making, whole, 1.0)
        plan = without(proposal, wishes.off)
        overs: tuple[Over, ...] = ()
        if made is None or plan != made.plan:
            made = mastering.master(signal, plan=plan, report=report, progress=making, folder=folder)
        if wishes.codec_safe:
            part = scaled(progress, share * SHARE_MAKING, SHARE_MAKING, "codecs")
            made, overs = _codec_safe(signal, made, report, part, folder)
        done = _measured_steps(signal, made.plan)
    write(out, made.signal, FLOAT_WAV, progress=scaled(progress, SHARE_MAKING, 1.0, "writing"))
    if destination:
        made = _held_against(media.medium(destination), made)
    return Made(proposal=proposal, plan=made.plan, facts={"steps": to_plain(done), **_facts(made, overs)})


def _held_against(medium: media.Medium, made: Mastered) -> Mastered:
    """The master with what the rules of its destination say of it; they judge the loudness, where both would."""
    found = media.measure(made.signal)
    own = media.checks(medium, found)
    names = {check.name for check in own}
    return replace(
        made,
        checks=(*(check for check in made.checks if check.name not in names), *own),
        findings=(*made.findings, *media.findings(medium, found)),
    )


def _measured_steps(signal: Signal, plan: MasterPlan) -> tuple[Step, ...]:
    """What each step before the gain does to the mix: one more pass through them."""
    measured = Measured(plan, signal.rate_hz, signal.channels)
    for _ in blocks(Chain(signal, measured.processors)):
        pass
    return measured.steps()


def _codec_safe(
    signal: Signal, made: Mastered, report: MasterReport, progress: Progress, folder: Path
) -> tuple[Mastered, tuple[Over, ...]]:
    """The same master under the ceiling that keeps its decoded streams below full scale, and what codecs make of it."""
    tried = [made]

    def under(ceiling_dbtp: float) -> Signal:
        if ceiling_dbtp != tried[0].plan.limit.ceiling_dbtp:
            lower = replace(made.plan, limit=replace(made.plan.limit, ceiling_dbtp=ceiling_dbtp))
            again = mastering.master(signal, plan=lower, report=report, progress=progress, folder=folder)
            tried[:] = [replace(again, comparison=made.comparison)]
        return tried[0].signal

    found = codec_safe(under, made.plan.limit.ceiling_dbtp, progress=progress, folder=folder)
    return tried[0], found.overs


def _toward(
    signal: Signal,
    references: Sequence[Source],
    plan: MasterPlan,
    report: MasterReport,
    wishes: Wishes,
    progress: Progress,
    folder: Path,
) -> Mastered:
    """A master that goes toward references."""
    with ExitStack() as opened:
        profile = reference.profile(
            [opened.enter_context(AudioFile(each.path)) for each in references],
            [chosen.weight for chosen in wishes.references],
            names=[each.name for each in references],
            sections=[each.sections for each in references],
            progress=scaled(progress, 0.0, SHARE_HEARING, "listening"),
        )
    amounts = msgspec.convert(msgspec.to_builtins(wishes.amounts), reference.Amounts)
    guide = reference.Guide(profile=profile, amounts=amounts)
    found = reference.guided(signal, plan, guide, scaled(progress, SHARE_HEARING, 1.0, "mastering"), folder=folder)
    made = mastering.checked(signal, found.plan, report, found.made)
    return replace(made, findings=(*made.findings, *found.findings), comparison=found.comparison)


def _facts(made: Mastered, overs: Sequence[Over]) -> dict[str, Any]:
    return {
        "after": to_plain(made.loudness),
        "gain_db": made.gain_db,
        "taken": to_plain(made.taken),
        "checks": [check.to_json() for check in made.checks],
        "findings": [finding.to_json() for finding in made.findings],
        "overs": [to_plain(over) for over in overs],
        **({"beside": made.comparison.to_json()} if made.comparison else {}),
    }
