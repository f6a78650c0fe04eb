"""Lossy ancestry, rooms and noise: sounds whose past is known because it is made here.

Lossless sources (rough mixes of sample songs, their dull versions, a voice) go through LAME, AAC and Vorbis at several
rates; what comes out loses its first frames, gets 16 bits with dither, and is asked where it comes from. Rooms are
exponential noise of known decay. No peer: none of the libraries judges any of this.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import scipy.signal

from controlroom.sample.rough import rough_mix
from controlroom.sound.ambience import BandAccumulator, decay_of
from controlroom.sound.bandwidth import bandwidth_hz
from controlroom.sound.character import LEAST_CONFIDENCE, sound_of
from controlroom.sound.excerpts import excerpts_of
from controlroom.sound.files import AudioFile, AudioInfo, Format, write
from controlroom.sound.hearing import Hearing
from controlroom.sound.lossy import Lossy, lossy_of
from controlroom.sound.signal import Audio, blocks
from controlroom.sound.spectrum import spectrum_of
from controlroom.sound.traits import TraitsAccumulator
from listening_parts import Row

SEEDS, SECONDS = range(700, 708), 20.0
CODED = (
    ("mp3", "MP3", (64, 128, 192, 256, 320), 192),
    ("aac", "AAC", (64, 96, 128, 192, 256), 128),
    ("vorbis", "Vorbis", (128,), 0),
)  # by kind of file; the goal holds up to the last rate
GOAL = 0.95
DULL_HZ = (3400.0, 8000.0, 12000.0, 16000.0)
DECAYS_S, DIRECTS_DB = (0.5, 1.0, 1.8), (6.0, -3.0)
WITHIN = 0.3  # of the true decay


def figures(recordings: Path) -> list[Row]:
    """Rows on what was coded, on what was not, on rooms, and the speed."""
    sources = [rough_mix(seed, seconds=SECONDS, style="varied")[0] for seed in SEEDS]
    with AudioFile(recordings / "voice" / "vocadito_10.wav") as voice:
        sources.append(Audio(voice.read(0, voice.frames), voice.rate_hz))
    return [*_coded(sources), *_lossless(sources, recordings), *_rooms(sources[:4]), _speed(sources[0])]


def sixteen_bits(samples: np.ndarray, seed: int) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return np.round(samples * 32768 + rng.random(samples.shape) - rng.random(samples.shape)) / 32768


def ancestry(audio: Audio) -> Lossy:
    return lossy_of(excerpts_of(audio), bandwidth_hz(spectrum_of(audio)))


def coded(source: Audio, kind: str, kbps: int, seed: int) -> Audio:
    """What comes out of a codec, without its first frames."""
    form = Format(kind, bitrate_kbps=kbps)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"coded{form.suffix}"
        write(path, source, form)
        with AudioFile(path) as file:
            return Audio(sixteen_bits(file.read(100 + 997 * seed % 5000, file.frames), seed), file.rate_hz)


def _coded(sources: list[Audio]) -> Iterator[Row]:
    for kind, codec, rates, last in CODED:
        for kbps in rates:
            found = [ancestry(coded(source, kind, kbps, seed)) for seed, source in enumerate(sources)]
            right = [one for one in found if one.codec == codec]
            goal = GOAL if kbps <= last else None
            yield Row(f"{codec} at {kbps} kbit/s found", len(right) / len(found), None, goal, True)
            near = [one.rate_kbps is not None and one.rate_kbps[0] <= kbps <= one.rate_kbps[1] for one in right]
            yield Row(f"{codec} at {kbps} kbit/s, its rate in the range said", float(np.mean(near)), None, None, True)


def _lossless(sources: list[Audio], recordings: Path) -> Iterator[Row]:
    whole = [ancestry(Audio(sixteen_bits(source.samples, 1), source.rate_hz)) for source in sources]
    dull = []
    for source in sources:
        for cutoff_hz in DULL_HZ:
            filtered = scipy.signal.butter(8, cutoff_hz, fs=source.rate_hz, output="sos")
            dull.append(
                ancestry(Audio(sixteen_bits(scipy.signal.sosfilt(filtered, source.samples), 2), source.rate_hz))
            )
    tests = []
    for path in sorted((recordings / "loudness").iterdir()):
        with AudioFile(path) as file:
            tests.append(ancestry(Audio(file.read(0, 60 * file.rate_hz), file.rate_hz)))
    for name, found in (("sources", whole), ("sources with a dull top end", dull), ("test signals", tests)):
        accused = sum(one.codec is not None for one in found)
        yield Row(f"{len(found)} lossless {name}: false alarms", accused, None, 0, False)


def _rooms(sources: list[Audio]) -> Iterator[Row]:
    rng = np.random.default_rng(0)
    said, right, count = 0, 0, 0
    for source in sources:
        for decay_s in DECAYS_S:
            for direct_db in DIRECTS_DB:
                at_s = np.arange(round(1.3 * decay_s * source.rate_hz)) / source.rate_hz
                room = rng.standard_normal((2, len(at_s))) * 10 ** (-3 * at_s / decay_s)
                room /= np.sqrt((room**2).sum(axis=1, keepdims=True))
                room[:, 0] += 10 ** (direct_db / 20)
                heard = Audio(scipy.signal.fftconvolve(source.samples, room, axes=1), source.rate_hz)
                bands = BandAccumulator(heard.rate_hz, heard.channels)
                for block in blocks(heard):
                    bands.add(block)
                found = decay_of(bands.result())
                count += 1
                if found.seconds is not None and found.confidence >= LEAST_CONFIDENCE:
                    said += 1
                    right += abs(np.log(found.seconds / decay_s)) < np.log(1 + WITHIN)
    yield Row(f"decay times said, of {count} rooms", said / count, None, None, True)
    yield Row("of those within 30 %", right / max(said, 1), None, None, True)


def _speed(source: Audio) -> Row:
    audio = Audio(np.tile(source.samples, 240 // (source.frames // source.rate_hz)), source.rate_hz)
    hearing, end_hz = Hearing(audio), bandwidth_hz(spectrum_of(source))
    hearing.survey  # noqa: B018  (not what is measured)
    info = AudioInfo(
        path=Path("mix.wav"),
        container="wav",
        codec="pcm_s24",
        rate_hz=audio.rate_hz,
        channels=audio.channels,
        frames=audio.frames,
    )
    began = time.process_time()
    traits = TraitsAccumulator(audio.rate_hz, audio.channels)
    for block in blocks(audio):
        traits.add(block)
    sound_of(hearing, traits.result(), info, end_hz)
    return Row("character of 4 minutes, times real time", 240 / (time.process_time() - began), None, 400.0, True)
