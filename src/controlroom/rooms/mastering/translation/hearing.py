"""What the ear gets: power in bands of half a Bark to one Bark, frame by frame, and the loudness that it makes.

Frames are those of `sound.spectrum` (178 ms, half overlapping). The loudness of a band is Zwicker's specific loudness
above the threshold in quiet (E. Zwicker and H. Fastl, "Psychoacoustics", 3rd ed., eq. 8.7), with the threshold of
E. Terhardt, "Calculating virtual pitch", Hearing Research 1, 1979. Masking between bands is left out.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeAlias

import msgspec
import numpy as np
import numpy.typing as npt
import scipy.fft

from controlroom.base.progress import SILENT, Progress
from controlroom.rooms.mastering.measure import K_WEIGHTING
from controlroom.sound.filters import response_db
from controlroom.sound.signal import Samples, Signal
from controlroom.sound.spectrum import fft_frames_at

Floats: TypeAlias = npt.NDArray[np.float64]

BATCH = 16
_EDGES = (
    *(20, 50, 100, 150, 200, 300, 400, 510, 630, 770, 920, 1080, 1270, 1480, 1720, 2000, 2320, 2700, 3150, 3700),
    *(4400, 5300, 6400, 7700, 9500, 12000, 15500),
)
BANDS_HZ: Floats = np.array(_EDGES, float)
CENTRES_HZ: Floats = np.sqrt(BANDS_HZ[1:] * BANDS_HZ[:-1])
WIDTHS_HZ: Floats = np.diff(BANDS_HZ)
LOW_END_BANDS = 3  # 20 to 150 Hz
EXPONENT = 0.23
FAINTEST = 1e-20
GATE_LU = 20.0  # frames further below the mean are pauses
MASKED_DB, CLEAR_DB = -4.0, 6.0  # over the noise in its band: not heard any more; heard in full


def bark(freqs_hz: npt.ArrayLike) -> Floats:
    """Critical-band rate (H. Traunmüller, JASA 88, 1990, eq. 6)."""
    freqs = np.asarray(freqs_hz, float)
    result: Floats = 26.81 * freqs / (1960 + freqs) - 0.53
    return result


WIDTHS_BARK: Floats = np.diff(bark(BANDS_HZ))


def threshold_db(freqs_hz: npt.ArrayLike) -> Floats:
    """The threshold in quiet, dB SPL (Terhardt 1979), no higher than 75."""
    khz = np.asarray(freqs_hz, float) / 1000
    result: Floats = np.minimum(3.64 * khz**-0.8 - 6.5 * np.exp(-0.6 * (khz - 3.3) ** 2) + 1e-3 * khz**4, 75.0)
    return result


class Sound(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    """What is kept of a signal: mean power of its channels (frames, bands), full scale 1.

    `cross`: the same of left times right (None unless stereo); `frame_s`: how far the frames lie apart.
    """

    power: Samples
    cross: Samples | None
    frame_s: float


def spectra(signal: Signal, progress: Progress = SILENT) -> Iterator[npt.NDArray[np.complex64]]:
    """Hann-windowed transforms in batches, shape (channels, frames, bins), scaled so that squares add up to mean power.

    The signal is read forwards once; its end is filled up with silence.
    """
    size = fft_frames_at(signal.rate_hz)
    hop = size // 2
    window = np.hanning(size + 1)[:-1].astype(np.float32)
    window *= np.float32(np.sqrt(2.0 / (size * float(window.astype(float) @ window))))
    held = np.zeros((signal.channels, 0), np.float32)
    for at in range(0, signal.frames, hop * BATCH):
        joined = np.concatenate([held, signal.read(at, hop * BATCH)], axis=1)
        if at + hop * BATCH >= signal.frames:
            short = -(max(joined.shape[1] - size, 0)) % hop + max(size - joined.shape[1], 0)
            joined = np.pad(joined, ((0, 0), (0, short)))
        if joined.shape[1] >= size:
            frames = np.lib.stride_tricks.sliding_window_view(joined, size, axis=1)[:, ::hop]
            held = joined[:, frames.shape[1] * hop :]
            yield scipy.fft.rfft(frames * window, axis=2)
        else:
            held = joined
        progress(min(at + hop * BATCH, signal.frames), signal.frames)


class SoundAccumulator:
    """Takes batches of `spectra`, gives their Sound."""

    def __init__(self, rate_hz: int, channels: int) -> None:
        self.rate_hz, self._stereo = rate_hz, channels == 2
        self._size = fft_frames_at(rate_hz)
        self._edges = np.clip(np.round(BANDS_HZ * self._size / rate_hz).astype(int), 0, self._size // 2)
        self._power: list[Samples] = []
        self._cross: list[Samples] = []

    def add(self, bins: npt.NDArray[np.complex64]) -> None:
        self._power.append(self._banded((bins.real**2 + bins.imag**2).mean(axis=0)))
        if self._stereo:
            self._cross.append(self._banded(bins[0].real * bins[1].real + bins[0].imag * bins[1].imag))

    def _banded(self, values: Samples) -> Samples:
        summed = np.concatenate([np.zeros((len(values), 1)), np.cumsum(values, axis=1, dtype=np.float64)], axis=1)
        return np.diff(summed[:, self._edges], axis=1).astype(np.float32)

    def result(self) -> Sound:
        return Sound(
            power=np.concatenate(self._power),
            cross=np.concatenate(self._cross) if self._stereo else None,
            frame_s=self._size / 2 / self.rate_hz,
        )


MIDDLE_HZ = (200.0, 5300.0)
MIDDLE_DB = -20.0  # a middle further below the whole is none


def level_db(power: Samples | Floats) -> float:
    """The K-weighted level by which people set the volume: that of 200 Hz to 5.3 kHz, where there is anything."""
    mean = power.mean(axis=0)
    middle = (BANDS_HZ[:-1] >= MIDDLE_HZ[0]) & (BANDS_HZ[1:] <= MIDDLE_HZ[1])
    whole = float(weighted_power(mean))
    there = float(weighted_power(mean * middle))
    return float(10 * np.log10(max(there if there > whole * 10 ** (MIDDLE_DB / 10) else whole, 1e-30)))


def weighted_power(power: Samples | Floats) -> Floats:
    """K-weighted power of each frame (of one, where there is only one)."""
    weights = 10 ** (response_db(K_WEIGHTING, 48000, CENTRES_HZ) / 10)
    result: Floats = power @ weights
    return result


def sounding(power: Samples) -> npt.NDArray[np.bool_]:
    """Which frames are music and not a pause: above -70 dB, and no more than 20 LU under the mean of those."""
    weighed = weighted_power(power)
    there = weighed > 1e-7
    if not there.any():
        return there
    result: npt.NDArray[np.bool_] = there & (weighed > weighed[there].mean() * 10 ** (-GATE_LU / 10))
    return result


def loudness(power: Samples, gain_db: float) -> Samples:
    """Loudness in each band (the unit cancels out): `gain_db` takes the power to dB SPL."""
    quiet = (10 ** (threshold_db(CENTRES_HZ) / 10)).astype(np.float32)
    rise = np.float32(0.5) + power * (np.float32(0.5 * 10 ** (gain_db / 10)) / quiet)
    result: Samples = np.maximum(rise ** np.float32(EXPONENT) - 1, 0.0)
    result *= (quiet**EXPONENT * WIDTHS_BARK).astype(np.float32)
    return result


def heard_over(power: Samples, noise: Samples) -> Samples:
    """How much of a sound is heard through noise in the same band: 0 at -4 dB, 1 from 6 dB on."""
    ratio = np.maximum(power, np.float32(FAINTEST)) / np.maximum(noise, np.float32(FAINTEST))
    ratio_db: Samples = np.float32(10.0) * np.log10(ratio)
    result: Samples = np.clip((ratio_db - MASKED_DB) / (CLEAR_DB - MASKED_DB), 0.0, 1.0).astype(np.float32)
    return result
