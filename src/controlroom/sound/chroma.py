"""Pitch classes over time: how much of each of the twelve notes sounds, in the treble and in the bass, and the tuning.

Spectral peaks that stand out of their octave are gathered every 0.1 s in steps of 20 cents (what is broad, a drum or
breath, has none). Their common offset from the semitones is the tuning. Folded to semitones, smoothed by a median over
time, they are explained by notes with decaying overtones through non-negative least squares, so that the fifth and the
third among a note's overtones do not count as notes (M. Mauch and S. Dixon, "Approximate note transcription for the
improved identification of difficult chords", ISMIR 2010).
"""

from __future__ import annotations

from typing import TypeAlias

import msgspec
import numpy as np
import numpy.typing as npt
import scipy
import scipy.fft

from controlroom.base.progress import SILENT, Progress
from controlroom.sound.kernels import kernel
from controlroom.sound.signal import Samples, Signal, blocks
from controlroom.sound.thinning import Thinner

Floats: TypeAlias = npt.NDArray[np.float64]
Bytes: TypeAlias = npt.NDArray[np.uint8]

CONCERT_A_HZ = 440.0
ANALYSED_HZ = 11025
HOP_S = 0.1
FRAME_S = 0.37
BATCH = 64
LOWEST_MIDI, SEMITONES = 24, 76  # C1 (33 Hz) to D#7
STEPS = 5  # per semitone, of 20 cents
LEVELS = 4  # stored steps per unit of prominence
LEAST_AMPLITUDE = 10 ** (-75 / 20)  # of the loudest partial; less is a pause
HEARD = 10 ** (-38 / 20)  # moments further below the loud ones are tails, hum and noise
RANGE = 10 ** (-50 / 20)  # partials further below the loudest of their frame are not heard
PROMINENCE = 2.0  # how far a peak stands above the mean of its octave
TUNING_FROM_HZ, TUNING_TO_HZ = 80.0, 1500.0
TUNING_SPREAD_CENTS = 5.0
SURE_TUNING_CENTS = 1.5  # the error at which the tuning is as likely wrong as right
MEDIAN_FRAMES = 3
OVERTONES, DECAY = 12, 0.6
ROUNDS = 25  # of the multiplicative updates
PORTION = 4096  # frames folded at a time


