"""What the mastering tests listen to: mixes of the real songs, and a small made-up one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from controlroom.sound.files import AudioFile
from controlroom.sound.resample import Resampled
from controlroom.sound.signal import Audio, Samples, Signal, frozen


class Summed:
    """Stems at unity, added up block by block; files of another rate are converted to `rate_hz`."""

    def __init__(self, stems: list[Signal], rate_hz: int = 48000) -> None:
        self._stems = [stem if stem.rate_hz == rate_hz else Resampled(stem, rate_hz) for stem in stems]
        self.rate_hz, self.channels = rate_hz, 2
        self.frames = max(stem.frames for stem in self._stems)

    def read(self, start: int, frames: int) -> Samples:
        out = np.zeros((2, max(min(start + frames, self.frames) - start, 0)), np.float32)
        for stem in self._stems:
            block = stem.read(start, frames)
            out[:, : block.shape[1]] += block
        return frozen(out)


@pytest.fixture(scope="session")
def excerpt(recordings: Path) -> Iterator[Callable[..., Audio]]:
    """`excerpt(song, start_s, seconds)`: part of the plain sum of a song's stems, each made once."""
    made: dict[tuple[str, float, float], Audio] = {}
    with ExitStack() as stack:
        songs: dict[str, Summed] = {}

        def open_song(name: str) -> Summed:
            folder = recordings / ("band" if name == "band" else f"songs/{name}")
            paths = [path for path in sorted(folder.iterdir()) if path.suffix in (".m4a", ".mp3")]
            stems = [stack.enter_context(AudioFile(path)) for path in paths if path.stem != "Master"]
            return Summed(stems)

        def take(name: str, start_s: float = 60.0, seconds: float = 15.0) -> Audio:
            key = (name, start_s, seconds)
            if key not in made:
                song = songs.setdefault(name, songs.get(name) or open_song(name))
                made[key] = Audio(song.read(round(start_s * 48000), round(seconds * 48000)), 48000)
            return made[key]

        yield take


@pytest.fixture(scope="session")
def tune() -> Audio:
    """Eight seconds of stereo that behave like music: a beat, a bass line, a wide pad, one loud chorus."""
    rate_hz, seconds = 48000, 8.0
    times_s = np.arange(round(rate_hz * seconds)) / rate_hz
    rng = np.random.default_rng(7)
    beat_s = times_s % 0.5
    kick = np.sin(2 * np.pi * (50 * beat_s - 8 * np.exp(-beat_s / 0.02) * 0.02)) * np.exp(-beat_s / 0.12)
    hat = rng.standard_normal(len(times_s)) * np.exp(-(times_s % 0.25) / 0.02) * 0.2
    bass = np.sin(2 * np.pi * 82.4 * times_s) + 0.3 * np.sin(2 * np.pi * 164.8 * times_s)
    pad = [sum(np.sin(2 * np.pi * f * times_s + phase) for f in (329.6, 415.3, 493.9, 987.8)) for phase in (0.0, 0.9)]
    level = np.where(times_s > 4.0, 0.35, 0.2)
    return Audio(np.stack([level * (kick + 0.3 * bass + 0.12 * side + hat) for side in pad]), rate_hz)


def ffmpeg_loudness(signal: Signal) -> tuple[float, float]:
    """Integrated loudness (LUFS) and true peak (dBTP) as ffmpeg's ebur128 filter reads them."""
    layout = {1: "mono", 2: "stereo"}[signal.channels]
    rate_hz = signal.rate_hz
    graph = av.filter.Graph()
    source = graph.add_abuffer(format="fltp", sample_rate=rate_hz, layout=layout, time_base=Fraction(1, rate_hz))
    meter = graph.add("ebur128", "peak=true:metadata=1:framelog=quiet")
    sink = graph.add("abuffersink")
    source.link_to(meter)
    meter.link_to(sink)
    graph.configure()
    told: dict[str, str] = {}
    for at in [*range(0, signal.frames, rate_hz), None]:
        frame = None
        if at is not None:
            frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(signal.read(at, rate_hz)), "fltp", layout)
            frame.sample_rate, frame.pts, frame.time_base = rate_hz, at, Fraction(1, rate_hz)
        source.push(frame)
        while True:
            try:
                told = dict(sink.pull().metadata) or told
            except (av.error.BlockingIOError, av.error.EOFError):
                break
    return float(told["lavfi.r128.I"]), 20 * float(np.log10(float(told["lavfi.r128.true_peak"])))


@pytest.fixture(scope="session")
def by_ffmpeg() -> Callable[[Signal], tuple[float, float]]:
    return ffmpeg_loudness
