"""Writing sound files, whole or not at all."""

from __future__ import annotations

import os
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import soundfile

from controlroom.base.files import whole_or_nothing
from controlroom.base.progress import SILENT, Progress
from controlroom.sound.files.info import Format, Metadata
from controlroom.sound.signal import BLOCK_FRAMES, Signal, blocks


def write(
    path: str | os.PathLike[str],
    signal: Signal,
    format: Format,
    *,
    metadata: Metadata | None = None,
    dither_seed: int = 0,
    progress: Progress = SILENT,
    force: bool = True,
) -> None:
    """Write `signal` to `path`; the file appears whole or not at all."""
    with whole_or_nothing(path, force=force) as part:
        if format.kind in ("alac", "aac", "opus"):
            _write_packets(part, signal, format, progress)
        else:
            _write_sndfile(part, signal, format, progress)


def _write_sndfile(part: Path, signal: Signal, format: Format, progress: Progress) -> None:
    container = {"wav": "WAV", "flac": "FLAC", "mp3": "MP3", "vorbis": "OGG"}[format.kind]
    subtype = {"mp3": "MPEG_LAYER_III", "vorbis": "VORBIS"}.get(
        format.kind, {16: "PCM_16", 24: "PCM_24", 32: "FLOAT"}[format.bits]
    )
    with soundfile.SoundFile(
        os.fspath(part), "w", signal.rate_hz, signal.channels, format=container, subtype=subtype
    ) as out:
        done = 0
        for block in blocks(signal):
            out.write(block.T)
            done += block.shape[1]
            progress(done, signal.frames)


def _write_packets(part: Path, signal: Signal, format: Format, progress: Progress) -> None:
    rate = signal.rate_hz
    codec = {"alac": "alac", "aac": "aac", "opus": "libopus"}[format.kind]
    options = {"movie_timescale": str(rate)} if format.suffix == ".m4a" else {}
    layout = {1: "mono", 2: "stereo"}[signal.channels]
    with av.open(os.fspath(part), "w", options=options) as container:
        stream = container.add_stream(codec, rate=rate)
        stream.layout = layout
        if format.lossy:
            stream.bit_rate = 1000 * (format.bitrate_kbps or 256)
        else:
            stream.format = "s16p" if format.bits == 16 else "s32p"
        done = 0
        for block in blocks(signal, BLOCK_FRAMES):
            frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(block), format="fltp", layout=layout)
            frame.sample_rate, frame.pts, frame.time_base = rate, done, Fraction(1, rate)
            container.mux(stream.encode(frame))
            done += block.shape[1]
            progress(done, signal.frames)
        container.mux(stream.encode(None))
