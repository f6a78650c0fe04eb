"""Is a take captured correctly? Findings on what the file and its levels show, whoever played."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from controlroom.base.finding import Finding, Severity, Value
from controlroom.rooms.tracking.edges import active_level_db
from controlroom.sound.files import AudioInfo
from controlroom.sound.findings import (
    click,
    clipped,
    dc_offsets,
    dead_channels,
    dropout,
    file_faults,
    hum,
    longest,
    narrow_bandwidth,
)
from controlroom.sound.hearing import Hearing
from controlroom.sound.levels import Levels, Span
from controlroom.sound.spectrum import Spectrum, band_levels_db

MOST_PLACES = 12
ONE_PLACE_S = 0.5
"""Clipped runs closer than this are one clipped word or hit."""
LIGHT_CLIPPING_MS = 0.25
LOWEST_RATE_HZ = 44100
HOT_DB, QUIET_DB = -0.3, -35.0
HUM_IN_PAUSES_DB = 6.0
"""A hum stands in the pauses too; what is louder than them by more is a note."""
HUM_UNDER_NOISE_DB, FAINTEST_HUM_DB = 12.0, -80.0
HUM_UNDER_SOUND_DB = 45.0
"""A hum further under the sound is heard in the pauses only."""
NARROW_RATE_HZ, NARROW_HZ = 40000, (3000.0, 16500.0)
WALL_DB, BESIDE_WALL_HZ = 22.0, 1000.0
"""So much lower is the kilohertz above a wall than the one below it; instruments fade out more gently."""
BURIED_DB = 20.0
"""A click this far under the sound is not heard."""


def findings_of_file(facts: AudioInfo, nonfinite_samples: int) -> Iterator[Finding]:
    """What is wrong with the file itself."""
    yield from file_faults(facts, nonfinite_samples)
    if facts.rate_hz < LOWEST_RATE_HZ:
        yield Finding(code="low_rate", severity="advice", args={"rate_hz": facts.rate_hz})


def findings_of_levels(hearing: Hearing, *, printed: bool, noise_db: float | None) -> Iterator[Finding]:
    """What is wrong with the level, and what the converter, the cable and the mains did to it."""
    levels = hearing.levels
    yield from _level(levels, printed=printed)
    yield from _clipped(levels)
    grave: Severity = "advice" if printed else "warning"  # in a finished stem it may be meant
    audible = [one for one in levels.clicks if one.size_db > (active_level_db(hearing) or 0.0) - BURIED_DB]
    yield from (click(one, grave) for one in audible[:MOST_PLACES])
    yield from map(dropout, levels.dropouts[:MOST_PLACES])
    yield from _hum(levels, noise_db)
    yield from dc_offsets(levels)


def findings_of_bandwidth(spectrum: Spectrum, end_hz: float | None) -> Iterator[Finding]:
    """A sound that ends at a wall (`end_hz`): it went through a low rate or a strong codec."""
    if end_hz is None:
        return
    if spectrum.rate_hz < NARROW_RATE_HZ or (NARROW_HZ[0] <= end_hz <= NARROW_HZ[1] and _is_wall(spectrum, end_hz)):
        yield narrow_bandwidth(end_hz)


def _is_wall(spectrum: Spectrum, end_hz: float) -> bool:
    levels_db = band_levels_db(spectrum, end_hz + np.linspace(-BESIDE_WALL_HZ, BESIDE_WALL_HZ, 21))
    return bool(levels_db[:10].mean() - levels_db[10:].mean() >= WALL_DB)


def _level(levels: Levels, *, printed: bool) -> Iterator[Finding]:
    peak_db = levels.peak_db
    if peak_db is None:
        return
    yield from dead_channels(levels)
    if peak_db > 0.05:
        yield Finding(code="over_full_scale", severity="advice", args={"peak_db": round(peak_db, 1)})
    elif peak_db > HOT_DB and not printed and not levels.clipped:
        yield Finding(code="too_hot", severity="advice", args={"peak_db": round(peak_db, 1)})
    elif peak_db < QUIET_DB and not printed:
        yield Finding(code="too_quiet", severity="advice", args={"peak_db": round(peak_db, 1)})


def _clipped(levels: Levels) -> Iterator[Finding]:
    """One finding a place; the rest counted in one."""
    places = _places(levels.clipped)
    for spans in places[:MOST_PLACES]:
        light = 1000 * longest(spans).length_s < LIGHT_CLIPPING_MS and len(spans) < 3
        yield clipped(spans, "advice" if light else "warning")
    if rest := sum(map(len, places[MOST_PLACES:])):
        args: dict[str, Value] = {"count": rest, "places": len(places) - MOST_PLACES}
        yield Finding(code="clipped_more", severity="warning", args=args)


def _places(spans: Sequence[Span]) -> list[list[Span]]:
    places: list[list[Span]] = []
    for span in sorted(spans, key=lambda span: span.start_s):
        if places and span.start_s - max(one.end_s for one in places[-1]) < ONE_PLACE_S:
            places[-1].append(span)
        else:
            places.append([span])
    return places


def _hum(levels: Levels, noise_db: float | None) -> Iterator[Finding]:
    found = levels.hum
    if found is None or (noise_db is not None and noise_db < found.level_db - HUM_IN_PAUSES_DB):
        return
    floor_db = min((floor for floor in levels.noise_floor_db if floor is not None), default=found.level_db)
    if found.level_db >= max(floor_db - HUM_UNDER_NOISE_DB, FAINTEST_HUM_DB):
        loud = found.level_db > (levels.loud_db or 0.0) - HUM_UNDER_SOUND_DB
        yield hum(found, levels, "warning" if loud else "advice")
