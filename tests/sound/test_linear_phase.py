"""Linear phase: the curve that was asked for, at the latency told, and nothing turned."""

from __future__ import annotations

import numpy as np
import pytest

from controlroom.sound.linear_phase import LinearPhase, pre_ring_ms, taps_of, through
from controlroom.sound.placed import Placed
from controlroom.sound.signal import frozen

POINTS_HZ, POINTS_DB = (30.0, 60.0, 200.0, 1000.0, 8000.0, 16000.0), (3.0, 0.0, -2.0, 0.0, 2.0, -3.0)


def _response_db(taps: np.ndarray, rate_hz: int, freqs_hz: list[float]) -> np.ndarray:
    size = 1 << 18
    levels = 20 * np.log10(np.abs(np.fft.rfft(taps, size)))
    return np.interp(freqs_hz, np.fft.rfftfreq(size, 1 / rate_hz), levels)


@pytest.mark.parametrize("rate_hz", [44100, 48000, 96000])
def test_the_response_is_the_curve_down_to_thirty_hertz(rate_hz: int) -> None:
    curve = through(POINTS_HZ, POINTS_DB)
    freqs_hz = [30.0, 40.0, 60.0, 100.0, 200.0, 500.0, 1000.0, 4000.0, 8000.0, 16000.0, 20000.0]
    response = _response_db(taps_of(curve, rate_hz), rate_hz, freqs_hz)
    np.testing.assert_allclose(response, curve(np.array(freqs_hz)), atol=0.2)


def test_a_curve_is_level_outside_its_points_and_never_overshoots() -> None:
    curve = through((100.0, 200.0, 400.0), (0.0, 6.0, 6.0))
    values = curve(np.geomspace(20, 20000, 500))
    assert values.min() == 0.0
    assert values.max() == 6.0
    assert curve(np.array([50.0])) == 0.0


@pytest.mark.parametrize(
    ("freqs", "gains"), [((), ()), ((100.0, 50.0), (0.0, 1.0)), ((0.0,), (1.0,)), ((50.0,), (1.0, 2.0))]
)
def test_a_curve_that_is_none_is_refused(freqs: tuple[float, ...], gains: tuple[float, ...]) -> None:
    with pytest.raises(ValueError, match="rising frequencies"):
        through(freqs, gains)


def test_a_click_stays_where_it_is_and_symmetrical() -> None:
    filter_ = LinearPhase(48000, 1, through(POINTS_HZ, POINTS_DB))
    late = filter_.latency_frames
    click = np.zeros((1, 2 * late + 1), np.float32)
    click[0, 0] = 1.0
    out = filter_.process(frozen(click))[0]
    assert np.argmax(np.abs(out)) == late
    np.testing.assert_allclose(out[:late], out[late + 1 :][::-1], atol=1e-6)


def test_what_rings_before_a_click_is_short() -> None:
    taps = taps_of(through(POINTS_HZ, POINTS_DB), 48000)
    assert pre_ring_ms(taps, 48000, -40.0) < 1.0
    assert pre_ring_ms(taps, 48000, -60.0) < 5.0


def test_blocks_of_any_size_give_the_same() -> None:
    noise = frozen(np.random.default_rng(2).standard_normal((2, 60_000)))
    whole = LinearPhase(48000, 2, through(POINTS_HZ, POINTS_DB)).process(noise)
    pieces = LinearPhase(48000, 2, through(POINTS_HZ, POINTS_DB))
    cut = [pieces.process(frozen(noise[:, at : at + 7919])) for at in range(0, 60_000, 7919)]
    np.testing.assert_allclose(np.concatenate(cut, axis=1), whole, atol=3e-6)


def test_on_the_side_alone_the_fold_to_mono_stays() -> None:
    noise = frozen(np.random.default_rng(3).standard_normal((2, 40_000)))
    placed = Placed(LinearPhase(48000, 1, through((100.0, 1000.0), (6.0, -6.0))), "side")
    late = placed.latency_frames
    out = placed.process(noise)
    np.testing.assert_allclose(out.sum(axis=0)[late:], noise.sum(axis=0)[:-late], atol=1e-5)
    assert np.abs(np.diff(out, axis=0)[0, late:] - np.diff(noise, axis=0)[0, :-late]).max() > 0.1
