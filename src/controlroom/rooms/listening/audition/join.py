"""Two places of a recording joined so that the ear follows: on the beat, before the attack, in phase.

The new place is moved onto the old one by the cross-correlation of how their levels rise (40 ms at most: a beat found
by machine is off by less), the crossfade ends before the attack, so that only one of the two is heard, and within 2 ms
the waves are put in phase. The gains of the fade follow the correlation that is left, between equal gain (waves that
are alike) and equal power (waves that have nothing in common), so that the level neither dips nor bulges.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from controlroom.sound.signal import Samples, Signal

Floats = npt.NDArray[np.float64]

AROUND_S, MOST_SHIFT_S, IN_PHASE_S = 0.2, 0.04, 0.002
SHORT_FADE_S, LONG_FADE_S = 0.016, 0.06
BEFORE_ATTACK_S = 0.006
ATTACK_DB = 6.0  # a rise of so much within 10 ms is an attack
ALIKE = 0.3
RISE_MS = 10


class Join(NamedTuple):
    """Frame `leave` of the recording is followed by frame `enter`; they are the middle of a fade of `fade` frames, in
    which the waves correlate by `correlation`."""

    leave: int
    enter: int
    fade: int
    correlation: float


def join_at(signal: Signal, leave: int, enter: int) -> Join:
    """The best join near two frames (which a beat tracker, or a person, took for the same place in the bar)."""
    rate_hz = signal.rate_hz
    here, there = _rises(signal, leave), _rises(signal, enter)
    shift_ms = _shift(here, there)
    enter += round(shift_ms * rate_hz / 1000)
    attack_ms = _attack(np.roll(there, -shift_ms))
    fade_s = LONG_FADE_S if attack_ms is None else SHORT_FADE_S
    if attack_ms is not None:
        back = round((attack_ms / 1000 - BEFORE_ATTACK_S - SHORT_FADE_S / 2) * rate_hz)
        leave, enter = leave + back, enter + back
    fade = max(round(fade_s * rate_hz), 2)
    off, correlation = _in_phase(signal, leave, enter, fade)
    return Join(leave, enter + off, fade, correlation)


def crossfaded(signal: Signal, join: Join) -> Samples:
    """The samples of the fade (channels, fade)."""
    begin = join.fade // 2
    out = _excerpt(signal, join.leave - begin, join.fade)
    into = _excerpt(signal, join.enter - begin, join.fade)
    turn = (np.arange(join.fade) + 0.5) / join.fade * np.pi / 2
    falls, rises = np.cos(turn), np.sin(turn)
    even = np.sqrt(1 + 2 * falls * rises * max(join.correlation, 0.0))
    return (out * (falls / even) + into * (rises / even)).astype(np.float32)


def _excerpt(signal: Signal, start: int, frames: int) -> Samples:
    """Frames of a signal; silence where there are none."""
    first, last = max(start, 0), min(start + frames, signal.frames)
    out = np.zeros((signal.channels, frames), np.float32)
    if last > first:
        out[:, first - start : last - start] = signal.read(first, last - first)
    return out


def _rises(signal: Signal, frame: int) -> Floats:
    """How many dB the level rose in the last 10 ms, each millisecond from 200 ms before a frame to 200 ms after."""
    step = max(signal.rate_hz // 1000, 1)
    half = round(AROUND_S * 1000)
    around = _excerpt(signal, frame - (half + RISE_MS) * step, (2 * half + 2 * RISE_MS) * step).mean(
        axis=0, dtype=float
    )
    power = (around.reshape(-1, step) ** 2).mean(axis=1)
    level_db = 10 * np.log10(np.convolve(power, np.full(3, 1 / 3), "same") + 1e-9 + 1e-4 * power.max())
    rises = np.maximum(level_db[RISE_MS:] - level_db[:-RISE_MS], 0.0)
    return np.asarray(rises[: 2 * half])


def _shift(here: Floats, there: Floats) -> int:
    """By how many ms `there` comes later than `here`."""
    most = round(MOST_SHIFT_S * 1000)
    together = np.sqrt((here @ here) * (there @ there))
    if together <= 0:
        return 0
    inner = here[most:-most]
    likeness = (
        np.array([inner @ there[most + lag : len(there) - most + lag] for lag in range(-most, most + 1)]) / together
    )
    likeness *= 1 - 0.2 * np.abs(np.arange(-most, most + 1)) / most  # in doubt the place that was given
    return int(np.argmax(likeness)) - most if likeness.max() >= ALIKE else 0


def _attack(rises: Floats) -> int | None:
    """Where the attack nearest to the middle begins, in ms after it; None where nothing begins."""
    middle, most = len(rises) // 2, round(MOST_SHIFT_S * 1000)
    near = rises[middle - most : middle + most]
    if near.max(initial=0.0) < ATTACK_DB:
        return None
    begins = int(np.argmax(near >= 0.5 * near.max()))
    return begins - most


def _in_phase(signal: Signal, leave: int, enter: int, fade: int) -> tuple[int, float]:
    """By how many frames to move `enter` so that the waves in the fade are most alike, and how alike they are."""
    reach = max(round(IN_PHASE_S * signal.rate_hz), 1)
    out = _excerpt(signal, leave - fade // 2, fade).mean(axis=0, dtype=float)
    into = _excerpt(signal, enter - fade // 2 - reach, fade + 2 * reach).mean(axis=0, dtype=float)
    rows = np.lib.stride_tricks.sliding_window_view(into, fade)
    together = np.sqrt((out @ out) * np.einsum("ij,ij->i", rows, rows))
    likeness = rows @ out / np.maximum(together, 1e-12)
    best = int(np.argmax(likeness))
    return best - reach, float(likeness[best])
