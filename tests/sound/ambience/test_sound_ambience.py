"""Noise and decay, against noise of known level and rooms of known time."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.signal import fftconvolve

from controlroom.sound.ambience import BandAccumulator, BandLevels, decay_of, noise_of

RATE_HZ = 44100


def heard(samples: np.ndarray, block: int = 30000) -> BandLevels:
    samples = np.atleast_2d(samples).astype(np.float32)
    accumulator = BandAccumulator(RATE_HZ, len(samples))
    for at in range(0, samples.shape[1], block):
        accumulator.add(samples[:, at : at + block])
    return accumulator.result()


def clicks(seconds: float, every_s: float = 1.5) -> np.ndarray:
    """Dry hits of broad noise, 10 ms long."""
    rng = np.random.default_rng(2)
    out = np.zeros(round(seconds * RATE_HZ))
    for at in np.arange(0.2, seconds - 0.1, every_s):
        first = round(at * RATE_HZ)
        out[first : first + 441] = rng.standard_normal(441) * 0.3
    return out


def room(decay_s: float, direct: float) -> np.ndarray:
    """An impulse response whose tail falls 60 dB in `decay_s`."""
    at_s = np.arange(round(1.3 * decay_s * RATE_HZ)) / RATE_HZ
    tail = np.random.default_rng(5).standard_normal(len(at_s)) * 10 ** (-3 * at_s / decay_s)
    tail /= np.sqrt(np.sum(tail**2))
    tail[0] += direct
    return tail


def test_levels_are_those_of_a_sine_and_do_not_depend_on_blocks() -> None:
    sine = 0.1 * np.sin(2 * np.pi * 3000 * np.arange(2 * RATE_HZ) / RATE_HZ)
    whole, cut = heard(sine), heard(sine, block=777)
    assert np.array_equal(whole.steps, cut.steps)
    assert np.abs(whole.levels_db[:, 5] + 23.0).max() < 0.6  # 2 to 4 kHz
    assert whole.levels_db[:, 0].max() < -80


@pytest.mark.parametrize("level_db", [-70.0, -50.0])
def test_a_steady_noise_under_hits_is_measured(level_db: float) -> None:
    rng = np.random.default_rng(1)
    found = noise_of(heard(clicks(12) + rng.standard_normal(12 * RATE_HZ) * 10 ** (level_db / 20)))
    assert found.floor_dbfs == pytest.approx(level_db + 10 * np.log10(16000 / 22050), abs=1.0)
    assert found.hiss_dbfs == pytest.approx(level_db + 10 * np.log10(12000 / 22050), abs=1.0)


def test_music_that_never_rests_has_no_noise_floor() -> None:
    rng = np.random.default_rng(1)
    falls_db = [-80 * np.arange(round(length_s * RATE_HZ)) / RATE_HZ for length_s in rng.uniform(0.1, 0.5, 80)]
    level_db = np.concatenate(falls_db)
    ringing = rng.standard_normal(len(level_db)) * 0.1 * 10 ** (level_db / 20)
    assert noise_of(heard(ringing)).hiss_dbfs is None


def test_digital_silence_is_no_noise() -> None:
    assert noise_of(heard(np.zeros(5 * RATE_HZ))).floor_dbfs is None


@pytest.mark.parametrize("decay_s", [0.5, 1.0, 2.0])
def test_the_time_of_a_room_is_found(decay_s: float) -> None:
    wet = fftconvolve(clicks(16, every_s=1.4 * decay_s), room(decay_s, direct=0.5))
    found = decay_of(heard(wet + np.random.default_rng(3).standard_normal(len(wet)) * 1e-5))
    assert found.seconds == pytest.approx(decay_s, rel=0.15)
    assert found.confidence > 0.7


@pytest.mark.parametrize("seconds", [0.0, 0.3, 5.0])
def test_without_decays_there_is_no_time(seconds: float) -> None:
    assert decay_of(heard(np.full(round(seconds * RATE_HZ), 0.1))).seconds is None
    assert decay_of(heard(np.random.default_rng(0).standard_normal(round(seconds * RATE_HZ)) * 0.1)).seconds is None
