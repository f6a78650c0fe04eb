"""Chroma: the notes that sound, treble and bass apart, in any tuning; nothing where nothing is pitched."""

import numpy as np
import pytest

from controlroom.sound.chroma import ChromaAccumulator, chroma_of
from controlroom.sound.signal import Audio

RATE_HZ = 22050


def tone(midi, length_s, tuning_hz=440.0, decay=1.5):
    """A note with overtones."""
    t = np.arange(round(length_s * RATE_HZ)) / RATE_HZ
    hz = tuning_hz * 2 ** ((midi - 69) / 12)
    return sum(np.sin(2 * np.pi * hz * k * t + k) / k for k in range(1, 9)) * np.exp(-decay * t)


def chord(*midi, length_s=1.0, tuning_hz=440.0):
    return 0.05 * sum(tone(note, length_s, tuning_hz) for note in midi)


@pytest.mark.parametrize("root", range(12))
def test_a_chord_is_its_notes_and_the_bass_stands_apart(root):
    heard = chroma_of(Audio(chord(36 + root + 4, 60 + root, 64 + root, 67 + root, length_s=2.0), RATE_HZ))
    treble, bass = heard.treble[3:17].mean(axis=0), heard.bass[3:17].mean(axis=0)
    assert set(np.argsort(treble)[-3:]) == {root, (root + 4) % 12, (root + 7) % 12}
    assert np.sort(treble)[-3] > np.sort(treble)[-4]
    assert np.argmax(bass) == (root + 4) % 12


def test_a_frame_is_centred_on_its_time():
    heard = chroma_of(Audio(np.concatenate([chord(60, length_s=2.0), chord(66, length_s=2.0)]), RATE_HZ))
    change_s = heard.hop_s * int(np.argmax(heard.treble[:, 6] > heard.treble[:, 0]))
    assert change_s == pytest.approx(2.0, abs=0.11)
    assert len(heard.treble) == pytest.approx(4.0 / heard.hop_s, abs=1)


@pytest.mark.parametrize("tuning_hz", [428.5, 434.0, 440.0, 442.5, 450.5])
def test_the_tuning_is_measured(tuning_hz):
    heard = chroma_of(Audio(np.concatenate([chord(40, 60, 64, 67, tuning_hz=tuning_hz)] * 6), RATE_HZ))
    assert heard.tuning_hz == pytest.approx(tuning_hz, abs=0.5)
    assert heard.tuning_confidence > 0.5
    assert set(np.argsort(heard.treble.mean(axis=0))[-3:]) == {0, 4, 7}


@pytest.mark.parametrize("rate_hz", [8000, 44100, 192000])
def test_nothing_pitched_has_no_tuning(rate_hz):
    for samples in (np.zeros((1, 1)), np.zeros((2, rate_hz * 3)), np.full((1, rate_hz * 3), 0.5)):
        heard = chroma_of(Audio(samples, rate_hz))
        assert heard.tuning_hz is None
        assert not heard.treble.any()
    noise = 0.1 * np.random.default_rng(0).standard_normal(rate_hz * 6)
    assert chroma_of(Audio(noise, rate_hz)).tuning_confidence < 0.3


def test_the_block_size_hardly_matters():
    audio = Audio(chord(50, 62, 66, 69, length_s=8.0), RATE_HZ)
    accumulator = ChromaAccumulator(RATE_HZ, 1)
    for at in range(0, audio.frames, 777):
        accumulator.add(audio.read(at, 777))
    heard, whole = accumulator.result(), chroma_of(audio)
    assert heard.treble.shape == whole.treble.shape
    assert heard.treble == pytest.approx(whole.treble, abs=1e-2)
