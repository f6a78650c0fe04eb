"""What is said of the damage."""

from __future__ import annotations

import msgspec


class OnsetChange(msgspec.Struct, frozen=True, kw_only=True):
    """How much louder (softer: negative) the first 5 and the first 20 ms of the source's onsets became: the median, and
    the change that one in ten falls below. dB."""

    count: int
    first_5_ms_db: float
    first_20_ms_db: float
    worst_5_ms_db: float
    worst_20_ms_db: float


class Damage(msgspec.Struct, frozen=True, kw_only=True):
    """What was lost. None where there is no figure: silence, or shorter than the window.

    The residual is what the best linear filter cannot make of the source, K-weighted, over the source as filtered:
    `residual_db` the mean of the 3 s windows (of the energy ratio), `median_residual_db`, and `worst_residual_db`, that
    one window in twenty passes; `momentary_...` the same over 400 ms; `whole_residual_db` all energy over all energy.
    `ridden_residual_db`: the mean with the level, too, fitted in each 3 s window, so that slow rides do not count;
    `refitted_residual_db`: with level and tone (thirds of an octave) fitted in each, so that slow bands do not either.

    `onsets`: against the source, both at one loudness; `onsets_fitted`: against the source as filtered, so that a
    brighter master does not flatter them; `onsets_in_place`: against the second around each onset.
    `contrast_change_lu`: how much farther apart (nearer: negative) the loudest and the softest sections came.
    `delay_frames`: the made comes that much later than the source.
    """

    delay_frames: int = 0
    residual_db: float | None = None
    whole_residual_db: float | None = None
    median_residual_db: float | None = None
    worst_residual_db: float | None = None
    momentary_residual_db: float | None = None
    worst_momentary_residual_db: float | None = None
    ridden_residual_db: float | None = None
    refitted_residual_db: float | None = None
    onsets: OnsetChange | None = None
    onsets_fitted: OnsetChange | None = None
    onsets_in_place: OnsetChange | None = None
    contrast_change_lu: float | None = None

    @property
    def onset_change_db(self) -> float | None:
        """The median change of the onsets, over 5 or 20 ms, whichever changed more."""
        if self.onsets is None:
            return None
        return max(self.onsets.first_5_ms_db, self.onsets.first_20_ms_db, key=abs)
