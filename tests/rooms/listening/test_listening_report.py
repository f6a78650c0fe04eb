"""The demo report says what is there, and nothing else."""

from __future__ import annotations

import json

import numpy as np
import pytest

from controlroom.rooms.listening import listen_to
from controlroom.sound.files import Format, write
from controlroom.sound.signal import Audio

RATE = 48000
RNG = np.random.default_rng(4)


def rumble(frames: int) -> np.ndarray:
    """Noise below some 2 kHz: so that tones are no machine's, and nothing hisses."""
    taps = np.hanning(100)
    return np.convolve(RNG.standard_normal(frames), taps / taps.sum(), "same")


def music(seconds: float = 6.0) -> np.ndarray:
    time_s = np.arange(round(seconds * RATE)) / RATE
    left = 0.2 * np.sin(2 * np.pi * 220 * time_s) + 0.1 * rumble(len(time_s))
    right = 0.2 * np.sin(2 * np.pi * 330 * time_s) + 0.1 * rumble(len(time_s))
    return np.array([left, right])


def codes(path, samples, rate=RATE):
    write(path, Audio(samples, rate), Format("wav", 24))
    report = listen_to(path)
    return {finding.code for finding in report.findings}, report


def test_a_clean_demo_has_nothing_to_find(tmp_path):
    found, report = codes(tmp_path / "a.wav", music())
    assert found <= {"tone_over", "tone_under"}  # two tones have no record's balance
    assert {point.kind for point in report.advice} <= {"tone"}
    assert report.loudness.integrated_lufs == pytest.approx(-14.4, abs=2)


def test_clipping_is_found_where_it_is_and_advised_on(tmp_path):
    samples = music()
    samples[:, 2 * RATE : 3 * RATE] = np.clip(8 * samples[:, 2 * RATE : 3 * RATE], -0.9, 0.9)
    found, report = codes(tmp_path / "a.wav", samples)
    assert "clipped" in found
    clipped = next(finding for finding in report.findings if finding.code == "clipped")
    assert 2.0 <= clipped.start_s <= 3.0
    assert report.advice[0].because == clipped.says()


def test_the_image_is_judged(tmp_path):
    one = music()[0]
    assert "false_stereo" in codes(tmp_path / "a.wav", np.array([one, one]))[0]
    assert "out_of_phase" in codes(tmp_path / "b.wav", np.array([one, -one]))[0]
    assert "dead_channel" in codes(tmp_path / "c.wav", np.array([one, 0 * one]))[0]


def test_dc_silence_and_a_long_head_are_said(tmp_path):
    found, report = codes(tmp_path / "a.wav", music() + np.array([[0.02], [0.05]]))
    assert "dc_offset" in found
    assert [one.args["percent"] for one in report.findings if one.code == "dc_offset"] == [pytest.approx(5.0, abs=0.1)]
    assert codes(tmp_path / "b.wav", np.zeros((2, RATE)))[0] == {"silent"}
    assert "long_head" in codes(tmp_path / "c.wav", np.concatenate([np.zeros((2, 4 * RATE)), music()], axis=1))[0]


@pytest.mark.parametrize("samples", [np.array([[0.5]]), np.zeros((1, 10)), 0.1 * RNG.standard_normal((1, 800))])
def test_almost_nothing_is_no_failure(tmp_path, samples):
    _, report = codes(tmp_path / "a.wav", samples, rate=8000)
    said = report.to_json()
    assert said["harmony"]["key"] is None
    assert said["loudness"]["range_lu"] is None


def test_the_report_has_the_keys_of_the_contract(tmp_path):
    _, report = codes(tmp_path / "a.wav", music())
    said = report.to_json()
    assert set(said["file"]) == {"path", "duration_s", "rate_hz", "channels", "codec", "bandwidth_hz"}
    assert set(said["rhythm"]) >= {"tempo_bpm", "tempo_confidence", "steady", "drift_percent", "meter", "beats_s"}
    assert set(said["harmony"]) >= {"key", "key_confidence", "tuning_hz", "chords"}
    assert set(said["voice"]) >= {"present", "lowest_note", "highest_note"}
    assert {section["label"] for section in said["form"]["sections"]} <= {"section"}  # six seconds have no form
    assert set(said["what"]) == {"kind", "confidence", "because"}
    assert all(set(doubt) == {"about", "because"} for doubt in said["doubts"])
    assert {"tempo", "form"} <= {doubt["about"] for doubt in said["doubts"]}


