"""Corrective equalising: take away what is not the instrument, and half of what its kind does not usually have."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from controlroom.rooms.mixing.manners import Manner, manner_of
from controlroom.rooms.mixing.report import TrackHeard
from controlroom.sound.filters import Band
from controlroom.sound.spectrum import THIRD_OCTAVES_HZ

Floats = npt.NDArray[np.float64]

MOST_DB = 4.0
BOOST_MOST_DB = 2.5
TOLERANCE_DB = 5.0  # instruments and players differ so much without anything being wrong
CORRECTED = 0.5  # the part of what lies beyond it that is taken back
EMPTY_DB = -36.0  # bands so far below the strongest hold no sound of the instrument
ABSENT_DB = 14.0  # what lies so far below the usual is not there to be lifted
RESONANCE_DB = 8.0  # a third octave so far above its neighbours sticks out
RESONANCE_HZ = (300.0, 6000.0)
RESONANT = frozenset({"snare", "overhead", "cymbals"})  # all others have their notes there

SHAPES: dict[str, dict[float, float]] = {
    "voice": {80: -18, 125: -8, 200: -2, 400: 0, 800: -2, 1600: -6, 3150: -9, 6300: -13, 10000: -17, 16000: -25},
    "guitar": {80: -10, 160: -1, 315: 0, 630: -1, 1250: -3, 2500: -5, 5000: -12, 8000: -22, 12500: -34},
    "acoustic": {80: -8, 125: 0, 250: 0, 500: -3, 1000: -6, 2500: -9, 5000: -12, 10000: -18, 16000: -26},
    "bass": {31.5: -10, 50: -1, 80: 0, 160: -2, 315: -8, 630: -13, 1250: -19, 2500: -26, 5000: -35},
    "kick": {31.5: -8, 50: 0, 80: 0, 125: -5, 250: -12, 500: -15, 1000: -17, 3150: -17, 6300: -21, 12500: -30},
    "snare": {80: -14, 160: -2, 200: 0, 400: -3, 800: -5, 1600: -6, 3150: -6, 6300: -7, 10000: -10, 16000: -16},
    "tom": {50: -6, 80: 0, 160: -1, 315: -8, 630: -13, 1250: -15, 3150: -16, 6300: -20, 12500: -28},
    "cymbals": {250: -16, 500: -12, 1000: -9, 2000: -6, 4000: -2, 8000: 0, 12500: -3, 16000: -7},
    "overhead": {
        50: -8,
        80: -3,
        160: -2,
        315: -4,
        630: -5,
        1250: -5,
        2500: -4,
        5000: -3,
        8000: -3,
        12500: -5,
        16000: -9,
    },
    "drums": {
        31.5: -8,
        50: 0,
        80: 0,
        160: -4,
        315: -7,
        630: -9,
        1250: -10,
        2500: -10,
        5000: -10,
        10000: -12,
        16000: -18,
    },
    "keys": {50: -8, 100: -2, 200: 0, 400: -1, 800: -4, 1600: -8, 3150: -13, 6300: -20, 12500: -30},
}
"""Usual third-octave levels, dB, at some frequencies; straight lines over log frequency between."""


class Region(NamedTuple):
    """A part of the spectrum that engineers have a word for, and what they do about too much or too little of it."""

    word: str
    low_hz: float
    high_hz: float
    band: Band
    may_boost: bool = False


REGIONS = (
    Region("mud", 180.0, 500.0, Band("bell", 315.0, q=0.9)),
    Region("harshness", 2000.0, 5000.0, Band("bell", 3150.0, q=1.0)),
    Region("air", 8000.0, 16000.0, Band("highshelf", 9000.0), may_boost=True),
)


class Tone(NamedTuple):
    eq: tuple[Band, ...]
    reasons: tuple[str, ...]


def tone_of(track: TrackHeard) -> Tone:
    """The bands that a track needs, and why; none where it has nothing to correct."""
    if not track.bands_db:
        return Tone((), ())
    manner = manner_of(track.role)
    levels = np.array(track.bands_db)
    heard = (levels > levels.max() + EMPTY_DB) & (0.8 * (track.reach_hz or 20000.0) >= THIRD_OCTAVES_HZ)
    found = [*_low_cut(levels, manner), *_regions(levels, heard, manner), *_resonances(levels, heard, manner)]
    return Tone(tuple(band for band, _ in found), tuple(reason for _, reason in found))


def _low_cut(levels: Floats, manner: Manner) -> list[tuple[Band, str]]:
    """A high-pass below the instrument, lowered until nothing that it plays is lost; none where nothing lies there."""
    cut_hz = manner.low_cut_hz
    body = float(np.sort(levels)[-6:].mean())
    while cut_hz >= 20.0 and not manner.cut_bleed:
        octave = (0.6 * cut_hz <= THIRD_OCTAVES_HZ) & (cut_hz >= THIRD_OCTAVES_HZ)
        if not octave.any() or levels[octave].max() < body - 12.0:
            break
        cut_hz /= math.sqrt(2.0)
    below = levels[0.9 * cut_hz > THIRD_OCTAVES_HZ]
    if cut_hz < 20.0 or not len(below) or below.max() < body + EMPTY_DB:
        return []
    return [(Band("highpass", float(round(cut_hz))), f"High-pass at {cut_hz:.0f} Hz: nothing it plays lies lower.")]


def _regions(levels: Floats, heard: npt.NDArray[np.bool_], manner: Manner) -> list[tuple[Band, str]]:
    """Mud, harshness and air against the usual shape of the role."""
    if manner.shape not in SHAPES or heard.sum() < 6:
        return []
    anchors = SHAPES[manner.shape]
    usual = np.interp(np.log(THIRD_OCTAVES_HZ), np.log(list(anchors)), list(anchors.values()))
    off = levels - usual
    off -= np.median(off[heard & (THIRD_OCTAVES_HZ >= 100.0)]) if (heard & (THIRD_OCTAVES_HZ >= 100.0)).any() else 0.0
    found = []
    for region in REGIONS:
        inside = heard & (region.low_hz <= THIRD_OCTAVES_HZ) & (region.high_hz >= THIRD_OCTAVES_HZ)
        if inside.sum() < 3:
            continue
        excess = float(off[inside].mean())
        beyond = math.copysign(max(abs(excess) - TOLERANCE_DB, 0.0), excess) * CORRECTED
        boost = BOOST_MOST_DB if region.may_boost and excess > -ABSENT_DB else 0.0
        gain = min(max(-beyond, -MOST_DB), boost)
        if abs(gain) >= 0.5:
            band = Band(region.band.kind, region.band.freq_hz, round(gain, 1), region.band.q)
            much = "more" if gain < 0 else "less"
            found.append((band, f"{region.word.capitalize()}: {abs(excess):.0f} dB {much} than usual there."))
    return found


def _resonances(levels: Floats, heard: npt.NDArray[np.bool_], manner: Manner) -> list[tuple[Band, str]]:
    """The third octave that sticks out most, if one does."""
    if manner.shape not in RESONANT:
        return []
    around = (levels[:-4] + levels[1:-3] + levels[3:-1] + levels[4:]) / 4
    over = np.full(len(levels), -np.inf)
    over[2:-2] = levels[2:-2] - around
    over[~heard | (RESONANCE_HZ[0] > THIRD_OCTAVES_HZ) | (RESONANCE_HZ[1] < THIRD_OCTAVES_HZ)] = -np.inf
    worst = int(np.argmax(over))
    if over[worst] < RESONANCE_DB:
        return []
    gain = -min((float(over[worst]) - RESONANCE_DB) * CORRECTED + 1.0, MOST_DB)
    freq_hz = float(round(THIRD_OCTAVES_HZ[worst]))
    reason = f"Resonance around {freq_hz:.0f} Hz, {over[worst]:.0f} dB above its neighbours."
    return [(Band("bell", freq_hz, round(gain, 1), 4.0), reason)]
