"""PCM as it lies in WAV and AIFF files: bytes to samples and samples to bytes, at the speed of memory."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

import msgspec
import numpy as np
import numpy.typing as npt

from controlroom.sound.kernels import kernel
from controlroom.sound.signal import Samples

PcmKind = Literal["u8", "s8", "s16", "s24", "s32", "f32", "f64"]
SAMPLE_BYTES: dict[PcmKind, int] = {"u8": 1, "s8": 1, "s16": 2, "s24": 3, "s32": 4, "f32": 4, "f64": 8}
_TYPES: dict[PcmKind, str] = {"u8": "u1", "s8": "i1", "s16": "i2", "s24": "u1", "s32": "i4", "f32": "f4", "f64": "f8"}
_READ_BYTES = 1 << 20

Bytes = npt.NDArray[np.uint8]
Integers = npt.NDArray[np.int32]


class PcmLayout(msgspec.Struct, frozen=True):
    """Where the samples lie: `offset` in bytes from the file's start, then `frames` of interleaved samples."""

    kind: PcmKind
    channels: int
    offset: int
    frames: int
    big_endian: bool = False

    @property
    def frame_bytes(self) -> int:
        return self.channels * SAMPLE_BYTES[self.kind]


class PcmDecoder:
    """Reads any frames of a PCM file, in any order."""

    lost_frames = 0

    def __init__(self, path: Path, layout: PcmLayout) -> None:
        self._file = path.open("rb", buffering=0)
        self._layout = layout
        self._frames_at_once = max(_READ_BYTES // layout.frame_bytes, 1)
        self._buffer = np.empty(self._frames_at_once * layout.frame_bytes, np.uint8)

    def read(self, start: int, frames: int) -> Samples:
        """The frames that exist in [start, start + frames), shape (channels, frames)."""
        layout = self._layout
        frames = max(min(frames, layout.frames - start), 0)
        out = np.empty((layout.channels, frames), np.float32)
        self._file.seek(layout.offset + start * layout.frame_bytes)
        done = 0
        while done < frames:
            count = min(self._frames_at_once, frames - done)
            filled = self._fill(count * layout.frame_bytes) // layout.frame_bytes
            unpack(self._buffer[: filled * layout.frame_bytes], layout, out[:, done : done + filled])
            done += filled
            if filled < count:
                break
        return out[:, :done]

    def _fill(self, size: int) -> int:
        view, at = self._buffer.data[:size], 0
        while at < size and (got := self._file.readinto(view[at:])):
            at += got
        return at

    def close(self) -> None:
        self._file.close()


def unpack(data: Bytes, layout: PcmLayout, out: Samples) -> None:
    """Interleaved bytes into `out`, float32 of shape (channels, frames); full scale is 1.0."""
    if layout.kind == "s24":
        _unpack_24(data, layout.big_endian, out)
        return
    values: npt.NDArray[Any] = data.view(_TYPES[layout.kind])
    if layout.big_endian and values.itemsize > 1:
        values = values.byteswap()
    scale = 1.0 if values.dtype.kind == "f" else 0.5 ** (8 * values.itemsize - 1)
    _unpack(values, np.float32(scale), np.float32(-1.0 if layout.kind == "u8" else 0.0), out)


def packed(values: Integers, bits: int) -> Bytes:
    """Integer samples of 16 or 24 bits, shape (channels, frames) as interleaved little-endian bytes."""
    out = np.empty(values.size * bits // 8, np.uint8)
    if bits == 16:
        _interleave(values, out.view(np.int16))
    else:
        _pack_24(values, out)
    return out


def packed_floats(block: Samples) -> Bytes:
    """Samples of shape (channels, frames) as interleaved little-endian 32-bit floats."""
    out = np.empty(block.size, np.float32)
    _interleave(block, out)
    return out.view(np.uint8)


@kernel
def _unpack(values: Any, scale: Any, offset: Any, out: Any) -> None:
    channels, frames = out.shape
    for channel in range(channels):
        row = out[channel]
        at = channel
        for frame in range(frames):
            row[frame] = np.float32(values[at]) * scale + offset
            at += channels


@kernel
def _unpack_24(data: Any, big_endian: bool, out: Any) -> None:
    channels, frames = out.shape
    high, low = (0, 2) if big_endian else (2, 0)
    scale = np.float32(0.5**31)
    for channel in range(channels):
        row = out[channel]
        at = 3 * channel
        for frame in range(frames):
            word = (
                np.int32(np.uint32(data[at + high]) << np.uint32(24))
                | np.int32(np.uint32(data[at + 1]) << np.uint32(16))
                | np.int32(np.uint32(data[at + low]) << np.uint32(8))
            )
            row[frame] = np.float32(word) * scale
            at += 3 * channels


@kernel
def _pack_24(values: Any, out: Any) -> None:
    channels, frames = values.shape
    for channel in range(channels):
        row = values[channel]
        at = 3 * channel
        for frame in range(frames):
            value = row[frame]
            out[at] = value & 0xFF
            out[at + 1] = (value >> 8) & 0xFF
            out[at + 2] = (value >> 16) & 0xFF
            at += 3 * channels


@kernel
def _interleave(rows: Any, out: Any) -> None:
    channels, frames = rows.shape
    for channel in range(channels):
        row = rows[channel]
        at = channel
        for frame in range(frames):
            out[at] = row[frame]
            at += channels


@kernel
def silence_nonfinite(block: Any, count_from: int) -> int:
    """Put 0 where a sample is NaN or infinite; says how many there were from frame `count_from` on."""
    found = 0
    for channel in range(block.shape[0]):
        row = block[channel]
        for frame in range(block.shape[1]):
            if not np.isfinite(row[frame]):
                row[frame] = 0.0
                found += frame >= count_from
    return found
