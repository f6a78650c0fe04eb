"""Relief: peaks come down, what lies above the curve's reach stays as it was, and blocks do not show."""

from __future__ import annotations

import numpy as np
import pytest

from controlroom.sound.relief import QUICK, SLOW, Pace, Relief
from controlroom.sound.signal import BLOCK_FRAMES, Audio
from controlroom.sound.stream import Chain

RATE_HZ = 48000


def _clicks_on_a_bass(rate_hz: int = RATE_HZ, seconds: float = 2.0) -> Audio:
    """A bass of 60 Hz at 0.8, and bursts of 3 kHz at 0.4 on top of it."""
    time_s = np.arange(round(seconds * rate_hz)) / rate_hz
    bursts = 0.4 * np.sin(2 * np.pi * 3000 * time_s) * (np.sin(2 * np.pi * 7 * time_s) > 0.9)
    return Audio(np.stack([0.8 * np.sin(2 * np.pi * 60 * time_s) + bursts] * 2), rate_hz)


def _relieved(source: Audio, ceiling_db: float, pace: Pace = SLOW) -> np.ndarray:
    chain = Chain(source, lambda: [Relief(source.rate_hz, source.channels, ceiling_db, pace)])
    return np.asarray(chain.read(0, source.frames))


@pytest.mark.parametrize("rate_hz", [44100, 48000, 96000])
def test_peaks_come_down_by_most_of_what_they_have_too_much(rate_hz: int) -> None:
    source = _clicks_on_a_bass(rate_hz)
    over = np.abs(source.samples).max() - 1.0
    assert over > 0.15
    assert np.abs(_relieved(source, 0.0)).max() - 1.0 < 0.25 * over


@pytest.mark.parametrize(("pace", "above_hz"), [(SLOW, 600.0), (QUICK, 5500.0)])
def test_nothing_is_added_above_its_reach(pace: Pace, above_hz: float) -> None:
    rng = np.random.default_rng(1)
    source = Audio(rng.standard_normal((1, 4 * RATE_HZ)) * 0.4, RATE_HZ)
    added = (_relieved(source, 0.0, pace) - source.samples)[0] * np.hanning(source.frames)
    power = np.abs(np.fft.rfft(added)) ** 2
    freqs_hz = np.fft.rfftfreq(source.frames, 1 / RATE_HZ)
    above = power[(freqs_hz > above_hz) & (freqs_hz < 3 * above_hz)].mean()
    assert 10 * np.log10(above / power[freqs_hz < above_hz / 5].mean()) < -40


def test_the_high_sounds_keep_their_level() -> None:
    source = _clicks_on_a_bass()
    made = _relieved(source, -1.0)
    for freq_hz in (2990.0, 3000.0, 3010.0):
        probe = np.exp(-2j * np.pi * freq_hz * np.arange(source.frames) / RATE_HZ)
        before, after = abs(source.samples[0] @ probe), abs(made[0] @ probe)
        assert after == pytest.approx(before, rel=0.01)


def test_what_stays_below_the_ceiling_is_not_touched() -> None:
    source = _clicks_on_a_bass()
    np.testing.assert_array_equal(_relieved(source, 3.0), source.samples)


def test_both_signs_are_treated_alike() -> None:
    source = _clicks_on_a_bass()
    turned = Audio(-source.samples, RATE_HZ)
    np.testing.assert_allclose(_relieved(turned, 0.0), -_relieved(source, 0.0), atol=1e-6)


@pytest.mark.parametrize("pace", [SLOW, QUICK])
def test_the_blocks_do_not_show(pace: Pace) -> None:
    source = _clicks_on_a_bass(seconds=3.0)
    whole = _relieved(source, -1.0, pace)
    relief = Relief(RATE_HZ, 2, -1.0, pace)
    padded = np.concatenate([source.samples, np.zeros((2, 2 * BLOCK_FRAMES), np.float32)], axis=1)
    pieces = [
        relief.process(Audio(padded[:, at : at + 4096], RATE_HZ).samples)
        for at in range(0, padded.shape[1] - 4096, 4096)
    ]
    made = np.concatenate(pieces, axis=1)[:, relief.latency_frames :][:, : source.frames]
    np.testing.assert_allclose(made, whole[:, : made.shape[1]], atol=1e-6)


def test_it_says_how_much_lower_the_highest_peak_became() -> None:
    source = _clicks_on_a_bass()
    relief = Relief(RATE_HZ, 2, 0.0)
    made = np.asarray(Chain(source, lambda: [relief]).read(0, source.frames))
    lower_db = 20 * np.log10(np.abs(source.samples).max() / np.abs(made).max())
    assert relief.most_db == pytest.approx(lower_db, abs=0.01)
