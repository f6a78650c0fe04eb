"""Tonal balance: how the energy of finished records is spread over the spectrum, and where a recording departs from it.

The curve is the shape that studies of popular records agree on: level per third octave about constant from 50 to
100 Hz, falling 2 dB an octave to 4 kHz (5 dB an octave in power density, 3 of which the widening bands give back) and
faster above, with little below 40 Hz (P. D. Pestana et al., "Spectral Characteristics of Popular Commercial Recordings
1950-2010", AES 135, 2013; A. Elowsson and A. Friberg, "Long-term Average Spectrum in Popular Music and its Relation to
the Level of the Percussion", AES 142, 2017). Records differ: the range of a region is what genres and artists are free
to choose, and only what lies outside it is worth a remark.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeAlias

import msgspec
import numpy as np
import numpy.typing as npt

from controlroom.sound.spectrum import THIRD_OCTAVES_HZ, Spectrum, band_levels_db, third_octave_levels_db

Floats: TypeAlias = npt.NDArray[np.float64]

_CURVE_HZ = np.array([20.0, 31.5, 50.0, 100.0, 4000.0, 10000.0, 16000.0, 20000.0])
_CURVE_DB = np.array([-12.0, -5.0, 0.0, 0.0, -10.6, -15.5, -21.0, -30.0])
TILT_FROM_HZ, TILT_TO_HZ = 100.0, 10000.0
STEPS_AN_OCTAVE = 12
SILENT_DB = -60.0  # a region so far below the whole holds no sound of its own


class Region(msgspec.Struct, frozen=True):
    """A part of the spectrum as an engineer speaks of it; finished records lie within `range_db` of the curve."""

    name: str
    low_hz: float
    high_hz: float
    range_db: float


REGIONS = (
    Region("low end", 40.0, 125.0, 5.0),
    Region("low mids", 125.0, 400.0, 4.0),
    Region("mids", 400.0, 2000.0, 3.5),
    Region("presence", 2000.0, 6300.0, 4.0),
    Region("air", 6300.0, 16000.0, 5.0),
)
ANCHORS = ("low mids", "mids", "presence")  # the level of the whole is read here: every system plays them


class RegionBalance(msgspec.Struct, frozen=True, kw_only=True):
    """Where a region lies: `off_db` above (below: negative) the curve or reference, once the levels are matched.

    `range_db` is the acceptable distance. `off_db` is None where the recording, or its reference, holds no sound there.
    """

    name: str
    off_db: float | None
    range_db: float

    @property
    def excess_db(self) -> float:
        """How far outside the range: positive too much, negative too little, 0 within."""
        if self.off_db is None:
            return 0.0
        return float(np.sign(self.off_db)) * max(abs(self.off_db) - self.range_db, 0.0)


def curve_db(freqs_hz: npt.ArrayLike) -> Floats:
    """The records' level per third octave at each frequency, relative to 100 Hz."""
    return np.asarray(np.interp(np.log(np.asarray(freqs_hz, float)), np.log(_CURVE_HZ), _CURVE_DB))


def balance(
    spectrum: Spectrum,
    bandwidth_hz: float | None = None,
    reference: Spectrum | None = None,
    *,
    reference_range_db: float = 1.0,
    regions: Sequence[Region] = REGIONS,
) -> tuple[RegionBalance, ...]:
    """Each region against the curve, or against the spectrum of a reference recording.

    Compared is what lies below `bandwidth_hz` (None: everything); where a reference ends sooner, give its end.
    """
    top_hz = min(bandwidth_hz or np.inf, spectrum.rate_hz / 2, np.inf if reference is None else reference.rate_hz / 2)
    off: dict[str, float] = {}
    for region in regions:
        high_hz = min(region.high_hz, top_hz)
        if high_hz < np.sqrt(region.low_hz * region.high_hz):  # less than half of it, in octaves
            continue
        level = _level_db(spectrum, region.low_hz, high_hz)
        wanted = (curve_level_db if reference is None else _reader(reference))(region.low_hz, high_hz)
        if level is not None and wanted is not None:
            off[region.name] = level - wanted
    anchors = [off[name] for name in ANCHORS if name in off] or list(off.values())
    anchor = float(np.mean(anchors)) if anchors else 0.0
    return tuple(
        RegionBalance(
            name=region.name,
            off_db=off[region.name] - anchor if region.name in off else None,
            range_db=region.range_db if reference is None else reference_range_db,
        )
        for region in regions
    )


def _reader(spectrum: Spectrum) -> Callable[[float, float], float | None]:
    return lambda low_hz, high_hz: _level_db(spectrum, low_hz, high_hz)


def _level_db(spectrum: Spectrum, low_hz: float, high_hz: float) -> float | None:
    """Level between two frequencies; None where there is no sound to speak of."""
    whole_db = 10 * np.log10(max(float(spectrum.power.sum()), 1e-30))
    level_db = float(band_levels_db(spectrum, [low_hz, high_hz])[0])
    return level_db if spectrum.counted and level_db > whole_db + SILENT_DB else None


def curve_level_db(low_hz: float, high_hz: float) -> float:
    """The records' level between two frequencies, relative to the third octave around 100 Hz."""
    steps_hz = np.exp(np.arange(np.log(low_hz), np.log(high_hz), np.log(2) / STEPS_AN_OCTAVE))
    third_octaves_a_step = 3 / STEPS_AN_OCTAVE
    return float(10 * np.log10((10 ** (curve_db(steps_hz) / 10)).sum() * third_octaves_a_step))


def tilt_db_per_octave(spectrum: Spectrum, bandwidth_hz: float | None = None) -> float | None:
    """Slope of the third-octave levels from 100 Hz to 10 kHz (or the bandwidth); None in silence.

    Pink noise: 0; white noise: +3; the records' curve: about -2.
    """
    levels = third_octave_levels_db(spectrum)
    top_hz = min(TILT_TO_HZ, bandwidth_hz or TILT_TO_HZ, spectrum.rate_hz / 2)
    chosen = (THIRD_OCTAVES_HZ >= TILT_FROM_HZ) & (top_hz >= THIRD_OCTAVES_HZ) & (levels > levels.max() + SILENT_DB)
    if spectrum.counted == 0 or chosen.sum() < 3:
        return None
    return float(np.polyfit(np.log2(THIRD_OCTAVES_HZ[chosen]), levels[chosen], 1)[0])
