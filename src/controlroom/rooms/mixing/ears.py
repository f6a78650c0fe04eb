"""Listening while the mix is made: its level, its mono sum, its low end, and the voice against the band."""

from __future__ import annotations

import math

import msgspec
import numpy as np
import numpy.typing as npt

from controlroom.sound.filters import Band, Equalizer
from controlroom.sound.meter import Loudness, LoudnessMeter
from controlroom.sound.mixdown import stereo_sums
from controlroom.sound.signal import Samples

Floats = npt.NDArray[np.float64]

LOW_HZ = 120.0
MID_HZ = (300.0, 4000.0)
WINDOW_S = 0.4
SINGS_WITHIN_DB = 12.0  # a window counts as sung when it is within this of the voice's mean
LEAST_POWER = 1e-10
BURIED_DB = -4.0  # the voice so far under the band in its own range is not understood


class Heard(msgspec.Struct, frozen=True, kw_only=True):
    """A finished mix. What does not exist is None.

    `mono_loss_lu`: how much quieter it is when left and right are added, against a mono mix; `low_correlation`: of
    left and right below 120 Hz; `voice_over_band_lu`: level of the lead vocal over all the rest from 300 Hz to
    4 kHz while it sings; `buried`: the part of that time (0..1) in which it is more than 4 dB under them, and
    `buried_span_s` the longest stretch of it.
    """

    loudness: Loudness
    mono_loss_lu: float | None = None
    low_correlation: float | None = None
    voice_over_band_lu: float | None = None
    buried: float | None = None
    buried_span_s: tuple[float, float] | None = None


class Ears:
    """Takes the mix, and the voice and the rest of it (None without a voice), in chunks of any size."""

    def __init__(self, rate_hz: int) -> None:
        self._rate_hz = rate_hz
        self._meter = LoudnessMeter(rate_hz, 2)
        self._low = Equalizer(rate_hz, 2, [Band("lowpass", LOW_HZ), Band("lowpass", LOW_HZ)])
        self._whole_sums, self._low_sums = np.zeros(3), np.zeros(3)
        self._voice, self._rest = _Windows(rate_hz), _Windows(rate_hz)

    def add(self, mix: Samples, voice: Samples | None = None, rest: Samples | None = None) -> None:
        self._meter.add(mix)
        stereo_sums(mix, self._whole_sums)
        stereo_sums(self._low.process(mix), self._low_sums)
        if voice is not None and rest is not None:
            self._voice.add(voice)
            self._rest.add(rest)

    def result(self) -> Heard:
        """What was heard so far."""
        left, right, product = (float(value) for value in self._whole_sums)
        low_left, low_right, low_product = (float(value) for value in self._low_sums)
        both, low = left + right, math.sqrt(low_left * low_right)
        heard = Heard(
            loudness=self._meter.result(),
            mono_loss_lu=-10 * math.log10(max((both + 2 * product) / (2 * both), 1e-12)) if both else None,
            low_correlation=low_product / low if low > 1e-9 else None,
        )
        return _with_voice(heard, self._voice.powers(), self._rest.powers())


def _with_voice(heard: Heard, voice: Floats, rest: Floats) -> Heard:
    """The voice against the rest, from their powers in the middle range."""
    sounding = voice > LEAST_POWER
    if not sounding.any():
        return heard
    sung = voice > float(voice[sounding].mean()) * 10 ** (-SINGS_WITHIN_DB / 10)
    if rest[sung].mean() <= LEAST_POWER:
        return heard
    over_db = 10 * np.log10(np.maximum(voice, 1e-12) / np.maximum(rest, 1e-12))
    buried = sung & (over_db < BURIED_DB)
    return msgspec.structs.replace(
        heard,
        voice_over_band_lu=10 * math.log10(float(voice[sung].mean()) / float(rest[sung].mean())),
        buried=float(buried.sum() / sung.sum()),
        buried_span_s=_longest_span_s(buried),
    )


def _longest_span_s(windows: npt.NDArray[np.bool_]) -> tuple[float, float] | None:
    edges = np.flatnonzero(np.diff(np.concatenate([[False], windows, [False]]).astype(np.int8)))
    spans = edges.reshape(-1, 2)
    if not len(spans):
        return None
    begin, end = spans[int(np.argmax(spans[:, 1] - spans[:, 0]))]
    return float(begin) * WINDOW_S, float(end) * WINDOW_S


class _Windows:
    """Power of the middle range in windows of 0.4 s."""

    def __init__(self, rate_hz: int) -> None:
        self._filter = Equalizer(rate_hz, 2, [Band("highpass", MID_HZ[0]), Band("lowpass", MID_HZ[1])])
        self._frames = round(WINDOW_S * rate_hz)
        self._powers: list[float] = []
        self._sum, self._held = 0.0, 0

    def add(self, block: Samples) -> None:
        squares = np.square(self._filter.process(block)).sum(axis=0, dtype=np.float64)
        at = 0
        while at < len(squares):
            taken = min(self._frames - self._held, len(squares) - at)
            self._sum += float(squares[at : at + taken].sum())
            self._held, at = self._held + taken, at + taken
            if self._held == self._frames:
                self._powers.append(self._sum / self._frames)
                self._sum, self._held = 0.0, 0

    def powers(self) -> Floats:
        return np.array(self._powers)
