"""Making a master for the desk: from the wishes to a plan, from the plan to a file and what is known of it."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from controlroom.base.canonical import to_plain
from controlroom.base.progress import Progress, scaled
from controlroom.desk.mastering.steps import without
from controlroom.desk.mastering.targets import BY_KEY
from controlroom.desk.mastering.wishes import Wishes
from controlroom.production.plan_text import plan_of
from controlroom.rooms import mastering
from controlroom.rooms.mastering import Mastered, MasterPlan, MasterReport, media, reference
from controlroom.rooms.mastering.listen import Heard
from controlroom.rooms.mastering.shaping import shaped
from controlroom.sound.files import AudioFile, Format, write
from controlroom.sound.signal import Signal

FLOAT_WAV = Format("wav", 32)
USUAL_CEILING_DBTP = -1.0
LEVEL_OPEN = "How loud the mix may be is tried when the master is made."
SHARE_MAKING, SHARE_HEARING = 0.95, 0.1


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


def foreseen(heard: Heard, report: MasterReport, wishes: Wishes) -> MasterPlan:
    """A preview: the plan as far as it can be told before the mix is listened to again and references are heard."""
    target = BY_KEY[wishes.target]
    goal = media.medium(target.medium) if target.medium else None
    ceiling_dbtp = USUAL_CEILING_DBTP if wishes.ceiling_dbtp is None else wishes.ceiling_dbtp
    plan = shaped(mastering.decide(report, target_lufs=target.lufs, ceiling_dbtp=ceiling_dbtp), report, heard)
    plan = media.adapt(plan, goal, report) if goal else plan
    if target.lufs is not None or report.finished or (goal and goal.sets_level):
        return plan
    return msgspec.structs.replace(plan, reasons=(*plan.reasons, LEVEL_OPEN))


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
    proposal = plan_of(wishes.plan, MasterPlan) if wishes.plan else known
    medium = "" if wishes.plan else BY_KEY[wishes.target].medium
    making = scaled(progress, 0.0, SHARE_MAKING, "mastering")
    made: Mastered | None = None
    with AudioFile(mix.path) as signal:
        if proposal is None:
            whole = 0.5 if wishes.off else 1.0
            made = _proposed(signal, references, wishes, scaled(making, 0.0, whole), out.parent)
            proposal, making = made.plan, scaled(making, whole, 1.0)
        plan = without(proposal, wishes.off)
        if made is None or plan != made.plan:
            made = mastering.master(
                signal,
                plan=plan,
                medium=medium,
                codec_safe=wishes.codec_safe,
                progress=making,
                folder=out.parent,
            )
    write(out, made.signal, FLOAT_WAV, progress=scaled(progress, SHARE_MAKING, 1.0, "writing"))
    return Made(proposal=proposal, plan=made.plan, facts=_facts(made))


def _proposed(
    signal: Signal, references: Sequence[Source], wishes: Wishes, progress: Progress, folder: Path
) -> Mastered:
    """The master of a plan that the room decides on."""
    target = BY_KEY[wishes.target]
    share = SHARE_HEARING if references else 0.0
    return mastering.master(
        signal,
        target_lufs=target.lufs,
        ceiling_dbtp=wishes.ceiling_dbtp,
        medium=target.medium,
        reference=_guide(references, wishes, scaled(progress, 0.0, share, "listening")) if references else None,
        codec_safe=wishes.codec_safe,
        progress=scaled(progress, share, 1.0, "mastering"),
        folder=folder,
    )


def _guide(references: Sequence[Source], wishes: Wishes, progress: Progress) -> reference.Guide:
    """What the references sound like together, and how far to go toward them."""
    with ExitStack() as opened:
        profile = reference.profile(
            [opened.enter_context(AudioFile(each.path)) for each in references],
            [chosen.weight for chosen in wishes.references],
            names=[each.name for each in references],
            sections=[each.sections for each in references],
            progress=progress,
        )
    amounts = msgspec.convert(msgspec.to_builtins(wishes.amounts), reference.Amounts)
    return reference.Guide(profile=profile, amounts=amounts)


def _facts(made: Mastered) -> dict[str, Any]:
    return {
        "after": to_plain(made.loudness),
        "gain_db": made.gain_db,
        "steps": to_plain(made.steps),
        "taken": to_plain(made.taken),
        "checks": [check.to_json() for check in made.checks],
        "findings": [finding.to_json() for finding in made.findings],
        "overs": [to_plain(over) for over in made.overs],
        **({"beside": made.comparison.to_json()} if made.comparison else {}),
    }
