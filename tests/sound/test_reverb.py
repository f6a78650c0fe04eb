"""The reverberator: its decay, its spectrum, its width, and that nothing about it depends on the block size."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest
from scipy.signal import butter, sosfilt

from controlroom.sound.reverb import Kind, Reverb, Reverberator, line_lengths
from controlroom.sound.signal import frozen

RATE_HZ = 48000
ROOM = Reverb(kind="room", decay_s=0.9, decay_high=0.5)
PLATE = Reverb(kind="plate", decay_s=1.6, decay_high=0.6, predelay_ms=20.0)


def response(settings: Reverb, rate_hz: int = RATE_HZ) -> npt.NDArray[np.float64]:
    impulse = np.zeros((2, int(rate_hz * settings.decay_s * 1.6)), np.float32)
    impulse[:, 0] = 1.0
    return Reverberator(rate_hz, settings).process(frozen(impulse)).astype(np.float64)


def decay_time_s(row: npt.NDArray[np.float64], around_hz: float) -> float:
    """T30 by Schroeder's backward integration (ISO 3382-1), in the octave around a frequency."""
    band = butter(3, [around_hz / 2**0.5, around_hz * 2**0.5], "band", fs=RATE_HZ, output="sos")
    energy = np.cumsum(np.square(sosfilt(band, row))[::-1])[::-1]
    fall_db = 10 * np.log10(energy / energy[0] + 1e-20)
    return 2.0 * float(np.argmax(fall_db < -35) - np.argmax(fall_db < -5)) / RATE_HZ


@pytest.mark.parametrize("settings", [ROOM, PLATE])
def test_it_decays_as_long_as_it_says(settings: Reverb) -> None:
    left = response(settings)[0]
    assert decay_time_s(left, 500) == pytest.approx(settings.decay_s, rel=0.08)
    assert decay_time_s(left, 1000) == pytest.approx(settings.decay_s, rel=0.1)
    assert decay_time_s(left, 8000) == pytest.approx(settings.decay_s * settings.decay_high, rel=0.2)


@pytest.mark.parametrize("settings", [ROOM, PLATE])
def test_the_two_sides_are_equally_loud_and_unlike_each_other(settings: Reverb) -> None:
    left, right = response(settings)
    assert abs(np.corrcoef(left, right)[0, 1]) < 0.1
    assert np.square(left).sum() == pytest.approx(np.square(right).sum(), rel=0.1)


def test_wet_is_as_loud_as_dry() -> None:
    assert np.square(response(ROOM)).sum() / 2 == pytest.approx(1.0, rel=0.02)


@pytest.mark.parametrize("kind", ["room", "plate"])
def test_no_metallic_ring(kind: Kind) -> None:
    """A diffuse tail is Gaussian noise: few outliers in time (kurtosis 3) and over frequency."""
    left = response(Reverb(kind=kind, decay_s=2.0))[0]
    windows = left[int(0.1 * RATE_HZ) : int(0.7 * RATE_HZ)].reshape(-1, 2400)
    kurtosis = (windows**4).mean(axis=1) / np.square(np.square(windows).mean(axis=1))
    assert np.all(kurtosis < 4.2)
    tail = left[RATE_HZ // 4 :][:16384] * np.hanning(16384)
    power_db = 20 * np.log10(np.abs(np.fft.rfft(tail))[100:2000])
    local_db = 10 * np.log10(np.convolve(10 ** (power_db / 10), np.ones(201) / 201, mode="same"))
    over_db = (power_db - local_db)[100:-100]
    assert over_db.max() < 13.0  # a lone mode of a poor network stands 20 dB and more above its neighbours


def test_predelay_is_silent() -> None:
    settings = Reverb(kind="plate", predelay_ms=25.0)
    assert not response(settings)[:, : int(0.025 * RATE_HZ)].any()


def test_same_samples_for_any_block_size() -> None:
    noise = frozen(np.random.default_rng(1).standard_normal((2, 20000)) * 0.1)
    whole = Reverberator(RATE_HZ, ROOM).process(noise)
    for frames in (1000, 777, 4096):
        pieces = Reverberator(RATE_HZ, ROOM)
        blocks = [pieces.process(frozen(noise[:, at : at + frames])) for at in range(0, 20000, frames)]
        assert np.array_equal(np.concatenate(blocks, axis=1), whole)


def test_it_dies_away_to_nothing_and_stays_finite() -> None:
    network = Reverberator(RATE_HZ, Reverb(decay_s=0.3))
    network.process(frozen(np.ones((2, 32768), np.float32)))
    silence = frozen(np.zeros((2, 32768), np.float32))
    for _ in range(12):
        tail = network.process(silence)
    assert np.isfinite(tail).all()
    assert not tail.any()


@pytest.mark.parametrize("rate_hz", [8000, 44100, 96000, 192000])
def test_every_rate(rate_hz: int) -> None:
    lengths = line_lengths(rate_hz, "room")
    assert len(set(lengths.tolist())) >= 13 if rate_hz > 8000 else len(lengths) == 16
    assert 0.5 < np.square(response(ROOM, rate_hz)).sum() / 2 < 1.1
