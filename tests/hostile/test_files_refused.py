"""Files that are not what they seem: refused in one sentence that says what to do, or opened as far as they go."""

from __future__ import annotations

import os
import random
import struct
import subprocess
import sys
import time
from pathlib import Path

import av
import numpy as np
import pytest
import soundfile

from controlroom.base.errors import Cancelled, InputRefused, SurroundingsFailed
from controlroom.sound.files import AudioFile, Cue, Format, Metadata, probe, write
from controlroom.sound.signal import Audio, Samples, blocks

NOISE = Audio(np.random.default_rng(0).normal(0, 0.1, (2, 50_000)), 48000)
FORMATS = [Format("wav", 24), Format("flac", 16), Format("alac", 16), Format("mp3"), Format("aac"), Format("opus")]
FORMATS += [Format("vorbis")]


def refusal(path: Path) -> str:
    with pytest.raises(InputRefused) as caught:
        AudioFile(path)
    sentence = str(caught.value)
    assert caught.value.path == path
    assert caught.value.next_step
    assert "\n" not in sentence
    return sentence


@pytest.mark.parametrize("name", ["take.wav", "take.mp3", "take.m4a", "take.flac", "take.ogg", "take.aac", "take"])
@pytest.mark.parametrize(
    "data",
    [
        b"Dear producer, here is my song.\n" * 300,
        b"#EXTM3U\n#EXTINF:1,x\nhttp://127.0.0.1:9/x.mp3\n",
        b"ffconcat version 1.0\nfile /etc/hostname\n",
        b"<html><body>404</body></html>",
        b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 40,
        b"%PDF-1.7\n" + bytes(range(256)) * 40,
        b"PK\x03\x04" + bytes(range(256)) * 40,
        random.Random(1).randbytes(100_000),
        b"\xff" * 5000,
        b"\0" * 5000,
        b"R",
        b"RIFF",
        b"ID3",
        b"OggS",
        b"fLaC",
        b"\0\0\0\x18ftyp",
    ],
)
def test_what_is_no_audio_is_refused_whatever_it_is_called(tmp_path: Path, name: str, data: bytes) -> None:
    (tmp_path / name).write_bytes(data)
    refusal(tmp_path / name)


def test_empty_missing_folder_and_locked(tmp_path: Path) -> None:
    (tmp_path / "empty.wav").touch()
    assert "empty" in refusal(tmp_path / "empty.wav")
    assert "not there" in refusal(tmp_path / "missing.wav")
    assert "folder" in refusal(tmp_path)
    with pytest.raises(InputRefused):
        probe(tmp_path / "nul\0l.wav")
    if os.geteuid():
        (tmp_path / "locked.wav").touch(mode=0)
        assert "cannot be read" in refusal(tmp_path / "locked.wav")


