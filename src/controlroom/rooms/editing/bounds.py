"""Where the sound of a pass begins and ends: from the first breath to where the last decay is lost in the noise."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import numpy as np

from controlroom.rooms.editing.contour import HOP_S, QUIETEST_DB, Floats, contour_of, smoothed
from controlroom.rooms.editing.report import HeardPass
from controlroom.song.model import Pass
from controlroom.sound.hearing import Hearing
from controlroom.sound.signal import Shifted, Signal, duration_s

NOTHING_DB = -90.0
"""Below this there is nothing to take away: dither, or what a lossy codec leaves of silence."""
ABOVE_NOISE_DB = 4.0
SMOOTHED_HOPS = 8
QUIET_HOPS = 30
"""So long the noise must be alone before the sound counts as gone."""
EDGE_S = 0.3
HEAD_SEARCH_S, TAIL_SEARCH_S = 4.0, 12.0
AT_THE_EDGE_S, EDGE_SEARCH_S = 0.1, 30.0
ABOVE_EDGE_DB, EDGE_BELOW_LOUD_DB, STEADY_WITHIN_DB = 4.0, 18.0, 4.0
"""Where the gate found no pause in noise or hum: steady sound at the edge, this far under the rest, is not music."""
JUMP = 0.01
"""A first or last sample beyond this is heard as a click."""


class Bounds(msgspec.Struct, frozen=True, kw_only=True):
    """Of one mic, in seconds of its file; as in `HeardPass`."""

    start_s: float
    end_s: float
    head_noise: bool
    tail_noise: bool
    starts_inside: bool
    ends_inside: bool


def heard_pass(one: Pass, mics: Sequence[tuple[Signal, Hearing]], *, printed: bool = False) -> HeardPass:
    """The bounds of a pass: of the mic that sounds first, and of the one that sounds last.

    A printed stem keeps what it has before and after its sound: whoever finished it has heard that.
    """
    bounds = [found for signal, hearing in mics if (found := _bounds(signal, hearing, printed=printed))]
    length_s = max((duration_s(signal) for signal, _ in mics), default=0.0)
    whole = HeardPass(
        name=one.name,
        start_s=one.start_s,
        end_s=one.start_s + length_s,
        sound_start_s=None,
        sound_end_s=None,
        punch_in=one.punch_in,
    )
    if not bounds:
        return whole
    return msgspec.structs.replace(
        whole,
        sound_start_s=one.start_s + min(it.start_s for it in bounds),
        sound_end_s=one.start_s + max(it.end_s for it in bounds),
        head_noise=any(it.head_noise for it in bounds),
        tail_noise=any(it.tail_noise for it in bounds),
        starts_inside=any(it.starts_inside for it in bounds),
        ends_inside=any(it.ends_inside for it in bounds),
    )


def _bounds(signal: Signal, hearing: Hearing, *, printed: bool) -> Bounds | None:
    """Of one mic: reads a few seconds around the first and the last sound; None when it is silent."""
    active = hearing.levels.active
    if not active:
        return None
    loud_db = max((level for level in hearing.levels.rms_db if level is not None), default=QUIETEST_DB)
    first_s, last_s, length_s = active[0][0], active[-1][1], duration_s(signal)
    start_s = first_s if printed else _start(signal, first_s, loud_db)
    head_noise = not printed and (
        _noisy(signal, 0.0, min(EDGE_S, start_s)) or _noisy(signal, start_s - EDGE_S, start_s)
    )
    starts_inside = start_s < AT_THE_EDGE_S and _jumps(signal, 0)
    end_s = last_s if printed else _end(signal, last_s, loud_db)
    tail_noise = not printed and (
        _noisy(signal, end_s, end_s + EDGE_S) or _noisy(signal, max(length_s - EDGE_S, end_s), length_s)
    )
    return Bounds(
        start_s=start_s,
        end_s=end_s,
        head_noise=head_noise,
        tail_noise=tail_noise,
        starts_inside=starts_inside,
        ends_inside=end_s > length_s - AT_THE_EDGE_S and _jumps(signal, signal.frames - 1),
    )


def _start(signal: Signal, active_s: float, loud_db: float) -> float:
    """Going back from the first loud moment: where the noise was alone."""
    if active_s < AT_THE_EDGE_S:
        return _hops_of_noise(_levels_db(signal, 0.0, EDGE_SEARCH_S), loud_db) * HOP_S
    first_s = max(active_s - HEAD_SEARCH_S, 0.0)
    levels_db = _levels_db(signal, first_s, active_s)[::-1]
    return max(active_s - _hops_until_quiet(levels_db) * HOP_S, first_s)


def _end(signal: Signal, active_s: float, loud_db: float) -> float:
    """Going on from the last loud moment: where the noise is alone."""
    length_s = duration_s(signal)
    if active_s > length_s - AT_THE_EDGE_S:
        levels_db = _levels_db(signal, length_s - EDGE_SEARCH_S, length_s)[::-1]
        return length_s - _hops_of_noise(levels_db, loud_db) * HOP_S
    last_s = min(active_s + TAIL_SEARCH_S, length_s)
    levels_db = _levels_db(signal, active_s, last_s)
    return min(active_s + _hops_until_quiet(levels_db) * HOP_S, last_s)


def _hops_of_noise(levels_db: Floats, loud_db: float) -> int:
    """Hops from the edge of a file that hold nothing but its steady noise or hum, far under the sound; often none."""
    if len(levels_db) < 4 * SMOOTHED_HOPS:
        return 0
    level_db = smoothed(levels_db, SMOOTHED_HOPS)
    edge_db = float(np.median(level_db[: 3 * SMOOTHED_HOPS]))
    above = np.flatnonzero(level_db > max(edge_db, NOTHING_DB) + ABOVE_EDGE_DB)
    if edge_db > loud_db - EDGE_BELOW_LOUD_DB or not len(above):
        return 0
    noise_db = level_db[: max(int(above[0]) - SMOOTHED_HOPS, 1)]
    steady = np.percentile(noise_db, 90) - np.percentile(noise_db, 10) < STEADY_WITHIN_DB
    return len(noise_db) if steady else 0


def _hops_until_quiet(levels_db: Floats) -> int:
    """Hops until the level is down in the noise and stays there for a while; all of them when it never is."""
    if not len(levels_db):
        return 0
    level_db = smoothed(levels_db, SMOOTHED_HOPS)
    noise_db = max(float(level_db.min()), NOTHING_DB)
    loud = np.flatnonzero(level_db > noise_db + ABOVE_NOISE_DB)
    gaps = np.diff(np.append(loud, len(level_db) + QUIET_HOPS), prepend=-1)
    return 0 if not len(loud) else int(np.append(-1, loud)[np.argmax(gaps > QUIET_HOPS)]) + 1


def _levels_db(signal: Signal, start_s: float, end_s: float) -> Floats:
    first, last = _frame(signal, start_s), _frame(signal, end_s)
    return contour_of([Shifted(signal, -first, max(last - first, 0))], 0.0).level_db


def _level_db(signal: Signal, start_s: float, end_s: float) -> float:
    first, last = _frame(signal, start_s), _frame(signal, end_s)
    if last <= first:
        return QUIETEST_DB
    power = float(np.mean(np.square(signal.read(first, last - first), dtype=np.float64)))
    return 10 * float(np.log10(max(power, 10 ** (QUIETEST_DB / 10))))


def _noisy(signal: Signal, start_s: float, end_s: float) -> bool:
    return end_s - start_s >= HOP_S and _level_db(signal, start_s, end_s) > NOTHING_DB


def _jumps(signal: Signal, frame: int) -> bool:
    sample = signal.read(frame, 1)
    return bool(sample.size and np.abs(sample).max() > JUMP)


def _frame(signal: Signal, at_s: float) -> int:
    return min(max(round(at_s * signal.rate_hz), 0), signal.frames)
