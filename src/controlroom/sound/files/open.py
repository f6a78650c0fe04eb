"""Opening audio files: what is it, how long is it exactly, and who decodes it?"""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import BinaryIO

import msgspec
import numpy as np
from av.error import FFmpegError

from controlroom.base.errors import InputRefused
from controlroom.sound.files.aiff import describe_aiff
from controlroom.sound.files.info import MAX_CHANNELS, AudioInfo
from controlroom.sound.files.mp4 import Trim, read_mp4
from controlroom.sound.files.mpeg import after_id3, find_mpeg, mpeg_trim
from controlroom.sound.files.ogg import MOST_FRAMES_PER_BYTE, read_ogg
from controlroom.sound.files.packets import Demuxer, PacketDecoder, StreamFacts, counted_frames, stream_facts
from controlroom.sound.files.pcm import silence_nonfinite
from controlroom.sound.files.sndfile import describe_sndfile, describe_vorbis
from controlroom.sound.files.tags_read import read_tags
from controlroom.sound.files.track import Track
from controlroom.sound.files.wav import describe_wav
from controlroom.sound.signal import Samples, frozen

_LOSSLESS = ("alac", "flac", "wavpack", "ape", "tta", "tak", "mlp", "truehd", "shorten")
_MOST_HOURS = 240  # whatever a header promises ends
_MIN_RATE_HZ, _MAX_RATE_HZ = 1000, 1_536_000

