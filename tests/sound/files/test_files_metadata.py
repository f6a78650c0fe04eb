"""What a file says besides its sound, written by us and read by others, and the other way round."""

from __future__ import annotations

import struct
from pathlib import Path

import mutagen
import numpy as np
import pytest
import soundfile
from wavinfo import WavInfoReader

from controlroom.sound.files import Cue, Format, Metadata, probe, write
from controlroom.sound.files.wav_write import header
from controlroom.sound.signal import Audio

NOISE = Audio(np.random.default_rng(0).normal(0, 0.1, (2, 30_000)), 48000)

SAID = Metadata(
    title="Ænima / Øre 🎸",
    artist="The <Testers> & Söhne",
    album='"Quoted"',
    album_artist="Various",
    composer="A. Writer",
    genre="Rock",
    track_number=7,
    date="2026-11-05T12:34:56",
    isrc="USABC2600001",
    copyright="2026 House",
    comment="Mastered for streaming",
    software="Controlroom 0.1",
    time_reference=(1 << 33) + 12345,
    integrated_lufs=-14.02,
    range_lu=6.5,
    true_peak_dbtp=-1.0,
    max_momentary_lufs=-9.87,
    max_short_term_lufs=-11.5,
    ixml={"PROJECT": "Söng & Co", "SCENE": "12A", "TAKE": "3", "TAPE": "R1", "TRACK_1": "Kick In", "TRACK_2": "<Snare>"}
    | {"SPEED/NOTE": "48k"},
    cues=(Cue(0, "Intro"), Cue(12_345, "Chorus 🎵"), Cue(20_000)),
)


