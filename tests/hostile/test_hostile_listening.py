"""What is no song is told as what it is, and nothing is guessed."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from controlroom.rooms.listening import DemoReport, listen_to
from controlroom.sound.files import Format, write
from controlroom.sound.signal import Audio

RATE = 22050
RNG = np.random.default_rng(8)


def heard(path: Path, samples: np.ndarray, rate: int = RATE) -> DemoReport:
    write(path, Audio(np.atleast_2d(samples).astype(np.float32), rate), Format("wav", 24))
    return listen_to(path)


def drums(seconds: float) -> np.ndarray:
    """Kick on one and three, snare on two and four, at 100 BPM."""
    out, t = np.zeros(round(seconds * RATE)), np.arange(RATE // 2) / RATE
    for beat in range(round(seconds / 0.6) - 1):
        kick = np.sin(2 * np.pi * 55 * t + 8 * np.exp(-40 * t)) * np.exp(-14 * t)
        stroke = kick if beat % 2 == 0 else RNG.standard_normal(len(t)) * np.exp(-30 * t) * 0.5
        at = round(0.6 * beat * RATE)
        out[at : at + len(t)] += 0.4 * stroke[: len(out) - at]
    return out + 1e-4 * RNG.standard_normal(len(out))


def test_silence_is_silence(tmp_path):
    report = heard(tmp_path / "a.wav", np.zeros((2, 5 * RATE)))
    assert report.what.kind == "silence"
    assert report.advice == ()
    assert report.works == ()


def test_noise_has_neither_song_nor_singer(tmp_path):
    report = heard(tmp_path / "a.wav", 0.1 * RNG.standard_normal((2, 15 * RATE)))
    assert report.what.kind == "noise"
    assert report.rhythm.tempo_bpm is report.harmony.key is report.voice.highest_note is None
    assert report.voice.present == ()
    assert {"tempo", "key"} <= {doubt.about for doubt in report.doubts}


def test_a_drone_has_a_pitch_but_no_key_and_no_tempo(tmp_path):
    time_s = np.arange(20 * RATE) / RATE
    tone = sum(0.1 / k * np.sin(2 * np.pi * 110 * k * time_s + k) for k in range(1, 9))
    report = heard(tmp_path / "a.wav", tone)
    assert report.harmony.key is None
    assert report.rhythm.tempo_bpm is None
    assert report.harmony.tuning_hz == pytest.approx(440.0, abs=1.0)
    assert any("drone" in doubt.because for doubt in report.doubts)


def test_drums_alone_have_a_tempo_and_no_key(tmp_path):
    report = heard(tmp_path / "a.wav", drums(20.0))
    assert report.what.kind == "drums alone"
    assert report.rhythm.tempo_bpm == pytest.approx(100.0, abs=0.2)
    assert report.harmony.key is None
    assert [point for point in report.advice if point.kind == "tone"] == []


@pytest.mark.parametrize("seconds", [0.02, 1.0])
def test_a_second_or_less_claims_nothing_of_a_song(tmp_path, seconds):
    report = heard(tmp_path / "a.wav", 0.1 * RNG.standard_normal(round(seconds * RATE)))
    assert report.rhythm.tempo_bpm is report.harmony.key is report.form.time_to_chorus_s is None
    assert {section.label for section in report.form.sections} <= {"section"}


def test_eight_thousand_hertz_are_heard_as_a_song_with_a_narrow_band(tmp_path):
    import soxr

    report = heard(tmp_path / "a.wav", soxr.resample(drums(20.0), RATE, 8000), 8000)
    assert report.rhythm.tempo_bpm == pytest.approx(100.0, abs=0.2)
    assert "narrow_bandwidth" in {finding.code for finding in report.findings}
