"""Summing: exact, in a fixed order, and silent where there is nothing."""

from __future__ import annotations

import numpy as np

from controlroom.sound.mixdown import place, stereo_sums, sum_routes
from controlroom.sound.signal import frozen


def test_unity_is_the_sample_sum() -> None:
    strips = np.random.default_rng(0).standard_normal((19, 2, 3000)).astype(np.float32)
    out = np.empty((1, 2, 3000), np.float32)
    sum_routes(strips, np.ones((1, 19)), out)
    assert np.array_equal(out[0], strips.astype(np.float64).sum(axis=0).astype(np.float32))


def test_routes_go_where_they_say() -> None:
    strips = np.stack([np.full((2, 10), 1.0), np.full((2, 10), 3.0)]).astype(np.float32)
    out = np.empty((2, 2, 10), np.float32)
    sum_routes(strips, np.array([[0.5, 0.0], [1.0, 2.0]]), out)
    assert np.all(out[0] == 0.5)
    assert np.all(out[1] == 7.0)


def test_one_strip_at_unity_is_bit_identical() -> None:
    block = frozen(np.random.default_rng(2).standard_normal((2, 2500)))
    out = np.full((2, 3000), 9.0, np.float32)
    place(block, np.eye(2), out)
    assert np.array_equal(out[:, :2500], block)
    assert not out[:, 2500:].any()


def test_stereo_sums_are_energies() -> None:
    block = frozen(np.random.default_rng(3).standard_normal((2, 1000)))
    sums = np.zeros(3)
    stereo_sums(block, sums)
    left, right = block.astype(np.float64)
    assert np.allclose(sums, [left @ left, right @ right, left @ right])
