"""Width: how loud the difference between left and right is, band by band, and a low end that lies in the middle.

Only the side is touched, so what is heard on one loudspeaker stays as it was. The side is filtered at linear phase
where its level changes by band: a side that turned against the middle would move what is panned.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np

from controlroom.sound.filters import Band, Equalizer
from controlroom.sound.linear_phase import Curve, Floats, LinearPhase
from controlroom.sound.placed import Placed

EDGE_OCTAVES = 0.5  # in which the level goes from one band to the next
BUTTERWORTH_Q = {12: (0.7071,), 24: (0.5412, 1.3066)}


def side_curve(bands: Sequence[tuple[float, float, float]]) -> Curve:
    """The side's gain for bands (from_hz, to_hz, side_db): 0 outside, edges half an octave wide; `to_hz` 0: open.

    Where bands overlap, their gains add up.
    """

    def curve(freqs_hz: Floats) -> Floats:
        octaves = np.log2(np.maximum(freqs_hz, 1.0))
        gain_db = np.zeros_like(octaves)
        for from_hz, to_hz, side_db in bands:
            inside = _step(octaves, from_hz) if from_hz > 0 else np.ones_like(octaves)
            gain_db += side_db * (inside - (_step(octaves, to_hz) if to_hz > 0 else 0.0))
        return gain_db

    return curve


def _step(octaves: Floats, at_hz: float) -> Floats:
    """From 0 to 1 around a frequency, half a cosine."""
    way = np.clip((octaves - np.log2(at_hz)) / EDGE_OCTAVES + 0.5, 0.0, 1.0)
    return np.asarray(0.5 - 0.5 * np.cos(np.pi * way))


def side_width(rate_hz: int, bands: Sequence[tuple[float, float, float]]) -> Placed:
    """A processor for stereo: the side by `side_curve`."""
    return Placed(LinearPhase(rate_hz, 1, side_curve(bands)), "side")


def mono_below(rate_hz: int, freq_hz: float, slope_db: Literal[12, 24] = 12) -> Placed:
    """A processor for stereo: the side loses what lies below `freq_hz` (Butterworth, `slope_db` an octave)."""
    bands = [Band("highpass", freq_hz, q=q) for q in BUTTERWORTH_Q[slope_db]]
    return Placed(Equalizer(rate_hz, 1, bands), "side")
