"""The soft clipper rounds peaks off without aliasing and leaves everything else alone."""

import numpy as np
import pytest

from controlroom.sound.clipper import KNEE_DB, REACH, SoftClipper
from controlroom.sound.signal import frozen

RATE_HZ = 48000


def _sine(freq_hz: float, amplitude: float, seconds: float = 1.0) -> np.ndarray:
    times_s = np.arange(round(RATE_HZ * seconds)) / RATE_HZ
    return frozen(amplitude * np.sin(2 * np.pi * freq_hz * times_s))


def _clipped(samples: np.ndarray, ceiling_db: float = 0.0) -> np.ndarray:
    clipper = SoftClipper(samples.shape[0], ceiling_db)
    padded = frozen(np.pad(samples, ((0, 0), (0, clipper.latency_frames))))
    return clipper.process(padded)[:, clipper.latency_frames :]


def test_below_the_knee_nothing_changes_and_latency_is_as_told() -> None:
    quiet = _sine(1000, 0.99 * 10 ** (-KNEE_DB / 20))
    np.testing.assert_array_equal(_clipped(quiet), quiet)


def test_holds_the_ceiling_but_for_the_ripple_of_the_filter() -> None:
    assert np.abs(_clipped(_sine(997, 2.0))).max() < 10 ** (0.2 / 20)


def test_a_ceiling_in_dbfs() -> None:
    assert 20 * np.log10(np.abs(_clipped(_sine(997, 2.0), -6.0)).max()) == pytest.approx(-6.0, abs=0.25)


def test_a_clipped_sine_has_harmonics_and_nothing_else() -> None:
    freq_hz = 3700
    out = _clipped(_sine(freq_hz, 1.5, 2.0))[0]
    power = np.abs(np.fft.rfft(out[: 2 * RATE_HZ] * np.hanning(2 * RATE_HZ))) ** 2
    freqs_hz = np.fft.rfftfreq(2 * RATE_HZ, 1 / RATE_HZ)
    harmonic = np.min(np.abs(freqs_hz[:, None] - freq_hz * np.arange(0, 7)), axis=1) < 10
    alias_db = 10 * np.log10(power[~harmonic & (freqs_hz < 20000)].max() / power.max())
    assert 10 * np.log10(power[(freqs_hz > 11090) & (freqs_hz < 11110)].max() / power.max()) > -30
    assert alias_db < -70


def test_blocks_of_any_size_give_the_same() -> None:
    noise = frozen(np.random.default_rng(2).standard_normal((2, 20_000)))
    whole = SoftClipper(2, 0.0).process(noise)
    clipper = SoftClipper(2, 0.0)
    pieces = [clipper.process(frozen(noise[:, at : at + 613])) for at in range(0, 20_000, 613)]
    np.testing.assert_array_equal(np.concatenate(pieces, axis=1), whole)


def test_says_how_much_it_took_off() -> None:
    clipper = SoftClipper(1, 0.0)
    clipper.process(frozen(np.pad(_sine(997, 2.0), ((0, 0), (0, 2 * REACH)))))
    assert clipper.most_db == pytest.approx(6.0, abs=0.3)
    gentle = SoftClipper(1, 0.0)
    gentle.process(_sine(997, 0.5))
    assert gentle.most_db == 0.0
