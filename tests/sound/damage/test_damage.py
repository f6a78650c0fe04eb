"""Damage: level and tone are none; noise, clipping, rides and softened onsets show at their size."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest
import scipy.signal

from controlroom.base.errors import Cancelled
from controlroom.sound.damage import Damage, OnsetChange, damage
from controlroom.sound.dynamics import Compressor
from controlroom.sound.filters import Band, Equalizer
from controlroom.sound.meter import measure_loudness
from controlroom.sound.resample import Resampled
from controlroom.sound.signal import Audio, Samples, Signal, in_memory
from controlroom.sound.stream import Chain

RATE_HZ = 24_000
HIT_S = 0.5
EQ = (Band("highpass", 25), Band("bell", 60, 6, 3), Band("bell", 1000, -4, 4), Band("highshelf", 8000, 5))


def music(seconds: float = 14.0, rate_hz: int = RATE_HZ) -> Samples:
    """Hits of noise every half second over a chord, two channels that differ."""
    rng = np.random.default_rng(5)
    frames = round(seconds * rate_hz)
    at_s = np.arange(frames) / rate_hz
    hits = np.exp(-(at_s % HIT_S) / 0.05) * 0.2 * rng.standard_normal((2, frames))
    chord = sum(np.sin(2 * np.pi * freq_hz * at_s + freq_hz) for freq_hz in (55.0, 220.0, 277.2, 329.6, 1760.0))
    return np.asarray(hits + 0.02 * chord * np.array([[1.0], [0.7]]), np.float32)


@pytest.fixture(scope="module")
def source() -> Audio:
    return Audio(music(), RATE_HZ)


def equalised(signal: Signal, *bands: Band) -> Samples:
    return in_memory(Chain(signal, lambda: [Equalizer(signal.rate_hz, signal.channels, bands)])).samples


def residual_db(source: Audio, made: npt.NDArray[np.floating]) -> float:
    found = damage(source, Audio(made, source.rate_hz), onsets_s=[])
    assert found.residual_db is not None
    return found.residual_db


def onsets(found: Damage) -> OnsetChange:
    assert found.onsets is not None
    return found.onsets


def test_level_and_polarity_are_no_damage(source: Audio) -> None:
    found = damage(source, Audio(-0.3 * source.samples, RATE_HZ))
    assert found.residual_db == pytest.approx(found.whole_residual_db, abs=0.5)
    assert found.residual_db is not None
    assert found.residual_db < -60
    assert abs(onsets(found).first_5_ms_db) < 0.02
    assert abs(onsets(found).worst_5_ms_db) < 0.02
    assert found.contrast_change_lu == pytest.approx(0.0, abs=0.01)
    assert onsets(found).count == pytest.approx(14 / HIT_S, abs=2)


def test_equalisers_are_no_damage(source: Audio) -> None:
    assert residual_db(source, equalised(source, *EQ)) < -50


def test_linear_phase_equalisers_are_no_damage(source: Audio) -> None:
    curve_db = np.array([0, 0, 4, -3, 0, 4, 4])
    taps = scipy.signal.firwin2(8191, [0, 50, 100, 200, 1000, 5000, 12000], 10 ** (curve_db / 20), fs=RATE_HZ)
    through = np.stack([scipy.signal.oaconvolve(row, taps) for row in source.samples])
    assert residual_db(source, through[:, 4095 : 4095 + source.frames]) < -50


def test_equalisers_of_mid_and_side_are_no_damage(source: Audio) -> None:
    left, right = source.samples
    side = equalised(Audio((left - right) / 2, RATE_HZ), Band("highpass", 150), Band("highshelf", 4000, 6))[0]
    mid = (left + right) / 2
    assert residual_db(source, np.stack([mid + side, mid - side])) < -50


def test_a_delay_is_found_and_no_damage(source: Audio) -> None:
    late = damage(source, Audio(np.pad(source.samples, ((0, 0), (1234, 0))), RATE_HZ))
    assert late.delay_frames == 1234
    assert late.residual_db is not None
    assert late.residual_db < -60
    assert abs(onsets(late).first_5_ms_db) < 0.02
    assert damage(source, Audio(source.samples[:, 500:], RATE_HZ)).delay_frames == -500


def test_another_rate_is_no_damage(source: Audio) -> None:
    found = damage(source, in_memory(Resampled(source, 22_050)))
    assert found.delay_frames == 0
    assert found.residual_db is not None
    assert found.residual_db < -40  # what lies above 10 kHz is gone from one of them only in part


@pytest.mark.parametrize("level_db", [-15.0, -40.0])
def test_noise_of_known_size_is_the_residual(level_db: float) -> None:
    rng = np.random.default_rng(3)
    white, other = rng.standard_normal((2, 2, 12 * RATE_HZ)) * 0.1
    source = Audio(white, RATE_HZ)
    assert residual_db(source, 0.5 * (white + 10 ** (level_db / 20) * other)) == pytest.approx(level_db, abs=0.25)


def test_clipping_leaves_what_bussgang_says() -> None:
    """Of white Gaussian noise clipped at its own RMS, the linear part and the rest are known (Bussgang, 1952)."""
    white = np.random.default_rng(4).standard_normal((1, 12 * RATE_HZ)) * 0.1
    share = 0.682689  # of the time it is not clipped: the gain of the linear part
    power = 0.516058  # of the clipped signal: erf(1/sqrt 2) - sqrt(2/pi) exp(-1/2) + erfc(1/sqrt 2)
    rest_db = 10 * np.log10(power / share**2 - 1)
    assert residual_db(Audio(white, RATE_HZ), np.clip(white, -0.1, 0.1)) == pytest.approx(rest_db, abs=0.3)


def test_few_taps_cannot_follow_chance() -> None:
    """Two noises that have nothing in common: all of it stays."""
    rng = np.random.default_rng(6)
    for seconds in (4, 8):
        one, two = rng.standard_normal((2, 2, seconds * RATE_HZ)) * 0.1
        found = damage(Audio(one, RATE_HZ), Audio(one + two, RATE_HZ), onsets_s=[])
        assert found.residual_db == pytest.approx(0.0, abs=0.4)


def test_a_ride_is_seen_and_can_be_fitted_out() -> None:
    """3 dB louder in the second half: half of the amplitude's difference is left in either, and the contrast grows."""
    noise = np.random.default_rng(7).standard_normal((2, 40 * RATE_HZ)) * 0.05
    noise[:, 20 * RATE_HZ :] *= 2.0
    ridden = noise.copy()
    ridden[:, 20 * RATE_HZ :] *= 10 ** (3 / 20)
    found = damage(Audio(noise, RATE_HZ), Audio(ridden, RATE_HZ), onsets_s=[])
    assert found.contrast_change_lu == pytest.approx(3.0, abs=0.05)
    gain = (1 + 4 * 10 ** (3 / 20)) / 5  # least squares over one part of power 1 and one of power 4
    halves = [((level - gain) / gain) ** 2 for level in (1.0, 10 ** (3 / 20))]
    assert found.residual_db == pytest.approx(10 * np.log10(np.mean(halves)), abs=0.4)
    whole = (halves[0] + 4 * halves[1]) / 5
    assert found.whole_residual_db == pytest.approx(10 * np.log10(whole), abs=0.4)
    assert found.ridden_residual_db is not None
    assert found.ridden_residual_db < found.residual_db - 5


