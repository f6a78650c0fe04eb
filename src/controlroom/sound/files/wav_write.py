"""Writing WAV: the header first, for its length is known; RF64 (EBU Tech 3306) where 4 GB do not hold it."""

from __future__ import annotations

import struct
from pathlib import Path

from controlroom.sound.files.info import Metadata
from controlroom.sound.files.pcm import Bytes, Integers, packed, packed_floats
from controlroom.sound.files.wav_chunks import bext, chunk, cue_chunks, info_chunk
from controlroom.sound.files.wav_text import axml_chunk, ixml_chunk
from controlroom.sound.signal import Samples, Signal

_PCM, _FLOAT, _EXTENSIBLE = 0x0001, 0x0003, 0xFFFE
_GUID_TAIL = bytes.fromhex("000000001000800000aa00389b71")
_MOST = 0xFFFFFFFF


def _format_chunk(signal: Signal, bits: int) -> bytes:
    tag = _FLOAT if bits == 32 else _PCM
    extensible = signal.channels > 2
    frame_bytes = signal.channels * bits // 8
    data = struct.pack(
        "<HHIIHH",
        _EXTENSIBLE if extensible else tag,
        signal.channels,
        signal.rate_hz,
        signal.rate_hz * frame_bytes,
        frame_bytes,
        bits,
    )
    if extensible:  # no speaker is named: these are tracks, not a surround mix
        data += struct.pack("<HHIH", 22, bits, 0, tag) + _GUID_TAIL
    elif tag == _FLOAT:
        data += struct.pack("<H", 0)
    fact = chunk(b"fact", struct.pack("<I", min(signal.frames, _MOST))) if tag == _FLOAT else b""
    return chunk(b"fmt ", data) + fact


def header(signal: Signal, bits: int, metadata: Metadata | None) -> bytes:
    """All that comes before the samples."""
    word = "float" if bits == 32 else str(bits)
    width = {1: "mono", 2: "stereo"}.get(signal.channels, "multitrack")
    history = f"A=PCM,F={signal.rate_hz},W={word},M={width},T=Controlroom\r\n"
    beside = _format_chunk(signal, bits)
    if metadata is not None:
        beside = bext(metadata, history) + beside + ixml_chunk(metadata.ixml) + axml_chunk(metadata.isrc)
        beside += info_chunk(metadata) + cue_chunks(metadata.cues)
    data_bytes = signal.frames * signal.channels * bits // 8
    size = 4 + len(beside) + 8 + data_bytes + data_bytes % 2
    if size <= _MOST:
        return b"RIFF" + struct.pack("<I", size) + b"WAVE" + beside + b"data" + struct.pack("<I", data_bytes)
    sizes = chunk(b"ds64", struct.pack("<QQQI", size + 36, data_bytes, signal.frames, 0))
    return b"RF64" + struct.pack("<I", _MOST) + b"WAVE" + sizes + beside + b"data" + struct.pack("<I", _MOST)


class WavEncoder:
    """Writes the blocks of one signal to `part`, in order: integers where bits are dropped, floats otherwise."""

    def __init__(self, part: Path, signal: Signal, bits: int, metadata: Metadata | None) -> None:
        self._bits = bits
        self._odd = signal.frames * signal.channels * bits // 8 % 2
        self._file = part.open("wb", buffering=0)
        self._write(header(signal, bits, metadata))

    def add_integers(self, values: Integers) -> None:
        """Samples of `bits`, shape (channels, frames)."""
        self._write(packed(values, self._bits))

    def add_floats(self, block: Samples) -> None:
        self._write(packed_floats(block))

    def _write(self, data: bytes | Bytes) -> None:
        view = memoryview(data) if isinstance(data, bytes) else data.data
        while view:
            view = view[self._file.write(view) :]

    def finish(self) -> None:
        self._write(b"\0" * self._odd)
        self._file.close()

    def close(self) -> None:
        self._file.close()
