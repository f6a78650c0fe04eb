"""Files that others wrote: other encoders, other containers, other habits. Length and place are exact all the same."""

from __future__ import annotations

import struct
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
import soundfile
from mutagen.id3 import COMM, ID3, TIT2
from mutagen.mp4 import MP4, MP4FreeForm

from controlroom.sound.files import AudioFile, probe
from controlroom.sound.signal import Audio, in_memory

RATE_HZ = 44100
FRAMES = 100_003


def bursts(channels: int = 2, frames: int = FRAMES) -> np.ndarray:
    noise = np.random.default_rng(1).normal(0, 1, (channels, frames + 8))
    smooth = sum(noise[:, k : k + frames] for k in range(8)) / 8
    return (smooth * (np.arange(frames) % 9973 < 3000) * 0.25).astype(np.float32)


def offset(source: np.ndarray, found: np.ndarray) -> int:
    size = 2 * source.shape[1]
    spectra = np.fft.rfft(source[0], size), np.fft.rfft(found[0], size)
    place = int(np.argmax(np.fft.irfft(spectra[0].conj() * spectra[1])))
    return place if place < size // 2 else place - size


def encode(path: Path, codec: str, sample_format: str, **options: str) -> np.ndarray:
    """`bursts` by FFmpeg as other programs call it; gives what was encoded."""
    source = bursts()
    samples = source if sample_format.startswith("flt") else (source * 32767).astype(np.int16)
    with av.open(str(path), "w", options=options) as container:
        stream = container.add_stream(codec, rate=RATE_HZ, layout="stereo")
        for start in range(0, FRAMES, 4096):
            block = samples[:, start : start + 4096]
            block = np.ascontiguousarray(block if sample_format.endswith("p") else block.T.reshape(1, -1))
            frame = av.AudioFrame.from_ndarray(block, format=sample_format, layout="stereo")
            frame.sample_rate, frame.pts, frame.time_base = RATE_HZ, start, Fraction(1, RATE_HZ)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return source


def heard(path: Path) -> np.ndarray:
    with AudioFile(path) as file:
        assert file.rate_hz == RATE_HZ
        return in_memory(file).samples


@pytest.mark.parametrize(
    ("name", "codec", "sample_format", "options"),
    [
        ("x.m4a", "aac", "fltp", {}),  # the edit list is rounded to milliseconds
        ("x.m4a", "aac", "fltp", {"movie_timescale": "44100"}),
        ("x.mov", "aac", "fltp", {}),
        ("x.mp3", "libmp3lame", "fltp", {}),
        ("x.mp3", "libmp3lame", "fltp", {"id3v2_version": "3", "write_id3v1": "1"}),
        ("x.mov", "pcm_s16be", "s16", {}),
        ("x.mov", "alac", "s16p", {}),
    ],
)
def test_other_encoders_line_up(tmp_path: Path, name: str, codec: str, sample_format: str, options: dict) -> None:
    source = encode(tmp_path / name, codec, sample_format, **options)
    found = heard(tmp_path / name)
    assert found.shape[1] == FRAMES
    assert offset(source, found) == 0


def test_fragments_say_nothing_of_delay_and_padding(tmp_path: Path) -> None:
    source = encode(tmp_path / "x.mp4", "aac", "fltp", movflags="frag_keyframe+empty_moov")
    found = heard(tmp_path / "x.mp4")
    assert found.shape[1] % 1024 == 0
    assert offset(source, found) == 1024


def test_mp3_without_header_keeps_all_that_is_decoded(tmp_path: Path) -> None:
    source = encode(tmp_path / "x.mp3", "libmp3lame", "fltp", write_xing="0")
    found = heard(tmp_path / "x.mp3")
    assert found.shape[1] % 1152 == 0
    assert offset(source, found) == 576 + 529


def test_itunes_comment_trims_an_mp3_with_the_decoders_own_delay(tmp_path: Path) -> None:
    path = tmp_path / "x.mp3"
    source = encode(path, "libmp3lame", "fltp", write_xing="0")
    padding = probe(path).frames - 576 - FRAMES
    tags = ID3()
    tags.add(COMM(encoding=0, lang="eng", desc="iTunSMPB", text=[f" 00000000 00000240 {padding:08X} {FRAMES:016X}"]))
    tags.add(TIT2(encoding=3, text=["Take"]))
    tags.save(path)
    found = heard(path)
    assert found.shape[1] == FRAMES
    assert offset(source, found) == 0
    assert probe(path).tags == {"title": "Take"}