@pytest.mark.recordings
def test_a_narrow_recording_is_told_from_a_full_one(recordings):
    narrow = listen_to(recordings / "songs" / "caesium" / "Master.m4a")
    full = listen_to(recordings / "songs" / "caesium" / "GARAGE BEAT.m4a")
    assert "narrow_bandwidth" in {finding.code for finding in narrow.findings}
    assert "narrow_bandwidth" not in {finding.code for finding in full.findings}


def song(seconds: float = 24.0) -> np.ndarray:
    """Kick on one, snare on two and four, hats, and the chords of D major, at 100 BPM."""
    out = 1e-4 * RNG.standard_normal(round(seconds * RATE))
    t = np.arange(round(0.6 * RATE)) / RATE
    for beat in range(round(seconds / 0.6) - 1):
        at = round(beat * 0.6 * RATE)
        root = (62, 67, 69, 62)[beat // 4 % 4]
        freqs = [440 * 2 ** ((root + step - 69) / 12) for step in (-12, 0, 4, 7)]
        chord = sum(np.sin(2 * np.pi * f * k * t) / k**1.5 for f in freqs for k in range(1, 5)) * np.exp(-2 * t)
        drum = RNG.standard_normal(len(t)) * np.exp(-60 * t) * (0.5 if beat % 2 else 0.1)
        kick = np.sin(2 * np.pi * 55 * t) * np.exp(-18 * t) * (beat % 4 == 0)
        out[at : at + len(t)] += 0.03 * chord + 0.2 * drum + 0.4 * kick
    return np.array([out, out])


def test_tempo_and_key_are_heard_and_said_in_the_contract_s_words(tmp_path):
    _, report = codes(tmp_path / "a.wav", song())
    said = json.loads(json.dumps(report.to_json()))
    assert said["rhythm"]["tempo_bpm"] == pytest.approx(100, abs=0.2)
    assert 0.2 < said["rhythm"]["tempo_confidence"] <= 1
    assert said["rhythm"]["steady"] is True
    assert np.diff(said["rhythm"]["beats_s"]) == pytest.approx(0.6, abs=0.01)
    assert said["harmony"]["key"] == "D major"
    assert said["harmony"]["tuning_hz"] == pytest.approx(440, abs=1)
    assert set(said) >= {"file", "loudness", "rhythm", "harmony", "form", "voice", "findings", "advice"}
    assert set(said) >= {"what", "sound", "works", "doubts", "progressions"}
    assert set(said["rhythm"]) >= {
        "tempo_bpm",
        "tempo_confidence",
        "steady",
        "drift_percent",
        "meter",
        "beats_s",
        "downbeats_s",
    }
    assert set(said["harmony"]) >= {"key", "key_confidence", "tuning_hz", "chords"}
    assert {chord["chord"] for chord in said["harmony"]["chords"]} >= {"D:maj", "G:maj", "A:maj"}
    assert said["rhythm"]["meter"] in ("4/4", None)
    assert said["voice"]["present"] == []
    assert said["voice"]["lowest_note"] is None


def test_noise_has_neither_tempo_nor_key(tmp_path):
    said = codes(tmp_path / "a.wav", 0.1 * RNG.standard_normal((2, 20 * RATE)))[1].to_json()
    assert said["rhythm"]["tempo_bpm"] is None
    assert not said["rhythm"]["beats_s"]
    assert said["harmony"]["key"] is None


@pytest.mark.recordings
def test_a_released_master_is_told_as_it_is(recordings):
    said = listen_to(recordings / "songs/caesium/Master.m4a").to_json()
    assert said["rhythm"]["tempo_bpm"] == pytest.approx(130, abs=0.3)
    assert said["harmony"]["key"] == "C major"
    assert said["file"]["bandwidth_hz"] == pytest.approx(9500, abs=500)
    assert "narrow_bandwidth" in {finding["code"] for finding in said["findings"]}
    assert len(said["advice"]) <= 7
