"""What the mixing room hears in finished tracks: each by itself, and how the mics of a kit stand to each other."""

from __future__ import annotations

from typing import Literal, NamedTuple

import msgspec

from controlroom.base.finding import Finding
from controlroom.song.model import Side
from controlroom.sound.signal import Signal
from controlroom.sound.survey import Survey

Kin = Literal["pair", "spot", "companion"]


class TrackIn(NamedTuple):
    """A finished track as it comes into the room.

    `role` as in `song.roles.ROLES`; tracks of one `part` were played together (the mics of a kit, a DI and its amp).
    A `printed` track is a finished stem. `signal` is needed where mics are to be compared only.
    """

    survey: Survey
    role: str
    path: str = ""
    side: Side | None = None
    part: str = ""
    printed: bool = False
    signal: Signal | None = None


class TrackHeard(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One track by itself. What does not exist is None (the loudness of silence).

    `loudness_lufs` is gated (BS.1770-5), so it is that of the passages where the track plays. `seconds_lufs` is the
    loudness of each second (-120: silence), `seconds_peak_db` its highest sample. `bands_db` are third-octave levels,
    dBFS (`sound.spectrum`). `reach_hz` is where its sound ends. `range_lu` is how far its loud passages (95th
    percentile) are above its quiet ones (10th).
    """

    name: str
    path: str
    role: str
    side: Side | None = None
    part: str = ""
    printed: bool = False
    rate_hz: int
    channels: int
    frames: int
    loudness_lufs: float | None = None
    loudest_lufs: float | None = None
    range_lu: float | None = None
    peak_dbtp: float | None = None
    reach_hz: float | None = None
    correlation: float | None = None
    balance_db: float | None = None
    bands_db: tuple[float, ...] = ()
    seconds_lufs: tuple[float, ...] = ()
    seconds_peak_db: tuple[float, ...] = ()

    @property
    def sounding(self) -> bool:
        return self.loudness_lufs is not None


class Relation(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How `track` stands to `reference`: the reference hears it `delay_ms` later, turned over when `polarity` is -1.

    `kind`: left and right of one pair, a close mic against an overhead (on `side`), or two pickups of one source.
    `correlation` has the sign of the polarity it was heard in; `together` is the one when both are summed as they are
    (-1..1): against the polarity, they fight.
    """

    track: str
    reference: str
    kind: Kin
    delay_ms: float
    polarity: int
    correlation: float
    together: float = 0.0
    side: Side | None = None


class MixReport(msgspec.Struct, frozen=True, kw_only=True):
    """Everything `decide` needs; no audio."""

    tracks: tuple[TrackHeard, ...]
    relations: tuple[Relation, ...] = ()
    findings: tuple[Finding, ...] = ()

    def track(self, name: str) -> TrackHeard:
        return next(track for track in self.tracks if track.name == name)
