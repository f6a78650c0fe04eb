"""Notches: deep where they were cut, level beside, filled in by what is not linear."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest

from controlroom.sound.damage import notch_depth_db, notched
from controlroom.sound.damage.notch import FREQS_HZ, THIRD
from controlroom.sound.signal import Audio, in_memory

TWELFTH = 1 / 12


def noise(rate_hz: int = 48_000, seconds: float = 12.0) -> npt.NDArray[np.float64]:
    return np.random.default_rng(2).standard_normal((2, round(seconds * rate_hz))) * 0.1


@pytest.mark.parametrize("octaves", [THIRD, TWELFTH])
@pytest.mark.parametrize("rate_hz", [44_100, 96_000])
def test_is_deep_and_narrow(octaves: float, rate_hz: int) -> None:
    source = Audio(noise(rate_hz), rate_hz)
    cut = in_memory(notched(source, octaves=octaves))
    for freq_hz in FREQS_HZ:
        assert (notch_depth_db(cut, freq_hz, octaves) or 0.0) > 80
        assert notch_depth_db(source, freq_hz, octaves) == pytest.approx(0.0, abs=0.7)
    assert notch_depth_db(cut, 1700.0, octaves) == pytest.approx(0.0, abs=0.7)


@pytest.mark.parametrize("level_db", [-20.0, -35.0])
def test_noise_fills_it_to_its_own_level(level_db: float) -> None:
    cut = in_memory(notched(Audio(noise(), 48_000)))
    other = np.random.default_rng(3).standard_normal(cut.samples.shape) * 0.1 * 10 ** (level_db / 20)
    filled = Audio(cut.samples + other, 48_000)
    for freq_hz in FREQS_HZ:
        expected_db = 10 * np.log10(1 + 10 ** (-level_db / 10))
        assert notch_depth_db(filled, freq_hz) == pytest.approx(expected_db, abs=0.7)


def test_a_cube_fills_it_by_its_third_order_products() -> None:
    """x + a x^3 of white noise: the products are flat, 6 a^2 P^3 in power over (1 + 3 a P)^2 P (Price, 1958)."""
    cut = in_memory(notched(Audio(noise(), 48_000), (3000.0,), TWELFTH))
    power, a = 0.01, 3.0
    made = Audio(cut.samples + a * cut.samples.astype(float) ** 3, 48_000)
    expected_db = -10 * np.log10(6 * a**2 * power**2 / (1 + 3 * a * power) ** 2)
    assert notch_depth_db(made, 3000.0, TWELFTH) == pytest.approx(expected_db, abs=1.0)


def test_linear_things_do_not_fill_it() -> None:
    cut = in_memory(notched(Audio(noise(), 48_000), (1000.0,)))
    made = Audio(0.5 * cut.samples[:, 1:] - 0.3 * cut.samples[:, :-1], 48_000)
    assert (notch_depth_db(made, 1000.0) or 0.0) > 80


def test_no_figure_where_there_is_none() -> None:
    assert notch_depth_db(Audio(np.zeros((2, 48_000)), 48_000), 1000.0) is None
    assert notch_depth_db(Audio(noise(seconds=0.05), 48_000), 1000.0) is None
    low_rate = Audio(noise(8_000), 8_000)
    assert notch_depth_db(low_rate, 6000.0) is None
    assert in_memory(notched(low_rate, (6000.0,))).samples.tolist() == low_rate.samples.tolist()
