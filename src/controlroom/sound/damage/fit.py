"""The one linear system that comes nearest to what was made of a source: every EQ, gain, width and panning in it.

Least squares over the whole recording: the taps h that make sum |made - h * source|^2 smallest solve the normal
equations R h = c, R the correlation of the source's channels among themselves, c that of the source with the made. Both
are found exactly, block by block, by FFT; R is block Toeplitz, and conjugate gradients with a circulant preconditioner
(R. Chan and M. Ng, "Conjugate gradient methods for Toeplitz systems", SIAM Review 38 (3), 1996) solve it quickly,
since both signals are whitened first. Every channel made may come from every channel of the source, so that mid/side
equalisers are fitted out too.

The taps are few for the length of the recording, so that they cannot follow the music's own chance.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeAlias

import msgspec
import numpy as np
import numpy.typing as npt
import scipy.fft
import scipy.linalg

from controlroom.base.progress import Progress
from controlroom.sound.kernels import kernel
from controlroom.sound.signal import Samples, Signal

Floats: TypeAlias = npt.NDArray[np.float64]
Sums: TypeAlias = npt.NDArray[np.complex128]

TAPS_S = 0.34  # 170 ms to either side: a bell of Q 4 at 60 Hz has died away
FEWEST_TAPS = 16
FRAMES_PER_TAP = 48  # at least, of the recording: chance explains less than a twentieth, 0.2 dB
BLOCK_OF_TAPS = 8  # an FFT is that many times as long as the filter
ORDER = 64  # of the predictor that levels the source's spectrum
NOISE_FLOOR = 1e-6  # of the source's power: what is weaker is not lifted, lest noise there decides
RIDGE, CHANNEL_RIDGE = 1e-10, 1e-7  # of the strongest bin; of the bin itself, between channels that are nearly alike
STEPS = 60  # a gain alone leaves -60 dB then
TINY = 1e-30


class Fit(msgspec.Struct, frozen=True, eq=False):
    """`taps` (channels made, channels of the source, L): tap `centre` is no delay, those before it look ahead."""

    taps: Floats

    @property
    def length(self) -> int:
        return int(self.taps.shape[2])

    @property
    def centre(self) -> int:
        return self.length // 2


def segments(signal: Signal, first: int, hop: int, length: int, count: int) -> Iterator[Samples]:
    """`count` pieces of `length` frames, `hop` apart, from frame `first` (silence before 0 and after the end) on.

    The signal is read once, forwards.
    """
    held = np.zeros((signal.channels, length), np.float32)
    fresh = length
    for k in range(count):
        at = first + k * hop + length - fresh
        held[:, : length - fresh] = held[:, fresh:] if k else 0.0
        held[:, length - fresh :] = 0.0
        begin, end = max(at, 0), min(at + fresh, signal.frames)
        if end > begin:
            offset = length - fresh + begin - at
            held[:, offset : offset + end - begin] = signal.read(begin, end - begin)
        fresh = hop
        yield held


def tap_count(frames: int, rate_hz: int) -> int:
    """A power of two: 340 ms, less where the recording is short."""
    most = min(TAPS_S * rate_hz * 1.01, frames / FRAMES_PER_TAP)
    return max(1 << int(np.log2(max(most, 1.0))), FEWEST_TAPS)


def fitted(source: Signal, made: Signal, progress: Progress) -> Fit:
    """The taps that make `made` (as long and at the same rate) from `source`."""
    length = tap_count(source.frames, source.rate_hz)
    auto, cross = _correlations(source, made, length, progress)
    return Fit(_solved(auto, cross))


def _correlations(source: Signal, made: Signal, length: int, progress: Progress) -> tuple[Floats, Floats]:
    """`auto` (i, j, 2 L + 2 P): sum of source j[n] source i[n + lag], lags from -L - P on; `cross` (k, i, L + 2 P): sum
    of source i[n] made k[n + lag], lags from -L / 2 - P on. P is what the whitening will use up.

    In double precision: what single precision rounds off loud bass is more than nearly mono treble has of side.
    """
    reach, size = length + ORDER, max(BLOCK_OF_TAPS * length, 8 * ORDER)
    hop = size - 2 * reach
    count = -(-source.frames // hop)
    auto = np.zeros((source.channels, source.channels, size // 2 + 1), np.complex128)
    cross = np.zeros((made.channels, source.channels, size // 2 + 1), np.complex128)
    pairs = zip(segments(source, -reach, hop, size, count), segments(made, -reach, hop, size, count), strict=True)
    inner = np.zeros((source.channels, size), np.float32)
    for k, (heard, after) in enumerate(pairs):
        inner[:, :hop] = heard[:, reach : reach + hop]
        bins = scipy.fft.rfft(np.concatenate([inner, heard, after], dtype=np.float64))
        _correlate(bins, source.channels, auto, cross)
        progress(k + 1, count, "comparing")
    around = scipy.fft.irfft(auto, size)[:, :, : 2 * reach]  # lag 0 lies at `reach`
    half = length // 2 + ORDER
    across = scipy.fft.irfft(cross, size)[:, :, reach - half : reach + half]
    return around, across


@kernel
def _correlate(bins: Sums, channels: int, auto: Sums, cross: Sums) -> None:
    """Add (source, made) x conj(the source's block)."""
    for j in range(channels):
        for i in range(channels):
            for k in range(bins.shape[1]):
                auto[i, j, k] += bins[channels + i, k] * np.conj(bins[j, k])
        for i in range(cross.shape[0]):
            for k in range(bins.shape[1]):
                cross[i, j, k] += bins[2 * channels + i, k] * np.conj(bins[j, k])


def _whitened(auto: Floats, cross: Floats) -> tuple[Floats, Floats]:
    """The correlations as if both signals had gone through the predictor of the source, which levels its spectrum.

    That changes nothing in what the filter between them is, but all frequencies count, and few steps find it.
    """
    middle = auto.shape[2] // 2
    lags = np.einsum("iit->t", auto[:, :, middle : middle + ORDER + 1])
    if not lags[0] > 0:
        return auto[:, :, ORDER:-ORDER], cross[:, :, ORDER:-ORDER]
    lags[0] *= 1.0 + NOISE_FLOOR
    predictor = np.concatenate([[1.0], scipy.linalg.solve_toeplitz(lags[:-1], -lags[1:])])
    both_ways = np.convolve(predictor, predictor[::-1])
    return tuple(  # type: ignore[return-value]
        np.apply_along_axis(lambda row: np.convolve(row, both_ways, "same")[ORDER:-ORDER], 2, rows)
        for rows in (auto, cross)
    )


def _solved(auto: Floats, cross: Floats) -> Floats:
    """The taps (k, i, L), by preconditioned conjugate gradients, each made channel k for itself."""
    auto, cross = _whitened(auto, cross)
    length = cross.shape[2]
    wrapped = np.roll(np.swapaxes(auto, 0, 1), -length, axis=2)
    wrapped[:, :, length] = 0.0  # the lag +-L is needed by no pair of taps
    spectrum, inverse = scipy.fft.rfft(wrapped), _inverse(wrapped)
    spectrum += (RIDGE * float(np.abs(spectrum).max()) + TINY) * np.eye(len(auto))[:, :, None]

    def applied(matrix: Sums, taps: Floats) -> Floats:
        bins = scipy.fft.rfft(taps, 2 * length)
        through = sum(matrix[:, j] * bins[:, None, j] for j in range(len(matrix)))
        return np.asarray(scipy.fft.irfft(through, 2 * length)[:, :, :length])

    taps = applied(inverse, cross)
    rest = cross - applied(spectrum, taps)
    step = np.zeros_like(taps)
    size = np.ones(len(cross))
    for _ in range(STEPS):
        eased = applied(inverse, rest)
        before, size = size, np.einsum("kit,kit->k", rest, eased)
        step = eased + _ratio(size, before) * step
        along = applied(spectrum, step)
        share = _ratio(size, np.einsum("kit,kit->k", step, along))
        taps += share * step
        rest -= share * along
    return taps


def _ratio(over: Floats, under: Floats) -> Floats:
    """For each made channel; 0 where there is nothing left to divide."""
    result: Floats = np.divide(over, under, out=np.zeros_like(over), where=under > TINY)[:, None, None]
    return result


def _inverse(wrapped: Floats) -> Sums:
    """The inverse of the correlation as a circulant, its lags tapered so that no power is negative."""
    channels, _, around = wrapped.shape
    lags = np.minimum(np.arange(around), around - np.arange(around))
    matrices = np.moveaxis(scipy.fft.rfft(wrapped * (1.0 - lags / (around // 2))), 2, 0)
    matrices = (matrices + np.conj(np.swapaxes(matrices, 1, 2))) / 2
    power = np.maximum(np.einsum("kii->k", matrices).real, 0.0)
    ridge = CHANNEL_RIDGE * power + RIDGE * power.max() + TINY
    return np.moveaxis(np.linalg.inv(matrices + ridge[:, None, None] * np.eye(channels)), 0, 2)
