"""Filters against the analogue prototypes they stand for, and the equaliser against a plain recursion."""

import numpy as np
import pytest
from scipy import signal as reference

from controlroom.base import canonical
from controlroom.sound.filters import Band, Equalizer, coefficients, response_db
from controlroom.sound.signal import frozen


def analogue_db(band: Band, freqs_hz: np.ndarray) -> np.ndarray:
    g, q = 10 ** (band.gain_db / 40), band.q
    shapes = {
        "bell": ([1, g / q, 1], [1, 1 / (g * q), 1]),
        "highshelf": ([g * g, g * g**0.5 / q, g], [1, g**0.5 / q, g]),
        "lowshelf": ([g, g * g**0.5 / q, g * g], [g, g**0.5 / q, 1]),
        "lowpass": ([1], [1, 1 / q, 1]),
        "highpass": ([1, 0, 0], [1, 1 / q, 1]),
    }
    return 20 * np.log10(np.abs(reference.freqs(*shapes[band.kind], freqs_hz / band.freq_hz)[1]))


@pytest.mark.parametrize("gain_db", [12.0, 3.0, -3.0, -12.0])
@pytest.mark.parametrize("freq_hz", [60, 1000, 5000, 10000, 16000, 20000])
@pytest.mark.parametrize("kind", ["bell", "highshelf"])
def test_bell_and_high_shelf_keep_the_analogue_shape_up_to_nyquist(kind, freq_hz, gain_db):
    freqs_hz = np.linspace(20, 22000, 500)
    band = Band(kind, freq_hz, gain_db, 0.707)
    error_db = np.abs(response_db([band], 44100, freqs_hz) - analogue_db(band, freqs_hz))
    assert error_db.max() < (1.5 if abs(gain_db) > 3 else 0.5)


@pytest.mark.parametrize("band", [Band("highpass", 80), Band("lowpass", 2000), Band("lowshelf", 150, -6)])
def test_warped_kinds_follow_the_prototype_far_below_nyquist(band):
    freqs_hz = np.linspace(20, 4000, 500)
    assert response_db([band], 96000, freqs_hz) == pytest.approx(analogue_db(band, freqs_hz), abs=0.1)


def test_a_cut_undoes_the_boost():
    freqs_hz = np.geomspace(10, 23000, 300)
    for kind in ("bell", "lowshelf", "highshelf"):
        both = [Band(kind, 3000, 7, 0.9), Band(kind, 3000, -7, 0.9)]
        assert response_db(both, 48000, freqs_hz) == pytest.approx(0, abs=1e-9)


def test_butterworth_is_three_db_down_at_its_corner_and_a_notch_is_deep():
    assert response_db([Band("lowpass", 5000)], 48000, 5000) == pytest.approx(-3.01, abs=0.01)
    assert response_db([Band("highpass", 5000)], 48000, 5000) == pytest.approx(-3.01, abs=0.01)
    assert response_db([Band("notch", 50, q=10)], 48000, 50) < -120


@pytest.mark.parametrize("rate_hz", [8000, 44100, 192000])
def test_every_band_is_stable_whatever_is_asked(rate_hz):
    for kind in ("highpass", "lowpass", "lowshelf", "highshelf", "bell", "notch"):
        for freq_hz in (0.0, 20.0, 3999.0, 21600.0, 1e6):
            for q in (0.0, 0.3, 40.0):
                for gain_db in (-30.0, 0.0, 24.0):
                    c = coefficients(Band(kind, freq_hz, gain_db, q), rate_hz)
                    assert np.isfinite(c).all()
                    assert np.abs(np.roots([1, c[3], c[4]])).max() < 1


BANDS = [Band("highpass", 30), Band("lowshelf", 100, 3), Band("bell", 400, -3, 1.2), Band("highshelf", 8000, 4)]


@pytest.mark.parametrize("channels", [1, 2, 3])
def test_the_equaliser_is_the_plain_recursion_for_any_block_size(channels):
    noise = np.random.default_rng(1).standard_normal((channels, 5000)).astype(np.float32)
    wanted = noise.astype(float)
    for band in BANDS:
        c = coefficients(band, 48000)
        wanted = reference.lfilter(c[:3], [1, *c[3:]], wanted)
    whole = Equalizer(48000, channels, BANDS).process(frozen(noise))
    assert whole == pytest.approx(wanted, abs=1e-5)
    pieces = Equalizer(48000, channels, BANDS)
    parts = [pieces.process(frozen(noise[:, at : at + 77])) for at in range(0, 5000, 77)]
    assert np.array_equal(np.concatenate(parts, axis=1), whole)
    assert not whole.flags.writeable


def test_the_state_dies_to_zero_in_silence():
    equalizer = Equalizer(48000, 1, [Band("bell", 15000, 6, 0.7), Band("highpass", 2000)])
    equalizer.process(frozen(np.ones((1, 100), np.float32)))
    for _ in range(4):
        out = equalizer.process(frozen(np.zeros((1, 48000), np.float32)))
    assert not out.any()
    assert not equalizer._state.any()


def test_no_bands_change_nothing_and_a_band_survives_toml():
    block = frozen(np.ones((2, 10), np.float32))
    assert Equalizer(48000, 2, []).process(block) is block
    band = Band("bell", 250, -2.5, 1.4)
    assert canonical.from_toml(canonical.to_toml(band), Band) == band
