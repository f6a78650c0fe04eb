"""What the mastering engineer hears in a mix."""

from __future__ import annotations

import msgspec

from controlroom.base.finding import Finding
from controlroom.sound.meter import Loudness
from controlroom.sound.tone import RegionBalance


class Stereo(msgspec.Struct, frozen=True, kw_only=True):
    """The image of a stereo mix, over its whole length.

    `correlation` -1..1; `side_db`: side less mid; `balance_db`: right less left; `low_end_correlation`: below 120 Hz
    (None: nothing there); `fold_loss_lu`: how much quieter it gets on one loudspeaker.
    """

    correlation: float
    side_db: float
    balance_db: float
    low_end_correlation: float | None
    fold_loss_lu: float | None


class MasterReport(msgspec.Struct, frozen=True, kw_only=True):
    """A mix, measured. Figures that do not exist are None: loudness, tilt and crest of silence.

    `crest_db`: sample peak over RMS; `subsonic_db`: what lies below 20 Hz, less everything; `dc`: the
    largest offset of a channel, full scale 1; `bandwidth_hz`: where the sound ends; `finished`: somebody has limited
    it already; `loudest_s`, `softer_s`: where its loudest eight seconds begin, and eight softer ones.
    """

    rate_hz: int
    channels: int
    duration_s: float
    loudness: Loudness
    crest_db: float | None
    tilt_db_per_octave: float | None
    balance: tuple[RegionBalance, ...]
    bandwidth_hz: float | None
    stereo: Stereo | None
    subsonic_db: float | None
    dc: float
    finished: bool
    loudest_s: float = 0.0
    softer_s: float = 0.0
    findings: tuple[Finding, ...] = ()
