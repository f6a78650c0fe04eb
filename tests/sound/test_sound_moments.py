"""How the spectrum moves: loudest moments, and what sticks out always or only now and then."""

from __future__ import annotations

import numpy as np
import pytest

from controlroom.base.canonical import from_json, to_json
from controlroom.sound.filters import Band, Equalizer
from controlroom.sound.hearing import Hearing
from controlroom.sound.moments import Moments, band_hz
from controlroom.sound.signal import Audio, Samples, frozen
from controlroom.sound.spectrum import SpectrumAccumulator
from controlroom.sound.survey import Survey

RATE_HZ = 48000


def _noise(seconds: float, channels: int = 2) -> Samples:
    return frozen(0.1 * np.random.default_rng(1).standard_normal((channels, round(RATE_HZ * seconds))))


def _moments(samples: Samples) -> Moments:
    accumulator = SpectrumAccumulator(RATE_HZ, samples.shape[0], moments=True)
    accumulator.add(samples)
    moments = accumulator.moments()
    assert moments is not None
    return moments


def _at(freq_hz: float) -> int:
    return int(np.argmin(np.abs(band_hz() - freq_hz)))


def test_levels_are_those_of_the_bands() -> None:
    moments = _moments(_noise(8.0))
    for name, width_hz in (("mids", 1600.0), ("presence", 2500.0), ("sibilance", 4000.0)):
        assert moments.level_db(name, 50.0) == pytest.approx(-20 + 10 * np.log10(width_hz / 24000), abs=0.4)


def test_a_burst_is_in_the_loudest_moments_only() -> None:
    sound = 0.01 * _noise(20.0)
    burst = Equalizer(RATE_HZ, 2, [Band("highpass", 5000.0), Band("lowpass", 9000.0)]).process(_noise(20.0))
    bursting = (np.arange(sound.shape[1]) % (4 * RATE_HZ)) < RATE_HZ // 2
    moments = _moments(frozen(sound + burst * bursting))
    assert moments.level_db("sibilance", 95.0) > moments.level_db("sibilance", 80.0) + 25
    assert moments.level_db("low", 95.0) < moments.level_db("low", 50.0) + 5


def test_a_resonance_sticks_out_always_and_a_note_now_and_then() -> None:
    rung = Equalizer(RATE_HZ, 2, [Band("bell", 320.0, 8.0, 8.0)]).process(_noise(20.0))
    times_s = np.arange(rung.shape[1]) / RATE_HZ
    note = 0.05 * np.sin(2 * np.pi * 1200 * times_s) * (times_s % 2 < 0.6)
    moments = _moments(frozen(rung + note))
    ring, tone = moments.mid[_at(320)], moments.mid[_at(1200)]
    assert ring[2] == pytest.approx(7.0, abs=1.5)
    assert ring[0] > 0
    assert tone[0] < -1.5
    assert np.argmax(moments.mid[:, 2]) == pytest.approx(_at(320), abs=1)


def test_mid_and_side_are_told_apart_and_mono_has_no_side() -> None:
    noise = _noise(10.0)
    side = Equalizer(RATE_HZ, 1, [Band("bell", 1000.0, 12.0, 6.0)]).process(frozen(noise[:1] - noise[1:]))[0] / 2
    mid = noise.mean(axis=0)
    moments = _moments(frozen(np.stack([mid + side, mid - side])))
    assert moments.side is not None
    assert moments.side[_at(1000), 2] > 8
    assert moments.mid[_at(1000), 2] < 2
    assert _moments(frozen(noise[:1])).side is None


def test_block_size_leaves_no_trace_and_silence_has_no_moments() -> None:
    noise = _noise(5.0)
    pieces = SpectrumAccumulator(RATE_HZ, 2, moments=True)
    for at in range(0, noise.shape[1], 4001):
        pieces.add(frozen(noise[:, at : at + 4001]))
    made, whole = pieces.moments(), _moments(noise)
    assert made is not None
    np.testing.assert_array_equal(made.mid, whole.mid)
    np.testing.assert_array_equal(made.levels_db, whole.levels_db)
    assert _moments(np.zeros((2, 5 * RATE_HZ), np.float32)).frames == 0


def test_a_kept_survey_tells_the_same() -> None:
    survey = Hearing(Audio(_noise(6.0), RATE_HZ)).survey
    kept = Hearing.from_survey(from_json(to_json(survey), Survey)).moments
    fresh = survey.moments
    assert kept is not None
    assert fresh is not None
    assert kept.frames == fresh.frames > 0
    np.testing.assert_array_equal(kept.mid, fresh.mid)
