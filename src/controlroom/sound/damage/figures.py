"""From K-weighted energies to what is said of the damage.

Everything is a ratio of energies between two frames, so they are asked for once, up to all the frames that matter.
What is too soft does not count, as in EBU Tech 3342: below -70 LUFS, or 20 LU below the mean of the rest.
"""

from __future__ import annotations

from typing import TypeAlias

import msgspec
import numpy as np
import numpy.typing as npt

from controlroom.sound.damage.struct import OnsetChange
from controlroom.sound.damage.weighed import FITTED, MADE, RESIDUAL, SOURCE
from controlroom.sound.meter.gating import ABSOLUTE_GATE_LUFS, OFFSET_LU, RANGE_GATE_LU, integrated_lufs

Floats: TypeAlias = npt.NDArray[np.float64]
Places: TypeAlias = npt.NDArray[np.int64]
Flags: TypeAlias = npt.NDArray[np.bool_]

STEPS_PER_S = 10
MOMENTARY, SHORT_TERM, SECTION = 4, 30, 100  # steps: 400 ms, 3 s (EBU Tech 3341), 10 s
ONSET_S, AROUND_S = (0.005, 0.02), 0.5
LOUDEST, SOFTEST, WORST, WORST_ONSETS = 90, 25, 95, 10  # percentiles
FEWEST_ONSETS = 5
LEAST_RATIO = 1e-12  # -120 dB: less is none


