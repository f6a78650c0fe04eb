"""The demo report. What cannot be known of a recording is None, or an empty list: it is never guessed, and `doubts`
says why."""

from __future__ import annotations

from typing import Any

import msgspec

from controlroom.base.canonical import to_plain
from controlroom.base.finding import Finding, Value
from controlroom.rooms.listening.audition import Audition
from controlroom.sound.character import Sound
from controlroom.sound.doubt import Doubt
from controlroom.sound.files import AudioInfo
from controlroom.sound.form import Form
from controlroom.sound.harmony import Harmony, Progression
from controlroom.sound.meter import Loudness
from controlroom.sound.rhythm import Rhythm
from controlroom.sound.voice import Voice

PRODUCTIONS = ("rough mix", "finished production")
SONGS = (*PRODUCTIONS, "voice memo", "solo voice")  # of drums alone, or speech, no form is praised or mended
ENGINE = 4  # changes with anything that changes what a report says, so that kept reports are made anew


class What(msgspec.Struct, frozen=True, kw_only=True):
    """What kind of recording it is ("voice memo", "rough mix", "finished production", "solo voice", "drums alone",
    "speech", "noise", "silence", "recording"), how sure that is (0 to 1), and by what it is told."""

    kind: str
    confidence: float
    because: str


class Praise(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that works, where, and the evidence. `code` and `args` hold the same as values, for other languages."""

    says: str
    because: str
    code: str
    at_s: float | None = None
    args: dict[str, Value] = {}
    confidence: float = 1.0


class Advice(msgspec.Struct, frozen=True, kw_only=True):
    """One thing to do; `priority` 1 helps the song most.

    `says` names the place and the step, `because` is what was measured, `reason` why it matters musically, `next` what
    to do tomorrow. `code` and `args` hold the same as values, for other languages. `audition` (JSON `try`) is a plan to
    hear it by, where it can be heard.
    """

    priority: int
    kind: str
    says: str
    because: str
    reason: str
    next: str
    confidence: float
    code: str
    args: dict[str, Value] = {}
    at_s: float | None = None
    end_s: float | None = None
    audition: Audition | None = msgspec.field(default=None, name="try")


class DemoReport(msgspec.Struct, frozen=True, kw_only=True):
    info: AudioInfo
    what: What
    bandwidth_hz: float | None
    loudness: Loudness
    rhythm: Rhythm = Rhythm()
    harmony: Harmony = Harmony()
    progressions: tuple[Progression, ...] = ()
    form: Form = Form()
    voice: Voice = Voice()
    sound: Sound = Sound()
    works: tuple[Praise, ...] = ()
    findings: tuple[Finding, ...] = ()
    advice: tuple[Advice, ...] = ()

    @property
    def doubts(self) -> tuple[Doubt, ...]:
        """All that could not be known."""
        parts = (self.rhythm, self.harmony, self.form, self.voice, self.sound)
        return tuple(doubt for part in parts for doubt in part.doubts)

    def to_json(self, language: str = "en") -> dict[str, Any]:
        """As `controlroom listen --json` prints it."""
        info = self.info
        return {
            "engine": ENGINE,
            "file": {
                "path": str(info.path),
                "duration_s": info.duration_s,
                "rate_hz": info.rate_hz,
                "channels": info.channels,
                "codec": info.codec,
                "bandwidth_hz": self.bandwidth_hz,
            },
            **{name: to_plain(getattr(self, name)) for name in _AS_THEY_ARE},
            "findings": [finding.to_json(language) for finding in self.findings],
        }


_AS_THEY_ARE = (
    "what", "loudness", "rhythm", "harmony", "progressions", "form", "voice", "sound", "works", "advice", "doubts",
)  # fmt: skip
