"""The sounds of the browser tests: one small song without any sharp edge, so that every click in it is the player's."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from controlroom.sound.files import Format, write
from controlroom.sound.signal import Audio

RATE_HZ = 48000
SONG_S = 24.0
INTRO_S = 3.0
LOUDER_DB = 3.0
BEAT_S = 0.5
MELODY = (57, 64, 60, 69, 62, 65, 72, 59, 67, 61, 70, 64, 58, 66, 63, 71)


def _struck(hz: float, amplitude: float, decay_s: float, seconds: float) -> np.ndarray:
    """A tone that begins within 6 ms and dies away; two partials."""
    time_s = np.arange(round(seconds * RATE_HZ)) / RATE_HZ
    rise = 0.5 - 0.5 * np.cos(np.pi * np.minimum(time_s / 0.006, 1))
    fall = np.exp(-time_s / decay_s) * np.minimum((seconds - time_s) / 0.02, 1)
    return amplitude * rise * fall * (np.sin(2 * np.pi * hz * time_s) + 0.3 * np.sin(4 * np.pi * hz * time_s))


def song(seconds: float = SONG_S, seed: int = 1) -> np.ndarray:
    """A kick on each beat and a melody that never repeats: (2, frames)."""
    random = np.random.default_rng(seed)
    samples = np.zeros((2, round(seconds * RATE_HZ)))
    for beat in range(int(seconds / BEAT_S)):
        note = MELODY[int(random.integers(len(MELODY)))]
        places = [(0.0, _struck(60.0, 0.25, 0.08, 0.3), 0.5)]
        places += [(0.0, _struck(440 * 2 ** ((note - 69) / 12), 0.12, 0.25, 0.8), random.uniform(0.2, 0.8))]
        places += [(0.25, _struck(440 * 2 ** ((note - 57) / 12), 0.05, 0.15, 0.4), random.uniform(0.2, 0.8))]
        for late_s, tone, right in places:
            start = round((beat * BEAT_S + late_s) * RATE_HZ)
            tone = tone[: samples.shape[1] - start]
            samples[:, start : start + len(tone)] += np.array([[1 - right], [right]]) * 2 * tone
    return samples


def gained(samples: np.ndarray, gain_db: float) -> np.ndarray:
    return samples * 10 ** (gain_db / 20)


def without_intro(samples: np.ndarray) -> np.ndarray:
    return samples[:, round(INTRO_S * RATE_HZ) :]


def save(path: Path, samples: np.ndarray) -> Path:
    """A 24-bit WAV."""
    path.parent.mkdir(parents=True, exist_ok=True)
    write(path, Audio(np.ascontiguousarray(samples, dtype=np.float32), RATE_HZ), Format("wav", bits=24))
    return path
