"""Listening to a demo: one pass for its sound and rhythm, one for its key; only what they show."""

from __future__ import annotations

from os import PathLike

from controlroom.base.progress import SILENT, Progress, scaled
from controlroom.rooms.listening.decide import advice
from controlroom.rooms.listening.faults import findings_of_sound
from controlroom.rooms.listening.report import DemoReport, Harmony, Rhythm
from controlroom.sound.bandwidth import bandwidth_hz
from controlroom.sound.files import AudioFile, AudioInfo
from controlroom.sound.findings import file_faults
from controlroom.sound.hearing import Hearing
from controlroom.sound.key import key_of
from controlroom.sound.rhythm import pulses_of, rhythm_of
from controlroom.sound.signal import Signal

LEAST_KEY_CONFIDENCE = 0.05
SHARE_HEARING = 0.7  # of the time


def listen_to(path: str | PathLike[str], progress: Progress = SILENT) -> DemoReport:
    """The report on a file; raises `InputRefused` when it cannot be read."""
    with AudioFile(path) as signal:
        hearing = Hearing(signal, scaled(progress, 0.0, SHARE_HEARING))
        hearing.survey  # noqa: B018  (heard before the file is asked what it could not read)
        return measure(hearing, signal.info, signal.nonfinite_samples, scaled(progress, SHARE_HEARING, 1.0))


def measure(hearing: Hearing, info: AudioInfo, nonfinite_samples: int = 0, progress: Progress = SILENT) -> DemoReport:
    """The report on what is heard; `nonfinite_samples` as the open file counted them. Reads the signal for its key."""
    sounding = bool(hearing.levels.active)
    end_hz = bandwidth_hz(hearing.spectrum) if sounding else None
    findings = (*file_faults(info, nonfinite_samples), *findings_of_sound(hearing, end_hz))
    return DemoReport(
        info=info,
        bandwidth_hz=None if end_hz is None else round(end_hz),
        loudness=hearing.loudness,
        rhythm=_rhythm(hearing.signal) if sounding else Rhythm(),
        harmony=_harmony(hearing.signal, progress) if sounding else Harmony(),
        findings=findings,
        advice=advice(findings),
    )


def _rhythm(signal: Signal) -> Rhythm:
    heard = rhythm_of(pulses_of(signal))
    if heard.tempo_bpm is None or heard.drift_percent is None:
        return Rhythm()
    return Rhythm(
        tempo_bpm=heard.tempo_bpm,
        tempo_confidence=heard.tempo_confidence,
        steady=heard.steady,
        drift_percent=heard.drift_percent,
        meter=heard.meter,
        beats_s=heard.beats_s,
        downbeats_s=heard.downbeats_s,
    )


def _harmony(signal: Signal, progress: Progress) -> Harmony:
    heard = key_of(signal, progress)
    if heard.key is None or heard.tuning_hz is None or heard.confidence < LEAST_KEY_CONFIDENCE:
        return Harmony()
    return Harmony(key=heard.key, key_confidence=round(heard.confidence, 2), tuning_hz=round(heard.tuning_hz, 1))
