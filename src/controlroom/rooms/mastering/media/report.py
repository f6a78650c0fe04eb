"""What the rules of the destinations look at."""

from __future__ import annotations

import msgspec

from controlroom.sound.meter import Loudness


class Heard10s(msgspec.Struct, frozen=True, kw_only=True):
    """Ten seconds of a programme, from `start_s` on; None where there is nothing to say (mono, silence).

    `side_low_db`: side less mid below 150 Hz; `low_correlation` of left and right there; `sibilance_db`: the loudest
    10 ms between 6 and 12 kHz, dBFS.
    """

    start_s: float
    side_low_db: float | None
    low_correlation: float | None
    sibilance_db: float | None


class MediumReport(msgspec.Struct, frozen=True, kw_only=True):
    """A master as its destination sees it.

    `side_low_db` as in `Heard10s`, over the whole; `sub_db`: 30 to 80 Hz, less everything; `level_db`: the RMS of all,
    dBFS; `clipped`: samples in flat tops.
    """

    duration_s: float
    channels: int
    loudness: Loudness
    level_db: float | None
    side_low_db: float | None
    sub_db: float | None
    clipped: int
    stretches: tuple[Heard10s, ...] = ()

    @property
    def worst_low(self) -> Heard10s | None:
        """The ten seconds whose low end is furthest out of phase."""
        known = [one for one in self.stretches if one.low_correlation is not None]
        return min(known, key=lambda one: one.low_correlation or 0.0, default=None)

    @property
    def worst_sibilance(self) -> Heard10s | None:
        known = [one for one in self.stretches if one.sibilance_db is not None]
        return max(known, key=lambda one: one.sibilance_db or 0.0, default=None)

    @property
    def sibilance_over_db(self) -> float | None:
        """The worst sibilant, less the level of all."""
        worst = self.worst_sibilance
        return None if worst is None or self.level_db is None else (worst.sibilance_db or 0.0) - self.level_db
