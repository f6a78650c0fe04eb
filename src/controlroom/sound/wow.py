"""Wow: the slow, regular swing of pitch that a tape or a turntable puts on everything at once.

Spectral peaks are followed from frame to frame below 2.7 kHz; the median of their steps is what all notes share. A
singer's vibrato moves one voice, a slide one string; a machine moves all peaks, at one rate, throughout. So a wow is
claimed only where the spectrum of these steps has one line between 0.35 and 3.5 Hz that stands high above its
surroundings (weighted peak wow as in IEC 60386, but from music instead of a test tone).
"""

from __future__ import annotations

from typing import TypeAlias

import msgspec
import numpy as np
import numpy.typing as npt
import scipy
import scipy.fft

from controlroom.sound.kernels import kernel
from controlroom.sound.signal import Samples
from controlroom.sound.thinning import Thinner

Floats: TypeAlias = npt.NDArray[np.float64]

ANALYSED_HZ, FRAME, HOP = 5512, 1024, 256
BATCH = 64
LOWEST_BIN = 30  # 160 Hz
MOST_PEAKS, LEAST_PEAKS = 64, 3  # of a frame: fewer share no movement
FAINT, PROMINENCE, AROUND = 0.02, 3.0, 3  # of the loudest peak; above the bins so far away
LEAST_AMPLITUDE = 1e-6
NEAR_CENTS, ALIKE = 20.0, 2.0  # the same note in the next frame, and by how much it may swell
SEGMENT, LEAST_KNOWN = 256, 0.5  # frames (12 s); how many of them must be known
LOWEST_HZ, HIGHEST_HZ = 0.35, 3.5
BESIDE = 24  # bins to each side that a line is compared with
LEAST_DB, SURE_DB, LEAST_CENTS = 13.0, 20.0, 4.0  # music alone stays below 12 dB and 3 cents
LEAST_CONFIDENCE = 0.8


