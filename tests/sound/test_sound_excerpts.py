"""Excerpts: the richest places, whatever the blocks."""

from __future__ import annotations

import numpy as np

from controlroom.sound.excerpts import EXCERPT, MOST, ExcerptAccumulator, excerpts_of
from controlroom.sound.signal import Audio


def test_the_rich_places_are_kept_as_they_are_and_blocks_leave_no_trace() -> None:
    rng = np.random.default_rng(0)
    samples = rng.standard_normal((2, 40 * EXCERPT)).astype(np.float32) * 0.001
    samples[:, 20 * EXCERPT : 23 * EXCERPT] *= 100
    samples[:, 5 * EXCERPT : 6 * EXCERPT] = 0
    audio = Audio(samples, 44100)
    whole, cut = excerpts_of(audio), ExcerptAccumulator(44100, 2)
    for at in range(0, audio.frames, 1001):
        cut.add(audio.read(at, 1001))
    assert set(whole.starts[:3]) == {20 * EXCERPT, 21 * EXCERPT, 22 * EXCERPT}
    assert 5 * EXCERPT not in whole.starts
    assert len(whole.starts) == MOST
    assert cut.result().starts == whole.starts
    assert np.array_equal(whole.samples[0], samples[:, whole.starts[0] : whole.starts[0] + EXCERPT])


def test_what_is_too_short_or_silent_has_none() -> None:
    assert excerpts_of(Audio(np.ones((1, 100)), 44100)).starts == ()
    assert excerpts_of(Audio(np.zeros((3, 100000)), 44100)).starts == ()
