"""MP3 and ADTS: their frame headers, and where the sound begins and ends (ISO/IEC 11172-3, 13818-3, 13818-7).

An MP3 encoder puts its delay before the sound and fills the last frame after it. The LAME tag in the Info frame tells
both (gabriel.mp3-tech.org/mp3infotag.html), or iTunes' comment does; the decoder's own delay of 529 frames comes on
top of either. (FFmpeg takes iTunes' delay as including the decoder's; iTunes' own files end 529 frames later than
that, so it does not.) A bare stream tells nothing: all that is decoded is kept.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, NamedTuple

from controlroom.sound.files.mp4 import Trim, itunes_gapless_counts
from controlroom.sound.files.tags_read import itunes_gapless

DECODER_DELAY = 529
_SYNC_BYTES = 64 << 10
_BLOCK = 1 << 20
_MOST_ID3_TAGS = 16
_SHORTEST_FRAME = 24  # bytes: 8 kbit/s at 24 kHz
_MOST_FALSE_HEADERS = 100_000  # in a file of junk; real ones have a handful
_MP3_SYNC = re.compile(rb"\xff[\xe2-\xe7\xf2-\xf7\xfa-\xff][\x10-\xef]")
_ADTS_SYNC = re.compile(rb"\xff[\xf0\xf1\xf8\xf9]")

_RATES = {3: (44100, 48000, 32000), 2: (22050, 24000, 16000), 0: (11025, 12000, 8000)}
_KBPS_MPEG1 = {
    3: (32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448),
    2: (32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384),
    1: (32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
}
_KBPS_MPEG2 = {
    3: (32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256),
    2: (8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
    1: (8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
}


class FrameHeader(NamedTuple):
    """One MPEG audio frame: its length in bytes, and what it decodes to."""

    size: int
    frames: int
    rate_hz: int
    channels: int
    version: int
    layer: int


def mp3_header(word: bytes) -> FrameHeader | None:
    """The frame that begins with these four bytes; None when none does (or it is of free format)."""
    if len(word) < 4 or word[0] != 0xFF or word[1] & 0xE0 != 0xE0:
        return None
    version, layer_bits = word[1] >> 3 & 3, word[1] >> 1 & 3
    rate_index, bitrate_index = word[2] >> 2 & 3, word[2] >> 4
    if version == 1 or layer_bits == 0 or rate_index == 3 or bitrate_index in (0, 15) or word[3] & 3 == 2:
        return None
    kbps = (_KBPS_MPEG1 if version == 3 else _KBPS_MPEG2)[layer_bits][bitrate_index - 1]
    rate_hz, padding = _RATES[version][rate_index], word[2] >> 1 & 1
    channels = 1 if word[3] >> 6 == 3 else 2
    if layer_bits == 3:
        return FrameHeader((12000 * kbps // rate_hz + padding) * 4, 384, rate_hz, channels, version, 1)
    frames = 576 if layer_bits == 1 and version != 3 else 1152
    return FrameHeader(frames * 125 * kbps // rate_hz + padding, frames, rate_hz, channels, version, 4 - layer_bits)


def adts_header(word: bytes) -> FrameHeader | None:
    """The ADTS frame of AAC that begins with these seven bytes; None when none does."""
    if len(word) < 7 or word[0] != 0xFF or word[1] & 0xF6 != 0xF0:
        return None
    rates = (96000, 88200, 64000, 48000, 44100, 32000, 24000, 22050, 16000, 12000, 11025, 8000, 7350)
    index, size = word[2] >> 2 & 15, (word[3] & 3) << 11 | word[4] << 3 | word[5] >> 5
    if index >= len(rates) or size < 7:
        return None
    return FrameHeader(size, 1024 * ((word[6] & 3) + 1), rates[index], (word[2] & 1) << 2 | word[3] >> 6, 0, 0)


class MpegStream(NamedTuple):
    """The audio frames of a file: where the first one is, where tags after the last one begin, and what it says."""

    begin: int
    end: int
    first: FrameHeader
    adts: bool


def find_mpeg(file: BinaryIO, size: int) -> MpegStream | None:
    """The first frame that is followed by frames of its kind; None when this is no MPEG audio."""
    begin = after_id3(file)
    file.seek(begin)
    data = file.read(_SYNC_BYTES)
    end = _before_trailing_tags(file, begin, size)
    at = data.find(b"\xff")
    while at >= 0:
        for adts, parse in ((False, mp3_header), (True, adts_header)):
            first = parse(data[at : at + 7])
            if first and _followed(data, at, first, adts, end - begin):
                return MpegStream(begin + at, end, first, adts)
        at = data.find(b"\xff", at + 1)
    return None


def after_id3(file: BinaryIO) -> int:
    """Where the file begins after its ID3v2 tags."""
    at = 0
    for _ in range(_MOST_ID3_TAGS):
        file.seek(at)
        head = file.read(10)
        if len(head) < 10 or head[:3] != b"ID3":
            break
        at += 10 + (head[6] << 21 | head[7] << 14 | head[8] << 7 | head[9]) + 10 * (head[5] >> 4 & 1)
    return at


def _before_trailing_tags(file: BinaryIO, begin: int, size: int) -> int:
    if size - begin >= 128:
        file.seek(size - 128)
        if file.read(3) == b"TAG":
            size -= 128
    if size - begin >= 32:
        file.seek(size - 32)
        footer = file.read(32)
        if footer[:8] == b"APETAGEX":
            size -= int.from_bytes(footer[12:16], "little") + 32 * (footer[23] >> 7)
    return max(size, begin)


def _followed(data: bytes, at: int, first: FrameHeader, adts: bool, length: int) -> bool:
    """Do frames of the same kind follow, two of them where there is room?"""
    parse = adts_header if adts else mp3_header
    header, begins_here = first, at == 0
    for _ in range(2):
        at += header.size
        if at + 7 > len(data):
            return begins_here and at >= length - 7  # a file of one or two frames
        following = parse(data[at : at + 7])
        if following is None or (following.rate_hz, following.layer) != (first.rate_hz, first.layer):
            return False
        header = following
    return True


class _Info(NamedTuple):
    """The Info (Xing) frame: `mpeg_frames` and `stream_bytes` 0, and the delays None, where it does not say."""

    mpeg_frames: int
    stream_bytes: int
    delay: int | None
    padding: int


def _info(frame: bytes, header: FrameHeader) -> _Info | None:
    at = 4 + ((17 if header.channels == 1 else 32) if header.version == 3 else (9 if header.channels == 1 else 17))
    if frame[at : at + 4] not in (b"Xing", b"Info"):
        return _vbri(frame)
    flags = int.from_bytes(frame[at + 4 : at + 8], "big")
    at += 8
    mpeg_frames = int.from_bytes(frame[at : at + 4], "big") if flags & 1 else 0
    at += 4 * (flags & 1)
    stream_bytes = int.from_bytes(frame[at : at + 4], "big") if flags & 2 else 0
    at += 2 * (flags & 2)
    at += (100 if flags & 4 else 0) + (4 if flags & 8 else 0)
    lame = frame[at : at + 24]
    if lame[:4] in (b"LAME", b"Lavf", b"Lavc", b"L3.9"):
        return _Info(mpeg_frames, stream_bytes, lame[21] << 4 | lame[22] >> 4, (lame[22] & 15) << 8 | lame[23])
    return _Info(mpeg_frames, stream_bytes, None, 0)


def _vbri(frame: bytes) -> _Info | None:
    """Fraunhofer's header; FFmpeg skips its frame but trims nothing."""
    if frame[36:40] != b"VBRI":
        return None
    return _Info(int.from_bytes(frame[50:54], "big"), int.from_bytes(frame[46:50], "big"), None, 0)


