"""The demo report. What cannot be known of a recording is None, or an empty list: it is never guessed."""

from __future__ import annotations

from typing import Any

import msgspec

from controlroom.base.finding import Finding
from controlroom.sound.files import AudioInfo
from controlroom.sound.meter import Loudness


class Rhythm(msgspec.Struct, frozen=True, kw_only=True):
    """`steady`: as to a click; `drift_percent`: how far the tempo over 16 beats moves, highest to lowest."""

    tempo_bpm: float | None = None
    tempo_confidence: float | None = None
    steady: bool | None = None
    drift_percent: float | None = None
    meter: str | None = None
    beats_s: tuple[float, ...] = ()
    downbeats_s: tuple[float, ...] = ()


class Chord(msgspec.Struct, frozen=True, kw_only=True):
    """`chord` in Harte syntax ("F#:min")."""

    start_s: float
    end_s: float
    chord: str


class Harmony(msgspec.Struct, frozen=True, kw_only=True):
    """`key` as "F# minor"; `tuning_hz` is where the A above middle C lies."""

    key: str | None = None
    key_confidence: float | None = None
    tuning_hz: float | None = None
    chords: tuple[Chord, ...] = ()


class Section(msgspec.Struct, frozen=True, kw_only=True):
    start_s: float
    end_s: float
    label: str


class Form(msgspec.Struct, frozen=True, kw_only=True):
    sections: tuple[Section, ...] = ()


class Sung(msgspec.Struct, frozen=True, kw_only=True):
    start_s: float
    end_s: float


class Voice(msgspec.Struct, frozen=True, kw_only=True):
    present: tuple[Sung, ...] = ()
    lowest_note: str | None = None
    highest_note: str | None = None


class Advice(msgspec.Struct, frozen=True, kw_only=True):
    """One thing to do: `priority` 1 comes first, `because` is the evidence."""

    priority: int
    says: str
    because: str
    at_s: float | None = None


class DemoReport(msgspec.Struct, frozen=True, kw_only=True):
    info: AudioInfo
    bandwidth_hz: float | None
    loudness: Loudness
    rhythm: Rhythm = Rhythm()
    harmony: Harmony = Harmony()
    form: Form = Form()
    voice: Voice = Voice()
    findings: tuple[Finding, ...] = ()
    advice: tuple[Advice, ...] = ()

    def to_json(self, language: str = "en") -> dict[str, Any]:
        """As `controlroom listen --json` prints it."""
        info = self.info
        return {
            "file": {
                "path": str(info.path),
                "duration_s": info.duration_s,
                "rate_hz": info.rate_hz,
                "channels": info.channels,
                "codec": info.codec,
                "bandwidth_hz": self.bandwidth_hz,
            },
            **{
                name: msgspec.to_builtins(getattr(self, name))
                for name in ("loudness", "rhythm", "harmony", "form", "voice")
            },
            "findings": [finding.to_json(language) for finding in self.findings],
            "advice": msgspec.to_builtins(self.advice),
        }
