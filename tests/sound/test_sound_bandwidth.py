"""Where a sound ends: cliffs are found, natural decay is not taken for one."""

import numpy as np
import pytest
from scipy import signal as reference

from controlroom.sound.bandwidth import bandwidth_hz
from controlroom.sound.files import AudioFile
from controlroom.sound.signal import Audio
from controlroom.sound.spectrum import spectrum_of


def ends_hz(samples: np.ndarray, rate_hz: int) -> float | None:
    return bandwidth_hz(spectrum_of(Audio(samples, rate_hz)))


def noise(frames: int, seed: int = 0) -> np.ndarray:
    return 0.1 * np.random.default_rng(seed).standard_normal(frames)


@pytest.mark.parametrize("limit_hz", [3400, 11000, 16000])
def test_a_cliff_is_found_also_above_dither(limit_hz):
    taps = reference.firwin(2047, limit_hz, fs=48000)
    cut = reference.fftconvolve(noise(480_000), taps)
    dithered = np.round(cut * 32768 + np.random.default_rng(1).uniform(-1, 1, len(cut))) / 32768
    assert ends_hz(cut, 48000) == pytest.approx(limit_hz, abs=400)
    assert ends_hz(dithered, 48000) == pytest.approx(limit_hz, abs=400)


@pytest.mark.parametrize("rate_hz", [8000, 24000, 48000, 192000])
def test_full_bandwidth_soft_filters_and_lone_tones_end_at_nyquist(rate_hz):
    frames = rate_hz * 4
    assert ends_hz(noise(frames), rate_hz) == rate_hz / 2
    soft = reference.lfilter(*reference.butter(2, 0.15), noise(frames))
    assert ends_hz(soft, rate_hz) == rate_hz / 2, "soft"
    assert ends_hz(np.sin(2 * np.pi * 0.2 * np.arange(frames)), rate_hz) == rate_hz / 2


def test_silence_is_undecidable():
    assert ends_hz(np.zeros(100_000), 48000) is None
    assert ends_hz(np.zeros(0), 48000) is None


@pytest.mark.recordings
def test_the_narrow_recordings_are_told_from_the_others(recordings):
    narrow, wide = [], []
    for path in sorted((recordings / "songs").glob("*/*.m4a")):
        with AudioFile(path) as file:
            clip = file.read(int(0.3 * file.frames), 40 * file.rate_hz)
            if np.abs(clip).max() > 0.01:
                (narrow if file.rate_hz == 24000 else wide).append(ends_hz(clip, file.rate_hz))
    assert len(narrow) >= 8
    assert len(wide) >= 10
    assert max(narrow) <= 12000
    assert min(wide) >= 15000


@pytest.mark.recordings
def test_a_narrow_recording_stays_narrow_at_a_higher_rate(recordings):
    with AudioFile(recordings / "songs/caesium/Master.m4a") as file:
        clip = file.read(60 * file.rate_hz, 20 * file.rate_hz)
    assert ends_hz(clip, 24000) == pytest.approx(9500, abs=500)
    assert ends_hz(reference.resample_poly(clip, 2, 1, axis=1), 48000) == pytest.approx(9500, abs=500)
