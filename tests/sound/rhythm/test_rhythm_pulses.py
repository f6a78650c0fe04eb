"""Pulses: where bands rise, whatever the blocks, and nothing else."""

import numpy as np
import pytest

from controlroom.sound.rhythm import RhythmAccumulator, pulses_of
from controlroom.sound.rhythm.pulses import GROUPS
from controlroom.sound.signal import Audio

RATES_HZ = [8000, 44100, 48000, 96000]


def bursts(rate_hz: int, low: bool = False) -> Audio:
    """A burst every half second from 0.5 s on, of noise or at 60 Hz."""
    random = np.random.default_rng(2)
    t = np.arange(rate_hz // 10) / rate_hz
    sound = np.sin(2 * np.pi * 60 * t) if low else random.standard_normal(len(t))
    out = 1e-5 * random.standard_normal((2, 4 * rate_hz))
    for number in range(1, 7):
        at = number * rate_hz // 2
        out[:, at : at + len(t)] += 0.3 * sound * np.exp(-25 * t)
    return Audio(out, rate_hz)


@pytest.mark.parametrize("rate_hz", RATES_HZ)
def test_a_burst_is_a_pulse_where_it_begins(rate_hz):
    pulses = pulses_of(bursts(rate_hz))
    whole = pulses.rises.sum(axis=1)
    for number in range(1, 7):
        middle = round(0.5 * number / pulses.hop_s)
        assert abs((np.argmax(whole[middle - 10 : middle + 10]) - 10) * pulses.hop_s) < 0.021
    assert pulses.duration_s == pytest.approx(4.0, abs=0.001)


def test_low_and_high_are_told_apart():
    low, wide = (pulses_of(bursts(48000, low)).rises[40:].max(axis=0) for low in (True, False))
    assert low[0] > 10
    assert low[0] > 2 * low[2:].max()
    assert wide[2:].min() > 10


def test_blocks_of_any_size_give_the_same_pulses():
    audio = bursts(44100)
    whole = pulses_of(audio)
    accumulator = RhythmAccumulator(audio.rate_hz, audio.channels)
    at = 0
    for size in [1, 7, 441, 5000, 100_000, 200_000]:
        accumulator.add(audio.samples[:, at : at + size])
        at += size
    pulses = accumulator.result()
    np.testing.assert_array_equal(pulses.rises, whole.rises)
    np.testing.assert_array_equal(pulses.levels_db, whole.levels_db)


def test_pulses_are_small_and_the_empty_sound_has_none():
    pulses = pulses_of(bursts(48000))
    assert (pulses.rises.nbytes + pulses.levels_db.nbytes) / pulses.duration_s < 4000
    assert pulses_of(Audio(np.zeros((2, 0)), 48000)).rises.shape == (0, GROUPS)
