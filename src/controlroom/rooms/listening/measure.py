"""Listening to a demo: two passes over the file, then what they tell is put together.

Rhythm comes first, since chords and sections stand on its beats; the voice is heard before the form, since a verse is
where somebody sings.
"""

from __future__ import annotations

from os import PathLike

import msgspec

from controlroom.base.progress import SILENT, Progress
from controlroom.rooms.listening.advice import advised
from controlroom.rooms.listening.faults import findings_of_sound
from controlroom.rooms.listening.report import DemoReport, What
from controlroom.rooms.listening.what import what_it_is
from controlroom.rooms.listening.works import what_works
from controlroom.sound.bandwidth import bandwidth_hz
from controlroom.sound.character import sound_of
from controlroom.sound.files import AudioFile, AudioInfo
from controlroom.sound.findings import file_faults
from controlroom.sound.form import Form, form_of
from controlroom.sound.harmony import harmony_of, progressions
from controlroom.sound.hearing import Hearing
from controlroom.sound.rhythm import Rhythm, rhythm_of
from controlroom.sound.voice import Voice, is_solo, voice_of

NOTHING_YET = What(kind="recording", confidence=0.0, because="")


def listen_to(path: str | PathLike[str], progress: Progress = SILENT) -> DemoReport:
    """The report on a file; raises `InputRefused` when it cannot be read."""
    with AudioFile(path) as signal:
        hearing = Hearing(signal, progress)
        hearing.survey  # noqa: B018  (heard before the file is asked what it could not read)
        return measure(hearing, signal.info, signal.nonfinite_samples)


def measure(hearing: Hearing, info: AudioInfo, nonfinite_samples: int = 0) -> DemoReport:
    """The report on what is heard; `nonfinite_samples` as the open file counted them. Reads the signal once more."""
    faults = tuple(file_faults(info, nonfinite_samples))
    report = DemoReport(info=info, what=NOTHING_YET, bandwidth_hz=None, loudness=hearing.loudness)
    if hearing.levels.active:
        report = _heard(report, hearing)
    report = msgspec.structs.replace(report, what=what_it_is(report))
    report = msgspec.structs.replace(report, findings=(*faults, *findings_of_sound(hearing, report)))
    return msgspec.structs.replace(report, works=what_works(report), advice=advised(report))


def _heard(report: DemoReport, hearing: Hearing) -> DemoReport:
    end_hz = bandwidth_hz(hearing.spectrum)
    details = hearing.details
    rhythm = rhythm_of(details.pulses, details.chroma)
    harmony = harmony_of(details.chroma, rhythm.beats_s, rhythm.downbeats_s)
    voice = _voice(hearing, harmony.tuning_hz)
    form = _form(hearing, rhythm, voice)
    return msgspec.structs.replace(
        report,
        bandwidth_hz=None if end_hz is None else round(end_hz),
        rhythm=rhythm,
        harmony=harmony,
        progressions=progressions(harmony.chords, harmony.keys, form.sections, rhythm.downbeats_s),
        form=form,
        voice=voice,
        sound=sound_of(hearing, details.traits, report.info, end_hz, tuning_hz=harmony.tuning_hz),
    )


def _voice(hearing: Hearing, tuning_hz: float | None) -> Voice:
    """Alone, a voice is its own tuning; the pitch of a mix is nobody's."""
    features = hearing.details.voice
    solo = is_solo(features)
    return voice_of(features, hearing.pitch if solo else None, None if solo else tuning_hz)


def _form(hearing: Hearing, rhythm: Rhythm, voice: Voice) -> Form:
    details = hearing.details
    unsure = voice.kind is None or any(doubt.about == "singing" for doubt in voice.doubts)
    spans = None if unsure else [(span.start_s, span.end_s) for span in voice.present]
    return form_of(
        details.timbre,
        details.chroma,
        hearing.loudness_series,
        beats_s=rhythm.beats_s,
        downbeats_s=rhythm.downbeats_s,
        voice=spans,
    )
