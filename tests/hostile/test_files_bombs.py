"""Files made to waste time or memory: whatever a header promises, opening and reading stay short and small."""

from __future__ import annotations

import random
import struct
import time
import tracemalloc
from collections.abc import Iterator
from pathlib import Path

import av
import numpy as np
import pytest

from controlroom.base.errors import InputRefused
from controlroom.sound.files import AudioFile, Format, probe, write
from controlroom.sound.signal import Audio

NOISE = Audio(np.random.default_rng(0).normal(0, 0.1, (2, 50_000)), 48000)


@pytest.fixture(autouse=True)
def short_and_small() -> Iterator[None]:
    tracemalloc.start()
    began = time.process_time()
    yield
    _, most_bytes = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert time.process_time() - began < 20.0
    assert most_bytes < 200 << 20


def length_or_none(path: Path) -> int | None:
    try:
        with AudioFile(path) as file:
            file.read(0, 10_000)
            return file.frames
    except InputRefused:
        return None


def riff(*chunks: tuple[bytes, bytes]) -> bytes:
    body = b"".join(name + struct.pack("<I", len(data)) + data + b"\0" * (len(data) % 2) for name, data in chunks)
    return b"RIFF" + struct.pack("<I", len(body) + 4) + b"WAVE" + body


def pcm(channels: int = 1, rate_hz: int = 48000, bits: int = 16) -> tuple[bytes, bytes]:
    width = channels * bits // 8
    return b"fmt ", struct.pack("<HHIIHH", 1, channels, rate_hz, rate_hz * width % (1 << 32), width % 65536, bits)


