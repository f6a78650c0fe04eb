"""MP4, M4A and MOV: where the sound begins and ends, told from the boxes alone (ISO/IEC 14496-12; Apple QTFF).

An AAC encoder puts priming before the sound and fills the last packet after it. Three places may tell how much:
Apple's iTunSMPB comment (in frames, exact), the edit list (in the movie's own, sometimes coarse, time scale), and the
sum of the packets' durations (a good muxer shortens the last one). They are believed in this order.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import msgspec
import numpy as np
import numpy.typing as npt

from controlroom.base.errors import InputRefused
from controlroom.sound.files.track import refused_as_broken

_MOST_BYTES = 64 << 20
_MOST_BOXES = 10_000  # in a file, or in one box
_MOST_PACKET_S = 2
_MOST_DELAY = 16384


class Trim(msgspec.Struct, frozen=True):
    """`skip` frames of what the decoder gives come before the recording, which is `frames` long."""

    skip: int
    frames: int
    truncated: bool = False


class Mp4Sound(msgspec.Struct, frozen=True, kw_only=True):
    """The first sound track of an MP4. `trim` in units of `timescale`, None where only decoding can tell."""

    codec: str
    timescale: int
    bits: int | None
    trim: Trim | None


class _Box(msgspec.Struct, frozen=True):
    name: bytes
    data: bytes

    def all(self, *path: bytes) -> Iterator[_Box]:
        for box in _boxes(self.data[_inside_from(self) :]):
            if box.name == path[0]:
                if path[1:]:
                    yield from box.all(*path[1:])
                else:
                    yield box

    def first(self, *path: bytes) -> bytes:
        return next((box.data for box in self.all(*path)), b"")


def read_mp4(path: Path, file: BinaryIO, size: int) -> Mp4Sound:
    """The first sound track; raises `InputRefused` where there is none, or no index of it."""
    movie = _movie(path, file, size)
    track = next((trak for trak in movie.all(b"trak") if trak.first(b"mdia", b"hdlr")[8:12] == b"soun"), None)
    if track is None:
        raise InputRefused(path, "there is no sound in it, only picture", "Ask for the audio file.")
    try:
        return _sound(path, movie, track, size)
    except (struct.error, IndexError, ValueError) as error:
        raise refused_as_broken(path, "its index (moov) is damaged") from error


def _movie(path: Path, file: BinaryIO, size: int) -> _Box:
    at = 0
    for _ in range(_MOST_BOXES):
        file.seek(at)
        head = file.read(16)
        if len(head) < 8:
            break
        length, name = struct.unpack(">I4s", head[:8])
        header = 8
        if length == 1 and len(head) == 16:
            length, header = struct.unpack(">Q", head[8:])[0], 16
        length = length or size - at
        if length < header:
            break
        if name == b"moov":
            if length > min(_MOST_BYTES, size - at):
                break
            file.seek(at + header)
            return _Box(b"moov", file.read(length - header))
        at += length
    why = "its index (moov) is missing: the recording or the copy was cut off before it was finished"
    raise InputRefused(path, why, "Ask for the file again.")


def _inside_from(box: _Box) -> int:
    """Where the first inner box begins: `meta` is a full box in MP4, a plain one in QuickTime."""
    return 4 if box.name == b"meta" and box.data[4:8] != b"hdlr" else 0


def _boxes(data: bytes) -> Iterator[_Box]:
    at = 0
    for _ in range(_MOST_BOXES):
        if at + 8 > len(data):
            break
        length, name = struct.unpack_from(">I4s", data, at)
        header = 8
        if length == 1 and at + 16 <= len(data):
            length, header = struct.unpack_from(">Q", data, at + 8)[0], 16
        length = length or len(data) - at
        if length < header:
            break
        yield _Box(name, data[at + header : at + length])
        at += length


def _sound(path: Path, movie: _Box, track: _Box, size: int) -> Mp4Sound:
    media = track.first(b"mdia", b"mdhd")
    (timescale,) = struct.unpack_from(">I", media, 20 if media[0] == 1 else 12)
    table = next(track.all(b"mdia", b"minf", b"stbl"), _Box(b"stbl", b""))
    description = table.first(b"stsd")
    codec = description[12:16].decode("latin-1")
    if codec in ("drms", "enca"):
        raise InputRefused(path, "it is locked by copy protection", "Ask for an unlocked file.")
    cookie = description.find(b"alac", 16)
    bits = description[cookie + 13] if codec == "alac" and cookie > 0 else None
    fragmented = any(True for _ in movie.all(b"mvex"))
    trim = None if fragmented or not timescale else _trim(movie, track, table, timescale, size)
    return Mp4Sound(codec=codec, timescale=timescale, bits=bits, trim=trim)


def _trim(movie: _Box, track: _Box, table: _Box, timescale: int, size: int) -> Trim | None:
    durations = _table(table.first(b"stts"), 4, 2)
    longest = int(durations[:, 1].max(initial=0))
    total = int((durations[:, 0] * durations[:, 1]).sum())
    whole = int(durations[:, 0].sum()) * longest  # with the last packet at its full length
    edits = _edits(movie, track, timescale)
    if edits is None or longest > _MOST_PACKET_S * timescale:
        return None
    trim = _from_itunes(movie, track, whole) or _from_edits(edits, total, timescale)
    there = _units_there(table, durations, size)
    if there < total:
        return Trim(trim.skip, max(min(trim.frames, there - trim.skip), 0), truncated=True)
    return trim


def _table(data: bytes, skip: int, columns: int) -> npt.NDArray[np.int64]:
    """A box's table of big-endian 32-bit numbers; its length stands right before it."""
    (count,) = struct.unpack_from(">I", data, skip)
    flat = np.frombuffer(data, ">u4", min(count * columns, (len(data) - skip - 4) // 4), skip + 4)
    return flat[: len(flat) // columns * columns].astype(np.int64).reshape(-1, columns)


class _Edit(msgspec.Struct, frozen=True):
    """From `media_time` on, `duration` (0: to the end), known to within `tolerance`; all in media units."""

    media_time: int
    duration: int
    tolerance: int


def _edits(movie: _Box, track: _Box, timescale: int) -> _Edit | None:
    """The edit list's one piece (all of it when there is no list); None when it is cut into several."""
    data = track.first(b"edts", b"elst")
    header = movie.first(b"mvhd")
    if not data or not header:
        return _Edit(0, 0, 0)
    (movie_scale,) = struct.unpack_from(">I", header, 20 if header[0] == 1 else 12)
    (count,) = struct.unpack_from(">I", data, 4)
    layout = ">QqI" if data[0] == 1 else ">IiI"
    width = struct.calcsize(layout)
    pieces = [struct.unpack_from(layout, data, 8 + width * n) for n in range(min(count, (len(data) - 8) // width))]
    pieces = [piece for piece in pieces if piece[1] >= 0]  # an empty edit only says that the sound begins later
    if len(pieces) > 1:
        return None
    if not pieces or not movie_scale:
        return _Edit(0, 0, 0)
    duration, media_time, _ = pieces[0]
    return _Edit(media_time, round(duration * timescale / movie_scale), -(-timescale // movie_scale) - 1)


def _from_edits(edit: _Edit, total: int, timescale: int) -> Trim:
    there = max(total - edit.media_time, 0)
    if not edit.duration or abs(edit.duration - there) <= edit.tolerance:
        return Trim(edit.media_time, there)
    return Trim(edit.media_time, min(edit.duration, there))


def _from_itunes(movie: _Box, track: _Box, whole: int) -> Trim | None:
    for owner in (track, movie):
        for note in owner.all(b"udta", b"meta", b"ilst", b"----"):
            if note.first(b"name")[4:] == b"iTunSMPB":
                counts = itunes_gapless_counts(note.first(b"data")[8:].decode("latin-1"))
                if counts and 0 <= whole - sum(counts) <= _MOST_DELAY:  # else it speaks of another encoding
                    return Trim(*counts)
    return None


def itunes_gapless_counts(text: str) -> tuple[int, int] | None:
    """The delay and the length of the recording (frames) that an iTunSMPB comment names."""
    try:
        delay, _, frames = (int(word, 16) for word in text.split()[1:4])
    except ValueError:
        return None
    return (delay, frames) if delay <= _MOST_DELAY and frames > 0 else None


def _units_there(table: _Box, durations: npt.NDArray[np.int64], size: int) -> int:
    """How many media units lie whole within the file's `size` bytes."""
    chunk_at = _chunk_offsets(table)
    per_chunk = _packets_per_chunk(table, len(chunk_at))
    sizes = table.first(b"stsz")
    (fixed,) = struct.unpack_from(">I", sizes, 4)
    first_packet = np.concatenate([[0], np.cumsum(per_chunk)])
    if fixed:
        packet_sizes = None
        chunk_bytes = per_chunk * fixed
    else:
        packet_sizes = np.concatenate([[0], np.cumsum(_table(sizes, 8, 1)[:, 0])])
        edges = np.minimum(first_packet, len(packet_sizes) - 1)
        chunk_bytes = np.diff(packet_sizes[edges])
    over = np.flatnonzero(chunk_at + chunk_bytes > size)
    if not len(over):
        listed = int(first_packet[-1])
        return _units_of(listed if packet_sizes is None else min(listed, len(packet_sizes) - 1), durations)
    cut = int(over[0])
    room = max(size - int(chunk_at[cut]), 0)
    begin = int(first_packet[cut])
    if packet_sizes is None:
        packets = begin + room // fixed
    else:
        packets = int(np.searchsorted(packet_sizes, packet_sizes[begin] + room, "right")) - 1
    return _units_of(packets, durations)


def _chunk_offsets(table: _Box) -> npt.NDArray[np.int64]:
    if short := table.first(b"stco"):
        return _table(short, 4, 1)[:, 0]
    long = table.first(b"co64")
    (count,) = struct.unpack_from(">I", long, 4)
    return np.frombuffer(long, ">u8", min(count, (len(long) - 8) // 8), 8).astype(np.int64)


def _packets_per_chunk(table: _Box, chunks: int) -> npt.NDArray[np.int64]:
    runs = _table(table.first(b"stsc"), 4, 3)
    run = np.searchsorted(runs[:, 0], np.arange(1, chunks + 1), "right") - 1
    per_chunk: npt.NDArray[np.int64] = runs[np.maximum(run, 0), 1]
    return per_chunk


def _units_of(packets: int, durations: npt.NDArray[np.int64]) -> int:
    """The duration of the first `packets` packets."""
    before = np.concatenate([[0], np.cumsum(durations[:, 0])[:-1]])
    counts = np.clip(packets - before, 0, durations[:, 0])
    return int((counts * durations[:, 1]).sum())
