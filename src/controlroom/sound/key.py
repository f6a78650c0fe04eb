"""The key of a piece and its tuning, from the spectral peaks of what sounds.

Peaks between 60 Hz and 2 kHz are gathered in a histogram of pitch classes in steps of 2 cents; its common offset from
the semitones is the tuning; folded to twelve classes, it is compared to key profiles (J. Albrecht and D. Shanahan, "The
use of large corpora to train a new type of key-finding algorithm", Music Perception 31, 2013).
"""

from __future__ import annotations

from typing import TypeAlias

import msgspec
import numpy as np
import numpy.typing as npt
import scipy.fft

from controlroom.base.progress import SILENT, Progress
from controlroom.sound.kernels import kernel
from controlroom.sound.signal import Samples, Signal, blocks
from controlroom.sound.thinning import Thinner

Floats: TypeAlias = npt.NDArray[np.float64]

NOTES = ("C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B")
FLATS = {"C#": "Db", "D#": "Eb", "G#": "Ab", "A#": "Bb"}  # as major keys are spelt
MAJOR = np.array([0.238, 0.006, 0.111, 0.006, 0.137, 0.094, 0.016, 0.214, 0.009, 0.080, 0.008, 0.081])
MINOR = np.array([0.220, 0.006, 0.104, 0.123, 0.019, 0.103, 0.012, 0.214, 0.062, 0.022, 0.061, 0.052])

ANALYSED_HZ = 11025
FRAME_S = 0.37
LOWEST_HZ, HIGHEST_HZ = 60.0, 2000.0
FINE = 50  # steps per semitone
LEAST_POWER = 1e-7  # a frame below -70 dBFS is a pause
AROUND, PROMINENCE = 12, 3.0  # bins to each side, and how far a peak is above their mean
PITCHED_SHARE = 0.15
BATCH = 32
SURE_MARGIN = 0.15
LEAST_S = 5.0


class Key(msgspec.Struct, frozen=True, kw_only=True):
    """`key` ("F# minor"), its confidence 0 to 1, the pitch of A4 (430 to 453 Hz) and the twelve classes from C on
    (summing to 1). Without pitched sound: None, 0, None, zeros."""

    key: str | None
    confidence: float
    tuning_hz: float | None
    classes: tuple[float, ...]


