"""A rehearsal: short passages of the mix are played, and its gains are set by what was heard, not by estimate.

Inserts and buses then keep the loudness of what goes through them, so that every track stands where its fader was
meant to put it, and the trim brings the highest peaks to the headroom.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import msgspec
import numpy as np

from controlroom.base.progress import SILENT, Progress, scaled
from controlroom.rooms.mixing.balance import BAND_BUSES, VOICE_OVER_BAND_LU, played
from controlroom.rooms.mixing.manners import manner_of
from controlroom.rooms.mixing.plan import BusPlan, MixPlan, Ride, TrackPlan
from controlroom.rooms.mixing.render import VOICE, Mixdown
from controlroom.rooms.mixing.report import MixReport, TrackHeard
from controlroom.sound.signal import Samples, Signal, blocks

PASSAGE_S = 4
PEAKS, OTHERS = 4, 5  # passages where the mix may peak, and those for tracks that do not play there
HEARD_S = 2.0  # of a track's own playing in a passage, for the passage to tell about it
MENDED_MOST_DB = 6.0
BAND_MOVES_MOST_DB, LEAST_MOVE_DB = 3.0, 0.3
LEAST_PEAK_DBTP = -80.0


class Played(NamedTuple):
    """What one passage told: its peak, the voice over the rest, strips before and after their inserts, buses' gain."""

    peak_dbtp: float | None
    voice_over_lu: float | None
    strips_lufs: dict[str, tuple[float, float]]
    buses_lu: dict[str, float]


def rehearse(
    signals: Mapping[str, Signal], plan: MixPlan, report: MixReport, *, progress: Progress = SILENT
) -> MixPlan:
    """The plan with faders and bus make-up as the passages ask for, and with its trim; without headroom that stays."""
    if plan.headroom_dbtp is None and not any(track.eq or track.compressor for track in plan.tracks):
        return plan
    peaks = loudest_passages_s(report, plan)
    others = telling_passages_s(report, plan, peaks)
    first = _play(signals, plan, sorted(peaks + others), scaled(progress, 0.0, 0.7))
    tracks = tuple(_mended_track(track, first) for track in plan.tracks)
    buses = tuple(_mended_bus(bus, first) for bus in plan.buses)
    mended = msgspec.structs.replace(plan, tracks=tracks, buses=buses)
    plan = _band_moved(mended, _band_move_db(plan, mended, first))
    if plan.headroom_dbtp is None:
        return plan
    second = _play(signals, plan, sorted(peaks), scaled(progress, 0.7, 1.0))
    highest = max((passage.peak_dbtp for passage in second if passage.peak_dbtp is not None), default=-math.inf)
    if highest < LEAST_PEAK_DBTP:
        return plan
    return msgspec.structs.replace(plan, gain_db=round(plan.gain_db + plan.headroom_dbtp - highest, 1))