def test_a_device_or_pipe_does_not_hang(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.wav")
    began = time.monotonic()
    assert "not an audio file" in refusal(tmp_path / "pipe.wav")
    refusal(Path("/dev/zero"))
    assert time.monotonic() - began < 1.0


def riff(*chunks: tuple[bytes, bytes]) -> bytes:
    body = b"".join(name + struct.pack("<I", len(data)) + data + b"\0" * (len(data) % 2) for name, data in chunks)
    return b"RIFF" + struct.pack("<I", len(body) + 4) + b"WAVE" + body


def pcm(channels: int = 1, rate_hz: int = 48000, bits: int = 16) -> tuple[bytes, bytes]:
    width = channels * bits // 8
    return b"fmt ", struct.pack("<HHIIHH", 1, channels, rate_hz, rate_hz * width, width % 65536, bits)


@pytest.mark.parametrize(
    ("chunks", "says"),
    [
        ((pcm(), (b"data", b"")), "not one sample"),
        ((pcm(), (b"data", b""), (b"LIST", b"INFO")), "not one sample"),
        ((pcm(),), "no sound"),
        (((b"data", bytes(100)),), "no format"),
        ((pcm(channels=0), (b"data", bytes(100))), "0 channels"),
        ((pcm(rate_hz=0), (b"data", bytes(100))), "0 Hz"),
        ((pcm(rate_hz=3), (b"data", bytes(100))), "3 Hz"),
        ((pcm(bits=0), (b"data", bytes(100))), "0 bits"),
        ((pcm(bits=48), (b"data", bytes(100))), "48 bits"),
        ((pcm(channels=65), (b"data", bytes(13000))), "65 channels"),
    ],
)
def test_headers_that_cannot_be(tmp_path: Path, chunks: tuple[tuple[bytes, bytes], ...], says: str) -> None:
    (tmp_path / "x.wav").write_bytes(riff(*chunks))
    assert says in refusal(tmp_path / "x.wav")


def test_a_video_without_sound_says_so(tmp_path: Path) -> None:
    with av.open(str(tmp_path / "x.mp4"), "w") as container:
        picture = container.add_stream("mpeg4", rate=25, width=64, height=64, pix_fmt="yuv420p")
        container.mux(picture.encode(av.VideoFrame(64, 64, "yuv420p")))
        container.mux(picture.encode(None))
    assert "only picture" in refusal(tmp_path / "x.mp4")


@pytest.mark.parametrize("format", FORMATS, ids=lambda f: f.kind)
@pytest.mark.parametrize("share", [0.3, 0.7, 0.99])
def test_a_truncated_file_opens_with_what_is_there(tmp_path: Path, format: Format, share: float) -> None:
    path = tmp_path / f"x{format.suffix}"
    source = Audio(np.random.default_rng(0).normal(0, 0.1, (2, 480_000)), 48000)
    write(path, source, format)
    with AudioFile(path) as file:
        whole = file.read(0, source.frames)
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * share)])
    with AudioFile(path) as file:
        assert file.info.truncated
        assert share - 0.15 < file.frames / source.frames < share + 0.05
        found = file.read(0, file.frames)
        settled = file.frames - 2304  # the last packets of a lossy codec need the ones that are gone
        assert np.array_equal(found[:, :settled], whole[:, :settled])


def test_an_m4a_whose_index_was_never_written(tmp_path: Path) -> None:
    write(tmp_path / "x.m4a", NOISE, Format("aac"))
    data = (tmp_path / "x.m4a").read_bytes()
    (tmp_path / "x.m4a").write_bytes(data[: data.index(b"moov") - 4] + data[data.index(b"mdat") - 4 :])
    assert "index (moov) is missing" in refusal(tmp_path / "x.m4a")


