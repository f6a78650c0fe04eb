"""What may be wrong with the sound of a mix, found in how its spectrum moves: resonances, moments that hurt, width.

Every limit lies beyond what mixes and masters in good order showed (docs/shaping.md has their figures).
"""

from __future__ import annotations

from typing import TypeAlias

import msgspec
import numpy as np
import numpy.typing as npt

from controlroom.sound.moments import AN_OCTAVE, FAR, PROMINENCE_SHARES, RANGES_HZ, Moments, band_hz
from controlroom.sound.spectrum import Spectrum
from controlroom.sound.tone import curve_level_db

Floats: TypeAlias = npt.NDArray[np.float64]

RINGS_DB, RINGS_UNSURE_DB, STANDS_DB = 1.5, 8.0, 4.0  # unsure: short recordings, and the side
NOTE_DB = 10.0  # what stands out that much more as a rule than at its least is a note that comes and goes
SKIRT, SKIRT_DB = 2, 8.0  # a twelfth of an octave away a resonance still lifts: what falls off at once is a tone
LONG_FRAMES, SHORT_FRAMES = 350, 85  # of 171 ms: a minute, and a quarter of one
BOTH_DB = 3.0  # less prominent than the mid, and the side rings as well
APART = 6  # 24ths of an octave between two resonances
HALF_OF_THE_TIME = PROMINENCE_SHARES.index(50.0)
USUAL_SHARE = 80.0
BURSTS_DB = 10.0
SIDE_LOUD_DB, SIDE_LOST_DB, SIDE_USUAL_DB = 2.0, -24.0, -14.0
SIDE_RANGES_HZ = ((125.0, 400.0), (400.0, 2000.0), (2000.0, 6300.0), (6300.0, 16000.0))
SIDE_FAINT_DB = -70.0  # against the whole: nothing there
BASS_HZ, HARMONICS_HZ = (40.0, 120.0), (150.0, 500.0)


class Resonance(msgspec.Struct, frozen=True, kw_only=True):
    """`stands_db` above its surroundings for half of the time, `least_db` in the moments where it sticks out least."""

    freq_hz: float
    stands_db: float
    least_db: float
    both: bool  # the side has it too


class Moving(msgspec.Struct, frozen=True, kw_only=True):
    """A range that is too loud for moments: `over_db` above the records' curve in the loudest `share` % of the time,
    `usual_db` in the loudest fifth; `curve_db`: the level that the curve asks for in those moments, dBFS."""

    name: str
    share: float
    over_db: float
    usual_db: float
    curve_db: float


class SideOff(msgspec.Struct, frozen=True, kw_only=True):
    """A range whose side is `side_db` against its mid: louder than it, or all but gone where the rest is wide."""

    from_hz: float
    to_hz: float
    side_db: float


def resonances(moments: Moments, place: str, ends_hz: float | None) -> list[Resonance]:
    """What rings in the mid (or in the side alone), the worst first."""
    prominence = moments.mid if place == "mid" else moments.side
    if prominence is None or moments.frames < SHORT_FRAMES:
        return []
    least = prominence[:, :2].mean(axis=1)
    freqs_hz = band_hz()
    heard = freqs_hz * 2 ** (FAR / AN_OCTAVE) < (ends_hz or np.inf)
    limit_db = RINGS_DB if moments.frames >= LONG_FRAMES and place == "mid" else RINGS_UNSURE_DB
    peak = np.concatenate([[False], (least[1:-1] >= least[:-2]) & (least[1:-1] >= least[2:]), [False]])
    usual = prominence[:, HALF_OF_THE_TIME]
    skirts = np.minimum(least, np.minimum(np.roll(least, SKIRT), np.roll(least, -SKIRT)))
    steady = (usual - least <= NOTE_DB) & (limit_db - skirts <= SKIRT_DB)
    found = peak & heard & steady & (least >= limit_db) & (usual >= STANDS_DB)
    chosen: list[int] = []
    for band in sorted(np.flatnonzero(found), key=lambda band: -least[band]):
        if all(abs(int(band) - other) >= APART for other in chosen):
            chosen.append(int(band))
    return [_resonance(moments, prominence, least, band, place) for band in chosen]


def _resonance(moments: Moments, prominence: Floats, least: Floats, band: int, place: str) -> Resonance:
    before, here, after = least[band - 1 : band + 2]
    bend = before - 2 * here + after
    off = 0.5 * (before - after) / bend if bend < 0 else 0.0
    side = moments.side
    return Resonance(
        freq_hz=float(band_hz()[band] * 2 ** (off / AN_OCTAVE)),
        stands_db=float(prominence[band, HALF_OF_THE_TIME]),
        least_db=float(here),
        both=place == "mid" and side is not None and bool(side[band, :2].mean() > here - BOTH_DB),
    )


def moving(moments: Moments, name: str, share: float, least_db: float) -> Moving | None:
    """Is a range too loud for moments? It must be so against the curve, and against its own usual loud moments."""
    curve_db = curve_level_db(*RANGES_HZ[name]) - curve_level_db(*RANGES_HZ["mids"])

    def over_db(at: float) -> float:
        return moments.level_db(name, at) - moments.level_db("mids", at) - curve_db

    top_db, usual_db = over_db(share), over_db(USUAL_SHARE)
    if top_db < least_db or 2 * top_db - usual_db < BURSTS_DB:
        return None
    return Moving(
        name=name,
        share=100.0 - share,
        over_db=top_db,
        usual_db=usual_db,
        curve_db=moments.level_db("mids", share) + curve_db,
    )


def side_off(spectrum: Spectrum) -> list[SideOff]:
    """Ranges whose side is louder than their mid, or lost although most of the others are wide."""
    if spectrum.cross_power is None:
        return []
    left, right = spectrum.channel_power
    mid, side = left + right + 2 * spectrum.cross_power, left + right - 2 * spectrum.cross_power
    ratios = []
    for from_hz, to_hz in SIDE_RANGES_HZ:
        inside = (spectrum.freqs_hz >= from_hz) & (spectrum.freqs_hz < to_hz)
        parts = mid[inside].sum(), side[inside].sum()
        heard = min(parts) > (mid.sum() + side.sum()) * 10 ** (SIDE_FAINT_DB / 10)
        ratios.append(10 * float(np.log10(parts[1] / parts[0])) if heard else None)
    wide = sum(ratio is not None and ratio > SIDE_USUAL_DB for ratio in ratios)
    return [
        SideOff(from_hz=from_hz, to_hz=to_hz, side_db=ratio)
        for (from_hz, to_hz), ratio in zip(SIDE_RANGES_HZ, ratios, strict=True)
        if ratio is not None and (ratio > SIDE_LOUD_DB or (ratio < SIDE_LOST_DB and wide >= len(ratios) - 1))
    ]


def bare_bass_db(spectrum: Spectrum) -> float:
    """How much louder the bass is than everything that a small loudspeaker could show of it."""
    levels = []
    for low_hz, high_hz in (BASS_HZ, HARMONICS_HZ):
        inside = (spectrum.freqs_hz >= low_hz) & (spectrum.freqs_hz < high_hz)
        levels.append(float(10 * np.log10(max(spectrum.power[inside].sum(), 1e-20))))
    return levels[0] - levels[1]
