"""Spectral balance: what is turned up or down is found by its name."""

from __future__ import annotations

import msgspec
import numpy as np
import pytest

from controlroom.sound.balance import balance_of
from controlroom.sound.signal import Audio
from controlroom.sound.spectrum import Spectrum, spectrum_of
from controlroom.sound.tone import curve_db

RATE_HZ = 44100


def record(boost: tuple[float, float, float] = (1.0, 2.0, 0.0), seed: int = 0) -> Spectrum:
    """Noise that lies on the records' curve, but for `boost`: (low_hz, high_hz, dB)."""
    noise = np.random.default_rng(seed).standard_normal(12 * RATE_HZ)
    freqs_hz = np.fft.rfftfreq(len(noise), 1 / RATE_HZ)
    heard_hz = np.maximum(freqs_hz, 20.0)
    gain_db = curve_db(heard_hz) - 10 * np.log10(heard_hz)
    gain_db = gain_db + np.where((freqs_hz >= boost[0]) & (freqs_hz < boost[1]), boost[2], 0.0)
    shaped = np.fft.irfft(np.fft.rfft(noise) * 10 ** (gain_db / 20), len(noise))
    return spectrum_of(Audio(0.1 * shaped / shaped.std(), RATE_HZ))


def test_what_lies_on_the_curve_is_balanced() -> None:
    assert all(abs(band.off_db or 0.0) < 1.5 and not band.excess_db for band in balance_of(record(), None).bands)


@pytest.mark.parametrize(("name", "low_hz", "high_hz"), [("sub", 25, 50), ("bass", 50, 125), ("air", 6300, 16000)])
def test_what_is_turned_up_is_found(name: str, low_hz: float, high_hz: float) -> None:
    bands = {band.name: band for band in balance_of(record((low_hz, high_hz, 12.0)), None).bands}
    assert bands[name].off_db == pytest.approx(12.0, abs=2.0)
    assert [band.name for band in bands.values() if band.excess_db] == [name]


def test_references_are_the_measure_and_their_spread_widens_the_range() -> None:
    bright = (6300.0, 16000.0, 9.0)
    alone = balance_of(record(bright, 1), None, [record(bright, 2)])
    assert alone.against == "the reference"
    assert all(abs(band.off_db or 0.0) < 1.0 for band in alone.bands)
    both = balance_of(record(bright, 1), None, [record(bright, 2), record(seed=3)])
    assert both.bands[-1].range_db > alone.bands[-1].range_db
    assert both.bands[-1].excess_db == 0.0


def test_it_is_json() -> None:
    made = msgspec.to_builtins(balance_of(record(), None))
    assert list(made) == ["bands", "against"]
    assert list(made["bands"][0]) == ["name", "low_hz", "high_hz", "off_db", "range_db"]
