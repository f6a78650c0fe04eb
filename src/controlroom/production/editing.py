"""Takes become finished tracks: the best passages of several passes, topped and tailed, all mics together."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path

import msgspec

from controlroom.base.canonical import identity
from controlroom.base.errors import UsageError
from controlroom.base.files import safe_name
from controlroom.base.finding import Finding
from controlroom.base.progress import Progress, scaled
from controlroom.production.material import Material
from controlroom.production.results import Edited, Story, Track
from controlroom.production.shares import shared_out
from controlroom.production.workshop import Workshop, plan_findings
from controlroom.rooms import editing
from controlroom.rooms.editing import EditPlan, PlannedMic
from controlroom.song.model import Mic, Part
from controlroom.sound.files import AudioFile, Format, write
from controlroom.sound.hearing import Hearing
from controlroom.sound.signal import Signal
from controlroom.sound.survey import Survey

FLOAT_WAV = Format("wav", 32)
EDITED_PARTS = ("parts", "last")
"""Where the ledger keeps which parts the last walk edited: the folders of their plans."""


class _PartEdited(msgspec.Struct, frozen=True):
    """One part, edited: its tracks, its plan, and the files that were made for it."""

    tracks: tuple[Track, ...]
    plan: EditPlan
    outputs: tuple[Path, ...]
    findings: tuple[Finding, ...]


def edit_parts(story: Story, shop: Workshop, outputs: list[Path], progress: Progress) -> Story:
    """Edit part after part. An original that the plan leaves as it is goes on to the mix unrendered."""
    material, surveys = story.material, story.the_takes.surveys
    parts = material.song.parts
    edited = []
    for k, part in enumerate(parts):
        done = scaled(progress, k / len(parts), (k + 1) / len(parts), f"editing {part.name}")
        edited.append(_edit(material, surveys, part, shop, done))
    made = [path for one in edited for path in one.outputs]
    shop.tidy(shop.out / "edits", keep=made)
    shop.ledger.keep(*EDITED_PARTS, [safe_name(part.name) for part in parts])
    outputs += made
    return story.with_(
        edited=Edited(
            tracks=_uniquely_named([track for one in edited for track in one.tracks]),
            plans=tuple(one.plan for one in edited),
            findings=tuple(finding for one in edited for finding in one.findings),
        )
    )


def _edit(
    material: Material, surveys: dict[Path, Survey], part: Part, shop: Workshop, progress: Progress
) -> _PartEdited:
    folder = shop.out / "edits" / safe_name(part.name)
    sources = identity([(one, [material.sources[mic.path].sha256 for mic in one.mics]) for one in part.passes])
    with ExitStack() as stack:
        signals = {
            mic.path: stack.enter_context(AudioFile(material.sources[mic.path].at))
            for one in part.passes
            for mic in one.mics
        }
        proposal = _proposal(material, surveys, part, signals, sources, shop, scaled(progress, 0.0, 0.5))
        plan_path = folder / "plan.toml"
        settled = shop.plan(plan_path, proposal)
        plan = settled.plan
        _check_files(plan, signals)
        key = identity("edit", editing.ENGINE, plan, sources, material.rate_hz)
        takes = {one.name: {mic.path: signals[mic.path] for mic in one.mics} for one in part.passes}
        if plan.changes_nothing:
            rendered: dict[str, Path] = {}
        else:
            rendered = _render(takes, plan, material.rate_hz, folder, key, shop, scaled(progress, 0.5, 0.8))
    mics = {mic.path: mic for one in part.passes for mic in one.mics}

    def track(mic: PlannedMic, share: Progress) -> Track:
        return _track(mic, mics, part, material, surveys, rendered, key, shop, share)

    tracks = tuple(shared_out(track, plan.mics, scaled(progress, 0.8, 1.0)))
    findings = tuple(msgspec.structs.replace(f, path=part.name) for f in plan_findings(plan_path, settled))
    return _PartEdited(tracks, plan, (*rendered.values(), plan_path), findings)


def _check_files(plan: EditPlan, there: Mapping[Path, Signal]) -> None:
    """Refuse an edited plan that plays recordings which have been taken away since."""
    for mic in plan.mics:
        for take, path in mic.files.items():
            if path not in there:
                why = f"it plays {path.as_posix()} ({take}), which is not there"
                raise UsageError(f"The edit plan of {plan.part!r}", why, "Mend it, or plan anew with --replan.")


def _proposal(
    material: Material,
    surveys: dict[Path, Survey],
    part: Part,
    signals: dict[Path, AudioFile],
    sources: str,
    shop: Workshop,
    progress: Progress,
) -> EditPlan:
    """The proposal for these takes; the phrases of several passes are compared once, and remembered."""
    sheet = material.song.sheet
    key = identity("comp", editing.ENGINE, part, sources, sheet.tempo_bpm, sheet.meter, sheet.key)
    kept = None if shop.options.anew("editing") else shop.ledger.recall("comps", key, EditPlan)
    if kept is not None:
        return kept
    hearings = {path: Hearing.from_survey(surveys[path], signal) for path, signal in signals.items()}
    report = editing.measure(
        part, hearings, tempo_bpm=sheet.tempo_bpm, meter=sheet.meter, key=sheet.key, progress=progress
    )
    plan = editing.decide(report)
    shop.ledger.keep("comps", key, plan)
    return plan


def _render(
    takes: Mapping[str, Mapping[Path, Signal]],
    plan: EditPlan,
    rate_hz: int,
    folder: Path,
    key: str,
    shop: Workshop,
    progress: Progress,
) -> dict[str, Path]:
    """One file for each mic, written side by side: every mic reads files of its own."""
    paths = {mic.name: folder / f"{safe_name(mic.name)}.wav" for mic in plan.mics}
    missing = [name for name, path in paths.items() if not shop.keeps("editing", path, key)]
    signals = editing.render(takes, plan, rate_hz=rate_hz) if missing else {}

    def make(name: str, share: Progress) -> None:
        write(paths[name], signals[name], FLOAT_WAV, progress=share)
        shop.ledger.record(paths[name], key)

    shared_out(make, missing, progress)
    return paths


def _track(
    planned: PlannedMic,
    mics: dict[Path, Mic],
    part: Part,
    material: Material,
    surveys: dict[Path, Survey],
    rendered: dict[str, Path],
    key: str,
    shop: Workshop,
    progress: Progress,
) -> Track:
    original = next(iter(planned.files.values()))
    path = rendered.get(planned.name)
    source = material.sources[original]
    track_key = identity(key, planned.name) if path else source.sha256
    return Track(
        name=planned.name if path else original.stem,
        path=path or source.at,
        key=track_key,
        role=planned.role,
        part=part.name,
        side=mics[original].side,
        printed=part.printed,
        survey=shop.survey(path, track_key, progress) if path else surveys[original],
    )


def _uniquely_named(tracks: list[Track]) -> tuple[Track, ...]:
    """Every track under a name of its own: the part's name goes before one that is there twice."""
    names = [track.name for track in tracks]
    seen: set[str] = set()
    unique = []
    for track in tracks:
        name = track.name if names.count(track.name) == 1 else f"{track.part} {track.name}"
        while name in seen:
            name += "'"
        seen.add(name)
        unique.append(msgspec.structs.replace(track, name=name))
    return tuple(unique)