@pytest.fixture(params=[16, 24, 32])
def wav(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    write(tmp_path / "x.wav", NOISE, Format("wav", request.param), metadata=SAID)
    return tmp_path / "x.wav"


def test_bext_as_wavinfo_reads_it(wav: Path) -> None:
    bext = WavInfoReader(str(wav)).bext
    assert bext.version == 2
    assert bext.time_reference == (1 << 33) + 12345
    assert (bext.originator, bext.originator_date, bext.originator_time) == (
        "Controlroom 0.1",
        "2026-11-05",
        "12:34:56",
    )
    assert bext.description == "Mastered for streaming"
    assert bext.loudness_value == pytest.approx(-14.02)
    assert bext.loudness_range == pytest.approx(6.5)
    assert bext.max_true_peak == pytest.approx(-1.0)
    assert bext.max_momentary_loudness == pytest.approx(-9.87)
    assert bext.max_shortterm_loudness == pytest.approx(-11.5)
    assert bext.coding_history.startswith("A=PCM,F=48000,W=")


def test_ixml_info_and_cues_as_wavinfo_reads_them(wav: Path) -> None:
    found = WavInfoReader(str(wav))
    assert (found.ixml.project, found.ixml.scene, found.ixml.take, found.ixml.tape) == ("Söng & Co", "12A", "3", "R1")
    assert [(track.channel_index, track.name) for track in found.ixml.track_list] == [
        ("1", "Kick In"),
        ("2", "<Snare>"),
    ]
    assert [frame for _, frame in found.cues.each_cue()] == [0, 12_345, 20_000]
    assert (found.fmt.channel_count, found.fmt.sample_rate, found.data.frame_count) == (2, 48000, 30_000)


def test_everything_is_read_again(wav: Path) -> None:
    info = probe(wav)
    assert info.time_reference == SAID.time_reference
    assert info.ixml.items() >= SAID.ixml.items()
    assert info.cues == SAID.cues
    for name in ("title", "artist", "album", "genre", "date", "isrc", "copyright", "comment", "software"):
        assert info.tags[name] == getattr(SAID, name)


def test_libsndfile_still_reads_the_sound(wav: Path) -> None:
    samples, rate_hz = soundfile.read(wav, always_2d=True)
    assert (samples.shape, rate_hz) == ((30_000, 2), 48000)
    assert np.abs(samples.T - NOISE.samples).max() < 2 / 32768


@pytest.mark.parametrize(
    "format", [Format("flac", 24), Format("alac", 24), Format("mp3"), Format("aac"), Format("opus"), Format("vorbis")]
)
def test_tags_as_mutagen_reads_them(tmp_path: Path, format: Format) -> None:
    path = tmp_path / f"x{format.suffix}"
    write(path, NOISE, format, metadata=SAID)
    easy = mutagen.File(path, easy=True)
    wanted = {"title": SAID.title, "artist": SAID.artist, "album": SAID.album, "genre": SAID.genre}
    for name, text in wanted.items():
        assert easy[name][0] == text
    assert easy["tracknumber"][0].split("/")[0] == "7"
    info = probe(path)
    assert info.frames == NOISE.frames
    for name in ("title", "artist", "album", "album_artist", "composer", "isrc", "copyright", "comment", "software"):
        assert info.tags[name] == getattr(SAID, name)
    assert info.tags["date"].replace(" ", "T") == SAID.date


def test_m4a_says_its_exact_length_to_players(tmp_path: Path) -> None:
    write(tmp_path / "x.m4a", NOISE, Format("aac"), metadata=SAID)
    counts = mutagen.File(tmp_path / "x.m4a")["----:com.apple.iTunes:iTunSMPB"][0].decode().split()
    delay, padding, frames = (int(word, 16) for word in counts[1:4])
    assert (delay, frames) == (1024, 30_000)
    assert (delay + padding + frames) % 1024 == 0
    data = (tmp_path / "x.m4a").read_bytes()
    assert data.index(b"moov") < data.index(b"mdat")  # a player may begin before it has all of it


def test_without_metadata_nothing_is_said(tmp_path: Path) -> None:
    for format in (Format("wav"), Format("flac"), Format("mp3")):
        write(tmp_path / f"x{format.suffix}", NOISE, format)
        info = probe(tmp_path / f"x{format.suffix}")
        assert (info.time_reference, info.ixml, info.cues) == (None, {}, ())
        assert set(info.tags) <= {"software"}


def test_more_than_4_gb_become_rf64() -> None:
    class Long:
        rate_hz, channels, frames = 192_000, 24, 100_000_000

        def read(self, start: int, frames: int) -> np.ndarray:
            raise NotImplementedError

    head = header(Long(), 24, SAID)
    data_bytes = 24 * 3 * 100_000_000
    assert head[:4] == b"RF64"
    assert head[4:8] == b"\xff\xff\xff\xff"
    assert head[8:16] == b"WAVEds64"
    riff_size, data_size, frames = struct.unpack("<QQQ", head[20:44])
    assert (riff_size, data_size, frames) == (len(head) - 8 + data_bytes, data_bytes, 100_000_000)
    assert head[-8:] == b"data\xff\xff\xff\xff"


def test_a_file_over_4_gb_is_read_to_its_end(tmp_path: Path) -> None:
    class Long:
        rate_hz, channels, frames = 192_000, 24, 60_000_001

        def read(self, start: int, frames: int) -> np.ndarray:
            raise NotImplementedError

    head = header(Long(), 24, None)
    path = tmp_path / "long.wav"
    with path.open("wb") as file:  # a sparse file: it takes no room
        file.write(head)
        file.seek(len(head) + 60_000_000 * 72)
        file.write(bytes(range(72)))
        file.write(b"")
    from controlroom.sound.files import AudioFile

    with AudioFile(path) as long:
        assert (long.frames, long.info.container, long.info.truncated) == (60_000_001, "rf64", False)
        last = long.read(60_000_000, 10)
    assert last.shape == (24, 1)
    assert last[1, 0] == np.float32(int.from_bytes(bytes([3, 4, 5]), "little") / 2**23)


def test_loudness_that_is_not_known_is_said_so(tmp_path: Path) -> None:
    write(tmp_path / "x.wav", NOISE, Format("wav", 24), metadata=Metadata(title="x", integrated_lufs=-70.0))
    data = (tmp_path / "x.wav").read_bytes()
    bext = data[data.index(b"bext") + 8 :]
    assert struct.unpack("<5h", bext[412:422]) == (-7000, 32767, 32767, 32767, 32767)


def test_aiff_markers_and_texts(tmp_path: Path) -> None:
    name = b"verse"
    marker = struct.pack(">HHIB", 1, 1, 777, len(name)) + name
    title = b"NAME" + struct.pack(">I", 4) + b"Take"
    mark = b"MARK" + struct.pack(">I", len(marker)) + marker + b"\0" * (len(marker) % 2)
    comm = b"COMM" + struct.pack(">IhIh", 18, 1, 100, 16) + bytes.fromhex("400eac44000000000000")
    sound = b"SSND" + struct.pack(">III", 208, 0, 0) + bytes(200)
    body = b"AIFF" + comm + title + mark + sound
    (tmp_path / "x.aiff").write_bytes(b"FORM" + struct.pack(">I", len(body)) + body)
    info = probe(tmp_path / "x.aiff")
    assert (info.rate_hz, info.frames, info.bits) == (44100, 100, 16)
    assert info.cues == (Cue(777, "verse"),)
    assert info.tags == {"title": "Take"}


def test_a_bomb_in_the_ixml_is_not_opened(tmp_path: Path) -> None:
    lines = ["<!DOCTYPE b [", '<!ENTITY a "aaaaaaaaaa">']
    lines += [f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(9)]
    text = ("\n".join(lines) + "]><BWFXML><SCENE>&j;</SCENE></BWFXML>").encode()
    data = b"fmt " + struct.pack("<IHHIIHH", 16, 1, 1, 48000, 96000, 2, 16)
    data += b"iXML" + struct.pack("<I", len(text)) + text + b"\0" * (len(text) % 2)
    data += b"data" + struct.pack("<I", 200) + bytes(200)
    (tmp_path / "x.wav").write_bytes(b"RIFF" + struct.pack("<I", len(data) + 4) + b"WAVE" + data)
    assert probe(tmp_path / "x.wav").ixml == {}
