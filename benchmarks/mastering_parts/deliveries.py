"""Loudness and ceiling at every delivery rate, and the peaks that lossy codecs decode to."""

from __future__ import annotations

import argparse

from controlroom.rooms.mastering import master
from controlroom.rooms.mastering.translation import codec_safe, overs
from controlroom.sound.signal import Audio, Signal
from mastering_parts.judge import OVER_DB, TOLERANCE_LU, figures


def at_rates(mixes: dict[str, Audio], asked: argparse.Namespace) -> None:
    """A line for each song, target and rate; with --codec-safe one more for the master whose ceiling codecs keep."""
    missed = 0
    for song, mix in mixes.items():
        for target_lufs in asked.targets:
            for rate_hz in asked.rates or [mix.rate_hz]:

                def made(
                    ceiling_dbtp: float, mix: Audio = mix, target_lufs: float = target_lufs, rate_hz: int = rate_hz
                ) -> Signal:
                    return master(mix, target_lufs=target_lufs, ceiling_dbtp=ceiling_dbtp, rate_hz=rate_hz).signal

                head = f"{song:12.12s} {target_lufs:6.1f} LUFS {rate_hz:7d} Hz"
                missed += not held(head, made(asked.ceiling), target_lufs, asked.ceiling, asked.codec_safe)
                if asked.codec_safe:
                    safe = codec_safe(made, asked.ceiling)
                    missed += not held(f"{head} safe", safe.signal, target_lufs, safe.ceiling_dbtp, True)
                    missed += not safe.safe
    print(f"{missed} missed")


def held(head: str, signal: Signal, target_lufs: float, ceiling_dbtp: float, codecs: bool) -> bool:
    """Print what was reached; whether loudness and ceiling hold by ffmpeg's meter and the 16x reference."""
    lufs, ffmpeg_dbtp, dbtp = figures(signal)
    right = abs(lufs - target_lufs) <= TOLERANCE_LU and max(ffmpeg_dbtp, dbtp) < ceiling_dbtp + OVER_DB
    peaks = "".join(f"  {over.codec} {over.decoded_dbtp or 0.0:+.2f}" for over in overs(signal)) if codecs else ""
    reached = f"{lufs:7.2f} LUFS  ffmpeg {ffmpeg_dbtp:6.2f}  16x {dbtp:6.3f} dBTP"
    print(f"{head:34s}{reached}  ceiling {ceiling_dbtp:5.2f} {'held' if right else 'MISSED'}{peaks}", flush=True)
    return right
