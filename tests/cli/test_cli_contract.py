"""The contract of the command line: exit codes, one object of JSON, one line of refusal, nothing left behind."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
import soundfile

from controlroom.sound.files import Format, write
from controlroom.sound.signal import Audio

RATE = 48000


def controlroom(*words: object, **options) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "controlroom.cli", *map(str, words)]
    return subprocess.run(command, capture_output=True, text=True, timeout=300, **options)


def tone(seconds: float = 3.0, level: float = 0.25, channels: int = 2) -> Audio:
    time_s = np.arange(round(seconds * RATE)) / RATE
    rows = [level * np.sin(2 * np.pi * (220 + 3 * k) * time_s) for k in range(channels)]
    return Audio(np.array(rows), RATE)


@pytest.fixture
def take(tmp_path: Path) -> Path:
    path = tmp_path / "take 1.wav"
    write(path, tone(), Format("wav", 24))
    return path


@pytest.fixture
def text(tmp_path: Path) -> Path:
    path = tmp_path / "text.wav"
    path.write_text("this is no sound")
    return path


def refused(said: subprocess.CompletedProcess[str], *words: str) -> None:
    assert said.returncode == 3, said.stderr
    assert said.stdout == ""
    assert len(said.stderr.strip().splitlines()) == 1
    for word in words:
        assert word in said.stderr


def test_help_comes_in_half_a_second_or_so():
    began = time.perf_counter()
    said = controlroom("--help")
    assert said.returncode == 0
    assert "produce" in said.stdout
    assert time.perf_counter() - began < 2.0  # 0.2 s on an idle machine; the figure itself is in benchmarks


def test_a_wrong_command_line_is_2(tmp_path):
    assert controlroom("no-such-verb").returncode == 2
    assert controlroom("listen").returncode == 2
    assert controlroom("produce", tmp_path, "--until", "kitchen").returncode == 2


def test_listen_prints_the_object_of_one_file(take):
    said = controlroom("listen", take, "--json")
    assert said.returncode == 0
    report = json.loads(said.stdout)
    assert set(report) >= {"file", "loudness", "rhythm", "harmony", "form", "voice", "findings", "advice"}
    assert report["file"]["rate_hz"] == RATE
    assert report["file"]["duration_s"] == 3.0
    assert report["loudness"]["integrated_lufs"] == pytest.approx(-12.7, abs=0.5)


def test_listen_prints_a_list_of_several_and_goes_on_after_a_refusal(take, text):
    said = controlroom("listen", text, take, "--json")
    assert said.returncode == 3
    files = json.loads(said.stdout)["files"]
    assert "error" in files[0]
    assert files[1]["loudness"]["integrated_lufs"] is not None
    assert len(said.stderr.strip().splitlines()) == 1


def test_the_loudness_of_silence_is_null(tmp_path):
    write(tmp_path / "silence.wav", Audio(np.zeros((1, RATE)), RATE), Format("wav", 24))
    report = json.loads(controlroom("listen", tmp_path / "silence.wav", "--json").stdout)
    assert report["loudness"]["integrated_lufs"] is None
    assert report["loudness"]["true_peak_dbtp"] is None
    assert report["harmony"]["key"] is None


def test_what_is_no_sound_is_refused_in_one_line(text, tmp_path):
    refused(controlroom("listen", text, "--json"), "text.wav")
    refused(controlroom("listen", tmp_path / "missing.wav"), "missing.wav")
    refused(controlroom("master", text, "-o", tmp_path / "m.wav"), "text.wav")
    assert not (tmp_path / "m.wav").exists()


def test_check_always_prints_the_list(take):
    said = controlroom("check", take, "--json")
    assert said.returncode == 0
    (judged,) = json.loads(said.stdout)["takes"]
    assert judged["verdict"] in ("keeper", "usable", "retake")
    assert set(judged) >= {"path", "verdict", "findings", "pitch", "timing"}


def test_master_writes_its_file_and_says_its_figures(take, tmp_path):
    out = tmp_path / "master.wav"
    said = controlroom("master", take, "-o", out, "--target", "-16", "--json")
    assert said.returncode == 0, said.stderr
    made = json.loads(said.stdout)
    assert set(made) >= {"plan", "loudness", "checks"}
    assert made["loudness"]["integrated_lufs"] == pytest.approx(-16, abs=0.1)
    assert out.is_file()


def test_an_existing_result_needs_force_and_an_original_is_never_overwritten(take, tmp_path):
    out = tmp_path / "master.wav"
    out.write_bytes(b"mine")
    assert controlroom("master", take, "-o", out).returncode == 2
    assert out.read_bytes() == b"mine"
    assert controlroom("master", take, "-o", out, "--force").returncode == 0
    original = take.read_bytes()
    assert controlroom("master", take, "-o", take, "--force").returncode == 2
    assert take.read_bytes() == original


def test_no_space_left_is_5_and_leaves_nothing(take, tmp_path):
    import resource

    def tight() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))

    out = tmp_path / "master.wav"
    said = controlroom("master", take, "-o", out, preexec_fn=tight)
    assert said.returncode == 5, said.stderr
    assert len(said.stderr.strip().splitlines()) == 1
    assert [p.name for p in tmp_path.iterdir()] == [take.name]


def test_new_makes_a_folder_to_fill_in(tmp_path):
    said = controlroom("new", tmp_path / "My Song", "--artist", "Mara", "--json")
    assert said.returncode == 0
    assert (tmp_path / "My Song" / "song.toml").is_file()
    assert controlroom("new", tmp_path / "My Song").returncode == 2


def test_comp_and_mix_print_what_the_contract_names(tmp_path):
    folder = tmp_path / "song"
    folder.mkdir()
    for k in (1, 2):
        write(folder / f"Guitar_0{k}.wav", tone(4, 0.1 * k, 1), Format("wav", 24))
    said = controlroom("comp", *sorted(folder.iterdir()), "-o", tmp_path / "comp.wav", "--json")
    assert said.returncode == 0, said.stderr
    made = json.loads(said.stdout)
    assert set(made) >= {"plan", "segments"}
    assert set(made["segments"][0]) >= {"take", "start_s", "end_s", "score"}
    said = controlroom("mix", folder, "-o", tmp_path / "mix.wav", "--unity", "--json")
    assert said.returncode == 0, said.stderr
    made = json.loads(said.stdout)
    assert set(made) >= {"plan", "loudness", "tracks", "checks"}
    assert all(abs(track["gain_db"]) < 0.05 for track in made["tracks"])


@pytest.mark.parametrize("words", [("--rate", "-1"), ("--rate", "0"), ("--target", "cd", "--rate", "96000")])
def test_a_rate_that_no_master_is_made_at_is_refused(take: Path, words: tuple[str, ...]):
    said = controlroom("master", take, "-o", take.with_name("master.wav"), *words)
    assert said.returncode == 2
    assert len(said.stderr.strip().splitlines()) == 1
    assert not take.with_name("master.wav").exists()


def test_a_master_says_what_is_broken_in_the_file_of_its_mix(tmp_path: Path):
    samples = np.array(tone().samples)
    samples[0, 1000:1003] = np.nan
    mix = tmp_path / "mix.wav"
    soundfile.write(mix, samples.T, RATE, subtype="FLOAT")
    mix.write_bytes(mix.read_bytes()[:-4000])
    said = controlroom("master", mix, "-o", tmp_path / "master.wav", "--json")
    codes = {finding["code"] for finding in json.loads(said.stdout)["findings"]}
    assert {"truncated_file", "nonfinite_samples"} <= codes


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("master", "none.wav", "-o", "out.wav"), 3),
        (("master", ".", "-o", "out.wav", "--target", "loud"), 2),
        (("master", ".", "-o", "out.xyz"), 2),
        (("produce", "none"), 3),
        (("album", ".", "-o", "out", "--ceiling", "1"), 2),
    ],
)
def test_a_typing_error_is_answered_with_nothing_heavy_imported(words: tuple[str, ...], code: int, tmp_path: Path):
    """They take seconds: none of them is there when the command leaves."""
    told = (
        "import sys, atexit\n"
        "atexit.register(lambda: print(*sorted({'numpy', 'numba', 'scipy', 'av'} & set(sys.modules))))\n"
        f"sys.argv = ['controlroom', *{words!r}]\n"
        "from controlroom.cli import main\n"
        "main()\n"
    )
    said = subprocess.run([sys.executable, "-c", told], capture_output=True, text=True, cwd=tmp_path, timeout=60)
    assert said.returncode == code, said.stderr
    assert len(said.stderr.strip().splitlines()) == 1
    assert said.stdout.strip() == ""
