"""Transfer encodings undone in chunks (RFC 2045 §6), whatever stands between: nothing large is ever whole in memory."""

from __future__ import annotations

import binascii
import mmap
from collections.abc import Callable, Iterator
from typing import TypeAlias

Raw: TypeAlias = bytes | mmap.mmap

CHUNK = 1 << 20
_BASE64 = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/="
_NOT_BASE64 = bytes(set(range(256)) - set(_BASE64))
_MOST_SEAMS = 1000  # pieces of base64 glued together, each with its own padding, in one chunk
_UU = ("x-uuencode", "uuencode", "x-uue", "uue")


def chunks(raw: Raw, start: int, end: int, encoding: str, chunk: int = CHUNK) -> Iterator[bytes]:
    """The decoded bytes of raw[start:end], piece by piece. Unknown encodings are handed on as they are."""
    pieces = (raw[at : min(at + chunk, end)] for at in range(start, end, chunk))
    if encoding == "base64":
        return _from_base64(pieces)
    if encoding == "quoted-printable":
        return _by_lines(pieces, binascii.a2b_qp)
    if encoding in _UU:
        return _by_lines(pieces, _from_uu)
    return pieces


def head(raw: Raw, start: int, end: int, encoding: str, most: int) -> bytes:
    """The first `most` decoded bytes, or fewer where there are fewer."""
    found = b""
    for piece in chunks(raw, start, end, encoding, max(2 * most, 512)):
        found += piece
        if len(found) >= most:
            break
    return found[:most]


def size_of(raw: Raw, start: int, end: int, encoding: str) -> int:
    """The decoded size; of base64 by its line length, exact where its lines are regular. Nothing is decoded."""
    if encoding != "base64":
        return max(end - start, 0)
    tail = raw[max(start, end - 8) : end]
    end -= len(tail) - len(tail.rstrip(b"=\r\n"))
    length = max(end - start, 0)
    eol = raw.find(b"\n", start, min(end, start + 2000))
    if eol < 0:
        return length * 3 // 4
    line = eol + 1 - start
    signs = line - (2 if raw[eol - 1 : eol] == b"\r" else 1)
    return ((length // line) * signs + min(length % line, signs)) * 3 // 4


def is_base64(sample: bytes) -> bool:
    """Whether a stretch of an encoded part holds nothing but base64 and line ends."""
    return not sample.translate(None, _BASE64 + b"\r\n \t")


def _from_base64(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """Signs that are not base64 are skipped (RFC 2045 §6.8); padding ends a group wherever it stands."""
    rest = b""
    for piece in pieces:
        clean = piece.translate(None, _NOT_BASE64)
        if clean.count(b"=") > _MOST_SEAMS:
            clean = clean.replace(b"=", b"")
        *closed, open_ = clean.split(b"=")
        for group in closed:
            yield _groups(rest + group)
            rest = b""
        rest += open_
        whole = len(rest) // 4 * 4
        yield binascii.a2b_base64(rest[:whole])
        rest = rest[whole:]
    yield _groups(rest)


def _groups(signs: bytes) -> bytes:
    if len(signs) % 4 == 1:  # six bits are no byte
        signs = signs[:-1]
    return binascii.a2b_base64(signs + b"=" * (-len(signs) % 4))


def _by_lines(pieces: Iterator[bytes], decode: Callable[[bytes], bytes]) -> Iterator[bytes]:
    """Decode whole lines at a time; a line longer than a chunk is cut before its last "=", never inside an escape."""
    rest = b""
    for piece in pieces:
        rest += piece
        cut = rest.rfind(b"\n") + 1
        if not cut and len(rest) > CHUNK:
            cut = len(rest) - 3 if b"=" in rest[-3:] else len(rest)
        if cut:
            yield decode(rest[:cut])
            rest = rest[cut:]
    yield decode(rest)


def _from_uu(lines: bytes) -> bytes:
    """uuencode, line by line; lines that are none (begin, end, junk) are skipped."""
    found = []
    for line in lines.splitlines():
        if not line or line.startswith((b"begin ", b"end")) or line == b"`":
            continue
        try:
            found.append(binascii.a2b_uu(line))
        except binascii.Error:
            length = ((line[0] - 32) & 63) * 4 // 3 + 2  # some encoders write a sign too many
            try:
                found.append(binascii.a2b_uu(line[:length]))
            except binascii.Error:
                continue
    return b"".join(found)
