"""What a kept version is to a new one: the same recording under whatever was done to it, the same song, or nothing."""

from __future__ import annotations

from typing import Literal

import msgspec
import numpy as np

from controlroom.sound.versions.align import align_fingerprints
from controlroom.sound.versions.alignment import Alignment
from controlroom.sound.versions.features import moving_bands
from controlroom.sound.versions.fingerprint import BAND_HOP_S, Fingerprint
from controlroom.sound.versions.together import together

SAME_RECORDING = 0.75  # one recording 0.8 and more at any speed, pitch and sound; played anew up to 0.6
SAME_SPEED_PERCENT, SAME_PITCH_SEMITONES = 0.05, 0.25
ROTATION_SEMITONES = 0.25  # how exactly a fingerprint tells the key; a tape's is known by its speed
MOST_SURE = 0.99


class Recognition(msgspec.Struct, frozen=True, kw_only=True):
    """The kept version `name` is the `kind` of the one asked about.

    `faster_percent` and `semitones`: how much faster and higher the new one runs; `shared_s`: seconds of the kept one
    that are in it; `confidence` 0 to 1. `alignment` leads from the kept version to the new one.
    """

    name: str
    kind: Literal["same recording", "same song"]
    confidence: float
    faster_percent: float
    semitones: float
    shared_s: float
    alignment: Alignment

    @property
    def says(self) -> str:
        """ "the same recording as Demo 1, 4.0 % faster, 0.7 semitones higher"."""
        return ", ".join([f"the {self.kind} as {self.name}", *self._differences()])

    def _differences(self) -> list[str]:
        told = []
        if self.faster_percent:
            told.append(f"{abs(self.faster_percent):.1f} % {'faster' if self.faster_percent > 0 else 'slower'}")
        if self.semitones:
            unit = "semitone" if abs(self.semitones) == 1 else "semitones"
            told.append(f"{abs(self.semitones):g} {unit} {'higher' if self.semitones > 0 else 'lower'}")
        return told


def recognised(name: str, kept: Fingerprint, new: Fingerprint) -> Recognition | None:
    """What the kept version is to the new one; None where they do not belong together, or nothing shows it."""
    alignment = align_fingerprints(kept, new)
    if not alignment.aligned:
        return None
    shared_s = sum(each.old_end_s - each.old_start_s for each in alignment.stretches)
    kind, speed = _kind(alignment, kept, new), _speed(alignment)
    faster, tape_semitones = 100 * (1 / speed - 1), -12 * float(np.log2(speed))
    is_tape = kind == "same recording" and abs(alignment.semitones - tape_semitones) < ROTATION_SEMITONES
    semitones = round(tape_semitones if is_tape else alignment.semitones, 1)
    return Recognition(
        name=name,
        kind=kind,
        confidence=round(min(alignment.confidence, MOST_SURE), 2),
        faster_percent=round(faster, 1) if abs(faster) >= SAME_SPEED_PERCENT else 0.0,
        semitones=semitones if abs(semitones) >= SAME_PITCH_SEMITONES else 0.0,
        shared_s=round(shared_s, 1),
        alignment=alignment,
    )


def _speed(alignment: Alignment) -> float:
    """The speed that half of the aligned time does not exceed: cuts, and a bar that breathes, do not move it."""
    ordered = sorted((each.speed, each.old_end_s - each.old_start_s) for each in alignment.stretches)
    passed_s = np.cumsum([length_s for _, length_s in ordered])
    return ordered[int(np.searchsorted(passed_s, passed_s[-1] / 2))][0]


def _kind(alignment: Alignment, kept: Fingerprint, new: Fingerprint) -> Literal["same recording", "same song"]:
    if alignment.kind == "same recording":
        return "same recording"
    old_rows, new_rows = (moving_bands(each.levels_db.array(), BAND_HOP_S) for each in (kept, new))
    alike = together(old_rows, new_rows, alignment.stretches, alignment.semitones)
    return "same recording" if alike >= SAME_RECORDING else "same song"
