"""From the report to a proposal: kit first, then tone and dynamics, faders, places, space, buses, headroom."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from controlroom.rooms.mixing.balance import Fader, faders
from controlroom.rooms.mixing.kit import Alignment, alignments
from controlroom.rooms.mixing.manners import manner_of
from controlroom.rooms.mixing.place import pans
from controlroom.rooms.mixing.plan import BusPlan, MixPlan, TrackPlan
from controlroom.rooms.mixing.report import MixReport, TrackHeard
from controlroom.rooms.mixing.space import reverbs_for, sends_of
from controlroom.rooms.mixing.squeeze import glue, squeeze_of
from controlroom.rooms.mixing.tone import tone_of

HEADROOM_DBTP = -6.0
BUSES = ("drums", "music", "vocals")
SUM_CREST_DB = 15.5  # true peak over the loudest second of a raw mix, until it is rehearsed


def decide(report: MixReport, *, rate_hz: int | None = None, unity: bool = False) -> MixPlan:
    """A mix of the tracks. Printed tracks (with `unity`: all) stay exactly as they are.

    `rate_hz` is the session rate (None: the highest of the tracks). Where everything is printed there are no buses, no
    reverbs and no trim: the mix is the sum of the samples, and may pass full scale.
    """
    rate = rate_hz or max((track.rate_hz for track in report.tracks), default=48000)
    printed = {track.name for track in report.tracks if unity or track.printed}
    kit = alignments(report) if not unity else {}
    levels = faders(report, printed)
    places = pans(report, {name: fader.gain_db for name, fader in levels.items()}, kit)
    tracks = tuple(
        _untouched(track, printed=track.name in printed)
        if track.name in printed or not track.sounding
        else _strip(track, levels[track.name], places[track.name], kit.get(track.name, Alignment()), report.tracks)
        for track in report.tracks
    )
    if all(track.name in printed for track in report.tracks):
        reason = "Everything is printed: summed as it is, nothing is changed."
        return MixPlan(rate_hz=rate, tracks=tracks, reasons=(reason,))
    trim_db = 0.0 if printed else round(HEADROOM_DBTP - estimated_peak_dbtp(report, tracks), 1)
    reverbs = reverbs_for({send for track in tracks for send in track.sends})
    return MixPlan(
        rate_hz=rate,
        gain_db=trim_db,
        headroom_dbtp=None if printed else HEADROOM_DBTP,
        tracks=tracks,
        buses=tuple(_buses(report, tracks)),
        reverbs=reverbs,
        reasons=tuple(_reasons(bool(printed))),
    )


def _reasons(some_printed: bool) -> Iterable[str]:
    if some_printed:
        yield "Printed stems stay at unity; the other tracks are set against them, and the sum is not trimmed."
    else:
        yield f"Trimmed so that the mix peaks at about {HEADROOM_DBTP:g} dBTP: room for mastering."


def _untouched(track: TrackHeard, *, printed: bool) -> TrackPlan:
    reason = "Printed: stays as it is." if track.sounding else "Silent: left alone."
    return TrackPlan(
        name=track.name,
        path=track.path,
        role=track.role,
        printed=printed,
        bus=manner_of(track.role).bus,
        loudness_lufs=track.loudness_lufs,
        reasons=(reason,),
    )


def _strip(track: TrackHeard, fader: Fader, pan: float, kit: Alignment, tracks: Sequence[TrackHeard]) -> TrackPlan:
    tone, squeezed = tone_of(track), squeeze_of(track)
    return TrackPlan(
        name=track.name,
        path=track.path,
        role=track.role,
        gain_db=fader.gain_db,
        pan=pan,
        polarity=kit.polarity,
        delay_ms=kit.delay_ms,
        bus=manner_of(track.role).bus,
        sends=sends_of(track, tracks),
        loudness_lufs=track.loudness_lufs,
        compressor=squeezed.squeeze,
        eq=tone.eq,
        reasons=(*kit.reasons, fader.reason, *tone.reasons, *squeezed.reasons),
    )


def _buses(report: MixReport, tracks: Sequence[TrackPlan]) -> Iterable[BusPlan]:
    heard = {track.name: track for track in report.tracks}
    for name in BUSES:
        fed = [track for track in tracks if track.bus == name]
        if fed:
            loudest = loudest_second_lufs([(heard[track.name], track.gain_db) for track in fed])
            worked = [track for track in fed if not track.printed]
            yield glue(name, loudest) if len(worked) > 1 and len(worked) == len(fed) else BusPlan(name=name)


def loudest_second_lufs(tracks: Sequence[tuple[TrackHeard, float]]) -> float:
    """The loudest second of tracks at their faders, as if they had nothing in common."""
    seconds = np.zeros(max((len(track.seconds_lufs) for track, _ in tracks), default=0) or 1)
    for track, gain_db in tracks:
        seconds[: len(track.seconds_lufs)] += 10 ** ((np.array(track.seconds_lufs) + gain_db) / 10)
    return 10 * math.log10(max(float(seconds.max()), 1e-12))


def estimated_peak_dbtp(report: MixReport, tracks: Sequence[TrackPlan]) -> float:
    """Where the sum will peak, from its loudest second and from its highest single peak; a rehearsal knows better."""
    heard: Mapping[str, TrackHeard] = {track.name: track for track in report.tracks}
    sounding = [(heard[track.name], track.gain_db) for track in tracks if heard[track.name].sounding]
    if not sounding:
        return HEADROOM_DBTP
    alone = max((track.peak_dbtp or -120.0) + gain_db for track, gain_db in sounding)
    return max(loudest_second_lufs(sounding) + SUM_CREST_DB, alone)
