"""The quiet of a take, and its two ends: the noise in the pauses, a file that starts or breaks off inside the sound."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from controlroom.base.finding import Finding
from controlroom.sound.findings import at_place
from controlroom.sound.hearing import Hearing
from controlroom.sound.signal import Signal, duration_s

PAUSE_S, EDGE_S, AWAY_S = 0.3, 0.02, 0.1
LONGEST_READ_S = 1.0
PAUSES = 4
INSIDE_BELOW_LOUD_DB, INSIDE_LEAST_DB = 30.0, -50.0
ABOVE_STEADY_DB = 6.0
NOISY_DB, VERY_NOISY_DB = 25.0, 15.0
NOISY_VOICE_DB, VERY_NOISY_VOICE_DB = 35.0, 25.0
"""The active sound above the noise in its pauses. What is sung, or bowed or plucked near a microphone, is bare in the
mix; amplifiers hiss, and the mics of a kit rest on each other's bleed."""
BARE = ("lead vocal", "backing vocal", "acoustic guitar", "strings")
SILENCE_DB = -120.0
PLATEAU_DB, PLATEAU_SHARE, STANDS_OUT_DB, LEAST_BINS = 2.0, 0.15, 12.0, 200


def noise_in_pauses_db(hearing: Hearing) -> float | None:
    """The level (dBFS RMS) of the quietest of a few pauses; None where there is no pause, or nothing in it."""
    signal = hearing.signal
    levels = [_level_db(signal, start_s, end_s) for start_s, end_s in _pauses(hearing)]
    heard = [level for level in levels if level > SILENCE_DB]
    return min(heard) if heard else None if levels else _plateau_db(hearing)


def _plateau_db(hearing: Hearing) -> float | None:
    """The noise of a take so noisy that no pause stands out: the level that its quiet moments have in common."""
    power = (hearing.waveform.rms**2).mean(axis=0)
    power = power[power > 0]
    if len(power) < LEAST_BINS:
        return None
    levels_db = 10 * np.log10(power)
    floor_db, loud_db = np.percentile(levels_db, [5, 95])
    shared = np.mean(levels_db < floor_db + PLATEAU_DB) >= PLATEAU_SHARE
    return float(floor_db) if shared and loud_db - floor_db > STANDS_OUT_DB else None


def _pauses(hearing: Hearing) -> list[tuple[float, float]]:
    """The longest pauses, a little away from the sound, in order; each at most a second of its middle."""
    active = hearing.levels.active
    if not active:
        return []
    edges = [0.0, *(edge for span in active for edge in span), duration_s(hearing.signal)]
    gaps = [(a + AWAY_S, b - AWAY_S) for a, b in zip(edges[::2], edges[1::2], strict=True)]
    longest = sorted(gaps, key=lambda gap: gap[0] - gap[1])[:PAUSES]
    middles = [(0.5 * (a + b), min(b - a, LONGEST_READ_S)) for a, b in longest if b - a >= PAUSE_S]
    return sorted((middle - length / 2, middle + length / 2) for middle, length in middles)


def findings_of_edges(hearing: Hearing, noise_db: float | None) -> Iterator[Finding]:
    """A first or a last moment that is about as loud as the rest, and neither noise nor hum."""
    active = hearing.levels.active
    loud_db = hearing.levels.loud_db
    if not active or loud_db is None:
        return
    signal, length_s = hearing.signal, duration_s(hearing.signal)
    hum_db = hearing.levels.hum.level_db if hearing.levels.hum else SILENCE_DB
    steady_db = max(hum_db, SILENCE_DB if noise_db is None else noise_db)
    inside_db = max(loud_db - INSIDE_BELOW_LOUD_DB, INSIDE_LEAST_DB, steady_db + ABOVE_STEADY_DB)
    if active[0][0] < EDGE_S and (level_db := _level_db(signal, 0.0, EDGE_S)) > inside_db:
        yield at_place("starts_inside", "advice", 0.0, EDGE_S, level_db=round(level_db, 1))
    if active[-1][1] > length_s - EDGE_S and (level_db := _level_db(signal, length_s - EDGE_S, length_s)) > inside_db:
        yield at_place("ends_abruptly", "advice", length_s - EDGE_S, length_s, level_db=round(level_db, 1))


def findings_of_noise(hearing: Hearing, role: str, noise_db: float | None) -> Iterator[Finding]:
    """How far the sound stands above the noise of its pauses."""
    if noise_db is None:
        return
    loud_db = active_level_db(hearing)
    noisy_db, very_noisy_db = (NOISY_VOICE_DB, VERY_NOISY_VOICE_DB) if role in BARE else (NOISY_DB, VERY_NOISY_DB)
    if loud_db is not None and loud_db - noise_db < noisy_db:
        yield Finding(
            code="noisy",
            severity="warning" if loud_db - noise_db < very_noisy_db else "advice",
            args={"noise_db": round(noise_db, 1), "below_db": round(loud_db - noise_db)},
        )


def active_level_db(hearing: Hearing) -> float | None:
    """RMS of the active stretches: that of the file, which they are a share of."""
    rms_db = hearing.levels.loud_db
    active_s = sum(end - start for start, end in hearing.levels.active)
    return rms_db + 10 * float(np.log10(hearing.duration_s / active_s)) if rms_db is not None and active_s else None


def _level_db(signal: Signal, start_s: float, end_s: float) -> float:
    first = max(round(start_s * signal.rate_hz), 0)
    block = signal.read(first, round(end_s * signal.rate_hz) - first)
    power = float(np.mean(np.square(block, dtype=np.float64))) if block.size else 0.0
    return max(10 * float(np.log10(power + 1e-30)), SILENCE_DB)