def test_a_damaged_flac_is_silence_where_it_is_damaged(tmp_path: Path) -> None:
    write(tmp_path / "x.flac", NOISE, Format("flac", 16))
    with AudioFile(tmp_path / "x.flac") as file:
        whole = file.read(0, NOISE.frames)
    data = bytearray((tmp_path / "x.flac").read_bytes())
    data[len(data) // 2] ^= 0x55
    (tmp_path / "x.flac").write_bytes(data)
    with AudioFile(tmp_path / "x.flac") as file:
        found = np.concatenate(list(blocks(file, 5000)), axis=1)
        assert 0 < file.lost_frames <= 6 * 1024
    wrong = np.flatnonzero((found != whole).any(axis=0))
    assert len(wrong) <= 6 * 1024
    assert not found[:, wrong].any()


def broken(data: bytes, dice: random.Random) -> bytes:
    """A file as bad disks and half-finished copies make it."""
    copy = bytearray(data)
    match dice.randrange(4):
        case 0:
            del copy[dice.randrange(1, len(copy)) :]
        case 1:
            for _ in range(dice.randrange(1, 20)):
                copy[dice.randrange(min(len(copy), 600))] = dice.randrange(256)
        case 2:
            for _ in range(dice.randrange(1, 200)):
                copy[dice.randrange(len(copy))] = dice.randrange(256)
        case _:
            at = dice.randrange(len(copy))
            copy[at : at + dice.randrange(4000)] = dice.randbytes(dice.randrange(300))
    return bytes(copy)


def read_or_refused(path: Path) -> str:
    """The sentence of a refusal; "" where the file opens and what is read of it is sound."""
    try:
        file = AudioFile(path)
    except InputRefused:
        return refusal(path)
    with file:
        for start in (0, max(file.frames - 50_000, 0)) if file.frames < 10_000_000 else (0,):
            assert np.isfinite(file.read(start, min(file.frames, 50_000))).all()
    return ""


@pytest.mark.parametrize("kind", ["wav", "flac", "alac", "mp3", "aac", "opus", "vorbis", "aiff", "caf", "w64", "adpcm"])
def test_broken_files_are_read_or_refused(tmp_path: Path, kind: str, capfd: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "x"
    short = Audio(NOISE.samples[:, :20_000], 48000)
    other = {
        "aiff": ("AIFF", "PCM_24"),
        "caf": ("CAF", "ALAC_16"),
        "w64": ("W64", "PCM_16"),
        "adpcm": ("WAV", "IMA_ADPCM"),
    }
    if kind in other:
        soundfile.write(path, short.samples.T, 48000, format=other[kind][0], subtype=other[kind][1])
    else:
        said = Metadata(title="x", ixml={"SCENE": "1"}, cues=(Cue(5, "a"),), time_reference=7, isrc="USABC2600001")
        write(path, short, Format(kind, 16), metadata=said)  # type: ignore[arg-type]
    data, dice = path.read_bytes(), random.Random(kind)
    for _ in range(40):
        path.write_bytes(broken(data, dice))
        read_or_refused(path)
    assert capfd.readouterr().err == ""  # no decoder talks past us


def test_a_full_disk_is_one_sentence_and_no_file(tmp_path: Path) -> None:
    """A limit on the size of files stands for the full disk; it holds for a process, hence for one of its own."""
    script = """
import resource, signal, sys, numpy as np
from controlroom.base.errors import SurroundingsFailed
from controlroom.sound.files import Format, Metadata, write
from controlroom.sound.signal import Audio
noise = Audio(np.random.default_rng(0).normal(0, 0.1, (2, 200_000)), 48000)
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
for limit in (1000, 30_000):
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY))
    for kind in sys.argv[1:]:
        format = Format(kind, 16)
        try:
            write("x" + format.suffix, noise, format, metadata=Metadata(title="x"))
        except SurroundingsFailed as error:
            print(error)
"""
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, "-c", script, *(format.kind for format in FORMATS)]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, env=environment)
    assert done.returncode == 0, done.stderr
    sentences = done.stdout.splitlines()
    assert len(sentences) == 2 * len(FORMATS)
    assert all("space" in sentence for sentence in sentences)
    assert not list(tmp_path.iterdir())


def test_cancelling_leaves_nothing(tmp_path: Path) -> None:
    def stop(done: float, total: float, what: str = "") -> None:
        if done > 40_000:
            raise Cancelled

    for format in FORMATS:
        with pytest.raises(Cancelled):
            write(tmp_path / f"x{format.suffix}", NOISE, format, progress=stop)
    assert not list(tmp_path.iterdir())


def test_a_folder_that_may_not_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(SurroundingsFailed):
        write(tmp_path / "file" / "x.wav", NOISE, Format())


def test_ten_hours_take_no_more_memory_than_ten_seconds(tmp_path: Path) -> None:
    class Hours:
        rate_hz, channels, frames = 48000, 2, 10 * 3600 * 48000

        def read(self, start: int, frames: int) -> Samples:
            raise AssertionError("only its header is written")

    from controlroom.sound.files.wav_write import header

    head = header(Hours(), 24, None)
    with (tmp_path / "long.wav").open("wb") as file:  # sparse
        file.write(head)
        file.truncate(len(head) + Hours.frames * 6)
    script = """
import resource, sys
from controlroom.sound.files import AudioFile
from controlroom.sound.signal import BLOCK_FRAMES
with AudioFile(sys.argv[1]) as file:
    file.read(0, BLOCK_FRAMES)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for start in range(0, file.frames, file.frames // 400):
        file.read(start, BLOCK_FRAMES)
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""
    done = subprocess.run([sys.executable, "-c", script, tmp_path / "long.wav"], capture_output=True, text=True)
    assert int(done.stdout) < 20_000  # KB
