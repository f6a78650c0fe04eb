"""Does the bass still say its note where its fundamental is gone?

The ear hears the pitch of a missing fundamental from two or three of its harmonics (J. F. Schouten, 1940; B. C. J.
Moore, "An Introduction to the Psychology of Hearing", 6th ed., ch. 6). So the lowest note of each frame is looked for
on the full-range sound, and its harmonics on what the system plays. In a mix, chords lie on the harmonics of the bass:
what is said to be carried may be carried by them, so only what nothing carries is ever said.
"""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from controlroom.sound.signal import Samples
from controlroom.sound.spectrum import fft_frames_at

Bins: TypeAlias = npt.NDArray[np.complex64]

LOWEST_HZ, HIGHEST_HZ = 28.0, 150.0
PROMINENT = 8.0  # times the median of the low end: a note
HARMONICS = np.arange(2, 9)
HEARD_OVER_FLOOR = 8.0  # 9 dB above what lies between the harmonics
FAINT = 1e-5  # of the frame's power: 50 dB below it
ENOUGH = 2.0  # harmonics that carry a note


class BassNotes:
    """The lowest note of each frame in Hz (0: none), from batches of the full-range spectra."""

    def __init__(self, rate_hz: int) -> None:
        self._bin_hz = rate_hz / fft_frames_at(rate_hz)
        self._low = slice(max(round(LOWEST_HZ / self._bin_hz), 2), round(HIGHEST_HZ / self._bin_hz) + 1)
        self._notes: list[Samples] = []

    def add(self, bins: Bins) -> None:
        part = slice(self._low.start - 1, self._low.stop + 1)
        power = (np.abs(bins[:, :, part]) ** 2).mean(axis=0) + 1e-24
        inner = power[:, 1:-1]
        at = inner.argmax(axis=1)
        rows = np.arange(len(at))
        before, peak, after = (np.log(power[rows, at + k]) for k in (0, 1, 2))
        curve = before - 2 * peak + after
        offset = np.where(curve < 0, 0.5 * (before - after) / np.minimum(curve, -1e-9), 0.0)
        note_hz = (self._low.start + at + np.clip(offset, -0.5, 0.5)) * self._bin_hz
        clear = (curve < 0) & (inner[rows, at] > PROMINENT * np.median(inner, axis=1)) & (inner[rows, at] > 1e-12)
        self._notes.append(np.where(clear, note_hz, 0.0).astype(np.float32))

    def result(self) -> Samples:
        return np.concatenate(self._notes)


class Carried:
    """How far each frame's note is carried by harmonics on a system: 0..1, from batches of the system's spectra."""

    def __init__(self, rate_hz: int, notes_hz: Samples) -> None:
        self._bin_hz = rate_hz / fft_frames_at(rate_hz)
        self._notes = notes_hz / self._bin_hz
        self._carried: list[Samples] = []
        self._at = 0

    def add(self, bins: Bins) -> None:
        power = (np.abs(bins) ** 2).mean(axis=0)
        notes = self._notes[self._at : self._at + len(power)]
        self._at += len(power)
        places = notes[:, None] * HARMONICS
        level = _largest(power, places)
        floor = 0.5 * (_mean(power, places - notes[:, None] / 2) + _mean(power, places + notes[:, None] / 2))
        heard = (level > HEARD_OVER_FLOOR * floor) & (level > FAINT * power.sum(axis=1, keepdims=True))
        counted = heard.sum(axis=1) * (notes > 0)
        self._carried.append(np.minimum(counted / ENOUGH, 1.0).astype(np.float32))

    def result(self) -> Samples:
        return np.concatenate(self._carried)


def _around(power: Samples, places: npt.NDArray[np.floating]) -> Samples:
    """The three bins at each place, shape (3, frames, places)."""
    nearest = np.clip(np.round(places).astype(int), 1, power.shape[1] - 2)
    return np.stack([np.take_along_axis(power, nearest + k, axis=1) for k in (-1, 0, 1)])


def _largest(power: Samples, places: npt.NDArray[np.floating]) -> Samples:
    result: Samples = _around(power, places).max(axis=0)
    return result


def _mean(power: Samples, places: npt.NDArray[np.floating]) -> Samples:
    result: Samples = _around(power, places).mean(axis=0)
    return result
