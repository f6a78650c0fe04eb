"""Keys, chords in Harte syntax (Harte et al., ISMIR 2005), and which chords follow each other."""

from __future__ import annotations

import msgspec
import numpy as np

from controlroom.base.errors import UsageError
from controlroom.sample.composition.form import Section

_SHARPS = ("C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B")
_FLATS = ("C", "Db", "D", "Eb", "E", "F", "Gb", "G", "Ab", "A", "Bb", "B")
_FLAT_KEYS = {"major": {5, 10, 3, 8, 1}, "minor": {2, 7, 0, 5, 10, 3}}
_SCALE = {"major": (0, 2, 4, 5, 7, 9, 11), "minor": (0, 2, 3, 5, 7, 8, 10)}
_TONES = {
    "maj": (0, 4, 7),
    "min": (0, 3, 7),
    "dim": (0, 3, 6),
    "sus2": (0, 2, 7),
    "sus4": (0, 5, 7),
    "7": (0, 4, 7, 10),
    "maj7": (0, 4, 7, 11),
    "min7": (0, 3, 7, 10),
}
_NUMERALS = {
    "I": (0, "maj"), "ii": (2, "min"), "iii": (4, "min"), "IV": (5, "maj"), "V": (7, "maj"), "vi": (9, "min"),
    "i": (0, "min"), "III": (3, "maj"), "iv": (5, "min"), "v": (7, "min"), "VI": (8, "maj"), "VII": (10, "maj"),
    "vii0": (11, "dim"), "ii0": (2, "dim"), "bII": (1, "maj"), "bIII": (3, "maj"), "bVI": (8, "maj"),
    "bVII": (10, "maj"),
    "V7": (7, "7"), "V/V": (2, "7"), "V/vi": (4, "7"), "V/ii": (9, "7"), "V/IV": (0, "7"),
    "Isus2": (0, "sus2"), "isus2": (0, "sus2"), "IVsus2": (5, "sus2"), "Vsus4": (7, "sus4"),
    "Imaj7": (0, "maj7"), "IVmaj7": (5, "maj7"), "VImaj7": (8, "maj7"), "ii7": (2, "min7"), "vi7": (9, "min7"),
    "i7": (0, "min7"), "iv7": (5, "min7"), "v7": (7, "min7"),
}  # fmt: skip
_COLOURED = {
    "I": "maj7",
    "IV": "maj7",
    "ii": "min7",
    "vi": "min7",
    "iii": "min7",
    "i": "min7",
    "iv": "min7",
    "VI": "maj7",
}
_PROGRESSIONS = {
    ("major", "verse"): ("I vi IV V", "I iii IV V", "I IV vi V", "vi IV I V", "I V ii IV", "I vi ii V", "IV I vi V"),
    ("major", "chorus"): ("I V vi IV", "IV V iii vi", "IV I V vi", "vi IV I V", "IV V vi I", "I iii vi IV"),
    ("major", "bridge"): ("ii IV vi V", "vi iii IV V", "IV iii ii V"),
    ("minor", "verse"): ("i VI III VII", "i iv VI v", "i VII iv VI", "i III iv VII", "i v VI iv", "i iv i VII"),
    ("minor", "chorus"): ("VI VII i III", "VI III VII i", "i VI III VII", "iv VI i VII", "III VII i VI", "VI iv i VII"),
    ("minor", "bridge"): ("iv VII III VI", "VI VI iv V", "iv i VI V"),
}


class Chord(msgspec.Struct, frozen=True):
    """`root` as pitch class (C = 0), `quality` in Harte shorthand, `name` with the spelling of the key."""

    root: int
    quality: str
    name: str

    @property
    def pitch_classes(self) -> tuple[int, ...]:
        return tuple((self.root + tone) % 12 for tone in _TONES[self.quality])

    @property
    def triad(self) -> tuple[int, int, int]:
        first, third, fifth = self.pitch_classes[:3]
        return first, third, fifth

    @property
    def shape(self) -> str:
        """The quality without its seventh."""
        return {"7": "maj", "maj7": "maj", "min7": "min"}.get(self.quality, self.quality)


