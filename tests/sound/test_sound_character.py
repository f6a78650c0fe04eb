"""The character of a sound as one value, and what is said of it."""

from __future__ import annotations

import json
from pathlib import Path

import msgspec
import numpy as np

from controlroom.sound import findings
from controlroom.sound.bandwidth import bandwidth_hz
from controlroom.sound.character import Sound, sound_of
from controlroom.sound.files import AudioInfo
from controlroom.sound.hearing import Hearing
from controlroom.sound.lossy import Lossy
from controlroom.sound.signal import Audio
from controlroom.sound.traits import TraitsAccumulator

RATE_HZ = 44100


def character(samples: np.ndarray) -> Sound:
    audio = Audio(samples, RATE_HZ)
    info = AudioInfo(
        path=Path("demo.wav"),
        container="wav",
        codec="pcm_s16",
        rate_hz=RATE_HZ,
        channels=audio.channels,
        frames=audio.frames,
    )
    traits = TraitsAccumulator(RATE_HZ, audio.channels)
    traits.add(audio.read(0, audio.frames))
    hearing = Hearing(audio)
    end_hz = bandwidth_hz(hearing.spectrum) if hearing.levels.active else None
    return sound_of(hearing, traits.result(), info, end_hz)


def test_noise_alone_is_a_floor_without_a_room() -> None:
    found = character(np.random.default_rng(0).standard_normal((2, 5 * RATE_HZ)) * 0.01)
    assert found.noise_floor_dbfs is not None
    assert found.reverberation_s is None
    assert found.stereo == "wide"
    assert found.lossy.codec is None
    assert [doubt.about for doubt in found.doubts] == ["reverberation"]


def test_silence_has_no_character() -> None:
    assert character(np.zeros((2, RATE_HZ))) == Sound()


def test_a_second_of_sound_is_enough_for_an_honest_answer() -> None:
    found = character(np.random.default_rng(0).standard_normal((1, RATE_HZ)) * 0.1)
    assert found.stereo == "mono"
    assert found.noise_floor_dbfs is None
    assert {doubt.about for doubt in found.doubts} >= {"noise floor", "reverberation"}


def test_it_is_json_as_it_stands() -> None:
    made = json.loads(msgspec.json.encode(character(np.random.default_rng(0).standard_normal((2, 3 * RATE_HZ)) * 0.1)))
    assert made["balance"]["bands"][0]["name"] == "sub"
    assert made["lossy"]["codec"] is None


def test_each_finding_says_its_sentence() -> None:
    lossy = Lossy(codec="MP3", confidence=0.99, rate_kbps=(96, 160))
    balance = character(np.random.default_rng(0).standard_normal((2, 3 * RATE_HZ)) * 0.1).balance
    made = [
        *findings.lossy_ancestry(lossy),
        findings.hissy(-38.2),
        findings.roomy(1.84),
        findings.low_end_out_of_phase(-0.43),
        findings.delayed_copy(-14.0),
        findings.crushed(-6.2, 5.8),
        findings.wow(12.0, 0.56),
        *findings.tone_outside(balance),
    ]
    said = [finding.says() for finding in made]
    assert "MP3" in said[0]
    assert "left side" in said[4]
    assert all("{" not in sentence for sentence in said)
    assert list(findings.lossy_ancestry(Lossy())) == []
