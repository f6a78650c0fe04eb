"""Levels of octave bands every 16 ms: what noise floor, decays and mono passages are read from."""

from __future__ import annotations

from typing import TypeAlias

import msgspec
import numpy as np
import numpy.typing as npt
import scipy.fft

from controlroom.sound.signal import Samples

Floats: TypeAlias = npt.NDArray[np.float64]
Levels: TypeAlias = npt.NDArray[np.uint8]

EDGES_HZ = np.array([62.5, 125.0, 250.0, 500.0, 1000.0, 2000.0, 4000.0, 8000.0, 16000.0])
HOP_S, FRAME_S = 0.016, 0.0232
STEP_DB, LOWEST_DB = 0.5, -127.0
BATCH = 128


class BandLevels(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    """`steps` (frames, 8) are the octaves' levels in half dB above -127 dBFS, 0 where nothing is; `mid` and `side`
    (frames,) those of half the sum and half the difference of left and right (`side` is None without two channels)."""

    hop_s: float
    steps: Levels
    mid: Levels
    side: Levels | None

    @property
    def levels_db(self) -> Floats:
        """(frames, 8) dBFS (RMS; a full-scale sine -3)."""
        return np.asarray(self.steps * STEP_DB + LOWEST_DB, np.float64)


class BandAccumulator:
    """Takes blocks of any size; keeps ten bytes for each 16 ms."""

    def __init__(self, rate_hz: int, channels: int) -> None:
        self._hop = max(round(HOP_S * rate_hz), 1)
        self._size = scipy.fft.next_fast_len(max(round(FRAME_S * rate_hz), self._hop), real=True)
        self._hop_s, self._channels = self._hop / rate_hz, channels
        window = np.hanning(self._size + 2)[1:-1]
        self._window = window.astype(np.float32)
        freqs_hz = np.arange(self._size // 2 + 1) * rate_hz / self._size
        inside = (freqs_hz[:, None] >= EDGES_HZ[:-1]) & (freqs_hz[:, None] < EDGES_HZ[1:])
        self._sums = (inside * (2 / (self._size * float(window @ window)))).astype(np.float32)
        self._waiting = np.zeros((2 if channels == 2 else 1, 0), np.float32)
        self._steps: list[Levels] = []
        self._wholes: list[Levels] = []

    def add(self, block: Samples) -> None:
        mid = block.mean(axis=0, dtype=np.float32)[None]
        rows = np.concatenate([mid, 0.5 * (block[:1] - block[1:])]) if self._channels == 2 else mid
        self._waiting = np.concatenate([self._waiting, rows], axis=1)
        while self._waiting.shape[1] >= self._size + (BATCH - 1) * self._hop:
            self._look(BATCH)
            self._waiting = self._waiting[:, BATCH * self._hop :]

    def _look(self, count: int) -> None:
        frames = np.lib.stride_tricks.sliding_window_view(self._waiting, self._size, axis=1)[:, :: self._hop][:, :count]
        bins = scipy.fft.rfft(frames[0] * self._window, axis=1)
        self._steps.append(_stepped((bins.real**2 + bins.imag**2) @ self._sums))
        self._wholes.append(_stepped(np.einsum("cfn,cfn->cf", frames, frames) / self._size))

    def result(self) -> BandLevels:
        """All that was added; ask once."""
        left = (self._waiting.shape[1] - self._size) // self._hop + 1
        if left > 0:
            self._look(left)
        nothing = np.zeros((len(self._waiting), 0), np.uint8)
        wholes = np.concatenate([nothing, *self._wholes], axis=1)
        return BandLevels(
            hop_s=self._hop_s,
            steps=np.concatenate([np.zeros((0, len(EDGES_HZ) - 1), np.uint8), *self._steps]),
            mid=wholes[0],
            side=wholes[1] if len(wholes) == 2 else None,
        )


def _stepped(power: npt.NDArray[np.floating]) -> Levels:
    levels = (10 * np.log10(np.maximum(power, 1e-20)) - LOWEST_DB) / STEP_DB
    return np.asarray(np.clip(np.round(levels), 0, 255).astype(np.uint8))
