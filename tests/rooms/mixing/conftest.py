"""What the mixing tests listen to: made-up tracks, and a kit whose microphones stand where they are said to."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from controlroom.rooms.mixing import TrackIn
from controlroom.rooms.mixing.report import MixReport, TrackHeard
from controlroom.sound.hearing import Hearing
from controlroom.sound.signal import Audio
from controlroom.sound.spectrum import THIRD_OCTAVES_HZ

RATE_HZ = 48000
Floats = npt.NDArray[np.float64]
Hear = Callable[..., TrackHeard]
Arrive = Callable[..., TrackIn]


def heard(name: str, role: str, lufs: float | None = -20.0, **more: Any) -> TrackHeard:
    """A track as a report has it: thirty seconds, played throughout or in `plays` (start, end), a pink spectrum."""
    start, end = more.pop("plays", (0, 30))
    seconds = np.full(30, -120.0)
    seconds[start:end] = -120.0 if lufs is None else lufs
    peaks = more.pop("peaks_db", 12.0)
    facts: dict[str, Any] = {
        "path": f"{name}.wav",
        "rate_hz": RATE_HZ,
        "channels": 1,
        "frames": 30 * RATE_HZ,
        "loudness_lufs": lufs,
        "loudest_lufs": None if lufs is None else lufs + 2.0,
        "range_lu": 3.0,
        "peak_dbtp": None if lufs is None else lufs + peaks,
        "reach_hz": 24000.0,
        "bands_db": tuple([-30.0] * len(THIRD_OCTAVES_HZ)) if lufs is not None else (),
        "seconds_lufs": tuple(seconds.tolist()) if lufs is not None else (),
        "seconds_peak_db": tuple((seconds + peaks).tolist()) if lufs is not None else (),
    }
    return TrackHeard(name=name, role=role, **(facts | more))


@pytest.fixture
def hear() -> Hear:
    return heard


@pytest.fixture
def report() -> Callable[..., MixReport]:
    return lambda *tracks, relations=(): MixReport(tracks=tracks, relations=relations)


@pytest.fixture(scope="session")
def arrive() -> Arrive:
    """A TrackIn of samples."""

    def make(samples: npt.ArrayLike, role: str, rate_hz: int = RATE_HZ, **more: Any) -> TrackIn:
        signal = Audio(np.asarray(samples), rate_hz)
        return TrackIn(Hearing(signal).survey, role, signal=signal, **more)

    return make


def later(samples: Floats, ms: float) -> Floats:
    """A sound after so many ms on its way (whole samples)."""
    frames = round(ms * RATE_HZ / 1000)
    return np.concatenate([np.zeros(frames), samples])[: len(samples)]


def strokes(seconds: float, every_s: float, first_s: float, stroke: Floats) -> Floats:
    out = np.zeros(round(seconds * RATE_HZ))
    for at in range(round(first_s * RATE_HZ), len(out) - len(stroke), round(every_s * RATE_HZ)):
        out[at : at + len(stroke)] += stroke
    return out


@pytest.fixture(scope="session")
def kit() -> Callable[..., dict[str, Floats]]:
    """A kit of kick, snare (two mics) and tom under two overheads; each piece reaches L and R after its own path."""

    def play(seconds: float = 12.0) -> dict[str, Floats]:
        rng = np.random.default_rng(3)
        times_s = np.arange(round(0.3 * RATE_HZ)) / RATE_HZ
        click = rng.standard_normal(len(times_s)) * np.exp(-times_s / 0.004)
        wires = rng.standard_normal(len(times_s)) * np.exp(-times_s / 0.06)
        kick = np.sin(2 * np.pi * 62 * times_s) * np.exp(-times_s / 0.09) + 0.2 * click
        snare = np.sin(2 * np.pi * 190 * times_s) * np.exp(-times_s / 0.07) + 0.5 * click
        tom = np.sin(2 * np.pi * 110 * times_s) * np.exp(-times_s / 0.12) + 0.3 * click
        sources = {
            "Kick": strokes(seconds, 1.0, 0.2, kick),
            "Snare Top": strokes(seconds, 1.0, 0.7, snare),
            "Tom": strokes(seconds, 3.0, 0.45, tom),
        }
        paths_ms = {"Kick": (4.5, 4.5), "Snare Top": (3.0, 3.0), "Tom": (2.5, 3.5)}
        overheads = [
            sum(0.3 * later(sound, paths_ms[name][side]) for name, sound in sources.items()) for side in (0, 1)
        ]
        bottom = 0.1 * strokes(seconds, 1.0, 0.7, wires) - 0.5 * later(sources["Snare Top"], 0.1)
        noise = [0.0005 * rng.standard_normal(len(bottom)) for _ in range(6)]
        mics = {**sources, "Snare Bottom": bottom, "OH L": overheads[0], "OH R": overheads[1]}
        return {name: 0.3 * mic + hiss for (name, mic), hiss in zip(mics.items(), noise, strict=True)}

    return play
