"""AIFF and AIFC (Apple, Audio Interchange File Format 1.3, 1989; AIFF-C draft, 1991)."""

from __future__ import annotations

import math
import struct
from pathlib import Path
from typing import BinaryIO

from controlroom.sound.files.info import AudioInfo, Cue
from controlroom.sound.files.pcm import SAMPLE_BYTES, PcmDecoder, PcmKind, PcmLayout
from controlroom.sound.files.tags_read import read_tags
from controlroom.sound.files.track import Track, refused_as_broken
from controlroom.sound.files.wav_chunks import text_of

_MOST_BYTES = 16 << 20
_MOST_CHUNKS = 1000
_TEXTS = {b"NAME": "title", b"AUTH": "artist", b"ANNO": "comment", b"(c) ": "copyright"}
_READ_WHOLE = (b"COMM", b"MARK", *_TEXTS)
_INTEGERS: dict[int, PcmKind] = {1: "s8", 2: "s16", 3: "s24", 4: "s32"}
_COMPRESSIONS: dict[bytes, PcmKind | None] = {  # None: as many bytes as the word length needs
    b"NONE": None,
    b"twos": None,
    b"sowt": None,
    b"in24": "s24",
    b"in32": "s32",
    b"raw ": "u8",
    b"fl32": "f32",
    b"FL32": "f32",
    b"fl64": "f64",
    b"FL64": "f64",
}


def describe_aiff(path: Path, file: BinaryIO, size: int) -> Track | None:
    """The track of an AIFF file; None when its samples are not PCM (then another decoder reads it)."""
    container = "aifc" if file.read(12)[8:] == b"AIFC" else "aiff"
    chunks = _chunks(file, size)
    common, sound = chunks.get(b"COMM", (0, 0, b""))[2], chunks.get(b"SSND")
    if len(common) < 18 or sound is None:
        raise refused_as_broken(path, "its AIFF header is there, but no sound" if common else "it names no format")
    channels, promised, bits = struct.unpack(">hIh", common[:8])
    rate_hz = round(_extended(common[8:18]))
    compression = common[18:22] if container == "aifc" and len(common) >= 22 else b"NONE"
    if compression not in _COMPRESSIONS:
        return None
    kind = _COMPRESSIONS[compression] or _INTEGERS.get((bits + 7) // 8)
    if kind is None or channels < 1 or rate_hz < 1 or len(sound[2]) < 8:
        raise refused_as_broken(path, f"its AIFF header says {channels} channels, {rate_hz} Hz, {bits} bits")
    begin = sound[0] + 8 + struct.unpack(">I", sound[2][:4])[0]
    there = max(min(size, sound[0] + sound[1] if sound[1] else size) - begin, 0)
    frames = min(promised or there, there // (channels * SAMPLE_BYTES[kind]))
    layout = PcmLayout(
        kind=kind, channels=channels, offset=begin, frames=frames, big_endian=compression not in (b"sowt", b"raw ")
    )
    texts = {tag: text for name, tag in _TEXTS.items() if name in chunks and (text := text_of(chunks[name][2]))}
    info = AudioInfo(
        path=path,
        container=container,
        codec=f"pcm_{kind}",
        rate_hz=rate_hz,
        channels=channels,
        frames=frames,
        bits=bits if kind[0] == "s" and 0 < bits <= 8 * SAMPLE_BYTES[kind] else 8 * SAMPLE_BYTES[kind],
        truncated=frames < promised,
        cues=_markers(chunks.get(b"MARK", (0, 0, b""))[2]),
        tags=texts | (read_tags(path, container) if b"ID3 " in chunks else {}),
    )
    return Track(info, lambda: PcmDecoder(path, layout))


def _chunks(file: BinaryIO, size: int) -> dict[bytes, tuple[int, int, bytes]]:
    """name -> (offset, size, data) of the first chunk of each name; of long ones only the head is read."""
    found: dict[bytes, tuple[int, int, bytes]] = {}
    at = 12
    for _ in range(_MOST_CHUNKS):
        if at + 8 > size:
            break
        file.seek(at)
        name, length = struct.unpack(">4sI", file.read(8))
        only_head = name not in _READ_WHOLE or length > _MOST_BYTES
        data = file.read(8 if only_head else length)
        found.setdefault(name, (at + 8, length, data))
        at += 8 + length + length % 2
    return found


def _extended(data: bytes) -> float:
    """An 80-bit IEEE 754 extended number, as AIFF writes its rate; 0 where it is none."""
    exponent, mantissa = struct.unpack(">hQ", data)
    if exponent <= 0 or exponent > 16383 + 64:
        return 0.0
    return math.ldexp(mantissa, exponent - 16383 - 63)


def _markers(data: bytes) -> tuple[Cue, ...]:
    if len(data) < 2:
        return ()
    found, at = [], 2
    for _ in range(struct.unpack(">H", data[:2])[0]):
        if at + 7 > len(data):
            break
        position, length = struct.unpack_from(">IB", data, at + 2)
        found.append(Cue(at_frame=position, label=text_of(data[at + 7 : at + 7 + length])))
        at += 7 + length + (length + 1) % 2  # the name with its length byte fills an even number
    return tuple(sorted(found, key=lambda cue: cue.at_frame))