def box(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I4s", len(data) + 8, name) + data


@pytest.mark.parametrize("promised", [0xFFFFFFFF, 0xFFFFFFFE, 0x80000000, 4_000_000])
def test_a_promise_of_four_gigabytes(tmp_path: Path, promised: int) -> None:
    data = riff(pcm(), (b"data", bytes(2000)))
    at = data.index(b"data") + 4
    (tmp_path / "x.wav").write_bytes(data[:at] + struct.pack("<I", promised) + data[at + 4 :])
    assert length_or_none(tmp_path / "x.wav") == 1000


@pytest.mark.parametrize("channels", [65, 1000, 65535])
@pytest.mark.parametrize("bits", [8, 16, 24, 32])
def test_more_channels_than_a_desk_has(tmp_path: Path, channels: int, bits: int) -> None:
    (tmp_path / "x.wav").write_bytes(riff(pcm(channels, bits=bits), (b"data", bytes(channels * bits))))
    with pytest.raises(InputRefused, match=f"{channels} channels"):
        probe(tmp_path / "x.wav")


def test_millions_of_empty_chunks(tmp_path: Path) -> None:
    (tmp_path / "x.wav").write_bytes(riff(pcm()) + b"abcd\0\0\0\0" * 1_000_000)
    assert length_or_none(tmp_path / "x.wav") is None
    (tmp_path / "x.aiff").write_bytes(b"FORM\0\0\0\0AIFF" + b"abcd\0\0\0\0" * 1_000_000)
    assert length_or_none(tmp_path / "x.aiff") is None
    (tmp_path / "x.m4a").write_bytes(b"\0\0\0\x08free" * 1_000_000)
    assert length_or_none(tmp_path / "x.m4a") is None
    (tmp_path / "x.mp3").write_bytes(b"ID3\4\0\0\0\0\0\0" * 1_000_000)
    assert length_or_none(tmp_path / "x.mp3") is None


def test_xml_nested_deeper_than_the_stack(tmp_path: Path) -> None:
    text = b"<BWFXML>" + b"<A>" * 50_000 + b"x" + b"</A>" * 50_000 + b"</BWFXML>"
    (tmp_path / "x.wav").write_bytes(riff(pcm(), (b"iXML", text), (b"data", bytes(200))))
    assert length_or_none(tmp_path / "x.wav") == 100


def test_an_xml_bomb_in_another_encoding(tmp_path: Path) -> None:
    entities = "".join(f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(9))
    text = f'<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE b [<!ENTITY a "aaaaaaaaaa">{entities}]>'
    data = (text + "<BWFXML><SCENE>&j;</SCENE></BWFXML>").encode("utf-16")
    (tmp_path / "x.wav").write_bytes(riff(pcm(), (b"iXML", data), (b"data", bytes(200))))
    assert probe(tmp_path / "x.wav").ixml == {}


def test_boxes_nested_deeper_than_the_stack(tmp_path: Path) -> None:
    for name in (b"trak", b"udta", b"meta"):
        data = b"".join(struct.pack(">I4s", 8 * n, name) for n in range(20_000, 0, -1))
        (tmp_path / "x.m4a").write_bytes(box(b"ftyp", b"M4A \0\0\0\0") + box(b"moov", data))
        assert length_or_none(tmp_path / "x.m4a") is None


@pytest.mark.parametrize("table", [b"stts", b"stsc", b"stsz", b"stco", b"elst", b"mdhd", b"mvhd"])
def test_an_index_that_lies(tmp_path: Path, table: bytes) -> None:
    """Every number of one table as large as it can be, or random: hardly more sound than the file's bytes can hold."""
    path = tmp_path / "x.m4a"
    write(path, NOISE, Format("aac"))
    data, dice = path.read_bytes(), random.Random(table)
    at = data.index(table) + 4
    (size,) = struct.unpack(">I", data[at - 8 : at - 4])
    for begin in range(4, size - 8, 4):
        for value in (b"\xff\xff\xff\xff", b"\x7f\xff\xff\xff", b"\0\0\0\0", dice.randbytes(4)):
            if begin > 40:
                break
            path.write_bytes(data[: at + begin] + value + data[at + begin + 4 :])
            frames = length_or_none(path)
            assert frames is None or frames < 100 * NOISE.frames


def test_an_ogg_that_claims_years(tmp_path: Path) -> None:
    for format in (Format("opus"), Format("vorbis")):
        path = tmp_path / f"x{format.suffix}"
        write(path, NOISE, format)
        data = bytearray(path.read_bytes())
        at = data.rindex(b"OggS")
        data[at + 6 : at + 14] = struct.pack("<Q", 1 << 60)
        path.write_bytes(data)
        frames = length_or_none(path)
        assert frames is None or frames < 2 * NOISE.frames


def test_an_mp3_that_claims_years(tmp_path: Path) -> None:
    path = tmp_path / "x.mp3"
    write(path, NOISE, Format("mp3"))
    data = bytearray(path.read_bytes())
    at = data.index(b"Info") if b"Info" in data else data.index(b"Xing")
    data[at + 8 : at + 12] = b"\x7f\xff\xff\xff"
    path.write_bytes(data)
    frames = length_or_none(path)
    assert frames is not None
    assert abs(frames - NOISE.frames) <= 1152


@pytest.mark.parametrize("junk", [b"\xff", b"\xff\xe0", b"\0", None])
def test_megabytes_of_junk_between_mpeg_frames(tmp_path: Path, junk: bytes | None) -> None:
    path = tmp_path / "x.mp3"
    write(path, NOISE, Format("mp3", bitrate_kbps=128))
    data = path.read_bytes()[500:]  # without its Info frame
    between = random.Random(3).randbytes(2_000_000) if junk is None else junk * (2_000_000 // len(junk))
    path.write_bytes(data + between + data)
    assert length_or_none(path) is not None


def test_what_looks_like_mpeg_inside_another_container(tmp_path: Path) -> None:
    path = tmp_path / "x.mka"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("pcm_s16le", rate=48000, layout="stereo")
        noise = np.random.default_rng(2).integers(-(2**15), 2**15, (1, 100_000), np.int16)
        frame = av.AudioFrame.from_ndarray(noise, format="s16", layout="stereo")
        frame.sample_rate = 48000
        container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    data = path.read_bytes()
    adts = bytes.fromhex("fff15080010000") * 3  # three little AAC frames, where the search for one looks
    path.write_bytes(data[:30_000] + adts + data[30_000 + len(adts) :])
    info = probe(path)
    assert (info.container, info.frames) == ("matroska", 50_000)
