"""Every take is heard once and checked: by itself, and against the mics it was recorded with."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path

import msgspec

from controlroom.base.canonical import identity
from controlroom.base.progress import Progress, scaled
from controlroom.production.material import Material
from controlroom.production.results import Checked, CheckedTake, Story
from controlroom.production.roles import named_or_heard
from controlroom.production.shares import shared_out
from controlroom.production.workshop import Workshop
from controlroom.rooms import tracking
from controlroom.rooms.tracking import PassReport, TakeReport
from controlroom.song.model import Mic, Part, Pass, Song
from controlroom.song.roles import family_of
from controlroom.sound.files import AudioFile
from controlroom.sound.hearing import Hearing
from controlroom.sound.survey import Survey


class _Heard(msgspec.Struct, frozen=True):
    """One mic, heard: with the role its name or its sound gives it."""

    mic: Mic
    survey: Survey
    report: TakeReport


def check_material(story: Story, shop: Workshop, outputs: list[Path], progress: Progress) -> Story:
    """Hear all takes side by side, then compare the mics of each pass."""
    material = story.material
    mics = [(part, mic) for part in material.song.parts for each in part.passes for mic in each.mics]

    def hear(place: tuple[Part, Mic], share: Progress) -> _Heard:
        return _hear(material, shop, *place, share)

    heard = {one.mic.path: one for one in shared_out(hear, mics, scaled(progress, 0.0, 0.9, "listening"))}
    song = _with_roles(material.song, heard)
    surveys = {path: one.survey for path, one in heard.items()}
    passes = [(part, each) for part in song.parts for each in part.passes]

    def relate(place: tuple[Part, Pass], share: Progress) -> PassReport | None:
        return _relations(shop, material, surveys, *place)

    relations = shared_out(relate, passes, scaled(progress, 0.9, 1.0, "comparing mics"))
    takes = [
        CheckedTake(part=part.name, take=each.name, report=tracking.decide(heard[mic.path].report, relation))
        for (part, each), relation in zip(passes, relations, strict=True)
        for mic in each.mics
    ]
    return story.with_(
        material=msgspec.structs.replace(material, song=song), checked=Checked(takes=tuple(takes), surveys=surveys)
    )


def _hear(material: Material, shop: Workshop, part: Part, mic: Mic, progress: Progress) -> _Heard:
    source, sheet = material.sources[mic.path], material.song.sheet
    kept = shop.hear(source.at, source.sha256, progress)
    survey = kept.survey
    with AudioFile(source.at) as signal:
        mic = named_or_heard(mic, survey, signal)
        asked = (mic.role, sheet.tempo_bpm, sheet.key, part.printed, mic.path)
        key = identity("take", tracking.ENGINE, source.sha256, survey.engine, asked)
        report = shop.ledger.recall("takes", key, TakeReport)
        if report is None:
            report = tracking.measure_take(
                Hearing.from_survey(survey, signal),
                source.info,
                mic.role,
                path=mic.path,
                tempo_bpm=sheet.tempo_bpm,
                key=sheet.key,
                printed=part.printed,
                nonfinite_samples=kept.nonfinite_samples,
            )
            shop.ledger.keep("takes", key, report)
    return _Heard(mic, survey, report)


def _with_roles(song: Song, heard: Mapping[Path, _Heard]) -> Song:
    """The song, each mic with its role, and each part that had none with the family of its first mic."""

    def passed(each: Pass) -> Pass:
        return msgspec.structs.replace(each, mics=tuple(heard[mic.path].mic for mic in each.mics))

    parts = []
    for part in song.parts:
        passes = tuple(passed(each) for each in part.passes)
        role = part.role if part.role != "other" else family_of(passes[0].mics[0].role)
        parts.append(msgspec.structs.replace(part, passes=passes, role=role))
    return msgspec.structs.replace(song, parts=tuple(parts))


def _relations(
    shop: Workshop, material: Material, surveys: Mapping[Path, Survey], part: Part, each: Pass
) -> PassReport | None:
    if part.printed or len(each.mics) < 2:
        return None
    sources = {mic.path: material.sources[mic.path] for mic in each.mics}
    key = identity("pass", tracking.ENGINE, [(mic, sources[mic.path].sha256) for mic in each.mics])
    report = shop.ledger.recall("passes", key, PassReport)
    if report is None:
        with ExitStack() as stack:
            hearings = {
                path: Hearing.from_survey(surveys[path], stack.enter_context(AudioFile(source.at)))
                for path, source in sources.items()
            }
            report = tracking.measure_pass(hearings, each.mics)
        shop.ledger.keep("passes", key, report)
    return report
