"""Signals through real codecs: where they were, as long as they were, and as like as the bit rate says."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from controlroom.base.errors import UsageError
from controlroom.sound.codecs import CODECS, Codec, decoded_peak_dbtp, round_trip
from controlroom.sound.meter import true_peak_dbtp
from controlroom.sound.resample import Resampled
from controlroom.sound.signal import Audio, in_memory

GOOD_DB = {
    "aac-256": 16.0,
    "aac-256-ffmpeg": 15.0,
    "mp3-320": 21.0,
    "mp3-v0": 18.0,
    "vorbis-320": 24.0,
    "sbc-328": 19.0,
}


def _music(rate_hz: int, seconds: float = 1.5, channels: int = 2) -> Audio:
    """Struck notes over pink noise: sharp beginnings, so that the smallest shift shows."""
    rng = np.random.default_rng(3)
    count = round(seconds * rate_hz)
    times_s = np.arange(count) / rate_hz
    struck = np.exp(-(times_s % 0.21) / 0.04)
    rows = []
    for channel in range(channels):
        tones = sum(np.sin(2 * np.pi * f * times_s + channel) for f in (220.0, 523.25, 1318.5, 3136.0))
        shape = np.fft.rfft(rng.standard_normal(count))
        hiss = np.fft.irfft(shape / np.sqrt(np.maximum(np.arange(len(shape)), 40)), count)
        rows.append(0.12 * struck * tones + 0.03 * hiss / np.std(hiss))
    return Audio(np.stack(rows), rate_hz)


def _shift(before: np.ndarray, after: np.ndarray) -> int:
    size = 2 * len(before)
    cross = np.fft.irfft(np.fft.rfft(after, size) * np.conj(np.fft.rfft(before, size)))
    at = int(np.argmax(cross))
    return at - size if at > size // 2 else at


@pytest.mark.parametrize("rate_hz", [44100, 48000, 96000])
@pytest.mark.parametrize("name", CODECS)
def test_comes_back_in_place_and_length(name: str, rate_hz: int) -> None:
    source = _music(rate_hz) if rate_hz < 96000 else in_memory(Resampled(_music(48000), rate_hz))
    back = round_trip(source, CODECS[name])
    assert (back.rate_hz, back.channels, back.frames) == (rate_hz, 2, source.frames)
    heard = back.read(0, back.frames)
    assert [_shift(source.samples[c], heard[c]) for c in (0, 1)] == [0, 0]
    error_db = 10 * np.log10(np.mean((heard - source.samples) ** 2) / np.mean(source.samples**2))
    assert error_db < -GOOD_DB.get(name, 11.0)
    assert error_db > -80.0  # it did go through a codec


def test_a_lower_rate_is_a_larger_error() -> None:
    source = _music(44100)

    def error(name: str) -> float:
        heard = round_trip(source, CODECS[name])
        return float(np.mean((heard.read(0, heard.frames) - source.samples) ** 2))

    assert error("aac-128") > error("aac-256")
    assert error("mp3-192") > error("mp3-320")
    assert error("vorbis-160") > error("vorbis-320")


@pytest.mark.parametrize("name", ["aac-256", "aac-256-ffmpeg", "mp3-v0", "opus-160", "vorbis-160", "sbc-328"])
@pytest.mark.parametrize(("frames", "channels"), [(1, 2), (700, 1), (50_001, 1)])
def test_short_and_mono(name: str, frames: int, channels: int) -> None:
    source = Audio(_music(48000, 1.1, channels).samples[:, :frames], 48000)
    back = round_trip(source, CODECS[name])
    assert back.read(0, 10**6).shape == (channels, frames)
    if frames > 10_000:
        left = back.read(0, frames)[0]
        assert np.mean((left - source.samples[0]) ** 2) < 0.06 * np.mean(source.samples[0] ** 2)


@pytest.mark.parametrize("name", CODECS)
def test_silence_stays_silent(name: str) -> None:
    silence = Audio(np.zeros((2, 30_000)), 44100)
    assert not np.any(np.abs(round_trip(silence, CODECS[name]).read(0, 30_000)) > 1e-6)


def test_peaks_of_the_decoded_stream_are_those_of_the_round_trip(tmp_path: Path) -> None:
    source = _music(48000)
    for name in ("mp3-192", "sbc-328", "opus-128"):
        back = round_trip(source, CODECS[name], tmp_path)
        assert decoded_peak_dbtp(source, CODECS[name], tmp_path) == pytest.approx(true_peak_dbtp(back), abs=1e-6)
    assert not list(tmp_path.iterdir())  # nothing is left behind
    assert decoded_peak_dbtp(Audio(np.zeros((2, 9000)), 48000), CODECS["mp3-192"]) is None


def test_refuses_what_no_codec_takes() -> None:
    with pytest.raises(UsageError, match="one or two channels"):
        round_trip(Audio(np.zeros((3, 100)), 48000), CODECS["aac-256"])
    with pytest.raises(UsageError, match="not one sample"):
        round_trip(Audio(np.zeros((2, 0)), 48000), Codec("mine", "mp3", 128))
