"""One mix of real recordings for all tests of versions, and what is done to mixes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from controlroom.sound.files import AudioFile
from controlroom.sound.signal import Audio
from controlroom.sound.versions import Fingerprint, fingerprint

Row = npt.NDArray[np.float32]


@pytest.fixture(scope="session")
def band(recordings: Path) -> Audio:
    """Five players, 83 s, stereo."""
    total: Row | None = None
    for path in sorted((recordings / "band").glob("*.mp3")):
        with AudioFile(path) as file:
            samples = np.array(file.read(0, file.frames))
            rate_hz = file.rate_hz
        samples = np.repeat(samples, 2, 0) if len(samples) == 1 else samples
        if total is None:
            total = samples
        length = min(total.shape[1], samples.shape[1])
        total = total[:, :length] + samples[:, :length] if samples is not total else samples.copy()
    assert total is not None
    return Audio(0.3 * total, rate_hz)


@pytest.fixture(scope="session")
def band_print(band: Audio) -> Fingerprint:
    return fingerprint(band)


@pytest.fixture(scope="session")
def mastered(band: Audio) -> Audio:
    """Brighter, driven hard into saturation, louder."""
    edge = np.diff(band.samples, axis=1, prepend=0.0)
    driven = band.samples + 2.0 * edge
    return Audio(0.9 * np.tanh(5.0 * driven / np.abs(driven).max()), band.rate_hz)
