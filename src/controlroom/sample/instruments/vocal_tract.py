"""The voice's filter: a cascade of resonators that move with the vowels (Klatt, JASA 67, 1980), driven by the glottis.

Five formants move; the poles above them stand still, as many as there are below half the rate (the higher-pole
correction of Fant's theory, done by having the poles). Controls come once a millisecond.
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from controlroom.sample.instruments.glottis import BANDS, BANDS_PER_OCTAVE, LOWEST_HZ, TABLE, tables
from controlroom.sample.instruments.tone import RATE_HZ, Row
from controlroom.sound.kernels import kernel

Floats = npt.NDArray[np.float64]

TICK_FRAMES = 48  # one millisecond
MOVING = 5
# Columns of the controls, one row a tick.
PITCH_HZ, VOICE, EFFORT, BREATH, FRICTION, FRICTION_HZ, FRICTION_Q, DAMPING, FORMANTS = 0, 1, 2, 3, 4, 5, 6, 7, 8
COLUMNS = FORMANTS + MOVING

_WIDTHS_HZ = np.array([70.0, 95.0, 150.0, 220.0, 300.0])
_JITTER, _SHIMMER = 0.0022, 0.02


def upper_poles(tract: float) -> Floats:
    """(frequency, bandwidth) of the poles above the fifth formant for a tract shorter by the factor `tract`."""
    spacing = 1020.0 * tract
    freqs = np.arange(5400.0 * tract, 0.42 * RATE_HZ, spacing)
    return np.stack([freqs, 350.0 + 0.06 * freqs], axis=1)


def widths_hz(damping: float) -> Floats:
    """The bandwidths of the moving formants."""
    return _WIDTHS_HZ * damping


def voice(controls: Floats, tract: float, chance: np.random.Generator) -> Row:
    """Sound for controls of shape (ticks, COLUMNS): `TICK_FRAMES` frames a tick."""
    frames = (len(controls) - 1) * TICK_FRAMES
    noise = chance.standard_normal((2, frames), dtype=np.float32)
    cycles = chance.standard_normal(frames // 40 + 64)
    poles = upper_poles(tract)
    radius = np.exp(-math.pi * poles[:, 1] / RATE_HZ)
    fixed = np.stack([2 * radius * np.cos(2 * math.pi * poles[:, 0] / RATE_HZ), -(radius**2)], axis=1)
    out = np.zeros(frames, np.float32)
    _sing(np.ascontiguousarray(controls), tables(), fixed, _WIDTHS_HZ, noise, cycles, out)
    return out


@kernel
def _poles_at(freq_hz: float, width_hz: float) -> tuple[float, float]:
    """The recursive coefficients of a resonance."""
    radius = np.exp(-np.pi * width_hz / RATE_HZ)
    return 2.0 * radius * np.cos(2.0 * np.pi * freq_hz / RATE_HZ), -radius * radius


@kernel
def _sing(controls: Floats, table: Floats, fixed: Floats, widths: Floats, noise: Row, cycles: Floats, out: Row) -> None:
    poles = MOVING + fixed.shape[0]
    a, b, gain = np.zeros(poles), np.zeros(poles), np.zeros(poles)
    first, second = np.zeros(poles), np.zeros(poles)
    for k in range(fixed.shape[0]):
        a[MOVING + k], b[MOVING + k] = fixed[k, 0], fixed[k, 1]
        gain[MOVING + k] = 1.0 - fixed[k, 0] - fixed[k, 1]
    f1, f2 = 0.0, 0.0
    phase, cycle, loud, uneven = 0.0, 0, 1.0, 1.0
    da, db, dg = np.zeros(MOVING), np.zeros(MOVING), np.zeros(MOVING)
    for tick in range(controls.shape[0] - 1):
        now, then = controls[tick], controls[tick + 1]
        for k in range(MOVING):
            to_a, to_b = _poles_at(then[FORMANTS + k], widths[k] * then[DAMPING])
            if tick == 0:
                a[k], b[k], gain[k] = to_a, to_b, 1.0 - to_a - to_b
            da[k], db[k] = (to_a - a[k]) / TICK_FRAMES, (to_b - b[k]) / TICK_FRAMES
            dg[k] = (1.0 - to_a - to_b - gain[k]) / TICK_FRAMES
        band = min(int(np.log2(max(now[PITCH_HZ], LOWEST_HZ) / LOWEST_HZ) * BANDS_PER_OCTAVE), BANDS - 1)
        place = min(max(now[EFFORT], 0.0), 1.0) * (table.shape[0] - 1.001)
        soft = int(place)
        harder = place - soft
        omega = 2.0 * np.pi * now[FRICTION_HZ] / RATE_HZ
        alpha = np.sin(omega) / (2.0 * now[FRICTION_Q])
        g0, g1, g2 = alpha / (1.0 + alpha), -2.0 * np.cos(omega) / (1.0 + alpha), (1.0 - alpha) / (1.0 + alpha)
        for i in range(TICK_FRAMES):
            at = tick * TICK_FRAMES + i
            part = i / TICK_FRAMES
            pitch = now[PITCH_HZ] + (then[PITCH_HZ] - now[PITCH_HZ]) * part
            voiced = now[VOICE] + (then[VOICE] - now[VOICE]) * part
            breath = now[BREATH] + (then[BREATH] - now[BREATH]) * part
            friction = now[FRICTION] + (then[FRICTION] - now[FRICTION]) * part
            phase += pitch * uneven / RATE_HZ
            if phase >= 1.0:
                phase -= 1.0
                cycle += 1
                uneven = 1.0 + _JITTER * cycles[cycle % cycles.shape[0]]
                loud = 1.0 + _SHIMMER * cycles[(cycle + 31) % cycles.shape[0]]
            spot = phase * TABLE
            low = int(spot)
            rest = spot - low
            gentle = table[soft, band, low] + rest * (table[soft, band, low + 1] - table[soft, band, low])
            firm = table[soft + 1, band, low] + rest * (table[soft + 1, band, low + 1] - table[soft + 1, band, low])
            puff = 0.35 + 0.65 * phase * phase if voiced > 0.05 else 1.0
            x = voiced * loud * (gentle + harder * (firm - gentle)) + breath * puff * noise[0, at]
            for k in range(MOVING):
                a[k] += da[k]
                b[k] += db[k]
                gain[k] += dg[k]
            for k in range(poles):
                y = gain[k] * x + a[k] * first[k] + b[k] * second[k]
                second[k] = first[k]
                first[k] = y
                x = y
            hiss = g0 * friction * noise[1, at]
            y = hiss + f1
            f1 = f2 - g1 * y
            f2 = -hiss - g2 * y
            out[at] = np.float32(x + y)
