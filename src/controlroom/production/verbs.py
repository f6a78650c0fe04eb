"""The single verbs of the command line: one or two rooms each, on plain files."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import msgspec

from controlroom.base.errors import InputRefused, UsageError
from controlroom.base.progress import SILENT, Progress, scaled
from controlroom.production.checking import check_material
from controlroom.production.editing import edit_parts
from controlroom.production.material import facts_of, material_of, read_files, read_material
from controlroom.production.mixing import heard, opened, rendered
from controlroom.production.options import Asked, Options
from controlroom.production.results import Edited, Story
from controlroom.production.roles import named_or_heard
from controlroom.production.suffixes import format_of
from controlroom.production.walk import LAST_OPTIONS, produce
from controlroom.production.workshop import Workshop
from controlroom.rooms import editing, mixing
from controlroom.rooms.editing import EditPlan
from controlroom.rooms.mixing import MixPlan
from controlroom.song.grouping import group
from controlroom.song.model import Mic, Part, Pass, Sheet
from controlroom.song.roles import family_of, guess_role
from controlroom.sound.files import AudioFile, AudioInfo, Format, write
from controlroom.sound.hearing import Hearing
from controlroom.store.ledger import Ledger
from controlroom.store.plans import read_plan


@contextmanager
def _bench(beside: Path | None = None) -> Iterator[Workshop]:
    """A workshop whose results nobody keeps, on the disk of `beside` (None: the temporary folder)."""
    where = beside.absolute().parent if beside else None
    if where and not where.is_dir():
        raise UsageError(str(where), "there is no such folder", "Make it first.")
    with tempfile.TemporaryDirectory(prefix=".controlroom-", dir=where) as scratch:
        yield Workshop(Path(scratch), Ledger(Path(scratch)), Options())


def check_files(
    paths: Sequence[Path], *, tempo_bpm: float | None = None, progress: Progress = SILENT
) -> tuple[list[dict[str, Any]], list[InputRefused]]:
    """The take sheet of plain files, in their order, and the refusals of those that cannot be read."""
    absolute = [path.absolute() for path in paths]
    folder = Path(os.path.commonpath([path.parent for path in absolute]))
    sources, refusals = read_files(folder, [path.relative_to(folder) for path in absolute])
    sheets: dict[Path, dict[str, Any]] = {}
    if sources:
        sheet = Sheet(tempo_bpm=tempo_bpm)
        story = Story(material=material_of(sheet, sources, folder=folder, takes=list(sources)))
        with _bench() as shop:
            checked = check_material(story, shop, [], progress).the_takes
        sheets = {folder / take.report.path: take.report.to_json() for take in checked.takes}
    said = []
    for path, place in zip(paths, absolute, strict=True):
        refusal = refusals.get(place.relative_to(folder))
        said.append({"path": str(path), "error": str(refusal)} if refusal else {**sheets[place], "path": str(path)})
    return said, list(refusals.values())


def comp_files(
    paths: Sequence[Path],
    out: Path,
    *,
    tempo_bpm: float | None = None,
    plan: Path | None = None,
    progress: Progress = SILENT,
) -> dict[str, Any]:
    """Comp the takes of one part into one file; returns what `comp --json` prints."""
    form = format_of(out)
    given = read_plan(plan, EditPlan) if plan else None
    with ExitStack() as files:
        takes = {path: files.enter_context(AudioFile(path)) for path in paths}
        hearings = {path: Hearing(take, scaled(progress, 0.0, 0.3)) for path, take in takes.items()}
        first = Mic(path=paths[0], role=guess_role(paths[0].stem).role)
        role = named_or_heard(first, hearings[paths[0]].survey, takes[paths[0]]).role
        part = one_part({path: take.info for path, take in takes.items()}, role)
        if given is None:
            report = editing.measure(part, hearings, tempo_bpm=tempo_bpm, progress=scaled(progress, 0.3, 0.7))
            given = editing.decide(report)
        sources = {one.name: {mic.path: takes[mic.path] for mic in one.mics} for one in part.passes}
        (track,) = editing.render(sources, given).values()
        write(out, track, form, progress=scaled(progress, 0.7, 1.0, "writing"))
    played = {one.name: str(one.mics[0].path) for one in part.passes}
    segments = [
        {"take": played.get(s.take, s.take), "start_s": s.start_s, "end_s": s.end_s, "score": s.score}
        for s in given.segments
    ]
    return {"plan": msgspec.to_builtins(given, enc_hook=str), "segments": segments}


def one_part(infos: Mapping[Path, AudioInfo], role: str) -> Part:
    """Plain files as the passes of one part: as a song folder would group them, else each a pass of its own."""
    facts = [facts_of(path, info) for path, info in infos.items()]
    folder = Path(os.path.commonpath([path.parent for path in infos]))
    grouped = group([msgspec.structs.replace(one, path=one.path.relative_to(folder)) for one in facts], Sheet())
    if len(grouped) == 1 and all(len(one.mics) == 1 for one in grouped[0].passes):
        return _moved_into(folder, grouped[0])
    stamps = [one.time_reference_s for one in facts]
    known = [stamp for stamp in stamps if stamp is not None]
    first = min(known) if len(known) == len(stamps) else None
    passes = tuple(
        Pass(
            name=one.path.as_posix(),
            mics=(Mic(path=one.path, role=role),),
            start_s=0.0 if first is None else (one.time_reference_s or 0.0) - first,
        )
        for one in facts
    )
    return Part(name=facts[0].path.stem, role=family_of(role), passes=passes)


def _moved_into(folder: Path, part: Part) -> Part:
    def moved(one: Pass) -> Pass:
        mics = tuple(msgspec.structs.replace(mic, path=folder / mic.path) for mic in one.mics)
        return msgspec.structs.replace(one, mics=mics)

    return msgspec.structs.replace(part, passes=tuple(moved(one) for one in part.passes))


def mix_folder(
    folder: Path,
    out: Path,
    *,
    plan: Path | None = None,
    unity: bool = False,
    notes: Sequence[str] = (),
    progress: Progress = SILENT,
) -> dict[str, Any]:
    """Mix the tracks of a folder into one file; returns what `mix --json` prints."""
    form = _mix_format(out)
    given = read_plan(plan, MixPlan) if plan else None
    with _bench(out) as shop:
        story = Story(material=read_material(folder.absolute(), scaled(progress, 0.0, 0.05)))
        story = check_material(story, shop, [], scaled(progress, 0.05, 0.4))
        story = edit_parts(story, shop, [], scaled(progress, 0.4, 0.6))
        with opened(story.the_edits.tracks) as signals:
            chosen = given or _proposed(story.the_edits, signals, story.material.rate_hz, unity)
            for note in notes:
                chosen = mixing.apply_note(chosen, note, ())
            facts = rendered(signals, chosen, out, scaled(progress, 0.6, 1.0, "mixing"), form)
    return {
        "plan": msgspec.to_builtins(chosen),
        "loudness": msgspec.to_builtins(facts.loudness),
        "tracks": [msgspec.to_builtins(strip) for strip in facts.strips],
        "checks": [check.to_json() for check in facts.checks],
        "findings": [finding.to_json() for finding in facts.findings],
    }


def _proposed(edited: Edited, signals: dict[str, Any], rate_hz: int, unity: bool) -> MixPlan:
    report = heard(edited.tracks, signals)
    plan = mixing.decide(report, rate_hz=rate_hz, unity=unity)
    return mixing.rehearse(signals, plan, report)


def _mix_format(out: Path) -> Format:
    """A mix is kept as float where the file can hold it: it may pass full scale."""
    form = format_of(out)
    return Format("wav", 32) if form.kind == "wav" else form


def deliver_folder(folder: Path, asked: Asked, *, progress: Progress = SILENT) -> dict[str, Any]:
    """Write a produced song's delivery anew, with the options of its last walk; raises `UsageError` without one."""
    options = Ledger(folder.absolute() / "out").recall(*LAST_OPTIONS, Options)
    if options is None:
        raise UsageError(str(folder), "it has not been produced yet", f"Run: controlroom produce {folder}")
    again = msgspec.structs.replace(options, start="delivery", until="delivery", replan=False, delivery=asked)
    delivered = produce(folder, again, lambda stage: progress).story.delivered
    assert delivered is not None
    return delivered.to_json()
