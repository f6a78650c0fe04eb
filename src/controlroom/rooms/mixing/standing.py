"""How every track stands in a finished mix: what the recall sheet and the command line show."""

from __future__ import annotations

import msgspec

from controlroom.rooms.mixing.render import Mixdown


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """One track in the mix. `gain_db`: its loudness as it stands in the mix less that of its file, LU (None: silent).

    `fader_db`, `pan`, `polarity` and `delay_ms` are what the plan set; `loudness_lufs` is that of the track in the mix.
    """

    name: str
    path: str
    role: str
    gain_db: float | None
    loudness_lufs: float | None
    fader_db: float
    pan: float
    polarity: int
    delay_ms: float
    printed: bool
    muted: bool
    bus: str
    sends: dict[str, float]
    reasons: tuple[str, ...]


def standing(mix: Mixdown) -> tuple[Standing, ...]:
    """Every track of a mix that has been read to its end, in the order of the plan."""
    gains = mix.gains_lu()
    return tuple(
        Standing(
            name=track.name,
            path=track.path,
            role=track.role,
            gain_db=_rounded(gains[track.name]),
            loudness_lufs=_sum(track.loudness_lufs, gains[track.name]),
            fader_db=track.gain_db,
            pan=track.pan,
            polarity=track.polarity,
            delay_ms=track.delay_ms,
            printed=track.printed,
            muted=track.mute,
            bus=track.bus,
            sends=track.sends,
            reasons=track.reasons,
        )
        for track in mix.plan.tracks
    )


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 2)


def _sum(loudness: float | None, gain: float | None) -> float | None:
    return None if loudness is None or gain is None else round(loudness + gain, 2)
