"""A library of demos by one maker, all alike in sound and form: each is found again, and nothing else is."""

from __future__ import annotations

import numpy as np
import pytest
from pedalboard import time_stretch

from controlroom.sample.composition import compose
from controlroom.sample.demo import telephone_demo
from controlroom.sound.doubt import Doubt
from controlroom.sound.files import AudioFile, Format, write
from controlroom.sound.signal import Audio
from controlroom.sound.versions import Library, acoustid, agreement, fingerprint
from controlroom.sound.versions.acoustid import NOT_FOUND, words_of

RATE_HZ = 48000


def demo(seed: int, bpm: float = 96.0, key: str | None = None, seconds: float = 48.0) -> Audio:
    return Audio(telephone_demo(compose(seed, bpm, key, seconds)), RATE_HZ)


@pytest.fixture(scope="module")
def first() -> Audio:
    return demo(1)


@pytest.fixture(scope="module")
def library(first: Audio) -> Library:
    return Library((name, fingerprint(audio)) for name, audio in
                   (("one", first), ("two", demo(2)), ("three", demo(3, 100.0)), ("four", demo(4, 88.0))))  # fmt: skip


def test_the_same_recording_under_everything_that_is_done_to_files(library, first, tmp_path):
    samples = first.samples
    write(tmp_path / "small.mp3", Audio(samples * 0.3, RATE_HZ), Format("mp3", bitrate_kbps=64))
    with AudioFile(tmp_path / "small.mp3") as file:
        small = Audio(np.array(file.read(0, file.frames)), file.rate_hz)
    edged = samples + 2 * np.diff(samples, axis=1, prepend=0.0)
    mastered = (0.9 * np.tanh(5 * edged / np.abs(edged).max())).astype(np.float32)
    changed = {
        "mp3": (small, 0.0, 0.0),
        "another master": (Audio(mastered, RATE_HZ), 0.0, 0.0),
        "trimmed": (Audio(samples[:, 15 * RATE_HZ : 35 * RATE_HZ], RATE_HZ), 0.0, 0.0),
        "faster tape": (Audio(mastered, round(1.04 * RATE_HZ)), 4.0, 0.7),
        "slower tape": (Audio(samples, round(0.96 * RATE_HZ)), -4.0, -0.7),
        "transposed": (Audio(time_stretch(samples, RATE_HZ, 1.0, 2.0, high_quality=False), RATE_HZ), 0.0, 2.0),
    }
    for what, (audio, faster_percent, semitones) in changed.items():
        found = library.versions_of(fingerprint(audio))
        assert [each.name for each in found] == ["one"], what
        assert found[0].kind == "same recording", what
        assert found[0].confidence > 0.8, what
        assert found[0].faster_percent == pytest.approx(faster_percent, abs=0.2), what
        assert found[0].semitones == pytest.approx(semitones, abs=0.34), what


def test_a_new_demo_of_a_song_at_another_tempo_and_key(library):
    for bpm, key, semitones in ((104.0, "A major", 2.0), (88.0, "E major", -3.0)):
        (found,) = library.versions_of(fingerprint(demo(1, bpm, key, 48 * 96 / bpm)))
        assert (found.name, found.kind) == ("one", "same song")
        assert found.faster_percent == pytest.approx(100 * (bpm / 96 - 1), abs=0.5)
        assert found.semitones == pytest.approx(semitones, abs=0.34)
        assert found.says.startswith("the same song as one, 8.")


def test_what_is_new_is_new(library):
    for seed in (5, 6):
        assert library.versions_of(fingerprint(demo(seed))) == []


@pytest.mark.parametrize("audio", [
    Audio(np.zeros((2, 20 * RATE_HZ), np.float32), RATE_HZ),
    Audio(np.zeros((1, 0), np.float32), RATE_HZ),
    Audio(0.1 * np.random.default_rng(1).standard_normal((1, 20 * RATE_HZ)).astype(np.float32), RATE_HZ),
    Audio(0.1 * np.sin(2 * np.pi * 220 * np.arange(20 * RATE_HZ) / RATE_HZ)[None].astype(np.float32), RATE_HZ),
], ids=["silence", "nothing", "noise", "a drone"])  # fmt: skip
def test_what_is_no_song_is_nothing_that_was_here(library, audio):
    assert library.versions_of(fingerprint(audio)) == []


def test_the_likeliest_comes_first(library, first):
    whole = library.likely(fingerprint(Audio(first.samples[:, 12 * RATE_HZ :], RATE_HZ)))
    assert whole[0].name == "one"
    assert whole[0].likeness > 1.5 * whole[1].likeness
    assert Library([]).likely(fingerprint(first)) == []


def test_what_acoustid_says_is_read(tmp_path):
    path = tmp_path / "tone.wav"
    draw = np.random.default_rng(3)
    notes_hz = np.repeat(220 * 2 ** (draw.integers(0, 24, 40) / 12), RATE_HZ // 2)
    tune = 0.2 * np.sin(2 * np.pi * np.cumsum(notes_hz) / RATE_HZ)
    write(path, Audio(tune[None].astype(np.float32), RATE_HZ), Format("wav", bits=16))
    found = acoustid(path)
    if isinstance(found, Doubt):
        assert found == NOT_FOUND
        pytest.skip("fpcalc is not installed")
    assert len(words_of(found)) == pytest.approx(20 / 0.124, abs=25)
    assert agreement(found, found) == 1.0
    write(path, Audio(tune[None, ::-1].astype(np.float32), RATE_HZ), Format("wav", bits=16), force=True)
    assert agreement(found, acoustid(path)) < 0.7


def test_without_fpcalc_it_is_said(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    found = acoustid(tmp_path / "song.wav")
    assert isinstance(found, Doubt)
    assert "not installed" in found.because


def test_an_fpcalc_that_hangs_or_raves_is_left(monkeypatch, tmp_path):
    program = tmp_path / "fpcalc"
    monkeypatch.setenv("PATH", f"{tmp_path}:/bin:/usr/bin")
    for script in ("sleep 20", "echo nonsense", "echo '{}'", "exit 3", "echo '[1]'"):
        program.write_text(f"#!/bin/sh\n{'exec ' if 'sleep' in script else ''}{script}\n")
        program.chmod(0o755)
        assert isinstance(acoustid(tmp_path / "song.wav", patience_s=0.3 if "sleep" in script else 10.0), Doubt)


@pytest.mark.parametrize("damaged", ["", "A", "AQ!!", "AQAC", "AQD__wA", "é"])
def test_a_damaged_fingerprint_has_no_words(damaged):
    assert len(words_of(damaged)) == 0
    assert agreement(damaged, damaged) is None
