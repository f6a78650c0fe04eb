"""What the mastering engineer is going to do. Small, in words, and yours to change: it is kept as `plan.toml`."""

from __future__ import annotations

from itertools import pairwise
from typing import Literal

import msgspec

from controlroom.sound.filters import Band, Kind

Place = Literal["stereo", "mid", "side"]

SCHEMA = "controlroom.master/1"
LOWEST_CROSSOVER_HZ = 20.0


def _rising(figures: tuple[float, ...]) -> bool:
    return all(a < b for a, b in pairwise(figures))


class HighPass(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What lies below the music is taken out (12 dB an octave)."""

    freq_hz: float
    reason: str = ""

    @property
    def band(self) -> Band:
        return Band("highpass", self.freq_hz)


class MonoBelow(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Below `freq_hz` the difference between left and right is taken out (`slope_db` an octave); stereo only."""

    freq_hz: float
    slope_db: Literal[12, 24] = 12
    reason: str = ""


class ToneMove(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One band of the equaliser; on mid or side alone for stereo only."""

    kind: Kind
    freq_hz: float
    gain_db: float
    q: float = 0.7
    place: Place = "stereo"
    reason: str = ""

    @property
    def band(self) -> Band:
        return Band(self.kind, self.freq_hz, self.gain_db, self.q)


class Match(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The tone of the references: a smooth curve through (`freq_hz`, `gain_db`), linear phase, level at its ends."""

    freq_hz: tuple[float, ...]
    gain_db: tuple[float, ...]
    place: Place = "stereo"
    reason: str = ""

    def __post_init__(self) -> None:
        if len(self.freq_hz) != len(self.gain_db) or not self.freq_hz or not _rising((0.0, *self.freq_hz)):
            raise ValueError("a curve needs rising frequencies above 0 Hz and a gain for each of them")


class DynamicBand(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A band of the equaliser that cuts only while its own part of the sound is louder than `threshold_db` (dBFS,
    before the gain): by 1 - 1/`ratio` of what is over, `range_db` at most."""

    kind: Literal["bell", "lowshelf", "highshelf"]
    freq_hz: float
    q: float
    threshold_db: float
    ratio: float
    range_db: float
    attack_ms: float
    release_ms: float
    reason: str = ""

    def __post_init__(self) -> None:
        if self.ratio < 1 or self.q <= 0 or self.freq_hz <= 0:
            raise ValueError("a moving band has a ratio of at least 1, and a Q and a frequency above 0")


class BandControl(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Compression of one band of a multiband; `threshold_db` is the level of 10 ms, dBFS, before the gain."""

    threshold_db: float
    ratio: float
    knee_db: float
    attack_ms: float
    release_ms: float
    makeup_db: float = 0.0

    def __post_init__(self) -> None:
        if self.ratio < 1:
            raise ValueError("a compressor's ratio is at least 1")


class Multiband(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Bands between `crossovers_hz`, each compressed by itself; with nothing to do they add up to what came in.

    2 to 5 bands. The gains see `lookahead_ms` ahead; what is held down for long is let go slowly.
    """

    crossovers_hz: tuple[float, ...]
    bands: tuple[BandControl, ...]
    lookahead_ms: float = 0.0
    reason: str = ""

    def __post_init__(self) -> None:
        if not 2 <= len(self.bands) <= 5 or len(self.bands) != len(self.crossovers_hz) + 1:
            raise ValueError("2 to 5 bands are needed, and one crossover fewer")
        if not _rising((LOWEST_CROSSOVER_HZ, *self.crossovers_hz)):
            raise ValueError(f"crossovers rise from one to the next and lie above {LOWEST_CROSSOVER_HZ:.0f} Hz")


class WidthBand(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The difference between left and right, from `from_hz` up to `to_hz` (0: open), `side_db` louder; stereo only."""

    from_hz: float
    to_hz: float
    side_db: float
    reason: str = ""


class Saturate(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Harmonics: `drive_db` into the curve and back out, `mix` of what it changes added, oversampled.

    `level_db`: the RMS (dBFS, before the gain) that a drive of 0 dB is meant for, and whose level is kept. With
    `below_hz` only what lies below is driven: harmonics for the bass alone.
    """

    drive_db: float
    mix: float = 1.0
    level_db: float = -20.0
    below_hz: float | None = None
    reason: str = ""


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


class SectionRide(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Soft sections come down where limiting turns loud ones down, so that both stay within `within_lu` of as far apart
    as they were. Worked out with the gain, for a target; without one nothing is ridden."""

    within_lu: float = 0.5
    reason: str = ""


class Relief(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The low end gives way to peaks over the ceiling, the mids to those more than `mids_above_db` over it (None: they
    do not); without a limiter's breathing and without the noise of a clipper."""

    mids_above_db: float | None = None
    reason: str = ""


class Clip(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Peaks more than `above_db` over the ceiling are rounded off before the limiter sees them."""

    above_db: float
    reason: str = ""


class Limit(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The limiter at the end, at the delivery rate; it looks ahead and holds the true peak."""

    ceiling_dbtp: float = -1.0
    release_ms: float = 100.0
    lookahead_ms: float = 5.0
    reason: str = ""


class MasterPlan(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """In the order of the signal: high-pass, tone, match, dynamic bands, multiband, glue, low end to mono, width,
    saturation, delivery rate, ride, gain, relief, clip, limit. What does nothing is not there.

    With `target_lufs` the gain is found so that the finished master measures that (±0.1 LU); without it `gain_db` is
    the gain. `gain_db` beside a target is the first guess.
    """

    schema: Literal["controlroom.master/1"] = "controlroom.master/1"
    rate_hz: int
    target_lufs: float | None = None
    gain_db: float = 0.0
    high_pass: HighPass | None = None
    tone: tuple[ToneMove, ...] = ()
    tone_phase: Literal["minimum", "linear"] = "minimum"
    match: tuple[Match, ...] = ()
    dynamic: tuple[DynamicBand, ...] = ()
    multiband: Multiband | None = None
    glue: Glue | None = None
    mono_below: MonoBelow | None = None
    width: tuple[WidthBand, ...] = ()
    saturate: Saturate | None = None
    ride: SectionRide | None = None
    relief: Relief | None = None
    clip: Clip | None = None
    limit: Limit = Limit()
    reasons: tuple[str, ...] = ()
