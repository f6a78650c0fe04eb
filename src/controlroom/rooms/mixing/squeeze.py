"""Dynamics: a compressor only where a track is less steady than its role needs, and gentle glue on the buses."""

from __future__ import annotations

import math
from typing import NamedTuple

import msgspec
import numpy as np

from controlroom.rooms.mixing.balance import played
from controlroom.rooms.mixing.manners import manner_of
from controlroom.rooms.mixing.plan import BusPlan, Squeeze
from controlroom.rooms.mixing.report import TrackHeard
from controlroom.sound.dynamics import compression_db

KNEE_DB = 6.0
LEAST_DB, MOST_DB = 1.0, 6.0  # gain reduction on the loudest passages
OF_RANGE, OF_PEAKS = 0.7, 0.7  # the part of what is beyond the role's usual that is taken back
GLUE: dict[str, tuple[float, float, float]] = {  # ratio, attack, release
    "drums": (2.0, 10.0, 120.0),
    "music": (1.5, 20.0, 200.0),
    "vocals": (2.0, 15.0, 150.0),
}
GLUE_DB = 2.0  # on the loudest second
PEAKS_OVER_LUFS_DB, RMS_OVER_LUFS_DB = 10.0, 0.5  # what a detector shows over the loudness of a passage


class Squeezed(NamedTuple):
    squeeze: Squeeze | None
    reasons: tuple[str, ...]


def squeeze_of(track: TrackHeard) -> Squeezed:
    """A compressor for a track, or none; its make-up keeps the loudness where it was."""
    manner = manner_of(track.role)
    if track.loudness_lufs is None or track.loudest_lufs is None:
        return Squeezed(None, ())
    peaks = usual_peaks_db(track)
    unsteady = _beyond(track.range_lu, manner.range_lu) * OF_RANGE
    peaky = _beyond(peaks - track.loudness_lufs, manner.peaks_db) * OF_PEAKS
    wanted = min(max(unsteady, peaky), MOST_DB)
    if wanted < LEAST_DB:
        return Squeezed(None, ())
    ratio = round(min(2.0 + wanted / 3.0, 4.0), 1)
    top = peaks if peaky > unsteady else track.loudest_lufs + RMS_OVER_LUFS_DB
    squeeze = Squeeze(
        threshold_db=round(top - wanted * ratio / (ratio - 1.0), 1),
        ratio=ratio,
        attack_ms=manner.attack_ms,
        release_ms=manner.release_ms,
        knee_db=KNEE_DB,
        detector="peak" if peaky > unsteady else "rms",
    )
    makeup = round(max(-loudness_change_lu(track, squeeze), 0.0), 1)
    return Squeezed(msgspec.structs.replace(squeeze, makeup_db=makeup), (_reason(track, unsteady >= peaky, wanted),))


def usual_peaks_db(track: TrackHeard) -> float:
    """Where the highest peaks lie, without the odd click: the 95th percentile of the seconds in which it plays."""
    peaks = np.array(track.seconds_peak_db)[played(track)]
    return float(np.percentile(peaks, 95)) if len(peaks) else -120.0


def _reason(track: TrackHeard, unsteady: bool, wanted: float) -> str:
    if unsteady:
        return f"Loud passages lie {track.range_lu:.0f} LU above quiet ones: up to {wanted:.0f} dB of compression."
    over = usual_peaks_db(track) - (track.loudness_lufs or 0.0)
    return f"Peaks stand {over:.0f} dB above its loudness: up to {wanted:.0f} dB of compression."


def _beyond(value: float | None, usual: float | None) -> float:
    return 0.0 if value is None or usual is None else max(value - usual, 0.0)


def loudness_change_lu(track: TrackHeard, squeeze: Squeeze) -> float:
    """About how much louder (below 0: quieter) the track gets, from the loudness of its seconds."""
    seconds = np.array(track.seconds_lufs)[played(track)]
    if not len(seconds):
        return 0.0
    above = PEAKS_OVER_LUFS_DB if squeeze.detector == "peak" else RMS_OVER_LUFS_DB
    taken = compression_db(
        seconds + above, threshold_db=squeeze.threshold_db, ratio=squeeze.ratio, knee_db=squeeze.knee_db
    )
    return 10 * math.log10(float((10 ** ((seconds - taken) / 10)).sum() / (10 ** (seconds / 10)).sum()))


def glue(name: str, loudest_lufs: float) -> BusPlan:
    """A bus compressor that takes about 2 dB off its loudest second."""
    ratio, attack_ms, release_ms = GLUE[name]
    threshold = round(loudest_lufs + PEAKS_OVER_LUFS_DB - GLUE_DB * ratio / (ratio - 1.0), 1)
    squeeze = Squeeze(
        threshold_db=threshold,
        ratio=ratio,
        attack_ms=attack_ms,
        release_ms=release_ms,
        knee_db=KNEE_DB,
        auto_release=True,
    )
    return BusPlan(name=name, compressor=squeeze, reasons=(f"Glue: about {GLUE_DB:g} dB on its loudest second.",))
