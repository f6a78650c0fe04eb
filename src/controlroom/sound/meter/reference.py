"""True peak the plain and slow way, to hold the fast way against: every place of the grid, with long filters."""

from __future__ import annotations

import numpy as np

from controlroom.sound.kernels import reordering_kernel
from controlroom.sound.meter.true_peak import PHASES, Taps, sinc_taps
from controlroom.sound.parallel import side_by_side
from controlroom.sound.signal import BLOCK_FRAMES, Samples, Shifted, Signal, blocks

TAPS = 256
KAISER_BETA = 10.0


def true_peak_16x_dbtp(signal: Signal) -> float | None:
    """The largest sample after 16 times oversampling with 256 taps a phase (flat to 0.48 of the rate), 20 times real
    time; None for silence."""
    taps = sinc_taps(TAPS, KAISER_BETA)
    padded = Shifted(signal, TAPS, signal.frames + 2 * TAPS)
    past = np.zeros((signal.channels, TAPS - 1), np.float32)
    peak = 0.0
    for block in blocks(padded, BLOCK_FRAMES):
        joined = np.concatenate([past, block], axis=1)
        peak = max(peak, *side_by_side(lambda row: _largest_place(row, taps), joined))
        past = joined[:, 1 - TAPS :]
    return 20.0 * float(np.log10(peak)) if peak else None


@reordering_kernel
def _largest_place(row: Samples, taps: Taps) -> float:
    largest = 0.0
    for first in range(row.size - TAPS + 1):
        samples = row[first : first + TAPS]
        for phase in range(PHASES):
            place = 0.0
            for k in range(TAPS):
                place += taps[phase, k] * samples[k]
            largest = max(largest, abs(place))
    return largest
