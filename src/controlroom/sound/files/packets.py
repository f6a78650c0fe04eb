"""Decoding by FFmpeg (PyAV): AAC, ALAC, MP3, Opus, Vorbis, the sound of a video, and what else it reads."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import av
import numpy as np
import numpy.typing as npt
from av.codec.context import Flags2
from av.error import FFmpegError

from controlroom.base.errors import InputRefused
from controlroom.sound.signal import Samples


class Demuxer(NamedTuple):
    """How FFmpeg is to open a file. The format is named, so that neither a suffix nor a play list can choose it.

    `raw`: give all that is decoded, with the encoder's delay and padding; else FFmpeg takes off what it knows of.
    """

    path: Path
    format: str
    raw: bool = False

    def open(self) -> av.container.InputContainer:
        """Raises `InputRefused` where there is no track of sound that can be decoded."""
        options = {"ignore_editlist": "1"} if self.raw and self.format == "mov" else {}
        try:
            container = av.open(str(self.path.absolute()), format=self.format, options=options)
        except FFmpegError as error:
            raise self._refusal("it cannot be decoded") from error
        if not container.streams.audio:
            container.close()
            raise InputRefused(self.path, "there is no sound in it", "Ask for the audio file.")
        context = container.streams.audio[0].codec_context
        if not context.sample_rate or not context.channels:
            container.close()
            raise self._refusal("it cannot be decoded")
        if self.raw:
            context.flags2 |= Flags2.skip_manual
        return container

    def _refusal(self, why: str) -> InputRefused:
        return InputRefused(self.path, why, "Export it again as WAV or FLAC.")


class StreamFacts(NamedTuple):
    """What FFmpeg says of the first track of sound; `start_frames` is where its first time stamp lies."""

    codec: str
    rate_hz: int
    channels: int
    bits: int | None
    start_frames: int


def stream_facts(demuxer: Demuxer) -> StreamFacts:
    """Opens the file and looks at its headers."""
    with demuxer.open() as container:
        stream = container.streams.audio[0]
        context = stream.codec_context
        codec = context.name.removesuffix("float")
        start = (stream.start_time or 0) * (stream.time_base or 0)
        word = codec.removeprefix("pcm_")[1:3]
        bits = int(word) if codec.startswith("pcm_") and word.isdigit() else None
        return StreamFacts(codec, context.sample_rate, context.channels, bits, round(start * context.sample_rate))


def counted_frames(demuxer: Demuxer) -> int:
    """How many frames a file decodes to, where nothing but decoding it can tell."""
    with demuxer.open() as container:
        return sum(decoded.samples.shape[1] for decoded in _decoded(container))


def _planar(frame: av.AudioFrame, channels: int) -> Samples:
    """The samples of a decoded frame, float32, shape (channels, frames)."""
    samples: npt.NDArray[Any] = frame.to_ndarray()
    if not frame.format.is_planar:
        samples = samples.reshape(frame.samples, -1).T
    if samples.dtype.kind == "u":
        samples = (samples.astype(np.float32) - np.float32(128)) * np.float32(0.5**7)
    elif samples.dtype.kind == "i":
        samples = samples.astype(np.float32) * np.float32(0.5 ** (8 * samples.dtype.itemsize - 1))
    if samples.shape[0] != channels:  # the stream changes its channels on the way
        samples = np.resize(samples, (channels, samples.shape[1]))
    return samples.astype(np.float32, copy=False)


class _Decoded(NamedTuple):
    samples: Samples
    lost: bool = False


def _decoded(container: av.container.InputContainer) -> Iterator[_Decoded]:
    """All that is decoded, a packet at a time; a packet that cannot be decoded is silence of its length."""
    stream = container.streams.audio[0]
    channels = stream.codec_context.channels
    packets = container.demux(stream)
    while True:
        packet = None
        try:
            packet = next(packets, None)
            if packet is None:
                return
            frames = packet.decode()
        except FFmpegError:
            if packet is None or not packet.duration or not packet.time_base:
                return
            lost = round(packet.duration * packet.time_base * stream.codec_context.sample_rate)
            yield _Decoded(np.zeros((channels, lost), np.float32), lost=True)
            continue
        for frame in frames:
            yield _Decoded(_planar(frame, channels))


class PacketDecoder:
    """Decodes a file from its beginning; reading backwards starts over.

    A lossy decoder's output depends on everything before it, so starting over is what makes any read exact.
    `skip` frames of what is decoded come before the first one of the recording.
    """

    def __init__(self, demuxer: Demuxer, skip: int = 0) -> None:
        self._demuxer, self._skip = demuxer, skip
        self._lost_before = 0  # frames
        self.lost_frames = 0
        self._restart()

    def _restart(self) -> None:
        self._container = self._demuxer.open()
        self._decoded = _decoded(self._container)
        self._channels = self._container.streams.audio[0].codec_context.channels
        self._at = -self._skip  # place of the first frame in `_ready`
        self._ready = np.zeros((self._channels, 0), np.float32)

    def read(self, start: int, frames: int) -> Samples:
        """What there is in [start, start + frames); shorter where the stream ends."""
        if start < self._at:
            self.close()
            self._restart()
        out = np.empty((self._channels, frames), np.float32)
        done = 0
        while done < frames and (self._ready.shape[1] or self._decode()):
            if (past := min(start - self._at, self._ready.shape[1])) > 0:
                self._take(past)
                continue
            piece = self._ready[:, : frames - done]
            out[:, done : done + piece.shape[1]] = piece
            done += piece.shape[1]
            self._take(piece.shape[1])
            start += piece.shape[1]
        return out[:, :done]

    def _take(self, frames: int) -> None:
        self._ready = self._ready[:, frames:]
        self._at += frames

    def _decode(self) -> bool:
        decoded = next(self._decoded, None)
        if decoded is None:
            return False
        self._ready = decoded.samples
        end = self._at + self._ready.shape[1]
        if decoded.lost and end > self._lost_before:
            self.lost_frames += self._ready.shape[1]
            self._lost_before = end
        return True

    def close(self) -> None:
        self._container.close()
