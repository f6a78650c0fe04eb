"""The meter as an instrument: any cutting gives the same figures, silence has none, memory stays."""

from __future__ import annotations

import math
import tracemalloc

import msgspec
import numpy as np
import pytest

from controlroom.base.errors import Cancelled
from controlroom.sound.meter import (
    LAYOUTS,
    Loudness,
    LoudnessMeter,
    LoudnessSeries,
    measure_loudness,
    metered,
    true_peak_dbtp,
)
from controlroom.sound.signal import Audio, Channels, Samples, frozen

NOTHING = Loudness()


def bursts(seconds: float, rate_hz: int, channels: int = 2, seed: int = 1) -> Samples:
    """Noise whose level changes every 0.7 s over 40 dB, with silences in it."""
    rng = np.random.default_rng(seed)
    frames = round(seconds * rate_hz)
    levels = 10 ** (rng.uniform(-40, 0, math.ceil(seconds / 0.7) + 1) / 20) * (
        rng.random(math.ceil(seconds / 0.7) + 1) > 0.2
    )
    envelope = np.repeat(levels, round(0.7 * rate_hz))[:frames]
    return frozen(rng.uniform(-1, 1, (channels, frames)) * envelope)


def heard_in_pieces(samples: Samples, rate_hz: int, sizes: list[int]) -> tuple[Loudness, LoudnessSeries]:
    meter, start, turn = LoudnessMeter(rate_hz, samples.shape[0]), 0, 0
    while start < samples.shape[1]:
        size = sizes[turn % len(sizes)]
        meter.add(frozen(samples[:, start : start + size]))
        start, turn = start + size, turn + 1
        if turn % 50 == 0:
            meter.result()  # looking at the meter changes nothing
    return meter.result(), meter.series()


@pytest.mark.parametrize("rate_hz", [8_000, 11_025, 44_100])
@pytest.mark.parametrize("channels", [1, 2, 3])
def test_any_cutting_gives_the_same_bits(rate_hz: int, channels: int) -> None:
    samples = bursts(9.3, rate_hz, channels)
    whole = metered(Audio(samples, rate_hz))
    for sizes in ([997], [32_768], [1, 5_000, 31, 47, 48, 12_345], [rate_hz // 100]):
        loudness, series = heard_in_pieces(samples, rate_hz, sizes)
        assert loudness == whole.result()
        np.testing.assert_array_equal(series.momentary_lufs, whole.series().momentary_lufs)
        np.testing.assert_array_equal(series.short_term_lufs, whole.series().short_term_lufs)


def test_frame_by_frame_gives_the_same_bits() -> None:
    samples = bursts(1.1, 8_000)
    assert heard_in_pieces(samples, 8_000, [1])[0] == measure_loudness(Audio(samples, 8_000))


def test_in_memory_and_from_elsewhere_give_the_same_bits() -> None:
    audio = Audio(bursts(70, 8_000), 8_000)
    assert measure_loudness(Channels(audio, [0, 1])) == measure_loudness(audio)
    assert true_peak_dbtp(Channels(audio, [0, 1])) == measure_loudness(audio).true_peak_dbtp


@pytest.mark.parametrize("samples", [np.zeros((2, 48_000)), np.zeros((2, 0)), np.zeros((6, 10))])
def test_silence_and_nothing_have_no_figures(samples: Samples) -> None:
    assert measure_loudness(Audio(samples, 48_000)) == NOTHING
    assert LoudnessMeter(48_000, 2).result() == NOTHING


def test_no_figure_is_ever_infinite() -> None:
    quiet = np.zeros((1, 480_000))
    quiet[0, 100] = 1e-30
    for samples in (quiet, np.full((1, 480_000), 1e-38), np.eye(1, 100_000), np.full((2, 200_000), 1.0)):
        values = msgspec.structs.astuple(measure_loudness(Audio(samples, 48_000)))
        assert all(value is None or math.isfinite(value) for value in values)


def test_too_short_for_a_window() -> None:
    loudness = measure_loudness(Audio(np.full((1, 16_800), 0.5), 48_000))
    assert (loudness.integrated_lufs, loudness.max_momentary_lufs, loudness.range_lu) == (None, None, None)
    assert loudness.true_peak_dbtp is not None
    loudness = measure_loudness(Audio(bursts(2.9, 48_000, 1, seed=2), 48_000))
    assert loudness.max_momentary_lufs is not None
    assert (loudness.max_short_term_lufs, loudness.range_lu) == (None, None)


def test_peak_to_loudness_ratio() -> None:
    loudness = measure_loudness(Audio(bursts(10, 48_000), 48_000))
    assert loudness.true_peak_dbtp is not None
    assert loudness.integrated_lufs is not None
    assert loudness.plr_db == loudness.true_peak_dbtp - loudness.integrated_lufs


def test_series_start_with_the_first_tenth_and_show_silence_as_a_floor() -> None:
    tone = np.concatenate([np.sin(2 * np.pi * 997 * np.arange(48_000) / 48_000), np.zeros(48_000 * 4)])
    series = metered(Audio(tone, 48_000)).series()
    assert series.hop_s == 0.1
    assert len(series.momentary_lufs) == len(series.short_term_lufs) == 50
    assert series.momentary_lufs[0] == pytest.approx(-3.01 + 10 * np.log10(0.25), abs=0.05)  # the rest: silence before
    assert series.momentary_lufs[9] == pytest.approx(-3.01, abs=0.01)
    assert series.short_term_lufs[9] == pytest.approx(-3.01 + 10 * np.log10(1 / 3), abs=0.02)
    assert series.momentary_lufs[-1] == -120.0


def test_after_silence_the_filters_are_silent_too() -> None:
    meter = LoudnessMeter(48_000, 1)
    meter.add(bursts(1, 48_000, 1))
    for _ in range(8):
        meter.add(frozen(np.zeros((1, 48_000))))
    assert not meter._energy._state.any()


def test_memory_does_not_grow_with_the_length() -> None:
    block = bursts(10, 8_000)
    meter = LoudnessMeter(8_000, 2, LAYOUTS["stereo"])
    meter.add(block)
    tracemalloc.start()
    for _ in range(120):  # 20 minutes
        meter.add(block)
    grown, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert grown < 1200 * 10 * 16 * 2 + 100_000


def test_progress_reaches_the_end_and_can_stop_the_work() -> None:
    seen: list[tuple[float, float]] = []
    audio = Audio(bursts(130, 8_000, 1), 8_000)
    measure_loudness(audio, lambda done, total, what="": seen.append((done, total)))
    assert seen[-1] == (audio.frames, audio.frames)
    assert len(seen) == 3

    def stop(done: float, total: float, what: str = "") -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        measure_loudness(audio, stop)
