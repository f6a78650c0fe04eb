"""What is written on the page: frozen values in seconds on the song's time line and MIDI note numbers."""

from __future__ import annotations

import msgspec

from controlroom.sample.composition.form import Grid, Section
from controlroom.sample.composition.harmony import Chord, Key
from controlroom.sample.composition.words import Syllable


class Note(msgspec.Struct, frozen=True):
    """One note of a player; `string` says on which string a guitar plays it, `muted` that the palm lies on it."""

    start_s: float
    end_s: float
    midi: int
    velocity: float
    string: int = 0
    muted: bool = False


class Hit(msgspec.Struct, frozen=True):
    """One stroke of the drummer; `drum` as in `instruments.kit.DRUMS`."""

    at_s: float
    drum: str
    velocity: float


class Sung(msgspec.Struct, frozen=True):
    """One sung note: `start_s` is where its vowel begins, consonants come before it."""

    start_s: float
    end_s: float
    midi: int
    velocity: float
    syllable: Syllable


class Phrase(msgspec.Struct, frozen=True):
    """What is sung in one breath."""

    label: str
    words: str
    notes: tuple[Sung, ...]

    @property
    def start_s(self) -> float:
        return self.notes[0].start_s

    @property
    def end_s(self) -> float:
        return self.notes[-1].end_s


class ChordSpan(msgspec.Struct, frozen=True):
    start_s: float
    end_s: float
    chord: Chord


class Score(msgspec.Struct, frozen=True, kw_only=True):
    """The whole song as its players read it. `key` is where it is at home."""

    seed: int
    title: str
    key: Key
    section_keys: tuple[Key, ...]
    tuning_hz: float
    grid: Grid
    duration_s: float
    sections: tuple[Section, ...]
    chords: tuple[ChordSpan, ...]
    voice: str
    lead: tuple[Phrase, ...]
    high: tuple[Phrase, ...]
    low: tuple[Phrase, ...]
    bass: tuple[Note, ...]
    arpeggio: tuple[Note, ...]
    strum: tuple[Note, ...]
    keys: tuple[Note, ...]
    drums: tuple[Hit, ...]
