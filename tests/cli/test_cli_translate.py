"""The verb `translate`: one object, several files, refusals, auditions."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from controlroom.sound.files import AudioFile, Format, write
from controlroom.sound.meter import measure_loudness
from controlroom.sound.signal import Audio


def _said(*words: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "controlroom.cli", "translate", *map(str, words)]
    return subprocess.run(command, capture_output=True, text=True, timeout=300)


@pytest.fixture
def record(tmp_path: Path) -> Path:
    rng = np.random.default_rng(1)
    times_s = np.arange(2 * 44100) / 44100
    tune = 0.1 * np.sin(2 * np.pi * 330 * times_s) + 0.03 * rng.standard_normal((2, len(times_s)))
    path = tmp_path / "my [song].wav"
    write(path, Audio(tune, 44100), Format("wav", 24))
    return path


def test_one_file_prints_its_object_and_writes_auditions_equally_loud(record: Path, tmp_path: Path) -> None:
    words = (record, "--system", "phone", "--system", "bluetooth", "-o", tmp_path / "heard")
    said = _said(*words, "--json")
    assert said.returncode == 0, said.stderr
    made = json.loads(said.stdout)
    assert [system["name"] for system in made["systems"]] == ["phone", "bluetooth"]
    assert all({"name", "score", "findings"} <= set(system) for system in made["systems"])
    assert [Path(path).name for path in made["auditions"]] == ["my [song] on phone.wav", "my [song] on bluetooth.wav"]
    for path in made["auditions"]:
        with AudioFile(path) as audition:
            assert (audition.rate_hz, audition.frames) == (44100, 2 * 44100)
            assert measure_loudness(audition).integrated_lufs == pytest.approx(-20.0, abs=0.1)
    again = _said(*words)
    assert again.returncode == 2
    assert "--force" in again.stderr


def test_several_files_are_a_list_and_one_bad_file_does_not_stop_the_rest(record: Path, tmp_path: Path) -> None:
    bad = tmp_path / "text.wav"
    bad.write_text("no sound")
    said = _said(record, bad, "--system", "car", "--json")
    assert said.returncode == 3
    first, second = json.loads(said.stdout)["files"]
    assert first["systems"][0]["name"] == "car"
    assert "error" in second


def test_one_bad_file_and_a_wrong_system_are_refused(tmp_path: Path) -> None:
    bad = tmp_path / "text.wav"
    bad.write_text("no sound")
    alone = _said(bad, "--json")
    assert (alone.returncode, alone.stdout) == (3, "")
    assert len(alone.stderr.strip().splitlines()) == 1
    wrong = _said(bad, "--system", "gramophone")
    assert wrong.returncode == 2
    assert "hi-fi, phone" in wrong.stderr


def test_people_see_a_bar_for_each_system(record: Path) -> None:
    said = _said(record, "--system", "hi-fi", "--system", "phone")
    assert said.returncode == 0
    assert "my [song].wav" in said.stdout
    assert "Hi-fi" in said.stdout
    assert "Phone speaker" in said.stdout
    assert "█" in said.stdout
