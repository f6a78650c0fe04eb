"""What listening reaches and what it costs: every figure beside its goal, and beside a peer where one installs.

    python benchmarks/listening.py                    all parts, in this order
    python benchmarks/listening.py rhythm voice       some of them
    python benchmarks/listening.py report FILE...     only speed and memory, of files of your own

librosa, essentia and Praat (parselmouth) run in the same process on the same sound. madmom does not install on a
current Python: its published figures are in the docs. Accuracy counts on real recordings; sample songs show that
nothing was lost.
"""

from __future__ import annotations

import importlib
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from listening_parts import Row

PARTS = ("rhythm", "harmony", "form", "voice", "sound", "sameness")
ONE_CORE = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "NUMBA_NUM_THREADS": "1"}
WHOLE = """
import json, os, resource, sys, time
if hasattr(os, "sched_setaffinity"): os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
from controlroom.rooms.listening import listen_to
listen_to(sys.argv[1])
seconds, begin = [], None
for _ in range(3):
    begin = time.process_time()
    report = listen_to(sys.argv[1])
    seconds.append(time.process_time() - begin)
held = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000
print(json.dumps([report.info.duration_s, sorted(seconds)[1], held]))
"""


def main() -> int:
    recordings = Path(
        os.environ.get("CONTROLROOM_RECORDINGS", Path(__file__).resolve().parents[2] / "shared" / "audio")
    )
    asked = sys.argv[1:] or [*PARTS, "report"]
    missed = 0
    if asked[0] == "report" and len(asked) > 1:
        return _show("report", [row for name in asked[1:] for row in report_of(Path(name))])
    for part in asked:
        rows = whole(recordings) if part == "report" else _figures(part, recordings)
        missed += _show(part, rows)
    return 1 if missed else 0


def _figures(part: str, recordings: Path) -> list[Row]:
    return list(importlib.import_module(f"listening_parts.{part}").figures(recordings))


def whole(recordings: Path) -> list[Row]:
    """The whole report of a four-minute stereo song, and a folder of eight of them on all cores."""
    from controlroom.sound.files import AudioFile, Format, write

    with tempfile.TemporaryDirectory() as folder:
        song = Path(folder) / "1.wav"
        with AudioFile(recordings / "songs" / "caesium" / "Master.m4a") as master:
            write(song, master, Format("wav", 16))
        rows = report_of(song)
        for number in range(2, 9):
            (Path(folder) / f"{number}.wav").hardlink_to(song)
        one = _wall([str(song)])
        eight = _wall([folder])
    return [
        *rows,
        Row(
            "eight demos on all cores, as many times faster than one after the other", 8 * one / eight, None, 1.6, True
        ),
    ]


def report_of(path: Path) -> list[Row]:
    """Speed on one core and peak memory of the whole report of a file."""
    said = subprocess.run(
        [sys.executable, "-c", WHOLE, str(path)], env=os.environ | ONE_CORE, capture_output=True, text=True, check=True
    )
    length_s, seconds, megabytes = json.loads(said.stdout)
    return [
        Row(f"{path.name}: times real time on one core", length_s / seconds, None, 60.0, True),
        Row(f"{path.name}: MB resident at most", megabytes, None, 600.0, False),
    ]


def _wall(words: list[str]) -> float:
    import time

    begin = time.perf_counter()
    subprocess.run(
        [sys.executable, "-m", "controlroom.cli", "listen", *words, "--json"], capture_output=True, check=True
    )
    return time.perf_counter() - begin


def _show(part: str, rows: list[Row]) -> int:
    """Print the rows; how many miss their goal."""
    print(f"── {part}\n{'':62} {'ours':>9} {'peer':>9} {'goal':>9}")
    missed = 0
    for row in rows:
        short = row.goal is not None and (row.ours < row.goal if row.higher_is_better else row.ours > row.goal)
        missed += short
        peer, goal = ("" if value is None else f"{value:.3f}" for value in (row.peer, row.goal))
        print(f"{row.name[:62]:62} {row.ours:9.3f} {peer:>9} {goal:>9}{'  missed' if short else ''}", flush=True)
    return missed


if __name__ == "__main__":
    sys.exit(main())
