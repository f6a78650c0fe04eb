"""EBU Tech 3341, table 1, and EBU Tech 3342, table 1: the minimum requirement signals, made here."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pytest

from controlroom.sound.meter import Loudness, LoudnessMeter, measure_loudness
from controlroom.sound.signal import Audio

RATE_HZ = 48_000
FIVE_POINT_ZERO = (1.0, 1.0, 1.0, 1.41, 1.41)


def tones(steps: Sequence[tuple[float | None, float]], rate_hz: int = RATE_HZ) -> npt.NDArray[np.float64]:
    """1 kHz at each (level in dBFS or None for silence, seconds), without a break in phase."""
    levels = [np.full(round(seconds * rate_hz), 0.0 if db is None else 10 ** (db / 20)) for db, seconds in steps]
    envelope = np.concatenate(levels)
    return envelope * np.sin(2 * np.pi * 1000 * np.arange(len(envelope)) / rate_hz)


def stereo(steps: Sequence[tuple[float | None, float]], rate_hz: int = RATE_HZ) -> Loudness:
    return measure_loudness(Audio(np.stack([tones(steps, rate_hz)] * 2), rate_hz))


INTEGRATED: dict[int, tuple[list[tuple[float | None, float]], float]] = {
    1: ([(-23, 20)], -23.0),
    2: ([(-33, 20)], -33.0),
    3: ([(-36, 10), (-23, 60), (-36, 10)], -23.0),
    4: ([(-72, 10), (-36, 10), (-23, 60), (-36, 10), (-72, 10)], -23.0),
    5: ([(-26, 20), (-20, 20.1), (-26, 20)], -23.0),
}


@pytest.mark.parametrize(("steps", "nominal_lufs"), INTEGRATED.values(), ids=INTEGRATED)
@pytest.mark.parametrize("rate_hz", [44_100, 48_000])
def test_integrated(steps: list[tuple[float | None, float]], nominal_lufs: float, rate_hz: int) -> None:
    assert stereo(steps, rate_hz).integrated_lufs == pytest.approx(nominal_lufs, abs=0.05)


def test_surround_case_6() -> None:
    samples = np.stack([tones([(db, 20)]) for db in (-28, -28, -24, -30, -30)])
    meter = LoudnessMeter(RATE_HZ, 5, FIVE_POINT_ZERO)
    meter.add(Audio(samples, RATE_HZ).samples)
    assert meter.result().integrated_lufs == pytest.approx(-23.0, abs=0.05)


def test_short_term_is_constant_case_9() -> None:
    meter = LoudnessMeter(RATE_HZ, 2)
    meter.add(Audio(np.stack([tones([(-20, 1.34), (-30, 1.66)] * 5)] * 2), RATE_HZ).samples)
    settled = meter.series().short_term_lufs[29:]
    assert len(settled) == 121
    assert np.allclose(settled, -23.0, atol=0.06)


@pytest.mark.parametrize("step", range(20))
def test_largest_short_term_wherever_it_begins_case_10(step: int) -> None:
    loudness = stereo([(None, 0.15 * step), (-23, 3), (None, 1)])
    assert loudness.max_short_term_lufs == pytest.approx(-23.0, abs=0.05)


def test_momentary_is_constant_case_12() -> None:
    meter = LoudnessMeter(RATE_HZ, 2)
    meter.add(Audio(np.stack([tones([(-20, 0.18), (-30, 0.22)] * 25)] * 2), RATE_HZ).samples)
    assert np.allclose(meter.series().momentary_lufs[9:], -23.0, atol=0.06)


@pytest.mark.parametrize("step", range(20))
def test_largest_momentary_wherever_it_begins_case_13(step: int) -> None:
    loudness = stereo([(None, 0.02 * step), (-23, 0.4), (None, 1)])
    assert loudness.max_momentary_lufs == pytest.approx(-23.0, abs=0.05)


TRUE_PEAK = {
    15: (4, 0.0, 0.50, -6.0),
    16: (4, 45.0, 0.50, -6.0),
    17: (6, 60.0, 0.50, -6.0),
    18: (8, 67.5, 0.50, -6.0),
    19: (4, 45.0, 1.41, 3.0),
}


@pytest.mark.parametrize(("part", "phase_degrees", "amplitude", "nominal_dbtp"), TRUE_PEAK.values(), ids=TRUE_PEAK)
def test_true_peak_of_a_tone(part: int, phase_degrees: float, amplitude: float, nominal_dbtp: float) -> None:
    time = np.arange(RATE_HZ)
    fade = np.clip(np.minimum(time, time[::-1]) / 4800, 0, 1)
    samples = amplitude * fade * np.sin(2 * np.pi * time / part + np.radians(phase_degrees))
    peak_dbtp = measure_loudness(Audio(np.stack([samples, samples]), RATE_HZ)).true_peak_dbtp
    assert peak_dbtp == pytest.approx(nominal_dbtp, abs=0.03)


RANGE: dict[int, tuple[list[tuple[float | None, float]], float]] = {
    1: ([(-20, 20), (-30, 20)], 10.0),
    2: ([(-20, 20), (-15, 20)], 5.0),
    3: ([(-40, 20), (-20, 20)], 20.0),
    4: ([(-50, 20), (-35, 20), (-20, 20), (-35, 20), (-50, 20)], 15.0),
}


@pytest.mark.parametrize(("steps", "nominal_lu"), RANGE.values(), ids=RANGE)
def test_range(steps: list[tuple[float | None, float]], nominal_lu: float) -> None:
    assert stereo(steps).range_lu == pytest.approx(nominal_lu, abs=0.1)
