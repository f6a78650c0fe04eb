"""A moving band cuts while its part of the sound is too loud, and is not there otherwise."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from controlroom.sound.dynamic_eq import MovingBand
from controlroom.sound.riding import CELL
from controlroom.sound.signal import frozen

RATE_HZ = 48000


def _band(channels: int = 1, **changes: Any) -> MovingBand:
    settings: dict[str, Any] = {
        "kind": "bell",
        "freq_hz": 6000.0,
        "q": 1.5,
        "threshold_db": -30.0,
        "ratio": 3.0,
        "range_db": 12.0,
        "attack_ms": 2.0,
        "release_ms": 50.0,
    }
    return MovingBand(RATE_HZ, channels, **{**settings, **changes})


def _tone(freq_hz: float, level_db: float, seconds: float = 1.0) -> np.ndarray:
    times_s = np.arange(round(RATE_HZ * seconds)) / RATE_HZ
    return frozen(10 ** (level_db / 20) * np.sqrt(2) * np.sin(2 * np.pi * freq_hz * times_s))


def _level_db(samples: np.ndarray) -> float:
    return float(10 * np.log10(np.mean(np.square(samples, dtype=float))))


def test_passes_to_the_last_bit_below_its_threshold() -> None:
    noise = frozen(0.01 * np.random.default_rng(1).standard_normal((2, 50_000)))
    np.testing.assert_array_equal(_band(2).process(noise)[:, CELL:], noise[:, :-CELL])


@pytest.mark.parametrize(("over_db", "cut_db"), [(6.0, 4.0), (12.0, 8.0), (24.0, 12.0)])
def test_cuts_by_ratio_and_no_more_than_its_range(over_db: float, cut_db: float) -> None:
    band = _band()
    out = band.process(_tone(6000.0, -30.0 + over_db))[0, RATE_HZ // 2 :]
    assert _level_db(out) == pytest.approx(-30.0 + over_db - cut_db, abs=0.15)
    assert band.max_reduction_db == pytest.approx(cut_db, abs=0.3)


@pytest.mark.parametrize(
    ("kind", "inside_hz", "outside_hz"), [("highshelf", 15000.0, 500.0), ("lowshelf", 800.0, 20000.0)]
)
def test_a_shelf_cuts_its_side_only(kind: str, inside_hz: float, outside_hz: float) -> None:
    loud, beside = _tone(inside_hz, -20.0)[0], _tone(outside_hz, -20.0)[0]
    out = _band(kind=kind, q=0.707, range_db=6.0).process(frozen(loud + beside))[0, RATE_HZ // 2 :]
    spectrum = np.abs(np.fft.rfft(out * np.hanning(len(out)))) ** 2
    freqs_hz = np.fft.rfftfreq(len(out), 1 / RATE_HZ)
    inside, outside = (10 * np.log10(spectrum[np.abs(freqs_hz - hz) < 20].sum()) for hz in (inside_hz, outside_hz))
    assert inside - outside == pytest.approx(-6.0, abs=0.4)


def test_loud_sound_elsewhere_does_not_move_it() -> None:
    low = _tone(100.0, -6.0)
    np.testing.assert_allclose(_band().process(low)[:, CELL:], low[:, :-CELL], atol=1e-6)


def test_comes_and_goes_within_its_times() -> None:
    burst = np.concatenate([_tone(6000.0, -50.0, 0.5)[0], _tone(6000.0, -18.0, 0.5)[0], _tone(6000.0, -50.0, 0.5)[0]])
    out = _band(attack_ms=5.0, release_ms=40.0).process(frozen(burst))[0]
    gain_db = [
        _level_db(out[at : at + 480]) - _level_db(burst[at - CELL : at - CELL + 480])
        for at in (RATE_HZ // 2 + 1440, RATE_HZ + 480, RATE_HZ + 20 * 480)
    ]
    assert gain_db[0] == pytest.approx(-8.0, abs=0.5)  # 30 ms in: all the way down
    assert -8.0 < gain_db[1] < -4.0  # 10 ms after: still holding
    assert gain_db[2] == pytest.approx(0.0, abs=0.3)  # 200 ms after: gone


def test_both_channels_get_one_gain_and_there_are_no_steps() -> None:
    loud = _tone(6000.0, -12.0)[0]
    pair = frozen(np.stack([loud, 0.01 * loud]))
    out = _band(2, attack_ms=0.5).process(pair)
    np.testing.assert_allclose(out[1], 0.01 * out[0], atol=1e-6)
    low = _tone(200.0, -40.0)[0]
    keyed = frozen(loud * (np.arange(len(loud)) // 4800 % 2) + low)
    change = _band(attack_ms=0.5).process(keyed)[0, CELL:] - keyed[0, :-CELL]
    spectrum = 20 * np.log10(np.abs(np.fft.rfft(change * np.hanning(len(change)))) + 1e-12)
    freqs_hz = np.fft.rfftfreq(len(change), 1 / RATE_HZ)
    assert spectrum[(freqs_hz > 14000)].max() < spectrum.max() - 60  # what steps there were would be broad


def test_blocks_of_any_size_give_the_same() -> None:
    noise = frozen(0.3 * np.random.default_rng(5).standard_normal((2, 30_000)))
    whole, pieces = _band(2).process(noise), _band(2)
    cut = [pieces.process(frozen(noise[:, at : at + 1013])) for at in range(0, 30_000, 1013)]
    np.testing.assert_array_equal(np.concatenate(cut, axis=1), whole)


def test_another_kind_is_refused() -> None:
    with pytest.raises(ValueError, match="bell, lowshelf or highshelf"):
        _band(kind="notch")