def test_a_band_that_moves_can_be_fitted_out(source: Audio) -> None:
    """Brighter from the middle on: level alone does not explain it, level and tone in each window do."""
    brighter = equalised(source, Band("highshelf", 2000, 6))
    late = np.arange(source.frames) > source.frames / 2
    found = damage(source, Audio(np.where(late, brighter, source.samples), RATE_HZ), onsets_s=[])
    assert found.refitted_residual_db is not None
    assert found.ridden_residual_db is not None
    assert found.refitted_residual_db < found.ridden_residual_db - 2


@pytest.mark.parametrize("side", [0.05, 0.003, 0.0])
def test_loud_bass_does_not_drown_nearly_mono_treble(side: float) -> None:
    rng = np.random.default_rng(10)
    at_s = np.arange(8 * RATE_HZ) / RATE_HZ
    bass = np.sin(2 * np.pi * np.cumsum(45 + 10 * np.sin(2 * np.pi * at_s / 1.7)) / RATE_HZ)
    treble = scipy.signal.lfilter([1, -2, 1], [1], rng.standard_normal((1, len(at_s))))
    source = Audio(0.8 * bass + 3e-3 * (treble + side * rng.standard_normal((2, len(at_s)))), RATE_HZ)
    assert residual_db(source, 0.5 * source.samples) < -80


def test_fitting_anew_does_not_hide_noise() -> None:
    white, other = np.random.default_rng(3).standard_normal((2, 2, 12 * RATE_HZ)) * 0.1
    found = damage(Audio(white, RATE_HZ), Audio(white + 0.1 * other, RATE_HZ), onsets_s=[])
    assert found.refitted_residual_db == pytest.approx(-20.0, abs=0.3)


def test_sections_given_are_compared() -> None:
    noise = np.random.default_rng(8).standard_normal((2, 30 * RATE_HZ)) * 0.05
    noise[:, 10 * RATE_HZ : 12 * RATE_HZ] *= 3.0
    made = noise.copy()
    made[:, 10 * RATE_HZ : 12 * RATE_HZ] *= 10 ** (-2 / 20)
    sections = [(0.0, 10.0), (10.0, 12.0), (12.0, 30.0)]
    found = damage(Audio(noise, RATE_HZ), Audio(made, RATE_HZ), sections=sections, onsets_s=[])
    assert found.contrast_change_lu == pytest.approx(-2.0, abs=0.05)


