"""Harmony: tuning, key and its changes, chords, numerals, progressions and what is remarkable about them."""

from controlroom.sound.harmony.chords import ChordSpan
from controlroom.sound.harmony.harmony import Harmony, KeyDoubt, harmony_of
from controlroom.sound.harmony.keys import KeySpan
from controlroom.sound.harmony.names import Chord, Key, parsed_chord, parsed_key
from controlroom.sound.harmony.notable import Remark
from controlroom.sound.harmony.progressions import Progression, progressions

__all__ = [
    "Chord",
    "ChordSpan",
    "Harmony",
    "Key",
    "KeyDoubt",
    "KeySpan",
    "Progression",
    "Remark",
    "harmony_of",
    "parsed_chord",
    "parsed_key",
    "progressions",
]
