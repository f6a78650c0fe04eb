"""What the mastering engineer is going to do. Small, in words, and yours to change: it is kept as `plan.toml`."""

from __future__ import annotations

from typing import Literal

import msgspec

from controlroom.sound.filters import Band, Kind

SCHEMA = "controlroom.master/1"


class HighPass(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What lies below the music is taken out (12 dB an octave)."""

    freq_hz: float
    reason: str = ""

    @property
    def band(self) -> Band:
        return Band("highpass", self.freq_hz)


class MonoBelow(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Below `freq_hz` the difference between left and right is taken out (12 dB an octave); stereo only."""

    freq_hz: float
    reason: str = ""


class ToneMove(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One broad band of the equaliser."""

    kind: Kind
    freq_hz: float
    gain_db: float
    q: float = 0.7
    reason: str = ""

    @property
    def band(self) -> Band:
        return Band(self.kind, self.freq_hz, self.gain_db, self.q)


class Glue(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Bus compression, channels linked; `threshold_db` is the level of 10 ms, dBFS, before the gain.

    What is held down for long is let go slowly, up to eight times `release_ms`.
    """

    threshold_db: float
    ratio: float
    knee_db: float
    attack_ms: float
    release_ms: float
    reason: str = ""


class Clip(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Peaks more than `above_db` over the ceiling are rounded off before the limiter sees them."""

    above_db: float
    reason: str = ""


class Limit(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The limiter at the end, at the delivery rate; it looks ahead and holds the true peak."""

    ceiling_dbtp: float = -1.0
    release_ms: float = 100.0
    reason: str = ""


class MasterPlan(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """In the order of the signal: high-pass, low end to mono, tone, glue, gain, delivery rate, clip, limit.

    With `target_lufs` the gain is found so that the finished master measures that (±0.1 LU); without it `gain_db` is
    the gain. `gain_db` beside a target is the first guess.
    """

    schema: Literal["controlroom.master/1"] = "controlroom.master/1"
    rate_hz: int
    target_lufs: float | None = None
    gain_db: float = 0.0
    high_pass: HighPass | None = None
    mono_below: MonoBelow | None = None
    tone: tuple[ToneMove, ...] = ()
    glue: Glue | None = None
    clip: Clip | None = None
    limit: Limit = Limit()
    reasons: tuple[str, ...] = ()
