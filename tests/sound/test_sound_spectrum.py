"""The average spectrum: Parseval, levels of known signals, and no trace of the block size."""

import numpy as np
import pytest

from controlroom.sound.signal import Audio
from controlroom.sound.spectrum import (
    THIRD_OCTAVES_HZ,
    SpectrumAccumulator,
    band_levels_db,
    fft_frames_at,
    spectrum_of,
    third_octave_levels_db,
)


def noise(channels: int, frames: int, level: float = 0.1, seed: int = 0) -> np.ndarray:
    return (level * np.random.default_rng(seed).standard_normal((channels, frames))).astype(np.float32)


def test_the_sum_over_bins_is_the_mean_square():
    samples = noise(2, 480000) * [[1], [0.25]]
    spectrum = spectrum_of(Audio(samples, 48000))
    assert spectrum.channel_power.sum(axis=1) == pytest.approx((samples**2).mean(axis=1), rel=0.02)
    assert spectrum.power.sum() == pytest.approx(spectrum.channel_power.sum())


@pytest.mark.parametrize("rate_hz", [8000, 44100, 48000, 96000, 192000])
def test_a_full_scale_sine_reads_minus_three_db_in_its_band(rate_hz):
    sine = np.sin(2 * np.pi * 1000 * np.arange(rate_hz * 2) / rate_hz)
    levels = third_octave_levels_db(spectrum_of(Audio(sine, rate_hz)))
    assert levels[np.argmin(np.abs(THIRD_OCTAVES_HZ - 1000))] == pytest.approx(-3.01, abs=0.02)
    assert np.sort(levels)[-2] < -60


def test_white_noise_rises_three_db_per_octave_in_third_octaves():
    levels = third_octave_levels_db(spectrum_of(Audio(noise(1, 48000 * 30), 48000)))
    octaves = np.log2(THIRD_OCTAVES_HZ[4:] / THIRD_OCTAVES_HZ[4])
    assert np.polyfit(octaves, levels[4:], 1)[0] == pytest.approx(3.01, abs=0.1)


def test_bands_that_an_edge_cuts_count_in_part():
    spectrum = spectrum_of(Audio(noise(1, 480000), 48000))
    fine = band_levels_db(spectrum, np.linspace(1000, 2000, 301))
    assert 10 * np.log10((10 ** (fine / 10)).sum()) == pytest.approx(band_levels_db(spectrum, [1000, 2000])[0])
    assert band_levels_db(spectrum, [30000, 40000])[0] == -200


def test_the_block_size_leaves_no_trace():
    samples = noise(3, 300_001)
    whole = SpectrumAccumulator(48000, 3)
    whole.add(samples)
    for size in (1000, 4096, 99_999):
        parts = SpectrumAccumulator(48000, 3)
        for at in range(0, samples.shape[1], size):
            parts.add(samples[:, at : at + size])
        assert np.array_equal(parts.result().channel_power, whole.result().channel_power)
    assert np.array_equal(whole.result().channel_power, whole.result().channel_power)


def test_pauses_do_not_thin_out_the_average_and_quiet_recordings_count():
    loud = noise(1, 480000)
    with_pause = np.concatenate([loud, noise(1, 480000, 1e-5)], axis=1)
    assert spectrum_of(Audio(with_pause, 48000)).power.sum() == pytest.approx((loud**2).mean(), rel=0.03)
    assert spectrum_of(Audio(noise(1, 480000, 1e-5), 48000)).power.sum() == pytest.approx(1e-10, rel=0.03)


@pytest.mark.parametrize("frames", [0, 1, 100, 8191, 8192, 12288])
def test_short_and_silent_signals_give_finite_figures(frames):
    silent = spectrum_of(Audio(np.zeros((2, frames)), 48000))
    assert (silent.counted, silent.power.sum()) == (0, 0)
    loud = spectrum_of(Audio(np.full((1, frames), 0.5), 48000))
    assert np.isfinite(third_octave_levels_db(loud)).all()
    assert (loud.power.sum() > 0) == (frames > 1)  # Hann is 0 at its first sample


def test_frames_scale_with_the_rate():
    assert [fft_frames_at(rate) for rate in (8000, 44100, 48000, 96000, 192000)] == [1024, 8192, 8192, 16384, 32768]
