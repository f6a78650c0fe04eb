"""The demo report says what is there, and nothing else."""

from __future__ import annotations

import numpy as np
import pytest

from controlroom.rooms.listening import listen_to
from controlroom.sound.files import Format, write
from controlroom.sound.signal import Audio

RATE = 48000
RNG = np.random.default_rng(4)


def music(seconds: float = 6.0) -> np.ndarray:
    time_s = np.arange(round(seconds * RATE)) / RATE
    left = 0.2 * np.sin(2 * np.pi * 220 * time_s) + 0.02 * RNG.standard_normal(len(time_s))
    right = 0.2 * np.sin(2 * np.pi * 330 * time_s) + 0.02 * RNG.standard_normal(len(time_s))
    return np.array([left, right])


def codes(path, samples, rate=RATE):
    write(path, Audio(samples, rate), Format("wav", 24))
    report = listen_to(path)
    return {finding.code for finding in report.findings}, report


def test_a_clean_demo_has_nothing_to_find(tmp_path):
    found, report = codes(tmp_path / "a.wav", music())
    assert found == set()
    assert report.advice == ()
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
    assert "dc_offset" in codes(tmp_path / "a.wav", music() + 0.05)[0]
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
    assert list(said["form"]["sections"]) == []


@pytest.mark.recordings
def test_a_narrow_recording_is_told_from_a_full_one(recordings):
    narrow = listen_to(recordings / "songs" / "caesium" / "Master.m4a")
    full = listen_to(recordings / "songs" / "caesium" / "GARAGE BEAT.m4a")
    assert "narrow_bandwidth" in {finding.code for finding in narrow.findings}
    assert "narrow_bandwidth" not in {finding.code for finding in full.findings}
