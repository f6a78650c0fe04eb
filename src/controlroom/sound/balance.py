"""Spectral balance as a listener says it: from the sub to the air, against finished records or against references.

The curve and its regions are those of `tone`, with the low end divided at 50 Hz: what lies below is felt on few systems
and too loud or missing in many demos. Several references are compared one by one; what they differ by among themselves
is the artist's own freedom, and widens the range.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import numpy as np

from controlroom.sound.bandwidth import bandwidth_hz
from controlroom.sound.spectrum import Spectrum
from controlroom.sound.tone import REGIONS, Region, RegionBalance, balance

HEARD_REGIONS = (Region("sub", 25.0, 50.0, 8.0), Region("bass", 50.0, 125.0, 5.0), *REGIONS[1:])
REFERENCE_RANGE_DB = 2.0  # records of one kind differ by so much at the least
RECORDS = "finished records (Pestana et al. 2013)"


class Band(msgspec.Struct, frozen=True, kw_only=True):
    """A region of the spectrum: `off_db` above (below: negative) what it is compared with, None where there is nothing
    to compare; within `range_db` it is no matter of right or wrong."""

    name: str
    low_hz: float
    high_hz: float
    off_db: float | None
    range_db: float

    @property
    def excess_db(self) -> float:
        """How far outside the range: positive too much, negative too little, 0 within."""
        return RegionBalance(name=self.name, off_db=self.off_db, range_db=self.range_db).excess_db


class Balance(msgspec.Struct, frozen=True, kw_only=True):
    """`against`: what it was compared with."""

    bands: tuple[Band, ...] = ()
    against: str = RECORDS


def balance_of(spectrum: Spectrum, end_hz: float | None, references: Sequence[Spectrum] = ()) -> Balance:
    """The balance of a recording whose sound ends at `end_hz`, levels matched; of what lies below the ends of both."""
    if not references:
        return Balance(bands=_bands([balance(spectrum, end_hz, regions=HEARD_REGIONS)]))
    compared = [_against(spectrum, end_hz, reference) for reference in references]
    against = "the reference" if len(references) == 1 else f"{len(references)} references"
    return Balance(bands=_bands(compared), against=against)


def _against(spectrum: Spectrum, end_hz: float | None, reference: Spectrum) -> tuple[RegionBalance, ...]:
    ends_hz = [end for end in (end_hz, bandwidth_hz(reference)) if end is not None]
    return balance(
        spectrum,
        min(ends_hz, default=None),
        reference,
        reference_range_db=REFERENCE_RANGE_DB,
        regions=HEARD_REGIONS,
    )


def _bands(compared: Sequence[tuple[RegionBalance, ...]]) -> tuple[Band, ...]:
    bands = []
    for region, *found in zip(HEARD_REGIONS, *compared, strict=True):
        off = [one.off_db for one in found if one.off_db is not None]
        spread_db = float(np.std(off)) if len(off) > 1 else 0.0
        bands.append(
            Band(
                name=region.name,
                low_hz=region.low_hz,
                high_hz=region.high_hz,
                off_db=round(float(np.mean(off)), 1) if off else None,
                range_db=round(max(found[0].range_db, 2 * spread_db), 1),
            )
        )
    return tuple(bands)
