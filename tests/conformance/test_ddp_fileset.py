"""DDP 2.00 filesets, read by a reader of their own: byte for byte from the public tables of the format, not by ours.

Offsets: ddp-reverse-eng, spec/ddp2.md (MIT), which agrees with ddpinfo and with filesets of cue2ddp, Sonoris and HOFA.
"""

from __future__ import annotations

import binascii
import hashlib
import zlib
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest

from controlroom.base.errors import UsageError
from controlroom.rooms.delivery.disc import Disc, DiscTrack, write_ddp
from controlroom.sound.signal import Audio

SECTOR = 588


class Mark(NamedTuple):
    track: str
    index: int
    sector: int
    control: str
    isrc: str
    upc: str


class Fileset:
    """Reads a folder as a plant does: DDPMS names every file."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.id = (folder / "DDPID").read_bytes().decode("ascii")
        whole = (folder / "DDPMS").read_bytes().decode("ascii")
        assert len(self.id) == 128
        assert len(whole) % 128 == 0
        self.map = [whole[at : at + 128] for at in range(0, len(whole), 128)]

    def stream(self, kind: str, sub: str) -> str:
        (record,) = [r for r in self.map if r[4:6] == kind and r[30:38].rstrip() == sub]
        assert record[:4] == "VVVM"
        assert int(record[71:74]) == 17
        return record

    def file_of(self, record: str) -> Path:
        return self.folder / record[74:91].rstrip()

    def marks(self) -> list[Mark]:
        record = self.stream("S0", "PQ DESCR")
        text = self.file_of(record).read_bytes().decode("ascii")
        assert len(text) == int(record[14:22])
        assert len(text) % 64 == 0
        return [self._mark(text[at : at + 64]) for at in range(0, len(text), 64)]

    @staticmethod
    def _mark(line: str) -> Mark:
        assert line[:4] == "VVVS"
        assert line[8:10] == "  "
        assert line[18:20] == "  "
        minutes, seconds, frames = int(line[10:12]), int(line[12:14]), int(line[14:16])
        assert seconds < 60
        assert frames < 75
        sector = (minutes * 60 + seconds) * 75 + frames
        return Mark(line[4:6], int(line[6:8]), sector, line[16:18], line[20:32].rstrip(), line[32:45].rstrip())

    def sound(self) -> np.ndarray:
        record = self.stream("D0", "")
        assert record[38:40] == "DA"
        assert record[40] == "7"
        assert record[41] == "0"
        data = self.file_of(record).read_bytes()
        assert len(data) == int(record[14:22]) * 2352
        return np.frombuffer(data, "<i2").reshape(-1, 2).T

    def texts(self) -> dict[int, list[str]]:
        """kind -> the disc's string and each track's."""
        record = self.stream("S0", "CDTEXT")
        data = self.file_of(record).read_bytes()
        assert len(data) == int(record[14:22])
        assert len(data) % 18 == 0
        packs = [data[at : at + 18] for at in range(0, len(data), 18)]
        payloads: dict[int, bytes] = {}
        for number, pack in enumerate(packs):
            assert pack[2] == number
            assert binascii.crc_hqx(pack[:16], 0) ^ 0xFFFF == int.from_bytes(pack[16:], "big")
            payloads[pack[0]] = payloads.get(pack[0], b"") + pack[4:16]
        size = payloads.pop(0x8F)
        counts = [sum(pack[0] == 0x80 + k for pack in packs) for k in range(16)]
        assert len(size) == 36
        assert list(size[4:20]) == counts
        assert size[20] == len(packs) - 1
        assert size[28] == 9
        tracks = size[2]
        strings = {kind: payload.decode("latin-1").split("\0")[: tracks + 1] for kind, payload in payloads.items()}
        self._check_places(packs, strings)
        return strings

    @staticmethod
    def _check_places(packs: list[bytes], strings: dict[int, list[str]]) -> None:
        """Each pack says of which string, and of which place in it, its first byte is."""
        at: dict[int, int] = {}
        for pack in packs:
            if pack[0] == 0x8F:
                continue
            begun, track = at.get(pack[0], 0), 0
            while begun > len(strings[pack[0]][track]):
                begun -= len(strings[pack[0]][track]) + 1
                track += 1
            assert (pack[1], pack[3]) == (track, min(begun, 15))
            at[pack[0]] = at.get(pack[0], 0) + 12

    def check_sums(self) -> int:
        lines = (self.folder / "CHECKSUM.MD5").read_text().splitlines()
        for line in lines:
            digest, name = line.split(" *")
            assert hashlib.md5((self.folder / name).read_bytes()).hexdigest() == digest
        head, *crcs = (self.folder / "CHECKSUM.TXT").read_text().splitlines()
        assert head == "[CRC32 Checksum]"
        assert len(crcs) == len(lines)
        for line in crcs:
            name, crc = line.split("=")
            assert f"{zlib.crc32((self.folder / name).read_bytes()):08X}" == crc
        return len(lines)


def _programme(sectors: int, extra: int = 0, channels: int = 2) -> Audio:
    rng = np.random.default_rng(sectors)
    return Audio(rng.integers(-9000, 9000, (channels, sectors * SECTOR + extra)) / 32768, 44100)


def _disc(starts: list[int], end_at: int, **more: str) -> Disc:
    tracks = tuple(
        DiscTrack(start_at=start, title=f"Über {k}", isrc=f"DEAB1260000{k}", pause_at=start - 75 if k else None)
        for k, start in enumerate(starts)
    )
    return Disc(tracks=tracks, end_at=end_at, title="Zwölf Wörter", performer="Die Band", upc="4006381333931", **more)


def test_the_fileset_reads_back_as_the_disc(tmp_path: Path) -> None:
    sound = _programme(1000, extra=-100)
    disc = _disc([150, 500, 850], 1150)
    names = write_ddp(tmp_path, disc, sound, master_id="HOUSE 0042")
    assert {path.name for path in tmp_path.iterdir()} == set(names)
    fileset = Fileset(tmp_path)
    assert fileset.id[:8] == "DDP 2.00"
    assert fileset.id[8:21] == "4006381333931"
    assert fileset.id[87:89] == "CD"
    assert fileset.id[38:86].rstrip() == "HOUSE 0042"
    assert not (fileset.id[21:38] + fileset.id[86] + fileset.id[89:]).strip()
    assert int(fileset.stream("D0", "")[46:50]) == 150
    assert fileset.check_sums() == 5


def test_the_subcode_counts_from_two_seconds_before_the_music(tmp_path: Path) -> None:
    write_ddp(tmp_path, _disc([150, 500, 850], 1150), _programme(1000))
    upc, no = "4006381333931", ""
    assert Fileset(tmp_path).marks() == [
        Mark("00", 0, 0, "01", no, upc),
        Mark("01", 0, 0, "01", "DEAB12600000", no),
        Mark("01", 1, 150, "01", no, no),
        Mark("02", 0, 425, "01", "DEAB12600001", no),
        Mark("02", 1, 500, "01", no, no),
        Mark("03", 0, 775, "01", "DEAB12600002", no),
        Mark("03", 1, 850, "01", no, no),
        Mark("AA", 1, 1150, "01", no, no),
        Mark("AA", 1, 1150, "01", no, no),
    ]


def test_records_are_those_of_cue2ddp(tmp_path: Path) -> None:
    """As published of cue2ddp 1.1: two tracks, the second with a pause of two seconds."""
    disc = Disc(tracks=(DiscTrack(start_at=150), DiscTrack(start_at=900, pause_at=750)), end_at=1650)
    write_ddp(tmp_path, disc, _programme(1500))
    lines = [
        "0000",
        "000000",
        "0100",
        "000000",
        "0101",
        "000200",
        "0200",
        "001000",
        "0201",
        "001200",
        "AA01",
        "002200",
        "AA01",
        "002200",
    ]
    expected = "".join(f"VVVS{place}  {time}01".ljust(64) for place, time in zip(lines[::2], lines[1::2], strict=True))
    assert (tmp_path / "PQDESCR").read_bytes().decode() == expected
    sound = (tmp_path / "DDPMS").read_bytes().decode()[128:]
    assert sound == "VVVMD0            1650                DA70     150                      17IMAGE.DAT".ljust(128)


@pytest.mark.parametrize(("channels", "extra"), [(2, 0), (2, -1), (2, -587), (1, -300)])
def test_the_image_is_the_pause_the_programme_and_silence_to_the_sector(
    tmp_path: Path, channels: int, extra: int
) -> None:
    sound = _programme(700, extra, channels)
    write_ddp(tmp_path, Disc(tracks=(DiscTrack(start_at=150),), end_at=850), sound)
    image = Fileset(tmp_path).sound()
    begin, end = 150 * SECTOR, 150 * SECTOR + sound.frames
    assert image.shape == (2, 850 * SECTOR)
    assert not image[:, :begin].any()
    assert not image[:, end:].any()
    np.testing.assert_array_equal(image[:, begin:end] / 32768, np.broadcast_to(sound.samples, (2, sound.frames)))


def test_a_floating_point_programme_is_dithered_once(tmp_path: Path) -> None:
    quiet = Audio(np.full((2, 400 * SECTOR), 0.3 / 32768), 44100)
    write_ddp(tmp_path, Disc(tracks=(DiscTrack(start_at=150),), end_at=550), quiet)
    image = Fileset(tmp_path).sound()[:, 150 * SECTOR :]
    assert image.mean() == pytest.approx(0.3, abs=0.01)  # rounding alone would lose it
    assert 0.3 < image.std() < 0.9


def test_titles_come_back_from_the_cd_text(tmp_path: Path) -> None:
    disc = _disc([150, 500, 850], 1150)
    write_ddp(tmp_path, disc, _programme(1000))
    texts = Fileset(tmp_path).texts()
    assert texts[0x80] == ["Zwölf Wörter", "Über 0", "Über 1", "Über 2"]
    assert texts[0x81] == ["Die Band"] * 4
    assert set(texts) == {0x80, 0x81}


def test_long_titles_cross_packs_and_foreign_letters_come_near(tmp_path: Path) -> None:
    titles = ("A title that is longer than any pack of twelve bytes holds", "“Łódź” – žluťoučký…", "音楽")
    tracks = tuple(DiscTrack(start_at=150 + 300 * k, title=title) for k, title in enumerate(titles))
    write_ddp(tmp_path, Disc(tracks=tracks, end_at=1050, title="X"), _programme(900))
    assert Fileset(tmp_path).texts()[0x80] == ["X", titles[0], '"Lódz" - zlutoucký...', "??"]


def test_equal_discs_give_equal_bytes(tmp_path: Path) -> None:
    for name in ("a", "b"):
        write_ddp(tmp_path / name, _disc([150, 500, 850], 1150), _programme(1000))
    for path in (tmp_path / "a").iterdir():
        assert path.read_bytes() == (tmp_path / "b" / path.name).read_bytes()


def test_99_tracks_and_the_longest_names_fit(tmp_path: Path) -> None:
    tracks = tuple(DiscTrack(start_at=150 + 300 * k, title="T" * 10) for k in range(99))
    write_ddp(tmp_path, Disc(tracks=tracks, end_at=150 + 300 * 99, title="T"), _programme(300 * 99))
    marks = Fileset(tmp_path).marks()
    assert marks[-3].track == "99"
    assert marks[-1].sector == 29850
    assert len(Fileset(tmp_path).texts()[0x80]) == 100


@pytest.mark.parametrize(
    "disc",
    [
        Disc(tracks=(DiscTrack(start_at=150), DiscTrack(start_at=449)), end_at=1150),  # 299 sectors
        Disc(tracks=(DiscTrack(start_at=150, isrc="NOT AN ISRC"),), end_at=1150),
        Disc(tracks=(DiscTrack(start_at=150),), end_at=1150, upc="4006381333932"),
        Disc(tracks=(DiscTrack(start_at=150),), end_at=1151),  # not as long as the programme
    ],
)
def test_what_no_plant_would_press_is_refused_before_a_file_is_written(tmp_path: Path, disc: Disc) -> None:
    with pytest.raises(UsageError):
        write_ddp(tmp_path, disc, _programme(1000))
    assert not list(tmp_path.iterdir())
