"""What one pass over a signal tells, as one small value that can be kept beside the file's hash.

The arrays are rounded (0.01 dB, 0.1 ms). A fresh hearing speaks through its survey too, so that a kept survey and a
new one lead to the same decisions to the last digit.
"""

from __future__ import annotations

from typing import TypeAlias

import msgspec
import numpy as np
import numpy.typing as npt

from controlroom.sound.levels import Levels
from controlroom.sound.meter import Loudness, LoudnessSeries
from controlroom.sound.moments import Moments
from controlroom.sound.onsets import Onsets
from controlroom.sound.packed import Packed, packed
from controlroom.sound.spectrum import FLOOR_DB, Spectrum
from controlroom.sound.waveform import Waveform

Floats: TypeAlias = npt.NDArray[np.float64]

ENGINE = 5  # changes with anything that changes a figure, so that kept surveys are made anew
DB_STEP, TIME_STEP_S, SHARE_STEP, SAMPLE_STEP = 0.01, 0.0001, 1 / 32000, 1 / 8192


class PackedLoudness(msgspec.Struct, frozen=True):
    hop_s: float
    momentary_lufs: Packed
    short_term_lufs: Packed


class PackedSpectrum(msgspec.Struct, frozen=True):
    fft_frames: int
    counted: int
    levels_db: Packed
    coherence: Packed | None  # the cross power over the geometric mean of both powers


class PackedMoments(msgspec.Struct, frozen=True):
    frames: int
    levels_db: Packed
    mid: Packed
    side: Packed | None


class PackedOnsets(msgspec.Struct, frozen=True):
    hop_s: float
    envelope: Packed
    low_envelope: Packed
    times_s: Packed
    strengths: Packed


class PackedWaveform(msgspec.Struct, frozen=True):
    bin_s: float
    lowest: Packed
    highest: Packed
    rms: Packed


class Survey(msgspec.Struct, frozen=True, kw_only=True):
    """All cheap features of a signal. Keep it under the file's hash and `ENGINE`; JSON by `base.canonical`."""

    engine: int = ENGINE
    rate_hz: int
    channels: int
    frames: int
    loudness: Loudness
    levels: Levels
    packed_loudness: PackedLoudness
    packed_spectrum: PackedSpectrum
    packed_moments: PackedMoments | None
    packed_onsets: PackedOnsets
    packed_waveform: PackedWaveform

    @property
    def loudness_series(self) -> LoudnessSeries:
        kept = self.packed_loudness
        rows = (series.array().astype(np.float32) for series in (kept.momentary_lufs, kept.short_term_lufs))
        return LoudnessSeries(hop_s=kept.hop_s, momentary_lufs=next(rows), short_term_lufs=next(rows))

    @property
    def spectrum(self) -> Spectrum:
        kept = self.packed_spectrum
        levels_db = kept.levels_db.array()
        power = np.where(levels_db > FLOOR_DB, 10 ** (levels_db / 10), 0.0)
        cross = None if kept.coherence is None else kept.coherence.array() * np.sqrt(power[0] * power[1])
        return Spectrum(
            rate_hz=self.rate_hz,
            fft_frames=kept.fft_frames,
            counted=kept.counted,
            channel_power=power,
            cross_power=cross,
        )

    @property
    def moments(self) -> Moments | None:
        kept = self.packed_moments
        if kept is None:
            return None
        side = None if kept.side is None else kept.side.array()
        return Moments(frames=kept.frames, levels_db=kept.levels_db.array(), mid=kept.mid.array(), side=side)

    @property
    def onsets(self) -> Onsets:
        kept = self.packed_onsets
        return Onsets(
            hop_s=kept.hop_s,
            envelope=kept.envelope.array(),
            low_envelope=kept.low_envelope.array(),
            times_s=kept.times_s.array(),
            strengths=kept.strengths.array(),
        )

    @property
    def waveform(self) -> Waveform:
        kept = self.packed_waveform
        return Waveform(
            bin_s=kept.bin_s, lowest=kept.lowest.array(), highest=kept.highest.array(), rms=kept.rms.array()
        )


def pack_loudness(series: LoudnessSeries) -> PackedLoudness:
    rows = (series.momentary_lufs, series.short_term_lufs)
    return PackedLoudness(series.hop_s, *(packed(row, DB_STEP) for row in rows))


def pack_spectrum(spectrum: Spectrum) -> PackedSpectrum:
    power = spectrum.channel_power
    coherence = None
    if spectrum.cross_power is not None:
        coherence = packed(spectrum.cross_power / np.maximum(np.sqrt(power[0] * power[1]), 1e-40), SHARE_STEP)
    levels_db = 10 * np.log10(np.maximum(power, 10 ** (FLOOR_DB / 10)))
    return PackedSpectrum(spectrum.fft_frames, spectrum.counted, packed(levels_db, DB_STEP), coherence)


def pack_moments(moments: Moments | None) -> PackedMoments | None:
    if moments is None:
        return None
    side = None if moments.side is None else packed(moments.side, DB_STEP)
    return PackedMoments(moments.frames, packed(moments.levels_db, DB_STEP), packed(moments.mid, DB_STEP), side)


def pack_onsets(onsets: Onsets) -> PackedOnsets:
    return PackedOnsets(
        onsets.hop_s,
        packed(onsets.envelope, DB_STEP),
        packed(onsets.low_envelope, DB_STEP),
        packed(onsets.times_s, TIME_STEP_S, "<i4"),
        packed(onsets.strengths, DB_STEP),
    )


def pack_waveform(waveform: Waveform) -> PackedWaveform:
    rows = (waveform.lowest, waveform.highest, waveform.rms)
    return PackedWaveform(waveform.bin_s, *(packed(row, SAMPLE_STEP) for row in rows))
