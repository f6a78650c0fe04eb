"""Where a loud target presses the chorus down, the verse comes down with it."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from msgspec.structs import replace

from controlroom.rooms.mastering import master
from controlroom.rooms.mastering.contrast import Ridden
from controlroom.sound.damage import damage
from controlroom.sound.signal import Audio

RATE_HZ = 48000


def _verse_and_chorus(apart_db: float) -> Audio:
    """Hits over noise: 12 s soft, 12 s loud, twice."""
    rng = np.random.default_rng(8)
    time_s = np.arange(48 * RATE_HZ) / RATE_HZ
    hits = 1.0 + 8.0 * np.exp(-(time_s % 0.5) * 40.0)
    level = np.where(time_s % 24.0 < 12.0, 10 ** (-apart_db / 20), 1.0)
    return Audio(0.02 * rng.standard_normal((2, time_s.size)) * hits * level, RATE_HZ)


def test_verse_and_chorus_stay_as_far_apart_as_they_were() -> None:
    mix = _verse_and_chorus(8.0)
    ridden = master(mix, target_lufs=-9.0)
    assert ridden.plan.ride is not None
    plain = master(mix, plan=replace(ridden.plan, ride=None))
    lost = [damage(mix, made.signal) for made in (plain, ridden)]
    changes = [one.contrast_change_lu or 0.0 for one in lost]
    assert changes[0] < -2.0
    assert abs(changes[1]) < 1.0
    assert ridden.taken.ride_max_db > 1.0
    assert plain.taken.ride_max_db == 0.0
    assert ridden.loudness.integrated_lufs == pytest.approx(-9.0, abs=0.1)


def test_a_target_that_a_mix_carries_needs_no_ride() -> None:
    made = master(_verse_and_chorus(8.0), target_lufs=-22.0)
    assert made.taken.ride_max_db == 0.0


def test_a_ride_is_straight_between_blocks_and_the_same_wherever_it_is_read() -> None:
    ones = Audio(np.ones((2, 2 * RATE_HZ)), RATE_HZ)
    ride_db = np.zeros(17)
    ride_db[8:] = -6.0
    ridden = Ridden(ones, ride_db)
    whole = ridden.read(0, ones.frames)
    assert whole[0, round(0.8 * RATE_HZ)] == pytest.approx(1.0)
    assert whole[0, round(1.05 * RATE_HZ)] == pytest.approx(10 ** (-6.0 / 20), abs=1e-3)
    for start, frames in ((0, 1), (31_007, 4_001), (95_999, 50)):
        np.testing.assert_allclose(ridden.read(start, frames), whole[:, start : start + frames], atol=2e-6)


@pytest.mark.recordings
def test_a_song_at_minus_nine_keeps_its_contrast(excerpt: Callable[..., Audio]) -> None:
    mix = excerpt("caesium", 40.0, 40.0)
    cost = damage(mix, master(mix, target_lufs=-9.0).signal)
    assert cost.contrast_change_lu is not None
    assert abs(cost.contrast_change_lu) < 1.0
    assert cost.onsets is not None
    assert abs(cost.onsets.first_5_ms_db) < 1.5
