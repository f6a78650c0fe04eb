"""Signals and chains: any way of reading gives the same frames, and only frames that exist."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from controlroom.sound.signal import Audio, Channels, Samples, Shifted, Stacked, frozen
from controlroom.sound.stream import Chain

SAMPLES = np.random.default_rng(1).standard_normal((2, 70001)).astype(np.float32)
AUDIO = Audio(SAMPLES, 48000)


class Late:
    """A processor that is 100 frames late and turns the sound over."""

    latency_frames = 100

    def __init__(self) -> None:
        self._held = np.zeros((2, 100), np.float32)

    def process(self, block: Samples) -> Samples:
        joined = np.concatenate([self._held, -block], axis=1)
        self._held = joined[:, -100:]
        return frozen(joined[:, :-100].copy())


def signals():
    return {
        "audio": (AUDIO, SAMPLES),
        "later": (Shifted(AUDIO, 50), np.pad(SAMPLES, ((0, 0), (50, 0)))),
        "earlier": (Shifted(AUDIO, -50), SAMPLES[:, 50:]),
        "cut": (Shifted(AUDIO, 10, 500), np.pad(SAMPLES, ((0, 0), (10, 0)))[:, :500]),
        "longer": (Shifted(AUDIO, 0, 80000), np.pad(SAMPLES, ((0, 0), (0, 9999)))),
        "swapped": (Channels(AUDIO, [1, 0]), SAMPLES[::-1]),
        "stacked": (Stacked([AUDIO, Shifted(AUDIO, 0, 90)]), None),
        "chain": (Chain(AUDIO, lambda: [Late()]), -SAMPLES),
    }


@pytest.mark.parametrize("name", signals())
@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(st.integers(-5000, 90000), st.integers(0, 40000)), min_size=1, max_size=4))
def test_any_reading_gives_the_frames_that_exist(name, reads):
    signal, whole = signals()[name]
    if whole is None:
        whole = signal.read(0, signal.frames)
    assert signal.frames == whole.shape[1]
    for start, frames in reads:
        block = signal.read(start, frames)
        np.testing.assert_array_equal(block, whole[:, max(start, 0) : max(start + frames, 0)])
        assert block.dtype == np.float32
        assert not block.flags.writeable


def test_signals_of_two_rates_are_not_stacked():
    with pytest.raises(ValueError, match="one rate"):
        Stacked([AUDIO, Audio(SAMPLES, 44100)])
