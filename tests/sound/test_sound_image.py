"""The stereo image by its name."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.signal import butter, sosfilt

from controlroom.sound.ambience import BandAccumulator
from controlroom.sound.excerpts import excerpts_of
from controlroom.sound.image import Image, image_of
from controlroom.sound.signal import Audio
from controlroom.sound.spectrum import spectrum_of

RATE_HZ = 44100


def pink(seed: int, seconds: float = 6.0) -> np.ndarray:
    noise = np.random.default_rng(seed).standard_normal(round(seconds * RATE_HZ))
    return 0.1 * sosfilt(butter(1, 300, fs=RATE_HZ, output="sos"), noise)


def image(left: np.ndarray, right: np.ndarray | None = None) -> Image:
    audio = Audio(np.atleast_2d(left) if right is None else np.array([left, right]), RATE_HZ)
    bands = BandAccumulator(RATE_HZ, audio.channels)
    bands.add(audio.read(0, audio.frames))
    return image_of(spectrum_of(audio), bands.result(), excerpts_of(audio))


A, B = pink(1), pink(2)


@pytest.mark.parametrize(
    ("left", "right", "name"),
    [
        (A, None, "mono"),
        (A, A, "false stereo"),
        (A, 0.5 * A, "false stereo"),
        (A + 0.1 * B, A - 0.1 * B, "narrow"),
        (A + 0.4 * B, A - 0.4 * B, "stereo"),
        (A, B, "wide"),
    ],
)
def test_the_image_has_its_name(left: np.ndarray, right: np.ndarray | None, name: str) -> None:
    assert image(left, right).stereo == name


@pytest.mark.parametrize("delay_ms", [2.0, -15.0])
def test_a_delayed_copy_is_known_with_its_delay(delay_ms: float) -> None:
    late = round(delay_ms / 1000 * RATE_HZ)
    noise = np.random.default_rng(4).standard_normal(6 * RATE_HZ) * 0.1
    found = image(noise, np.roll(noise, late))
    assert found.stereo == "delayed copy"
    assert found.delay_ms == pytest.approx(delay_ms, abs=0.05)


def test_a_low_end_turned_over_shows_below_150_hz_only() -> None:
    low = sosfilt(butter(4, 100, fs=RATE_HZ, output="sos"), np.random.default_rng(3).standard_normal(len(A))) * 0.2
    found = image(A + low, A - low)
    assert found.low_correlation is not None
    assert found.low_correlation < -0.2
    assert found.correlation is not None
    assert found.correlation > 0


def test_half_mono_is_half_mono() -> None:
    right = np.where(np.arange(len(A)) < len(A) // 2, A, B)
    assert image(A, right).mono_share == pytest.approx(0.5, abs=0.05)


def test_silence_has_no_image() -> None:
    assert image(np.zeros(RATE_HZ), np.zeros(RATE_HZ)) == Image()
