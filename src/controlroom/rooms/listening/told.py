"""What a demo report tells, as far as two of them are compared: read from its JSON, as it is printed and kept.

A report kept by an earlier engine says less; what it does not say is None, and is not compared.
"""

from __future__ import annotations

from collections.abc import Mapping
from statistics import median
from typing import Any

import msgspec

from controlroom.sound.harmony.names import SHARPS, parsed_key, pitch_class


class ToldFile(msgspec.Struct, frozen=True):
    duration_s: float = 0.0
    bandwidth_hz: float | None = None


class ToldLoudness(msgspec.Struct, frozen=True):
    integrated_lufs: float | None = None
    range_lu: float | None = None
    plr_db: float | None = None


class ToldRhythm(msgspec.Struct, frozen=True):
    tempo_bpm: float | None = None
    tempo_confidence: float | None = None
    meter: str | None = None


class ToldHarmony(msgspec.Struct, frozen=True):
    key: str | None = None
    key_confidence: float | None = None


class ToldSection(msgspec.Struct, frozen=True):
    start_s: float
    end_s: float
    label: str
    bars: int | None = None
    loudness_lufs: float | None = None

    @property
    def length_s(self) -> float:
        return self.end_s - self.start_s


class ToldForm(msgspec.Struct, frozen=True):
    sections: tuple[ToldSection, ...] = ()
    time_to_voice_s: float | None = None
    time_to_chorus_s: float | None = None


class ToldVoice(msgspec.Struct, frozen=True):
    lowest_note: str | None = None
    highest_note: str | None = None


class ToldBand(msgspec.Struct, frozen=True):
    name: str
    off_db: float | None = None


class ToldBalance(msgspec.Struct, frozen=True):
    """`against`: what the levels are off; two reports are compared only where it is the same."""

    bands: tuple[ToldBand, ...] = ()
    against: str = ""


class ToldSound(msgspec.Struct, frozen=True):
    balance: ToldBalance = ToldBalance()
    width_db: float | None = None


class ToldFinding(msgspec.Struct, frozen=True):
    code: str
    says: str = ""


class Told(msgspec.Struct, frozen=True):
    """The parts of a report that another can be held against."""

    file: ToldFile = ToldFile()
    loudness: ToldLoudness = ToldLoudness()
    rhythm: ToldRhythm = ToldRhythm()
    harmony: ToldHarmony = ToldHarmony()
    form: ToldForm = ToldForm()
    voice: ToldVoice = ToldVoice()
    sound: ToldSound = ToldSound()
    findings: tuple[ToldFinding, ...] = ()

    @property
    def bands(self) -> dict[str, float]:
        """How far each region of the spectrum lies off its curve (dB), where it holds sound."""
        return {band.name: band.off_db for band in self.sound.balance.bands if band.off_db is not None}

    @property
    def bar_s(self) -> float | None:
        """How long a bar lasts; None where no bars were counted."""
        lengths = [section.length_s / section.bars for section in self.form.sections if section.bars]
        return median(lengths) if lengths else None


def told(report: Mapping[str, Any]) -> Told:
    """What a report's JSON tells; raises `msgspec.ValidationError` where it is none."""
    return msgspec.convert(report, Told)


def midi_of(note: str | None) -> int | None:
    """The number of a note ("A4" is 69); None for none."""
    if not note or note[0] not in "ABCDEFG" or note[-1] not in "0123456789":
        return None
    name = note.rstrip("-0123456789")
    return pitch_class(name) + 12 * (int(note[len(name) :]) + 1)


def note_of(midi: int) -> str:
    return f"{SHARPS[midi % 12]}{midi // 12 - 1}"


def key_moved(key: str, semitones: int) -> str:
    """A key ("F# minor") so much higher."""
    return parsed_key(key).moved(semitones).name