class Chroma(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    """`treble` and `bass` (frames, 12): how far each pitch class from C on stands out (0: not at all; a clear note
    about 1), frame i centred on i * `hop_s`. `tuning_hz` is the pitch of A4, 427.5 to 452.9 Hz: a recording tuned by
    more than half a semitone is heard as the next key up or down. None without pitched sound."""

    hop_s: float
    tuning_hz: float | None
    tuning_confidence: float
    treble: Samples
    bass: Samples


class ChromaAccumulator:
    """Takes blocks (channels, frames) of any size, gives their Chroma."""

    def __init__(self, rate_hz: int, channels: int) -> None:
        step = max(round(rate_hz / ANALYSED_HZ), 1)
        self._rate_hz = rate_hz / step
        self._thinner = Thinner(step, band=0.7, reach=4)
        self._size = 1 << round(np.log2(FRAME_S * self._rate_hz))
        self._hop = round(HOP_S * self._rate_hz)
        self._low = np.zeros(self._size // 2, np.float32)  # frame i is centred on i * hop
        window = np.hanning(self._size + 1)[1:]
        self._window = (2 * window / window.sum()).astype(np.float32)
        self._frames = 0
        self._channels = channels
        self._peaks: list[Bytes] = []
        self._cents: list[Floats] = []
        self._levels: list[Samples] = []

    def add(self, block: Samples) -> None:
        mono = block[0] if self._channels == 1 else block.mean(axis=0, dtype=np.float32)
        new = self._thinner.thinned(mono)
        self._frames += len(new)
        self._low = np.concatenate([self._low, new])
        span = self._size + (BATCH - 1) * self._hop
        while len(self._low) >= span:
            self._look()

    def _look(self) -> None:
        frames = np.lib.stride_tricks.sliding_window_view(self._low, self._size)[:: self._hop][:BATCH]
        bins = np.abs(scipy.fft.rfft(frames * self._window, axis=1))
        peaks, cents = _gathered(bins, self._rate_hz / self._size)
        self._peaks.append(peaks)
        self._cents.append(cents)
        self._levels.append(bins.max(axis=1))
        self._low = self._low[BATCH * self._hop :]

    def result(self) -> Chroma:
        """The chroma of all that was added; ask once."""
        count = -(-self._frames // self._hop)
        while len(self._peaks) * BATCH < count:
            self._low = np.concatenate([self._low, np.zeros(self._size + BATCH * self._hop, np.float32)])
            self._look()
        hop_s = self._hop / self._rate_hz
        peaks = np.concatenate(self._peaks)[:count] if count else np.zeros((0, SEMITONES * STEPS), np.uint8)
        self._peaks.clear()
        if count:
            levels = np.concatenate(self._levels)[:count]
            peaks[levels < HEARD * np.percentile(levels, 95)] = 0
        cents, confidence = _tuning(np.array(self._cents).reshape(-1, 100))
        treble, bass = _classes(peaks, cents)
        return Chroma(
            hop_s=hop_s,
            tuning_hz=CONCERT_A_HZ * 2 ** (cents / 1200) if confidence else None,
            tuning_confidence=confidence,
            treble=treble,
            bass=bass,
        )


def chroma_of(signal: Signal, progress: Progress = SILENT) -> Chroma:
    """The chroma of a signal, folded to mono."""
    accumulator, done = ChromaAccumulator(signal.rate_hz, signal.channels), 0
    for block in blocks(signal):
        accumulator.add(block)
        done += block.shape[1]
        progress(done, signal.frames, "harmony")
    return accumulator.result()


@kernel
def _gathered(bins: Samples, width_hz: float) -> tuple[Bytes, Floats]:
    """The spectral peaks of each frame (frames, steps of 20 cents) and how they lie about A440's semitones (100,).

    A peak counts by its height over the mean of the octave around it, so that a dark and a bright sound count alike.
    """
    out = np.zeros((bins.shape[0], SEMITONES * STEPS), np.uint8)
    cents = np.zeros(100)
    lowest_hz = 440.0 * 2 ** ((LOWEST_MIDI - 0.5 - 69) / 12)
    first = max(int(lowest_hz / width_hz), 2)
    last = min(int(lowest_hz * 2 ** (SEMITONES / 12) / width_hz), bins.shape[1] - 2)
    sums = np.zeros(bins.shape[1] + 1)
    for frame in range(bins.shape[0]):
        row = bins[frame]
        loudest = 0.0
        for k in range(bins.shape[1]):
            sums[k + 1] = sums[k] + row[k]
        for k in range(first, last):
            loudest = max(loudest, row[k])
        if loudest < LEAST_AMPLITUDE:
            continue
        for k in range(first, last):
            here, left, right = row[k], row[k - 1], row[k + 1]
            if here <= left or here < right or here < RANGE * loudest or left <= 0 or right <= 0:
                continue
            low, high = min(int(k / 1.4142), k - 8), min(max(int(k * 1.4142), k + 8), bins.shape[1] - 1)
            low = max(low, 1)
            stands_out = here * (high - low + 1) / (sums[high + 1] - sums[low])
            if stands_out < PROMINENCE:
                continue
            bend = np.log(left) - 2 * np.log(here) + np.log(right)
            hz = (k + (0.5 * (np.log(left) - np.log(right)) / bend if bend < 0 else 0.0)) * width_hz
            midi = 69 + 12 * np.log2(hz / 440.0)
            step = int(np.floor((midi - LOWEST_MIDI + 0.5) * STEPS))
            if step < 0 or step >= SEMITONES * STEPS:
                continue
            out[frame, step] = max(out[frame, step], np.uint8(min(LEVELS * stands_out, 255.0)))
            if TUNING_FROM_HZ < hz < TUNING_TO_HZ:
                cents[int(np.floor(100 * midi + 0.5)) % 100] += np.sqrt(stands_out)
    return out, cents


def _tuning(cents: Floats) -> tuple[float, float]:
    """How far the semitones lie above A440's in cents (-50 to 50), and how sure that is (0: nothing pitched), from
    histograms (portions, 100) of peaks in cents modulo 100.

    The mode, not the mean: overtones lie beside the semitones on one side (the fifth partial 14 cents below).
    """
    whole = cents.sum(axis=0)
    if whole.sum() < 50:
        return 0.0, 0.0
    smooth = scipy.ndimage.gaussian_filter1d(whole, TUNING_SPREAD_CENTS, mode="wrap")
    best = int(np.argmax(smooth))
    at = np.arange(-10, 11)
    near = (best + at) % 100
    excess = np.maximum(smooth[near] - smooth.mean(), 0)
    if excess.sum() <= 0:
        return 0.0, 0.0
    offset = best + float((at * excess).sum() / excess.sum())
    contrast = float(smooth[best] / smooth.mean() - 1)  # 0 for noise, 1 and more for fixed pitches
    count = whole.sum() / 100
    error_cents = 10 / np.sqrt(max(count, 1e-9)) / max(contrast, 1e-9)
    confidence = 1 / (1 + (error_cents / SURE_TUNING_CENTS) ** 2) * min(contrast / 0.5, 1.0)
    return (offset + 50) % 100 - 50, round(float(confidence), 2)


def _classes(peaks: Bytes, cents: float) -> tuple[Samples, Samples]:
    """Treble and bass (frames, 12) of peaks, given the tuning."""
    fold, notes = _folding(cents), _overtones()
    registers = _registers()
    out = np.zeros((len(peaks), 24), np.float32)
    for start in range(0, len(peaks), PORTION):
        first, last = max(start - MEDIAN_FRAMES, 0), min(start + PORTION + MEDIAN_FRAMES, len(peaks))
        semitones = np.log1p(peaks[first:last].astype(np.float32) / LEVELS) @ fold
        steady = scipy.ndimage.median_filter(semitones, (MEDIAN_FRAMES, 1), mode="nearest")
        played = _explained(steady, notes)
        out[start : min(start + PORTION, len(peaks))] = (played @ registers)[start - first :][:PORTION]
    return out[:, :12].copy(), out[:, 12:].copy()


def _folding(cents: float) -> Samples:
    """Weights (steps, semitones) that fold steps of 20 cents to the semitones of a tuning."""
    middles = (np.arange(SEMITONES * STEPS) + 0.5) / STEPS - 0.5 - cents / 100
    distance = np.abs(middles[:, None] - np.arange(SEMITONES))
    return np.where(distance < 0.5, np.cos(np.pi * distance) ** 2, 0.0).astype(np.float32)


def _overtones() -> Samples:
    """What each note (rows) sounds in each semitone (columns): partials that decay by `DECAY` each."""
    out = np.zeros((SEMITONES, SEMITONES), np.float32)
    for partial in range(1, OVERTONES + 1):
        up = round(12 * np.log2(partial))
        for note in range(SEMITONES - up):
            out[note, note + up] += DECAY ** (partial - 1)
    return out


def _explained(semitones: Samples, notes: Samples) -> Samples:
    """The notes (frames, semitones) whose overtones add up best to what sounds: multiplicative updates for the
    Euclidean distance (D. Lee and S. Seung, 2001)."""
    wanted, overlap = semitones @ notes.T, notes @ notes.T
    played = semitones.copy()
    for _ in range(ROUNDS):
        played *= wanted / (played @ overlap + np.float32(1e-6))
    return played


def _registers() -> Samples:
    """Weights (semitones, 24) that fold notes to the treble's and the bass's pitch classes, crossing over between
    A2 and A3."""
    midi = LOWEST_MIDI + np.arange(SEMITONES)
    bass = np.clip((57 - midi) / 12, 0, 1)
    treble = np.clip((midi - 43) / 12, 0, 1) * np.clip((100 - midi) / 12, 0, 1)
    out = np.zeros((SEMITONES, 24), np.float32)
    out[np.arange(SEMITONES), midi % 12] = treble
    out[np.arange(SEMITONES), 12 + midi % 12] = bass
    return out
