"""What translates and what does not, as values."""

from __future__ import annotations

from typing import Any, Protocol

import msgspec

from controlroom.base.finding import Finding


class Section(Protocol):
    """A part of the song."""

    @property
    def start_s(self) -> float: ...
    @property
    def end_s(self) -> float: ...
    @property
    def label(self) -> str: ...


class SectionScore(msgspec.Struct, frozen=True, kw_only=True):
    """The score of one part of the song."""

    label: str
    start_s: float
    end_s: float
    score: float | None


class Figures(msgspec.Struct, frozen=True, kw_only=True):
    """What was measured on one system; None where there is no such figure (silence, no stereo, no voice track).

    Percents are of loudness: `low_end_kept_percent` of what lies below 150 Hz, `low_end_carried_percent` of what is
    lost there but whose note harmonics carry, `over_noise_percent` of what the system plays that is heard over the
    noise of the place. `fold_loss_lu`: what folding to mono costs (K-weighted; None on a stereo system). `voice_index`:
    0..1. `decoded_dbtp`, `over_db` and `safe_ceiling_dbtp`: of codecs, see `Over`.
    """

    low_end_kept_percent: float | None = None
    low_end_carried_percent: float | None = None
    over_noise_percent: float | None = None
    fold_loss_lu: float | None = None
    voice_index: float | None = None
    decoded_dbtp: float | None = None
    over_db: float | None = None
    safe_ceiling_dbtp: float | None = None


class System(msgspec.Struct, frozen=True, kw_only=True):
    """One system: `score` is how much of the record's loudness survives on it, 0..100 (None: silence)."""

    name: str
    title: str
    score: float | None
    findings: tuple[Finding, ...]
    figures: Figures
    sections: tuple[SectionScore, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """The system as the command line prints it."""
        return {
            "name": self.name,
            "title": self.title,
            "score": self.score,
            "findings": [finding.to_json() for finding in self.findings],
            "figures": msgspec.structs.asdict(self.figures),
            "sections": [msgspec.structs.asdict(section) for section in self.sections],
        }


class Translation(msgspec.Struct, frozen=True, kw_only=True):
    """A record on every system, in the order of the table. `voice_judged`: the voice's track was given and is in it."""

    systems: tuple[System, ...]
    voice_judged: bool = False

    def to_json(self) -> dict[str, Any]:
        """The translation as the command line prints it."""
        return {"systems": [system.to_json() for system in self.systems], "voice_judged": self.voice_judged}
