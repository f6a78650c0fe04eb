"""Resampling: exact length, no latency, no error to hear, and the same samples however it is read."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from controlroom.sound.resample import Resampled
from controlroom.sound.signal import Audio, blocks, in_memory

RATES = [(44100, 48000), (48000, 44100), (96000, 44100), (44100, 192000), (8000, 48000), (24000, 48000)]


def tone(hz: float, rate_hz: int, frames: int) -> np.ndarray:
    return 0.5 * np.sin(2 * np.pi * hz * np.arange(frames) / rate_hz)


@pytest.mark.parametrize(("from_hz", "to_hz"), RATES)
def test_a_tone_stays_that_tone_at_its_place(from_hz: int, to_hz: int) -> None:
    hz = 0.4 * min(from_hz, to_hz)
    resampled = in_memory(Resampled(Audio(tone(hz, from_hz, from_hz), from_hz), to_hz)).samples[0]
    inside = slice(to_hz // 10, -to_hz // 10)
    turn = 2 * np.pi * hz * np.arange(len(resampled)) / to_hz
    waves = np.stack([np.sin(turn), np.cos(turn)], axis=1)[inside]
    (sine, cosine), *_ = np.linalg.lstsq(waves, resampled[inside], rcond=None)
    error = resampled[inside] - waves @ [sine, cosine]
    assert abs(20 * np.log10(sine / 0.5)) < 0.002  # flat
    assert abs(cosine / sine) < 1e-9  # no latency: 1e-9 rad at 0.4 of the rate is less than a millionth of a frame
    assert 20 * np.log10(np.std(error) / np.std(resampled)) < -140.0


@pytest.mark.parametrize(("from_hz", "to_hz"), RATES)
@pytest.mark.parametrize("frames", [1, 2, 999, 33_333])
def test_length_is_exact(from_hz: int, to_hz: int, frames: int) -> None:
    resampled = Resampled(Audio(np.ones((2, frames)), from_hz), to_hz)
    assert resampled.frames == int(frames * to_hz / from_hz + 0.5)
    assert in_memory(resampled).samples.shape == (2, resampled.frames)


def test_what_lies_above_the_new_nyquist_frequency_is_gone() -> None:
    resampled = in_memory(Resampled(Audio(tone(30_000, 96_000, 96_000), 96_000), 44_100)).samples[0]
    assert 20 * np.log10(np.abs(resampled[4000:-4000]).max() / 0.5) < -120.0


def test_the_same_rate_is_the_same_sound() -> None:
    source = Audio(np.random.default_rng(0).normal(0, 0.1, (2, 1000)), 48000)
    assert np.array_equal(in_memory(Resampled(source, 48000)).samples, source.samples)


@settings(max_examples=30, deadline=None)
@given(reads=st.lists(st.tuples(st.integers(-5, 95_000), st.integers(0, 60_000)), max_size=5))
def test_any_read_gives_the_same_samples(reads: list[tuple[int, int]]) -> None:
    source = Audio(np.random.default_rng(0).normal(0, 0.1, (2, 100_000)), 48000)
    whole = in_memory(Resampled(source, 44100)).samples
    resampled = Resampled(source, 44100)
    for start, frames in reads:
        assert np.array_equal(resampled.read(start, frames), whole[:, max(start, 0) : max(start + frames, 0)])


@pytest.mark.parametrize("block", [1, 1000, 32768, 70_000])
def test_any_block_size_gives_the_same_samples(block: int) -> None:
    frames = 3000 if block == 1 else 100_000
    source = Audio(np.random.default_rng(0).normal(0, 0.1, (2, frames)), 44100)
    whole = in_memory(Resampled(source, 48000)).samples
    assert np.array_equal(np.concatenate(list(blocks(Resampled(source, 48000), block)), axis=1), whole)
