"""Delays between microphones, with truth: fractional, turned over, noisy, in echoes."""

import numpy as np
import pytest

from controlroom.sound.correlation import best_delay, delay_between, stereo_correlation, stereo_image
from controlroom.sound.signal import Audio

RATE_HZ = 48000


def drums(seconds: float = 6.0, seed: int = 0) -> np.ndarray:
    """Decaying bursts: a low thump with a noisy attack, twice a second."""
    random = np.random.default_rng(seed)
    out = np.zeros(int(seconds * RATE_HZ))
    t = np.arange(RATE_HZ // 3) / RATE_HZ
    for at in range(1000, len(out) - len(t), RATE_HZ // 2):
        out[at : at + len(t)] += np.sin(2 * np.pi * 70 * t) * np.exp(-t * 12)
        out[at : at + len(t)] += 0.3 * random.standard_normal(len(t)) * np.exp(-t * 60)
    return out


def later(samples: np.ndarray, frames: float) -> np.ndarray:
    padded = np.concatenate([samples, np.zeros(4096)])
    bins = np.fft.rfft(padded) * np.exp(-2j * np.pi * np.fft.rfftfreq(len(padded)) * frames)
    return np.fft.irfft(bins, len(padded))[: len(samples)]


@pytest.mark.parametrize("frames", [0, 7, -31.5, 144.25, 431.7, -700.0])
@pytest.mark.parametrize("polarity", [1, -1])
def test_delay_and_polarity_come_back_to_a_twentieth_of_a_sample(frames, polarity):
    a = drums()
    delay = best_delay(a, 0.3 * polarity * later(a, frames), RATE_HZ, 20)
    assert delay.frames == pytest.approx(frames, abs=0.05)
    assert delay.polarity == polarity
    assert delay.correlation == pytest.approx(polarity, abs=0.01)
    assert delay.clarity > 6


@pytest.mark.parametrize("polarity", [1, -1])
def test_an_overhead_with_noise_another_drum_and_reflections(polarity):
    snare, other = drums(), np.roll(drums(seed=5), 9000)
    overhead = 0.4 * polarity * later(snare, 290.4) + 0.3 * later(other, 130)
    overhead += 0.25 * polarity * later(snare, 700) + 0.02 * np.random.default_rng(2).standard_normal(len(snare))
    delay = best_delay(snare + 0.05 * other, overhead, RATE_HZ, 20)
    assert delay.frames == pytest.approx(290.4, abs=0.5)
    assert delay.polarity == polarity


def test_strangers_have_no_clarity_and_silence_gives_nothing():
    random = np.random.default_rng(0)
    delay = best_delay(random.standard_normal(96000), random.standard_normal(96000), RATE_HZ, 20)
    assert delay.clarity < 6
    assert abs(delay.correlation) < 0.05
    for a, b in [(np.zeros(1000), np.zeros(1000)), (drums(), np.zeros(10)), (np.zeros(0), np.zeros(0)), ([1.0], [1.0])]:
        nothing = best_delay(np.array(a), np.array(b), RATE_HZ, 20)
        assert (nothing.frames, abs(nothing.correlation)) == (0, pytest.approx(0, abs=1e-9)) or len(a) == 1


class Counting(Audio):
    heard = 0

    def read(self, start, frames):
        block = super().read(start, frames)
        self.heard += block.shape[1]
        return block


def test_long_signals_are_heard_in_part_and_where_it_is_worth_it():
    a = np.tile(drums(10), 8)
    one, two = Counting(a, RATE_HZ), Counting(np.stack([-later(a, 96.5)] * 2), RATE_HZ)
    delay = delay_between(one, two, 10)
    assert delay.frames == pytest.approx(96.5, abs=0.1)
    assert delay.polarity == -1
    assert one.heard <= 20 * RATE_HZ
    late = np.concatenate([np.zeros(30 * RATE_HZ), a[: 5 * RATE_HZ]])
    spans = [(30.0, 35.0)]
    assert delay_between(Audio(late, RATE_HZ), Audio(later(late, 12), RATE_HZ), 10, spans).frames == pytest.approx(
        12, abs=0.05
    )
    with pytest.raises(ValueError, match="one rate"):
        delay_between(Audio(late, 44100), Audio(late, 48000))


def test_the_stereo_image():
    noise = np.random.default_rng(0).standard_normal((2, 48000))
    assert stereo_correlation(noise[0], noise[0]) == pytest.approx(1)
    assert stereo_correlation(noise[0], -noise[0]) == pytest.approx(-1)
    assert stereo_correlation(*noise) == pytest.approx(0, abs=0.02)
    assert stereo_correlation(noise[0], 0 * noise[0]) == 0
    assert stereo_image(0, 0, 0) is None
    mono = stereo_image(0.5, 0.5, 0.5)
    assert (mono.side_db, mono.balance_db) == (-120, 0)
    assert stereo_image(1.0, 0.25, 0.0).balance_db == pytest.approx(-6.02, abs=0.01)
