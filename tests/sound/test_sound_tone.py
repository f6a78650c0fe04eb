"""Tonal balance: known spectra read as what they are, gain changes nothing, and only sound that is there is judged."""

import numpy as np
import pytest

from controlroom.sound.signal import Audio
from controlroom.sound.spectrum import THIRD_OCTAVES_HZ, Spectrum, spectrum_of
from controlroom.sound.tone import REGIONS, balance, curve_db, tilt_db_per_octave

RATE_HZ = 48000
FFT = 8192
FREQS_HZ = np.arange(FFT // 2 + 1) * RATE_HZ / FFT


def _spectrum(density_db: np.ndarray) -> Spectrum:
    power = 10 ** (density_db / 10) * 1e-6
    power[0] = 0.0
    return Spectrum(rate_hz=RATE_HZ, fft_frames=FFT, counted=1, channel_power=power[None])


def _like_records(gain_db: float = 0.0) -> Spectrum:
    freqs_hz = np.maximum(FREQS_HZ, 1.0)
    return _spectrum(curve_db(freqs_hz) - 10 * np.log10(freqs_hz) + gain_db)


def _off(regions: tuple) -> dict[str, float]:
    return {region.name: region.off_db for region in regions}


@pytest.mark.parametrize("gain_db", [0.0, -40.0])
def test_the_curve_itself_is_in_balance_at_any_level(gain_db: float) -> None:
    assert all(abs(off) < 0.3 for off in _off(balance(_like_records(gain_db))).values())


@pytest.mark.parametrize(("colour", "tilt"), [("white", 3.01), ("pink", 0.0)])
def test_noise_has_the_tilt_of_its_colour(colour: str, tilt: float) -> None:
    falling = 0.0 if colour == "white" else 10 * np.log10(np.maximum(FREQS_HZ, 1.0))
    assert tilt_db_per_octave(_spectrum(np.zeros(len(FREQS_HZ)) - falling)) == pytest.approx(tilt, abs=0.1)


def test_the_records_fall_by_two_db_an_octave() -> None:
    assert tilt_db_per_octave(_like_records()) == pytest.approx(-2.0, abs=0.3)
    assert curve_db(THIRD_OCTAVES_HZ)[17] == pytest.approx(-2.0 * np.log2(10), abs=0.1)  # 1 kHz


def test_too_much_bass_is_said_of_the_low_end_only() -> None:
    heavy = _spectrum(
        curve_db(np.maximum(FREQS_HZ, 1.0)) - 10 * np.log10(np.maximum(FREQS_HZ, 1.0)) + 9.0 * (FREQS_HZ < 125)
    )
    regions = {region.name: region for region in balance(heavy)}
    assert regions["low end"].off_db == pytest.approx(9.0, abs=0.5)
    assert regions["low end"].excess_db == pytest.approx(4.0, abs=0.5)
    assert all(region.excess_db == 0 for name, region in regions.items() if name != "low end")


def test_what_lies_above_the_end_of_the_sound_is_not_judged() -> None:
    assert _off(balance(_like_records(), bandwidth_hz=7000.0))["air"] is None
    assert _off(balance(_like_records(), bandwidth_hz=11000.0))["air"] == pytest.approx(0.0, abs=0.3)


def test_a_reference_takes_the_place_of_the_curve() -> None:
    bright = _spectrum(-10 * np.log10(np.maximum(FREQS_HZ, 1.0)))
    assert all(abs(off) < 1e-9 for off in _off(balance(bright, reference=bright)).values())
    off = _off(balance(_like_records(), reference=bright))
    assert off["air"] < off["presence"] < off["mids"] < off["low mids"]


def test_silence_has_neither_tilt_nor_balance() -> None:
    silence = spectrum_of(Audio(np.zeros((2, RATE_HZ)), RATE_HZ))
    assert tilt_db_per_octave(silence) is None
    assert [region.off_db for region in balance(silence)] == [None] * len(REGIONS)


def test_one_tone_is_judged_where_it_is() -> None:
    tone = np.sin(2 * np.pi * 1000 * np.arange(RATE_HZ) / RATE_HZ)
    off = _off(balance(spectrum_of(Audio(tone, RATE_HZ))))
    assert off["mids"] == pytest.approx(0.0, abs=0.01)
    assert off["air"] is None
