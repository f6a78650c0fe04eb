"""How keys, notes and chords are written: "F# minor", "Bb", Harte's chord syntax, Roman numerals.

Chords follow C. Harte et al., "Symbolic representation of musical chords" (ISMIR 2005): root, quality and, after a
stroke, the degree in the bass ("C:maj/3"). Numerals are relative to the key: in major "bVII" lies below the seventh
degree, in minor "VII" is the natural one.
"""

from __future__ import annotations

import msgspec

SHARPS = ("C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B")
FLATS = ("C", "Db", "D", "Eb", "E", "F", "Gb", "G", "Ab", "A", "Bb", "B")
SHARP_MAJORS = (0, 7, 2, 9, 4, 11, 6)  # C to F#; the others are spelt with flats
LETTERS = "CDEFGAB"
STEPS = (0, 1, 1, 2, 2, 3, 3, 4, 5, 5, 6, 6)  # the letter over the tonic's, by semitones, as numerals count degrees
MINOR_THIRD = 3

# Semitones over the root, and how the numeral says it.
QUALITIES = {
    "maj": (0, 4, 7),
    "min": (0, 3, 7),
    "7": (0, 4, 7, 10),
    "maj7": (0, 4, 7, 11),
    "min7": (0, 3, 7, 10),
    "sus2": (0, 2, 7),
    "sus4": (0, 5, 7),
    "dim": (0, 3, 6),
    "hdim7": (0, 3, 6, 10),
}
SIGNS = {"maj": "", "min": "", "min7": "7", "dim": "°", "hdim7": "ø"}  # others as they are
MINOR_QUALITIES = ("min", "min7", "dim", "hdim7")
DEGREES = ("1", "b2", "2", "b3", "3", "4", "b5", "5", "b6", "6", "b7", "7")
MAJOR_NUMERALS = ("I", "bII", "II", "bIII", "III", "IV", "#IV", "V", "bVI", "VI", "bVII", "VII")
MINOR_NUMERALS = ("I", "bII", "II", "III", "#III", "IV", "#IV", "V", "VI", "#VI", "VII", "VII")
NO_CHORD = "N"


class Key(msgspec.Struct, frozen=True):
    """`tonic` as pitch class (C = 0)."""

    tonic: int
    minor: bool

    @property
    def flat(self) -> bool:
        """Whether it is spelt with flats, as its relative major is."""
        return (self.tonic + MINOR_THIRD * self.minor) % 12 not in SHARP_MAJORS or (self.minor and self.tonic == 3)

    @property
    def name(self) -> str:
        return f"{self.spelt(self.tonic)} {'minor' if self.minor else 'major'}"

    @property
    def parallel_name(self) -> str:
        """The key in the other mode over the same tonic, spelt alike."""
        return f"{self.spelt(self.tonic)} {'major' if self.minor else 'minor'}"

    @property
    def scale(self) -> frozenset[int]:
        """Its pitch classes; in minor the natural scale with the leading note."""
        steps = (0, 2, 3, 5, 7, 8, 10, 11) if self.minor else (0, 2, 4, 5, 7, 9, 11)
        return frozenset((self.tonic + step) % 12 for step in steps)

    def moved(self, semitones: int) -> Key:
        """The key so much higher."""
        return Key((self.tonic + semitones) % 12, self.minor)

    def spelt(self, pitch_class: int) -> str:
        """A note as it is written in this key: the seventh below C is Bb in C major too."""
        names = FLATS if self.flat else SHARPS
        letter = LETTERS[(LETTERS.index(names[self.tonic][0]) + STEPS[(pitch_class - self.tonic) % 12]) % 7]
        sign = (pitch_class - SHARPS.index(letter) + 6) % 12 - 6
        plain = names[pitch_class % 12]
        strange = abs(sign) > 1 or (sign and len(plain) == 1 and pitch_class % 12 not in self.scale)  # Fb for E
        return plain if strange else letter + ("", "#", "b")[sign]


class Chord(msgspec.Struct, frozen=True):
    """`root` as pitch class, `quality` one of QUALITIES, `bass` in semitones over the root."""

    root: int
    quality: str
    bass: int = 0

    @property
    def tones_over_root(self) -> tuple[int, ...]:
        """Its tones in semitones over the root."""
        return QUALITIES[self.quality]

    @property
    def tones(self) -> frozenset[int]:
        """Its pitch classes."""
        return frozenset((self.root + tone) % 12 for tone in self.tones_over_root)

    @property
    def minor(self) -> bool:
        return self.quality in MINOR_QUALITIES

    def harte(self, key: Key) -> str:
        """Such as "Bb:min7/b3"."""
        bass = f"/{DEGREES[self.bass]}" if self.bass else ""
        return f"{key.spelt(self.root)}:{self.quality}{bass}"

    def symbol(self, key: Key) -> str:
        """As on a lead sheet: "Bbm7"."""
        suffix = {"maj": "", "min": "m", "min7": "m7", "hdim7": "m7b5"}.get(self.quality, self.quality)
        return key.spelt(self.root) + suffix

    def numeral(self, key: Key) -> str:
        """Such as "bVII", "vi7" or "iiø"; the bass is not part of it."""
        step = (MINOR_NUMERALS if key.minor else MAJOR_NUMERALS)[(self.root - key.tonic) % 12]
        return (step.replace("I", "i").replace("V", "v") if self.minor else step) + SIGNS.get(
            self.quality, self.quality
        )


def parsed_key(name: str) -> Key:
    """The key of a name such as "F# minor", "Bb" (major) or "C major"."""
    tonic, _, mode = name.partition(" ")
    return Key(pitch_class(tonic), mode == "minor")


def pitch_class(note: str) -> int:
    """0 for "C", 1 for "C#" or "Db"."""
    return ("C D EF G A B".find(note[:1]) + note.count("#") - note.count("b")) % 12


def parsed_chord(text: str) -> Chord | None:
    """A chord in the syntax above; None for no chord."""
    if text == NO_CHORD:
        return None
    root, _, rest = text.partition(":")
    quality, _, degree = rest.partition("/")
    return Chord(pitch_class(root), quality, DEGREES.index(degree) if degree else 0)
