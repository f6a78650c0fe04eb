"""Keys: all twenty-four on chords in known keys, the tuning, songs, and none where nothing is pitched."""

import numpy as np
import pytest

from controlroom.sound.files import AudioFile
from controlroom.sound.key import KeyAccumulator, key_of
from controlroom.sound.signal import Audio

RATE_HZ = 22050
MAJOR_KEYS = ("C", "Db", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B")
MINOR_KEYS = ("C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B")


def chords(tonic: int, minor: bool, tuning_hz: float = 440.0) -> Audio:
    """I IV V I (i iv V i) twice over, a second each, with overtones and a bass."""
    t = np.arange(RATE_HZ) / RATE_HZ
    third = 3 if minor else 4
    progression = [(0, third, 7), (5, 5 + third, 12), (7, 11, 14), (0, third, 7)] * 2
    out = []
    for notes in progression:
        pitches = [*(60 + tonic + note for note in notes), 36 + tonic + notes[0]]
        freqs_hz = [tuning_hz * 2 ** ((pitch - 69) / 12) for pitch in pitches]
        chord = sum(np.sin(2 * np.pi * f * k * t) / k**1.5 for f in freqs_hz for k in range(1, 6))
        out.append(0.05 * chord * np.exp(-1.5 * t))
    return Audio(np.concatenate(out), RATE_HZ)


@pytest.mark.parametrize("tonic", range(12))
def test_every_key_is_told(tonic):
    for minor, names in ((False, MAJOR_KEYS), (True, MINOR_KEYS)):
        found = key_of(chords(tonic, minor))
        assert found.key == f"{names[tonic]} {'minor' if minor else 'major'}"
        assert found.confidence > 0.2
        assert sum(found.classes) == pytest.approx(1)


@pytest.mark.parametrize("tuning_hz", [432.0, 440.0, 446.0])
def test_the_tuning_is_measured(tuning_hz):
    found = key_of(chords(7, False, tuning_hz))
    assert found.tuning_hz == pytest.approx(tuning_hz, abs=0.7)
    assert found.key == "G major"


@pytest.mark.parametrize("rate_hz", [8000, 44100, 192000])
def test_nothing_pitched_has_no_key(rate_hz):
    assert key_of(Audio(np.zeros((1, 1)), rate_hz)).key is None
    assert key_of(Audio(np.zeros((2, rate_hz * 6)), rate_hz)).key is None
    assert key_of(Audio(np.full((1, rate_hz * 6), 0.5), rate_hz)).confidence < 0.2
    noise = 0.1 * np.random.default_rng(0).standard_normal(rate_hz * 6)
    assert key_of(Audio(noise, rate_hz)).confidence < 0.2


def test_the_block_size_hardly_matters():
    audio = chords(2, False)
    accumulator = KeyAccumulator(RATE_HZ)
    for at in range(0, audio.frames, 777):
        accumulator.add(audio.read(at, 777)[0])
    assert accumulator.result().classes == pytest.approx(key_of(audio).classes, abs=1e-5)


@pytest.mark.recordings
@pytest.mark.parametrize(
    ("name", "keys"),
    [
        ("hydrogen", {"D major"}),
        ("potassium", {"C major", "A minor"}),
        ("caesium", {"C major", "A minor"}),
    ],
)
def test_songs_have_their_key(recordings, name, keys):
    total = np.zeros(0, np.float32)
    for path in sorted((recordings / "songs" / name).glob("*.m4a")):
        if path.name != "Master.m4a":
            with AudioFile(path) as file:
                part = file.read(100 * file.rate_hz, 60 * file.rate_hz).mean(axis=0)[:: file.rate_hz // 24000]
            total = part if not len(total) else total + part
    found = key_of(Audio(total, 24000))
    assert found.key in keys
    assert found.tuning_hz == pytest.approx(440, abs=2)
