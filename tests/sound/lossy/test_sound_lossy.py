"""Lossy ancestry, on sounds that are really coded here; whatever is cut off in front must not hide it."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
import pytest
from scipy.signal import butter, sawtooth, sosfilt

from controlroom.sound.excerpts import excerpts_of
from controlroom.sound.files import AudioFile, Format, write
from controlroom.sound.lossy import Lossy, lossy_of
from controlroom.sound.lossy.transforms import hybrid, mdct
from controlroom.sound.resample import Resampled
from controlroom.sound.signal import Audio, Signal

RATE_HZ = 44100
SECONDS = 3


def heard(signal: Signal, end_hz: float | None = None, own: str = "") -> Lossy:
    return lossy_of(excerpts_of(signal), end_hz, own)


@cache
def music() -> np.ndarray:
    """Bright notes over a beat of noise, (2, frames): broad, moving, stereo."""
    rng = np.random.default_rng(7)
    at_s = np.arange(RATE_HZ // 4) / RATE_HZ
    decay = np.exp(-7 * at_s)
    beats = []
    for _ in range(4 * SECONDS):
        note = sawtooth(2 * np.pi * 110 * 2 ** (rng.integers(0, 30) / 12) * at_s)
        pan = rng.uniform(0.2, 0.8)
        beats.append(decay * (np.array([[pan], [1 - pan]]) * note + 0.1 * rng.standard_normal((2, len(at_s)))))
    out = np.concatenate(beats, axis=1)
    return 0.5 * out / np.abs(out).max()


def rounded(samples: np.ndarray) -> np.ndarray:
    """To 16 bits, with dither."""
    rng = np.random.default_rng(3)
    dither = rng.random(samples.shape) - rng.random(samples.shape)
    return np.round(samples * 32768 + dither) / 32768


def decoded(folder: Path, kind: str, kbps: int, cut: int = 777) -> Audio:
    """Music that went through a codec, with some frames cut off its beginning, at 16 bits."""
    form = Format(kind, bitrate_kbps=kbps)
    path = folder / f"coded{form.suffix}"
    write(path, Audio(music(), RATE_HZ), form)
    with AudioFile(path) as coded:
        return Audio(rounded(coded.read(cut, coded.frames)), RATE_HZ)


@pytest.mark.parametrize(
    ("kind", "kbps", "codec"),
    [("mp3", 128, "MP3"), ("mp3", 192, "MP3"), ("aac", 128, "AAC"), ("vorbis", 128, "Vorbis")],
)
def test_what_was_coded_is_known_by_its_frames(tmp_path: Path, kind: str, kbps: int, codec: str) -> None:
    found = heard(decoded(tmp_path, kind, kbps))
    assert found.codec == codec
    assert found.confidence > 0.9
    assert found.traces


def test_gain_does_not_hide_it(tmp_path: Path) -> None:
    audio = decoded(tmp_path, "mp3", 128)
    assert heard(Audio(rounded(audio.samples * 0.37), RATE_HZ)).codec == "MP3"


@pytest.mark.parametrize("kind", ["mp3", "aac", "vorbis"])
def test_the_codec_of_the_file_itself_is_no_news(tmp_path: Path, kind: str) -> None:
    found = heard(decoded(tmp_path, kind, 128), 16000.0, own=kind)
    assert found.codec is None
    assert found.unsure_because is None  # its own encoder ended the sound


@pytest.mark.parametrize("cutoff_hz", [None, 3400.0, 16000.0])
def test_lossless_sounds_with_a_dull_top_end_are_not_accused(cutoff_hz: float | None) -> None:
    samples = music()
    if cutoff_hz is not None:
        samples = sosfilt(butter(12, cutoff_hz, fs=RATE_HZ, output="sos"), samples)
    found = heard(Audio(rounded(samples), RATE_HZ), cutoff_hz)
    assert found.codec is None
    assert found.confidence <= 0.3
    assert bool(found.unsure_because) == (cutoff_hz == 16000.0)


def test_a_conversion_of_the_rate_leaves_only_a_doubt(tmp_path: Path) -> None:
    found = heard(Resampled(decoded(tmp_path, "mp3", 128), 48000), 16500.0)
    assert found.codec is None
    assert found.unsure_because


@pytest.mark.parametrize("samples", [np.zeros((2, 100000)), np.zeros((1, 500)), np.full((1, 50000), 0.5)])
def test_without_sound_nothing_can_be_said(samples: np.ndarray) -> None:
    found = heard(Audio(samples, RATE_HZ))
    assert found.codec is None
    assert found.unsure_because


@pytest.mark.parametrize("tones_hz", [(4000.0,), (43.06640625 * 100, 43.06640625 * 200), (1000.0, 5000.0, 9000.0)])
def test_steady_tones_are_no_holes(tones_hz: tuple[float, ...]) -> None:
    at_s = np.arange(5 * RATE_HZ) / RATE_HZ
    tones = sum(np.sin(2 * np.pi * hz * at_s) for hz in tones_hz) * 0.2
    assert heard(Audio(rounded(np.array([tones])), RATE_HZ)).codec is None


def test_the_transforms_give_back_what_was_put_in() -> None:
    """A frame's own functions are orthonormal to each other and, one hop on, to their neighbours'."""
    lines = np.arange(100, 130)
    for rows, hop, error in ((mdct(lines, "kbd"), 1024, 1e-9), (hybrid(lines), 576, 2e-3)):
        gram = rows @ rows.T
        assert np.abs(gram / gram[0, 0] - np.eye(len(lines))).max() < error
        assert np.abs(rows[:, hop:] @ rows[:, :-hop].T).max() / gram[0, 0] < error