def test_itunes_comment_trims_an_m4a_without_edit_list(tmp_path: Path) -> None:
    path = tmp_path / "x.m4a"
    source = encode(path, "aac", "fltp", use_editlist="0")
    packets = -(-(FRAMES + 1024) // 1024)
    tagged = MP4(path)
    counts = f" 00000000 00000400 {packets * 1024 - 1024 - FRAMES:08X} {FRAMES:016X} 00000000"
    tagged["----:com.apple.iTunes:iTunSMPB"] = [MP4FreeForm(counts.encode())]
    tagged.save()
    found = heard(path)
    assert found.shape[1] == FRAMES
    assert offset(source, found) == 0


def test_an_itunes_comment_of_another_encoding_is_not_believed(tmp_path: Path) -> None:
    path = tmp_path / "x.m4a"
    source = encode(path, "aac", "fltp")
    tagged = MP4(path)
    tagged["----:com.apple.iTunes:iTunSMPB"] = [MP4FreeForm(b" 00000000 00000840 000001CA 00000000003F31F6")]
    tagged.save()
    found = heard(path)
    assert found.shape[1] == FRAMES
    assert offset(source, found) == 0


def test_raw_aac_keeps_all_that_is_decoded(tmp_path: Path) -> None:
    source = encode(tmp_path / "x.aac", "aac", "fltp")
    found = heard(tmp_path / "x.aac")
    assert found.shape[1] % 1024 == 0
    assert offset(source, found) == 1024
    assert probe(tmp_path / "x.aac").codec == "aac"


def test_the_first_sound_of_a_video_is_taken(tmp_path: Path) -> None:
    source = bursts()
    for name in ("clip.mp4", "clip.mkv", "clip.mov"):
        with av.open(str(tmp_path / name), "w") as container:
            picture = container.add_stream("mpeg4", rate=25, width=64, height=64, pix_fmt="yuv420p")
            first = container.add_stream("aac", rate=RATE_HZ, layout="stereo")
            second = container.add_stream("aac", rate=RATE_HZ, layout="stereo")
            for _ in range(10):
                container.mux(picture.encode(av.VideoFrame(64, 64, "yuv420p")))
            for stream, samples in ((first, source), (second, np.zeros_like(source))):
                frame = av.AudioFrame.from_ndarray(samples, format="fltp", layout="stereo")
                frame.sample_rate, frame.pts, frame.time_base = RATE_HZ, 0, Fraction(1, RATE_HZ)
                container.mux(stream.encode(frame))
                container.mux(stream.encode(None))
            container.mux(picture.encode(None))
        found = heard(tmp_path / name)
        assert offset(source, found) == 0
        assert found.shape[1] >= FRAMES


@pytest.mark.parametrize(
    ("container", "subtype", "codec"),
    [
        ("AIFF", "PCM_16", "pcm_s16"),
        ("AIFF", "PCM_24", "pcm_s24"),
        ("AIFF", "PCM_S8", "pcm_s8"),
        ("AIFF", "FLOAT", "pcm_f32"),
        ("AIFF", "DOUBLE", "pcm_f64"),
        ("CAF", "ALAC_24", "alac"),
        ("CAF", "PCM_24", "pcm_s24"),
        ("W64", "PCM_24", "pcm_s24"),
        ("RF64", "PCM_24", "pcm_s24"),
        ("AU", "FLOAT", "pcm_f32"),
        ("WAV", "PCM_U8", "pcm_u8"),
        ("WAV", "PCM_32", "pcm_s32"),
        ("WAV", "DOUBLE", "pcm_f64"),
        ("WAVEX", "PCM_24", "pcm_s24"),
        ("FLAC", "PCM_24", "flac"),
    ],
)
def test_what_libsndfile_writes_is_read_bit_by_bit(tmp_path: Path, container: str, subtype: str, codec: str) -> None:
    path = tmp_path / "x.bin"
    source = bursts(3, 5001)
    soundfile.write(path, source.T, RATE_HZ, format=container, subtype=subtype)
    expected, _ = soundfile.read(path, dtype="float32", always_2d=True)
    assert probe(path).codec == codec
    assert not probe(path).lossy
    assert np.array_equal(heard(path), expected.T)
    assert np.abs(expected.T - source).max() < (0.01 if subtype.endswith("8") else 1e-4)


def test_telephone_words_in_wav(tmp_path: Path) -> None:
    source = bursts(1, 20_000)
    for subtype in ("ULAW", "ALAW", "IMA_ADPCM"):
        soundfile.write(tmp_path / "x.wav", source.T, RATE_HZ, subtype=subtype)
        info = probe(tmp_path / "x.wav")
        assert info.lossy
        assert info.bits is None
        assert offset(source, heard(tmp_path / "x.wav")) == 0


def wav(*chunks: bytes, riff: bytes = b"RIFF") -> bytes:
    body = b"".join(chunks)
    return riff + struct.pack("<I", 4 + len(body)) + b"WAVE" + body


def fmt(
    tag: int, channels: int, bits: int, rate_hz: int = RATE_HZ, width: int | None = None, more: bytes = b""
) -> bytes:
    width = width or bits // 8
    data = struct.pack("<HHIIHH", tag, channels, rate_hz, rate_hz * channels * width, channels * width, bits) + more
    return b"fmt " + struct.pack("<I", len(data)) + data


SIXTEEN = (np.arange(200) * 300 - 30000).astype("<i2")


def test_24_bits_in_a_32_bit_container(tmp_path: Path) -> None:
    guid = bytes.fromhex("0100000000001000800000aa00389b71")
    head = fmt(0xFFFE, 2, 32, more=struct.pack("<HHI", 22, 24, 3) + guid)
    samples = np.arange(-100, 100, dtype="<i4") << 20
    (tmp_path / "x.wav").write_bytes(wav(head, b"data" + struct.pack("<I", 800) + samples.tobytes()))
    with AudioFile(tmp_path / "x.wav") as file:
        assert (file.info.bits, file.info.codec, file.frames) == (24, "pcm_s32", 100)
        assert np.array_equal(file.read(0, 100).T.ravel(), samples / np.float32(2**31))


@pytest.mark.parametrize("padded", [True, False])
def test_an_odd_chunk_before_the_sound(tmp_path: Path, padded: bool) -> None:
    odd = b"junk" + struct.pack("<I", 3) + b"abc" + b"\0" * padded
    data = b"data" + struct.pack("<I", 400) + SIXTEEN.tobytes()
    (tmp_path / "x.wav").write_bytes(wav(fmt(1, 1, 16), odd, data))
    with AudioFile(tmp_path / "x.wav") as file:
        assert np.array_equal(file.read(0, 200)[0], SIXTEEN / np.float32(32768))


@pytest.mark.parametrize("size", [0, 0xFFFFFFFF, 0x7FFFFFFF, 0x80000000])
def test_a_stream_that_did_not_know_its_length(tmp_path: Path, size: int) -> None:
    data = b"data" + struct.pack("<I", size) + SIXTEEN.tobytes()
    (tmp_path / "x.wav").write_bytes(wav(fmt(1, 1, 16), data))
    info = probe(tmp_path / "x.wav")
    assert info.frames == 200
    assert not info.truncated


@pytest.mark.parametrize("riff", [b"RF64", b"BW64"])
def test_64_bit_sizes(tmp_path: Path, riff: bytes) -> None:
    sizes = b"ds64" + struct.pack("<IQQQI", 28, 1000, 400, 200, 0)
    data = b"data" + struct.pack("<I", 0xFFFFFFFF) + SIXTEEN.tobytes() + b"LIST" + struct.pack("<I", 4) + b"INFO"
    (tmp_path / "x.wav").write_bytes(wav(sizes, fmt(1, 1, 16), data, riff=riff))
    info = probe(tmp_path / "x.wav")
    assert (info.frames, info.container, info.truncated) == (200, riff.decode().lower(), False)


def test_not_a_number_is_silence_and_counted_once(tmp_path: Path) -> None:
    samples = np.linspace(-0.5, 0.5, 100_000, dtype=np.float32)
    samples[[5, 50_000, 99_999]] = [np.nan, np.inf, -np.inf]
    soundfile.write(tmp_path / "x.wav", samples, RATE_HZ, subtype="FLOAT")
    with AudioFile(tmp_path / "x.wav") as file:
        for _ in range(2):
            found = np.concatenate([file.read(at, 30_000) for at in range(0, 100_000, 30_000)], axis=1)
        assert file.nonfinite_samples == 3
    assert np.array_equal(found[0], np.nan_to_num(samples, nan=0.0, posinf=0.0, neginf=0.0))


@pytest.mark.parametrize("name", ["🎸 take 2.wav", 'it\'s "loud".flac', "two\nlines.mp3", "Song: Take 1.m4a", "-x.ogg"])
def test_any_name_works(tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from controlroom.sound.files import Format, write

    monkeypatch.chdir(tmp_path)
    kind = {"wav": "wav", "flac": "flac", "mp3": "mp3", "m4a": "aac", "ogg": "vorbis"}[name.rpartition(".")[2]]
    write(name, Audio(bursts(), RATE_HZ), Format(kind))  # type: ignore[arg-type]
    assert heard(Path(name)).shape == (2, FRAMES)
    assert probe(tmp_path / name).path == tmp_path / name


@pytest.mark.recordings
def test_real_recordings_of_one_song_are_of_one_length(recordings: Path) -> None:
    for song, seconds in (("hydrogen", 316.363646), ("potassium", 249.782521), ("caesium", 236.307688)):
        stems = [probe(path) for path in (recordings / "songs" / song).glob("*.m4a") if path.stem != "Master"]
        assert max(abs(info.duration_s - seconds) for info in stems) < 1 / 24000
        assert len({info.frames for info in stems if info.rate_hz == 48000}) == 1
    band = {probe(path).frames for path in (recordings / "band").glob("*.mp3")}
    assert band == {3_669_120, 3_538_944}


@pytest.mark.recordings
def test_itunes_own_mp3_ends_where_its_sound_ends(recordings: Path) -> None:
    # The horns are cut off at the end of the recording: after the last frame only the codec's ringing may follow.
    with AudioFile(recordings / "band" / "horns.mp3") as file:
        before = file.read(file.frames - 96, 96)
        assert 20 * np.log10(np.std(before)) > -45
        file._decoder.read(file.frames, 200)
        after = file._decoder.read(file.frames + 200, 200)
    assert 20 * np.log10(np.std(after)) < 20 * np.log10(np.std(before)) - 20


def ogg_checksum(page: bytes) -> int:
    checksum = 0
    for byte in page:
        checksum ^= byte << 24
        for _ in range(8):
            checksum = (checksum << 1 ^ (0x04C11DB7 if checksum & 0x80000000 else 0)) & 0xFFFFFFFF
    return checksum


def test_vorbis_is_read_where_ffmpeg_takes_its_header_for_broken(tmp_path: Path) -> None:
    """A byte after the setup header, which FFmpeg reads from its end."""
    path = tmp_path / "a.ogg"
    soundfile.write(path, bursts().T, RATE_HZ, format="OGG", subtype="VORBIS")
    whole, _ = soundfile.read(path, dtype="float32")
    data = path.read_bytes()
    at = data.index(b"OggS", 4)
    header = at + 27 + data[at + 26]
    end = header + sum(data[at + 27 : header])
    page = bytearray(data[at:end] + b"\xff")
    page[header - at - 1] += 1
    page[22:26] = bytes(4)
    page[22:26] = struct.pack("<I", ogg_checksum(page))
    path.write_bytes(data[:at] + page + data[end:])
    with pytest.raises(av.error.FFmpegError):
        av.open(str(path))
    with AudioFile(path) as file:
        assert (file.info.codec, file.frames) == ("vorbis", FRAMES)
        for start in (70_001, 3, 50_000):  # backwards as well
            np.testing.assert_array_equal(file.read(start, 3000), whole.T[:, start : start + 3000])
        assert file.lost_frames == 0
