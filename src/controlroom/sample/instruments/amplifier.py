"""Amplifiers: a valve stage that bends softly, a loudspeaker that cuts, a microphone a hand's breadth away."""

from __future__ import annotations

import msgspec
import numpy as np
import soxr

from controlroom.sample.instruments.tone import RATE_HZ, Row, coloured
from controlroom.sound.filters import Band

_OVERSAMPLED = 2
_SPEED_OF_SOUND = 343.0  # m/s


class Amplifier(msgspec.Struct, frozen=True):
    """`drive` multiplies a signal that peaks at 1; `before` and `after` are its tone stack and its loudspeaker."""

    drive: float
    bias: float
    before: tuple[Band, ...]
    after: tuple[Band, ...]
    distance_m: float


CLEAN = Amplifier(
    1.1,
    0.06,
    (Band("highpass", 70.0), Band("bell", 420.0, -3.0, 0.8), Band("highshelf", 2500.0, 5.0)),
    (
        Band("highpass", 85.0),
        Band("bell", 125.0, 2.5, 1.2),
        Band("bell", 2800.0, 3.5, 1.0),
        Band("lowpass", 7500.0, q=0.8),
        Band("lowpass", 9500.0),
    ),
    0.08,
)
CRUNCH = Amplifier(
    5.0,
    0.12,
    (Band("highpass", 110.0), Band("bell", 700.0, 3.0, 0.7)),
    (
        Band("highpass", 90.0),
        Band("bell", 115.0, 3.0, 1.4),
        Band("bell", 450.0, -2.5, 0.9),
        Band("bell", 2500.0, 3.0, 1.1),
        Band("lowpass", 5600.0, q=0.9),
        Band("lowpass", 7000.0),
    ),
    0.06,
)
BASS_STACK = Amplifier(
    2.0,
    0.1,
    (Band("highpass", 35.0), Band("bell", 500.0, -2.0, 0.8)),
    (
        Band("highpass", 48.0),
        Band("bell", 95.0, 3.5, 1.0),
        Band("bell", 420.0, -3.0, 1.0),
        Band("bell", 1300.0, 2.5, 1.0),
        Band("lowpass", 3600.0, q=0.8),
        Band("lowpass", 4500.0),
    ),
    0.32,
)


def amplified(row: Row, amplifier: Amplifier) -> Row:
    """`row` (brought to a peak of 1 first) through an amplifier and its microphone."""
    fed = coloured(row, amplifier.before)
    top = float(np.max(np.abs(fed), initial=0.0)) or 1.0
    fine = soxr.resample(fed / np.float32(top), RATE_HZ, _OVERSAMPLED * RATE_HZ, quality="HQ")
    bent = np.tanh(np.float32(amplifier.drive) * fine + np.float32(amplifier.bias)) - np.float32(
        np.tanh(amplifier.bias)
    )
    back = soxr.resample(bent.astype(np.float32), _OVERSAMPLED * RATE_HZ, RATE_HZ, quality="HQ")[: row.size]
    late = round(amplifier.distance_m / _SPEED_OF_SOUND * RATE_HZ)
    out = np.zeros(row.size, np.float32)
    out[late : late + back.size] = coloured(back, amplifier.after)[: row.size - late]
    return out
