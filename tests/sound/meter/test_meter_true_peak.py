"""True peak: right on tones of any phase and rate, and never missing what the plain search finds."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
import soundfile
from scipy.signal import butter, sosfilt

from controlroom.sound.meter import measure_loudness, true_peak_16x_dbtp, true_peak_dbtp
from controlroom.sound.meter.true_peak import HALF, REACH, TAPS, PeakSearch, frame_peaks, grid_taps
from controlroom.sound.signal import Audio

Noise = Callable[[np.random.Generator, int], npt.NDArray[np.float64]]


@pytest.mark.parametrize("rate_hz", [44_100, 48_000, 96_000, 192_000])
@pytest.mark.parametrize("part", [1 / 4, 1 / 6, 1 / 8, 0.45])
def test_tones_of_any_phase(rate_hz: int, part: float) -> None:
    time = np.arange(rate_hz // 4)
    fade = np.clip(np.minimum(time, time[::-1]) / 2000, 0, 1)
    for phase in np.linspace(0, np.pi, 9):
        tone = 0.5 * fade * np.sin(2 * np.pi * part * time + phase)
        assert true_peak_dbtp(Audio(tone, rate_hz)) == pytest.approx(20 * np.log10(0.5), abs=0.02)


def band_limited(rng: np.random.Generator, frames: int) -> npt.NDArray[np.float64]:
    return sosfilt(butter(4, rng.uniform(0.01, 0.9), output="sos"), rng.standard_normal(frames))


def clipped(rng: np.random.Generator, frames: int) -> npt.NDArray[np.float64]:
    return np.clip(6 * band_limited(rng, frames), -1, 1)


KINDS: dict[str, Noise] = {
    "white": lambda rng, frames: rng.standard_normal(frames),
    "square": lambda rng, frames: np.sign(rng.standard_normal(frames)),
    "near Nyquist": lambda rng, frames: np.cos(np.pi * rng.uniform(0.8, 1) * np.arange(frames)) * rng.random(frames),
    "clicks": lambda rng, frames: np.where(rng.random(frames) < 0.01, rng.standard_normal(frames), 0.0),
    "constant": lambda rng, frames: np.ones(frames),
    "band-limited": band_limited,
    "clipped": clipped,
}


def plain_peak(samples: npt.NDArray[np.float32]) -> float:
    """Every place of the grid, with the meter's own filters."""
    padded = np.pad(samples.astype(float), TAPS)
    return max(float(np.abs(np.convolve(padded, taps[::-1], "valid")).max()) for taps in grid_taps())


def searched(samples: npt.NDArray[np.float32], sizes: npt.NDArray[np.int64]) -> float:
    search = PeakSearch(1)
    for piece in np.split(samples, np.cumsum(sizes)):
        for work in search.add([piece]):
            work()
    return search.result()


@pytest.mark.parametrize("kind", KINDS)
def test_the_search_misses_nothing(kind: str) -> None:
    rng = np.random.default_rng(len(kind))
    for _ in range(25):
        samples = KINDS[kind](rng, int(rng.integers(1, 2500))).astype(np.float32)
        found = searched(samples, np.array([], np.int64))
        assert found == pytest.approx(plain_peak(samples), rel=2e-6)
        assert searched(samples, rng.integers(1, 300, 6)) == found  # to the last bit


@pytest.mark.recordings
def test_recordings_against_a_long_filter(recordings: Path) -> None:
    for name in ("drums", "horns", "leadguitar"):
        samples, rate_hz = soundfile.read(recordings / "band" / f"{name}.mp3", frames=600_000, always_2d=True)
        audio = Audio(samples.T, rate_hz)
        assert measure_loudness(audio).true_peak_dbtp == pytest.approx(true_peak_16x_dbtp(audio), abs=0.02)


def test_the_reference_knows_the_answer_of_a_tone() -> None:
    time = np.arange(9600)
    fade = np.clip(np.minimum(time, time[::-1]) / 1000, 0, 1)
    tone = fade * np.sin(2 * np.pi * 0.45 * time + 0.3)
    assert true_peak_16x_dbtp(Audio(tone, 48_000)) == pytest.approx(0.0, abs=0.005)
    assert true_peak_16x_dbtp(Audio(np.zeros(100), 48_000)) is None


def test_peaks_between_frames() -> None:
    rng = np.random.default_rng(4)
    row = (band_limited(rng, 3000) * 3).astype(np.float32)
    count = 3000 - REACH
    windows = np.lib.stride_tricks.sliding_window_view(row.astype(float), TAPS + 2)[:count]
    assert windows[0][HALF] == row[HALF]
    curve = np.abs(windows @ grid_taps().T).max(axis=1)
    above = float(np.median(curve))
    peaks = frame_peaks(row, count, above)
    loud = curve > above * 1.00001
    np.testing.assert_allclose(peaks[loud], curve[loud], rtol=1e-5)
    assert (peaks[curve < above * 0.99999] <= above).all()
    np.testing.assert_array_equal(
        frame_peaks(row[7:], count - 7, above)[peaks[7:] > above], peaks[7:][peaks[7:] > above]
    )
