"""The multiband compressor: bands that add up, each compressed by itself, with as little beside it as can be."""

from __future__ import annotations

import numpy as np
import pytest

from controlroom.sound.multiband import BandSettings, MultibandCompressor
from controlroom.sound.signal import frozen

RATE_HZ = 48000
IDLE = BandSettings(threshold_db=20.0, ratio=2.0)


def _noise(seconds: float = 2.0, channels: int = 2, level: float = 0.1) -> np.ndarray:
    return frozen(level * np.random.default_rng(1).standard_normal((channels, round(RATE_HZ * seconds))))


def _level_db(samples: np.ndarray, low_hz: float, high_hz: float) -> float:
    spectrum = np.abs(np.fft.rfft(samples * np.hanning(len(samples)))) ** 2
    freqs_hz = np.fft.rfftfreq(len(samples), 1 / RATE_HZ)
    return float(10 * np.log10(spectrum[(freqs_hz >= low_hz) & (freqs_hz < high_hz)].sum()))


@pytest.mark.parametrize("crossovers_hz", [(120.0,), (100.0, 2000.0), (80.0, 300.0, 1500.0, 6000.0)])
def test_with_nothing_to_do_the_sum_is_the_input(crossovers_hz: tuple[float, ...]) -> None:
    noise = _noise()
    made = MultibandCompressor(RATE_HZ, 2, crossovers_hz, [IDLE] * (len(crossovers_hz) + 1), lookahead_ms=3.0)
    late = made.latency_frames
    np.testing.assert_array_equal(made.process(noise)[:, late:], noise[:, :-late])


def test_one_level_over_all_bands_is_that_level_and_phases_stay() -> None:
    noise = _noise()
    lifted = [BandSettings(threshold_db=20.0, ratio=2.0, makeup_db=-6.0)] * 4
    made = MultibandCompressor(RATE_HZ, 2, (100.0, 800.0, 5000.0), lifted)
    late = made.latency_frames
    np.testing.assert_allclose(made.process(noise)[:, late:], noise[:, :-late] * 10 ** (-6 / 20), atol=1e-6)


def test_a_loud_band_comes_down_alone() -> None:
    noise = _noise(3.0, 1)
    settings = [IDLE, BandSettings(threshold_db=-40.0, ratio=4.0, knee_db=0.0), IDLE]
    made = MultibandCompressor(RATE_HZ, 1, (300.0, 3000.0), settings)
    late = made.latency_frames
    out, was = made.process(noise)[0, RATE_HZ:], noise[0, RATE_HZ - late : -late]
    change = [
        _level_db(out, low, high) - _level_db(was, low, high) for low, high in ((30, 150), (600, 1500), (8000, 20000))
    ]
    level_db = _level_db_of_band(was)
    assert change[1] == pytest.approx(-0.75 * (level_db + 40.0), abs=1.0)
    assert abs(change[0]) < 0.3
    assert abs(change[2]) < 0.3
    assert made.max_reduction_db[0] == 0.0


def _level_db_of_band(samples: np.ndarray) -> float:
    """300 Hz to 3 kHz of white noise."""
    return float(10 * np.log10(np.mean(samples**2) * 2700 / (RATE_HZ / 2)))


def test_a_notch_in_the_source_stays_deep() -> None:
    """What the gains do at moderate speed must not fill in what is not there."""
    rng = np.random.default_rng(2)
    frames = 6 * RATE_HZ
    spectrum = np.fft.rfft(rng.standard_normal(frames))
    freqs_hz = np.fft.rfftfreq(frames, 1 / RATE_HZ)
    spectrum /= np.maximum(freqs_hz, 30.0) ** 0.5
    spectrum[(freqs_hz > 980) & (freqs_hz < 1020)] = 0
    sound = np.fft.irfft(spectrum)
    beat = 0.25 + np.exp(-(np.arange(frames) % (RATE_HZ // 2)) / 4800)
    spectrum = np.fft.rfft(sound / np.abs(sound).max() * beat)
    spectrum[(freqs_hz > 980) & (freqs_hz < 1020)] = 0
    notched = frozen(np.fft.irfft(spectrum))
    bands = [BandSettings(threshold_db=-30.0, ratio=2.5, attack_ms=20.0, release_ms=120.0)] * 4
    made = MultibandCompressor(RATE_HZ, 1, (120.0, 600.0, 4000.0), bands, lookahead_ms=5.0)
    out = made.process(notched)[0, RATE_HZ:]
    assert max(made.max_reduction_db) > 4.0
    depth_db = (_level_db(out, 900, 970) + _level_db(out, 1030, 1100)) / 2 - _level_db(out, 985, 1015)
    assert depth_db - 10 * np.log10(70 / 30) > 25.0


def test_looking_ahead_meets_the_onset() -> None:
    """With the gain down before the hit, its first milliseconds are no louder than the rest of it."""
    times_s = np.arange(RATE_HZ) / RATE_HZ
    hit = frozen(np.sin(2 * np.pi * 1000 * times_s) * (times_s > 0.5))
    bands = [IDLE, BandSettings(threshold_db=-20.0, ratio=10.0, attack_ms=3.0, release_ms=100.0)]
    peaks = []
    for lookahead_ms in (0.0, 10.0):
        made = MultibandCompressor(RATE_HZ, 1, (200.0,), bands, lookahead_ms=lookahead_ms)
        out = made.process(frozen(np.pad(hit, ((0, 0), (0, made.latency_frames)))))[0, made.latency_frames :]
        onset = RATE_HZ // 2
        peaks.append(np.abs(out[onset : onset + 240]).max())
    assert peaks[1] < 0.5 * peaks[0]


def test_blocks_of_any_size_give_the_same() -> None:
    noise = _noise(1.0)
    settings = [BandSettings(threshold_db=-40.0, ratio=2.0)] * 3
    whole = MultibandCompressor(RATE_HZ, 2, (200.0, 2000.0), settings, lookahead_ms=2.0).process(noise)
    pieces = MultibandCompressor(RATE_HZ, 2, (200.0, 2000.0), settings, lookahead_ms=2.0)
    cut = [pieces.process(frozen(noise[:, at : at + 6007])) for at in range(0, noise.shape[1], 6007)]
    np.testing.assert_allclose(np.concatenate(cut, axis=1), whole, atol=1e-6)


@pytest.mark.parametrize(("crossovers_hz", "bands"), [((), 1), ((200.0,), 3), ((2000.0, 200.0), 3), ((30000.0,), 2)])
def test_bands_that_do_not_fit_are_refused(crossovers_hz: tuple[float, ...], bands: int) -> None:
    with pytest.raises(ValueError, match="2 to 5 bands"):
        MultibandCompressor(RATE_HZ, 2, crossovers_hz, [IDLE] * bands)
