"""The stereo image as a listener says it: mono, false stereo, a delayed copy, narrow, wide, and where it changes."""

from __future__ import annotations

from typing import Literal

import msgspec
import numpy as np

from controlroom.sound.ambience.bands import LOWEST_DB, STEP_DB, BandLevels
from controlroom.sound.correlation import Delay, StereoImage, best_delay, stereo_image
from controlroom.sound.excerpts import Excerpts
from controlroom.sound.spectrum import Spectrum

LOW_END_HZ = 150.0
LOW_END_SHARE = 1e-4  # of the whole power, below which there is no low end to speak of
MONO_DB, NARROW_DB, WIDE_DB = -40.0, -14.0, -3.0  # side less mid
SAME = 0.9999  # correlation, of one signal on both sides
COPIED = 0.9  # correlation of a delayed copy
COPY_MS = (0.15, 25.0)
SOUNDS_DB = -55.0

Kind = Literal["mono", "false stereo", "delayed copy", "narrow", "stereo", "wide"]


class Image(msgspec.Struct, frozen=True, kw_only=True):
    """`stereo` names it; `correlation` of left and right (1 mono, -1 turned over), `low_correlation` below 150 Hz;
    `width_db`: side less mid; `delay_ms`: how much later the right side is, of a delayed copy; `mono_share`: the part
    of the sounding time that is mono, 0 to 1. None where there are not two channels, or no sound."""

    stereo: Kind | None = None
    correlation: float | None = None
    low_correlation: float | None = None
    width_db: float | None = None
    delay_ms: float | None = None
    mono_share: float | None = None


def image_of(spectrum: Spectrum, bands: BandLevels, excerpts: Excerpts) -> Image:
    """The image of a recording; whether one side copies the other shows in the excerpts."""
    if len(spectrum.channel_power) == 1 and spectrum.power.any():
        return Image(stereo="mono")
    if spectrum.cross_power is None:
        return Image()
    left, right, cross = *spectrum.channel_power, spectrum.cross_power
    whole = stereo_image(float(left.sum()), float(right.sum()), float(cross.sum()))
    if whole is None:
        return Image()
    low = spectrum.freqs_hz < LOW_END_HZ
    low_image = stereo_image(float(left[low].sum()), float(right[low].sum()), float(cross[low].sum()))
    there = low_image is not None and min(left[low].sum(), right[low].sum()) > LOW_END_SHARE * (left + right).sum()
    delay = _copy(excerpts) if -0.5 < whole.correlation < 0.9 else None
    return Image(
        stereo="delayed copy" if delay else _kind(whole),
        correlation=round(whole.correlation, 3),
        low_correlation=round(low_image.correlation, 3) if low_image and there else None,
        width_db=round(whole.side_db, 1),
        delay_ms=None if delay is None else round(1000 * delay.frames / excerpts.rate_hz, 2),
        mono_share=_mono_share(bands),
    )


def _kind(image: StereoImage) -> Kind:
    if image.correlation > SAME or image.side_db < MONO_DB:
        return "false stereo"
    return "narrow" if image.side_db < NARROW_DB else "wide" if image.side_db > WIDE_DB else "stereo"


def _copy(excerpts: Excerpts) -> Delay | None:
    """The delay between the sides when one is a copy of the other."""
    if not excerpts.samples:
        return None
    left, right = np.concatenate(excerpts.samples, axis=1)
    delay = best_delay(left, right, excerpts.rate_hz, COPY_MS[1])
    late_ms = 1000 * abs(delay.frames) / excerpts.rate_hz
    return delay if delay.correlation > COPIED and late_ms >= COPY_MS[0] else None


def _mono_share(bands: BandLevels) -> float | None:
    """Of the time in which something sounds."""
    if bands.side is None:
        return None
    mid, side = (rows * STEP_DB + LOWEST_DB for rows in (bands.mid, bands.side))
    sounds = np.maximum(mid, side) > SOUNDS_DB
    return round(float(np.mean(side[sounds] < mid[sounds] + MONO_DB)), 3) if sounds.any() else None
