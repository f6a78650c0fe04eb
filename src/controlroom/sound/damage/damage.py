"""What a master lost against its source, beyond level and tone."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from controlroom.base.progress import SILENT, Progress, scaled
from controlroom.sound.correlation import delay_between
from controlroom.sound.damage.figures import (
    MOMENTARY,
    SHORT_TERM,
    Energies,
    contrast_change_lu,
    mean_residual_db,
    onset_changes,
    residuals,
)
from controlroom.sound.damage.fit import fitted
from controlroom.sound.damage.struct import Damage
from controlroom.sound.damage.weighed import weighed
from controlroom.sound.onsets import onsets_of
from controlroom.sound.resample import Resampled
from controlroom.sound.signal import Shifted, Signal

MOST_DELAY_MS, CLEAR = 100.0, 6.0  # how far apart the two may lie; how sure that must be


def damage(
    source: Signal,
    made: Signal,
    *,
    sections: Sequence[tuple[float, float]] | None = None,
    onsets_s: Sequence[float] | npt.NDArray[np.floating] | None = None,
    start_s: float = 0.0,
    stop_s: float | None = None,
    progress: Progress = SILENT,
) -> Damage:
    """What `made` lost against `source`, from `start_s` to `stop_s` of the source, at the rate of `made`.

    `sections` ((start_s, end_s), ...) of the source, for the contrast; without them windows of 10 s are its sections.
    `onsets_s`: the source's onsets where they are known already. Constant memory.
    """
    rate_hz = made.rate_hz
    if source.rate_hz != rate_hz:
        source = Resampled(source, rate_hz)
    delay = delay_between(source, made, MOST_DELAY_MS)
    late = round(delay.frames) if delay.clarity > CLEAR else 0
    first = max(round(start_s * rate_hz), -late, 0)
    last = min(source.frames if stop_s is None else round(stop_s * rate_hz), source.frames, made.frames - late)
    if last <= first:
        return Damage(delay_frames=late)
    source, made = Shifted(source, -first, last - first), Shifted(made, -first - late, last - first)
    begin_s = first / rate_hz
    found_s = onsets_of(source).times_s if onsets_s is None else np.asarray(onsets_s, float) - begin_s
    spans_s = np.array([] if sections is None else sections, float).reshape(-1, 2) - begin_s
    fit = fitted(source, made, scaled(progress, 0.0, 0.5))
    energies = Energies(rate_hz, last - first, found_s, spans_s)
    heard = weighed(source, made, fit, energies.marks, scaled(progress, 0.5, 1.0))
    energies.up_to = heard.up_to
    return _said(energies, heard.refitted, late)


def _said(energies: Energies, refitted: npt.NDArray[np.float64], late: int) -> Damage:
    short_term, momentary = residuals(energies.windows(SHORT_TERM)), residuals(energies.windows(MOMENTARY))
    onsets = onset_changes(energies)
    return Damage(
        delay_frames=late,
        residual_db=short_term.mean_db,
        whole_residual_db=short_term.whole_db,
        median_residual_db=short_term.median_db,
        worst_residual_db=short_term.worst_db,
        momentary_residual_db=momentary.mean_db,
        worst_momentary_residual_db=momentary.worst_db,
        ridden_residual_db=short_term.ridden_db,
        refitted_residual_db=mean_residual_db(*refitted),
        onsets=onsets.whole,
        onsets_fitted=onsets.fitted,
        onsets_in_place=onsets.in_place,
        contrast_change_lu=contrast_change_lu(energies.sections()),
    )
