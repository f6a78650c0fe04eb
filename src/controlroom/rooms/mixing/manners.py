"""How each kind of track is usually mixed: its level, place, low cut, dynamics and room. One table, for all decisions.

Levels are BS.1770 loudness over the passages where the track plays, relative to the lead vocal. They follow what
mixing handbooks agree on (lead vocal first, kick, snare and bass next, supporting parts 5 to 8 LU lower, cymbal spots
and rooms as seasoning: R. Izhaki, "Mixing Audio", 2018; M. Senior, "Mixing Secrets", 2018; rules collected by B. De Man
and J. Reiss, "A knowledge-engineered autonomous mixing system", AES 135, 2013). They are starting points: `balance`
moves them by how many play at once and by what the voice needs.
"""

from __future__ import annotations

from typing import Literal

import msgspec

Place = Literal["centre", "side", "spread", "kit"]


class Manner(msgspec.Struct, frozen=True, kw_only=True):
    """A role's usual treatment.

    `level_lu`: relative to the lead vocal. `place` and `width` (0..1): where it stands. `low_cut_hz`: the highest
    high-pass that costs it nothing (0: none); `cut_bleed`: whatever lies below is not the instrument. `range_lu`: how
    far loud passages may be above quiet ones, `peaks_db` how far peaks above loudness, before it is compressed.
    `room_db`, `plate_db`: reverb sends (None: dry). `shape`: its usual spectrum (`tone.SHAPES`).
    """

    level_lu: float
    bus: str = "music"
    place: Place = "centre"
    width: float = 0.0
    low_cut_hz: float = 0.0
    cut_bleed: bool = False
    range_lu: float | None = None
    peaks_db: float | None = None
    attack_ms: float = 10.0
    release_ms: float = 150.0
    room_db: float | None = None
    plate_db: float | None = None
    shape: str = ""


def _drum(level_lu: float, **more: object) -> Manner:
    return msgspec.convert({"level_lu": level_lu, "bus": "drums", **more}, Manner)


_KICK = _drum(-3.0, low_cut_hz=25.0, peaks_db=16.0, attack_ms=5.0, release_ms=80.0, shape="kick")
_SNARE = _drum(
    -6.0, low_cut_hz=80.0, peaks_db=18.0, attack_ms=2.0, release_ms=100.0, room_db=-18.0, plate_db=-18.0, shape="snare"
)
_BASS = Manner(level_lu=-4.0, low_cut_hz=28.0, range_lu=5.0, peaks_db=12.0, attack_ms=30.0, shape="bass")
_GUITAR = Manner(
    level_lu=-6.0,
    place="spread",
    width=0.7,
    low_cut_hz=80.0,
    range_lu=8.0,
    peaks_db=15.0,
    room_db=-20.0,
    shape="guitar",
)

MANNERS: dict[str, Manner] = {
    "kick in": _KICK,
    "kick out": _KICK,
    "kick": _KICK,
    "snare top": _SNARE,
    "snare bottom": msgspec.structs.replace(_SNARE, low_cut_hz=150.0, cut_bleed=True, plate_db=None, shape=""),
    "snare": _SNARE,
    "tom": _drum(
        -8.0, place="kit", width=0.5, low_cut_hz=45.0, peaks_db=18.0, attack_ms=3.0, room_db=-18.0, shape="tom"
    ),
    "hi-hat": _drum(-9.0, place="kit", width=0.3, low_cut_hz=250.0, cut_bleed=True, shape="cymbals"),
    "ride": _drum(-9.0, place="kit", width=0.4, low_cut_hz=200.0, cut_bleed=True, shape="cymbals"),
    "overhead": _drum(-7.0, place="side", width=1.0, low_cut_hz=70.0, peaks_db=20.0, shape="overhead"),
    "room": _drum(-13.0, place="side", width=0.9, low_cut_hz=40.0, peaks_db=14.0, attack_ms=8.0, shape="overhead"),
    "percussion": _drum(-9.0, place="spread", width=0.5, low_cut_hz=90.0, peaks_db=18.0, room_db=-18.0),
    "drums": _drum(-1.5, low_cut_hz=25.0, room_db=None, shape="drums"),
    "bass DI": _BASS,
    "bass amp": _BASS,
    "bass": _BASS,
    "acoustic guitar": msgspec.structs.replace(_GUITAR, level_lu=-7.0, width=0.6, plate_db=-22.0, shape="acoustic"),
    "electric guitar": _GUITAR,
    "guitar": _GUITAR,
    "keys": Manner(
        level_lu=-6.0,
        place="spread",
        width=0.4,
        low_cut_hz=40.0,
        range_lu=9.0,
        peaks_db=16.0,
        room_db=-21.0,
        shape="keys",
    ),
    "synth": Manner(level_lu=-4.5, place="spread", width=0.4, low_cut_hz=28.0, range_lu=10.0, room_db=-24.0),
    "strings": Manner(
        level_lu=-8.0, place="spread", width=0.5, low_cut_hz=60.0, range_lu=12.0, room_db=-15.0, shape="keys"
    ),
    "brass": Manner(
        level_lu=-5.0, place="spread", width=0.4, low_cut_hz=80.0, range_lu=9.0, room_db=-17.0, shape="guitar"
    ),
    "lead vocal": Manner(
        level_lu=0.0,
        bus="vocals",
        low_cut_hz=80.0,
        cut_bleed=True,
        range_lu=5.5,
        peaks_db=12.0,
        attack_ms=6.0,
        release_ms=110.0,
        room_db=-24.0,
        plate_db=-17.0,
        shape="voice",
    ),
    "backing vocal": Manner(
        level_lu=-5.0,
        bus="vocals",
        place="spread",
        width=0.6,
        low_cut_hz=120.0,
        cut_bleed=True,
        range_lu=5.0,
        peaks_db=11.0,
        attack_ms=5.0,
        release_ms=120.0,
        room_db=-20.0,
        plate_db=-14.0,
        shape="voice",
    ),
    "effects": Manner(level_lu=-10.0, low_cut_hz=30.0, place="spread", width=0.3),
    "printed stem": Manner(level_lu=-5.0),
    "unknown": Manner(level_lu=-6.0, place="spread", width=0.3, low_cut_hz=25.0, room_db=-24.0),
}

SHARES_LU: dict[frozenset[str], dict[str, float]] = {
    frozenset({"kick in", "kick out"}): {"kick in": -2.0, "kick out": -5.0},
    frozenset({"snare top", "snare bottom"}): {"snare top": -0.5, "snare bottom": -9.0},
    frozenset({"bass DI", "bass amp"}): {"bass DI": -4.5, "bass amp": -4.5},
}
"""Where two mics or pickups share one source: what each gives up of the level that one alone would have."""

CYMBAL_SPOTS_LU = -5.0  # a hi-hat or ride mic beside overheads, that carry the cymbals already


def manner_of(role: str) -> Manner:
    """The usual treatment; a role that is not known is treated as an unknown instrument."""
    return MANNERS.get(role, MANNERS["unknown"])
