"""Decoding by FFmpeg (PyAV): AAC, ALAC, MP3, Opus, Vorbis, the sound of a video, and what else it reads."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import av
import numpy as np
from av.codec.context import Flags2
from av.error import FFmpegError

from controlroom.base.errors import InputRefused
from controlroom.sound.signal import Samples

_GATHERED_FRAMES = 32768
_MOST_LOST_FRAMES = 65536  # the longest packet there is; a damaged one may claim any length


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
        if context is None or not context.sample_rate or not context.channels:
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
    """How many frames a file decodes to, up to the last that can be, where nothing but decoding it can tell."""
    at = end = 0
    with demuxer.open() as container:
        for piece in _pieces(container):
            at += _length(piece)
            if not isinstance(piece, int):
                end = at
    return end


_SAMPLE_TYPES = {"u8": np.uint8, "s16": np.int16, "s32": np.int32, "flt": np.float32, "dbl": np.float64}


def _put(frame: av.AudioFrame, out: Samples) -> None:
    """The samples of a decoded frame into `out`, float32 of shape (channels, frames).

    Of `frame.planes` only as many are looked at as there are channels: PyAV lists planes until it meets a null
    pointer, and behind the eighth there is none.
    """
    planes: Any = frame.planes
    kind = frame.format.name
    dtype = np.dtype(_SAMPLE_TYPES[kind.removesuffix("p")])
    frames, channels = out.shape[1], frame.layout.nb_channels
    if kind.endswith("p"):
        rows = [np.frombuffer(planes[channel], dtype, frames) for channel in range(min(channels, len(out)))]
    else:
        rows = list(np.frombuffer(planes[0], dtype, frames * channels).reshape(frames, channels).T[: len(out)])
    for channel, row in enumerate(rows):
        if dtype.kind == "f":
            out[channel] = row
        else:
            np.multiply(row, 0.5 ** (8 * dtype.itemsize - 1), out=out[channel])
            out[channel] -= 1.0 if dtype.kind == "u" else 0.0
    out[len(rows) :] = 0.0  # the stream has fewer channels from here on


def _pieces(container: av.container.InputContainer) -> Iterator[av.AudioFrame | int]:
    """All that is decoded, in order; a number of frames that are lost where a packet cannot be."""
    stream = container.streams.audio[0]
    packets = container.demux(stream)
    while True:
        packet = None
        try:
            packet = next(packets, None)
            if packet is None:
                return
            decoded = packet.decode()
        except FFmpegError:
            if packet is None or not packet.duration or not packet.time_base:
                return
            frames = round(packet.duration * packet.time_base * stream.codec_context.sample_rate)
            yield min(max(frames, 0), _MOST_LOST_FRAMES)
        else:
            yield from decoded


def _length(piece: av.AudioFrame | int) -> int:
    return piece if isinstance(piece, int) else piece.samples


class PacketDecoder:
    """Decodes a file from its beginning; reading backwards starts over.

    A lossy decoder's output depends on everything before it, so starting over is what makes any read exact.
    `skip` frames of what is decoded come before the first one of the recording.
    """

    def __init__(self, demuxer: Demuxer, skip: int = 0) -> None:
        self._demuxer, self._skip = demuxer, skip
        self._searched = 0  # frames of the stream whose losses are counted
        self.lost_frames = 0
        self._restart()

    def _restart(self) -> None:
        self._container = self._demuxer.open()
        self._blocks = self._decoded(self._container)
        self._channels = self._container.streams.audio[0].codec_context.channels
        self._at = -self._skip  # place of the first frame in `_ready`
        self._ready = np.zeros((self._channels, 0), np.float32)

    def _decoded(self, container: av.container.InputContainer) -> Iterator[Samples]:
        """What is decoded, gathered into blocks; silence for what is lost."""
        channels = container.streams.audio[0].codec_context.channels
        gathered, at, position = np.empty((channels, _GATHERED_FRAMES), np.float32), 0, 0
        for piece in _pieces(container):
            length = _length(piece)
            if at + length > gathered.shape[1]:
                yield gathered[:, :at]
                gathered, at = np.empty((channels, max(length, _GATHERED_FRAMES)), np.float32), 0
            if isinstance(piece, int):
                gathered[:, at : at + length] = 0.0
                self.lost_frames += max(position + length - max(position, self._searched), 0)
            else:
                _put(piece, gathered[:, at : at + length])
            at, position = at + length, position + length
            self._searched = max(self._searched, position)
        yield gathered[:, :at]

    def read(self, start: int, frames: int) -> Samples:
        """What there is in [start, start + frames); shorter where the stream ends."""
        if start < self._at:
            self.close()
            self._restart()
        out = np.empty((self._channels, frames), np.float32)
        done = 0
        while done < frames:
            if not self._ready.shape[1]:
                block = next(self._blocks, None)
                if block is None:
                    break
                self._ready = block
            past = min(max(start + done - self._at, 0), self._ready.shape[1])
            piece = self._ready[:, past : past + frames - done]
            out[:, done : done + piece.shape[1]] = piece
            done += piece.shape[1]
            self._ready = self._ready[:, past + piece.shape[1] :]
            self._at += past + piece.shape[1]
        return out[:, :done]

    def close(self) -> None:
        self._container.close()
