"""What references are tried on: made-up songs of noise, bass notes and a beat, loud and quiet, wide and narrow."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pytest
import scipy.signal

from controlroom.sound.filters import Band, Equalizer
from controlroom.sound.signal import Audio, in_memory
from controlroom.sound.stream import Chain

RATE_HZ = 44100


def song_of(
    seconds: float = 12.0,
    *,
    seed: int = 1,
    notes_hz: Sequence[float] = (55.0, 61.7, 73.4),
    bands: Sequence[Band] = (),
    side: float = 0.3,
    level: float = 0.1,
    beat: float = 1.0,
    quiet_db: float = 0.0,
) -> Audio:
    """Pink noise with a beat over a bass line, its first half `quiet_db` quieter, through an equaliser."""
    rng = np.random.default_rng(seed)
    times_s = np.arange(round(seconds * RATE_HZ)) / RATE_HZ
    pink = scipy.signal.lfilter(
        [0.049922, -0.095993, 0.050613, -0.004409],
        [1, -2.494956, 2.017266, -0.522189],
        rng.standard_normal((2, len(times_s))),
    )
    pulse = 1.0 + beat * np.exp(-(times_s % 0.5) / 0.03) * 4
    note = np.array(notes_hz)[(times_s // 0.5).astype(int) % len(notes_hz)]
    phase = 2 * np.pi * np.cumsum(note) / RATE_HZ
    bass = 0.4 * (np.sin(phase) + 0.15 * np.sin(2 * phase))
    pink *= 2.0
    middle = pink[0] * pulse + bass
    halves = np.where(times_s < seconds / 2, 10 ** (-quiet_db / 20), 1.0)
    rows = np.stack([middle + side * pink[1] * pulse, middle - side * pink[1] * pulse]) * level * halves
    made = Audio(rows, RATE_HZ)
    return in_memory(Chain(made, lambda: [Equalizer(RATE_HZ, 2, bands)])) if bands else made


@pytest.fixture(scope="session")
def song() -> Callable[..., Audio]:
    return song_of
