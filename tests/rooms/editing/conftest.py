"""A singer and a drummer of sines and noise, so that every fault is where the test put it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from controlroom.song.model import Mic, Part, Pass
from controlroom.sound.hearing import Hearing
from controlroom.sound.signal import Audio, Signal

Floats = npt.NDArray[np.float64]
RATE_HZ = 24000
PHRASES = (1.0, 5.0, 9.0, 13.0)
"""Where the phrases of the song begin (s); each has five notes of 0.5 s."""
MELODY = (6000, 6200, 6400, 6500, 6700)
NOISE_DB = -70.0


def noise(seconds: float, level_db: float, seed: int, rate_hz: int = RATE_HZ) -> Floats:
    return np.random.default_rng(seed).standard_normal(round(seconds * rate_hz)) * 10 ** (level_db / 20)


def note(cents: float, length_s: float, rate_hz: int = RATE_HZ) -> Floats:
    """A sung note: ten harmonics, vibrato, soft ends."""
    times_s = np.arange(round(length_s * rate_hz)) / rate_hz
    pitch_hz = 440 * 2 ** ((cents + 25 * np.sin(2 * np.pi * 5.5 * times_s) - 6900) / 1200)
    phase = 2 * np.pi * np.cumsum(pitch_hz) / rate_hz
    tone = sum(np.sin(k * phase) / k for k in range(1, 11))
    ends = np.minimum(np.minimum(times_s, length_s - times_s) / 0.03, 1.0)
    return 0.12 * tone * ends


def sung(
    seed: int,
    *,
    off: dict[int, float] | None = None,
    late: dict[int, float] | None = None,
    quiet: dict[int, float] | None = None,
    missing: Sequence[int] = (),
    seconds: float = 17.0,
) -> Floats:
    """A pass of the song; by phrase: cents off on three of its notes, seconds late, dB quieter, or not sung."""
    row = noise(seconds, NOISE_DB, seed)
    draw = np.random.default_rng(seed + 100)
    for phrase, start_s in enumerate(PHRASES):
        if phrase in missing:
            continue
        for at, cents in enumerate(MELODY):
            miss = (off or {}).get(phrase, 0.0) * (at % 2 == 0) + draw.normal(0, 4)
            at_s = start_s + 0.5 * at + (late or {}).get(phrase, 0.0) + draw.normal(0, 0.004)
            tone = note(cents + miss, 0.46) * 10 ** (-(quiet or {}).get(phrase, 0.0) / 20)
            first = round(at_s * RATE_HZ)
            row[first : first + len(tone)] += tone
    return row


def hit(kind: str, seed: int) -> Floats:
    """A drum: a knock of noise and a falling tone that rings."""
    times_s = np.arange(round(0.25 * RATE_HZ)) / RATE_HZ
    start_hz, ring_s = {"kick": (60.0, 0.06), "snare": (190.0, 0.05), "tom": (120.0, 0.08)}[kind]
    knock = np.random.default_rng(seed).standard_normal(len(times_s)) * np.exp(-times_s / 0.008)
    tone = np.sin(2 * np.pi * start_hz * times_s * (1 + 0.5 * np.exp(-times_s / 0.02))) * np.exp(-times_s / ring_s)
    return 0.3 * (tone + 0.4 * knock)


@pytest.fixture
def singer() -> Callable[..., Floats]:
    return sung


@pytest.fixture
def drummer() -> Callable[..., tuple[Floats, Floats]]:
    """Two mics of a kit at 120 BPM, kick and snare in turn: a close one, and one 3 ms farther off."""

    def play(seed: int, slips: dict[int, float] | None = None, beats: int = 32) -> tuple[Floats, Floats]:
        close = noise(beats * 0.5 + 1.5, NOISE_DB, seed)
        draw = np.random.default_rng(seed + 500)
        for beat in range(beats):
            at_s = 0.5 + 0.5 * beat + (slips or {}).get(beat, 0.0) + draw.normal(0, 0.0015)
            stroke = hit("kick" if beat % 2 == 0 else "snare", beat)
            first = round(at_s * RATE_HZ)
            close[first : first + len(stroke)] += stroke
        return close, 0.5 * np.concatenate([np.zeros(72), close[:-72]])

    return play


@pytest.fixture
def part_of() -> Callable[..., tuple[Part, dict[str, dict[Path, Signal]], dict[Path, Hearing]]]:
    """A part from rows: pass name -> mic name -> samples; with its sources and hearings."""

    def make(
        passes: dict[str, dict[str, npt.NDArray[np.floating]]],
        *,
        role: str = "lead vocal",
        starts_s: dict[str, float] | None = None,
        punch_in: str = "",
        rate_hz: int = RATE_HZ,
    ) -> tuple[Part, dict[str, dict[Path, Signal]], dict[Path, Hearing]]:
        sources: dict[str, dict[Path, Signal]] = {
            name: {Path(name) / f"{mic}.wav": Audio(row, rate_hz) for mic, row in mics.items()}
            for name, mics in passes.items()
        }
        part = Part(
            name=role,
            role=role,
            passes=tuple(
                Pass(
                    name=name,
                    mics=tuple(Mic(path=path, role=role if role != "drums" else "snare top") for path in mics),
                    start_s=(starts_s or {}).get(name, 0.0),
                    punch_in=name == punch_in,
                )
                for name, mics in sources.items()
            ),
        )
        hearings = {path: Hearing(signal) for mics in sources.values() for path, signal in mics.items()}
        return part, sources, hearings

    return make
