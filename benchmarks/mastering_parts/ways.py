"""Ways from a mix to a loudness under a ceiling: ours, and what a script would do instead."""

from __future__ import annotations

import subprocess
import tempfile
import time
from collections.abc import Callable
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import av
import numpy as np
import pedalboard

from controlroom.rooms.mastering import master
from controlroom.sound.files import AudioFile, Format, write
from controlroom.sound.limiter import Limiter
from controlroom.sound.meter import measure_loudness, true_peak_dbtp
from controlroom.sound.signal import BLOCK_FRAMES, Audio, Samples, Signal, in_memory
from controlroom.sound.stream import Chain

CLOSE_LU, MOST_TRIES = 0.03, 9
MOST_DRIVE_DB = 18.0  # more gain than the target needs: by then a limiter alone has saturated
SATURATED = 0.15  # LU for a dB: no more than that and it has too
MATCHERING = """
import sys, matchering
matchering.process(target=sys.argv[1], reference=sys.argv[2], results=[matchering.Result(sys.argv[3], subtype="FLOAT")])
"""

Limit = Callable[[Audio, float], Audio]  # the signal, and the gain before the limiter in dB


class Made(NamedTuple):
    signal: Signal
    seconds: float


def ours(mix: Audio, target_lufs: float, ceiling_dbtp: float) -> Made:
    began = time.perf_counter()
    made = master(mix, target_lufs=target_lufs, ceiling_dbtp=ceiling_dbtp)
    return Made(made.signal, time.perf_counter() - began)


def driven(mix: Audio, target_lufs: float, limit: Limit) -> Made:
    """Gain into a limiter, the gain corrected until the target is met or more of it brings nothing."""
    began = time.perf_counter()
    plain_db = target_lufs - (measure_loudness(mix).integrated_lufs or 0.0)
    gain_db, slope = plain_db, 1.0
    before: tuple[float, float] | None = None
    for _ in range(MOST_TRIES):
        made = limit(mix, gain_db)
        reached = measure_loudness(made).integrated_lufs or -70.0
        if abs(target_lufs - reached) < CLOSE_LU or (gain_db >= plain_db + MOST_DRIVE_DB and reached < target_lufs):
            break
        if before and abs(gain_db - before[0]) > 1e-6:
            slope = min(max((reached - before[1]) / (gain_db - before[0]), SATURATED / 3), 1.0)
            if slope < SATURATED and reached < target_lufs:
                break
        before = (gain_db, reached)
        gain_db = min(gain_db + min(max((target_lufs - reached) / slope, -4.0), 4.0), plain_db + MOST_DRIVE_DB)
    return Made(made, time.perf_counter() - began)


def by_pedalboard(ceiling_dbtp: float) -> Limit:
    def limit(mix: Audio, gain_db: float) -> Audio:
        limiter = pedalboard.BrickwallLimiter(ceiling_db=ceiling_dbtp, true_peak=True)
        board = pedalboard.Pedalboard([pedalboard.Gain(gain_db), limiter])
        return Audio(board(np.array(mix.samples), mix.rate_hz), mix.rate_hz)

    return limit


def by_our_limiter(ceiling_dbtp: float) -> Limit:
    def limit(mix: Audio, gain_db: float) -> Audio:
        louder = Audio(mix.samples * np.float32(10 ** (gain_db / 20)), mix.rate_hz)
        return in_memory(Chain(louder, lambda: [Limiter(mix.rate_hz, mix.channels, ceiling_dbtp)]))

    return limit


def by_alimiter(ceiling_dbtp: float) -> Limit:
    """FFmpeg's limiter looks at samples only: its ceiling is lowered until the true peak holds."""

    def limit(mix: Audio, gain_db: float) -> Audio:
        at_db = ceiling_dbtp
        for _ in range(4):
            made = Audio(_alimiter(mix.samples, mix.rate_hz, gain_db, at_db), mix.rate_hz)
            over_db = (true_peak_dbtp(made) or -120.0) - ceiling_dbtp
            if over_db < 0.01:
                break
            at_db -= over_db
        return made

    return limit


def _alimiter(samples: Samples, rate_hz: int, gain_db: float, ceiling_db: float) -> Samples:
    graph = av.filter.Graph()
    layout = {1: "mono", 2: "stereo"}[len(samples)]
    source = graph.add_abuffer(format="fltp", sample_rate=rate_hz, layout=layout, time_base=Fraction(1, rate_hz))
    level = f"level_in={10 ** (gain_db / 20)}:limit={10 ** (ceiling_db / 20)}:level=false:latency=true"
    chain = [source, graph.add("alimiter", level), graph.add("aformat", "fltp"), graph.add("abuffersink")]
    for one, next_one in pairwise(chain):
        one.link_to(next_one)
    graph.configure()
    out: list[Samples] = []
    for at in [*range(0, samples.shape[1], BLOCK_FRAMES), None]:
        frame = None
        if at is not None:
            frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(samples[:, at : at + BLOCK_FRAMES]), "fltp", layout)
            frame.sample_rate, frame.pts, frame.time_base = rate_hz, at, Fraction(1, rate_hz)
        source.push(frame)
        while True:
            try:
                out.append(chain[-1].pull().to_ndarray())
            except (av.error.BlockingIOError, av.error.EOFError):
                break
    return np.concatenate(out, axis=1)[:, : samples.shape[1]]


def by_matchering(python: Path, reference: Path, ceiling_dbtp: float) -> Callable[[Audio, float, float], Made]:
    """Matchering toward `reference`, then brought to the loudness; pedalboard's limiter holds what goes over."""

    def way(mix: Audio, target_lufs: float, _: float) -> Made:
        with tempfile.TemporaryDirectory() as folder:
            took, made = Path(folder) / "mix.wav", Path(folder) / "made.wav"
            write(took, mix, Format("wav", 32))
            began = time.perf_counter()
            command = [str(python), "-c", MATCHERING, str(took), str(reference), str(made)]
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
            with AudioFile(made) as file:
                matched = in_memory(file)
        plain = matched.samples * np.float32(
            10 ** ((target_lufs - (measure_loudness(matched).integrated_lufs or 0.0)) / 20)
        )
        brought = Audio(plain, matched.rate_hz)
        if (true_peak_dbtp(brought) or -120.0) > ceiling_dbtp:
            brought = in_memory(driven(matched, target_lufs, by_pedalboard(ceiling_dbtp)).signal)
        return Made(brought, time.perf_counter() - began)

    return way


def reference_wav(path: Path, folder: Path) -> Path:
    """A reference as matchering reads it."""
    to = folder / "reference.wav"
    with AudioFile(path) as file:
        write(to, in_memory(file), Format("wav", 32))
    return to
