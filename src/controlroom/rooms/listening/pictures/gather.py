"""From a report and the hearing under it to what the pictures show."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from controlroom.base.progress import SILENT, Progress
from controlroom.rooms.listening.pictures.names import note_number
from controlroom.rooms.listening.pictures.shown import Shown, Stretch, SungRange
from controlroom.sound.form import Form, Section
from controlroom.sound.hearing import Hearing
from controlroom.sound.intonation import HeldNote
from controlroom.sound.rhythm import Rhythm
from controlroom.sound.spectrogram import spectrogram_of
from controlroom.sound.spectrum import Spectrum
from controlroom.sound.voice import Voice


class _Chord(Protocol):
    @property
    def start_s(self) -> float: ...
    @property
    def end_s(self) -> float: ...
    @property
    def chord(self) -> str: ...


class _Harmony(Protocol):
    @property
    def key(self) -> str | None: ...
    @property
    def chords(self) -> Sequence[_Chord]: ...


class Told(Protocol):
    """The parts of a demo report that can be drawn."""

    @property
    def bandwidth_hz(self) -> float | None: ...
    @property
    def rhythm(self) -> Rhythm: ...
    @property
    def harmony(self) -> _Harmony: ...
    @property
    def form(self) -> Form: ...
    @property
    def voice(self) -> Voice: ...


def shown_of(
    name: str,
    report: Told,
    hearing: Hearing,
    *,
    references: Sequence[tuple[str, Spectrum]] = (),
    notes: Sequence[HeldNote] = (),
    progress: Progress = SILENT,
) -> Shown:
    """What the pictures of a demo show; reads its signal once more, for the spectrogram.

    `references`: names and spectra of records beside it; `notes`: those of a voice alone, held so long.
    """
    rhythm, form, voice = report.rhythm, report.form, report.voice
    return Shown(
        name=name,
        duration_s=hearing.duration_s,
        waveform=hearing.waveform,
        loudness=hearing.loudness_series,
        spectrum=hearing.spectrum,
        spectrogram=spectrogram_of(hearing.signal, progress=progress),
        bandwidth_hz=report.bandwidth_hz,
        references=tuple(references),
        sections=tuple(Stretch(one.start_s, one.end_s, _section_name(one)) for one in form.sections),
        chords=tuple(Stretch(one.start_s, one.end_s, one.chord) for one in report.harmony.chords),
        key=report.harmony.key,
        voice=tuple(Stretch(one.start_s, one.end_s) for one in voice.present),
        sung=_sung(voice, notes),
        tempo_bpm=rhythm.tempo_bpm,
        tempo=tuple((point.at_s, point.bpm) for point in rhythm.curve),
        tempo_changes_s=tuple(change.at_s for change in rhythm.changes),
        beats_s=rhythm.beats_s,
        downbeats_s=rhythm.downbeats_s,
    )


def _section_name(section: Section) -> str:
    """Where no name is sure, the letter still says what repeats what."""
    return section.letter if section.label == "section" else section.label


def _sung(voice: Voice, notes: Sequence[HeldNote]) -> SungRange | None:
    if voice.lowest_note is None or voice.highest_note is None:
        return None
    lowest, highest = note_number(voice.lowest_note), note_number(voice.highest_note)
    held_s: dict[int, float] = {}
    for note in notes:
        number = round(note.pitch_cents / 100)
        if lowest <= number <= highest:
            held_s[number] = held_s.get(number, 0.0) + note.length_s
    mostly = voice.tessitura
    return SungRange(
        lowest=lowest,
        highest=highest,
        tessitura=None if mostly is None else (note_number(mostly.low_note), note_number(mostly.high_note)),
        held_s=held_s,
    )
