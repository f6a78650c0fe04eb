"""What the pictures of a demo are drawn from: plain values, so that whoever measured them need not know of pictures."""

from __future__ import annotations

from typing import NamedTuple

import msgspec

from controlroom.sound.meter import LoudnessSeries
from controlroom.sound.spectrogram import Spectrogram
from controlroom.sound.spectrum import Spectrum
from controlroom.sound.waveform import Waveform


class Stretch(NamedTuple):
    """From where to where something is, and what: a section's label, a chord in Harte syntax, or nothing."""

    start_s: float
    end_s: float
    name: str = ""


class SungRange(msgspec.Struct, frozen=True, kw_only=True):
    """What a voice reaches, as MIDI note numbers (60: middle C); `held_s`: how long each note is held in all."""

    lowest: int
    highest: int
    tessitura: tuple[int, int] | None = None
    held_s: dict[int, float] = {}


class Shown(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    """A demo as its pictures see it. What is empty or None is not drawn.

    `tempo` are places and the tempo there (BPM), `tempo_changes_s` where it is changed on purpose; `references` are
    the names and spectra of records to compare with.
    """

    name: str
    duration_s: float
    waveform: Waveform
    loudness: LoudnessSeries
    spectrum: Spectrum
    spectrogram: Spectrogram | None = None
    bandwidth_hz: float | None = None
    references: tuple[tuple[str, Spectrum], ...] = ()
    sections: tuple[Stretch, ...] = ()
    chords: tuple[Stretch, ...] = ()
    key: str | None = None
    voice: tuple[Stretch, ...] = ()
    sung: SungRange | None = None
    tempo_bpm: float | None = None
    tempo: tuple[tuple[float, float], ...] = ()
    tempo_changes_s: tuple[float, ...] = ()
    beats_s: tuple[float, ...] = ()
    downbeats_s: tuple[float, ...] = ()
