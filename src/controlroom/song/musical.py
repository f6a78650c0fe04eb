"""Tempo, key, meter and rate as people write them."""

from __future__ import annotations

import re
from fractions import Fraction

from controlroom.song.words import plain

SLOWEST_BPM, FASTEST_BPM = 20.0, 400.0
LOWEST_RATE_HZ, HIGHEST_RATE_HZ = 8000, 768000

_MINOR = {"m", "min", "minor", "moll", "mi", "mineur", "menor", "minore", "mol"}
_MAJOR = {"", "maj", "major", "dur", "ma", "majeur", "mayor", "maggiore", "maior"}
_GERMAN = {"moll", "dur"}
_SHARP = {"#", "♯", "sharp", "diese", "diesis", "sostenido", "is", "sustenido"}
_FLAT = {"b", "♭", "flat", "bemol", "bemolle", "es", "s"}
_SOLFEGE = {"do": "C", "ut": "C", "re": "D", "mi": "E", "fa": "F", "sol": "G", "la": "A", "si": "B"}
_CIRCLE = ("Ab", "Eb", "Bb", "F", "C", "G", "D", "A", "E", "B", "F#", "Db")
_MINOR_SPELLING = {"Db": "C#", "Ab": "G#"}
_NOTE = re.compile(
    r"(?P<note>do|ut|re|mi|fa|sol|la|si|[a-h])[\s-]*"
    r"(?P<accidental>#|♯|♭|sharp|flat|diese|diesis|sostenido|sustenido|bemolle|bemol|(?:b|is|es|s)(?=[md\s-]|$))?"
    r"[\s-]*(?P<mode>[a-z]*)"
)


def tempo_bpm(value: object) -> float | None:
    """120, "120 bpm", "♩ = 92,5": beats a minute; None when it is no tempo between 20 and 400."""
    if isinstance(value, str):
        match = re.fullmatch(r"(?:[^\d=]*=)?\s*(\d+(?:[.,]\d+)?)\s*(?:bpm|beats.*)?", value.strip().lower())
        number = float(match[1].replace(",", ".")) if match else 0.0
    else:
        number = _number(value)
    return number if SLOWEST_BPM <= number <= FASTEST_BPM else None


def key_name(value: object) -> str | None:
    """ "F#m", "f sharp minor", "fis-Moll", "si bémol majeur" or Camelot "11A" as "F# minor"; None when it is no key."""
    if not isinstance(value, str):
        return None
    text = plain(value.replace("♯", "#").replace("♭", "b")).strip()
    if camelot := re.fullmatch(r"(1[0-2]|[1-9])\s*([ab])", text):
        return _camelot(int(camelot[1]), camelot[2])
    match = _NOTE.fullmatch(text)
    if not match or match["mode"] not in _MINOR | _MAJOR:
        return None
    minor = match["mode"] in _MINOR and not (match["mode"] == "m" and value.strip().endswith("M"))
    letter, accidental = _letter(match["note"], match["accidental"] or "", german=match["mode"] in _GERMAN)
    return f"{letter}{accidental} {'minor' if minor else 'major'}"


def _letter(note: str, accidental: str, german: bool) -> tuple[str, str]:
    sign = "#" if accidental in _SHARP else "b" if accidental in _FLAT else ""
    if note == "h":
        return "B", sign
    if german and note == "b" and not sign:
        return "B", "b"
    return _SOLFEGE.get(note, note.upper()), sign


def _camelot(number: int, letter: str) -> str:
    """The wheel of DJs: 8B is C major, 8A its relative A minor; each step is a fifth."""
    if letter == "b":
        return f"{_CIRCLE[(number - 4) % 12]} major"
    tonic = _CIRCLE[(number - 1) % 12]
    return f"{_MINOR_SPELLING.get(tonic, tonic)} minor"


def meter_name(value: object) -> str | None:
    """ "4/4", "6 / 8", 3, "common time" as "4/4", "6/8", "3/4"; None when it is no meter."""
    if isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= 32:
        return f"{value}/4"
    if not isinstance(value, str):
        return None
    text = plain(value).strip()
    if text in ("c", "common time", "common"):
        return "4/4"
    if text in ("cut time", "alla breve"):
        return "2/2"
    match = re.fullmatch(r"(\d{1,2})\s*[/:]\s*(1|2|4|8|16|32)", text)
    return f"{int(match[1])}/{match[2]}" if match and 1 <= int(match[1]) <= 32 else None


def rate_in_hz(value: object) -> int | None:
    """48000, 48, "48 kHz", "44.1k" as samples a second; None when it is no rate between 8 and 768 kHz."""
    if isinstance(value, str):
        match = re.fullmatch(r"(\d+(?:[.,]\d+)?)\s*(k?)\s*(?:hz)?", value.strip().lower())
        number = float(match[1].replace(",", ".")) if match else 0.0
    else:
        number = _number(value)
    rate_hz = round(number * 1000 if number < 1000 else number)
    return rate_hz if LOWEST_RATE_HZ <= rate_hz <= HIGHEST_RATE_HZ else None


def share_of_one(value: object) -> Fraction | None:
    """ "50%", "1/2", 0.5, "33,3 %" or 50 (a number above 1 is per cent) as a fraction of one, exactly as written."""
    if isinstance(value, bool) or value is None:
        return None
    text = str(value).strip().replace(",", ".").replace("−", "-")
    per_cent = text.endswith("%")
    try:
        number = Fraction(text.rstrip("% "))
    except (ValueError, ZeroDivisionError):
        return None
    as_per_cent = per_cent or (abs(number) > 1 and "/" not in text)
    return number / 100 if as_per_cent else number


def _number(value: object) -> float:
    if isinstance(value, bool):
        return 0.0
    try:
        return float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError, OverflowError):
        return 0.0
