"""`album` keeps the contract of the command line."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from controlroom.sound.files import Format, write
from controlroom.sound.signal import Audio


def _album(*words: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "controlroom.cli", "album", *map(str, words)]
    return subprocess.run(command, capture_output=True, text=True, timeout=300)


@pytest.fixture
def songs(tmp_path: Path) -> Path:
    folder = tmp_path / "songs"
    folder.mkdir()
    for k in (1, 2):
        times_s = np.arange(5 * 44100) / 44100
        write(folder / f"{k}.wav", Audio(0.2 * np.sin(2 * np.pi * 220 * k * times_s)[None], 44100), Format("wav", 16))
    return folder


def test_one_object_of_json_and_nothing_else(songs: Path, tmp_path: Path) -> None:
    said = _album(songs, "-o", tmp_path / "out", "--format", "flac", "--target", "-16", "--json")
    assert said.returncode == 0, said.stderr
    made = json.loads(said.stdout)
    assert set(made) == {"plan", "loudness", "tracks", "files", "checks", "findings"}
    assert set(made["tracks"][0]) == {"number", "title", "isrc", "start_s", "duration_s", "loudness"}
    assert made["plan"]["target_lufs"] == -16.0
    assert all((tmp_path / "out" / file["path"]).is_file() for file in made["files"])


def test_people_see_a_table_and_what_is_there_needs_force(songs: Path, tmp_path: Path) -> None:
    words = (songs, "-o", tmp_path / "out", "--format", "flac")
    said = _album(*words)
    assert said.returncode == 0, said.stderr
    assert "LUFS" in said.stdout
    assert _album(*words).returncode == 2
    assert _album(*words, "--force").returncode == 0


def test_exit_codes(songs: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    for wrong in (("--target", "loud"), ("--format", "mp3")):
        assert _album(songs, "-o", out, *wrong).returncode == 2
    (songs / "3.wav").write_text("no sound")
    said = _album(songs, "-o", out, "--json")
    assert (said.returncode, said.stdout) == (3, "")
    assert "3.wav" in said.stderr
    assert len(said.stderr.strip().splitlines()) == 1
    (songs / "3.wav").unlink()
    assert not out.exists()
    write(songs / "3.wav", Audio(np.full((1, 44100), 0.1), 44100), Format("wav", 16))  # one second is no track of a CD
    assert _album(songs, "-o", out, "--strict").returncode == 4
