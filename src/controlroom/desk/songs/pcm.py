"""A recording as a WAV at a certain rate, whose samples a browser reads by Range: the original where it is one."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal, NamedTuple

from controlroom.base.progress import Progress
from controlroom.sound.files import AudioFile, AudioInfo, Format, write
from controlroom.sound.files.pcm import packed_floats
from controlroom.sound.files.wav_write import header
from controlroom.sound.resample import Resampled
from controlroom.sound.signal import Signal

SAMPLE_BYTES = {"s16": 2, "s24": 3, "f32": 4}
_CODECS = {"pcm_s16": "s16", "pcm_s24": "s24", "pcm_f32": "f32"}
_SAMPLES = {16: "s16", 24: "s24", 32: "f32"}
_MOST_CHUNKS = 1000
_SENT_FRAMES = 1 << 15


def facts_of_original(path: Path, info: AudioInfo, rate_hz: int) -> dict[str, Any] | None:
    """Where the samples lie in a file that can be played as it is; None where a WAV has to be made of it."""
    sample = _CODECS.get(info.codec)
    if info.container not in ("wav", "rf64", "bw64") or sample is None or info.rate_hz != rate_hz or info.truncated:
        return None
    offset = data_offset(path)
    if offset is None or offset + info.frames * info.channels * SAMPLE_BYTES[sample] > path.stat().st_size:
        return None
    return _facts(offset, info.frames, sample, info.channels)


def data_offset(path: Path) -> int | None:
    """The place of the first sample in a WAV, RF64 or BW64 file (bytes); None where its chunks do not lead to one."""
    size = path.stat().st_size
    with path.open("rb") as file:
        at = 12
        for _ in range(_MOST_CHUNKS):
            file.seek(at)
            head = file.read(8)
            if len(head) < 8 or at >= size:
                return None
            name, length = struct.unpack("<4sI", head)
            if name == b"data":
                return at + 8
            at += 8 + length + length % 2
    return None


def make_pcm(source: Path, target: Path, rate_hz: int, progress: Progress) -> dict[str, Any]:
    """Write a WAV of `source` at `rate_hz` to `target`: every bit of what is lossless, else 32-bit floating point."""
    with AudioFile(source) as file:
        signal: Signal = file if file.rate_hz == rate_hz else Resampled(file, rate_hz)
        bits = _bits(file.info, rate_hz)
        write(target, signal, Format("wav", bits=bits), progress=progress)
        return _facts(len(header(signal, bits, None)), signal.frames, _SAMPLES[bits], signal.channels)


class Wav(NamedTuple):
    """The floating-point WAV that a signal would be, which nobody writes: its bytes are made when they are read."""

    signal: Signal
    head: bytes

    @classmethod
    def of(cls, signal: Signal) -> Wav:
        return cls(signal, header(signal, 32, None))

    @property
    def size(self) -> int:
        return len(self.head) + self.signal.frames * self._frame_bytes

    @property
    def facts(self) -> dict[str, Any]:
        """As `make_pcm` gives them."""
        return _facts(len(self.head), self.signal.frames, "f32", self.signal.channels)

    def sent(self, start: int, stop: int) -> Iterator[bytes]:
        """The bytes from `start` up to, not including, `stop`."""
        if start < len(self.head):
            yield self.head[start:stop]
        first, last = (max(place - len(self.head), 0) for place in (start, stop))
        while first < last:
            frame, inside = divmod(first, self._frame_bytes)
            frames = min(_SENT_FRAMES, -(-last // self._frame_bytes) - frame)
            data = packed_floats(self.signal.read(frame, frames)).tobytes()[inside : last - frame * self._frame_bytes]
            yield data
            first += len(data)

    @property
    def _frame_bytes(self) -> int:
        return SAMPLE_BYTES["f32"] * self.signal.channels


def _bits(info: AudioInfo, rate_hz: int) -> Literal[16, 24, 32]:
    if info.lossy or info.bits is None or info.rate_hz != rate_hz or info.codec.startswith("pcm_f"):
        return 32
    return 16 if info.bits <= 16 else 24 if info.bits <= 24 else 32


def _facts(offset: int, frames: int, sample: str, channels: int) -> dict[str, Any]:
    return {"offset": offset, "frames": frames, "sample": sample, "channels": channels}
