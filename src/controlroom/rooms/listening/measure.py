"""Listening to a demo: one pass, and only what it shows for certain."""

from __future__ import annotations

from os import PathLike

from controlroom.base.progress import SILENT, Progress
from controlroom.rooms.listening.decide import advice
from controlroom.rooms.listening.faults import findings_of_file, findings_of_sound
from controlroom.rooms.listening.report import DemoReport
from controlroom.sound.bandwidth import bandwidth_hz
from controlroom.sound.files import AudioFile, AudioInfo
from controlroom.sound.hearing import Hearing


def listen_to(path: str | PathLike[str], progress: Progress = SILENT) -> DemoReport:
    """The report on a file; raises `InputRefused` when it cannot be read."""
    with AudioFile(path) as signal:
        hearing = Hearing(signal, progress)
        hearing.survey  # noqa: B018  (heard before the file is asked what it could not read)
        return measure(hearing, signal.info, signal.nonfinite_samples)


def measure(hearing: Hearing, info: AudioInfo, nonfinite_samples: int = 0) -> DemoReport:
    """The report on what is heard; `nonfinite_samples` as the open file counted them."""
    sounding = bool(hearing.levels.active)
    end_hz = bandwidth_hz(hearing.spectrum) if sounding else None
    findings = (*findings_of_file(info, nonfinite_samples), *findings_of_sound(hearing, end_hz))
    return DemoReport(
        info=info,
        bandwidth_hz=None if end_hz is None else round(end_hz),
        loudness=hearing.loudness,
        findings=findings,
        advice=advice(findings),
    )
