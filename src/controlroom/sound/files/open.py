"""Opening audio files: what is it, and how long is it exactly?"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Protocol

import av
import numpy as np
import soundfile

from controlroom.base.errors import InputRefused
from controlroom.sound.files.info import MAX_CHANNELS, AudioInfo
from controlroom.sound.files.packets import PacketDecoder
from controlroom.sound.signal import Samples, frozen


class Decoder(Protocol):
    def read(self, start: int, frames: int) -> Samples: ...
    def close(self) -> None: ...


class SndfileDecoder:
    """Files that libsndfile reads and seeks exactly (PCM, FLAC)."""

    def __init__(self, path: Path) -> None:
        self._file = soundfile.SoundFile(os.fspath(path))

    def read(self, start: int, frames: int) -> Samples:
        if self._file.tell() != start:
            self._file.seek(start)
        return self._file.read(frames, dtype="float32", always_2d=True).T

    def close(self) -> None:
        self._file.close()


_BITS = {"PCM_16": 16, "PCM_24": 24, "PCM_32": 32, "PCM_S8": 8, "PCM_U8": 8, "FLOAT": 32, "DOUBLE": 64}


def _sndfile_info(path: Path) -> AudioInfo | None:
    try:
        found = soundfile.info(os.fspath(path))
    except (soundfile.LibsndfileError, TypeError):
        return None
    if found.format in ("MP3", "OGG"):
        return None
    return AudioInfo(
        path=path,
        container=found.format.lower().replace("wavex", "wav"),
        codec="flac" if found.format == "FLAC" else found.subtype.lower(),
        rate_hz=found.samplerate,
        channels=found.channels,
        frames=found.frames,
        bits=_BITS.get(found.subtype),
    )


def _packet_info(path: Path) -> AudioInfo:
    try:
        with av.open(str(path)) as container:
            stream = container.streams.audio[0]
            end = 0
            for packet in container.demux(stream):
                if packet.pts is not None and packet.duration:
                    end = max(end, round((packet.pts + packet.duration) * stream.time_base * stream.rate))
            duration = stream.duration
            name = stream.codec_context.name.replace("float", "")
            frames = end
            if name in ("mp3", "opus", "vorbis") and duration is not None:
                frames = end - round((stream.start_time or 0) * stream.time_base * stream.rate)
                frames = min(frames, round(duration * stream.time_base * stream.rate))
            return AudioInfo(
                path=path,
                container=container.format.name.split(",")[0],
                codec=name,
                rate_hz=stream.rate,
                channels=stream.channels,
                frames=frames,
                bits=None,
                lossy=name not in ("alac", "flac"),
            )
    except (av.error.FFmpegError, IndexError) as error:
        raise InputRefused(path, "it is not audio that can be read", "Export it again as WAV or FLAC.") from error


def probe(path: str | os.PathLike[str]) -> AudioInfo:
    """What a file is, without decoding it; raises `InputRefused`."""
    path = Path(path)
    info = _sndfile_info(path) or _packet_info(path)
    if not info.frames:
        raise InputRefused(path, "there is no sound in it", "Export it again.")
    if info.channels > MAX_CHANNELS:
        raise InputRefused(path, f"it has {info.channels} channels", f"At most {MAX_CHANNELS} are read.")
    return info


class AudioFile:
    """A sound file as a signal."""

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = Path(path)
        self.info = probe(self.path)
        self.rate_hz, self.channels, self.frames = self.info.rate_hz, self.info.channels, self.info.frames
        self.nonfinite_samples = 0
        self._decoder: Decoder = (
            PacketDecoder(self.path, self.channels)
            if self.info.lossy or self.info.codec == "alac"
            else SndfileDecoder(self.path)
        )

    def read(self, start: int, frames: int) -> Samples:
        start = max(start, 0)
        stop = max(min(start + frames, self.frames), start)
        block = self._decoder.read(start, stop - start)
        if not np.isfinite(block).all():
            self.nonfinite_samples += int((~np.isfinite(block)).sum())
            block = np.nan_to_num(block, nan=0.0, posinf=0.0, neginf=0.0)
        if block.shape[1] < stop - start:
            block = np.pad(block, ((0, 0), (0, stop - start - block.shape[1])))
        return frozen(block)

    def close(self) -> None:
        self._decoder.close()

    def __enter__(self) -> AudioFile:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
