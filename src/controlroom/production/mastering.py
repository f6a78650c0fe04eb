"""The mix becomes masters: one float file for each rate that is delivered, limited at that rate."""

from __future__ import annotations

from pathlib import Path

import msgspec

from controlroom.base.canonical import identity
from controlroom.base.files import safe_name
from controlroom.base.progress import Progress, scaled
from controlroom.production.options import Options
from controlroom.production.results import MasterFacts, MasterMade, MixMade, Story
from controlroom.production.song_references import Liked, Turned, liked, turned
from controlroom.production.workshop import Workshop, plan_findings
from controlroom.rooms import delivery, mastering
from controlroom.rooms.delivery import DeliveryPlan
from controlroom.rooms.mastering import MasterPlan, MasterReport
from controlroom.sound.files import AudioFile, Format, write
from controlroom.sound.hearing import Hearing
from controlroom.store.plans import edited_plan

FLOAT_WAV = Format("wav", 32)


def master_mix(story: Story, shop: Workshop, outputs: list[Path], progress: Progress) -> Story:
    """Measure the mix, settle the plan, render what is not there yet."""
    mix, folder = story.the_mix, shop.out / "masters"
    with AudioFile(mix.path) as signal:
        report = mastering.measure(Hearing.from_survey(mix.survey, signal))
    toward = liked(story, shop, scaled(progress, 0.0, 0.05))
    proposal = _proposal(story, shop, report, toward, scaled(progress, 0.05, 0.2))
    settled = shop.plan(folder / "plan.toml", proposal.plan)
    plan = settled.plan
    paths: dict[int, Path] = {}
    facts: dict[int, MasterFacts] = {}
    rates_hz = _rates_hz(plan, shop)
    for k, rate_hz in enumerate(rates_hz):
        paths[rate_hz] = folder / f"{safe_name(story.title)}{f' {rate_hz} Hz' if k else ''}.wav"
        at_rate = msgspec.structs.replace(plan, rate_hz=rate_hz)
        part = scaled(progress, 0.2 + 0.7 * k / len(rates_hz), 0.2 + 0.7 * (k + 1) / len(rates_hz))
        facts[rate_hz] = _made(shop, mix, at_rate, report, paths[rate_hz], part)
    shop.tidy(folder, keep=paths.values())
    outputs += [*paths.values(), folder / "plan.toml"]
    first = facts[plan.rate_hz]
    return story.with_(
        master=MasterMade(
            paths=paths,
            plan=plan,
            facts=first,
            survey=shop.survey(paths[plan.rate_hz], first.key, scaled(progress, 0.9, 1.0)),
            findings=(
                *first.findings,
                *toward.findings,
                *proposal.findings,
                *plan_findings(folder / "plan.toml", settled, unheeded(shop.options, plan)),
            ),
        )
    )


def unheeded(asked: Options, plan: MasterPlan) -> str:
    """What this walk was asked for and `plan`, which a person made, does otherwise."""
    said = []
    if asked.target_lufs is not None and asked.target_lufs != plan.target_lufs:
        said.append(f"--target {asked.target_lufs:g}")
    if asked.medium:  # of which a plan keeps the figures, not the name
        said.append(f"--target {asked.medium}")
    if asked.ceiling_dbtp is not None and asked.ceiling_dbtp != plan.limit.ceiling_dbtp:
        said.append(f"--ceiling {asked.ceiling_dbtp:g}")
    return " ".join(said)


def _proposal(story: Story, shop: Workshop, report: MasterReport, toward: Liked, progress: Progress) -> Turned:
    """The plan that the mix asks for, turned toward the references of the song where it has some."""
    mix, asked = story.the_mix, shop.options
    with AudioFile(mix.path) as signal:
        plan = mastering.propose(
            signal,
            Hearing.from_survey(mix.survey, signal),
            report,
            target_lufs=asked.target_lufs,
            medium=asked.medium,
            ceiling_dbtp=asked.ceiling_dbtp,
            at_most_lufs=toward.profile.integrated_lufs if toward.profile else None,
            progress=scaled(progress, 0.0, 0.5),
        )
    if toward.profile is None:
        return Turned(plan=plan)
    return turned(story, shop, plan, toward.profile, scaled(progress, 0.5, 1.0))


def _rates_hz(plan: MasterPlan, shop: Workshop) -> list[int]:
    """The rates to master at: the plan's own, those of what is to be delivered, and of a delivery that was edited."""
    place = shop.out / "delivery" / "plan.toml"
    edited = None if shop.options.replan else edited_plan(place, DeliveryPlan, shop.ledger)
    asked = shop.asked
    wanted = delivery.decide(rate_hz=plan.rate_hz, formats=asked.formats, destinations=asked.destinations).rates_hz
    return list(dict.fromkeys([plan.rate_hz, *wanted, *(edited.rates_hz if edited else ())]))


def _made(
    shop: Workshop, mix: MixMade, plan: MasterPlan, report: MasterReport, path: Path, progress: Progress
) -> MasterFacts:
    """The master at `path`, rendered unless it is there, and what is known of it."""
    medium = shop.options.medium
    key = identity("master", mastering.ENGINE, plan, mix.key, *([medium] if medium else []))
    known = shop.ledger.recall("masters", key, MasterFacts)
    if known and shop.keeps("mastering", path, key):
        return known
    with AudioFile(mix.path) as signal:
        made = mastering.master(
            signal, plan=plan, medium=medium, report=report, progress=scaled(progress, 0, 0.9), folder=shop.scratch
        )
    write(path, made.signal, FLOAT_WAV, progress=scaled(progress, 0.9, 1.0))
    facts = MasterFacts(
        key=key,
        loudness=made.loudness,
        gain_db=made.gain_db,
        taken=made.taken,
        checks=made.checks,
        findings=made.findings,
    )
    shop.ledger.keep("masters", key, facts)
    shop.ledger.record(path, key)
    return facts
