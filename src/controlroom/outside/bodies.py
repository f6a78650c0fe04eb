"""Bodies of HTTP answers, never larger than allowed: neither on the wire nor once they are unpacked."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator

from controlroom.base.errors import InputRefused

_STEP_BYTES = 1 << 16


def limited(pieces: Iterable[bytes], encoding: str, most_bytes: int, what: str) -> Iterator[bytes]:
    """The pieces of a body, unpacked where the server packed it although it was asked not to (gzip, deflate).

    Unpacks at most 64 kB at a time, so that a bomb is noticed before it is in memory. Raises `InputRefused` (of `what`)
    when more than `most_bytes` come, packed or not, when it is packed some other way, or broken.
    """
    if encoding in ("", "identity"):
        yield from _counted(pieces, most_bytes, what)
    elif encoding in ("gzip", "x-gzip", "deflate"):
        yield from _counted(_unpacked(_counted(pieces, most_bytes, what), what), most_bytes, what)
    else:
        raise InputRefused(what, f"it comes packed as {encoding[:40]!r}", "Fetch it in the browser.")


def whole(pieces: Iterable[bytes], encoding: str, most_bytes: int, what: str) -> bytes:
    """A small body in one piece; raises like `limited`."""
    return b"".join(limited(pieces, encoding, most_bytes, what))


def _counted(pieces: Iterable[bytes], most_bytes: int, what: str) -> Iterator[bytes]:
    got = 0
    for piece in pieces:
        got += len(piece)
        if got > most_bytes:
            raise InputRefused(what, f"it is larger than {size_of(most_bytes)}", "Ask for a smaller one.")
        yield piece


def _unpacked(pieces: Iterable[bytes], what: str) -> Iterator[bytes]:
    unpacker = zlib.decompressobj(wbits=32 + zlib.MAX_WBITS)  # 32: gzip or zlib, whichever it is
    try:
        for piece in pieces:
            while piece and not unpacker.eof:
                yield unpacker.decompress(piece, _STEP_BYTES)
                piece = unpacker.unconsumed_tail
    except zlib.error as error:
        raise InputRefused(what, "its bytes are broken", "Try again.") from error
    if not unpacker.eof:
        raise InputRefused(what, "it ends in the middle", "Try again.")


def size_of(count: int) -> str:
    """A number of bytes for a sentence: 2 GB, 500 MB, 64 kB."""
    for name, unit in (("GB", 10**9), ("MB", 10**6), ("kB", 10**3)):
        if count >= unit:
            return f"{count / unit:.3g} {name}"
    return f"{count} bytes"
