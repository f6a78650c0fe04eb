"""Width touches the side alone; saturation makes harmonics, no aliases, and no louder sound."""

from __future__ import annotations

import numpy as np
import pytest

from controlroom.sound.saturation import Saturator
from controlroom.sound.signal import frozen
from controlroom.sound.width import mono_below, side_curve, side_width

RATE_HZ = 48000


def _pair(seconds: float = 2.0) -> np.ndarray:
    return frozen(0.1 * np.random.default_rng(4).standard_normal((2, round(RATE_HZ * seconds))))


def _side_db(samples: np.ndarray, low_hz: float, high_hz: float) -> float:
    spectrum = np.abs(np.fft.rfft((samples[0] - samples[1]) * np.hanning(samples.shape[1]))) ** 2
    freqs_hz = np.fft.rfftfreq(samples.shape[1], 1 / RATE_HZ)
    return float(10 * np.log10(spectrum[(freqs_hz >= low_hz) & (freqs_hz < high_hz)].sum()))


def test_the_side_moves_by_band_and_the_middle_not_at_all() -> None:
    pair = _pair()
    wide = side_width(RATE_HZ, [(300.0, 3000.0, 3.0), (3000.0, 0.0, -6.0)])
    late = wide.latency_frames
    out, was = wide.process(pair)[:, late:], pair[:, :-late]
    np.testing.assert_allclose(out.sum(axis=0), was.sum(axis=0), atol=1e-6)
    for low_hz, high_hz, change_db in ((50, 200, 0.0), (500, 2000, 3.0), (5000, 20000, -6.0)):
        assert _side_db(out, low_hz, high_hz) - _side_db(was, low_hz, high_hz) == pytest.approx(change_db, abs=0.1)


def test_a_side_curve_is_half_way_at_its_edges() -> None:
    curve = side_curve([(1000.0, 0.0, 4.0)])
    np.testing.assert_allclose(curve(np.array([100.0, 1000.0, 10000.0])), [0.0, 2.0, 4.0], atol=1e-9)


@pytest.mark.parametrize(("slope_db", "octave_down_db"), [(12, -12.3), (24, -24.1)])
def test_the_low_end_comes_to_the_middle_and_folds_as_before(slope_db: int, octave_down_db: float) -> None:
    pair = _pair()
    out = mono_below(RATE_HZ, 200.0, slope_db).process(pair)  # type: ignore[arg-type]
    np.testing.assert_allclose(out.sum(axis=0), pair.sum(axis=0), atol=1e-6)
    assert _side_db(out, 98, 102) - _side_db(pair, 98, 102) == pytest.approx(octave_down_db, abs=0.6)
    assert _side_db(out, 1000, 20000) == pytest.approx(_side_db(pair, 1000, 20000), abs=0.05)


def _sine(freq_hz: float, level_db: float, seconds: float = 2.0) -> np.ndarray:
    times_s = np.arange(round(RATE_HZ * seconds)) / RATE_HZ
    return frozen(10 ** (level_db / 20) * np.sin(2 * np.pi * freq_hz * times_s))


def _lines_db(row: np.ndarray, freq_hz: float) -> tuple[list[float], float]:
    """The harmonics of a tone against it, and the loudest of everything else."""
    power = np.abs(np.fft.rfft(row * np.blackman(len(row)))) ** 2
    freqs_hz = np.fft.rfftfreq(len(row), 1 / RATE_HZ)
    order = np.round(freqs_hz / freq_hz)
    near = np.abs(freqs_hz - order * freq_hz) < 10
    top = power.max()
    lines = [10 * np.log10(power[near & (order == k)].max() / top) for k in range(1, int(RATE_HZ / 2 / freq_hz) + 1)]
    return lines, float(10 * np.log10(power[~near & (freqs_hz > 30)].max() / top))


@pytest.mark.parametrize("drive_db", [6.0, 12.0])
def test_a_high_tone_makes_no_aliases(drive_db: float) -> None:
    out = Saturator(RATE_HZ, 1, drive_db=drive_db, level_db=-15.0).process(_sine(10_000.0, -9.0))[0, RATE_HZ:]
    lines, rest_db = _lines_db(out, 10_000.0)
    assert lines[1] > -40
    assert rest_db < -80


def test_harmonics_even_and_odd_grow_with_the_drive() -> None:
    quiet, loud = (
        _lines_db(
            Saturator(RATE_HZ, 1, drive_db=drive, level_db=-15.0).process(_sine(997.0, -12.0))[0, RATE_HZ:], 997.0
        )
        for drive in (0.0, 9.0)
    )
    assert -50 < quiet[0][1] < -20
    assert loud[0][1] > quiet[0][1] + 6
    assert loud[0][2] > quiet[0][2] + 12


@pytest.mark.parametrize("drive_db", [0.0, 6.0, 12.0])
def test_the_level_stays(drive_db: float) -> None:
    sound = np.random.default_rng(6).standard_normal((2, 2 * RATE_HZ))
    low = np.fft.irfft(np.fft.rfft(sound) * (np.fft.rfftfreq(2 * RATE_HZ, 1 / RATE_HZ) < 6000))
    low *= 10 ** (-18 / 20) / low.std()
    out = Saturator(RATE_HZ, 2, drive_db=drive_db, level_db=-18.0).process(frozen(low))
    assert 20 * np.log10(out[:, 4800:].std() / low.std()) == pytest.approx(0.0, abs=0.3)
    assert abs(out[:, RATE_HZ:].mean()) < 1e-3


def test_half_mixed_in_is_half_of_the_harmonics() -> None:
    full, half = (
        Saturator(RATE_HZ, 1, drive_db=6.0, level_db=-15.0, mix=mix).process(_sine(997.0, -12.0))[0, RATE_HZ:]
        for mix in (1.0, 0.5)
    )
    assert _lines_db(half, 997.0)[0][1] - _lines_db(full, 997.0)[0][1] == pytest.approx(-6.0, abs=0.5)


def test_below_a_frequency_only_the_bass_gets_harmonics() -> None:
    made = Saturator(RATE_HZ, 1, drive_db=6.0, level_db=-12.0, below_hz=120.0)
    bass = made.process(_sine(60.0, -9.0))[0, RATE_HZ:]
    assert _lines_db(bass, 60.0)[0][1] > -30
    high = Saturator(RATE_HZ, 1, drive_db=6.0, level_db=-12.0, below_hz=120.0).process(_sine(3000.0, -9.0))[0, RATE_HZ:]
    assert max(_lines_db(high, 3000.0)[0][1:]) < -90


def test_blocks_of_any_size_give_the_same() -> None:
    pair = _pair(0.5)
    settings = {"drive_db": 6.0, "level_db": -20.0}
    whole, pieces = Saturator(RATE_HZ, 2, **settings).process(pair), Saturator(RATE_HZ, 2, **settings)
    cut = [pieces.process(frozen(pair[:, at : at + 1009])) for at in range(0, pair.shape[1], 1009)]
    np.testing.assert_allclose(np.concatenate(cut, axis=1), whole, atol=1e-6)