_MAGIC = (  # place, bytes, the name FFmpeg has for it
    (0, b"\x1aE\xdf\xa3", "matroska"),
    (8, b"AVI ", "avi"),
    (0, b"0&\xb2u\x8ef\xcf\x11", "asf"),
    (0, b"\0\0\x01\xba", "mpeg"),
    (0, b"FLV\x01", "flv"),
    (0, b"wvpk", "wv"),
    (0, b"MAC ", "ape"),
    (0, b"TTA1", "tta"),
    (0, b"tBaK", "tak"),
    (0, b"DSD ", "dsf"),
    (0, b"#!AMR", "amr"),
    (0, b"caff", "caf"),
    (0, b"fLaC", "flac"),
    (0, b"OggS", "ogg"),
    (8, b"WAVE", "wav"),
    (8, b"AIFC", "aiff"),
)
_FAINT_MAGIC = ((0, b"\x0bw", "ac3"), (188, b"G", "mpegts"))  # asked last: other files have these bytes by chance
_SNDFILE = (b"fLaC", b"RIFF", b"RIFX", b"RF64", b"FORM", b"caff", b"riff", b".snd", b"dns.", b"NIST", b"Crea")
_MP4_BOXES = (b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot")


def probe(path: str | os.PathLike[str]) -> AudioInfo:
    """What a file is, from its headers (it is decoded only where nothing else tells its length).

    Raises `InputRefused`: not there, unreadable, empty, not audio, without sound, broken, more than 64 channels.
    """
    return _track(Path(path)).info


def _track(path: Path) -> Track:
    try:
        _check_is_file(path)
        with path.open("rb") as file:
            size = file.seek(0, os.SEEK_END)
            if not size:
                raise InputRefused(path, "it is empty", "Ask for the file again.")
            track = _described(path, file, size)
    except InputRefused:
        raise
    except FileNotFoundError as error:
        raise InputRefused(path, "it is not there", "Check the name.") from error
    except FFmpegError as error:
        raise InputRefused(path, "it cannot be decoded", "Export it again as WAV or FLAC.") from error
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or str(error)
        raise InputRefused(path, f"it cannot be read ({why})", "Check the file and its permissions.") from error
    _check(path, track.info)
    return track


def _check_is_file(path: Path) -> None:
    """Asked before it is opened: opening a pipe waits until somebody writes into it, for ever when nobody does."""
    mode = path.stat().st_mode
    if stat.S_ISDIR(mode):
        raise InputRefused(path, "it is a folder, not an audio file", "Name the files in it.")
    if not stat.S_ISREG(mode):
        raise InputRefused(path, "it is a pipe or a device, not an audio file", "Copy its sound into a file first.")


def _check(path: Path, info: AudioInfo) -> None:
    if info.channels > MAX_CHANNELS:
        why = f"it has {info.channels} channels, more than {MAX_CHANNELS}"
        raise InputRefused(path, why, "Split it into files of fewer channels.")
    if not _MIN_RATE_HZ <= info.rate_hz <= _MAX_RATE_HZ:
        raise InputRefused(path, f"it says a sample rate of {info.rate_hz} Hz", "Export it again, at 44.1 kHz or more.")
    if info.frames <= 0:
        why = "it was cut off before the first sound" if info.truncated else "there is no sound in it, not one sample"
        raise InputRefused(path, why, "Ask for the file again.")
    if info.duration_s > 3600 * _MOST_HOURS:
        raise InputRefused(path, f"it says that it lasts {info.duration_s / 3600:.0f} hours", "Split it, or ask again.")


def _described(path: Path, file: BinaryIO, size: int) -> Track:
    file.seek(0)
    head = file.read(512)
    file.seek(0)
    track: Track | None = None
    if head[:4] in (b"RIFF", b"RF64", b"BW64") and head[8:12] == b"WAVE":
        track = describe_wav(path, file, size)
    elif head[:4] == b"FORM" and head[8:12] in (b"AIFF", b"AIFC"):
        track = describe_aiff(path, file, size)
    elif head[4:8] in _MP4_BOXES:
        track = _mp4(path, file, size)
    elif head[:4] == b"OggS":
        track = _ogg(path, file, size)
    if track is None:
        beginning = after_id3(file)
        file.seek(beginning)
        magic = file.read(4)
        track = _sndfile(path) if magic in _SNDFILE else None
        track = track or _anything(path, head, _MAGIC) or _mpeg(path, file, size) or _anything(path, head, _FAINT_MAGIC)
    if track is None:
        raise InputRefused(path, "it is not audio that we know", "Export it as WAV, AIFF or FLAC.")
    return track


def _sndfile(path: Path) -> Track | None:
    track = describe_sndfile(path)
    if track and track.info.codec == "flac":
        track = track._replace(info=msgspec.structs.replace(track.info, tags=read_tags(path, "flac")))
    return track


def _mp4(path: Path, file: BinaryIO, size: int) -> Track:
    sound = read_mp4(path, file, size)
    demuxer = Demuxer(path, "mov", raw=sound.trim is not None)
    facts = stream_facts(demuxer)
    trim = sound.trim or Trim(0, counted_frames(demuxer))
    if sound.trim and sound.timescale != facts.rate_hz:
        skip, frames = (round(units * facts.rate_hz / sound.timescale) for units in (trim.skip, trim.frames))
        trim = msgspec.structs.replace(trim, skip=skip, frames=frames)
    return _packets(demuxer, facts, trim, container="mp4", bits=sound.bits)


def _mpeg(path: Path, file: BinaryIO, size: int) -> Track | None:
    stream = find_mpeg(file, size)
    if stream is None:
        return None
    trim = mpeg_trim(path, file, stream)
    demuxer = Demuxer(path, "aac" if stream.adts else "mp3", raw=True)
    facts = stream_facts(demuxer)
    doubled = facts.rate_hz // stream.first.rate_hz  # HE-AAC decodes to twice its core's rate
    trim = msgspec.structs.replace(trim, skip=trim.skip * doubled, frames=trim.frames * doubled)
    return _packets(demuxer, facts, trim, container="adts" if stream.adts else "mp3")


def _ogg(path: Path, file: BinaryIO, size: int) -> Track | None:
    stream = read_ogg(file, size)
    if stream is None:
        return None
    demuxer = Demuxer(path, "ogg")
    try:
        facts = stream_facts(demuxer)
    except InputRefused:  # FFmpeg guesses where the modes of a Vorbis header lie, and fails on some that are sound
        track = describe_vorbis(path)
        if track is None:
            raise
        info = msgspec.structs.replace(track.info, truncated=stream.truncated, tags=read_tags(path, stream.codec))
        return track._replace(info=info)
    begin = max(facts.start_frames, 0)  # later than 0 where it was recorded from the middle of a broadcast
    believed = stream.frames is not None and stream.frames <= size * MOST_FRAMES_PER_BYTE
    frames = stream.frames - begin if stream.frames is not None and believed else counted_frames(demuxer)
    return _packets(demuxer, facts, Trim(0, frames, stream.truncated), container="ogg", tags_as=stream.codec)


def _anything(path: Path, head: bytes, known: tuple[tuple[int, bytes, str], ...]) -> Track | None:
    """The sound of a video, or a rare format: what it decodes to is what it is."""
    for place, magic, name in known:
        if head[place : place + len(magic)] == magic:
            demuxer = Demuxer(path, name)
            trim = Trim(0, counted_frames(demuxer), truncated=name == "flac")
            return _packets(demuxer, stream_facts(demuxer), trim, container=name)
    return None


def _packets(
    demuxer: Demuxer,
    facts: StreamFacts,
    trim: Trim,
    *,
    container: str,
    bits: int | None = None,
    tags_as: str | None = None,
) -> Track:
    info = AudioInfo(
        path=demuxer.path,
        container=container,
        codec=facts.codec,
        rate_hz=facts.rate_hz,
        channels=facts.channels,
        frames=trim.frames,
        bits=bits or facts.bits,
        lossy=facts.codec not in _LOSSLESS and not facts.codec.startswith("pcm"),
        truncated=trim.truncated,
        tags=read_tags(demuxer.path, tags_as or container),
    )
    return Track(info, lambda: PacketDecoder(demuxer, trim.skip))


class AudioFile:
    """A sound file as a signal: any read gives exactly what a reading from the beginning would give.

    Reading forwards is as fast as the decoder; reading backwards in a compressed file starts the decoder over. Samples
    that are NaN or infinite are read as 0 and counted in `nonfinite_samples`; what is damaged is read as silence and
    counted in `lost_frames` (both: as far as the file was read). Not for use by two threads at once.
    Raises `InputRefused` when it is opened (see `probe`).
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = Path(path)
        track = _track(self.path)
        self.info = track.info
        self.rate_hz, self.channels, self.frames = self.info.rate_hz, self.info.channels, self.info.frames
        self.nonfinite_samples = 0
        self._checked = 0  # frames whose NaN and infinities are counted already
        self._ends_at = self.frames  # where the decoder ends, should it end early
        self._decoder = track.decoder()

    def read(self, start: int, frames: int) -> Samples:
        """The frames that exist in [start, start + frames), as a block."""
        stop = min(max(start + frames, 0), self.frames)
        start = min(max(start, 0), stop)
        if stop == start:
            return frozen(np.zeros((self.channels, 0), np.float32))
        block = np.ascontiguousarray(self._decoder.read(start, stop - start))
        if missing := stop - start - block.shape[1]:
            self._ends_at = min(self._ends_at, stop - missing)
            block = np.pad(block, ((0, 0), (0, missing)))
        self.nonfinite_samples += silence_nonfinite(block, max(self._checked - start, 0))
        self._checked = max(self._checked, stop)
        return frozen(block)

    @property
    def lost_frames(self) -> int:
        return self._decoder.lost_frames + self.frames - self._ends_at

    def close(self) -> None:
        self._decoder.close()

    def __enter__(self) -> AudioFile:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