class Energies:
    """Energies between frames, once those up to `marks` are known."""

    def __init__(self, rate_hz: int, frames: int, onsets_s: Floats, sections_s: Floats) -> None:
        self._rate_hz, self._frames = rate_hz, frames
        grid = np.round(np.arange(frames * STEPS_PER_S // rate_hz + 2) * rate_hz / STEPS_PER_S).astype(np.int64)
        self._grid = grid[grid <= frames]
        self._onsets_s = onsets_s[(onsets_s >= 0) & (onsets_s + ONSET_S[1] <= frames / rate_hz)]
        self._sections_s = sections_s
        asked = [self._onsets_s + by for by in (0.0, *ONSET_S, -AROUND_S, AROUND_S)] + [*sections_s.T]
        self.marks = np.unique(np.concatenate([self._grid, self._places(np.concatenate(asked))]))
        self.up_to: Floats = np.zeros((4, len(self.marks)))

    def _places(self, at_s: Floats) -> Places:
        return np.clip(np.round(at_s * self._rate_hz), 0, self._frames).astype(np.int64)

    def _powers(self, begins: Places, ends: Places) -> Floats:
        """Mean power (4, n) between frames; 0 where there are none."""
        energy = self.up_to[:, np.searchsorted(self.marks, ends)] - self.up_to[:, np.searchsorted(self.marks, begins)]
        result: Floats = np.maximum(energy, 0.0) / np.maximum(ends - begins, 1)
        return result

    def windows(self, steps: int) -> Floats:
        """Mean power (4, n) of windows of `steps` tenths of a second, one every tenth."""
        return self._powers(self._grid[:-steps], self._grid[steps:])

    def sections(self) -> Floats:
        """Mean power (4, n) of the sections given, or of windows of 10 s."""
        if not len(self._sections_s):
            return self.windows(SECTION)
        begins, ends = self._places(self._sections_s[:, 0]), self._places(self._sections_s[:, 1])
        return self._powers(begins, ends)[:, ends > begins]

    def onsets(self, begin_s: float, end_s: float) -> Floats:
        """Mean power (4, onsets) from `begin_s` to `end_s` after each onset."""
        return self._powers(self._places(self._onsets_s + begin_s), self._places(self._onsets_s + end_s))


class Residuals(msgspec.Struct, frozen=True, kw_only=True):
    """Residual over fitted source of the windows that count, dB: see `Damage`."""

    mean_db: float | None = None
    median_db: float | None = None
    worst_db: float | None = None
    whole_db: float | None = None
    ridden_db: float | None = None


def residuals(windows: Floats) -> Residuals:
    """What `windows` (4, n), mean powers, say of the residual."""
    counted = windows[:, _heard(windows[FITTED])]
    if not counted.shape[1]:
        return Residuals()
    fitted, made, residual = counted[FITTED], counted[MADE], counted[RESIDUAL]
    ratios = residual / fitted
    together = (fitted + made - residual) / 2
    ridden = np.maximum(made - together**2 / fitted, 0.0) / fitted
    return Residuals(
        mean_db=_decibels(float(ratios.mean())),
        median_db=_decibels(float(np.median(ratios))),
        worst_db=_decibels(float(np.percentile(ratios, WORST))),
        whole_db=_decibels(float(residual.sum() / fitted.sum())),
        ridden_db=_decibels(float(ridden.mean())),
    )


def mean_residual_db(fitted: Floats, residual: Floats) -> float | None:
    """The mean ratio of the windows that count, from energies of any one scale."""
    counted = fitted > (float(fitted.mean()) if len(fitted) else 0.0) * 10 ** (RANGE_GATE_LU / 10)
    return _decibels(float((residual[counted] / fitted[counted]).mean())) if counted.any() else None


class OnsetChanges(msgspec.Struct, frozen=True, kw_only=True):
    """Against the source and against the source as fitted, all at one loudness; against the second around each."""

    whole: OnsetChange | None = None
    fitted: OnsetChange | None = None
    in_place: OnsetChange | None = None


def onset_changes(energies: Energies) -> OnsetChanges:
    """What became of the onsets that are loud enough to count; nothing where those are too few."""
    first, longer = (energies.onsets(0.0, length_s) for length_s in ONSET_S)
    around = energies.onsets(-AROUND_S, AROUND_S)
    counted = _heard(longer[SOURCE]) & (np.minimum(first, longer)[:RESIDUAL] > 0).all(axis=0)
    momentary = energies.windows(MOMENTARY)
    loudness = [integrated_lufs(momentary[row]) for row in (SOURCE, FITTED, MADE)]
    if counted.sum() < FEWEST_ONSETS or None in loudness:
        return OnsetChanges()
    lufs = np.array(loudness, float)
    first_db, longer_db, around_db = (10 * np.log10(power[:RESIDUAL, counted]) for power in (first, longer, around))

    def changed(row: int, by_db: Floats | float) -> OnsetChange:
        return _onset_change(first_db[MADE] - first_db[row] - by_db, longer_db[MADE] - longer_db[row] - by_db)

    return OnsetChanges(
        whole=changed(SOURCE, lufs[MADE] - lufs[SOURCE]),
        fitted=changed(FITTED, lufs[MADE] - lufs[FITTED]),
        in_place=changed(SOURCE, around_db[MADE] - around_db[SOURCE]),
    )


def _onset_change(first_db: Floats, longer_db: Floats) -> OnsetChange:
    return OnsetChange(
        count=len(first_db),
        first_5_ms_db=float(np.median(first_db)),
        first_20_ms_db=float(np.median(longer_db)),
        worst_5_ms_db=float(np.percentile(first_db, WORST_ONSETS)),
        worst_20_ms_db=float(np.percentile(longer_db, WORST_ONSETS)),
    )


def contrast_change_lu(sections: Floats) -> float | None:
    """What became of the difference between the loudest tenth and the softest quarter of the source's sections."""
    counted = sections[:, _heard(sections[SOURCE])]
    if counted.shape[1] < 2 or not counted[MADE].min() > 0:
        return None
    source = counted[SOURCE]
    loud, soft = source >= np.percentile(source, LOUDEST), source <= np.percentile(source, SOFTEST)
    if (loud & soft).any():
        return None
    before, after = (float(power[loud].mean() / power[soft].mean()) for power in (source, counted[MADE]))
    return _decibels(after) - _decibels(before)


def _heard(powers: Floats) -> Flags:
    """Which of the powers count."""
    least = 10 ** ((ABSOLUTE_GATE_LUFS - OFFSET_LU) / 10)
    loud = powers > least
    mean = float(powers[loud].mean()) if loud.any() else 0.0
    result: Flags = loud & (powers > mean * 10 ** (RANGE_GATE_LU / 10))
    return result


def _decibels(ratio: float) -> float:
    return 10.0 * float(np.log10(max(ratio, LEAST_RATIO)))
