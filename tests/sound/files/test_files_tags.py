"""Tags as others read them: mutagen, and ffprobe where there is one."""

from __future__ import annotations

import base64
import json
import shutil
import struct
import subprocess
import zlib
from pathlib import Path

import msgspec
import mutagen
import numpy as np
import pytest
from mutagen.flac import FLAC, Picture
from mutagen.id3 import ID3
from mutagen.mp4 import MP4
from mutagen.oggopus import OggOpus

from controlroom.base.errors import UsageError
from controlroom.sound.files import Credit, Format, Metadata, probe, write
from controlroom.sound.signal import Audio

NOISE = Audio(np.random.default_rng(0).normal(0, 0.1, (2, 10_000)), 48000)
TAGGED = [
    Format("mp3"),
    Format("mp3", vbr_quality=0),
    Format("aac"),
    Format("alac", 24),
    Format("flac"),
    Format("opus"),
]


def png(width: int = 2, height: int = 2) -> bytes:
    def part(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    lines = zlib.compress(b"".join(b"\0" + bytes(3 * width) for _ in range(height)))
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + part(b"IHDR", head) + part(b"IDAT", lines) + part(b"IEND", b"")


SAID = Metadata(
    title="夜に駆ける",
    artist="Zoë & Amr",
    artists=("Zoë", "عمرو"),
    album="Ünder / Øver",
    isrc="DEABC2600001",
    upc="4006381333931",
    label="House",
    language="ja",
    explicit=True,
    lyrics="一行目\n二行目 🎵\n\nمرحبا",
    cover=png(),
    integrated_lufs=-14.0,
    true_peak_dbtp=-1.0,
    album_lufs=-13.0,
    album_true_peak_dbtp=-0.5,
    credits=(
        Credit("Ana", "songwriter"),
        Credit("Ben", "Producer"),
        Credit("Cem", "mixing engineer"),
        Credit("Dao", "bass guitar"),
        Credit("Dao", "backing vocals"),
    ),
)


def written(folder: Path, format: Format, metadata: Metadata) -> Path:
    path = folder / f"x{format.suffix}"
    write(path, NOISE, format, metadata=metadata)
    assert probe(path).frames == NOISE.frames
    return path


def test_id3_as_mutagen_reads_it(tmp_path: Path) -> None:
    tags = ID3(written(tmp_path, Format("mp3", vbr_quality=0), SAID))
    assert tags.version == (2, 4, 0)
    assert tags["TPE1"].text == ["Zoë", "عمرو"]
    assert tags["TCOM"].text == ["Ana"]
    assert tags["TIPL"].people == [["producer", "Ben"], ["mix", "Cem"]]
    assert tags["TMCL"].people == [["bass guitar", "Dao"], ["backing vocals", "Dao"]]
    assert (tags["TSRC"].text, tags["TXXX:BARCODE"].text, tags["TPUB"].text) == (
        [SAID.isrc],
        [SAID.upc],
        [SAID.label],
    )
    assert tags.getall("USLT")[0].text == SAID.lyrics
    assert (tags["TLAN"].text, tags.getall("USLT")[0].lang) == (["jpn"], "jpn")
    assert tags["TXXX:ITUNESADVISORY"].text == ["1"]
    cover = tags.getall("APIC")[0]
    assert (cover.mime, cover.type, cover.data) == ("image/png", 3, SAID.cover)
    assert tags["TXXX:REPLAYGAIN_TRACK_GAIN"].text == ["-4.00 dB"]
    assert float(tags["TXXX:REPLAYGAIN_TRACK_PEAK"].text[0]) == pytest.approx(10 ** (-1 / 20), abs=1e-6)
    assert tags["TXXX:REPLAYGAIN_ALBUM_GAIN"].text == ["-5.00 dB"]


@pytest.mark.parametrize("format", [Format("aac"), Format("alac", 24)])
def test_mp4_atoms_as_mutagen_reads_them(tmp_path: Path, format: Format) -> None:
    tags = MP4(written(tmp_path, format, SAID)).tags

    def free(name: str) -> list[str]:
        return [value.decode() for value in tags[f"----:com.apple.iTunes:{name}"]]

    assert (tags["\xa9nam"], tags["\xa9ART"], tags["\xa9wrt"]) == ([SAID.title], ["Zoë", "عمرو"], ["Ana"])
    assert (free("ISRC"), free("BARCODE"), free("LABEL"), free("LANGUAGE")) == (
        [SAID.isrc],
        [SAID.upc],
        [SAID.label],
        ["jpn"],
    )
    assert free("PRODUCER") == ["Ben"]
    assert free("PERFORMER") == ["Dao (bass guitar)", "Dao (backing vocals)"]
    assert (tags["\xa9lyr"], tags["rtng"], bytes(tags["covr"][0])) == ([SAID.lyrics], [1], SAID.cover)
    assert free("replaygain_track_gain") == ["-4.00 dB"]


def test_vorbis_comments_and_the_picture_of_a_flac(tmp_path: Path) -> None:
    file = FLAC(written(tmp_path, Format("flac"), SAID))
    assert (file["artist"], file["composer"], file["producer"], file["mixer"]) == (
        ["Zoë", "عمرو"],
        ["Ana"],
        ["Ben"],
        ["Cem"],
    )
    assert file["performer"] == ["Dao (bass guitar)", "Dao (backing vocals)"]
    assert (file["barcode"], file["lyrics"], file["replaygain_track_gain"]) == (
        [SAID.upc],
        [SAID.lyrics],
        ["-4.00 dB"],
    )
    assert (file.pictures[0].type, file.pictures[0].data) == (3, SAID.cover)


def test_opus_says_its_gain_as_r128(tmp_path: Path) -> None:
    file = OggOpus(written(tmp_path, Format("opus"), SAID))
    assert (file["r128_track_gain"], file["r128_album_gain"]) == ([str(-9 * 256)], [str(-10 * 256)])
    assert not any(name.startswith("replaygain") for name in file.keys())  # noqa: SIM118  (it yields pairs otherwise)
    assert Picture(base64.b64decode(file["metadata_block_picture"][0])).data == SAID.cover


TEXTS = [
    "日本語のとても長い題名" * 50,
    "عنوان أغنية",
    "हिन्दी शीर्षक",
    "👩‍👩‍👧‍👦 family 🏳️‍🌈",
    "e\u0301 cafe\u0301 \u1100\u1161",
    "x" * 20_000,
    '"quotes"; = [brackets] <&> / \\',
    "\u202eright to left",
]


@pytest.mark.parametrize("format", TAGGED, ids=lambda f: f.kind + "v" * (f.vbr_quality is not None))
def test_every_script_and_length_comes_back_as_it_was(tmp_path: Path, format: Format) -> None:
    for text in TEXTS:
        path = written(tmp_path, format, Metadata(title=text, artist=text, lyrics=f"{text}\n{text}"))
        tags = mutagen.File(path, easy=True)
        assert (tags["title"], tags["artist"]) == ([text], [text])
        assert probe(path).tags["lyrics"] == f"{text}\n{text}"


@pytest.mark.parametrize("format", [*TAGGED, Format("wav")], ids=lambda f: f.kind + "v" * (f.vbr_quality is not None))
def test_what_no_tag_can_hold_is_left_out(tmp_path: Path, format: Format) -> None:
    said = Metadata(title="a\0b\nc\x07\ud800d", comment="one\r\ntwo", isrc="DEABC2600001")
    found = probe(written(tmp_path, format, said)).tags
    assert found["title"] == "ab c?d"
    assert found["comment"] == "one\ntwo"


@pytest.mark.parametrize("format", TAGGED, ids=lambda f: f.kind + "v" * (f.vbr_quality is not None))
def test_equal_tags_give_equal_bytes(tmp_path: Path, format: Format) -> None:
    first = written(tmp_path, format, SAID).read_bytes()
    assert written(tmp_path, format, SAID).read_bytes() == first


def test_a_song_that_is_clean_is_said_to_be(tmp_path: Path) -> None:
    clean = msgspec.structs.replace(SAID, explicit=False)
    assert MP4(written(tmp_path, Format("aac"), clean)).tags["rtng"] == [2]
    assert "rtng" not in MP4(written(tmp_path, Format("aac"), msgspec.structs.replace(SAID, explicit=None))).tags


@pytest.mark.skipif(shutil.which("ffprobe") is None, reason="there is no ffprobe here")
@pytest.mark.parametrize("format", TAGGED, ids=lambda f: f.kind + "v" * (f.vbr_quality is not None))
def test_ffprobe_reads_the_names_and_sees_the_cover(tmp_path: Path, format: Format) -> None:
    path = written(tmp_path, format, msgspec.structs.replace(SAID, artists=()))
    command = ["ffprobe", "-v", "error", "-of", "json", "-show_format", "-show_streams", str(path)]
    told = json.loads(subprocess.run(command, capture_output=True, check=True).stdout)
    tags = {**told["format"].get("tags", {}), **told["streams"][0].get("tags", {})}
    tags = {name.lower(): text for name, text in tags.items()}
    assert (tags["title"], tags["artist"]) == (SAID.title, SAID.artist)
    assert [stream["codec_name"] for stream in told["streams"]][1:] == ["png"]


@pytest.mark.parametrize("format", [Format("flac", 24), Format("opus", bitrate_kbps=160)])
def test_a_cover_that_no_flac_holds_is_refused_and_leaves_nothing(tmp_path: Path, format: Format) -> None:
    path = tmp_path / f"song{format.suffix}"
    noise = Audio(np.random.default_rng(1).normal(0, 0.05, (2, 4800)), 48000)
    with pytest.raises(UsageError, match="16 MB"):
        write(path, noise, format, metadata=Metadata(title="Song", cover=b"\xff\xd8" + bytes(16_000_000)))
    assert list(tmp_path.iterdir()) == []
