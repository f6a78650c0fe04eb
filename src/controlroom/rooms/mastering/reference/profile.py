"""What a record sounds like, as small as can be: loudness, and tone, dynamics and width by band. Kept as TOML.

Levels are given less the loudness of the recording (dB less LUFS), so that records of any loudness compare, and several
of them can be weighed together.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Literal, TypeAlias

import msgspec
import numpy as np
import numpy.typing as npt

from controlroom.base import canonical
from controlroom.base.errors import UsageError
from controlroom.base.finding import Finding
from controlroom.sound.filters import Band

Floats: TypeAlias = npt.NDArray[np.float64]
Mask: TypeAlias = npt.NDArray[np.bool_]
KindName = Literal["quiet", "loud"]

STEPS = 12  # bands an octave: an octave is looked at wherever it may begin
EDGES_HZ: Floats = 1000.0 * 2.0 ** ((np.arange(-68, 55) - 0.5) / STEPS)  # 19.1 Hz to 22.0 kHz
CENTRES_HZ: Floats = np.sqrt(EDGES_HZ[:-1] * EDGES_HZ[1:])
NOTHING_DB = -150.0  # a band without sound
K_WEIGHTING = (Band("highpass", 38.0, q=0.5), Band("highshelf", 1680.0, 4.0))  # BS.1770-5, tables 1 and 2
SPLITS_HZ = (120.0, 600.0, 4000.0)  # where dynamics and width are told apart
QUANTILES: Floats = (np.arange(40) + 0.5) / 40
QUARTER, SPARSE_DB = 10, -17.5  # of the levels; a whole song is rarely so far under its mean


class Kind(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The quiet or the loud sections: the `share` of the time they take, their `level_lu` against the whole, and the
    level of the middle and of the difference of the channels in each of the bands, less their own loudness."""

    name: KindName
    share: float
    level_lu: float
    mid_db: tuple[float, ...]
    side_db: tuple[float, ...]


