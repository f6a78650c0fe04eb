"""The spectrogram: each tone in its band, at its time, at its level; in any cutting into blocks."""

from __future__ import annotations

import numpy as np
import pytest

from controlroom.sound.signal import Audio, blocks
from controlroom.sound.spectrogram import SpectrogramAccumulator, spectrogram_of


def _tone(hz: float, seconds: float, rate_hz: int = 44100, gain: float = 0.5) -> np.ndarray:
    return gain * np.sin(2 * np.pi * hz * np.arange(round(seconds * rate_hz)) / rate_hz)


@pytest.mark.parametrize("rate_hz", [8000, 44100, 96000])
@pytest.mark.parametrize("hz", [250.0, 1000.0, 3000.0])
def test_a_tone_stands_in_its_band_at_its_level(hz, rate_hz):
    heard = spectrogram_of(Audio(_tone(hz, 10, rate_hz), rate_hz))
    middle = heard.levels_db[:, 300].astype(float)
    assert heard.freqs_hz[np.argmax(middle)] == pytest.approx(hz, rel=0.03, abs=22)  # a bin of a short frame
    assert 10 * np.log10((10 ** (middle / 10)).sum() / 1.5) == pytest.approx(-6.02, abs=0.5)


def test_a_tone_stands_at_its_time():
    silent, sound = np.zeros(5 * 44100), _tone(1000, 5)
    heard = spectrogram_of(Audio(np.concatenate([silent, sound]), 44100))
    loud = heard.levels_db.max(axis=0) > -30
    assert np.argmax(loud) * heard.column_s == pytest.approx(5.0, abs=0.05)
    assert loud[round(5.2 / heard.column_s) :].all()


def test_any_cutting_into_blocks_gives_the_same():
    signal = Audio(np.random.default_rng(1).normal(0, 0.1, (2, 70001)), 44100)
    whole = spectrogram_of(signal)
    for frames in (97, 4096, 70001):
        cut = SpectrogramAccumulator(44100, 2, signal.frames)
        for block in blocks(signal, frames):
            cut.add(block)
        assert np.array_equal(cut.result().levels_db, whole.levels_db)


@pytest.mark.parametrize("frames", [1, 100, 5000, 44100 * 3])
def test_every_column_is_filled(frames):
    heard = spectrogram_of(Audio(np.random.default_rng(1).normal(0, 0.1, frames), 44100))
    assert heard.levels_db.shape[1] * heard.column_s == pytest.approx(frames / 44100, abs=heard.column_s)
    assert (heard.levels_db.max(axis=0) > -90).all()


def test_silence_is_silent():
    assert (spectrogram_of(Audio(np.zeros((2, 44100)), 44100)).levels_db == -120).all()


def test_memory_does_not_grow_with_time():
    long = SpectrogramAccumulator(48000, 2, 3 * 3600 * 48000)
    held = [value.nbytes for value in vars(long).values() if isinstance(value, np.ndarray)]
    assert sum(held) < 8_000_000
