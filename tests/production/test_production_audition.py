"""Mix and master against each other: equally loud, in time, and half of each is half of each."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from controlroom.production.master_file import master_file
from controlroom.sound.files import AudioFile, Format, write
from controlroom.sound.meter import measure_loudness
from controlroom.sound.signal import Audio, in_memory


@pytest.mark.parametrize("rate_hz", [None, 48000])
def test_both_are_equally_loud_and_half_is_half(tmp_path: Path, rate_hz: int | None) -> None:
    time_s = np.arange(6 * 44100) / 44100
    rng = np.random.default_rng(2)
    samples = 0.1 * np.sin(2 * np.pi * 110 * time_s) + 0.05 * rng.standard_normal((2, time_s.size))
    write(tmp_path / "mix.wav", Audio(samples, 44100), Format("wav", 24))
    master_file(
        tmp_path / "mix.wav", tmp_path / "master.wav", target_lufs=-12.0, rate_hz=rate_hz, audition=tmp_path / "heard"
    )
    heard = {}
    for name in ("before", "after", "half and half"):
        with AudioFile(tmp_path / "heard" / f"{name}.flac") as file:
            heard[name] = in_memory(file)
    before, after = (measure_loudness(heard[name]).integrated_lufs for name in ("before", "after"))
    assert before is not None
    assert before == pytest.approx(after, abs=0.2)  # noise loses what lies above the other rate
    half = (heard["before"].samples + heard["after"].samples) / 2
    np.testing.assert_allclose(heard["half and half"].samples, half, atol=1e-5)
