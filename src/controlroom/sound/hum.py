"""Mains hum: a series of 50 or 60 Hz and its harmonics that stands still under whatever is played.

The signal is folded to mono and decimated to about 2.4 kHz. Frames of 1.4 s, a quarter apart, give a phasor at each
harmonic and, for comparison, beside it. Turned back by one frequency near 50 or 60 Hz, a hum's phasors point the same
way throughout a group of frames, and their median is the hum; notes come, move and go, and their median vanishes.
Groups of 11 s follow the mains' slow drift.
"""

from __future__ import annotations

from typing import TypeAlias

import msgspec
import numpy as np
import numpy.typing as npt

from controlroom.sound.thinning import Thinner

Floats: TypeAlias = npt.NDArray[np.float64]
Complexes: TypeAlias = npt.NDArray[np.complex128]

MAINS_HZ = (50, 60)
HARMONICS = np.arange(1, 9)
DECIMATED_HZ = 2400
FRAME_S, HOP_S, BESIDE_HZ = 1.4, 0.35, 2.2  # beside: outside the window's main lobe, well inside a semitone
GROUP_FRAMES, LEAST_FRAMES = 32, 6
DRIFTS_HZ: Floats = np.linspace(-0.25, 0.25, 161)
LEAST_AMPLITUDE = 10 ** (-90 / 20)
QUIET_PERCENTILE, ABOVE_QUIET = 10, 1.6
LEAST_SHARE = 0.7  # of the groups that could show it


class Hum(msgspec.Struct, frozen=True, kw_only=True):
    """`mains_hz` is 50 or 60, `freq_hz` what was measured, `level_db` the whole series (dBFS RMS, of the mono fold),
    `harmonics_db` each one (the fundamental first; None: not there)."""

    mains_hz: int
    freq_hz: float
    level_db: float
    harmonics_db: tuple[float | None, ...]


