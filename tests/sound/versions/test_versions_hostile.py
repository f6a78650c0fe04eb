"""Sound that is hardly any: nothing breaks, and nothing is invented."""

from __future__ import annotations

import numpy as np
import pytest

from controlroom.sound.signal import Audio
from controlroom.sound.versions import align, align_fingerprints, fingerprint

RATE_HZ = 48000
_NOISE = np.random.default_rng(5).standard_normal((2, 12 * RATE_HZ)).astype(np.float32) * 0.1
HARDLY = {
    "empty": np.zeros((2, 0), np.float32),
    "one sample": np.ones((1, 1), np.float32),
    "0.1 s": _NOISE[:, : RATE_HZ // 10],
    "2 s": _NOISE[:, : 2 * RATE_HZ],
    "silence": np.zeros((2, 12 * RATE_HZ), np.float32),
    "DC": np.full((1, 12 * RATE_HZ), 0.5, np.float32),
    "NaN": np.full((2, 12 * RATE_HZ), np.nan, np.float32),
    "infinite": np.full((2, 12 * RATE_HZ), np.inf, np.float32),
    "one click": np.eye(1, 12 * RATE_HZ, 5 * RATE_HZ, dtype=np.float32),
}


@pytest.mark.parametrize("name", HARDLY)
def test_against_noise_nothing_aligns(name):
    hardly, noise = Audio(HARDLY[name], RATE_HZ), Audio(_NOISE[::-1, ::-1], RATE_HZ)
    for found in (align(hardly, noise), align(noise, hardly)):
        assert not found.aligned
        assert found.why
        assert found.new_time(1.0) is None
        assert found.cut_at(1.0) is None


@pytest.mark.parametrize("name", ["empty", "one sample", "0.1 s", "silence", "NaN", "infinite"])
def test_hardly_any_sound_does_not_even_align_with_itself(name):
    same = fingerprint(Audio(HARDLY[name], RATE_HZ))
    found = align_fingerprints(same, same)
    assert not found.aligned
    assert "silent" in found.why or "short" in found.why


def test_noise_is_recognised():
    found = align(Audio(_NOISE, RATE_HZ), Audio(_NOISE[:, 2 * RATE_HZ :], RATE_HZ))
    assert found.new_time(5.0) == pytest.approx(3.0, abs=0.001)


def test_two_kinds_of_noise_are_not_confused():
    other = np.random.default_rng(6).standard_normal(_NOISE.shape).astype(np.float32)
    assert not align(Audio(_NOISE, RATE_HZ), Audio(other, RATE_HZ)).aligned


@pytest.mark.parametrize("rate_hz", [8000, 192000])
def test_rates_far_apart(rate_hz):
    from controlroom.sound.resample import Resampled

    slow = np.cumsum(_NOISE, axis=1) * 0.01
    found = align(Audio(slow, RATE_HZ), Resampled(Audio(slow, RATE_HZ), rate_hz))
    assert found.new_time(5.0) == pytest.approx(5.0, abs=0.005)
