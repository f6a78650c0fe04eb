"""The limiter: nothing above the ceiling at 16 times the rate, nothing changed below it, no audible steps."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
import soundfile

from controlroom.sound.limiter import Limiter, _averages, _lowest_ahead
from controlroom.sound.meter import true_peak_16x_dbtp
from controlroom.sound.signal import Audio, Samples, frozen
from controlroom.sound.stream import Chain

RATE_HZ = 48_000


def limited(samples: npt.ArrayLike, rate_hz: int = RATE_HZ, ceiling_dbtp: float = -1.0) -> Audio:
    source = Audio(np.atleast_2d(samples), rate_hz)
    chain = Chain(source, lambda: [Limiter(rate_hz, source.channels, ceiling_dbtp)])
    return Audio(chain.read(0, source.frames), rate_hz)


def sine(freq_hz: float, level_db: float, seconds: float = 3.0, rate_hz: int = RATE_HZ) -> npt.NDArray[np.float64]:
    return 10 ** (level_db / 20) * np.sin(2 * np.pi * freq_hz * np.arange(round(seconds * rate_hz)) / rate_hz + 0.4)


def music_like(seconds: float = 4.0, rate_hz: int = RATE_HZ) -> Samples:
    """Drum-like bursts of noise over a chord, two channels, peaks near full scale."""
    rng = np.random.default_rng(11)
    frames = round(seconds * rate_hz)
    hits = np.exp(-((np.arange(frames) % (rate_hz // 4)) / (0.03 * rate_hz)))
    chord = sum(sine(freq_hz, -14, seconds, rate_hz) for freq_hz in (55, 220, 277.2, 329.6))
    spectrum = np.fft.rfft(rng.standard_normal((2, frames)))
    spectrum[:, np.fft.rfftfreq(frames, 1 / rate_hz) > 18_000] = 0
    return frozen(0.3 * np.fft.irfft(spectrum, frames) * hits + chord)


def distortion_db(samples: Samples, freq_hz: float) -> float:
    """Everything but the tone, against the tone, in the settled last second."""
    settled = samples[-RATE_HZ:].astype(float) * np.blackman(RATE_HZ)
    power = np.abs(np.fft.rfft(settled)) ** 2
    place = round(freq_hz)
    tone = power[place - 4 : place + 5].sum()
    return 10 * np.log10((power[5:].sum() - tone) / tone)


@pytest.mark.parametrize("drive_db", [3.0, 12.0])
@pytest.mark.parametrize("rate_hz", [44_100, 96_000])
def test_holds_the_ceiling_between_the_samples(drive_db: float, rate_hz: int) -> None:
    driven = music_like(1.5, rate_hz) * 10 ** (drive_db / 20)
    assert true_peak_16x_dbtp(limited(driven, rate_hz)) == pytest.approx(-1.0, abs=0.02)


@pytest.mark.parametrize("part", [0.25, 1 / 6, 1 / 8, 0.45])
def test_holds_the_ceiling_on_high_tones(part: float) -> None:
    for phase in (0.0, 0.4, 0.7):
        tone = np.sin(2 * np.pi * part * np.arange(RATE_HZ // 2) + phase) * np.minimum(np.arange(RATE_HZ // 2) / 500, 1)
        fading = tone * np.minimum(np.arange(RATE_HZ // 2)[::-1] / 500, 1)
        assert true_peak_16x_dbtp(limited(4 * fading)) <= -0.98


@pytest.mark.recordings
@pytest.mark.parametrize("drive_db", [6.0, 12.0])
def test_holds_the_ceiling_on_recordings(recordings: Path, drive_db: float) -> None:
    takes = [soundfile.read(recordings / "band" / f"{name}.mp3", frames=10 * 44_100)[0] for name in ("drums", "horns")]
    mix = sum(take.T if take.ndim == 2 else np.stack([take, take]) for take in takes)
    driven = mix / np.abs(mix).max() * 10 ** (drive_db / 20)
    assert true_peak_16x_dbtp(limited(driven, 44_100)) == pytest.approx(-1.0, abs=0.02)


def test_below_the_ceiling_nothing_changes() -> None:
    quiet = music_like() * np.float32(0.1)
    np.testing.assert_array_equal(limited(quiet).samples, quiet)


def test_after_a_peak_the_gain_comes_back_to_exactly_one() -> None:
    samples = sine(440, -20, 20)
    samples[RATE_HZ : RATE_HZ + 2000] *= 12
    out = limited(samples).samples[0]
    assert np.abs(out[RATE_HZ : RATE_HZ + 2000]).max() == pytest.approx(10 ** (-1 / 20), abs=2e-3)
    np.testing.assert_array_equal(out[-RATE_HZ:], samples[-RATE_HZ:].astype(np.float32))


def test_comes_down_before_the_peak_and_no_sooner_than_the_look_ahead() -> None:
    samples = np.full(RATE_HZ, 0.1)
    samples[24_000] = 4.0
    gain = limited(samples).samples[0] / samples.astype(np.float32)
    assert gain[24_000] <= 10 ** (-1 / 20) / 4 * 1.0001
    assert (gain[: 24_000 - 300] == 1.0).all()
    assert np.abs(np.diff(gain)).max() < 0.02  # a bell 5 ms wide, never a step


def test_one_gain_for_all_channels() -> None:
    block = np.stack([sine(100, 6), np.full(3 * RATE_HZ, 0.25)])
    out = limited(block).samples
    loud = np.abs(block[0]) > 0.5
    np.testing.assert_allclose((out[0] / block[0])[loud], (out[1] / 0.25)[loud], rtol=1e-5)


def test_any_block_size_gives_the_same_samples() -> None:
    driven = frozen(music_like(1.0) * 4)
    whole = Limiter(RATE_HZ, 2).process(driven)
    limiter, rng, pieces, start = Limiter(RATE_HZ, 2), np.random.default_rng(3), [], 0
    while start < driven.shape[1]:
        stop = min(start + int(rng.choice([1, 2, 31, 32, 33, 500, 9001])), driven.shape[1])
        pieces.append(limiter.process(frozen(driven[:, start:stop])))
        start = stop
    np.testing.assert_array_equal(np.concatenate(pieces, axis=1), whole)
    assert len(pieces) > 10


@pytest.mark.parametrize(("freq_hz", "most_db"), [(40, -50), (80, -80), (1000, -90)])
def test_a_held_bass_note_stays_clean(freq_hz: float, most_db: float) -> None:
    assert distortion_db(limited(sine(freq_hz, 5, 6)).samples[0], freq_hz) < most_db


def test_release_follows_the_music() -> None:
    def back_ms(loud_s: float) -> float:
        gate = np.concatenate([np.full(round(loud_s * RATE_HZ), 2.0), np.full(4 * RATE_HZ, 0.1)])
        gain = limited(gate).samples[0][-4 * RATE_HZ :] / np.float32(0.1)
        return float(np.argmax(gain > 0.8) * 1000 / RATE_HZ)

    assert back_ms(0.01) < 60
    assert back_ms(3.0) > 5 * back_ms(0.01)


def test_says_what_it_took_off() -> None:
    limiter = Limiter(RATE_HZ, 1, -1.0)
    assert limiter.mean_reduction_db == limiter.max_reduction_db == 0.0
    limiter.process(frozen(sine(1000, 5, 30)))
    assert limiter.max_reduction_db == pytest.approx(6.0, abs=0.05)
    assert limiter.mean_reduction_db == pytest.approx(6.0, abs=0.05)


def test_the_parts_of_the_gain() -> None:
    rng = np.random.default_rng(5)
    values = rng.random(1000)
    for length in (1, 2, 7, 241, 1000):
        expected = np.lib.stride_tricks.sliding_window_view(values, length).min(axis=1)
        np.testing.assert_array_equal(_lowest_ahead(values, length), expected)
    for frames in (25, 26, 27, 241):
        assert sum(_averages(frames)) - 2 == frames
