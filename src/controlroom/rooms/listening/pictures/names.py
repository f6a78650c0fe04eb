"""Chords and notes as musicians write them."""

from __future__ import annotations

from collections.abc import Sequence

LETTERS = "CDEFGAB"
NATURAL = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
DEGREES = (0, 2, 4, 5, 7, 9, 11)
NOTES = ("C", "C♯", "D", "E♭", "E", "F", "F♯", "G", "A♭", "A", "B♭", "B")
QUALITIES = {"": "", "maj": "", "min": "m", "min7": "m7", "hdim7": "m7♭5"}
"""Those that are written otherwise than Harte's; "7", "maj7", "sus4", "dim" are not."""
NO_CHORD = "N.C."


def with_signs(name: str) -> str:
    """ "F# minor" as "F♯ minor", "Bb" as "B♭"."""
    letter, rest = name[:1], name[1:]
    signs = rest[: len(rest) - len(rest.lstrip("#b"))]
    return letter + signs.replace("#", "♯").replace("b", "♭") + rest[len(signs) :]


def chord_symbol(harte: str) -> str:
    """A chord in Harte syntax (C. Harte et al., ISMIR 2005) as on a chart: "F#:min7/b3" is "F♯m7/A"."""
    if harte in ("N", "X", ""):
        return NO_CHORD
    head, _, bass = harte.partition("/")
    root, _, quality = head.partition(":")
    symbol = with_signs(root) + QUALITIES.get(quality, quality)
    return f"{symbol}/{with_signs(_degree_of(root, bass))}" if bass else symbol


def _degree_of(root: str, degree: str) -> str:
    """The note on a degree above a root: "b3" of "F#" is "A"."""
    signs = degree.rstrip("0123456789")
    step = int(degree[len(signs) :] or 1) - 1
    letter = LETTERS[(LETTERS.index(root[0]) + step) % 7]
    wanted = NATURAL[root[0]] + _shift(root[1:]) + DEGREES[step % 7] + _shift(signs)
    off = (wanted - NATURAL[letter] + 6) % 12 - 6
    return letter + ("#" * off if off > 0 else "b" * -off)


def _shift(signs: str) -> int:
    return signs.count("#") - signs.count("b")


def note_name(number: int) -> str:
    """A MIDI note number: 60 is "C4"."""
    return f"{NOTES[number % 12]}{number // 12 - 1}"


def note_number(name: str) -> int:
    """The MIDI number of a note name: "C4" is 60, "Bb3" 58."""
    pitch = name.rstrip("0123456789-")
    return NATURAL[pitch[0]] + _shift(pitch[1:]) + 12 * (int(name[len(pitch) :]) + 1)


def listed(words: Sequence[str]) -> str:
    """ "a, b and c"."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}" if words else ""
