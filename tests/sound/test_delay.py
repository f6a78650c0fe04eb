"""Fractional delay: exact for whole samples, true to its phase for parts of one."""

from __future__ import annotations

import numpy as np
import pytest

from controlroom.sound.delay import delayed
from controlroom.sound.signal import Audio, blocks

RATE_HZ = 48000


def sine(freq_hz: float, shift_frames: float = 0.0) -> Audio:
    at = np.arange(4800) - shift_frames
    return Audio(np.sin(2 * np.pi * freq_hz * at / RATE_HZ) * 0.5, RATE_HZ)


@pytest.mark.parametrize("frames", [-31, 0, 7])
def test_whole_samples_are_copied(frames: int) -> None:
    source = sine(440)
    moved = delayed(source, float(frames))
    assert moved.frames == source.frames + frames
    there = moved.read(max(frames, 0), 1000)
    assert np.array_equal(there, source.read(max(-frames, 0), 1000))


@pytest.mark.parametrize("frames", [0.5, 10.25, -3.7])
@pytest.mark.parametrize("freq_hz", [100.0, 5000.0, 18000.0])
def test_a_fraction_moves_a_sine_by_its_phase(frames: float, freq_hz: float) -> None:
    moved = delayed(sine(freq_hz), frames).read(200, 4000)
    assert np.abs(moved - sine(freq_hz, frames).read(200, 4000)).max() < 1e-3


def test_block_by_block_is_the_same() -> None:
    moved = delayed(Audio(np.random.default_rng(0).standard_normal((2, 50000)), RATE_HZ), 2.3)
    whole = moved.read(0, moved.frames)
    assert np.array_equal(np.concatenate(list(blocks(moved, 777)), axis=1), whole)
