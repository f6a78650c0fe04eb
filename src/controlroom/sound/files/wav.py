"""WAV, RF64 and BW64 (EBU Tech 3306, ITU-R BS.2088), as recorders and streams really write them."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, NamedTuple

from controlroom.sound.files.info import AudioInfo, Cue
from controlroom.sound.files.pcm import SAMPLE_BYTES, PcmDecoder, PcmKind, PcmLayout
from controlroom.sound.files.tags_read import read_id3
from controlroom.sound.files.track import Track, refused_as_broken
from controlroom.sound.files.wav_chunks import read_bext, read_cues, read_info, read_labels
from controlroom.sound.files.wav_text import read_axml_isrc, read_ixml

_PCM, _FLOAT, _EXTENSIBLE = 0x0001, 0x0003, 0xFFFE
_UNKNOWN_SIZE = 0x7FFFF000  # streams write this much or more, not knowing how long they will be
_KEPT = (b"bext", b"iXML", b"axml", b"cue ", b"LIST", b"id3 ", b"ID3 ", b"fmt ", b"ds64")
_MOST_BYTES = 16 << 20
_MOST_CHUNKS = 1000


class _Chunk(NamedTuple):
    name: bytes
    offset: int
    size: int
    data: bytes


class _FormatChunk(NamedTuple):
    kind: PcmKind
    bits: int
    channels: int
    rate_hz: int


def describe_wav(path: Path, file: BinaryIO, size: int) -> Track | None:
    """The track of a WAV file; None when its samples are not PCM (then another decoder reads it)."""
    container = {b"RIFF": "wav", b"RF64": "rf64", b"BW64": "bw64"}[file.read(4)]
    chunks = list(_chunks(file, size))
    fmt = next((found.data for found in chunks if found.name == b"fmt "), b"")
    data = next((found for found in chunks if found.name == b"data"), None)
    if len(fmt) < 14:
        raise refused_as_broken(path, "its WAV header names no format")
    if data is None:
        raise refused_as_broken(path, "its WAV header is there, but no sound")
    form = _format(path, fmt)
    if form is None:
        return None
    frame_bytes = form.channels * SAMPLE_BYTES[form.kind]
    there = max(size - data.offset, 0)
    frames = min(data.size, there) // frame_bytes
    layout = PcmLayout(kind=form.kind, channels=form.channels, offset=data.offset, frames=frames)
    said = _said(chunks)
    info = AudioInfo(
        path=path,
        container=container,
        codec=f"pcm_{form.kind}",
        rate_hz=form.rate_hz,
        channels=form.channels,
        frames=frames,
        bits=form.bits,
        truncated=data.size > there,
        time_reference=said.time_reference,
        ixml=said.ixml,
        cues=said.cues,
        tags=said.tags,
    )
    return Track(info, lambda: PcmDecoder(path, layout))


def _chunks(file: BinaryIO, size: int) -> Iterator[_Chunk]:
    """The chunks in order; the data chunk's size is what the header promises (what there is, for a stream)."""
    at = 12
    long_data = None
    for _ in range(_MOST_CHUNKS):
        if at + 8 > size:
            return
        file.seek(at)
        name, length = struct.unpack("<4sI", file.read(8))
        if not _is_name(name):
            return
        body = b""
        if name == b"data":
            length = _data_size(length, long_data, size - at - 8, file)
        elif name in _KEPT and length <= _MOST_BYTES:
            body = file.read(length)
        if name == b"ds64" and len(body) >= 16:
            long_data = struct.unpack("<Q", body[8:16])[0]
        yield _Chunk(name, at + 8, length, body)
        at += 8 + length
        if length % 2 and not _starts_chunk(file, at, size):
            at += 1


def _is_name(name: bytes) -> bool:
    return all(32 <= byte < 127 for byte in name)


def _starts_chunk(file: BinaryIO, at: int, size: int) -> bool:
    """Some writers forget the byte that pads an odd chunk: is there a chunk right here?"""
    file.seek(at)
    head = file.read(5)
    return len(head) == 5 and _is_name(head[:4]) and head[1:] not in _KEPT


def _data_size(length: int, long_data: int | None, there: int, file: BinaryIO) -> int:
    """How long the data chunk means to be: ds64 where there is one, all there is where a stream left it open."""
    if long_data is not None and length == 0xFFFFFFFF:
        return long_data if 0 < long_data < 1 << 62 else there
    if length >= _UNKNOWN_SIZE and length > there:
        return there
    if length == 0 and there >= 8 and not _is_name(file.read(4)):  # the recorder never came back to fill it in
        return there
    return length


def _format(path: Path, fmt: bytes) -> _FormatChunk | None:
    tag, channels, rate_hz, _, block = struct.unpack("<HHIIH", fmt[:14])
    bits = struct.unpack("<H", fmt[14:16])[0] if len(fmt) >= 16 else 8 * block // max(channels, 1)
    if tag == _EXTENSIBLE and len(fmt) >= 26:
        valid, _, tag = struct.unpack("<HIH", fmt[18:26])
    else:
        valid = bits
    if tag not in (_PCM, _FLOAT):
        return None
    if not channels or not rate_hz or not bits:
        raise refused_as_broken(path, f"its WAV header says {channels} channels, {rate_hz} Hz, {bits} bits")
    width = block // channels if block and block % channels == 0 and 8 * block >= bits * channels else (bits + 7) // 8
    kinds: dict[int, PcmKind] = {4: "f32", 8: "f64"} if tag == _FLOAT else {1: "u8", 2: "s16", 3: "s24", 4: "s32"}
    if width not in kinds:
        raise refused_as_broken(path, f"its WAV header says {bits} bits in {width} bytes a sample")
    return _FormatChunk(kinds[width], valid if 0 < valid <= 8 * width else 8 * width, channels, rate_hz)


class _Said(NamedTuple):
    time_reference: int | None
    ixml: dict[str, str]
    cues: tuple[Cue, ...]
    tags: dict[str, str]


def _said(chunks: list[_Chunk]) -> _Said:
    """What the chunks beside the sound say; INFO wins over bext, ID3 over both."""
    time_reference, ixml, cue, labels = None, {}, b"", {}
    bext_tags: dict[str, str] = {}
    info_tags: dict[str, str] = {}
    id3_tags: dict[str, str] = {}
    for found in chunks:
        if found.name == b"bext" and (bext := read_bext(found.data)):
            time_reference, bext_tags = bext.time_reference, bext.tags
        elif found.name == b"iXML":
            ixml = read_ixml(found.data)
        elif found.name == b"cue ":
            cue = found.data
        elif found.name == b"LIST" and found.data[:4] == b"adtl":
            labels = read_labels(found.data)
        elif found.name == b"LIST" and found.data[:4] == b"INFO":
            info_tags = read_info(found.data)
        elif found.name == b"axml" and (isrc := read_axml_isrc(found.data)):
            bext_tags["isrc"] = isrc
        elif found.name in (b"id3 ", b"ID3 "):
            id3_tags = read_id3(found.data)
    return _Said(time_reference, ixml, read_cues(cue, labels), bext_tags | info_tags | id3_tags)
