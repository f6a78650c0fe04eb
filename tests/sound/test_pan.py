"""Panning and folding: power is kept, centre is -3 dB, stereo stays itself."""

from __future__ import annotations

import numpy as np
import pytest

from controlroom.sound.pan import balance, constant_power, fold, placed


@pytest.mark.parametrize("pan", np.linspace(-1, 1, 9))
def test_a_mono_source_keeps_its_power(pan: float) -> None:
    left, right = constant_power(pan)
    assert left**2 + right**2 == pytest.approx(1.0)
    assert (right > left) == (pan > 1e-9)


def test_the_centre_is_three_decibels_down() -> None:
    assert 20 * np.log10(constant_power(0.0)[0]) == pytest.approx(-3.01, abs=0.01)


def test_stereo_in_the_middle_is_untouched() -> None:
    assert np.array_equal(placed(2, 0.0), np.eye(2))


def test_balance_fades_the_far_side_only() -> None:
    assert balance(1.0) == pytest.approx((0.0, 1.0), abs=1e-12)
    left, right = balance(-0.5)
    assert left == 1.0
    assert 0.0 < right < 1.0


@pytest.mark.parametrize("channels", range(1, 25))
def test_any_number_of_channels_is_heard_on_both_sides(channels: int) -> None:
    matrix = fold(channels)
    assert matrix.shape == (2, channels)
    assert np.square(matrix[0]).sum() == pytest.approx(np.square(matrix[1]).sum())


def test_surround_leaves_the_effects_channel_out() -> None:
    assert not fold(6)[:, 3].any()
    assert fold(6)[0, 2] == fold(6)[1, 2] == pytest.approx(0.7071, abs=1e-4)