class Key(msgspec.Struct, frozen=True):
    tonic: int
    mode: str
    name: str

    @property
    def scale(self) -> tuple[int, ...]:
        return tuple((self.tonic + step) % 12 for step in _SCALE[self.mode])

    def chord(self, numeral: str, coloured: bool = False) -> Chord:
        """The chord of a roman numeral in this key, with its seventh when `coloured`."""
        step, quality = _NUMERALS[numeral]
        if coloured:
            quality = _COLOURED.get(numeral, quality)
        root = (self.tonic + step) % 12
        names = _FLATS if self.tonic in _FLAT_KEYS[self.mode] or self.name[1] == "b" else _SHARPS
        if step not in _SCALE[self.mode]:  # borrowed chords stand on lowered steps, leading notes on raised ones
            names = _SHARPS if step == 11 else _FLATS
        return Chord(root, quality, f"{names[root]}:{quality}")

    def up(self, semitones: int) -> Key:
        """The key so many semitones higher, spelled as usual; itself for none."""
        return usual_key((self.tonic + semitones) % 12, self.mode) if semitones % 12 else self

    @property
    def home(self) -> Chord:
        return self.chord("I" if self.mode == "major" else "i")


def parse_key(text: str) -> Key:
    """ "A minor", "F# major", "Bb" (major), "Am": a key; raises `UsageError` for anything else."""
    words = text.strip().replace("♯", "#").replace("♭", "b").split()
    name = words[0] if words else ""
    mode = words[1].lower() if len(words) == 2 else "major"
    if len(words) == 1 and name.endswith("m"):
        name, mode = name[:-1], "minor"
    name = name[:1].upper() + name[1:]
    names = {**{name: pc for pc, name in enumerate(_SHARPS)}, **{name: pc for pc, name in enumerate(_FLATS)}}
    if len(words) > 2 or name not in names or mode not in _SCALE:
        raise UsageError(f"key {text!r}", "there is no such key", 'Write it like "A minor" or "Bb major".')
    return Key(names[name], mode, f"{name} {mode}")


def draw_key(chance: np.random.Generator) -> Key:
    """Any of the 24 keys, spelled as usual."""
    mode = str(chance.choice(("major", "minor")))
    return usual_key(int(chance.integers(12)), mode)


def usual_key(tonic: int, mode: str) -> Key:
    """The key of a pitch class, spelled as usual."""
    names = _FLATS if tonic in _FLAT_KEYS[mode] else _SHARPS
    return Key(tonic, mode, f"{names[tonic]} {mode}")


def harmonise(keys: list[Key], sections: tuple[Section, ...], chance: np.random.Generator) -> list[Chord]:
    """One chord a measure. Verses are coloured with sevenths, choruses are open triads; the intro plays the chorus.

    `keys` by section; the first is the song's.
    """
    key = keys[0]
    kinds = {kind: str(chance.choice(_PROGRESSIONS[key.mode, kind])).split() for kind in ("chorus", "bridge")}
    verses = [text for text in _PROGRESSIONS[key.mode, "verse"] if text.split() != kinds["chorus"]]
    kinds["verse"] = str(chance.choice(verses)).split()
    kinds["intro"] = kinds["outro"] = kinds["chorus"]
    coloured = bool(chance.random() < 0.7)
    chords: list[Chord] = []
    for own, section in zip(keys, sections, strict=True):
        numerals = fitted(kinds[section.label], section.length)
        chords += [own.chord(numeral, coloured and section.label in ("verse", "bridge")) for numeral in numerals]
    return chords


def fitted(progression: list[str], length: int) -> list[str]:
    """A progression of four for any number of measures; two measures take its first and last chord."""
    if length == 1:
        return progression[:1]
    if length == 2:
        return [progression[0], progression[-1]]
    return [progression[measure % 4] for measure in range(length)]
