"""Listening to a demo in company: beside references, its last version, the artist's other demos and a library."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

import msgspec

from controlroom.base.canonical import to_plain
from controlroom.base.progress import SILENT, Progress, scaled
from controlroom.production.demos import changes_since
from controlroom.rooms.listening import Around, DemoReport, advised, measure
from controlroom.rooms.listening.audition import write_auditions
from controlroom.rooms.listening.compare import compare
from controlroom.rooms.listening.habits import departures, habits_of
from controlroom.rooms.listening.pictures import shown_of, write_pictures
from controlroom.rooms.listening.told import Told, told
from controlroom.sound.balance import balance_of
from controlroom.sound.files import AudioFile
from controlroom.sound.hearing import Hearing
from controlroom.sound.intonation import held_notes
from controlroom.sound.spectrum import Spectrum
from controlroom.sound.voice import is_solo

AGREE = 0.06  # references whose tempos lie within this of their median ask for that tempo


class Wishes(msgspec.Struct, frozen=True, kw_only=True):
    """What a demo is held against, and the folders for what is made of it."""

    references: tuple[Path, ...] = ()
    artist: tuple[Path, ...] = ()
    previous: Path | None = None
    pictures: Path | None = None
    auditions: Path | None = None


class Reference(NamedTuple):
    name: str
    told: Told
    spectrum: Spectrum


class Company(NamedTuple):
    """What a demo is held against, heard once: records, the artist's other demos, the report on the last version."""

    references: tuple[Reference, ...] = ()
    artist: tuple[Told, ...] = ()
    previous: dict[str, Any] | None = None


class Listened(NamedTuple):
    """What listening gave: the report, and its JSON with all that was asked for."""

    report: DemoReport
    said: dict[str, Any]


def company_of(wishes: Wishes, progress: Progress = SILENT) -> Company:
    """Listen to what demos are held against; raises `InputRefused` where one of them cannot be read."""
    others = (*wishes.references, *wishes.artist, *((wishes.previous,) if wishes.previous else ()))
    heard = [
        _heard(path, scaled(progress, at / len(others), (at + 1) / len(others), path.name))
        for at, path in enumerate(others)
    ]
    reports = [report.to_json() for report, _ in heard]
    count, singer = len(wishes.references), len(wishes.artist)
    return Company(
        references=tuple(
            Reference(path.name, told(report), hearing.spectrum)
            for path, report, (_, hearing) in zip(wishes.references, reports, heard, strict=False)
        ),
        artist=tuple(told(report) for report in reports[count : count + singer]),
        previous=reports[-1] if wishes.previous else None,
    )


def listen(path: Path, wishes: Wishes, company: Company, progress: Progress = SILENT) -> Listened:
    """Listen to one demo and do what is wished; raises `InputRefused` where it cannot be read."""
    with AudioFile(path) as signal:
        hearing = Hearing(signal, scaled(progress, 0.0, 0.6, "listening"))
        report = in_company(_measured(hearing, signal), hearing.spectrum, company)
        if wishes.pictures:
            _draw(path, report, hearing, company, wishes.pictures, scaled(progress, 0.6, 0.75))
    said = report.to_json()
    if company.references:
        said["compared"] = to_plain(compare(told(said), {one.name: one.told for one in company.references}))
    if wishes.previous and company.previous:
        reports = (company.previous, said)
        said["changed"] = to_plain(changes_since(wishes.previous, path, reports, scaled(progress, 0.75, 0.9)))
    if wishes.auditions:
        tries = {point.priority: point.audition for point in report.advice if point.audition}
        made = write_auditions(path, tries, wishes.auditions, scaled(progress, 0.9, 1.0)) if tries else []
        said["auditions"] = [str(one) for one in made]
    return Listened(report, said)


def _heard(path: Path, progress: Progress) -> tuple[DemoReport, Hearing]:
    with AudioFile(path) as signal:
        hearing = Hearing(signal, progress)
        return _measured(hearing, signal), hearing


def _measured(hearing: Hearing, signal: AudioFile) -> DemoReport:
    hearing.survey  # noqa: B018  (heard before the file is asked what it could not read)
    return measure(hearing, signal.info, signal.nonfinite_samples)


def in_company(report: DemoReport, spectrum: Spectrum, company: Company) -> DemoReport:
    """The report with the advice that references and the artist's other demos change; `spectrum` is the demo's."""
    if not (company.references or company.artist):
        return report
    spectra = [one.spectrum for one in company.references]
    around = Around(
        reference_bpm=_agreed_bpm([one.told for one in company.references]),
        balance=balance_of(spectrum, report.bandwidth_hz, spectra) if spectra else None,
        departures=departures(told(report.to_json()), habits_of(company.artist)),
    )
    return msgspec.structs.replace(report, advice=advised(report, around))


def _agreed_bpm(references: Sequence[Told]) -> float | None:
    tempos = [one.rhythm.tempo_bpm for one in references if one.rhythm.tempo_bpm]
    middle = median(tempos) if tempos else 0.0
    return middle if tempos and all(abs(bpm / middle - 1) <= AGREE for bpm in tempos) else None


def _draw(path: Path, report: DemoReport, hearing: Hearing, company: Company, folder: Path, progress: Progress) -> None:
    notes = held_notes(hearing.pitch) if hearing.levels.active and is_solo(hearing.details.voice) else ()
    references = [(one.name, one.spectrum) for one in company.references]
    shown = shown_of(
        path.name, report, hearing, references=references, notes=notes, progress=scaled(progress, 0.0, 0.5)
    )
    write_pictures(folder, shown, progress=scaled(progress, 0.5, 1.0))
