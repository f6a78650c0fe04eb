"""Space: one room and one plate for everybody, and how much of each track goes there."""

from __future__ import annotations

from collections.abc import Sequence

from controlroom.rooms.mixing.manners import manner_of
from controlroom.rooms.mixing.plan import ReverbPlan
from controlroom.rooms.mixing.report import TrackHeard
from controlroom.sound.reverb import Reverb

HAS_ITS_ROOM_DB = -5.0  # drums with overheads or room mics, and stereo files with a wide image, bring space along
WIDE_BELOW = 0.7  # correlation of a stereo file

ROOM = Reverb(kind="room", decay_s=0.7, decay_high=0.5, predelay_ms=8.0, low_cut_hz=180.0, high_cut_hz=8000.0)
PLATE = Reverb(kind="plate", decay_s=1.5, decay_high=0.55, predelay_ms=28.0, low_cut_hz=250.0, high_cut_hz=9000.0)


def sends_of(track: TrackHeard, tracks: Sequence[TrackHeard]) -> dict[str, float]:
    """Send levels in dB after the fader; at 0 dB the wet sound would be as loud as the dry."""
    manner = manner_of(track.role)
    wide = track.channels == 2 and track.correlation is not None and track.correlation < WIDE_BELOW
    kit = manner.bus == "drums" and any(other.role in ("overhead", "room") for other in tracks)
    less = HAS_ITS_ROOM_DB if wide or kit else 0.0
    wanted = {"room": manner.room_db, "plate": manner.plate_db}
    return {name: level + less for name, level in wanted.items() if level is not None}


def reverbs_for(used: set[str]) -> tuple[ReverbPlan, ...]:
    """The reverbs that somebody is sent to."""
    return tuple(planned(name, reverb) for name, reverb in (("room", ROOM), ("plate", PLATE)) if name in used)


def planned(name: str, reverb: Reverb) -> ReverbPlan:
    return ReverbPlan(
        name=name,
        kind=reverb.kind,
        decay_s=reverb.decay_s,
        decay_high=reverb.decay_high,
        predelay_ms=reverb.predelay_ms,
        low_cut_hz=reverb.low_cut_hz,
        high_cut_hz=reverb.high_cut_hz,
    )


def settings(plan: ReverbPlan) -> Reverb:
    """The reverb that a plan asks for."""
    return Reverb(
        kind=plan.kind,
        decay_s=plan.decay_s,
        decay_high=plan.decay_high,
        predelay_ms=plan.predelay_ms,
        low_cut_hz=plan.low_cut_hz,
        high_cut_hz=plan.high_cut_hz,
    )
