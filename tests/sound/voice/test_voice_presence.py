"""Where somebody sings: found in a voice alone and among instruments, not in noise, tones and drums."""

import msgspec
import numpy as np
import pytest

from controlroom.sample import solo_voice
from controlroom.sample.composition import compose
from controlroom.sample.demo import telephone_demo
from controlroom.sound.files import AudioFile
from controlroom.sound.intonation import NOTE_NAMES
from controlroom.sound.pitch import track_pitch
from controlroom.sound.signal import Audio
from controlroom.sound.voice import VoiceAccumulator, features_of, is_solo, voice_of


@pytest.fixture(scope="module")
def singer():
    return solo_voice(7, seconds=22.0, voice="alto plain")


def sung_share(voice, truth) -> float:
    """The share of voiced time that lies in the spans."""
    voiced = truth.times_s[truth.f0_hz > 0]
    return float(np.mean([any(span.start_s <= t <= span.end_s for span in voice.present) for t in voiced]))


def test_a_voice_alone_is_heard_as_one_and_its_notes_are_named(singer):
    audio, truth = singer
    features = features_of(audio)
    assert is_solo(features)
    voice = voice_of(features, track_pitch(audio), None)
    assert voice.kind == "solo voice"
    assert sung_share(voice, truth) > 0.85
    assert voice.lowest_note is not None
    assert voice.highest_note is not None
    assert voice.intonation.spread_cents < 15
    assert voice.vibrato.rate_hz == pytest.approx(5.5, abs=0.4)
    msgspec.json.encode(voice)


def test_one_instrument_with_a_sung_moment_is_no_singer(singer):
    audio, _ = singer
    rng, time_s = np.random.default_rng(3), np.arange(round(0.6 * audio.rate_hz)) / audio.rate_hz
    pitches_hz = 110 * 2 ** (rng.integers(0, 24, 60) / 12)
    plucked = [sum(np.sin(2 * np.pi * f * k * time_s) / k for k in range(1, 12)) for f in pitches_hz]
    line = np.concatenate([note * np.exp(-2 * time_s) for note in plucked])
    line *= np.std(audio.samples) / np.std(line)
    voice = voice_of(
        features_of(Audio(np.append(line, audio.samples[0, : 6 * audio.rate_hz]), audio.rate_hz)), None, None
    )
    assert voice.kind is None
    assert "kind of voice" in {doubt.about for doubt in voice.doubts}


@pytest.mark.parametrize("rate_hz", [8000, 44100, 96000])
def test_blocks_of_any_size_give_the_same(rate_hz):
    draw = np.random.default_rng(3)
    samples = (0.1 * draw.standard_normal((2, 3 * rate_hz))).astype(np.float32)
    whole, pieces = VoiceAccumulator(rate_hz, 2), VoiceAccumulator(rate_hz, 2)
    whole.add(samples)
    at = 0
    while at < samples.shape[1]:
        size = int(draw.integers(1, 20000))
        pieces.add(samples[:, at : at + size])
        at += size
    one, other = whole.result(), pieces.result()
    assert np.array_equal(one.bands_db, other.bands_db)
    assert np.array_equal(one.motion, other.motion)
    assert np.array_equal(one.spectra_db, other.spectra_db)
    assert len(one.spectra_db) == 5 * len(one.motion)
    assert len(one.motion) == pytest.approx(3 / one.cell_s, abs=1)


def test_noise_tones_and_hits_are_no_voice():
    draw = np.random.default_rng(1)
    time = np.arange(20 * 44100) / 44100
    noise = 0.1 * draw.standard_normal(len(time))
    organ = 0.1 * sum(np.sin(2 * np.pi * f * k * time) / k for f in (220, 277.2, 329.6) for k in range(1, 6))
    hits = noise * np.exp(-8 * (time % 0.5))
    for sound in (noise, organ, hits):
        voice = voice_of(features_of(Audio(sound, 44100)), None, None)
        assert sum(span.end_s - span.start_s for span in voice.present) < 1.0
        assert voice.highest_note is None


@pytest.mark.parametrize("frames", [0, 1, 1000, 44100])
def test_silence_and_next_to_nothing_claim_nothing(frames):
    voice = voice_of(features_of(Audio(np.zeros((2, frames)), 44100)), None, None)
    assert voice.present == ()
    assert voice.kind is None
    assert [doubt.about for doubt in voice.doubts] == ["voice"]


def test_no_note_is_claimed_without_a_voice_alone(singer):
    audio, _ = singer
    time = np.arange(audio.frames) / audio.rate_hz
    chord = sum(np.sin(2 * np.pi * f * k * time) / k for f in (110, 164.8, 220, 277.2) for k in range(1, 9))
    beat = np.random.default_rng(0).standard_normal(len(time)) * np.exp(-10 * (time % 0.4))
    level = np.sqrt(np.mean(audio.samples**2))
    mix = Audio(audio.samples[0] + level * (chord / np.std(chord) + 0.5 * beat / np.std(beat)), audio.rate_hz)
    features = features_of(mix)
    assert not is_solo(features)
    voice = voice_of(features, None, 440.0)
    assert voice.lowest_note is None
    assert voice.intonation is None
    assert voice.vibrato is None
    assert voice.sibilance_db is None


@pytest.mark.recordings
def test_a_singer_in_a_room_is_a_voice_alone(recordings):
    with AudioFile(recordings / "voice/vocadito_1.wav") as file:
        features = features_of(file)
        assert is_solo(features)
        voice = voice_of(features, track_pitch(file), None)
    times_s, f0_hz = np.loadtxt(recordings / "voice/vocadito_1_f0.csv", delimiter=",").T
    voiced = times_s[f0_hz > 0]
    inside = np.mean([any(span.start_s <= t <= span.end_s for span in voice.present) for t in voiced])
    assert inside > 0.95
    _, note_hz, length_s = np.loadtxt(recordings / "voice/vocadito_1_notesA1.csv", delimiter=",").T
    held = note_hz[length_s > 0.3]
    assert semitones(voice.lowest_note) == pytest.approx(12 * np.log2(held.min() / 440) + 69, abs=1.5)
    assert semitones(voice.highest_note) == pytest.approx(12 * np.log2(held.max() / 440) + 69, abs=1.5)


def semitones(note: str) -> int:
    """A note's name as its MIDI number."""
    return NOTE_NAMES.index(note[:-1]) + 12 * (int(note[-1]) + 1)


def test_a_singer_with_a_guitar_on_a_telephone_is_told_no_range():
    demo = Audio(telephone_demo(compose(5, 92.0, "G major", 30.0)), 48000)
    voice = voice_of(features_of(demo), track_pitch(demo), None)
    assert voice.kind != "solo voice"
    assert voice.lowest_note is voice.intonation is None
