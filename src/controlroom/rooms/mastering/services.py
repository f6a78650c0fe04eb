"""What the streaming services will do with a master's loudness: a playback level, not an order.

Dated facts, as of November 2026. Published by the service itself: Spotify (support.spotify.com/artists, "Loudness
normalization": levels, the headroom rule and its example, the limiter of "Loud", the ceilings). Apple: Sound Check is
documented, its level is not; -16 is what AES TD1008 (2021) recommends for music and what is measured there. YouTube
shows "content loudness" against -14 in its "Stats for nerds" and never turns up. TIDAL normalises whole albums by
their loudest song, to -14 (E. Grimm, "Analyzing loudness aspects of 4.2 million music albums", 2019). Amazon: -14, with
-2 dBTP asked in its delivery notes. Deezer: -15. The last three publish no rule for raising quiet songs: none is
assumed. SoundCloud, Qobuz and Bandcamp play files as they are.
"""

from __future__ import annotations

from typing import Literal

import msgspec

from controlroom.sound.meter import Loudness

Raises = Literal["never", "into headroom", "with a limiter"]

USUAL_CEILING_DBTP = -1.0  # AES TD1008, section 5: what lossy encoders need at most masters
LOUD_LUFS = -14.0  # above it some ask for a lower ceiling


class _Rule(msgspec.Struct, frozen=True, kw_only=True):
    name: str
    reference_lufs: float | None
    raises: Raises = "never"
    headroom_dbtp: float = -1.0
    ceiling_when_loud_dbtp: float = USUAL_CEILING_DBTP


_RULES = (
    _Rule(name="Spotify", reference_lufs=-14.0, raises="into headroom", ceiling_when_loud_dbtp=-2.0),
    _Rule(name="Spotify, loud", reference_lufs=-11.0, raises="with a limiter", ceiling_when_loud_dbtp=-2.0),
    _Rule(name="Spotify, quiet", reference_lufs=-19.0, raises="into headroom", ceiling_when_loud_dbtp=-2.0),
    _Rule(name="Apple Music, Sound Check", reference_lufs=-16.0, raises="into headroom"),
    _Rule(name="YouTube", reference_lufs=-14.0),
    _Rule(name="TIDAL", reference_lufs=-14.0),
    _Rule(name="Amazon Music", reference_lufs=-14.0, ceiling_when_loud_dbtp=-2.0),
    _Rule(name="Deezer", reference_lufs=-15.0),
    _Rule(name="SoundCloud", reference_lufs=None),
    _Rule(name="Qobuz", reference_lufs=None),
    _Rule(name="Bandcamp", reference_lufs=None),
)


class Service(msgspec.Struct, frozen=True, kw_only=True):
    """How a service plays a master.

    `gain_db` on the player, `playback_lufs` what comes out; `limited`: by the headroom (the level is not reached) or
    by the service's own limiter (it works). `ceiling_dbtp` is what it asks of this master, `over_ceiling` whether the
    master is above it. `reference_lufs` is None where loudness is left alone.
    """

    name: str
    reference_lufs: float | None
    gain_db: float
    playback_lufs: float | None
    limited: bool
    ceiling_dbtp: float
    over_ceiling: bool
    says: str


def playback(
    loudness: Loudness | float | None, true_peak_dbtp: float | None = None, *, album_lufs: float | None = None
) -> tuple[Service, ...]:
    """Every service with the gain it applies to a master of this loudness and true peak.

    `loudness` is a meter's result, or LUFS with `true_peak_dbtp` beside it. `album_lufs` is the loudest song's of its
    album (TIDAL goes by that). A silent master is played as it is.
    """
    if isinstance(loudness, Loudness):
        true_peak_dbtp = loudness.true_peak_dbtp
        loudness = loudness.integrated_lufs
    return tuple(_service(rule, loudness, true_peak_dbtp, album_lufs) for rule in _RULES)


def _service(rule: _Rule, lufs: float | None, peak_dbtp: float | None, album_lufs: float | None) -> Service:
    gain_db, limited = 0.0, False
    if rule.reference_lufs is not None and lufs is not None:
        judged = album_lufs if rule.name == "TIDAL" and album_lufs is not None else lufs
        gain_db, limited = _gain_db(rule, rule.reference_lufs - judged, peak_dbtp)
    loud = lufs is not None and lufs > LOUD_LUFS
    ceiling = rule.ceiling_when_loud_dbtp if loud else USUAL_CEILING_DBTP
    return Service(
        name=rule.name,
        reference_lufs=rule.reference_lufs,
        gain_db=gain_db,
        playback_lufs=None if lufs is None else lufs + gain_db,
        limited=limited,
        ceiling_dbtp=ceiling,
        over_ceiling=peak_dbtp is not None and peak_dbtp > ceiling,
        says=_says(rule, gain_db, limited, lufs),
    )


def _gain_db(rule: _Rule, wanted_db: float, peak_dbtp: float | None) -> tuple[float, bool]:
    if wanted_db <= 0.0:
        return wanted_db, False
    headroom_db = max(rule.headroom_dbtp - (rule.headroom_dbtp if peak_dbtp is None else peak_dbtp), 0.0)
    if rule.raises == "never":
        return 0.0, False
    if rule.raises == "with a limiter":
        return wanted_db, wanted_db > headroom_db
    return min(wanted_db, headroom_db), wanted_db > headroom_db


def _says(rule: _Rule, gain_db: float, limited: bool, lufs: float | None) -> str:
    if lufs is None:
        return f"{rule.name} plays it as it is: it has no loudness."
    if rule.reference_lufs is None:
        return f"{rule.name} plays it as it is, at {lufs:.1f} LUFS."
    level = f"{lufs + gain_db:.1f} LUFS"
    if gain_db < -0.05:
        return f"{rule.name} turns it down by {-gain_db:.1f} dB, to {level}."
    if limited and rule.raises == "with a limiter":
        return f"{rule.name} turns it up by {gain_db:.1f} dB into its limiter, to {level}."
    if limited and gain_db < 0.05:
        return f"{rule.name} leaves it at {level}: there is no headroom to turn it up."
    if limited:
        return f"{rule.name} turns it up by {gain_db:.1f} dB, as far as its peaks allow, to {level}."
    if gain_db > 0.05:
        return f"{rule.name} turns it up by {gain_db:.1f} dB, to {level}."
    return f"{rule.name} plays it as it is, at {level}."
