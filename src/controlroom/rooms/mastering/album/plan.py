"""What the album is going to be: kept as `album.toml`, yours to change, in part or whole."""

from __future__ import annotations

from typing import Literal

import msgspec

from controlroom.rooms.mastering.media import MEDIA
from controlroom.rooms.mastering.plan import ToneMove

FadeShape = Literal["linear", "cosine", "exponential"]
LONGEST_CROSSFADE_S = 60.0
RATES_HZ = (44100, 48000, 88200, 96000, 176400, 192000)


class AlbumTrack(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One song, in its place. What is None has not been decided yet; what a person wrote stays.

    `gap_s`: silence before it, beside what the files hold themselves; `segue`: it goes on from the song before without
    a break, and is mastered as one with it, at its loudness and tone; `crossfade_s`: it begins that long before the
    song before has ended. `fade_in_s`, `fade_out_s` with `fade`: "exponential" falls evenly in dB. `loudness_lu`: how
    far its loudness lies from the album's target; `tone`: moves toward the other songs, after its own mastering.
    """

    file: str
    title: str = ""
    artist: str = ""
    songwriter: str = ""
    isrc: str = ""
    gap_s: float | None = None
    segue: bool | None = None
    crossfade_s: float | None = None
    fade_in_s: float | None = None
    fade_out_s: float | None = None
    fade: FadeShape = "cosine"
    loudness_lu: float | None = None
    tone: tuple[ToneMove, ...] | None = None
    reasons: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        lengths = (self.gap_s, self.crossfade_s, self.fade_in_s, self.fade_out_s)
        if any(length is not None and not 0 <= length <= 600 for length in lengths):
            raise ValueError("gaps and fades last 0 to 600 s")
        if (self.crossfade_s or 0) > LONGEST_CROSSFADE_S:
            raise ValueError(f"a crossfade lasts at most {LONGEST_CROSSFADE_S:.0f} s")
        if self.segue and (self.gap_s or self.crossfade_s):
            raise ValueError("a song that goes on without a break has neither gap nor crossfade before it")
        if self.loudness_lu is not None and not -20 <= self.loudness_lu <= 0:
            raise ValueError("loudness_lu lies between -20 and 0: the loudest song is the album's target")


class AlbumPlan(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The album. `target_lufs` is the loudness of its loudest song; `upc` its EAN-13 or UPC-A; `rate_hz` of the
    programme; `medium` a destination with rules of its own ("vinyl", "club", ...), or nothing."""

    schema: Literal["controlroom.album/1"] = "controlroom.album/1"
    title: str = ""
    artist: str = ""
    upc: str = ""
    date: str = ""
    medium: str = ""
    target_lufs: float | None = None
    ceiling_dbtp: float | None = None
    rate_hz: int | None = None
    tracks: tuple[AlbumTrack, ...] = ()
    reasons: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.target_lufs is not None and not -70 <= self.target_lufs <= 0:
            raise ValueError("target_lufs lies between -70 and 0")
        if self.ceiling_dbtp is not None and not -20 <= self.ceiling_dbtp <= 0:
            raise ValueError("ceiling_dbtp lies between -20 and 0")
        if self.rate_hz is not None and self.rate_hz not in RATES_HZ:
            raise ValueError(f"rate_hz is one of {', '.join(map(str, RATES_HZ))}")
        if self.medium and self.medium not in MEDIA:
            raise ValueError(f"medium is one of {', '.join(MEDIA)}, or left out")
