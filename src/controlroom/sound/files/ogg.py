"""Ogg: how long a Vorbis or Opus stream is, told from its first and last pages (RFC 3533, RFC 7845).

The last page's granule position counts the frames up to its end, so encoder padding is not in it; Opus says its
pre-skip in its first packet.
"""

from __future__ import annotations

import struct
from typing import BinaryIO, NamedTuple

MOST_FRAMES_PER_BYTE = 8192  # a packet takes a byte in its page's table, and decodes to no more than this
_LARGEST_PAGE = 65307
_LAST, _NONE = 0x04, 0xFFFFFFFFFFFFFFFF


class OggStream(NamedTuple):
    """The one logical stream of a file. `frames` None: only decoding can tell (a chained or mixed file)."""

    codec: str
    rate_hz: int
    channels: int
    frames: int | None
    truncated: bool


class _Page(NamedTuple):
    flags: int
    granule: int
    serial: int
    body: bytes
    whole: bool


def _page(data: bytes, at: int) -> _Page | None:
    if len(data) - at < 27 or data[at : at + 5] != b"OggS\0":
        return None
    flags, granule, serial, _, _, segments = struct.unpack_from("<BQIIIB", data, at + 5)
    header = 27 + segments
    size = sum(data[at + 27 : at + header])
    body = data[at + header : at + header + size]
    return _Page(flags, granule, serial, body, len(body) == size and len(data) >= at + header)


def read_ogg(file: BinaryIO, size: int) -> OggStream | None:
    """The stream that the file begins with; None when it is neither Vorbis nor Opus."""
    file.seek(0)
    first = _page(file.read(_LARGEST_PAGE), 0)
    if first is None:
        return None
    last, truncated = _last_page(file, size)
    granule = last.granule if last and last.serial == first.serial else None
    if first.body[:8] == b"OpusHead" and len(first.body) >= 19:
        pre_skip = int.from_bytes(first.body[10:12], "little")
        frames = None if granule is None else max(granule - pre_skip, 0)
        return OggStream("opus", 48000, first.body[9], frames, truncated)
    if first.body[:7] == b"\x01vorbis" and len(first.body) >= 30:
        channels, rate_hz = struct.unpack_from("<BI", first.body, 11)
        return OggStream("vorbis", rate_hz, channels, granule, truncated)
    return None


def _last_page(file: BinaryIO, size: int) -> tuple[_Page | None, bool]:
    """The last whole page that has a granule position, and whether the stream was cut off after it."""
    begin = max(size - 2 * _LARGEST_PAGE, 0)
    file.seek(begin)
    data = file.read()
    at, cut = len(data), False
    while (at := data.rfind(b"OggS", 0, at)) >= 0:
        page = _page(data, at)
        if page is None or not page.whole:
            cut = True
        elif page.granule != _NONE:
            return page, cut or not page.flags & _LAST
    return None, True
