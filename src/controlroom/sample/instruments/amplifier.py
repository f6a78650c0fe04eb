"""Amplifiers: a valve stage that bends softly, a loudspeaker that cuts, a microphone a hand's breadth away."""

from __future__ import annotations

import msgspec
import numpy as np

from controlroom.sample.instruments.tone import RATE_HZ, Row, coloured, peak_of
from controlroom.sound.filters import Band
from controlroom.sound.kernels import kernel

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
    """`row` (as if it peaked at 1) through an amplifier and its microphone, as a new row."""
    fed = coloured(row, amplifier.before)
    _bend(fed, amplifier.drive / (peak_of(fed) or 1.0), amplifier.bias)
    late = round(amplifier.distance_m / _SPEED_OF_SOUND * RATE_HZ)
    out = coloured(fed, amplifier.after)
    out[late:] = out[: out.size - late].copy()
    out[:late] = 0.0
    return out


@kernel
def _bend(row: Row, drive: float, bias: float) -> None:
    """tanh(drive x + bias) in place, less its value at rest; the mean between two samples keeps aliasing down
    (antiderivative antialiasing: Parker, Zavalishin and Le Bivic, DAFx 2016)."""
    rest = np.tanh(bias)
    before = bias
    area_before = abs(before) + np.log1p(np.exp(-2.0 * abs(before)))  # log cosh, but for a constant
    for i in range(row.shape[0]):
        now = drive * row[i] + bias
        area = abs(now) + np.log1p(np.exp(-2.0 * abs(now)))
        step = now - before
        bent = (area - area_before) / step if abs(step) > 1e-5 else np.tanh(0.5 * (now + before))
        row[i] = np.float32(bent - rest)
        before, area_before = now, area