def test_onsets_softened_by_a_known_gain_are_seen(source: Audio) -> None:
    """4 dB off the first 5 ms, nothing after, 0.45 dB off the loudness of it all."""
    into_ms = 1000 * (np.arange(source.frames) / RATE_HZ % HIT_S)
    gain = np.where(into_ms < 5, 10 ** (-4 / 20), 1.0)
    hits_s = np.arange(1, 27) * HIT_S
    found = damage(source, Audio(source.samples * gain, RATE_HZ), onsets_s=hits_s)
    assert onsets(found).count == len(hits_s)
    assert onsets(found).first_5_ms_db == pytest.approx(0.45 - 4.0, abs=0.1)
    assert onsets(found).first_20_ms_db == pytest.approx(0.45 - 0.96, abs=0.1)
    assert found.onset_change_db == onsets(found).first_5_ms_db
    assert found.onsets_in_place is not None
    assert found.onsets_in_place.first_5_ms_db == pytest.approx(0.25 - 4.0, abs=0.25)


def test_onsets_softened_by_a_compressor_are_seen(source: Audio) -> None:
    """The gain a compressor had is known from what it was given; onsets are found on the source."""

    def pressed(signal: Audio) -> Samples:
        settings = {"threshold_db": -20.0, "ratio": 8.0, "attack_ms": 0.1, "release_ms": 80.0}
        return in_memory(Chain(signal, lambda: [Compressor(RATE_HZ, 2, **settings)])).samples

    made = pressed(source)
    hits = (np.arange(1, 27) * HIT_S * RATE_HZ).astype(int)

    def level_db(samples: Samples) -> npt.NDArray[np.float64]:
        return np.array(
            [10 * np.log10(np.square(samples[:, hit : hit + RATE_HZ // 50], dtype=float).sum()) for hit in hits]
        )

    # What is wide as the hits' noise is weighted by the same few dB before and after.
    lufs = [measure_loudness(Audio(samples, RATE_HZ)).integrated_lufs or 0.0 for samples in (source.samples, made)]
    wanted_db = np.median(level_db(made) - level_db(source.samples)) - (lufs[1] - lufs[0])
    found = damage(source, Audio(made, RATE_HZ))
    assert wanted_db < -1.0
    assert onsets(found).first_20_ms_db == pytest.approx(wanted_db, abs=0.5)
    assert onsets(found).worst_20_ms_db <= onsets(found).first_20_ms_db


def test_an_excerpt_is_judged_by_itself(source: Audio) -> None:
    spoilt = source.samples.copy()
    spoilt[:, : 6 * RATE_HZ] = np.clip(spoilt[:, : 6 * RATE_HZ], -0.05, 0.05)
    made = Audio(spoilt, RATE_HZ)
    whole, end = damage(source, made), damage(source, made, start_s=6.5, stop_s=12.0)
    assert whole.residual_db is not None
    assert whole.residual_db > -15
    assert end.residual_db is not None
    assert end.residual_db < -50
    assert onsets(end).count == pytest.approx(11, abs=2)


def test_mono_from_stereo_and_stereo_from_mono(source: Audio) -> None:
    mono = Audio(source.samples.mean(axis=0), RATE_HZ)
    assert residual_db(source, mono.samples) < -50
    assert residual_db(mono, np.repeat(mono.samples, 2, axis=0)) < -50


@pytest.mark.parametrize("channels", [1, 2])
@pytest.mark.parametrize("frames", [1, 100, 5_000, 30_000, 70_000])
def test_what_is_too_short_has_no_figure(channels: int, frames: int) -> None:
    short = Audio(music(3.0)[:channels, :frames], RATE_HZ)
    found = damage(short, Audio(0.5 * short.samples, RATE_HZ))
    assert found.residual_db is None
    assert found.contrast_change_lu is None


def test_silence_has_no_figure() -> None:
    silence = Audio(np.zeros((2, 5 * RATE_HZ)), RATE_HZ)
    noise = Audio(np.random.default_rng(9).standard_normal((2, 5 * RATE_HZ)) * 0.1, RATE_HZ)
    for one, two in ((silence, silence), (silence, noise), (noise, silence)):
        found = damage(one, two)
        assert found.residual_db is None
        assert found.onsets is None
        assert found.contrast_change_lu is None
    assert damage(Audio(np.zeros((2, 0)), RATE_HZ), noise) == Damage()


def test_can_be_cancelled(source: Audio) -> None:
    def stop(done: float, total: float, what: str = "") -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        damage(source, source, progress=stop)
