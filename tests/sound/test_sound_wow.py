"""Wow: found with its size and rate where a machine moves everything, and not where music moves."""

from __future__ import annotations

import numpy as np
import pytest

from controlroom.sound.wow import Wow, WowAccumulator, wow_of

RATE_HZ = 22050


def chords(seconds: float = 30.0) -> np.ndarray:
    """Four plucked notes twice a second, with overtones."""
    rng = np.random.default_rng(6)
    at_s = np.arange(round(seconds * RATE_HZ)) / RATE_HZ
    out = np.zeros(len(at_s))
    for begins in range(0, len(at_s), RATE_HZ):
        here_s = at_s[: min(RATE_HZ, len(at_s) - begins)]
        for note in rng.choice(np.arange(0, 25), 4, replace=False):
            for overtone in (1, 2, 3):
                tone = np.sin(2 * np.pi * 196 * 2 ** (note / 12) * overtone * here_s + rng.uniform(0, 6))
                out[begins : begins + len(here_s)] += tone * np.exp(-2 * here_s) / overtone
    return 0.05 * out


def swung(samples: np.ndarray, rate_hz: float, cents: float) -> np.ndarray:
    at = np.arange(len(samples))
    depth = (2 ** (cents / 1200) - 1) * RATE_HZ / (2 * np.pi * rate_hz)
    return np.interp(at + depth * np.sin(2 * np.pi * rate_hz * at / RATE_HZ), at, samples)


def heard(samples: np.ndarray, block: int = 10000) -> Wow:
    accumulator = WowAccumulator(RATE_HZ, 1)
    for at in range(0, len(samples), block):
        accumulator.add(samples[None, at : at + block].astype(np.float32))
    return wow_of(accumulator.result())


@pytest.mark.parametrize(("rate_hz", "cents"), [(0.555, 20.0), (1.5, 10.0), (2.7, 12.0)])
def test_a_wow_is_found_with_its_size_and_rate(rate_hz: float, cents: float) -> None:
    found = heard(swung(chords(), rate_hz, cents))
    assert found.rate_hz == pytest.approx(rate_hz, abs=0.06)
    assert found.cents == pytest.approx(cents, rel=0.3)
    assert found.confidence >= 0.8


def test_blocks_leave_no_trace() -> None:
    samples = swung(chords(14.0), 1.5, 15.0)
    assert heard(samples, 999) == heard(samples, 77777)


@pytest.mark.parametrize(
    "samples",
    [
        chords(),
        np.zeros(RATE_HZ * 20),
        np.zeros(10),
        np.random.default_rng(0).standard_normal(RATE_HZ * 20) * 0.1,
        swung(np.sin(2 * np.pi * 440 * np.arange(RATE_HZ * 20) / RATE_HZ), 2.0, 30.0),
    ],
    ids=["chords", "silence", "nothing", "noise", "one voice"],
)
def test_music_noise_and_one_voice_have_none(samples: np.ndarray) -> None:
    assert heard(samples) == Wow()
