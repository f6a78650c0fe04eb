"""What is written is read again: every format, shape and length, with no frame more or less and none out of place."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import mutagen
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mutagen.mp3 import BitrateMode

from controlroom.base.errors import UsageError
from controlroom.sound.files import AudioFile, Format, probe, write
from controlroom.sound.signal import Audio, in_memory

LOSSLESS = [Format("wav", 16), Format("wav", 24), Format("wav", 32), Format("flac", 16), Format("flac", 24)]
LOSSLESS += [Format("alac", 16), Format("alac", 24)]
LOSSY = [Format("mp3"), Format("mp3", bitrate_kbps=128), Format("mp3", vbr_quality=0)]
LOSSY += [Format("aac"), Format("opus"), Format("vorbis")]


def bursts(channels: int, frames: int, rate_hz: int, seed: int = 1) -> Audio:
    """Bursts of low-passed noise and clicks at odd places: every codec keeps it, and it lines up in one place only."""
    noise = np.random.default_rng(seed).normal(0, 1, (channels, frames + 8))
    smooth = sum(noise[:, k : k + frames] for k in range(8)) / 8
    smooth *= (np.arange(frames) % 9973 < 3000) * 0.25
    smooth[:, 4999::12007] += 0.4
    return Audio(smooth, rate_hz)


def offset(source: Audio, found: Audio) -> int:
    """By how many frames `found` is late, from the peak of the cross-correlation."""
    size = 2 * source.frames
    spectra = np.fft.rfft(source.samples, size), np.fft.rfft(found.samples, size)
    correlation = np.fft.irfft((spectra[0].conj() * spectra[1]).sum(axis=0))
    place = int(np.argmax(correlation))
    return place if place < source.frames else place - size


def level_db(signal: Audio) -> float:
    return float(20 * np.log10(np.sqrt(np.mean(signal.samples.astype(np.float64) ** 2))))


def round_trip(path: Path, source: Audio, format: Format) -> Audio:
    write(path, source, format)
    with AudioFile(path) as file:
        assert (file.rate_hz, file.channels, file.frames) == (source.rate_hz, source.channels, source.frames)
        assert not file.info.truncated
        assert file.lost_frames == 0
        return in_memory(file)


@pytest.mark.parametrize("format", LOSSLESS, ids=lambda f: f"{f.kind}{f.bits}")
@pytest.mark.parametrize("channels", [1, 2, 3, 6, 8])
def test_lossless_keeps_every_bit(tmp_path: Path, format: Format, channels: int) -> None:
    bits = min(format.bits, 24)
    steps = 2 ** (bits - 1)
    values = np.random.default_rng(0).integers(-steps, steps, (channels, 10_007))
    source = Audio(values / steps, 48000)
    found = round_trip(tmp_path / f"x{format.suffix}", source, format)
    assert np.array_equal(found.samples, source.samples)


@pytest.mark.parametrize("format", LOSSLESS, ids=lambda f: f"{f.kind}{f.bits}")
@pytest.mark.parametrize("rate_hz", [8000, 44100, 192000])
@pytest.mark.parametrize("frames", [1, 4095, 4097, 40_000])
def test_lossless_has_the_exact_length(tmp_path: Path, format: Format, rate_hz: int, frames: int) -> None:
    source = Audio(np.random.default_rng(0).uniform(-0.9, 0.9, (2, frames)), rate_hz)
    found = round_trip(tmp_path / f"x{format.suffix}", source, format)
    steps = 2.0 ** (min(format.bits, 24) - 1)
    assert np.abs(found.samples - source.samples).max() <= (0 if format.bits == 32 else 1.5001 / steps)


@pytest.mark.parametrize("channels", [16, 24, 64])
@pytest.mark.parametrize("bits", [16, 24, 32])
def test_wav_holds_a_whole_desk(tmp_path: Path, channels: int, bits: int) -> None:
    source = Audio(np.random.default_rng(0).integers(-(2**15), 2**15, (channels, 3001)) / 2**15, 96000)
    found = round_trip(tmp_path / "x.wav", source, Format("wav", bits))  # type: ignore[arg-type]
    assert np.array_equal(found.samples, source.samples)


@pytest.mark.parametrize(
    "format", LOSSY, ids=lambda f: f"{f.kind}{f.bitrate_kbps or ''}{'v' * (f.vbr_quality is not None)}"
)
@pytest.mark.parametrize("channels", [1, 2])
@pytest.mark.parametrize("rate_hz", [44100, 48000])
def test_lossy_lines_up_to_the_frame(tmp_path: Path, format: Format, channels: int, rate_hz: int) -> None:
    if format.kind == "opus" and rate_hz != 48000:
        pytest.skip("Opus is 48 kHz")
    source = bursts(channels, 2 * rate_hz + 13, rate_hz)
    found = round_trip(tmp_path / f"x{format.suffix}", source, format)
    assert offset(source, found) == 0
    assert level_db(found) == pytest.approx(level_db(source), abs=0.5)


@pytest.mark.parametrize(
    "format", LOSSY, ids=lambda f: f"{f.kind}{f.bitrate_kbps or ''}{'v' * (f.vbr_quality is not None)}"
)
@pytest.mark.parametrize("frames", [1, 2, 311, 1023, 1024, 1025, 1151, 1152, 1153, 2257, 33_333])
def test_lossy_has_the_exact_length(tmp_path: Path, format: Format, frames: int) -> None:
    round_trip(tmp_path / f"x{format.suffix}", bursts(2, frames, 48000), format)


@pytest.mark.parametrize("rate_hz", [8000, 11025, 12000, 16000, 22050, 24000, 32000])
@pytest.mark.parametrize("format", [Format("mp3"), Format("aac", bitrate_kbps=64), Format("vorbis")])
def test_low_rates_line_up_too(tmp_path: Path, format: Format, rate_hz: int) -> None:
    source = bursts(1, 2 * rate_hz + 13, rate_hz)
    found = round_trip(tmp_path / f"x{format.suffix}", source, format)
    assert offset(source, found) == 0


@pytest.mark.parametrize("format", [Format("aac"), Format("opus")])
@pytest.mark.parametrize("channels", [3, 6, 8])
def test_channels_stay_in_their_order(tmp_path: Path, format: Format, channels: int) -> None:
    frames = np.arange(96_000)
    tones = [0.2 * np.sin(2 * np.pi * (60.0 + 20 * n) * frames / 48000) for n in range(channels)]
    found = round_trip(tmp_path / f"x{format.suffix}", Audio(np.array(tones), 48000), format).samples[:, 10_000:-10_000]
    likeness = np.corrcoef(np.array(tones)[:, 10_000:-10_000], found)[:channels, channels:]
    assert np.argmax(np.abs(likeness), axis=1).tolist() == list(range(channels))
    assert np.abs(np.diag(likeness)).min() > 0.9


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("written")
    found = {}
    for format in [*LOSSLESS, *LOSSY]:
        found[f"{format.kind}{format.bits}"] = path = folder / f"{format.kind}{format.bits}{format.suffix}"
        write(path, bursts(2, 100_003, 48000), format)
    return found


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_any_read_is_the_same_bit_by_bit(written: dict[str, Path], data: st.DataObject) -> None:
    path = written[data.draw(st.sampled_from(sorted(written)))]
    with AudioFile(path) as file:
        whole = in_memory(file).samples
    with AudioFile(path) as file:
        for _ in range(4):
            start, frames = data.draw(st.integers(-10, 110_000)), data.draw(st.integers(0, 50_000))
            block = file.read(start, frames)
            assert np.array_equal(block, whole[:, max(start, 0) : max(start + frames, 0)])
            assert block.dtype == np.float32
            assert block.flags.c_contiguous
            assert not block.flags.writeable


@pytest.mark.parametrize("format", [*LOSSLESS, *LOSSY], ids=lambda f: f"{f.kind}{f.bits}")
def test_equal_sound_gives_equal_bytes(tmp_path: Path, format: Format) -> None:
    source = bursts(2, 20_000, 48000)
    for name in ("a", "b"):
        write(tmp_path / f"{name}{format.suffix}", source, format)
    assert (tmp_path / f"a{format.suffix}").read_bytes() == (tmp_path / f"b{format.suffix}").read_bytes()


def test_dither_is_added_once_and_only_where_bits_are_dropped(tmp_path: Path) -> None:
    rough = bursts(2, 20_000, 48000)
    assert write(tmp_path / "a.wav", rough, Format("wav", 16)).dithered_samples > 0
    with AudioFile(tmp_path / "a.wav") as sixteen:
        assert write(tmp_path / "b.wav", sixteen, Format("wav", 16)).dithered_samples == 0
        assert write(tmp_path / "c.flac", sixteen, Format("flac", 24)).dithered_samples == 0
    assert (tmp_path / "a.wav").read_bytes() == (tmp_path / "b.wav").read_bytes()
    write(tmp_path / "d.wav", rough, Format("wav", 16), dither_seed=7)
    assert (tmp_path / "a.wav").read_bytes() != (tmp_path / "d.wav").read_bytes()


@pytest.mark.parametrize("format", [Format("wav", 24), Format("wav", 32), Format("aac"), Format("mp3")])
def test_overs_are_clipped_and_counted_and_nan_is_silence(tmp_path: Path, format: Format) -> None:
    samples = bursts(1, 20_000, 48000).samples.copy()
    samples[0, 100:103] = [np.nan, np.inf, -np.inf]
    samples[0, 200:204] = [1.5, -1.5, 1.0, -1.0]
    path = tmp_path / f"x{format.suffix}"
    done = write(path, Audio(samples, 48000), format)
    floats = format.kind == "wav" and format.bits == 32
    assert (done.clipped_samples, done.nonfinite_samples) == (0 if floats else 2, 3)
    with AudioFile(path) as file:
        found = file.read(0, 20_000)
        assert file.nonfinite_samples == 0
    if format.kind == "wav":
        assert np.abs(found[0, 100:103]).max() < 1e-6
        assert np.abs(found).max() == pytest.approx(1.5 if floats else 1.0)


@pytest.mark.parametrize(
    ("format", "channels", "rate_hz", "says"),
    [
        (Format("mp3"), 3, 48000, "at most 2 channels"),
        (Format("flac"), 9, 48000, "at most 8 channels"),
        (Format("mp3"), 2, 96000, "96000 Hz"),
        (Format("opus"), 2, 44100, "44100 Hz"),
        (Format("aac"), 2, 192000, "192000 Hz"),
    ],
)
def test_a_format_without_room_is_said(tmp_path: Path, format: Format, channels: int, rate_hz: int, says: str) -> None:
    with pytest.raises(UsageError, match=says):
        write(tmp_path / "x", Audio(np.zeros((channels, 100)), rate_hz), format)
    assert not list(tmp_path.iterdir())


def test_an_existing_file_needs_force(tmp_path: Path) -> None:
    path = tmp_path / "x.wav"
    write(path, Audio(np.zeros((1, 10)), 48000), Format())
    with pytest.raises(UsageError, match="force"):
        write(path, Audio(np.zeros((1, 20)), 48000), Format(), force=False)
    assert probe(path).frames == 10
    write(path, Audio(np.zeros((1, 20)), 48000), Format())
    assert probe(path).frames == 20


def test_bit_rates_are_what_was_asked_for(tmp_path: Path) -> None:
    source = Audio(np.random.default_rng(0).normal(0, 0.1, (2, 10 * 48000)), 48000)
    for format in (Format("mp3"), Format("mp3", bitrate_kbps=192), Format("aac"), Format("aac", bitrate_kbps=128)):
        path = tmp_path / f"x{format.suffix}"
        write(path, source, format)
        kbps = path.stat().st_size * 8 / 10 / 1000
        wanted = format.bitrate_kbps or {"mp3": 320, "aac": 256}[format.kind]
        assert kbps == pytest.approx(wanted, rel=0.02 if format.kind == "mp3" else 0.1)


def test_v0_is_what_lame_calls_so(tmp_path: Path) -> None:
    write(tmp_path / "x.mp3", bursts(2, 96_000, 44100), Format("mp3", vbr_quality=0))
    info = mutagen.File(tmp_path / "x.mp3").info
    assert (info.bitrate_mode, info.encoder_settings) == (BitrateMode.VBR, "-V 0")
    assert info.length == pytest.approx(96_000 / 44100, abs=1e-6)


@pytest.mark.parametrize(
    "asked",
    [
        {"kind": "flac", "vbr_quality": 0},
        {"kind": "mp3", "vbr_quality": 10},
        {"kind": "mp3", "vbr_quality": 0, "bitrate_kbps": 320},
        {"kind": "wav", "bits": 24, "dither": "shaped"},
        {"kind": "mp3", "dither": "shaped"},
    ],
)
def test_a_format_that_cannot_be_meant_is_refused(asked: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"mp3|shaped"):
        Format(**asked)


def test_shaped_dither_is_written_at_the_rates_it_is_made_for(tmp_path: Path) -> None:
    write(tmp_path / "x.wav", bursts(2, 50_000, 44100), Format("wav", 16, dither="shaped"))
    assert probe(tmp_path / "x.wav").frames == 50_000
    with pytest.raises(UsageError, match="shaped"):
        write(tmp_path / "y.wav", bursts(2, 5000, 96000), Format("wav", 16, dither="shaped"))


def test_progress_is_told_for_every_block(tmp_path: Path) -> None:
    told: list[tuple[float, float]] = []
    write(
        tmp_path / "x.wav",
        Audio(np.zeros((1, 100_000)), 48000),
        Format(),
        progress=lambda d, t, w="": told.append((d, t)),
    )
    assert told[-1] == (100_000, 100_000)
    assert len(told) == 4
