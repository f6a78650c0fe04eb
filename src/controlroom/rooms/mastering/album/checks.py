"""Does the album hold what its plan promised: loudness of each song, peaks, and joints that nobody hears."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from controlroom.base.check import Check
from controlroom.rooms.mastering.album.plan import AlbumPlan, AlbumTrack
from controlroom.rooms.mastering.album.render import AlbumRender
from controlroom.sound.signal import Signal

TOLERANCE_LU = 0.1
MOST_CLICK_DB = 12.0
NEAR_S, AROUND_S, FAINT = 0.002, 0.1, 1e-4


def checks(made: AlbumRender, plan: AlbumPlan) -> tuple[Check, ...]:
    """The programme against its plan. Songs mastered as one, crossfaded or faded by hand have no own target."""
    peak = made.loudness.true_peak_dbtp
    clicks = [click_db(made.signal, joint) for joint in made.joints]
    return (
        *_loudness(made, plan),
        Check(name="album loudness", value=made.loudness.integrated_lufs, unit="LUFS"),
        Check(name="true peak", value=peak, unit="dBTP", at_most=plan.ceiling_dbtp),
        Check(name="worst joint", value=max(clicks, default=None), unit="dB", at_most=MOST_CLICK_DB),
    )


def _loudness(made: AlbumRender, plan: AlbumPlan) -> Sequence[Check]:
    found = []
    for k, one in enumerate(made.tracks):
        following = made.tracks[k + 1].track if k + 1 < len(made.tracks) else None
        joined = bool(one.track.segue or one.track.crossfade_s)
        joined = joined or bool(following and (following.segue or following.crossfade_s))
        alone = plan.target_lufs is not None and not joined and _longest_fade_s(one.track) < 1.0
        target = (plan.target_lufs or 0.0) + (one.track.loudness_lu or 0.0)
        found.append(
            Check(
                name=f"loudness of {k + 1}",
                value=one.loudness.integrated_lufs,
                unit="LUFS",
                at_least=target - TOLERANCE_LU if alone else None,
                at_most=target + TOLERANCE_LU if alone else None,
            )
        )
    return found


def _longest_fade_s(track: AlbumTrack) -> float:
    return max(track.fade_in_s or 0.0, track.fade_out_s or 0.0)


def click_db(signal: Signal, frame: int) -> float:
    """How far the sharpest corner within 2 ms of `frame` stands over the sharpest one in the 100 ms around, dB.

    A corner is the second difference of the samples; below -80 dBFS nothing clicks.
    """
    around, near = round(AROUND_S * signal.rate_hz), max(round(NEAR_S * signal.rate_hz), 2)
    start = max(frame - around, 0)
    block = signal.read(start, frame + around - start)
    if block.shape[1] < 8:
        return 0.0
    corners = np.abs(np.diff(block.astype(np.float64), n=2, axis=1)).max(axis=0)
    at = np.abs(np.arange(len(corners)) + start + 1 - frame) <= near
    here, there = corners[at].max(initial=0.0), corners[~at].max(initial=0.0)
    return 20 * math.log10(max(here, FAINT) / max(there, FAINT))