def mpeg_trim(path: Path, file: BinaryIO, stream: MpegStream) -> Trim:
    """How much of what is decoded belongs to the recording, from the headers; frames are counted where none tells."""
    if stream.adts:
        counted = _count(file, stream, stream.begin)
        return Trim(0, counted.frames, counted.cut)
    file.seek(stream.begin)
    info = _info(file.read(stream.first.size), stream.first)
    if info is None:
        counted = _count(file, stream, stream.begin)
        return _itunes(path, counted) or Trim(0, counted.frames, counted.cut)
    missing = info.stream_bytes > stream.end - stream.begin + 4
    counted = _Counted(info.mpeg_frames * stream.first.frames, missing)
    if missing or not 0 < info.mpeg_frames <= (stream.end - stream.begin) // _SHORTEST_FRAME:
        counted = _count(file, stream, stream.begin + stream.first.size)._replace(cut=missing)
    if info.delay is None:
        return _itunes(path, counted) or Trim(0, counted.frames, counted.cut)
    skip = info.delay + DECODER_DELAY
    padding = 0 if counted.cut else max(info.padding - DECODER_DELAY, 0)
    return Trim(skip, max(counted.frames - skip - padding, 0), counted.cut)


class _Counted(NamedTuple):
    frames: int
    cut: bool


def _itunes(path: Path, counted: _Counted) -> Trim | None:
    counts = itunes_gapless_counts(itunes_gapless(path))
    if counts is None:
        return None
    skip, frames = counts[0] + DECODER_DELAY, counts[1]
    return Trim(skip, max(min(frames, counted.frames - skip), 0), frames > counted.frames - skip or counted.cut)


def _count(file: BinaryIO, stream: MpegStream, begin: int) -> _Counted:
    """Walk the frame headers: how many frames of sound, and is the last one cut off?"""
    frames, reached = 0, begin
    for at, header in _headers(file, stream, begin):
        if at + header.size > stream.end:
            return _Counted(frames, True)
        frames += header.frames
        reached = at + header.size
    return _Counted(frames, reached < stream.end - _SYNC_BYTES)


def _headers(file: BinaryIO, stream: MpegStream, begin: int) -> Iterator[tuple[int, FrameHeader]]:
    """Every frame's place and header from `begin` on; junk between frames is stepped over."""
    parse, wanted, sync = (adts_header, 7, _ADTS_SYNC) if stream.adts else (mp3_header, 4, _MP3_SYNC)
    same = stream.first.rate_hz, stream.first.layer
    block_at, block, at, false = begin, b"", begin, 0
    while at + wanted <= stream.end and false < _MOST_FALSE_HEADERS:
        if not block_at <= at <= block_at + len(block) - 7:
            file.seek(at)
            block_at, block = at, file.read(_BLOCK)
        offset = at - block_at
        header = parse(block[offset : offset + 7])
        if header and (header.rate_hz, header.layer) == same:
            yield at, header
            at += header.size
        else:
            false += 1
            found = sync.search(block, offset + 1)
            at = block_at + (found.start() if found else max(len(block) - 2, offset + 1))
