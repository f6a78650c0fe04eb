"""The fundamental frequency of one voice or instrument.

P. Boersma, "Accurate short-term analysis of the fundamental frequency and the harmonics-to-noise ratio of a sampled
sound", IFA Proceedings 17, 1993: the autocorrelation of a windowed frame, divided by that of the window, has its
highest peak at the period; peaks are interpolated with a windowed sine; the best path through the candidates of all
frames, by what octave jumps and changes of voicing cost, is the pitch.
"""

from __future__ import annotations

from typing import TypeAlias

import msgspec
import numpy as np
import numpy.typing as npt
import scipy.fft

from controlroom.base.progress import SILENT, Progress
from controlroom.sound.kernels import kernel, reordering_kernel
from controlroom.sound.signal import Samples, Signal, blocks
from controlroom.sound.thinning import Thinner

Floats: TypeAlias = npt.NDArray[np.float64]

HOP_S = 0.005
PERIODS = 3  # of the lowest frequency in a frame
CANDIDATES = 12
SINC_DEPTH = 30
PHASES = 128  # of a sample, at which the sine is tabled
BATCH = 64
STRETCH = 2048  # batches (11 minutes) through which one path is sought: memory stays bounded for hours of sound
ANALYSED_HZ = 16000  # higher rates are brought down to this or a little more: harmonics above 8 kHz are mostly noise
SILENCE_THRESHOLD = 0.05
VOICING_THRESHOLD = 0.5
OCTAVE_COST = 0.03
MIDDLE_HZ = 250.0  # where octaves cost nothing: what lies lower is a little less likely, what lies higher a little more
OCTAVE_JUMP_COST = 0.35
VOICING_COST = 0.14
COSTS_PER_S = 0.01  # the costs above are for steps of 10 ms


