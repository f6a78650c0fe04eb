"""Finished tracks become a mix; a mix that somebody supplied is taken instead of ours."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from controlroom.base.canonical import identity
from controlroom.base.errors import InputRefused
from controlroom.base.files import safe_name
from controlroom.base.finding import Finding
from controlroom.base.progress import SILENT, Progress, scaled
from controlroom.production.results import MixFacts, MixMade, Story, Track
from controlroom.production.workshop import Workshop, plan_findings
from controlroom.rooms import mixing
from controlroom.rooms.mixing import MixPlan, MixReport, TrackIn
from controlroom.sound.files import AudioFile, Format, write
from controlroom.sound.signal import Signal

FLOAT_WAV = Format("wav", 32)


def mix_tracks(story: Story, shop: Workshop, outputs: list[Path], progress: Progress) -> Story:
    """Take the supplied mix, or make one of the finished tracks."""
    supplied = story.material.song.mixes
    if supplied:
        return story.with_(mix=_supplied(story, shop, supplied[-1], progress))
    return story.with_(mix=_ours(story, shop, outputs, progress))


def _supplied(story: Story, shop: Workshop, path: Path, progress: Progress) -> MixMade:
    source = story.material.sources[path]
    finding = Finding(code="mix_supplied", severity="info", args={"name": path.name})
    survey = shop.survey(source.at, source.sha256, progress)
    return MixMade(path=source.at, key=source.sha256, survey=survey, findings=(finding,))


def _ours(story: Story, shop: Workshop, outputs: list[Path], progress: Progress) -> MixMade:
    edited, folder = story.the_edits, shop.out / "mix"
    if not edited.tracks:
        raise InputRefused(
            story.material.song.folder, "there is no track to mix", "Put the recordings into takes/<part>/."
        )
    path, plan_path = folder / f"{safe_name(story.title)} (mix).wav", folder / "plan.toml"
    described = [(t.name, t.key, t.role, t.part, t.side, t.printed) for t in edited.tracks]
    sources = identity(mixing.ENGINE, described, story.material.rate_hz)
    with opened(edited.tracks) as signals:
        report = heard(edited.tracks, signals, scaled(progress, 0.0, 0.1))
        proposal = _proposal(shop, report, signals, sources, story, progress)
        settled = shop.plan(plan_path, proposal)
        key = identity("mix", settled.plan, sources)
        facts = shop.ledger.recall("mixes", key, MixFacts)
        if facts is None or not shop.keeps("mixing", path, key):
            facts = rendered(signals, settled.plan, path, scaled(progress, 0.2, 0.95))
            shop.ledger.keep("mixes", key, facts)
            shop.ledger.record(path, key)
    shop.tidy(folder, keep=[path])
    outputs += [path, plan_path]
    return MixMade(
        path=path,
        key=key,
        survey=shop.survey(path, key, scaled(progress, 0.95, 1.0, "listening")),
        plan=settled.plan,
        facts=facts,
        findings=(*report.findings, *facts.findings, *plan_findings(plan_path, settled)),
    )


def _proposal(
    shop: Workshop, report: MixReport, signals: dict[str, Signal], key: str, story: Story, progress: Progress
) -> MixPlan:
    """The proposal for these sources; a rehearsal is played once, and remembered."""
    kept = None if shop.options.anew("mixing") else shop.ledger.recall("rehearsals", key, MixPlan)
    if kept is not None:
        return kept
    plan = mixing.decide(report, rate_hz=story.material.rate_hz)
    plan = mixing.rehearse(signals, plan, report, progress=scaled(progress, 0.1, 0.2))
    shop.ledger.keep("rehearsals", key, plan)
    return plan


@contextmanager
def opened(tracks: Sequence[Track]) -> Iterator[dict[str, Signal]]:
    """The files of the tracks, open, by name."""
    with ExitStack() as stack:
        yield {track.name: stack.enter_context(AudioFile(track.path)) for track in tracks}


def heard(tracks: Sequence[Track], signals: dict[str, Signal], progress: Progress = SILENT) -> MixReport:
    """What the mixing room makes of the tracks."""
    arrived = {
        track.name: TrackIn(
            survey=track.survey,
            role=track.role,
            path=track.name,
            side=track.side,
            part=track.part,
            printed=track.printed,
            signal=signals[track.name],
        )
        for track in tracks
    }
    return mixing.measure(arrived, progress=progress)


def rendered(
    signals: dict[str, Signal], plan: MixPlan, path: Path, progress: Progress, form: Format = FLOAT_WAV
) -> MixFacts:
    """Write the mix of `signals` to `path` and say how it came out."""
    with mixing.render(signals, plan) as mix:
        write(path, mix, form, progress=progress)
        sound = mix.heard()
        return MixFacts(
            strips=mixing.standing(mix),
            loudness=sound.loudness,
            checks=mixing.checks(sound, plan),
            findings=mixing.findings(sound, plan),
        )
