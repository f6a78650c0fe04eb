"""The preflight: is this master, with these names, fit to leave the house?"""

from __future__ import annotations

import math
import re

import numpy as np

from controlroom.base.finding import Finding, Severity, Value
from controlroom.rooms.delivery.plan import DeliveryPlan
from controlroom.rooms.delivery.report import DeliveryReport
from controlroom.sound.signal import BLOCK_FRAMES, Samples, Signal, duration_s

SILENCE_DB = -60.0
EDGE_DB = -40.0  # a file that begins or ends louder than this begins or ends with a click
LONGEST_SILENCE_AT_START_S, LONGEST_SILENCE_AT_END_S = 2.0, 5.0
SHORTEST_S = 30.0
COMMON_RATES_HZ = (44100, 48000, 88200, 96000, 176400, 192000)
ISRC = re.compile(r"[A-Z]{2}[A-Z0-9]{3}[0-9]{7}")  # ISO 3901


def measure(master: Signal) -> DeliveryReport:
    """What the ends of a master look like; reads no more than its silences."""
    first = _first_loud(master)
    if first is None:
        silence = duration_s(master)
        return DeliveryReport(
            rate_hz=master.rate_hz,
            channels=master.channels,
            duration_s=silence,
            silence_at_start_s=silence,
            silence_at_end_s=silence,
            silent=True,
        )
    return DeliveryReport(
        rate_hz=master.rate_hz,
        channels=master.channels,
        duration_s=duration_s(master),
        silence_at_start_s=first / master.rate_hz,
        silence_at_end_s=(master.frames - 1 - _last_loud(master)) / master.rate_hz,
        edge_start_db=_level_db(master.read(0, 1)),
        edge_end_db=_level_db(master.read(master.frames - 1, 1)),
    )


def _loud_frames(block: Samples) -> np.ndarray[tuple[int], np.dtype[np.intp]]:
    return np.flatnonzero(np.abs(block).max(axis=0) > 10 ** (SILENCE_DB / 20))


def _first_loud(signal: Signal) -> int | None:
    for at in range(0, signal.frames, BLOCK_FRAMES):
        loud = _loud_frames(signal.read(at, BLOCK_FRAMES))
        if len(loud):
            return at + int(loud[0])
    return None


def _last_loud(signal: Signal) -> int:
    for at in range((signal.frames - 1) // BLOCK_FRAMES * BLOCK_FRAMES, -1, -BLOCK_FRAMES):
        loud = _loud_frames(signal.read(at, BLOCK_FRAMES))
        if len(loud):
            return at + int(loud[-1])
    return 0


def _level_db(block: Samples) -> float | None:
    peak = float(np.abs(block).max())
    return 20 * math.log10(peak) if peak > 0 else None


def preflight(report: DeliveryReport, plan: DeliveryPlan) -> tuple[Finding, ...]:
    """What keeps this delivery from being released (blocking), and what a label would ask about (advice)."""
    return (*_of_the_sound(report), *_of_the_names(plan))


def _found(code: str, severity: Severity = "advice", **args: Value) -> Finding:
    return Finding(code=code, severity=severity, args=args)


def _of_the_sound(report: DeliveryReport) -> list[Finding]:
    if report.silent:
        return [_found("delivery_silent", "blocking")]
    found = []
    if report.duration_s < SHORTEST_S:
        found.append(_found("delivery_short", duration_s=report.duration_s))
    if report.rate_hz not in COMMON_RATES_HZ:
        found.append(_found("delivery_rate", rate_hz=report.rate_hz))
    if report.channels > 2:
        found.append(_found("delivery_channels", channels=report.channels))
    if report.silence_at_start_s > LONGEST_SILENCE_AT_START_S:
        found.append(_found("delivery_silence_at_start", seconds=report.silence_at_start_s))
    if report.silence_at_end_s > LONGEST_SILENCE_AT_END_S:
        found.append(_found("delivery_silence_at_end", seconds=report.silence_at_end_s))
    if report.edge_start_db is not None and report.edge_start_db > EDGE_DB:
        found.append(_found("delivery_starts_cut", level_db=report.edge_start_db))
    if report.edge_end_db is not None and report.edge_end_db > EDGE_DB:
        found.append(_found("delivery_ends_cut", level_db=report.edge_end_db))
    return found


def _of_the_names(plan: DeliveryPlan) -> list[Finding]:
    found = []
    if not plan.title.strip():
        found.append(_found("delivery_no_title", "blocking"))
    if not plan.artist.strip():
        found.append(_found("delivery_no_artist", "blocking"))
    if not plan.isrc:
        found.append(_found("delivery_no_isrc"))
    elif not ISRC.fullmatch(plan.isrc):
        found.append(_found("delivery_isrc_invalid", "blocking", isrc=plan.isrc))
    return found
