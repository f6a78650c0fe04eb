"""A song's references in its walk: heard once, and the proposal for the master turned toward them."""

from __future__ import annotations

import msgspec
from msgspec.structs import replace

from controlroom.base.canonical import identity
from controlroom.base.finding import Finding
from controlroom.base.progress import SILENT, Progress, scaled
from controlroom.production.results import Story
from controlroom.production.workshop import Workshop
from controlroom.rooms import mastering
from controlroom.rooms.mastering import MasterPlan
from controlroom.rooms.mastering.reference import (
    Amounts,
    Comparison,
    Guide,
    Profile,
    Refused,
    guided,
    merged,
    profile,
)
from controlroom.sound.files import AudioFile

HEARD = 2  # changes with anything that changes a profile, so that kept ones are made anew


class Liked(msgspec.Struct, frozen=True, kw_only=True):
    """The references of a song as one profile; None where it names none that tells anything."""

    profile: Profile | None = None
    findings: tuple[Finding, ...] = ()


class Turned(msgspec.Struct, frozen=True, kw_only=True):
    """A proposal that goes toward the references, what they could not tell, and what was changed."""

    plan: MasterPlan
    findings: tuple[Finding, ...] = ()
    comparison: Comparison | None = None


def liked(story: Story, shop: Workshop, progress: Progress = SILENT) -> Liked:
    """Hear the references that the song names, each once for its bytes."""
    heard, refused = [], []
    paths = story.material.references
    for k, path in enumerate(paths):
        source = story.material.sources[path]
        name = f"{source.sha256[:32]}-{HEARD}"
        known = shop.ledger.recall("profiles", name, Profile)
        if known is None:
            try:
                with AudioFile(source.at) as signal:
                    part = scaled(progress, k / len(paths), (k + 1) / len(paths), "references")
                    known = profile([signal], names=[path.stem], progress=part)
            except Refused as reason:
                refused.append(replace(reason.finding, path=path.as_posix()))
                continue
            shop.ledger.keep("profiles", name, known)
        heard.append(known)
    return Liked(profile=merged(heard) if heard else None, findings=tuple(refused))


def turned(story: Story, shop: Workshop, proposal: MasterPlan, toward: Profile, progress: Progress = SILENT) -> Turned:
    """`proposal` toward the references, its curve found by rendering; kept until mix, references or proposal change."""
    mix = story.the_mix
    if mix.survey.loudness.integrated_lufs is None:
        return Turned(plan=proposal)
    guide = Guide(profile=toward, amounts=Amounts())
    key = identity("turned", mastering.ENGINE, HEARD, proposal, guide, mix.key)
    known = shop.ledger.recall("turned", key, Turned)
    if known is None:
        with AudioFile(mix.path) as signal:
            made = guided(signal, proposal, guide, progress, folder=shop.scratch)
        known = Turned(plan=made.plan, findings=made.findings, comparison=made.comparison)
        shop.ledger.keep("turned", key, known)
    return known
