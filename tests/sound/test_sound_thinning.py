"""Thinning: what lies in the band stays as and where it is, what would fold back is gone, blocks leave no trace."""

import numpy as np
import pytest

from controlroom.sound.thinning import Thinner

RATE_HZ, STEP = 48000, 4


def sine(freq_hz: float, seconds: float = 1.0) -> np.ndarray:
    return np.sin(2 * np.pi * freq_hz * np.arange(round(seconds * RATE_HZ)) / RATE_HZ).astype(np.float32)


def thinned(mono: np.ndarray, **more: float) -> np.ndarray:
    return Thinner(STEP, **({"band": 0.9, "reach": 12} | more)).thinned(mono)


@pytest.mark.parametrize("freq_hz", [50.0, 440.0, 4500.0])
def test_what_lies_in_the_band_is_neither_changed_nor_late(freq_hz):
    mono = sine(freq_hz)
    out = thinned(mono)
    np.testing.assert_allclose(out[12:], mono[::STEP][12 : len(out)], atol=0.01)


@pytest.mark.parametrize("freq_hz", [7000.0, 11700.0, 23000.0])
def test_what_would_fold_back_is_gone(freq_hz):
    assert np.abs(thinned(sine(freq_hz))[12:]).max() < 0.005


def test_a_short_reach_is_enough_for_the_lowest_end():
    mono = sine(200.0)
    out = thinned(mono, band=0.6, reach=2)
    np.testing.assert_allclose(out[2:], mono[::STEP][2 : len(out)], atol=0.01)


@pytest.mark.parametrize("block", [1, 333, 20000])
def test_any_cutting_gives_the_same_samples(block):
    mono = np.random.default_rng(0).standard_normal(6000).astype(np.float32)
    thinner = Thinner(STEP, band=0.8, reach=8)
    pieces = [thinner.thinned(mono[at : at + block]) for at in range(0, len(mono), block)]
    np.testing.assert_allclose(np.concatenate(pieces), thinned(mono, band=0.8, reach=8), atol=1e-6)


def test_a_rate_that_is_low_enough_is_left_alone():
    mono = sine(440.0, 0.1)
    assert Thinner(1, band=0.9, reach=12).thinned(mono) is mono
