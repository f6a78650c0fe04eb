"""A walk that is killed anywhere leaves whole files, and the next one goes on from there."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
import time

import pytest

from controlroom.sample import make_sample_song
from controlroom.sound.files import AudioFile


@pytest.fixture(scope="module")
def raw(tmp_path_factory):
    folder = tmp_path_factory.mktemp("crash") / "Song"
    make_sample_song(folder, seed=5, seconds=20)
    return folder


def _start(folder):
    command = [sys.executable, "-m", "controlroom.cli", "produce", str(folder), "--json"]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def _whole(folder):
    for path in (folder / "out").rglob("*.wav"):
        if not path.name.startswith("."):
            with AudioFile(path) as sound:
                assert not sound.info.truncated, path


@pytest.mark.parametrize("sign", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL], ids=lambda s: s.name)
def test_a_stopped_walk_leaves_nothing_half_made(raw, tmp_path, sign):
    folder = tmp_path / "Song"
    shutil.copytree(raw, folder)
    walk = _start(folder)
    deadline = time.monotonic() + 120
    while not list((folder / "out" / "edits").rglob("*.wav")) and walk.poll() is None and time.monotonic() < deadline:
        time.sleep(0.02)
    walk.send_signal(sign)
    _, said = walk.communicate(timeout=60)
    _whole(folder)
    if sign != signal.SIGKILL:
        assert walk.returncode == 130, said
        assert len(said.strip().splitlines()) == 1
        assert [p for p in folder.rglob("*") if ".part" in p.name] == []
    again = _start(folder)
    _, said = again.communicate(timeout=240)
    assert again.returncode == 0, said
    assert [p for p in folder.rglob("*") if ".part" in p.name] == []
    _whole(folder)
