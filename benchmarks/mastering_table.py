"""What a master costs, ours beside others, always at equal loudness and ceiling: a table over songs and targets.

    .venv/bin/python benchmarks/mastering_table.py [MIX ...] [--targets -14 -9] [--excerpt START LENGTH] [--json FILE]
    .venv/bin/python benchmarks/mastering_table.py --rates 44100 48000 96000 [--codec-safe]

Without a MIX, the plain sums of the shared songs' stems are mastered. A way that saturates before the target is judged
where it ends, and ours once more at that loudness. Columns: loudness (LUFS) and true peak by ffmpeg's ebur128, true
peak by the 16x reference; the residual (mean of the 3 s windows, their median and 95th percentile, with the level, and
with level and tone, fitted in each window); what became of the first 5 and 20 ms of the onsets (median, what
one in ten falls below, and the median against the second around each); the contrast of loud and soft sections; how deep
notches a third of an octave wide at 500 Hz, 1, 3 and 6 kHz stay (docs/damage.md).

matchering runs by the Python given with --matchering (pip install matchering), toward --reference; where it is not
given, its rows are left out.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import msgspec
import numpy as np
from mastering import SHARED, sum_of_stems
from mastering_parts.deliveries import at_rates
from mastering_parts.judge import HEAD, Row, depths, judged, line
from mastering_parts.ways import (
    Made,
    by_alimiter,
    by_matchering,
    by_our_limiter,
    by_pedalboard,
    driven,
    ours,
    reference_wav,
)

from controlroom.sound.damage import notched
from controlroom.sound.damage.notch import FREQS_HZ, THIRD
from controlroom.sound.files import AudioFile
from controlroom.sound.meter import measure_loudness
from controlroom.sound.onsets import onsets_of
from controlroom.sound.resample import Resampled
from controlroom.sound.signal import Audio, in_memory

SONGS = ("hydrogen", "potassium", "caesium")
EQUAL_LU = 0.1

Way = Callable[[Audio, float, float], Made]


def ways(asked: argparse.Namespace, folder: Path) -> dict[str, Way]:
    def limiting(limit: Callable[[float], Callable[[Audio, float], Audio]]) -> Way:
        return lambda mix, target_lufs, ceiling_dbtp: driven(mix, target_lufs, limit(ceiling_dbtp))

    found: dict[str, Way] = {
        "ours": ours,
        "pedalboard": limiting(by_pedalboard),
        "limiter alone": limiting(by_our_limiter),
        "alimiter": limiting(by_alimiter),
    }
    if asked.matchering:
        reference = reference_wav(asked.reference, folder)
        found["matchering"] = by_matchering(asked.matchering, reference, asked.ceiling)
    else:
        print("matchering: no --matchering PYTHON given, left out", file=sys.stderr)
    return {name: way for name, way in found.items() if name in (asked.ways or found)}


def read(path: Path, excerpt: tuple[float, float] | None) -> Audio:
    with AudioFile(path) as file:
        if not excerpt:
            return in_memory(file)
        start, length = (round(value * file.rate_hz) for value in excerpt)
        return Audio(np.array(file.read(start, length)), file.rate_hz)


def compare(song: str, mix: Audio, target_lufs: float, chosen: dict[str, Way], asked: argparse.Namespace) -> list[Row]:
    """All ways at a target; where one falls short, ours at what it reached, so that pairs are at equal loudness."""
    rows: list[Row] = []
    onsets_s = onsets_of(mix).times_s
    cut = in_memory(notched(mix)) if asked.notches else None

    def one(name: str, way: Way, at_lufs: float) -> Row:
        made = way(mix, at_lufs, asked.ceiling)
        row = judged(song, at_lufs, name, mix, onsets_s, made.signal, made.seconds)
        if cut:
            row.notches_db = depths(way(cut, at_lufs, asked.ceiling).signal, FREQS_HZ, THIRD)
        rows.append(row)
        print(line(row), flush=True)
        return row

    fell_short: set[float] = set()
    for name, way in chosen.items():
        row = one(name, way, target_lufs)
        if name != "ours" and abs(row.lufs - target_lufs) > EQUAL_LU:
            fell_short.add(round(row.lufs, 1))
    if "ours" in chosen:
        for at_lufs in sorted(fell_short):
            one("ours", chosen["ours"], at_lufs)
    return rows


def mixes(asked: argparse.Namespace, folder: Path) -> list[Path]:
    if asked.mixes:
        return list(asked.mixes)
    made = []
    for name in SONGS:
        made.append(folder / f"{name}.wav")
        sum_of_stems(SHARED / "songs" / name, made[-1])
    return made


def warm_up() -> None:
    """Compile the kernels, so that no way's seconds hold that."""
    noise = np.random.default_rng(0).standard_normal((2, 200_000)) * 0.2
    for rate_hz in (44_100, 48_000):
        ours(Audio(noise, rate_hz), -9.0, -1.0)
    measure_loudness(in_memory(Resampled(Audio(noise, 48_000), 44_100)))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("mixes", nargs="*", type=Path)
    parser.add_argument("--targets", nargs="+", type=float, default=[-14.0, -9.0])
    parser.add_argument("--ceiling", type=float, default=-1.0)
    parser.add_argument("--ways", nargs="+")
    parser.add_argument("--excerpt", nargs=2, type=float, metavar=("START_S", "LENGTH_S"))
    parser.add_argument("--no-notches", dest="notches", action="store_false")
    parser.add_argument("--matchering", type=Path, metavar="PYTHON")
    parser.add_argument("--reference", type=Path, default=SHARED / "songs" / "caesium" / "Master.m4a")
    parser.add_argument("--rates", nargs="+", type=int)
    parser.add_argument("--codec-safe", action="store_true")
    parser.add_argument("--json", type=Path)
    asked = parser.parse_args()
    warm_up()
    rows: list[Row] = []
    with tempfile.TemporaryDirectory() as folder:
        paths = mixes(asked, Path(folder))
        if asked.rates or asked.codec_safe:
            return at_rates({path.stem: read(path, asked.excerpt) for path in paths}, asked)
        chosen = ways(asked, Path(folder))
        print(HEAD)
        for path in paths:
            for target_lufs in asked.targets:
                rows += compare(path.stem, read(path, asked.excerpt), target_lufs, chosen, asked)
    if asked.json:
        asked.json.write_bytes(msgspec.json.encode(rows))


if __name__ == "__main__":
    main()
