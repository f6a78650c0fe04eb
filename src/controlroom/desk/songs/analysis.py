"""Listening to a file that arrived: one pass for everything that a page, the player and the rooms ask of it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import numpy as np

from controlroom.base.canonical import to_json
from controlroom.base.progress import Progress, scaled
from controlroom.desk.songs.models import WHOLE_SONGS
from controlroom.rooms.listening import DemoReport, measure
from controlroom.rooms.listening.pictures import draw, shown_of
from controlroom.sound.files import AudioFile, AudioInfo
from controlroom.sound.findings import file_faults
from controlroom.sound.hearing import Hearing
from controlroom.sound.intonation import held_notes
from controlroom.sound.signal import Samples, Signal
from controlroom.sound.survey import Survey
from controlroom.sound.versions import fingerprint
from controlroom.sound.waveform import Waveform, WaveformAccumulator

PEAK_BINS = 4000
WIDE = {"song": 1040, "chords": 600}
NARROW = 360
"""Widths of pictures, in units of their text: as wide as the page shows them, and for its narrow column and a phone."""
Tap = Callable[[Samples], None]


class Heard(NamedTuple):
    """What listening told. `fingerprint`, `report` and `drawn` ("wide", "narrow": SVG by name) only of whole
    songs."""

    info: AudioInfo
    survey: Survey
    samples_sha256: str
    peaks: bytes
    fingerprint: bytes | None
    report: DemoReport | None
    drawn: dict[str, dict[str, str]]
    findings: list[dict[str, Any]]


class Tapped:
    """A signal that also shows its samples to others, once, while it is read from its beginning to its end."""

    def __init__(self, source: Signal, taps: Sequence[Tap]) -> None:
        self.rate_hz, self.channels, self.frames = source.rate_hz, source.channels, source.frames
        self._source, self._taps, self._at = source, taps, 0

    def read(self, start: int, frames: int) -> Samples:
        block = self._source.read(start, frames)
        if start == self._at:
            for tap in self._taps:
                tap(block)
            self._at += block.shape[1]
        return block


def hear(path: Path, name: str, kind: str, progress: Progress) -> Heard:
    """Listen to a file called `name`; raises `InputRefused` where it cannot be read.

    `samples_sha256`: SHA-256 over the decoded samples, all frames in order, in each frame all channels in order, each
    sample as a little-endian 32-bit float (full scale 1.0). The same sound in WAV and FLAC has the same.
    """
    whole = kind in WHOLE_SONGS
    with AudioFile(path) as file:
        digest = hashlib.sha256()
        wave = WaveformAccumulator(file.rate_hz, file.channels, file.frames, PEAK_BINS)
        signal = Tapped(file, [lambda block: digest.update(np.ascontiguousarray(block.T, "<f4").data), wave.add])
        hearing = Hearing(signal, scaled(progress, 0.0, 0.8 if whole else 1.0, "listening"))
        survey = hearing.survey
        info = msgspec.structs.replace(file.info, path=Path(name))
        report = measure(hearing, info, file.nonfinite_samples) if whole else None
        drawn = _drawn(name, report, hearing) if report else {}
        marks = fingerprint(file, scaled(progress, 0.8, 1.0, "fingerprint")) if whole else None
        findings = report.findings if report else tuple(file_faults(info, file.nonfinite_samples))
    return Heard(
        info=info,
        survey=survey,
        samples_sha256=digest.hexdigest(),
        peaks=peaks_json(wave.result()),
        fingerprint=to_json(marks) if marks else None,
        report=report,
        drawn=drawn,
        findings=[finding.to_json() for finding in findings],
    )


def _drawn(name: str, report: DemoReport, hearing: Hearing) -> dict[str, dict[str, str]]:
    """The pictures as they stand in a narrow column, and wide what a page shows at full width."""
    notes = held_notes(hearing.pitch) if report.voice.kind == "solo voice" else ()
    shown = shown_of(name, report, hearing, notes=notes)
    wide = {name: str(svg) for name, width in WIDE.items() if (svg := draw(shown, width).get(name))}
    return {"wide": wide, "narrow": {name: str(svg) for name, svg in draw(shown, NARROW).items()}}


def peaks_json(wave: Waveform) -> bytes:
    """The waveform as the player draws it: the lowest and highest sample of each bin, full scale is 127."""
    low = np.clip(np.floor(wave.lowest * 127), -128, 127).astype(int)
    high = np.clip(np.ceil(wave.highest * 127), -128, 127).astype(int)
    return to_json({"bin_s": wave.bin_s, "low": low.tolist(), "high": high.tolist()})
