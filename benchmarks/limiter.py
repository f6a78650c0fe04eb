"""The limiter beside pedalboard's BrickwallLimiter: ceiling -1 dBTP at rising drives, on the sums of shared songs.

    .venv/bin/python benchmarks/limiter.py [--seconds 60] [--rounds 3]

Every song is brought to 0 dBFS, then driven. Shown are the speed as a multiple of real time (median), how far the
true peak (16 times oversampled, 256 taps a phase) is above the ceiling, and the loudness that is left.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable

import numpy as np
import pedalboard
from meter import RATE_HZ, SONGS, song

from controlroom.sound.limiter import Limiter
from controlroom.sound.meter import measure_loudness, true_peak_16x_dbtp
from controlroom.sound.signal import Audio, Samples, frozen

CEILING_DBTP = -1.0
DRIVES_DB = (4.0, 8.0, 12.0)


def ours(block: Samples) -> Samples:
    return Limiter(RATE_HZ, len(block), CEILING_DBTP).process(block)


def by_pedalboard(block: Samples) -> Samples:
    limiter = pedalboard.BrickwallLimiter(ceiling_db=CEILING_DBTP, true_peak=True)
    return frozen(limiter(block.copy(), RATE_HZ))


LIMITERS: dict[str, Callable[[Samples], Samples]] = {"ours": ours, "pedalboard": by_pedalboard}


def excerpt(name: str, seconds: int) -> Samples:
    """The middle of a song at 0 dBFS, faded at both ends so that every oversampler starts from silence."""
    whole = song(name).samples
    start = (whole.shape[1] - seconds * RATE_HZ) // 2
    chosen = whole[:, start : start + seconds * RATE_HZ]
    frame = np.arange(chosen.shape[1])
    fade = np.clip(np.minimum(frame, frame[::-1]) / 2000, 0, 1)
    return frozen(chosen / np.abs(chosen).max() * fade)


def compare(name: str, music: Samples, drive_db: float, rounds: int) -> None:
    driven = frozen(music * 10 ** (drive_db / 20))
    for limiter, limit in LIMITERS.items():
        times = []
        for _ in range(rounds):
            began = time.perf_counter()
            out = Audio(limit(driven), RATE_HZ)
            times.append(time.perf_counter() - began)
        over_db = (true_peak_16x_dbtp(out) or 0.0) - CEILING_DBTP
        speed = music.shape[1] / RATE_HZ / statistics.median(times)
        lufs = measure_loudness(out).integrated_lufs
        print(f"{name:10s} +{drive_db:2.0f} dB  {limiter:11s}{speed:6.0f}x   {over_db:+.3f} dB   {lufs:6.2f} LUFS")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    ours(frozen(np.ones((2, RATE_HZ), np.float32)))  # compile
    for name in SONGS:
        music = excerpt(name, options.seconds)
        for drive_db in DRIVES_DB:
            compare(name, music, drive_db, options.rounds)


if __name__ == "__main__":
    main()