class PitchSteps(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    """`cents` (frames,): how far what sounds moves from frame to frame; NaN where too little is pitched."""

    hop_s: float
    cents: npt.NDArray[np.float32]


class Wow(msgspec.Struct, frozen=True, kw_only=True):
    """`cents` to each side, `rate_hz` times a second; None where there is none to be seen."""

    cents: float | None = None
    rate_hz: float | None = None
    confidence: float = 0.0


class WowAccumulator:
    """Takes blocks of any size; keeps 90 bytes a second."""

    def __init__(self, rate_hz: int, channels: int) -> None:
        step = max(round(rate_hz / ANALYSED_HZ), 1)
        self._rate_hz = rate_hz / step
        self._thinner = Thinner(step, band=0.8, reach=6)
        self._window = np.hanning(FRAME + 1)[1:].astype(np.float32)
        self._low = np.zeros(0, np.float32)
        self._before = np.zeros((2, MOST_PEAKS))
        self._steps: list[npt.NDArray[np.float32]] = []

    def add(self, block: Samples) -> None:
        self._low = np.concatenate([self._low, self._thinner.thinned(block.mean(axis=0, dtype=np.float32))])
        while len(self._low) >= FRAME + (BATCH - 1) * HOP:
            self._look(BATCH)
            self._low = self._low[BATCH * HOP :]

    def _look(self, count: int) -> None:
        frames = np.lib.stride_tricks.sliding_window_view(self._low, FRAME)[::HOP][:count]
        bins = np.abs(scipy.fft.rfft(frames * self._window, axis=1))
        steps = np.full(count, np.nan, np.float32)
        _shared_steps(bins, self._before, steps)
        self._steps.append(steps)

    def result(self) -> PitchSteps:
        """All that was added; ask once."""
        left = (len(self._low) - FRAME) // HOP + 1
        if left > 0:
            self._look(left)
        return PitchSteps(hop_s=HOP / self._rate_hz, cents=np.concatenate([np.zeros(0, np.float32), *self._steps]))


@kernel
def _shared_steps(bins: Samples, before: Floats, steps: Samples) -> None:
    """The weighted median of the peaks' steps in each frame; `before` holds the last frame's peaks (cents, height)."""
    place, height = np.zeros(MOST_PEAKS), np.zeros(MOST_PEAKS)
    moved, weight = np.zeros(MOST_PEAKS), np.zeros(MOST_PEAKS)
    for frame in range(bins.shape[0]):
        row, found, matched = bins[frame], 0, 0
        loudest = row[LOWEST_BIN : row.shape[0] - AROUND].max()
        for k in range(LOWEST_BIN, row.shape[0] - AROUND):
            here = row[k]
            if here <= row[k - 1] or here < row[k + 1] or here < max(FAINT * loudest, LEAST_AMPLITUDE):
                continue
            if here > PROMINENCE * max(row[k - AROUND], row[k + AROUND]) and found < MOST_PEAKS:
                left, middle, right = np.log(row[k - 1] + 1e-12), np.log(here), np.log(row[k + 1] + 1e-12)
                offset = 0.5 * (left - right) / (left - 2 * middle + right)
                place[found], height[found] = 1200 * np.log2(k + offset), here
                found += 1
        for i in range(found):
            nearest = 0
            for j in range(MOST_PEAKS):
                if abs(place[i] - before[0, j]) < abs(place[i] - before[0, nearest]):
                    nearest = j
            louder, softer = max(height[i], before[1, nearest]), min(height[i], before[1, nearest])
            if abs(place[i] - before[0, nearest]) < NEAR_CENTS and louder < ALIKE * softer:
                moved[matched], weight[matched] = place[i] - before[0, nearest], np.sqrt(softer)
                matched += 1
        if matched >= LEAST_PEAKS:
            order, total, passed = np.argsort(moved[:matched]), weight[:matched].sum(), 0.0
            for i in order:
                passed += weight[i]
                if passed >= total / 2:
                    steps[frame] = moved[i]
                    break
        before[:, :] = 0.0
        before[0, :found], before[1, :found] = place[:found], height[:found]


def wow_of(steps: PitchSteps) -> Wow:
    """The regular swing that all notes share."""
    known = ~np.isnan(steps.cents)
    moved = np.where(known, steps.cents, 0.0).astype(np.float64)
    window = np.hanning(SEGMENT + 1)[1:]
    spectra, share = [], []
    for start in range(0, len(moved) - SEGMENT + 1, SEGMENT // 2):
        inside = slice(start, start + SEGMENT)
        if known[inside].mean() >= LEAST_KNOWN:
            spectra.append(np.abs(np.fft.rfft(moved[inside] * window, 2 * SEGMENT)) ** 2)
            share.append(known[inside].mean())
    if not spectra:
        return Wow()
    power = np.mean(spectra, axis=0)
    rates_hz = np.arange(len(power)) / (2 * SEGMENT * steps.hop_s)
    around = scipy.ndimage.median_filter(power, 2 * BESIDE + 1, mode="nearest")
    height_db = 10 * np.log10(np.maximum(power, 1e-12) / np.maximum(around, 1e-12))
    swing = (rates_hz >= LOWEST_HZ) & (rates_hz <= HIGHEST_HZ)
    line = int(np.argmax(np.where(swing, height_db, -np.inf)))
    steps_cents = 2 * np.sqrt(power[line]) / window.sum() / float(np.mean(share))
    cents = steps_cents / (2 * np.sin(np.pi * rates_hz[line] * steps.hop_s))
    if height_db[line] < LEAST_DB or cents < LEAST_CENTS:
        return Wow()
    sure = min((height_db[line] - LEAST_DB) / (SURE_DB - LEAST_DB), 1.0)
    confidence = LEAST_CONFIDENCE + (0.97 - LEAST_CONFIDENCE) * sure
    return Wow(
        cents=round(float(cents)), rate_hz=round(float(rates_hz[line]), 2), confidence=round(float(confidence), 2)
    )
