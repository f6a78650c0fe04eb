"""The whole walk of a song, and its master stage alone: times real time, and the most memory held.

    .venv/bin/python benchmarks/walk.py [FOLDER of stems ...] [--twice]

Each song is walked in a fresh process on a copy of its folder (links to the files), so that the figures are those of a
first run. `--twice` also walks a song twice as long, made by joining every stem to itself, to show that memory stays.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

SHARED = Path(os.environ.get("CONTROLROOM_RECORDINGS", Path(__file__).resolve().parents[2] / "shared" / "audio"))
AUDIO = (".m4a", ".mp3", ".wav", ".flac")


def stems_of(folder: Path) -> list[Path]:
    return sorted(p for p in folder.iterdir() if p.suffix.lower() in AUDIO and p.stem.lower() != "master")


def run(verb: list[str]) -> tuple[dict, float, float]:
    """JSON, wall seconds and peak resident MB of one command in its own process."""
    began = time.monotonic()
    command = [sys.executable, "-m", "controlroom.cli", *verb, "--json"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE)
    said = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        sys.exit(f"{' '.join(verb)} ended with {os.waitstatus_to_exitcode(status)}")
    return json.loads(said), time.monotonic() - began, usage.ru_maxrss / 1024


def doubled(stem: Path, to: Path) -> None:
    import numpy as np

    from controlroom.sound.files import AudioFile, Format, write
    from controlroom.sound.signal import Audio

    with AudioFile(stem) as sound:
        samples = sound.read(0, sound.frames)
        write(to.with_suffix(".flac"), Audio(np.concatenate([samples, samples], 1), sound.rate_hz), Format("flac"))


def walk(folder: Path, twice: bool = False) -> None:
    from controlroom.sound.files import probe

    stems = stems_of(folder)
    with tempfile.TemporaryDirectory() as scratch:
        song = Path(scratch) / folder.name
        song.mkdir()
        for stem in stems:
            doubled(stem, song / stem.name) if twice else shutil.copy(stem, song / stem.name)
        length = max(info.frames / info.rate_hz for info in map(probe, stems_of(song)))
        done, seconds, resident = run(["produce", str(song)])
        name = f"{folder.name}{' twice' if twice else ''}"
        print(f"{name}: {len(stems)} stems, {length:.0f} s of song")
        print(f"   walk {seconds:.1f} s = {length / seconds:.1f}x real time, {resident:.0f} MB")
        print("   " + ", ".join(f"{stage['name']} {stage['seconds']:.1f} s" for stage in done["stages"]))
        mix = next((song / "out" / "mix").glob("*.wav"))
        _, seconds, resident = run(["master", str(mix), "-o", str(Path(scratch) / "master.wav")])
        print(f"   master alone: {seconds:.1f} s = {length / seconds:.0f}x real time, {resident:.0f} MB")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("folders", nargs="*", type=Path, default=[SHARED / "songs" / "potassium", SHARED / "band"])
    parser.add_argument("--twice", action="store_true")
    chosen = parser.parse_args()
    for folder in chosen.folders:
        walk(folder)
        if chosen.twice:
            walk(folder, twice=True)


if __name__ == "__main__":
    main()
