"""First arrivals: when and which way up a far mic hears a close one, and what is left unsaid."""

import numpy as np
import pytest

from controlroom.sound.arrival import agreed, arrival, attacks_of, together
from controlroom.sound.hearing import Hearing
from controlroom.sound.signal import Audio

RATE_HZ = 48000
LATEST_S = 0.01


def drum(seed: int = 0) -> np.ndarray:
    """Eight strokes of a ringing drum, half a second apart."""
    times_s = np.arange(round(0.3 * RATE_HZ)) / RATE_HZ
    random, out = np.random.default_rng(seed), 1e-4 * np.random.default_rng(seed + 9).standard_normal(5 * RATE_HZ)
    for beat in range(8):
        stroke = np.sin(2 * np.pi * 180 * times_s) * np.exp(-times_s / 0.1)
        stroke[:300] += random.standard_normal(300) * np.exp(-np.arange(300) / 60)
        at = round((0.4 + 0.5 * beat) * RATE_HZ)
        out[at : at + len(stroke)] += 0.3 * stroke
    return out


def late(row: np.ndarray, frames: int) -> np.ndarray:
    return np.concatenate([np.zeros(frames), row[: len(row) - frames]])


def attacks(audio: Audio) -> list[int]:
    return attacks_of(Hearing(audio).waveform, audio)


@pytest.mark.parametrize("polarity", [1, -1])
@pytest.mark.parametrize("frames", [0, 97, 440])
def test_delay_and_polarity_are_heard(polarity, frames):
    close = Audio(drum(), RATE_HZ)
    far = Audio(polarity * 0.2 * late(drum(), frames) + 0.1 * late(drum(), frames + 150), RATE_HZ)
    heard = arrival(close, far, attacks(close), LATEST_S)
    assert heard is not None
    assert heard.delay_s * RATE_HZ == pytest.approx(frames, abs=0.5)
    assert heard.polarity == polarity


def test_the_hits_are_found_where_they_begin():
    found = attacks(Audio(drum(), RATE_HZ))
    np.testing.assert_allclose(found, [(0.4 + 0.5 * beat) * RATE_HZ for beat in range(8)], atol=100)


def test_strangers_silence_and_other_rates_say_nothing():
    close = Audio(drum(), RATE_HZ)
    strangers = [
        Audio(0.1 * np.random.default_rng(1).standard_normal(5 * RATE_HZ), RATE_HZ),
        Audio(0 * drum(), RATE_HZ),
    ]
    for far in (*strangers, Audio(drum(), 44100)):
        assert arrival(close, far, attacks(close), LATEST_S) is None
    assert attacks(Audio(np.zeros(RATE_HZ), RATE_HZ)) == []
    assert arrival(close, close, [], LATEST_S) is None


def test_what_is_turned_over_cancels():
    close, turned = Audio(drum(), RATE_HZ), Audio(-drum(), RATE_HZ)
    assert together(close, close, attacks(close)) == pytest.approx(1.0, abs=1e-3)
    assert together(close, turned, attacks(close)) == pytest.approx(-1.0, abs=1e-3)


def test_what_stands_in_the_middle_says_least():
    assert agreed([]) == 0.0
    assert agreed([0.4, 1.3]) == 0.4
    assert agreed([-0.4, -1.3]) == -0.4
    assert agreed([-0.4, 1.3]) == 0.0