class DynamicsBand(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How lively a band is: the level of every 10 ms, louder channel, against the band's mean power. `levels_db` are
    the quantiles of it (`QUANTILES`), `mean_db` the mean power less the loudness of the recording."""

    low_hz: float
    high_hz: float
    mean_db: float
    levels_db: tuple[float, ...]

    @property
    def crest_db(self) -> float:
        """The loudest fortieth of it over the mean."""
        return self.levels_db[-1]


class Profile(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One recording, or several weighed together. `whole` is all of it, `kinds` the quiet and the loud sections where
    they differ; `bands_hz` are the centres of their bands. None: no figure."""

    schema: Literal["controlroom.reference/1"] = "controlroom.reference/1"
    names: tuple[str, ...] = ()
    duration_s: float
    bandwidth_hz: float
    integrated_lufs: float
    range_lu: float | None = None
    plr_db: float | None = None
    bands_hz: tuple[float, ...] = tuple(round(float(hz), 1) for hz in CENTRES_HZ)
    whole: Kind
    kinds: tuple[Kind, ...] = ()
    dynamics: tuple[DynamicsBand, ...] = ()
    findings: tuple[Finding, ...] = ()

    @property
    def is_sparse(self) -> bool:
        """Is the middle of the spectrum next to silent a quarter of the time, as with one voice or instrument alone?"""
        return any(band.levels_db[QUARTER] < SPARSE_DB for band in self.dynamics[1:3])

    @property
    def is_mono(self) -> bool:
        return all(side_db <= NOTHING_DB for side_db in self.whole.side_db)


def widths_db(profile: Profile, there: Mask | None = None, curve_db: Floats | float = 0.0) -> tuple[float | None, ...]:
    """Side less middle in each band of `dynamics`, its tone changed by `curve_db`; None where there is no side.

    Only the bands that are `there` count (None: all).
    """
    rows = np.array([profile.whole.mid_db, profile.whole.side_db])
    power = np.where((rows > NOTHING_DB) & (True if there is None else there), 10 ** ((rows + curve_db) / 10), 0.0)
    which = np.searchsorted(SPLITS_HZ, CENTRES_HZ)
    sums = np.array([np.bincount(which, weights=row, minlength=len(SPLITS_HZ) + 1) for row in power])
    return tuple(
        round(float(10 * np.log10(side / mid)), 2) if mid > 0 and side > 0 else None
        for mid, side in zip(sums[0], sums[1], strict=True)
    )


def to_toml(profile: Profile) -> str:
    """A profile to keep, and to read."""
    return canonical.to_toml(profile)


def from_toml(text: str) -> Profile:
    """A kept profile; raises `tomllib.TOMLDecodeError`, `msgspec.ValidationError`, or `UsageError` for one whose bands
    are not the house's."""
    profile = canonical.from_toml(text, Profile)
    kinds = (profile.whole, *profile.kinds)
    rows = [profile.bands_hz, *(kind.mid_db for kind in kinds), *(kind.side_db for kind in kinds)]
    levels = [band.levels_db for band in profile.dynamics]
    others = [profile.integrated_lufs, profile.duration_s, profile.bandwidth_hz]
    others += [band.mean_db for band in profile.dynamics] + [kind.share for kind in kinds]
    if not all(math.isfinite(figure) for row in (*rows, *levels, others) for figure in row):
        raise UsageError("The profile", "a figure in it is not a number", "Make it again.")
    if any(len(row) != len(CENTRES_HZ) for row in rows) or not np.allclose(profile.bands_hz, CENTRES_HZ, rtol=0.01):
        raise UsageError("The profile", f"it does not have the {len(CENTRES_HZ)} bands of a profile", "Make it again.")
    if len(levels) not in (0, len(SPLITS_HZ) + 1) or any(len(row) != len(QUANTILES) for row in levels):
        raise UsageError(
            "The profile", f"its dynamics do not have {len(QUANTILES)} levels in four bands", "Make it again."
        )
    if [kind.name for kind in profile.kinds] not in ([], ["quiet", "loud"]):
        raise UsageError("The profile", "its kinds of sections are not quiet and loud", "Make it again.")
    return profile


def merged(profiles: Sequence[Profile], weights: Sequence[float] | None = None) -> Profile:
    """Several as one, by their weights (None: alike). In each band only those count that have sound there; decibels are
    averaged. Raises `UsageError` without a profile, and for weights that are not positive numbers."""
    shares = [1.0] * len(profiles) if weights is None else list(weights)
    if not profiles or len(shares) != len(profiles):
        raise UsageError("References", "as many weights as references are needed, and at least one reference")
    if not all(math.isfinite(share) and share > 0 for share in shares):
        raise UsageError("References", "a weight is a number above 0", "Try FILE=0.5.")
    if len(profiles) == 1:
        return profiles[0]
    return Profile(
        names=tuple(name for one in profiles for name in one.names),
        duration_s=sum(one.duration_s for one in profiles),
        bandwidth_hz=max(one.bandwidth_hz for one in profiles),
        integrated_lufs=_mean([one.integrated_lufs for one in profiles], shares) or 0.0,
        range_lu=_mean([one.range_lu for one in profiles], shares),
        plr_db=_mean([one.plr_db for one in profiles], shares),
        whole=_merged_kind([one.whole for one in profiles], shares),
        kinds=_merged_kinds(profiles, shares),
        dynamics=_merged_dynamics(profiles, shares),
        findings=tuple(finding for one in profiles for finding in one.findings),
    )


def _mean(values: Sequence[float | None], shares: Sequence[float]) -> float | None:
    known = [(value, share) for value, share in zip(values, shares, strict=True) if value is not None]
    return sum(v * s for v, s in known) / sum(s for _, s in known) if known else None


def _rows(rows: Sequence[Sequence[float]], shares: Sequence[float]) -> tuple[float, ...]:
    """The weighted mean of each column, over the rows that have sound there."""
    levels = np.array(rows)
    weights = np.where(levels > NOTHING_DB, np.array(shares)[:, None], 0.0)
    total = weights.sum(axis=0)
    mean = np.where(total > 0, (weights * levels).sum(axis=0) / np.maximum(total, 1e-9), NOTHING_DB)
    return tuple(round(float(level), 2) for level in mean)


def _merged_kind(kinds: Sequence[Kind], shares: Sequence[float]) -> Kind:
    return Kind(
        name=kinds[0].name,
        share=round(_mean([kind.share for kind in kinds], shares) or 0.0, 4),
        level_lu=round(_mean([kind.level_lu for kind in kinds], shares) or 0.0, 2),
        mid_db=_rows([kind.mid_db for kind in kinds], shares),
        side_db=_rows([kind.side_db for kind in kinds], shares),
    )


def _merged_kinds(profiles: Sequence[Profile], shares: Sequence[float]) -> tuple[Kind, ...]:
    """The quiet and the loud sections of those that have both."""
    split = [(one, share) for one, share in zip(profiles, shares, strict=True) if one.kinds]
    columns = zip(*(one.kinds for one, _ in split), strict=True)
    return tuple(_merged_kind(column, [share for _, share in split]) for column in columns)


def _merged_dynamics(profiles: Sequence[Profile], shares: Sequence[float]) -> tuple[DynamicsBand, ...]:
    merged_bands = []
    for bands in zip(*(one.dynamics for one in profiles), strict=True):
        heard = [(band, share) for band, share in zip(bands, shares, strict=True) if band.mean_db > NOTHING_DB]
        chosen, weights = ([b for b, _ in heard], [s for _, s in heard]) if heard else (list(bands), list(shares))
        merged_bands.append(
            DynamicsBand(
                low_hz=bands[0].low_hz,
                high_hz=bands[0].high_hz,
                mean_db=round(_mean([band.mean_db for band in chosen], weights) or 0.0, 2),
                levels_db=_rows([band.levels_db for band in chosen], weights),
            )
        )
    return tuple(merged_bands)
