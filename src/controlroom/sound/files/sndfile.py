"""Decoding by libsndfile (soundfile): what it reads without loss and seeks exactly (FLAC, CAF, W64, AU, ADPCM WAV), and
forwards the Vorbis that FFmpeg refuses."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import soundfile

from controlroom.sound.files.info import AudioInfo
from controlroom.sound.files.track import Track
from controlroom.sound.signal import Samples

_CODECS = {
    "PCM_S8": "pcm_s8",
    "PCM_U8": "pcm_u8",
    "PCM_16": "pcm_s16",
    "PCM_24": "pcm_s24",
    "PCM_32": "pcm_s32",
    "FLOAT": "pcm_f32",
    "DOUBLE": "pcm_f64",
}
_CELL_FRAMES, _SKIPPED_FRAMES = 1024, 65536
_EXACT = ("FLAC", "ALAC", "CAF", "AIFF", "W64", "AU", "WAV", "WAVEX", "RF64", "NIST", "IRCAM", "SVX", "VOC", "PVF")


class SndfileDecoder:
    """Reads any frames, in any order; what is damaged is silence, in cells of `_CELL_FRAMES`."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lost: set[int] = set()
        self._open()

    def _open(self) -> None:
        self._file = soundfile.SoundFile(os.fsencode(self._path))

    @property
    def lost_frames(self) -> int:
        return len(self._lost) * _CELL_FRAMES

    def read(self, start: int, frames: int) -> Samples:
        """The frames that exist in [start, start + frames), shape (channels, frames)."""
        try:
            return self._read(start, frames)
        except soundfile.LibsndfileError:
            cells = range(start // _CELL_FRAMES, -(-(start + frames) // _CELL_FRAMES))
            whole = np.concatenate([self._cell(cell) for cell in cells], axis=1)
            return whole[:, start % _CELL_FRAMES :][:, :frames]

    def _cell(self, cell: int) -> Samples:
        if cell not in self._lost:
            try:
                self._open()  # after a failure libsndfile cannot go on
                return self._read(cell * _CELL_FRAMES, _CELL_FRAMES)
            except soundfile.LibsndfileError:
                self._lost.add(cell)
        return np.zeros((self._file.channels, _CELL_FRAMES), np.float32)

    def _read(self, start: int, frames: int) -> Samples:
        if self._file.tell() != start:
            self._file.seek(start)
        samples: Samples = self._file.read(frames, dtype="float32", always_2d=True).T
        return samples

    def close(self) -> None:
        self._file.close()


class ForwardDecoder(SndfileDecoder):
    """Goes forwards, or begins anew: in Vorbis libsndfile's seeking is some frames off."""

    def _read(self, start: int, frames: int) -> Samples:
        if start < self._file.tell():
            self._open()
        while (ahead := start - self._file.tell()) > 0:
            if not len(self._file.read(min(ahead, _SKIPPED_FRAMES), dtype="float32")):
                break
        samples: Samples = self._file.read(frames, dtype="float32", always_2d=True).T
        return samples


def describe_vorbis(path: Path) -> Track | None:
    """The track of an Ogg Vorbis file that libsndfile can open; None otherwise."""
    try:
        with soundfile.SoundFile(os.fsencode(path)) as file:
            if (file.format, file.subtype) != ("OGG", "VORBIS") or not 0 < file.frames < 1 << 60:
                return None
            info = AudioInfo(
                path=path,
                container="ogg",
                codec="vorbis",
                rate_hz=file.samplerate,
                channels=file.channels,
                frames=file.frames,
                lossy=True,
            )
    except soundfile.LibsndfileError:
        return None
    return Track(info, lambda: ForwardDecoder(path))


def describe_sndfile(path: Path) -> Track | None:
    """The track of a file that libsndfile reads whole and exactly; None otherwise (then FFmpeg may)."""
    try:
        with soundfile.SoundFile(os.fsencode(path)) as file:
            if file.format not in _EXACT or not _ends_whole(file):
                return None
            subtype = file.subtype
            codec = "flac" if file.format == "FLAC" else _CODECS.get(subtype, subtype.lower().split("_")[0])
            digits = subtype.rpartition("_")[2].removeprefix("U").removeprefix("S")
            bits = int(digits) if digits.isdigit() else {"FLOAT": 32, "DOUBLE": 64}.get(subtype)
            info = AudioInfo(
                path=path,
                container=file.format.lower().removesuffix("ex"),
                codec=codec,
                rate_hz=file.samplerate,
                channels=file.channels,
                frames=file.frames,
                bits=bits,
                lossy=codec not in ("flac", "alac") and not codec.startswith("pcm"),
            )
    except soundfile.LibsndfileError:
        return None
    return Track(info, lambda: SndfileDecoder(path))


def _ends_whole(file: soundfile.SoundFile) -> bool:
    """Is the last frame there? A cut FLAC fails its checksum, and a streamed one does not say how long it is."""
    frames: int = file.frames
    if not 0 < frames < 1 << 60:
        return frames == 0
    file.seek(frames - 1)
    return len(file.read(1)) == 1
