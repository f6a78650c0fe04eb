"""`deliver` at the terminal: what it is asked for, what it says, how it leaves."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from controlroom.base.check import Check
from controlroom.cli.output import console, print_checks
from controlroom.sound.files import Format, probe, write
from controlroom.sound.signal import Audio


def controlroom(*words: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "controlroom.cli", *map(str, words)]
    return subprocess.run(command, capture_output=True, text=True, timeout=300)


@pytest.fixture(scope="module")
def song(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four seconds of a mix, and its instrumental, produced; nobody has said whose it is."""
    folder = tmp_path_factory.mktemp("deliver") / "Song"
    (folder / "mixes").mkdir(parents=True)
    noise = np.random.default_rng(1).normal(0, 0.05, (2, 4 * 48000)) * np.hanning(4 * 48000) ** 0.2
    write(folder / "mixes" / "Song Mix.wav", Audio(noise, 48000), Format("wav", 24))
    write(folder / "mixes" / "Song Mix Instrumental.wav", Audio(0.7 * noise, 48000), Format("wav", 24))
    assert controlroom("produce", folder).returncode == 0
    return folder


def test_every_format_is_the_default(song: Path) -> None:
    said = controlroom("deliver", song, "--json")
    assert said.returncode == 0, said.stderr
    made = json.loads(said.stdout)
    sound = [file for file in made["files"] if "frames" in file]
    assert [file["kind"] for file in sound] == ["wav", "wav", "flac", "alac", "mp3", "mp3", "aac", "opus", "wav"]
    assert sound[-1]["version"] == "instrumental"
    for file in sound:
        assert probe(song / "out" / "delivery" / file["path"]).duration_s == pytest.approx(4.0)
    assert {finding["code"] for finding in made["findings"]} >= {"delivery_no_artist", "delivery_short"}


def test_strict_leaves_with_4_and_the_files_are_there(song: Path) -> None:
    said = controlroom("deliver", song, "--for", "bandcamp", "--formats", "flac", "--strict")
    assert said.returncode == 4
    assert "Bandcamp" in said.stdout
    assert len(list((song / "out" / "delivery").glob("*.flac"))) == 1
    assert not list((song / "out" / "delivery").glob("*.opus"))


def test_lengths_are_told_as_time_and_as_whole_frames(song: Path) -> None:
    said = controlroom("deliver", song, "--formats", "wav24")
    assert re.search(r"wav +0:04\.0  Song\.wav", said.stdout)
    assert re.search(r"✓ wav.* length  192,000 frames", said.stdout)


def test_only_figures_with_bounds_are_marked(capsys: pytest.CaptureFixture[str]) -> None:
    bare = Check(name="range", value=6.0, unit="LU").to_json()
    print_checks(console(), [bare, Check(name="peak", value=0.5, unit="dBTP", at_most=0.0).to_json()])
    assert [line.split() for line in capsys.readouterr().out.splitlines()] == [
        ["range", "6.00", "LU"],
        ["✗", "peak", "+0.50", "dBTP"],
    ]


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (("--formats", "wav32"), 2, "wav24"),
        (("--formats", "wav24", "--alternates", "tv"), 2, "supplied"),
        (("--formats", "wav24", "--cover", "gone.jpg"), 3, "gone.jpg"),
    ],
)
def test_what_cannot_be_done_is_refused_in_one_line(song: Path, words: tuple[str, ...], code: int, says: str) -> None:
    said = controlroom("deliver", song, *words)
    assert (said.returncode, said.stdout) == (code, "")
    assert says in said.stderr
    assert len(said.stderr.strip().splitlines()) == 1


def test_what_was_not_produced_is_not_delivered(tmp_path: Path) -> None:
    said = controlroom("deliver", tmp_path)
    assert said.returncode == 2
    assert "produce" in said.stderr