class KeyAccumulator:
    """Takes mono blocks (frames,) of any size."""

    def __init__(self, rate_hz: int) -> None:
        step = max(round(rate_hz / ANALYSED_HZ), 1)
        self._rate_hz = rate_hz / step
        self._thinner = Thinner(step, band=0.8, reach=8)
        self._low = np.zeros(0, np.float32)
        self._size = 1 << round(np.log2(FRAME_S * self._rate_hz))
        self._window = np.hanning(self._size + 1)[1:].astype(np.float32)
        self._histogram = np.zeros(12 * FINE)
        self._heard = self._pitched = 0

    def add(self, mono: npt.NDArray[np.float32]) -> None:
        self._low = np.concatenate([self._low, self._thinner.thinned(mono)])
        hop = self._size // 2
        while len(self._low) >= self._size + (BATCH - 1) * hop:
            self._look(BATCH)
            self._low = self._low[BATCH * hop :]

    def _look(self, count: int) -> None:
        frames = np.lib.stride_tricks.sliding_window_view(self._low, self._size)[:: self._size // 2][:count]
        frames = frames - (frames @ (self._window / self._window.sum()))[:, None]
        loud = np.einsum("fn,fn->f", frames, frames) / self._size > LEAST_POWER
        if loud.any():
            bins = np.abs(scipy.fft.rfft(frames[loud] * self._window, axis=1))
            self._pitched += _gather(bins, self._rate_hz / self._size, self._histogram)
            self._heard += int(loud.sum())

    def result(self) -> Key:
        """The key of all that was added; ask once."""
        left = max((len(self._low) - self._size) // (self._size // 2) + 1, 0)
        if left:
            self._look(left)
        total = float(self._histogram.sum())
        if total <= 0 or self._pitched * self._size / 2 / self._rate_hz < LEAST_S:
            return Key(key=None, confidence=0.0, tuning_hz=None, classes=(0.0,) * 12)
        return _judged(self._histogram / total, self._pitched / self._heard)


def key_of(signal: Signal, progress: Progress = SILENT) -> Key:
    """The key of a signal, folded to mono."""
    accumulator, done = KeyAccumulator(signal.rate_hz), 0
    for block in blocks(signal):
        accumulator.add(block.mean(axis=0, dtype=np.float32))
        done += block.shape[1]
        progress(done, signal.frames, "key")
    return accumulator.result()


@kernel
def _gather(bins: Samples, width_hz: float, histogram: Floats) -> int:
    """Add each frame's spectral peaks to the histogram of pitch classes (from C); the number of pitched frames.

    A peak stands well above what lies around it (drums and breath do not), and counts most near 300 Hz. A frame is
    pitched when its peaks hold a fair part of its power; all pitched frames count alike.
    """
    pitched = 0
    row = np.zeros(histogram.shape[0])
    first, last = max(int(LOWEST_HZ / width_hz), AROUND), min(int(HIGHEST_HZ / width_hz), bins.shape[1] - AROUND - 1)
    for frame in range(bins.shape[0]):
        row[:] = 0.0
        loudest, around, power, peaks = 0.0, 0.0, 0.0, 0.0
        for k in range(first, last):
            loudest = max(loudest, bins[frame, k])
            power += bins[frame, k] ** 2
        for k in range(first - AROUND, first + AROUND):
            around += bins[frame, k]
        for k in range(first, last):
            around += bins[frame, k + AROUND]
            left, here, right = bins[frame, k - 1], bins[frame, k], bins[frame, k + 1]
            stands_out = here > 0.01 * loudest and here * (2 * AROUND + 1) > PROMINENCE * around
            around -= bins[frame, k - AROUND]
            if stands_out and here > left and here >= right and left > 0 and right > 0:
                bend = np.log(left) - 2 * np.log(here) + np.log(right)
                place = k + (0.5 * (np.log(left) - np.log(right)) / bend if bend < 0 else 0.0)
                octaves = np.log2(place * width_hz / 440.0)
                step = int(np.floor((12 * octaves + 9) * FINE + 0.5)) % row.shape[0]
                peaks += here * here + left * left + right * right
                row[step] += here * np.exp(-0.5 * ((octaves + 0.55) / 1.2) ** 2)
        total = row.sum()
        if total > 0 and peaks > PITCHED_SHARE * power:
            pitched += 1
            for i in range(row.shape[0]):
                histogram[i] += row[i] / total
    return pitched


def _judged(histogram: Floats, pitched: float) -> Key:
    """The best key for a histogram that sums to 1, of which `pitched` is the share of frames it comes from."""
    steps: Floats = np.linspace(0.0, 12.0, len(histogram), endpoint=False)
    offset = float(np.angle((histogram * np.exp(2j * np.pi * steps)).sum()) / (2 * np.pi))
    fine = (steps - offset) % 12
    nearest = np.round(fine)
    weights = np.cos(np.pi * (fine - nearest)) ** 2
    classes = np.bincount(nearest.astype(int) % 12, histogram * weights, 12).astype(np.float64)
    classes /= classes.sum()
    fits = np.array([[_fit(classes, profile, tonic) for tonic in range(12)] for profile in (MAJOR, MINOR)])
    mode, tonic = (int(i) for i in np.unravel_index(np.argmax(fits), fits.shape))
    best = float(fits[mode, tonic])
    others = np.delete(fits.ravel(), mode * 12 + tonic)
    confidence = min(max(best, 0.0), 1.0) * min(2 * pitched, 1.0) * min((best - float(others.max())) / SURE_MARGIN, 1.0)
    note = NOTES[tonic]
    name = f"{FLATS.get(note, note)} major" if mode == 0 else f"{note} minor"
    return Key(key=name, confidence=confidence, tuning_hz=440.0 * 2 ** (offset / 12), classes=tuple(classes.tolist()))


def _fit(classes: Floats, profile: Floats, tonic: int) -> float:
    """Correlation of the classes with a key's profile; 0 where the classes are all alike."""
    if classes.std() < 1e-9:
        return 0.0
    return float(np.corrcoef(classes, np.roll(profile, tonic))[0, 1])
