"""The cover: its size and colours from its bytes, and what shops would say of it."""

from __future__ import annotations

from fractions import Fraction

import av
import msgspec
import numpy as np
import pytest

from controlroom.rooms.delivery import Cover, read_cover
from controlroom.rooms.delivery.cover import cover_findings


def _encoded(image: np.ndarray, kind: str, pixels: str = "") -> bytes:
    """An RGB image, shape (rows, columns, 3), as JPEG or PNG."""
    context = av.CodecContext.create({"jpeg": "mjpeg", "png": "png"}[kind], "w")
    context.width, context.height, context.time_base = image.shape[1], image.shape[0], Fraction(1, 1)
    context.pix_fmt = pixels or {"jpeg": "yuvj420p", "png": "rgb24"}[kind]
    frame = av.VideoFrame.from_ndarray(image, format="rgb24")
    return b"".join(bytes(packet) for packet in [*context.encode(frame), *context.encode(None)])


def _drawing(edge: int) -> np.ndarray:
    down, across = np.mgrid[:edge, :edge]
    disc = (across - edge / 2) ** 2 + (down - edge / 2) ** 2 < (edge / 3) ** 2
    return np.stack([disc * 200, (across > down) * 255, np.full_like(down, 30)], axis=2).astype(np.uint8)


def _blown_up(image: np.ndarray, edge: int) -> np.ndarray:
    frame = av.VideoFrame.from_ndarray(image, format="rgb24")
    return frame.reformat(width=edge, height=edge, interpolation="BICUBIC").to_ndarray(format="rgb24")


@pytest.mark.parametrize("kind", ["jpeg", "png"])
def test_size_and_kind_come_from_the_header(kind: str) -> None:
    cover = read_cover(_encoded(_drawing(300)[:200], kind))
    assert cover is not None
    assert (cover.kind, cover.width_px, cover.height_px, cover.colours) == (kind, 300, 200, "rgb")
    assert {finding.code for finding in cover_findings(cover)} == {"cover_not_square", "cover_small"}


def test_gray_is_said_and_no_fault() -> None:
    cover = read_cover(_encoded(_drawing(64), "png", "gray"))
    assert cover is not None
    assert cover.colours == "gray"


@pytest.mark.parametrize("kind", ["jpeg", "png"])
def test_a_drawing_blown_up_is_told_from_a_sharp_one(kind: str) -> None:
    sharp, soft = read_cover(_encoded(_drawing(3000), kind)), read_cover(_encoded(_blown_up(_drawing(750), 3000), kind))
    assert sharp is not None
    assert soft is not None
    assert cover_findings(sharp) == ()
    assert {finding.code for finding in cover_findings(soft)} == {"cover_blown_up"}


def test_one_plain_colour_is_not_called_soft() -> None:
    cover = read_cover(_encoded(np.full((3000, 3000, 3), 90, np.uint8), "png"))
    assert cover is not None
    assert cover_findings(cover) == ()


GOOD = Cover(data=b"x", kind="jpeg", width_px=3000, height_px=3000, colours="rgb")


@pytest.mark.parametrize(
    ("change", "code", "severity"),
    [
        ({"width_px": 2999}, "cover_not_square", "blocking"),
        ({"colours": "cmyk"}, "cover_cmyk", "blocking"),
        ({"width_px": 1399, "height_px": 1399}, "cover_small", "blocking"),
        ({"width_px": 1400, "height_px": 1400}, "cover_small", "advice"),
        ({"data": bytes(10_000_001)}, "cover_heavy", "advice"),
    ],
)
def test_what_shops_refuse_and_what_they_would_rather_have(change: dict, code: str, severity: str) -> None:
    found = {one.code: one.severity for one in cover_findings(msgspec.structs.replace(GOOD, **change))}
    assert found[code] == severity
    assert cover_findings(GOOD) == ()


@pytest.mark.parametrize("kind", ["jpeg", "png"])
def test_a_cover_that_breaks_off_is_said(kind: str) -> None:
    data = _encoded(_drawing(1500), kind)
    cut = read_cover(data[: len(data) // 3])
    assert cut is not None
    assert {one.code: one.severity for one in cover_findings(cut)}["cover_cut_off"] == "blocking"
    thumbnail = b"\xff\xe1\x00\x06\xff\xd8\xff\xd9"
    if kind == "jpeg":
        cut = read_cover(data[:2] + thumbnail + data[2 : len(data) // 3])
        assert cut is not None
        assert not cut.whole
    whole = read_cover(data + b"behind it")
    assert whole is not None
    assert whole.whole


def test_sixteen_bits_a_colour_are_said() -> None:
    deep = read_cover(_encoded(_drawing(64), "png", "rgb48be"))
    assert deep is not None
    assert (deep.bits, deep.colours) == (16, "rgb")
    assert "cover_deep" in {one.code for one in cover_findings(deep)}


def test_what_is_too_heavy_stays_beside_the_files() -> None:
    heavy = msgspec.structs.replace(GOOD, data=bytes(10_000_001))
    assert (heavy.embedded, GOOD.embedded) == (b"", GOOD.data)


def test_four_inks_are_seen_in_the_header_of_a_jpeg() -> None:
    frame = (
        b"\xff\xc2" + bytes([0, 20, 8, 11, 184, 11, 184, 4]) + bytes(12)
    )  # progressive, 3000 x 3000, four components
    cover = read_cover(b"\xff\xd8" + b"\xff\xee\x00\x0eAdobe" + bytes(7) + frame + b"\xff\xd9")
    assert cover is not None
    assert (cover.width_px, cover.height_px, cover.colours, cover.detail) == (3000, 3000, "cmyk", None)


@pytest.mark.parametrize(
    "data", [b"", b"GIF89a", b"\xff\xd8", b"\xff\xd8\xff\xc0\x00", b"\x89PNG\r\n\x1a\n", bytes(5000)]
)
def test_what_is_no_image_is_none(data: bytes) -> None:
    assert read_cover(data) is None


def test_any_damage_is_read_or_refused() -> None:
    chance = np.random.default_rng(3)
    for kind in ("jpeg", "png"):
        data = _encoded(_drawing(64), kind)
        for _ in range(200):
            damaged = bytearray(data[: int(chance.integers(len(data)))])
            for at in chance.integers(0, max(len(damaged), 1), 3):
                if damaged:
                    damaged[at] = int(chance.integers(256))
            read_cover(bytes(damaged))
