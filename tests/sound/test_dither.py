"""Dither: noise of a known size where bits are dropped, nothing at all where they are not."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from controlroom.sound.dither import STRETCH_FRAMES, Shaped, quantised
from controlroom.sound.signal import frozen


def sine(level_db: float, frames: int = 48000, hz: float = 997.0) -> np.ndarray:
    return frozen(10 ** (level_db / 20) * np.sin(2 * np.pi * hz * np.arange(frames) / 48000))


@pytest.mark.parametrize("bits", [16, 24])
def test_error_is_white_and_of_the_size_theory_names(bits: int) -> None:
    # TPDF of 2 LSB plus rounding: a variance of (1/4) LSB² in all, whatever the signal (Lipshitz et al., 1992).
    signal = frozen(np.random.default_rng(1).uniform(-0.4, 0.4, (1, 480_000)))
    steps = 2.0 ** (bits - 1)
    error = quantised(signal, bits).values[0] - signal[0].astype(np.float64) * steps
    assert np.mean(error) == pytest.approx(0.0, abs=0.004)
    assert np.var(error) == pytest.approx(0.25, rel=0.02)
    spectrum = np.abs(np.fft.rfft(error.reshape(-1, 1000))) ** 2
    power = spectrum.mean(axis=0)[1:-1]
    assert power.max() / power.min() < 2.0


def test_a_sine_below_one_step_survives_without_distortion() -> None:
    values = quantised(sine(-100.0, 480_000), 16).values[0]
    spectrum = np.abs(np.fft.rfft(values * np.hanning(len(values)))) ** 2
    bins = len(values) / 48000
    at = [round(997 * k * bins) for k in range(1, 6)]
    power = [spectrum[b - 3 : b + 4].max() for b in at]
    floor = np.median(spectrum) * 12  # the median of noise, and how far above it the largest of seven bins may lie
    assert power[0] > 50 * floor
    assert max(power[1:]) < 2 * floor


@pytest.mark.parametrize("bits", [16, 24])
def test_what_lies_on_the_grid_stays_bit_for_bit(bits: int) -> None:
    top = 2 ** (bits - 1)
    values = np.random.default_rng(2).integers(-top, top, (2, 5000)).astype(np.int32)
    found = quantised(frozen(values / top), bits)
    assert np.array_equal(found.values, values)
    assert found.dithered_samples == 0


def test_digital_silence_stays_digital_silence() -> None:
    assert not quantised(frozen(np.zeros((2, 3000))), 16).values.any()


def test_only_the_stretch_that_needs_it_is_dithered() -> None:
    samples = np.zeros((1, 4 * STRETCH_FRAMES), np.float32)
    samples[0, STRETCH_FRAMES + 5] = 0.1
    found = quantised(frozen(samples), 16)
    assert found.dithered_samples == STRETCH_FRAMES
    assert not found.values[0, :STRETCH_FRAMES].any()
    assert found.values[0, STRETCH_FRAMES : 2 * STRETCH_FRAMES].any()
    assert not found.values[0, 2 * STRETCH_FRAMES :].any()


def test_full_scale_is_clipped_and_counted() -> None:
    found = quantised(frozen(np.array([[1.5, -1.5, 1.0, -1.0, 0.0]])), 16)
    assert found.values.tolist() == [[32767, -32768, 32767, -32768, 0]]
    assert found.clipped_samples == 2


@settings(max_examples=25, deadline=None)
@given(cuts=st.lists(st.integers(1, 19), max_size=6, unique=True), seed=st.integers(-(2**70), 2**70))
def test_any_block_size_gives_the_same_samples(cuts: list[int], seed: int) -> None:
    signal = frozen(np.random.default_rng(3).normal(0, 0.1, (2, 20 * STRETCH_FRAMES - 100)))
    whole = quantised(signal, 16, seed=seed)
    edges = [0, *(cut * STRETCH_FRAMES for cut in sorted(cuts)), signal.shape[1]]
    parts = [quantised(frozen(signal[:, a:b]), 16, at_frame=a, seed=seed) for a, b in pairwise(edges)]
    assert np.array_equal(np.concatenate([part.values for part in parts], axis=1), whole.values)


def test_channels_and_seeds_have_noise_of_their_own() -> None:
    signal = frozen(np.full((2, 8192), 0.1))
    left, right = quantised(signal, 16, seed=1).values
    other = quantised(signal, 16, seed=2).values[0]
    assert abs(np.corrcoef(left, right)[0, 1]) < 0.05
    assert abs(np.corrcoef(left, other)[0, 1]) < 0.05
    assert np.array_equal(left, quantised(signal, 16, seed=1).values[0])


def test_a_block_begins_on_a_stretch() -> None:
    with pytest.raises(ValueError, match="multiple of 1024"):
        quantised(frozen(np.zeros((1, 10))), 16, at_frame=100)


def _audible_db(error: np.ndarray, rate_hz: int) -> float:
    """The level of noise weighed by the threshold of hearing (Terhardt, Hearing Research 1, 1979)."""
    khz = np.fft.rfftfreq(error.shape[-1], 1 / rate_hz)[1:] / 1000
    threshold_db = 3.64 * khz**-0.8 - 6.5 * np.exp(-0.6 * (khz - 3.3) ** 2) + 1e-3 * khz**4
    return float(10 * np.log10((np.abs(np.fft.rfft(error)[1:]) ** 2 * 10 ** (-threshold_db / 10)).sum()))


@pytest.mark.parametrize("rate_hz", [44100, 48000])
def test_shaped_noise_is_heard_less(rate_hz: int) -> None:
    signal = frozen(np.random.default_rng(3).uniform(-0.4, 0.4, (1, 10 * rate_hz)))
    exact = signal[0].astype(np.float64) * 2**15
    plain = quantised(signal, 16).values[0] - exact
    shaped = Shaped(16, 1).quantised(signal, at_frame=0).values[0] - exact
    assert _audible_db(shaped, rate_hz) < _audible_db(plain, rate_hz) - 9.5
    assert abs(np.mean(shaped)) < 0.01
    assert np.std(shaped) < 2.2 * np.std(plain)  # what it adds above 10 kHz stays small beside the music


def test_shaped_dither_is_the_same_for_any_block_size_and_keeps_what_lies_on_the_grid() -> None:
    signal = frozen(np.random.default_rng(4).uniform(-0.9, 0.9, (2, 7 * STRETCH_FRAMES + 77)))
    whole = Shaped(16, 2, seed=5).quantised(signal, at_frame=0)
    parts = Shaped(16, 2, seed=5)
    cuts = [0, STRETCH_FRAMES, 4 * STRETCH_FRAMES, signal.shape[1]]
    pieces = [parts.quantised(frozen(signal[:, a:b]), at_frame=a).values for a, b in pairwise(cuts)]
    assert np.array_equal(np.concatenate(pieces, axis=1), whole.values)
    assert whole.dithered_samples == signal.size
    again = Shaped(16, 2).quantised(frozen(whole.values / 2**15), at_frame=0)
    assert np.array_equal(again.values, whole.values)
    assert again.dithered_samples == 0


def test_shaped_dither_counts_and_clips_overs() -> None:
    found = Shaped(16, 1).quantised(frozen(np.full((1, 3000), 1.5)), at_frame=0)
    assert (found.clipped_samples, found.values.min(), found.values.max()) == (3000, 32767, 32767)
