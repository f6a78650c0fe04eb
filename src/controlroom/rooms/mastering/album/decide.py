"""What several songs need to be an album."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np
from msgspec.structs import replace

from controlroom.rooms.mastering import decide as song_decide
from controlroom.rooms.mastering.album.plan import RATES_HZ, AlbumPlan, AlbumTrack
from controlroom.rooms.mastering.album.report import SongReport
from controlroom.rooms.mastering.album.rules import (
    OVER_OWN_LU,
    anchor_of,
    as_mastered,
    loudness_lu,
    mean_db,
    tone_moves,
)
from controlroom.rooms.mastering.media import Medium, adapt, medium
from controlroom.rooms.mastering.plan import MasterPlan
from controlroom.song.identifiers import ean, isrc

GAP_S, GAP_AFTER_DYING_S = 2.0, 1.0
EDGE_FADE_IN_S, EDGE_FADE_OUT_S = 0.005, 0.02
EDGE = 1e-4  # a first or last sample further from 0 than this clicks
GOES_ON = 4.0  # times the usual corner: the same sound may turn so sharply from one sample to the next
ALIKE_DB = 6.0  # between the 50 ms on both sides of a joint
DEFAULT_CEILING_DBTP = -1.0


def decide(
    songs: Sequence[SongReport],
    wishes: AlbumPlan | None = None,
    *,
    target_lufs: float | None = None,
    ceiling_dbtp: float | None = None,
) -> AlbumPlan:
    """Propose the album of `songs`, in their order; what `wishes` (of the same files) says stays as it is.

    `target_lufs` None: the wishes' own, else as loud as every song carries. Both are the loudness of the loudest song.
    """
    wishes = wishes or AlbumPlan(tracks=tuple(AlbumTrack(file=song.file) for song in songs))
    goal = medium(wishes.medium) if wishes.medium else None
    ceiling = next(
        value
        for value in (ceiling_dbtp, wishes.ceiling_dbtp, goal.ceiling_dbtp if goal else None, DEFAULT_CEILING_DBTP)
        if value is not None
    )
    rate_hz = wishes.rate_hz or (goal.rate_hz if goal else None) or _rate_hz(songs)
    segues = [
        _goes_on(songs[k - 1] if k else None, song, track) if track.segue is None else track.segue
        for k, (song, track) in enumerate(zip(songs, wishes.tracks, strict=True))
    ]
    ones, one_of = as_mastered(songs, segues)
    anchor = anchor_of(ones)
    offsets = [None if anchor is None else loudness_lu(one, ones[anchor]) for one in ones]
    tones = tone_moves(ones)
    tracks: list[AlbumTrack] = []
    for k, (song, track) in enumerate(zip(songs, wishes.tracks, strict=True)):
        track = _spaced(track, song, songs[k - 1] if k else None, segues[k])
        placed = _faded(track, song, segues[k], followed=any(segues[k + 1 : k + 2]))
        placed = _levelled(placed, song, offsets[one_of[k]], one_of[k] == anchor)
        placed = placed if placed.tone is not None else replace(placed, tone=tones[one_of[k]])
        if segues[k] and tracks:  # mastered as one with the song before
            placed = replace(placed, loudness_lu=tracks[-1].loudness_lu, tone=tracks[-1].tone)
        tracks.append(placed)
    asked = wishes.target_lufs if target_lufs is None else target_lufs
    target = _target(songs, [track.loudness_lu for track in tracks], asked, ceiling, goal)
    return replace(
        wishes,
        artist=wishes.artist or _shared([track.artist for track in tracks]),
        upc=ean(wishes.upc) or wishes.upc,
        target_lufs=None if target is None else round(target, 1),
        ceiling_dbtp=ceiling,
        rate_hz=rate_hz,
        tracks=tuple(tracks),
        reasons=wishes.reasons or (_target_reason(ones, anchor, asked, goal),),
    )


def track_plan(plan: AlbumPlan, track: AlbumTrack, song: SongReport) -> MasterPlan:
    """How one song of the album is mastered."""
    ceiling = DEFAULT_CEILING_DBTP if plan.ceiling_dbtp is None else plan.ceiling_dbtp
    target = None if plan.target_lufs is None else plan.target_lufs + (track.loudness_lu or 0.0)
    own = song.own
    made = song_decide(song.master, target_lufs=target, ceiling_dbtp=ceiling, rate_hz=plan.rate_hz)
    made = replace(made, tone=own.tone, dynamic=own.dynamic, width=own.width, saturate=own.saturate)
    if plan.medium:
        at_peaks = adapt(made, medium(plan.medium), song.master, song.medium)
        made = replace(at_peaks, target_lufs=made.target_lufs, gain_db=made.gain_db, rate_hz=made.rate_hz)
    return replace(made, tone=(*made.tone, *(track.tone or ())))


def _rate_hz(songs: Sequence[SongReport]) -> int:
    """The rate of most songs, the higher one of several; what an album can be made at."""
    rates = Counter(song.own.rate_hz for song in songs)
    most = max(rates, key=lambda rate: (rates[rate], rate))
    return most if most in RATES_HZ else next((rate for rate in RATES_HZ if rate > most), RATES_HZ[-1])


def _target(
    songs: Sequence[SongReport],
    offsets: Sequence[float | None],
    asked: float | None,
    ceiling_dbtp: float,
    goal: Medium | None,
) -> float | None:
    """The loudness of the loudest song."""
    if asked is not None:
        return asked
    if goal is not None and goal.target_lufs is not None:  # there it is the loudness of the whole
        lengths = [song.master.duration_s for song in songs]
        return goal.target_lufs - (mean_db(offsets, lengths) or 0.0)
    carried = []
    for song, offset in zip(songs, offsets, strict=True):
        integrated, peak = song.master.loudness.integrated_lufs, song.master.loudness.true_peak_dbtp
        if offset is None or integrated is None or peak is None:
            continue
        if goal is not None and goal.limiting_db is not None:
            own = integrated + ceiling_dbtp - peak + goal.limiting_db
        else:
            own = (integrated if song.carries_lufs is None else song.carries_lufs) + OVER_OWN_LU
        carried.append(own - offset)
    return min(carried, default=None)


def _target_reason(songs: Sequence[SongReport], at: int | None, asked: float | None, goal: Medium | None) -> str:
    if at is None:
        return "All songs are silent: there is no loudness to set."
    name = songs[at].title or songs[at].file
    if asked is not None:
        return f"{name} is the heaviest song; it gets the loudness that was asked for."
    if goal is not None:
        return f"{name} is the heaviest song. {goal.says}"
    return f"{name} is the heaviest song; the album is as loud as every song carries, within {OVER_OWN_LU:.0f} LU."


def _spaced(track: AlbumTrack, song: SongReport, before: SongReport | None, segue: bool) -> AlbumTrack:
    """Names, and what lies between this song and the one before."""
    gap_s, reason = track.gap_s, ""
    if segue:
        gap_s, reason = (
            0.0,
            "It goes on from the song before, which ends in the middle of sound; they are mastered as one.",
        )
    elif gap_s is None:
        gap_s, reason = (0.0, "") if track.crossfade_s else _gap(before, song)
    return replace(
        track,
        title=track.title or song.title,
        artist=track.artist or song.artist,
        isrc=isrc(track.isrc) or track.isrc or (isrc(song.isrc) or ""),
        segue=segue,
        gap_s=gap_s,
        crossfade_s=track.crossfade_s or 0.0,
        reasons=(*track.reasons, reason) if reason else track.reasons,
    )


def _faded(track: AlbumTrack, song: SongReport, segue: bool, followed: bool) -> AlbumTrack:
    """Short fades where a file begins or ends in the middle of sound, and no song goes on from there."""
    reasons, fade_in_s, fade_out_s = list(track.reasons), track.fade_in_s, track.fade_out_s
    if fade_in_s is None:
        clicks = not segue and any(abs(sample) > EDGE for sample in song.ends.first)
        fade_in_s = EDGE_FADE_IN_S if clicks else 0.0
        reasons += ["It begins in the middle of sound: a short fade keeps it from clicking."] if clicks else []
    if fade_out_s is None:
        clicks = not followed and any(abs(sample) > EDGE for sample in song.ends.last)
        fade_out_s = EDGE_FADE_OUT_S if clicks else 0.0
        reasons += ["It is cut off in the middle of sound: a short fade keeps it from clicking."] if clicks else []
    return replace(track, fade_in_s=fade_in_s, fade_out_s=fade_out_s, reasons=tuple(reasons))


def _goes_on(before: SongReport | None, song: SongReport, track: AlbumTrack) -> bool:
    """Is this the same sound, cut in two (a concert, a continuous mix)?"""
    if before is None or track.gap_s or track.crossfade_s:
        return False
    if not (before.ends.in_sound_after and song.ends.in_sound_before):
        return False
    if (before.master.rate_hz, before.master.channels) != (song.master.rate_hz, song.master.channels):
        return False
    off = np.abs(np.subtract(song.ends.first, before.ends.expected)).max()
    alike = abs(song.ends.level_before_db - before.ends.level_after_db) < ALIKE_DB
    return bool(alike and off <= GOES_ON * max(before.ends.corner_after, song.ends.corner_before))


def _gap(before: SongReport | None, song: SongReport) -> tuple[float, str]:
    """Silence to add, so that two seconds are heard between the songs; one where the song before dies away."""
    if before is None:
        return 0.0, ""
    there_s = before.ends.silence_after_s + song.ends.silence_before_s
    wanted_s = GAP_AFTER_DYING_S if before.ends.dies_away else GAP_S
    gap_s = round(max(wanted_s - there_s, 0.0), 2)
    how = "dies away" if before.ends.dies_away else "ends at once"
    return gap_s, f"The song before {how}; with {there_s:.1f} s of silence in the files {gap_s:.1f} s more are right."


def _levelled(track: AlbumTrack, song: SongReport, offset: float | None, anchor: bool) -> AlbumTrack:
    if offset is None or track.loudness_lu is not None:
        return track
    if anchor:
        reason = "It is the album's loudest song; the others are set beside it."
    else:
        reason = f"Its loud sections reach {song.loud_lufs:.1f} LUFS in the mix; it stays {-offset:.1f} LU lower."
    return replace(track, loudness_lu=offset, reasons=(*track.reasons, reason))


def _shared(names: Sequence[str]) -> str:
    """The name that all of them have."""
    return names[0] if names and len(set(names)) == 1 else ""
