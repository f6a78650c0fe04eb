"""Pitch: exact on what is known, as accurate as Praat on singing."""

import numpy as np
import pytest

from controlroom.sound.files import AudioFile
from controlroom.sound.pitch import track_pitch
from controlroom.sound.signal import Audio


def voice(f0_hz: np.ndarray, rate_hz: int) -> np.ndarray:
    """A buzz with formant-like weights along a fundamental frequency (frames,)."""
    phase = 2 * np.pi * np.cumsum(f0_hz) / rate_hz
    harmonics = np.arange(1, 25)
    weights = np.exp(-(((harmonics - 5) / 4) ** 2)) + 0.3 / harmonics
    heard = harmonics * f0_hz.max() < 0.45 * rate_hz
    return 0.1 * sum(w * np.sin(k * phase) for k, w in zip(harmonics[heard], weights[heard], strict=True))


@pytest.mark.parametrize("rate_hz", [16000, 44100, 48000, 96000, 192000])
def test_a_gliding_buzz_is_followed_to_two_cents(rate_hz):
    t = np.arange(int(1.5 * rate_hz)) / rate_hz
    f0_hz = 110 * 2 ** (t / 0.75) * (1 + 0.01 * np.sin(2 * np.pi * 5.5 * t))
    track = track_pitch(Audio(voice(f0_hz, rate_hz), rate_hz))
    inside = slice(20, -20)
    cents = 1200 * np.log2(np.maximum(track.f0_hz, 1) / np.interp(track.times_s, t, f0_hz))[inside]
    assert np.percentile(np.abs(cents), 95) < 6
    assert np.median(np.abs(cents)) < 2
    assert track.strength[inside].min() > 0.9


@pytest.mark.parametrize("freq_hz", [65.4, 123.47, 440.0, 1046.5])
def test_a_steady_sine_is_exact(freq_hz):
    t = np.arange(44100) / 44100
    track = track_pitch(Audio(0.3 * np.sin(2 * np.pi * freq_hz * t), 44100))
    assert track.f0_hz[20:-20] == pytest.approx(freq_hz, rel=1e-4)


def test_noise_and_silence_have_no_pitch():
    noise = 0.1 * np.random.default_rng(0).standard_normal(48000)
    assert (track_pitch(Audio(noise, 48000)).f0_hz > 0).mean() < 0.05
    assert not track_pitch(Audio(np.zeros(48000), 48000)).f0_hz.any()
    assert not track_pitch(Audio(np.full(48000, 0.5), 48000)).f0_hz[20:-20].any()
    gap = np.concatenate([voice(np.full(24000, 200.0), 48000), 1e-4 * noise[:24000]])
    track = track_pitch(Audio(gap, 48000))
    assert not track.f0_hz[track.times_s > 0.54].any()
    assert (track.f0_hz[(track.times_s > 0.03) & (track.times_s < 0.47)] > 0).all()


def test_frequencies_stay_inside_the_range_asked_for():
    t = np.arange(44100) / 44100
    track = track_pitch(Audio(voice(np.full(len(t), 300.0), 44100), 44100), 70, 250)
    voiced = track.f0_hz[track.f0_hz > 0]
    assert ((voiced > 69) & (voiced < 251)).all()


@pytest.mark.parametrize("frames", [0, 1, 100, 3000])
def test_short_signals_are_no_trouble(frames):
    track = track_pitch(Audio(np.full((2, frames), 0.1), 44100))
    assert len(track.times_s) == len(track.f0_hz) == len(track.strength)


@pytest.mark.recordings
def test_singing_is_followed_as_well_as_praat_does(recordings):
    with AudioFile(recordings / "voice/vocadito_1.wav") as file:
        track = track_pitch(file)
    times_s, truth_hz = np.loadtxt(recordings / "voice/vocadito_1_f0.csv", delimiter=",").T
    place = np.clip(np.round(times_s / track.hop_s).astype(int), 0, len(track.f0_hz) - 1)
    found_hz = track.f0_hz[place]
    voiced = (truth_hz > 0) & (found_hz > 0)
    cents = 1200 * np.abs(np.log2(np.where(voiced, found_hz, 1) / np.where(voiced, truth_hz, 1)))
    right = (voiced & (cents <= 50)) | ((truth_hz == 0) & (found_hz == 0))
    assert right.mean() >= 0.96
    assert (cents[voiced] <= 50).mean() >= 0.99
