"""A rough mix: as loud and as bright as one, nothing wrong in it, its truth heard in it."""

from __future__ import annotations

import numpy as np
import pytest

from controlroom.sample import Truth, rough_mix
from controlroom.sound.levels import levels_of
from controlroom.sound.meter import measure_loudness
from controlroom.sound.signal import Audio

Mix = tuple[Audio, Truth]


@pytest.fixture(scope="module")
def mix() -> Mix:
    return rough_mix(2, seconds=20)


def test_it_is_as_long_as_the_song_and_does_not_clip(mix: Mix) -> None:
    audio, truth = mix
    assert audio.frames == round(truth.duration_s * audio.rate_hz)
    levels = levels_of(audio)
    assert levels.clipped_frames == (0, 0)
    assert levels.clicks == ()
    assert levels.peak_db == pytest.approx(-1.0, abs=0.01)
    assert -20 < (measure_loudness(audio).integrated_lufs or 0) < -11


def test_its_power_falls_towards_the_treble(mix: Mix) -> None:
    """By 3 to 7 dB an octave from 80 Hz to 10 kHz."""
    audio = mix[0]
    power = np.abs(np.fft.rfft(audio.samples.sum(axis=0))) ** 2
    hz = np.fft.rfftfreq(audio.frames, 1 / audio.rate_hz)
    centres = 1000 * 2 ** (np.arange(-11, 11) / 3)
    bands = [power[(hz >= c / 2 ** (1 / 6)) & (hz < c * 2 ** (1 / 6))].mean() for c in centres]
    assert -7 < np.polyfit(np.log2(centres), 10 * np.log10(bands), 1)[0] < -3


def test_it_is_stereo_and_holds_in_mono(mix: Mix) -> None:
    left, right = mix[0].samples
    assert 0.3 < np.corrcoef(left, right)[0, 1] < 0.97


def test_parts_that_are_left_out_are_not_in_the_truth() -> None:
    audio, truth = rough_mix(2, seconds=20, drums=False, voice=False)
    assert {note.part for note in truth.notes} == {"bass", "guitar 1", "guitar 2", "keys"}
    assert truth.phrases == ()
    assert audio.samples.any()


def test_same_arguments_same_samples(mix: Mix) -> None:
    audio, truth = rough_mix(2, seconds=20)
    assert truth == mix[1]
    assert np.array_equal(audio.samples, mix[0].samples)
