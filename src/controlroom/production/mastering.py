"""The mix becomes masters: one float file for each rate that is delivered, limited at that rate."""

from __future__ import annotations

from pathlib import Path

import msgspec

from controlroom.base.canonical import identity
from controlroom.base.files import safe_name
from controlroom.base.progress import Progress, scaled
from controlroom.production.results import MasterFacts, MasterMade, MixMade, Story
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
    asked = shop.options
    with AudioFile(mix.path) as signal:
        heard = Hearing.from_survey(mix.survey, signal)
        report = mastering.measure(heard)
        proposal = mastering.propose(
            signal,
            heard,
            report,
            target_lufs=asked.target_lufs,
            medium=asked.medium,
            ceiling_dbtp=asked.ceiling_dbtp,
            progress=scaled(progress, 0.0, 0.1),
        )
    settled = shop.plan(folder / "plan.toml", proposal)
    plan = settled.plan
    paths: dict[int, Path] = {}
    facts: dict[int, MasterFacts] = {}
    rates_hz = _rates_hz(plan, shop)
    for k, rate_hz in enumerate(rates_hz):
        paths[rate_hz] = folder / f"{safe_name(story.title)}{f' {rate_hz} Hz' if k else ''}.wav"
        at_rate = msgspec.structs.replace(plan, rate_hz=rate_hz)
        part = scaled(progress, 0.1 + 0.8 * k / len(rates_hz), 0.1 + 0.8 * (k + 1) / len(rates_hz))
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
            findings=(*first.findings, *plan_findings(folder / "plan.toml", settled)),
        )
    )


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
    key = identity("master", mastering.ENGINE, plan, mix.key)
    known = shop.ledger.recall("masters", key, MasterFacts)
    if known and shop.keeps("mastering", path, key):
        return known
    with AudioFile(mix.path) as signal:
        made = mastering.master(
            signal, plan=plan, report=report, progress=scaled(progress, 0, 0.9), folder=shop.scratch
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
