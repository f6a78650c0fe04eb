"""Where a sound stands between the loudspeakers, as gains from its channels to left and right.

A place is a 2 x channels matrix, so that level, polarity, fold-down and pan are one multiplication.
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

Matrix = npt.NDArray[np.float64]

_SIDE = math.sqrt(0.5)  # -3 dB, for centre and surrounds (ITU-R BS.775-4, annex 4)

_FOLDS: dict[int, tuple[tuple[float, ...], tuple[float, ...]]] = {
    1: ((1.0,), (1.0,)),
    2: ((1.0, 0.0), (0.0, 1.0)),
    3: ((1.0, 0.0, _SIDE), (0.0, 1.0, _SIDE)),  # L R C
    4: ((1.0, 0.0, _SIDE, 0.0), (0.0, 1.0, 0.0, _SIDE)),  # L R Ls Rs
    5: ((1.0, 0.0, _SIDE, _SIDE, 0.0), (0.0, 1.0, _SIDE, 0.0, _SIDE)),  # L R C Ls Rs
    6: ((1.0, 0.0, _SIDE, 0.0, _SIDE, 0.0), (0.0, 1.0, _SIDE, 0.0, 0.0, _SIDE)),  # L R C LFE Ls Rs
    8: ((1.0, 0.0, _SIDE, 0.0, _SIDE, 0.0, _SIDE, 0.0), (0.0, 1.0, _SIDE, 0.0, 0.0, _SIDE, 0.0, _SIDE)),
}


def fold(channels: int) -> Matrix:
    """2 x channels: how a file of so many channels is heard on two loudspeakers, nothing changed that need not be.

    Mono goes to both sides as it is, stereo stays; 3 to 8 channels follow ITU-R BS.775 in WAV order (no LFE). Any
    other number is taken for separate mics in one file: all in the centre, each at 1/sqrt(channels).
    """
    if channels in _FOLDS:
        return np.array(_FOLDS[channels])
    return np.full((2, channels), 1.0 / math.sqrt(channels))


def constant_power(pan: float) -> tuple[float, float]:
    """Left and right gain of a mono source at `pan` (-1 left .. 1 right): sine law, -3 dB each in the centre."""
    angle = (min(max(pan, -1.0), 1.0) + 1.0) * math.pi / 4.0
    return math.cos(angle), math.sin(angle)


def balance(pan: float) -> tuple[float, float]:
    """Left and right gain of a stereo source moved to `pan`: the far side fades (sine law), the near one stays."""
    pan = min(max(pan, -1.0), 1.0)
    away = math.cos(abs(pan) * math.pi / 2.0)
    return (away, 1.0) if pan > 0.0 else (1.0, away)


def placed(channels: int, pan: float) -> Matrix:
    """2 x channels: a mono file by the constant-power law, any other folded to two and balanced."""
    left, right = constant_power(pan) if channels == 1 else balance(pan)
    matrix: Matrix = fold(channels) * np.array([[left], [right]])
    return matrix