def loudest_passages_s(report: MixReport, plan: MixPlan) -> list[int]:
    """Where passages begin in which the peaks of the tracks could add up to most."""
    heard = _heard(report, plan)
    length = _seconds(heard)
    peaks = np.zeros(length)
    for track, gain_db in heard:
        peaks[: len(track.seconds_peak_db)] += 10 ** ((np.array(track.seconds_peak_db) + gain_db) / 20)
    chosen: list[int] = []
    for second in np.argsort(-peaks, kind="stable"):
        if len(chosen) < PEAKS:
            _choose(chosen, int(second) - PASSAGE_S // 2, length)
    return chosen


def telling_passages_s(report: MixReport, plan: MixPlan, chosen: Sequence[int]) -> list[int]:
    """Where processed tracks are loudest that do not play in the chosen passages, rarest first."""
    heard = _heard(report, plan)
    processed = {track.name for track in plan.tracks if track.eq or track.compressor}
    passages = list(chosen)
    for track in sorted((track for track, _ in heard if track.name in processed), key=_seconds_played):
        if len(passages) < PEAKS + OTHERS and not any(_tells(track, start_s) for start_s in passages):
            power = 10 ** (np.array(track.seconds_lufs) / 10)
            loudest = np.convolve(power, np.ones(PASSAGE_S))[PASSAGE_S - 1 :]
            _choose(passages, int(np.argmax(loudest)), _seconds(heard))
    return passages[len(chosen) :]


def _heard(report: MixReport, plan: MixPlan) -> list[tuple[TrackHeard, float]]:
    """The tracks that sound in the mix, with their faders."""
    gains = {track.name: track.gain_db for track in plan.tracks if not track.mute}
    return [(track, gains[track.name]) for track in report.tracks if track.sounding and track.name in gains]


def _seconds(heard: Sequence[tuple[TrackHeard, float]]) -> int:
    return max((len(track.seconds_lufs) for track, _ in heard), default=0)


def _choose(chosen: list[int], start_s: int, length: int) -> None:
    start_s = max(min(start_s, length - PASSAGE_S), 0)
    if all(abs(start_s - other) >= PASSAGE_S for other in chosen):
        chosen.append(start_s)


def _seconds_played(track: TrackHeard) -> int:
    return int(played(track).sum())


def _tells(track: TrackHeard, start_s: int) -> bool:
    return int(played(track)[start_s : start_s + PASSAGE_S].sum()) >= min(HEARD_S, _seconds_played(track))


def _play(signals: Mapping[str, Signal], plan: MixPlan, starts: Sequence[int], progress: Progress) -> list[Played]:
    """Play passages in order: a lossy file is decoded from its beginning whenever it is read backwards."""
    told = []
    for k, start_s in enumerate(starts):
        excerpts = {track.name: _Excerpt(signals[track.name], start_s) for track in plan.tracks}
        there = msgspec.structs.replace(plan, tracks=tuple(_earlier(track, start_s) for track in plan.tracks))
        part = scaled(progress, k / len(starts), (k + 1) / len(starts), "rehearsing")
        with Mixdown(excerpts, there, part, compare=True) as mix:
            for _ in blocks(mix):
                pass
            sound = mix.heard()
            told.append(
                Played(sound.loudness.true_peak_dbtp, sound.voice_over_band_lu, mix.inserts_lu(), mix.buses_lu())
            )
    return told


def _mended_track(track: TrackPlan, passages: Sequence[Played]) -> TrackPlan:
    heard = [passage.strips_lufs[track.name] for passage in passages if track.name in passage.strips_lufs]
    if not heard:
        return track
    before, after = (sum(10 ** (pair[k] / 10) for pair in heard) for k in (0, 1))
    return msgspec.structs.replace(track, gain_db=round(track.gain_db - _held(10 * math.log10(after / before)), 1))


def _mended_bus(bus: BusPlan, passages: Iterable[Played]) -> BusPlan:
    added = [passage.buses_lu[bus.name] for passage in passages if bus.name in passage.buses_lu]
    if not added or bus.compressor is None:
        return bus
    makeup_db = round(bus.compressor.makeup_db - _held(sum(added) / len(added)), 1)
    return msgspec.structs.replace(bus, compressor=msgspec.structs.replace(bus.compressor, makeup_db=makeup_db))


def _band_move_db(before: MixPlan, after: MixPlan, passages: Iterable[Played]) -> float:
    """How far the band has to move for the voice to stand over it as it should, once strips and buses are mended."""
    heard = [passage.voice_over_lu for passage in passages if passage.voice_over_lu is not None]
    if not heard:
        return 0.0
    mended = {track.name: _gain_db(after, track) - _gain_db(before, before.track(track.name)) for track in after.tracks}
    voice = [mended[track.name] for track in after.tracks if track.role == VOICE]
    band = [mended[track.name] for track in after.tracks if track.role != VOICE]
    over = sum(heard) / len(heard) + sum(voice) / len(voice) - sum(band) / len(band)
    wanted = min(max(over, VOICE_OVER_BAND_LU[0]), VOICE_OVER_BAND_LU[1])
    return min(max(over - wanted, -BAND_MOVES_MOST_DB), BAND_MOVES_MOST_DB)


def _gain_db(plan: MixPlan, track: TrackPlan) -> float:
    """A track's fader with the make-up of its bus."""
    bus = next((bus for bus in plan.buses if bus.name == track.bus), None)
    return track.gain_db + (bus.compressor.makeup_db if bus and bus.compressor else 0.0)


def _band_moved(plan: MixPlan, by_db: float) -> MixPlan:
    """The plan with everything but the voices moved, if it is worth moving and nothing is printed."""
    if abs(by_db) < LEAST_MOVE_DB or any(track.printed for track in plan.tracks):
        return plan
    tracks = tuple(
        msgspec.structs.replace(track, gain_db=round(track.gain_db + by_db, 1))
        if manner_of(track.role).bus in BAND_BUSES
        else track
        for track in plan.tracks
    )
    reason = f"Rehearsed: the band moved by {by_db:+.1f} dB, so that the voice stands over it."
    return msgspec.structs.replace(plan, tracks=tracks, reasons=(*plan.reasons, reason))


def _held(change_db: float) -> float:
    return min(max(change_db, -MENDED_MOST_DB), MENDED_MOST_DB)


def _earlier(track: TrackPlan, by_s: float) -> TrackPlan:
    rides = tuple(Ride(at_s=ride.at_s - by_s, gain_db=ride.gain_db) for ride in track.rides)
    return msgspec.structs.replace(track, rides=rides)


class _Excerpt:
    """A passage of a signal, as a signal."""

    def __init__(self, source: Signal, start_s: int) -> None:
        self._source, self._start = source, start_s * source.rate_hz
        self.rate_hz, self.channels = source.rate_hz, source.channels
        self.frames = max(min(PASSAGE_S * source.rate_hz, source.frames - self._start), 0)

    def read(self, start: int, frames: int) -> Samples:
        start = max(start, 0)
        return self._source.read(self._start + start, max(min(frames, self.frames - start), 0))
