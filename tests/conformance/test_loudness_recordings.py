"""The loudness meter on the signals that EBU and ITU publish for loudness meters."""

from __future__ import annotations

from pathlib import Path

import pytest
import soundfile

from controlroom.sound.meter import Loudness, measure_loudness
from controlroom.sound.signal import Audio

pytestmark = pytest.mark.recordings

INTEGRATED_LUFS = {
    "seq-3341-1-16bit.flac": -23.0,
    "seq-3341-2-16bit.flac": -33.0,
    "seq-3341-3-16bit-v02.flac": -23.0,
    "seq-3341-4-16bit-v02.flac": -23.0,
    "seq-3341-5-16bit-v02.flac": -23.0,
    "seq-3341-7_seq-3342-5-16bit.flac": -23.0,
    "1770-2_Comp_AbsGateTest.wav": -69.5,
    "1770-2_Comp_RelGateTest.wav": -10.0,
}
RANGE_LU = {
    "seq-3342-1-16bit.flac": 10.0,
    "seq-3342-2-16bit.flac": 5.0,
    "seq-3342-3-16bit.flac": 20.0,
    "seq-3342-4-16bit.flac": 15.0,
    "seq-3341-7_seq-3342-5-16bit.flac": 5.0,
}


def measured(path: Path) -> Loudness:
    samples, rate_hz = soundfile.read(path, dtype="float32", always_2d=True)
    return measure_loudness(Audio(samples.T, rate_hz))


@pytest.mark.parametrize(("name", "nominal_lufs"), INTEGRATED_LUFS.items())
def test_integrated_loudness(recordings: Path, name: str, nominal_lufs: float) -> None:
    assert measured(recordings / "loudness" / name).integrated_lufs == pytest.approx(nominal_lufs, abs=0.05)


@pytest.mark.parametrize(("name", "nominal_lu"), RANGE_LU.items())
def test_loudness_range(recordings: Path, name: str, nominal_lu: float) -> None:
    assert measured(recordings / "loudness" / name).range_lu == pytest.approx(nominal_lu, abs=0.1)
