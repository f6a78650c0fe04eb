"""The master stage alone: times real time, peak memory, and how near target and ceiling it comes; pedalboard beside it.

    .venv/bin/python benchmarks/mastering.py [MIX ...] [--target LUFS]

Without a MIX, the plain sum of a real song's stems is mastered (potassium, 250 s). Each run is a process of its own;
the kernels are compiled before the clock starts. The peer is what a script would do: measure with pyebur128, gain, and
pedalboard's true-peak limiter, the gain corrected once; both are judged by ffmpeg's ebur128.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from fractions import Fraction
from math import log10
from pathlib import Path

SHARED = Path(os.environ.get("CONTROLROOM_RECORDINGS", Path(__file__).resolve().parents[2] / "shared" / "audio"))
CEILING_DBTP = -1.0


def sum_of_stems(folder: Path, to: Path) -> None:
    """Write the stems of `folder`, added up at unity, as a float WAV."""
    import numpy as np

    from controlroom.sound.files import AudioFile, Format, write
    from controlroom.sound.resample import Resampled
    from controlroom.sound.signal import Audio

    total = np.zeros((2, 0), np.float32)
    for path in sorted(folder.glob("*.m4a")):
        if path.stem == "Master":
            continue
        with AudioFile(path) as stem:
            at_rate = stem if stem.rate_hz == 48000 else Resampled(stem, 48000)
            samples = at_rate.read(0, at_rate.frames)
        total = np.pad(total, ((0, 0), (0, max(samples.shape[1] - total.shape[1], 0))))
        total[:, : samples.shape[1]] += samples
    write(to, Audio(total, 48000), Format("wav", 32))


def ours(path: Path, target_lufs: float, made: Path) -> dict[str, float]:
    from controlroom.rooms.mastering import master
    from controlroom.sound.files import AudioFile, Format, write

    with AudioFile(path) as mix:
        began, worked = time.monotonic(), time.process_time()
        result = master(mix, target_lufs=target_lufs, ceiling_dbtp=CEILING_DBTP)
        seconds, work = time.monotonic() - began, time.process_time() - worked
        write(made, result.signal, Format("wav", 24))
        duration_s = mix.frames / mix.rate_hz
    return {"seconds": seconds, "work": work, "duration_s": duration_s, "passes": result.passes}


def pedalboard_chain(path: Path, target_lufs: float, made: Path) -> dict[str, float]:
    import numpy as np
    import pedalboard
    import pyebur128
    import soundfile

    def loudness(samples: np.ndarray) -> float:
        state = pyebur128.R128State(samples.shape[0], rate_hz, pyebur128.MeasurementMode.MODE_I)
        interleaved = np.ascontiguousarray(samples.T)
        for at in range(0, len(interleaved), rate_hz):
            piece = interleaved[at : at + rate_hz]
            state.add_frames(piece.reshape(-1), len(piece))
        return float(pyebur128.get_loudness_global(state))

    samples, rate_hz = soundfile.read(path, dtype="float32", always_2d=True)
    samples = np.ascontiguousarray(samples.T)
    began, worked = time.monotonic(), time.process_time()
    gain_db = target_lufs - loudness(samples)
    for _ in range(2):
        limiter = pedalboard.BrickwallLimiter(ceiling_db=CEILING_DBTP, true_peak=True)
        out = pedalboard.Pedalboard([pedalboard.Gain(gain_db), limiter])(samples, rate_hz)
        gain_db += target_lufs - loudness(out)
    seconds, work = time.monotonic() - began, time.process_time() - worked
    soundfile.write(made, out.T, rate_hz, subtype="PCM_24")
    return {"seconds": seconds, "work": work, "duration_s": samples.shape[1] / rate_hz, "passes": 2}


WAYS = {"controlroom": ours, "pedalboard": pedalboard_chain}


def warm_up(way: str) -> None:
    """Compile the kernels on two seconds of noise."""
    import numpy as np

    from controlroom.sound.files import Format, write
    from controlroom.sound.signal import Audio

    with tempfile.TemporaryDirectory() as folder:
        noise = np.random.default_rng(0).standard_normal((2, 96000)) * 0.2
        write(Path(folder) / "noise.wav", Audio(noise, 48000), Format("wav", 32))
        WAYS[way](Path(folder) / "noise.wav", -9.0, Path(folder) / "master.wav")


def by_ffmpeg(path: Path) -> tuple[float, float]:
    """Integrated loudness and true peak of a file by ffmpeg's ebur128."""
    import av
    import soundfile

    samples, rate_hz = soundfile.read(path, dtype="float32", always_2d=True)
    layout = {1: "mono", 2: "stereo"}[samples.shape[1]]
    graph = av.filter.Graph()
    source = graph.add_abuffer(format="flt", sample_rate=rate_hz, layout=layout, time_base=Fraction(1, rate_hz))
    meter, sink = graph.add("ebur128", "peak=true:metadata=1:framelog=quiet"), graph.add("abuffersink")
    source.link_to(meter)
    meter.link_to(sink)
    graph.configure()
    told: dict[str, str] = {}
    for at in [*range(0, len(samples), rate_hz), None]:
        frame = None
        if at is not None:
            frame = av.AudioFrame.from_ndarray(samples[at : at + rate_hz].reshape(1, -1), "flt", layout)
            frame.sample_rate, frame.pts, frame.time_base = rate_hz, at, Fraction(1, rate_hz)
        source.push(frame)
        while True:
            try:
                told = dict(sink.pull().metadata) or told
            except (av.error.BlockingIOError, av.error.EOFError):
                break
    return float(told["lavfi.r128.I"]), 20 * log10(float(told["lavfi.r128.true_peak"]))


def child(way: str, path: Path, target_lufs: float, made: Path) -> None:
    import resource

    warm_up(way)
    figures = WAYS[way](path, target_lufs, made)
    figures["rss_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps(figures))


def run(way: str, path: Path, target_lufs: float, folder: Path) -> None:
    made = folder / f"{way}.wav"
    command = [sys.executable, __file__, "--child", way, "--target", str(target_lufs), "--made", str(made), str(path)]
    told = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)
    lufs, dbtp = by_ffmpeg(made)
    speed, work = told["duration_s"] / told["seconds"], told["duration_s"] / told["work"]
    print(
        f"{path.stem:16} {way:12} {target_lufs:6.1f} LUFS  {speed:6.1f}x real time  {work:6.1f}x per core  "
        f"{told['rss_mb']:5.0f} MB  {told['passes']} passes  ffmpeg reads {lufs:.2f} LUFS, {dbtp:.2f} dBTP"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("mixes", nargs="*", type=Path)
    parser.add_argument("--target", type=float)
    parser.add_argument("--child", choices=WAYS, help=argparse.SUPPRESS)
    parser.add_argument("--made", type=Path, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.child:
        return child(asked.child, asked.mixes[0], asked.target, asked.made)
    with tempfile.TemporaryDirectory() as folder:
        mixes = asked.mixes
        if not mixes:
            mixes = [Path(folder) / "potassium.wav"]
            sum_of_stems(SHARED / "songs" / "potassium", mixes[0])
        for mix in mixes:
            for target_lufs in [asked.target] if asked.target else [-14.0, -9.0]:
                for way in WAYS:
                    run(way, mix, target_lufs, Path(folder))


if __name__ == "__main__":
    main()