class HumAccumulator:
    """Takes mono blocks (frames,) of any size; keeps some figures for each 11 s."""

    def __init__(self, rate_hz: int) -> None:
        step = max(rate_hz // DECIMATED_HZ, 1)
        rate = rate_hz / step
        self._thinner = Thinner(step, band=0.6, reach=2)
        self._hop = round(HOP_S * rate)
        self._size = round(FRAME_S / HOP_S) * self._hop
        centres = np.concatenate([mains * HARMONICS for mains in MAINS_HZ])
        self._freqs = np.concatenate([centres, centres - BESIDE_HZ, centres + BESIDE_HZ]) / rate
        window = np.hanning(self._size + 1)[1:]
        probes = (
            np.exp(-2j * np.pi * np.outer(np.arange(self._size), self._freqs)) * (2 * window / window.sum())[:, None]
        )
        self._probes = np.concatenate([probes.real, probes.imag], axis=1).astype(np.float32)
        self._hop_s = self._hop / rate
        self._decimated = np.zeros(0, np.float32)
        self._groups: list[tuple[_Group, ...]] = []

    def add(self, mono: npt.NDArray[np.float32]) -> None:
        self._decimated = np.concatenate([self._decimated, self._thinner.thinned(mono)])
        while len(self._decimated) >= self._size + (GROUP_FRAMES - 1) * self._hop:
            self._groups.append(self._measured(GROUP_FRAMES))
            self._decimated = self._decimated[GROUP_FRAMES * self._hop :]

    def _measured(self, count: int) -> tuple[_Group, ...]:
        """Both mains frequencies in a group, heard in its quieter frames: where the music rests, a hum does not."""
        frames = np.lib.stride_tricks.sliding_window_view(self._decimated, self._size)[:: self._hop][:count]
        power = np.einsum("fn,fn->f", frames, frames)
        kept = np.flatnonzero(power <= max(np.sort(power)[min(LEAST_FRAMES, count) - 1], 2 * power.min()))
        real, imaginary = np.split((frames[kept] @ self._probes).astype(float), 2, axis=1)
        turned = np.exp(-2j * np.pi * np.outer(kept * self._hop, self._freqs))
        return _measure((real + 1j * imaginary) * turned, kept.astype(np.float64) * self._hop_s, self._quiet(count))

    def _quiet(self, count: int) -> float:
        """RMS of the quiet moments (40 ms) that are not silence: a hum is never louder than these."""
        short = max(round(0.04 * self._hop / HOP_S), 1)
        heard = self._decimated[: self._size + (count - 1) * self._hop].astype(float)
        rms = np.sqrt((heard[: len(heard) // short * short].reshape(-1, short) ** 2).mean(axis=1))
        sound = rms[rms > LEAST_AMPLITUDE / 4]
        return float(np.percentile(sound, QUIET_PERCENTILE)) if len(sound) else 0.0

    def result(self) -> Hum | None:
        """The hum, when there is one."""
        left = max((len(self._decimated) - self._size) // self._hop + 1, 0)
        groups = self._groups + ([self._measured(left)] if left >= LEAST_FRAMES else [])
        found = [_verdict(mains, [group[i] for group in groups]) for i, mains in enumerate(MAINS_HZ)]
        return max((hum for hum in found if hum), key=lambda hum: hum.level_db, default=None)


class _Group(msgspec.Struct, frozen=True):
    """One mains frequency in one group of frames: the drift that fits best, each harmonic's amplitude (0: none), and
    the RMS of the group's quiet moments."""

    drift_hz: float
    amplitudes: Floats
    quiet: float


def _measure(phasors: Complexes, times_s: Floats, quiet: float) -> tuple[_Group, ...]:
    """Each mains frequency in a group of phasors (frames, 3 * mains * harmonics).

    A loop that repeats exactly has steady lines too, but falls silent between its hits; a hum does not.
    """
    on, below, above = np.split(phasors, 3, axis=1)
    beside = np.maximum(np.median(np.abs(below), axis=0), np.median(np.abs(above), axis=0))
    turns = np.exp(-2j * np.pi * DRIFTS_HZ[:, None, None] * HARMONICS * times_s[:, None])
    groups = []
    for i in range(len(MAINS_HZ)):
        chosen = slice(i * len(HARMONICS), (i + 1) * len(HARMONICS))
        turned = on[:, chosen] * turns
        steady = np.hypot(np.median(turned.real, axis=1), np.median(turned.imag, axis=1))
        best = int(np.argmax(np.log1p(steady**2 / (beside[chosen] ** 2 + LEAST_AMPLITUDE**2)).sum(axis=1)))
        there = (steady[best] > beside[chosen]) & (steady[best] > LEAST_AMPLITUDE)
        there &= np.sqrt((steady[best][there] ** 2).sum() / 2) < ABOVE_QUIET * quiet
        groups.append(_Group(float(DRIFTS_HZ[best]), np.where(there, steady[best], 0.0), quiet))
    return tuple(groups)


def _verdict(mains_hz: int, groups: list[_Group]) -> Hum | None:
    """A hum has two harmonics or more, one of the first three among them, in most of the groups that could show it:
    those whose quiet moments are about as quiet as the quietest."""
    quietest = min((group.quiet for group in groups if group.quiet > 0), default=0.0)
    telling = [group for group in groups if 0 < group.quiet <= 4 * quietest]
    if not telling:
        return None
    amplitudes = np.array([group.amplitudes for group in telling])
    lasting = (amplitudes > 0).mean(axis=0) >= LEAST_SHARE
    if lasting.sum() < 2 or not lasting[:3].any():
        return None
    rms = np.array([np.median(column[column > 0]) for column in amplitudes[:, lasting].T]) / np.sqrt(2)
    levels = iter((20 * np.log10(rms)).tolist())
    return Hum(
        mains_hz=mains_hz,
        freq_hz=mains_hz + float(np.median([group.drift_hz for group in telling])),
        level_db=float(10 * np.log10((rms**2).sum())),
        harmonics_db=tuple(next(levels) if there else None for there in lasting),
    )