class PitchTrack(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    """(frames,) arrays, every `hop_s` from 0 on: `f0_hz` is 0 where nothing is voiced, `strength` (0 to 1) the
    normalised autocorrelation at the period."""

    hop_s: float
    f0_hz: Floats
    strength: Floats

    @property
    def times_s(self) -> Floats:
        return np.arange(len(self.f0_hz), dtype=np.float64) * self.hop_s


class _Frames:
    """Candidates of each frame, from mono samples that come in pieces."""

    def __init__(self, rate_hz: float, lowest_hz: float, highest_hz: float) -> None:
        self.hop = max(round(HOP_S * rate_hz), 1)
        self.rate_hz = rate_hz
        self.size = max(round(PERIODS * rate_hz / lowest_hz), 16)
        self.longest = min(int(rate_hz / lowest_hz) + 2, self.size - 2)
        self.shortest = max(int(rate_hz / highest_hz), 2)
        self.fft = scipy.fft.next_fast_len(self.size + self.longest + SINC_DEPTH + 1, real=True)
        self.window = np.hanning(self.size + 2)[1:-1].astype(np.float32)
        correlation = np.fft.irfft(np.abs(np.fft.rfft(self.window.astype(float), self.fft)) ** 2, self.fft)
        self.lags = min(self.longest + SINC_DEPTH + 1, self.size - 1)
        self.fair = np.maximum(correlation[: self.lags] / correlation[0], 1e-3)
        self.waiting = np.zeros(self.size // 2, np.float32)  # frame i is centred on i * hop
        self.found: list[tuple[Floats, Samples, Samples]] = []  # peaks, lags, heights

    def add(self, mono: Samples, last: bool = False) -> None:
        self.waiting = np.concatenate([self.waiting, mono, np.zeros(self.size // 2 if last else 0, np.float32)])
        while len(self.waiting) >= self.size:
            count = min((len(self.waiting) - self.size) // self.hop + 1, BATCH)
            if count < BATCH and not last:
                return
            self._look(count)
            self.waiting = self.waiting[count * self.hop :]

    def _look(self, count: int) -> None:
        frames = np.lib.stride_tricks.sliding_window_view(self.waiting, self.size)[:: self.hop][:count]
        centred = frames - (frames @ (self.window / self.window.sum()))[:, None]
        middle = slice(self.size // 2 - self.longest // 2, self.size // 2 + self.longest // 2 + 1)
        peaks = np.abs(centred[:, middle]).max(axis=1).astype(float)
        bins = scipy.fft.rfft(centred * self.window, self.fft, axis=1)
        power = bins.real**2 + bins.imag**2
        correlation = scipy.fft.irfft(power, self.fft, axis=1)[:, : self.lags].astype(float)
        lags, heights = (np.zeros((count, CANDIDATES), np.float32) for _ in range(2))
        _candidates(correlation, self.fair, self.shortest, self.longest, SINC_TABLE, lags, heights)
        self.found.append((peaks, lags, heights))


def track_pitch(
    signal: Signal, lowest_hz: float = 60.0, highest_hz: float = 1100.0, progress: Progress = SILENT
) -> PitchTrack:
    """The pitch of a signal, folded to mono, one frame each 5 ms; frequencies outside the range are not found."""
    step = max(signal.rate_hz // ANALYSED_HZ, 1)
    frames = _Frames(signal.rate_hz / step, lowest_hz, highest_hz)
    thinner, done = Thinner(step, band=0.9, reach=12), 0
    for block in blocks(signal):
        frames.add(thinner.thinned(block.mean(axis=0, dtype=np.float32)))
        done += block.shape[1]
        progress(done, signal.frames, "pitch")
    frames.add(np.zeros(0, np.float32), last=True)
    hop_s = frames.hop / frames.rate_hz
    if not frames.found:
        return PitchTrack(hop_s=hop_s, f0_hz=np.zeros(0), strength=np.zeros(0))
    loudest = float(np.percentile(np.concatenate([peaks for peaks, _, _ in frames.found]), 99.5))
    stretches = [frames.found[at : at + STRETCH] for at in range(0, len(frames.found), STRETCH)]
    paths = [_path(stretch, loudest, frames.rate_hz, COSTS_PER_S / hop_s) for stretch in stretches]
    f0_hz, strength = (np.concatenate(parts) for parts in zip(*paths, strict=True))
    return PitchTrack(hop_s=hop_s, f0_hz=f0_hz, strength=strength)


def _path(
    found: list[tuple[Floats, Samples, Samples]], loudest: float, rate_hz: float, per_step: float
) -> tuple[Floats, Floats]:
    """(frames,) frequency and strength along the best path through the candidates."""
    peaks = np.concatenate([part for part, _, _ in found])
    lags = np.concatenate([part for _, part, _ in found]).astype(np.float64)
    heights = np.concatenate([part for _, _, part in found]).astype(np.float64)
    frequencies = np.where(lags > 0, rate_hz / np.maximum(lags, 1), 0.0)
    merit = np.where(lags > 0, heights + OCTAVE_COST * np.log2(np.maximum(frequencies, 1) / MIDDLE_HZ), -np.inf)
    chosen = _best_path(frequencies, merit, _unvoiced_strength(peaks, loudest), per_step)
    rows, voiced = np.arange(len(chosen)), chosen >= 0
    f0_hz = np.where(voiced, frequencies[rows, np.maximum(chosen, 0)], 0.0)
    strength = np.where(voiced, heights[rows, np.maximum(chosen, 0)], 0.0)
    return f0_hz, np.clip(strength, 0.0, 1.0)


def _unvoiced_strength(peaks: Floats, loudest: float) -> Floats:
    """Boersma 1993, eq. 23: how well each frame does as one without pitch."""
    relative = peaks / loudest if loudest > 1e-9 else np.zeros_like(peaks)
    return VOICING_THRESHOLD + np.maximum(0.0, 2 - relative * (1 + VOICING_THRESHOLD) / SILENCE_THRESHOLD)


def _sinc_table() -> Floats:
    """Weights (phases, 2 * depth) of the samples around a place that lies `phase` / PHASES after the middle one."""
    away = np.arange(PHASES)[:, None] / PHASES - np.arange(-SINC_DEPTH + 1, SINC_DEPTH + 1)
    table: Floats = np.sinc(away) * (0.5 + 0.5 * np.cos(np.pi * away / (SINC_DEPTH + 1)))
    return table


SINC_TABLE = _sinc_table()


@reordering_kernel
def _between(row: Floats, table: Floats, at: int) -> float:
    """`row`, which is symmetrical about 0 and offset by the depth, at `at` / PHASES."""
    weights, first = table[at % PHASES], at // PHASES + 1
    total = 0.0
    for k in range(weights.shape[0]):
        total += weights[k] * row[first + k]
    return total


@reordering_kernel
def _candidates(
    correlation: Floats,
    fair: Floats,
    shortest: int,
    longest: int,
    table: Floats,
    lags: Samples,
    heights: Samples,
) -> None:
    """The best peaks of each frame's autocorrelation: their lags (0: none) and heights, interpolated by the table."""
    count = correlation.shape[1]
    row = np.zeros(count + 2 * SINC_DEPTH)
    middle = row[SINC_DEPTH:]
    for frame in range(correlation.shape[0]):
        if correlation[frame, 0] <= 1e-10:
            continue
        for i in range(count):
            middle[i] = correlation[frame, i] / correlation[frame, 0] / fair[i]
        for i in range(1, min(SINC_DEPTH, count - 1) + 1):
            row[SINC_DEPTH - i] = middle[i]
        for i in range(shortest, min(longest, count - 2) + 1):
            if not (middle[i] > 0.5 * VOICING_THRESHOLD and middle[i] > middle[i - 1] and middle[i] >= middle[i + 1]):
                continue
            bend = middle[i - 1] - 2 * middle[i] + middle[i + 1]
            at = round((i + 0.5 * (middle[i - 1] - middle[i + 1]) / bend) * PHASES)
            stride = min(max(i * PHASES // 160, PHASES // 16), PHASES)  # long periods have broad, flat peaks
            for _ in range(3):
                left, right = _between(row, table, at - stride), _between(row, table, at + stride)
                top = _between(row, table, at)
                bend = left - 2 * top + right
                shift = 0.5 * (left - right) / bend * stride if bend < 0 else 0.0
                shift = min(max(shift, -stride), stride)
                if abs(shift) < stride:
                    break
                at += round(shift)
                shift = 0.0
            height = top - 0.25 * (left - right) * shift / stride
            height = 1 / height if height > 1 else height
            worst = 0
            for k in range(CANDIDATES):
                if heights[frame, k] < heights[frame, worst]:
                    worst = k
            if height > heights[frame, worst]:
                heights[frame, worst], lags[frame, worst] = height, (at + shift) / PHASES


@kernel
def _best_path(frequencies: Floats, merit: Floats, unvoiced: Floats, per_step: float) -> npt.NDArray[np.int64]:
    """The candidate of each frame (-1: unvoiced) on the path of greatest merit less costs (Viterbi)."""
    frames, count = merit.shape
    score, fresh = np.empty(count + 1), np.empty(count + 1)
    came = np.zeros((frames, count + 1), np.int16)
    jump, turn = OCTAVE_JUMP_COST * per_step, VOICING_COST * per_step
    pitches = np.log2(np.maximum(frequencies, 1.0))
    for k in range(count):
        score[k] = merit[0, k]
    score[count] = unvoiced[0]
    for frame in range(1, frames):
        for k in range(count + 1):
            here = unvoiced[frame] if k == count else merit[frame, k]
            best, source = -np.inf, count
            if here > -np.inf:
                for j in range(count + 1):
                    if k == count or j == count:
                        cost = 0.0 if k == j else turn
                    else:
                        cost = jump * abs(pitches[frame, k] - pitches[frame - 1, j])
                    if score[j] - cost > best:
                        best, source = score[j] - cost, j
            fresh[k], came[frame, k] = best + here, source
        score[:] = fresh
    chosen = np.empty(frames, np.int64)
    at = int(np.argmax(score))
    for frame in range(frames - 1, -1, -1):
        chosen[frame] = at if at < count else -1
        at = came[frame, at]
    return chosen
