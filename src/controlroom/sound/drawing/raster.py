"""A small picture of shades as PNG, to be put into an SVG: levels over time and frequency."""

from __future__ import annotations

import struct
import zlib

import numpy as np
import numpy.typing as npt


def gray_png(shades: npt.NDArray[np.uint8]) -> bytes:
    """Shades (rows, columns), the first row on top, as a grey PNG of 8 bits (ISO/IEC 15948)."""
    rows, columns = shades.shape
    rises = np.diff(shades, axis=1, prepend=np.uint8(0))  # filter type 1, "Sub": neighbours are alike
    lines = np.concatenate([np.ones((rows, 1), np.uint8), rises.astype(np.uint8)], axis=1)
    header = struct.pack(">IIBBBBB", columns, rows, 8, 0, 0, 0, 0)
    parts = ((b"IHDR", header), (b"IDAT", zlib.compress(lines.tobytes(), 9)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(name, data) for name, data in parts)


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
