"""The cover: read from its bytes, and what is wrong with it.

Dimensions and colours stand in the headers (PNG: ISO/IEC 15948; JPEG: ITU-T T.81, B.2.2). An image that was blown up
has next to nothing in its finest octave: that is measured in nine squares, once it is decoded.
"""

from __future__ import annotations

import io
import struct
from typing import Literal

import av
import msgspec
import numpy as np
import numpy.typing as npt
from av.error import FFmpegError

from controlroom.base.finding import Finding, Severity, Value

LEAST_PX, WANTED_PX = 1400, 3000
MOST_BYTES = 10_000_000
DETAIL_PX = 512
LEAST_DETAIL = (
    6e-4  # a sharp drawing has six times that even as a poor JPEG, one blown up fourfold a tenth to 0.8 of it
)
_START_OF_FRAME = {0xC0, 0xC1, 0xC2, 0xC3, 0xC5, 0xC6, 0xC7, 0xC9, 0xCA, 0xCB, 0xCD, 0xCE, 0xCF}


class Cover(msgspec.Struct, frozen=True, kw_only=True):
    """An image: `colours` "rgb", "gray" or "cmyk", each of so many `bits`; `whole`: it has its end; `detail` the share
    of its finest octave in all of its detail (None: it could not be decoded, is too small to tell, or has none)."""

    data: bytes
    kind: Literal["jpeg", "png"]
    width_px: int
    height_px: int
    colours: Literal["rgb", "gray", "cmyk"]
    bits: int = 8
    whole: bool = True
    detail: float | None = None

    @property
    def embedded(self) -> bytes:
        """What goes into the files: nothing where it is so heavy that players stumble over it."""
        return self.data if len(self.data) <= MOST_BYTES else b""

    @property
    def suffix(self) -> str:
        return ".jpg" if self.kind == "jpeg" else ".png"


def read_cover(data: bytes) -> Cover | None:
    """The cover in `data`; None where that is neither a JPEG nor a PNG, or broken."""
    cover = _png(data) if data.startswith(b"\x89PNG\r\n\x1a\n") else _jpeg(data)
    if cover is None or not cover.width_px or not cover.height_px:
        return None
    return msgspec.structs.replace(cover, detail=_detail(data, cover.width_px, cover.height_px))


def _png(data: bytes) -> Cover | None:
    if len(data) < 33 or data[12:16] != b"IHDR":
        return None
    width, height, bits, colour = struct.unpack_from(">IIBB", data, 16)
    return Cover(
        data=data,
        kind="png",
        width_px=width,
        height_px=height,
        colours="gray" if colour in (0, 4) else "rgb",
        bits=bits,
        whole=b"IEND" in data,
    )


def _jpeg(data: bytes) -> Cover | None:
    at = 2
    while data[:2] == b"\xff\xd8" and at + 10 <= len(data):
        if data[at] != 0xFF:
            return None
        marker, length = data[at + 1], struct.unpack_from(">H", data, at + 2)[0]
        if marker == 0xFF or marker in range(0xD0, 0xD8):  # fill bytes, and markers without a length
            at += 1 if marker == 0xFF else 2
        elif marker in _START_OF_FRAME:
            bits, height, width, components = struct.unpack_from(">BHHB", data, at + 4)
            return Cover(
                data=data,
                kind="jpeg",
                width_px=width,
                height_px=height,
                colours="gray" if components == 1 else "cmyk" if components == 4 else "rgb",
                bits=bits,
                whole=b"\xff\xd9" in data[at:],  # a thumbnail, which has an end of its own, stands before the frame
            )
        else:
            at += 2 + length
    return None


def _detail(data: bytes, width: int, height: int) -> float | None:
    if min(width, height) < DETAIL_PX or width * height > 200_000_000:
        return None
    try:
        with av.open(io.BytesIO(data), "r") as image:
            gray = np.asarray(next(image.decode(video=0)).to_ndarray(format="gray"), np.uint8)
    except (FFmpegError, StopIteration, ValueError, MemoryError):
        return None
    return max(_finest(gray, row, column) for row in (0.25, 0.5, 0.75) for column in (0.25, 0.5, 0.75)) or None


def _finest(gray: npt.NDArray[np.uint8], row: float, column: float) -> float:
    """The share of the finest octave in the detail of one square: 0 where it is flat."""
    size = DETAIL_PX // 2
    top, left = round(row * gray.shape[0]) - size // 2, round(column * gray.shape[1]) - size // 2
    square = gray[max(top, 0) :, max(left, 0) :][:size, :size].astype(np.float64)
    window = np.outer(np.hanning(square.shape[0]), np.hanning(square.shape[1]))
    power = np.abs(np.fft.fft2((square - square.mean()) * window)) ** 2
    across, down = np.abs(np.fft.fftfreq(square.shape[1])), np.abs(np.fft.fftfreq(square.shape[0]))
    finest = np.maximum(down[:, None], across[None, :]) > 0.25
    whole = float(power.sum())
    return float(power[finest].sum()) / whole if whole > 1.0 else 0.0


def cover_findings(cover: Cover) -> tuple[Finding, ...]:
    """What no shop takes (blocking), and what most would rather have otherwise (advice)."""
    found = []
    width, height = cover.width_px, cover.height_px
    if width != height:
        found.append(_found("cover_not_square", "blocking", width=width, height=height))
    if not cover.whole:
        found.append(_found("cover_cut_off", "blocking"))
    if cover.bits > 8:
        found.append(_found("cover_deep", bits=cover.bits))
    if cover.colours == "cmyk":
        found.append(_found("cover_cmyk", "blocking"))
    if min(width, height) < LEAST_PX:
        found.append(_found("cover_small", "blocking", edge=min(width, height), least=LEAST_PX))
    elif min(width, height) < WANTED_PX:
        found.append(_found("cover_small", edge=min(width, height), least=WANTED_PX))
    if len(cover.data) > MOST_BYTES:
        found.append(_found("cover_heavy", megabytes=len(cover.data) / 1e6, most=MOST_BYTES / 1e6))
    if cover.detail is not None and cover.detail < LEAST_DETAIL:
        found.append(_found("cover_blown_up"))
    return tuple(found)


def _found(code: str, severity: Severity = "advice", **args: Value) -> Finding:
    return Finding(code=code, severity=severity, args=args)
