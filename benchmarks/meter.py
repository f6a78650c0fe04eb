"""The meter against pyebur128 and ffmpeg's ebur128: I, M, S, LRA and true peak of five minutes of stereo in memory.

    .venv/bin/python benchmarks/meter.py [--rounds 5] [FILE ...]

Without files, the stems of the shared songs are added up, once as they are (dynamic) and once driven into clipper and
limiter to -7 LUFS. Every round runs all three, one after the other, so that they meet the same machine; the table shows
medians as multiples of real time. Needs `pyebur128` (dependency group "bench"); ffmpeg's filter comes with PyAV.
"""

from __future__ import annotations

import argparse
import os
import statistics
import time
from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path

import av
import av.filter
import numpy as np
import pyebur128

from controlroom.sound.clipper import SoftClipper
from controlroom.sound.files import AudioFile
from controlroom.sound.limiter import Limiter
from controlroom.sound.meter import measure_loudness, true_peak_16x_dbtp
from controlroom.sound.resample import Resampled
from controlroom.sound.signal import Audio, frozen

SHARED = Path(os.environ.get("CONTROLROOM_RECORDINGS", Path(__file__).resolve().parents[2] / "shared" / "audio"))
SONGS = ("potassium", "caesium")
RATE_HZ, SECONDS = 48_000, 300
HOT_LUFS = -7.0

Figures = dict[str, float]


def ours(audio: Audio) -> Figures:
    loudness = measure_loudness(audio)
    return {"I": loudness.integrated_lufs, "LRA": loudness.range_lu, "TP": loudness.true_peak_dbtp}


def by_pyebur128(audio: Audio) -> Figures:
    """Every 100 ms momentary and short-term are asked for, as a meter does."""
    mode = pyebur128.MeasurementMode
    meter = pyebur128.R128State(
        audio.channels, audio.rate_hz, mode.MODE_I | mode.MODE_M | mode.MODE_S | mode.MODE_LRA | mode.MODE_TRUE_PEAK
    )
    hop = audio.rate_hz // 10
    interleaved = np.ascontiguousarray(audio.samples.T)
    for start in range(0, audio.frames, hop):
        block = interleaved[start : start + hop]
        meter.add_frames(block.ravel(), len(block))
        pyebur128.get_loudness_momentary(meter)
        if start >= 30 * hop:
            pyebur128.get_loudness_shortterm(meter)
    peak = max(pyebur128.get_true_peak(meter, channel) for channel in range(audio.channels))
    return {
        "I": pyebur128.get_loudness_global(meter),
        "LRA": pyebur128.get_loudness_range(meter),
        "TP": 20 * np.log10(peak),
    }


def by_ffmpeg(audio: Audio) -> Figures:
    graph = av.filter.Graph()
    layout = "stereo" if audio.channels == 2 else "mono"
    source = graph.add_abuffer(
        sample_rate=audio.rate_hz, format="fltp", layout=layout, time_base=Fraction(1, audio.rate_hz)
    )
    meter, sink = graph.add("ebur128", "peak=true:metadata=1:framelog=quiet"), graph.add("abuffersink")
    source.link_to(meter)
    meter.link_to(sink)
    graph.configure()
    last = None
    for start in range(0, audio.frames, audio.rate_hz // 10):
        samples = np.ascontiguousarray(audio.samples[:, start : start + audio.rate_hz // 10])
        frame = av.AudioFrame.from_ndarray(samples, format="fltp", layout=layout)
        frame.sample_rate, frame.pts, frame.time_base = audio.rate_hz, start, Fraction(1, audio.rate_hz)
        source.push(frame)
        last = _pulled(sink) or last
    source.push(None)
    last = _pulled(sink) or last
    shown = last.metadata
    peak_dbtp = 20 * np.log10(float(shown["lavfi.r128.true_peak"]))
    return {"I": float(shown["lavfi.r128.I"]), "LRA": float(shown["lavfi.r128.LRA"]), "TP": peak_dbtp}


def _pulled(sink: av.filter.context.FilterContext) -> av.AudioFrame | None:
    last = None
    while True:
        try:
            last = sink.pull()
        except (av.BlockingIOError, av.EOFError):
            return last


METERS: dict[str, Callable[[Audio], Figures]] = {"ours": ours, "pyebur128": by_pyebur128, "ffmpeg": by_ffmpeg}


def song(name: str) -> Audio:
    """The sum of a song's stems, repeated to five minutes."""
    total = np.zeros((2, RATE_HZ * SECONDS), np.float32)
    for path in sorted((SHARED / "songs" / name).glob("*.m4a")):
        if path.stem == "Master":
            continue
        with AudioFile(path) as stem:
            at_rate = stem if stem.rate_hz == RATE_HZ else Resampled(stem, RATE_HZ)
            samples = at_rate.read(0, min(at_rate.frames, total.shape[1]))
        total[:, : samples.shape[1]] += samples
        length = max(samples.shape[1], 1)
    total[:, length:] = total[:, : total.shape[1] - length]
    return Audio(total, RATE_HZ)


def limited(audio: Audio) -> Audio:
    """The same at -7 LUFS: gain, clipper, limiter; the gain found by halving."""
    low_db, high_db = 0.0, 40.0
    for _ in range(8):
        drive_db = (low_db + high_db) / 2
        driven = frozen(audio.samples * 10 ** (drive_db / 20))
        clipper, limiter = SoftClipper(2, 2.0), Limiter(RATE_HZ, 2, -1.0, release_ms=30.0)
        hot = Audio(limiter.process(clipper.process(driven)), RATE_HZ)
        reached = measure_loudness(hot).integrated_lufs
        low_db, high_db = (drive_db, high_db) if reached < HOT_LUFS else (low_db, drive_db)
    return hot


def material(paths: list[Path]) -> Iterator[tuple[str, Audio]]:
    for path in paths:
        with AudioFile(path) as file:
            yield path.name, Audio(file.read(0, file.frames), file.rate_hz)
    for name in SONGS if not paths else ():
        dynamic = song(name)
        yield name, dynamic
        yield f"{name} at {HOT_LUFS:g}", limited(dynamic)


def compare(name: str, audio: Audio, rounds: int) -> None:
    seconds: dict[str, list[float]] = {meter: [] for meter in METERS}
    figures: dict[str, Figures] = {}
    measure_loudness(Audio(audio.samples[:, :RATE_HZ], RATE_HZ))  # compile
    for _ in range(rounds):
        for meter, measure in METERS.items():
            began = time.perf_counter()
            figures[meter] = measure(audio)
            seconds[meter].append(time.perf_counter() - began)
    length_s = audio.frames / audio.rate_hz
    speed = {meter: length_s / statistics.median(times) for meter, times in seconds.items()}
    print(f"\n{name} ({length_s:.0f} s, {audio.channels} channels; 16x reference {true_peak_16x_dbtp(audio):.3f} dBTP)")
    for meter, found in figures.items():
        ratio = "" if meter == "ours" else f"   ours is {speed['ours'] / speed[meter]:.1f} times as fast"
        print(
            f"  {meter:10s}{speed[meter]:7.0f}x   I {found['I']:7.2f}   LRA {found['LRA']:5.2f}   "
            f"TP {found['TP']:7.3f}{ratio}"
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("files", nargs="*", type=Path)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    av.logging.set_level(None)
    for name, audio in material(options.files):
        compare(name, audio, options.rounds)


if __name__ == "__main__":
    main()
