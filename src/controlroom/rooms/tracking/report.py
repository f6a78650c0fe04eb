"""The take sheet: what was found in one recording, how it was performed, and whether it can be used."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

import msgspec

from controlroom.base.finding import Finding

Verdict = Literal["keeper", "usable", "retake"]


class OffNote(msgspec.Struct, frozen=True, kw_only=True):
    """A held note that misses its semitone by `cents` (+ sharp)."""

    start_s: float
    end_s: float
    note: str
    cents: float


class Pitch(msgspec.Struct, frozen=True, kw_only=True):
    """How a single voice is in tune with itself, in cents: held notes against the nearest semitone of its own tuning.

    `median_cents`: half the notes (by their time) miss by less; `spread_cents`: standard deviation of the misses;
    `tuning_hz`: where its own A lies; `voiced_s`: how much of held notes there is; `worst`: the notes that miss most.
    """

    tuning_hz: float
    median_cents: float
    spread_cents: float
    notes: int
    voiced_s: float
    worst: tuple[OffNote, ...] = ()


class Timing(msgspec.Struct, frozen=True, kw_only=True):
    """Onsets against the nearest point of the grid, in ms: `median_ms` later than it (+) on the whole (None where
    nobody said where the beats lie), `spread_ms` around that (1.48 times the median distance from the median, so that
    single slips do not blur it)."""

    tempo_bpm: float
    grid: str
    onsets: int
    median_ms: float | None
    spread_ms: float


class TakeReport(msgspec.Struct, frozen=True, kw_only=True):
    """One file. `verdict` is None until `decide` has looked at it; figures that do not exist are None.

    `noise_db`: level (dBFS) in the pauses; `bandwidth_hz`: where the sound really ends;
    `clipped_percent`: samples cut off at the extreme, of those that sound (in the channel that has the most).
    """

    path: Path
    role: str
    printed: bool = False
    peak_db: float | None = None
    loudness_lufs: float | None = None
    noise_db: float | None = None
    bandwidth_hz: float | None = None
    clipped_percent: float = 0.0
    pitch: Pitch | None = None
    timing: Timing | None = None
    findings: tuple[Finding, ...] = ()
    verdict: Verdict | None = None

    def to_json(self, language: str = "en") -> dict[str, Any]:
        """As `controlroom check --json` prints it."""
        plain: dict[str, Any] = msgspec.to_builtins(self, enc_hook=str)
        return {**plain, "findings": [finding.to_json(language) for finding in self.findings]}


class Relation(msgspec.Struct, frozen=True, kw_only=True):
    """How `mic` (or one channel of it) hears what `other` hears: `delay_ms` later (+), turned over where `polarity` is
    -1. `correlation` of the two at that delay (0..1); `sure`: how far the match stands out."""

    mic: Path
    other: Path
    delay_ms: float
    polarity: int
    correlation: float
    sure: float
    channel: int | None = None


class PassReport(msgspec.Struct, frozen=True, kw_only=True):
    """The mics of one pass together; each finding names the file it speaks of in `path`."""

    relations: tuple[Relation, ...] = ()
    findings: tuple[Finding, ...] = ()

    def of(self, path: Path) -> tuple[Finding, ...]:
        """What was found about one mic."""
        return tuple(finding for finding in self.findings if finding.path == path.as_posix())
