"""Timbre: levels of bands and of the side channel, the same however the sound is cut into blocks."""

import numpy as np
import pytest

from controlroom.sound.signal import Audio
from controlroom.sound.timbre import TimbreAccumulator, timbre_of

RATE_HZ = 44100


def sine(hz: float, seconds: float = 2.0, level: float = 1.0) -> np.ndarray:
    return (level * np.sin(2 * np.pi * hz * np.arange(int(seconds * RATE_HZ)) / RATE_HZ)).astype(np.float32)


def test_a_full_scale_sine_is_at_minus_three_in_its_band_and_nowhere_else():
    timbre = timbre_of(Audio(sine(1150.0), RATE_HZ))
    band = int(np.searchsorted(timbre.edges_hz, 1150.0)) - 1
    frame = timbre.bands_db[10].astype(float)
    assert frame[band] == pytest.approx(-3.01, abs=0.1)
    assert np.delete(frame, [band - 1, band, band + 1]).max() < -60
    assert timbre.level_db[10] == pytest.approx(-3.01, abs=0.05)


@pytest.mark.parametrize(("right", "mid_db", "side_db"), [(1.0, -3.0, -120.0), (-1.0, -120.0, -3.0), (0.0, -9.0, -9.0)])
def test_the_side_is_half_the_difference(right: float, mid_db: float, side_db: float):
    left = sine(500.0)
    timbre = timbre_of(Audio(np.stack([left, right * left]), RATE_HZ))
    assert timbre.level_db[10] == pytest.approx(mid_db, abs=0.1)
    assert timbre.side_db[10] == pytest.approx(side_db, abs=0.1)


def test_cutting_into_blocks_changes_nothing():
    noise = np.random.default_rng(1).standard_normal((2, 3 * RATE_HZ)).astype(np.float32) * 0.1
    whole = timbre_of(Audio(noise, RATE_HZ))
    pieces = TimbreAccumulator(RATE_HZ, 2)
    for part in np.split(noise, [1, 1000, 5000, 70000], axis=1):
        pieces.add(part)
    assert np.array_equal(pieces.result().bands_db, whole.bands_db)


@pytest.mark.parametrize("rate_hz", [8000, 22050, 48000, 192000])
def test_frames_last_about_45_ms_and_cover_the_sound_at_any_rate(rate_hz: int):
    timbre = timbre_of(Audio(np.ones((1, 2 * rate_hz), np.float32) * 0.1, rate_hz))
    assert 0.03 < timbre.hop_s < 0.07
    assert 2.0 <= len(timbre.level_db) * timbre.hop_s < 2.0 + timbre.hop_s
    assert timbre.edges_hz[-1] < rate_hz / 2


def test_nothing_gives_no_frames():
    assert timbre_of(Audio(np.zeros((2, 0), np.float32), RATE_HZ)).bands_db.shape[0] == 0
