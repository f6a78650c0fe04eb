"""What was changed, and how near it came: a mix, its master and the references side by side."""

from __future__ import annotations

from typing import Any

import msgspec
import numpy as np

from controlroom.base.canonical import to_plain
from controlroom.rooms.mastering.plan import MasterPlan
from controlroom.rooms.mastering.reference.misses import Miss
from controlroom.rooms.mastering.reference.profile import CENTRES_HZ, NOTHING_DB, Floats, Profile, widths_db
from controlroom.rooms.mastering.reference.tone import difference, heard_in, smoothed_db, total_db
from controlroom.rooms.mastering.reference.toward import left_over, match_db

OCTAVES_HZ = (31.5, 63.0, 125.0, 250.0, 500.0, 1000.0, 2000.0, 4000.0, 8000.0, 16000.0)


class Octave(msgspec.Struct, frozen=True, kw_only=True):
    """Levels of the octave around `hz`, less the loudness of each (None: no sound there); `correction_db` is what the
    curve did, `off_db` how far the result still is from the reference (None: not both sound there)."""

    hz: float
    mix_db: float | None
    reference_db: float | None
    result_db: float | None
    correction_db: float
    off_db: float | None


class BandCompared(msgspec.Struct, frozen=True, kw_only=True):
    """Crest (the loudest fortieth of all 10 ms over the mean) and width (side less middle) of a band; 0 Hz: open."""

    low_hz: float
    high_hz: float
    crest_db: tuple[float | None, float | None, float | None]
    width_db: tuple[float | None, float | None, float | None]


class Comparison(msgspec.Struct, frozen=True, kw_only=True):
    """Mix, reference, result, in this order wherever three figures stand together.

    `mean_off_db` and `worst_off_db`: the distance of the result's tone from the reference's over all octaves that both
    have, at equal loudness; `_before`: the same of the mix; `misses`: where it stays further than 1.5 dB off, and why.
    `curves_db`: for pictures, the level in the octave around each of `freqs_hz`, the correction, and what is left.
    """

    names: tuple[str, ...]
    lufs: tuple[float, float, float]
    plr_db: tuple[float | None, float | None, float | None]
    range_lu: tuple[float | None, float | None, float | None]
    worst_before_db: float
    mean_before_db: float
    worst_off_db: float
    mean_off_db: float
    most_correction_db: float
    misses: tuple[Miss, ...] = ()
    octaves: tuple[Octave, ...]
    bands: tuple[BandCompared, ...]
    freqs_hz: tuple[float, ...]
    curves_db: tuple[tuple[float | None, ...], ...]

    def to_json(self) -> dict[str, Any]:
        """Everything but the curves of the pictures."""
        plain: dict[str, Any] = to_plain(self)
        return {name: value for name, value in plain.items() if name not in ("freqs_hz", "curves_db")}


def compared(before: Profile, after: Profile, target: Profile, plan: MasterPlan | None = None) -> Comparison:
    """The mix `before`, the master `after`, and the references; with the `plan`, what its curve did."""
    both = heard_in(before) & heard_in(target)
    was, now = difference(before, target), difference(after, target)
    correction = match_db(plan) if plan else np.zeros(len(CENTRES_HZ))
    rows = [_octaves_db(before), _octaves_db(target), _octaves_db(after)]
    return Comparison(
        names=target.names,
        lufs=(before.integrated_lufs, target.integrated_lufs, after.integrated_lufs),
        plr_db=(before.plr_db, target.plr_db, after.plr_db),
        range_lu=(before.range_lu, target.range_lu, after.range_lu),
        worst_before_db=_rounded(was.worst_db),
        mean_before_db=_mean(was.gain_db[both]),
        worst_off_db=_rounded(float(np.abs(now.gain_db[both]).max(initial=0.0))),
        mean_off_db=_mean(now.gain_db[both]),
        most_correction_db=_rounded(float(np.abs(correction).max())),
        misses=left_over(before, after, target, plan) if plan else (),
        octaves=tuple(_octave(hz, rows, correction, np.where(both, now.gain_db, np.nan)) for hz in OCTAVES_HZ),
        bands=_bands(before, target, after),
        freqs_hz=tuple(_rounded(hz) for hz in CENTRES_HZ),
        curves_db=tuple(_known(row) for row in (*rows, correction, np.where(both, -now.gain_db, np.nan))),
    )


def _octaves_db(profile: Profile) -> Floats:
    """The level around each band, nan where there is no sound."""
    levels = total_db(profile.whole)
    there = levels > NOTHING_DB
    return np.asarray(np.where(there, smoothed_db(levels, there), np.nan))


def _octave(hz: float, rows: list[Floats], correction: Floats, off: Floats) -> Octave:
    at = int(np.argmin(np.abs(np.log(CENTRES_HZ / hz))))
    mix_db, reference_db, result_db = (_figure(row[at]) for row in rows)
    return Octave(
        hz=hz,
        mix_db=mix_db,
        reference_db=reference_db,
        result_db=result_db,
        correction_db=_rounded(correction[at]),
        off_db=_figure(-off[at]),
    )


def _bands(*profiles: Profile) -> tuple[BandCompared, ...]:
    made = []
    for k, bands in enumerate(zip(*(one.dynamics for one in profiles), strict=True)):
        crests = [band.crest_db if band.mean_db > NOTHING_DB else None for band in bands]
        widths = [widths_db(one)[k] for one in profiles]
        made.append(
            BandCompared(
                low_hz=bands[0].low_hz,
                high_hz=bands[0].high_hz,
                crest_db=(crests[0], crests[1], crests[2]),
                width_db=(widths[0], widths[1], widths[2]),
            )
        )
    return tuple(made)


def _known(row: Floats) -> tuple[float | None, ...]:
    return tuple(_figure(value) for value in row)


def _figure(value: float) -> float | None:
    return _rounded(value) if np.isfinite(value) else None


def _rounded(value: float) -> float:
    return round(float(value), 2)


def _mean(values: Floats) -> float:
    return _rounded(float(np.abs(values).mean())) if len(values) else 0.0
