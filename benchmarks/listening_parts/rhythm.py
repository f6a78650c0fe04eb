"""Tempo, beats and bars: real songs, loops cut from their stems, and sample songs whose every beat is known.

With CONTROLROOM_TRUE_BEATS=FOLDER also songs of one's own, in the form that `tools/train-rhythm` takes: wav files, each
with a JSON file of its tempo_bpm, beats_s and downbeats_s; whole, and two loops of whole bars cut from each.

Peers in the same run: librosa's `beat_track` and essentia's `RhythmExtractor2013` (multifeature); the better of the two
is shown.
"""

from __future__ import annotations

import json
import os
import time
import warnings
from collections.abc import Iterator
from pathlib import Path

import essentia.standard
import librosa
import mir_eval
import numpy as np
import soxr

from controlroom.sample.rough import rough_mix
from controlroom.sound.chroma import chroma_of
from controlroom.sound.files import AudioFile
from controlroom.sound.rhythm import Rhythm, pulses_of, rhythm_of
from controlroom.sound.signal import Audio
from listening_parts import Row

TRUE_BPM = {"hydrogen": 132.0, "potassium": 90.0, "caesium": 130.0}
SEEDS, SECONDS = range(2000, 2008), 45.0
METERS = ("4/4", "4/4", "3/4", "4/4", "6/8", "4/4")
PEER_HZ = 44_100
LOOP_BARS, LOOPS_OF_STEM = 4, 2
WITHIN, CLOSE_BPM = 0.04, 0.5
Heard = dict[str, tuple[float, np.ndarray]]  # by whom, the tempo and the beats


def figures(recordings: Path) -> list[Row]:
    """Rows on real recordings, then on sample songs, then speed."""
    own = os.environ.get("CONTROLROOM_TRUE_BEATS")
    return [*_real(recordings), *_sampled(), *(_own(Path(own)) if own else ()), *_speed()]


def ours(audio: Audio) -> Rhythm:
    return rhythm_of(pulses_of(audio), chroma_of(audio))


def by_peers(audio: Audio) -> Heard:
    mono = audio.samples.mean(axis=0)
    mono = np.asarray(soxr.resample(mono, audio.rate_hz, PEER_HZ), np.float32)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        tempo, beats_s = librosa.beat.beat_track(y=mono, sr=PEER_HZ, units="time")
    bpm, ticks_s, *_ = essentia.standard.RhythmExtractor2013(method="multifeature")(mono)
    return {"librosa": (float(np.squeeze(tempo)), np.asarray(beats_s)), "essentia": (float(bpm), np.asarray(ticks_s))}


def _right(bpm: float | None, truth_bpm: float) -> bool:
    return bpm is not None and abs(bpm / truth_bpm - 1) <= WITHIN


def _stems(folder: Path) -> Iterator[Audio]:
    for path in sorted(folder.glob("*.m4a")):
        if path.name != "Master.m4a":
            with AudioFile(path) as file:
                yield Audio(file.read(0, file.frames).mean(axis=0, keepdims=True), file.rate_hz)


def _loops(stem: Audio, bpm: float) -> Iterator[Audio]:
    """The bars from which the stem is loudest, four at a time."""
    frames = round(LOOP_BARS * 240 / bpm * stem.rate_hz)
    count = stem.frames // frames
    if not count:
        return
    power = (stem.samples[0, : count * frames].reshape(count, -1) ** 2).mean(axis=1)
    for place in np.argsort(-power)[:LOOPS_OF_STEM]:
        yield Audio(stem.samples[:, place * frames : (place + 1) * frames], stem.rate_hz)


def _real(recordings: Path) -> list[Row]:
    songs: list[tuple[bool, bool]] = []
    loops: list[bool] = []
    peers: dict[str, list[bool]] = {}
    loop_peers: dict[str, list[bool]] = {}
    for name, bpm in TRUE_BPM.items():
        total = np.zeros((1, 0), np.float32)
        for stem in _stems(recordings / "songs" / name):
            at_48k = np.asarray(soxr.resample(stem.samples.T, stem.rate_hz, 48_000)).T
            longer = np.zeros((1, max(total.shape[1], at_48k.shape[1])), np.float32)
            longer[:, : total.shape[1]] += total
            longer[:, : at_48k.shape[1]] += at_48k
            total = longer
            for loop in _loops(stem, bpm):
                loops.append(_right(ours(loop).tempo_bpm, bpm))
                for peer, (heard_bpm, _) in by_peers(loop).items():
                    loop_peers.setdefault(peer, []).append(_right(heard_bpm, bpm))
        song = Audio(total, 48_000)
        heard = ours(song).tempo_bpm
        songs.append((_right(heard, bpm), heard is not None and abs(heard - bpm) <= CLOSE_BPM))
        for peer, (heard_bpm, _) in by_peers(song).items():
            peers.setdefault(peer, []).append(_right(heard_bpm, bpm))
    best, best_of_loops = (max(map(np.mean, by_whom.values())) for by_whom in (peers, loop_peers))
    right, close = np.mean(songs, axis=0)
    return [
        Row(f"tempo of {len(songs)} real songs, within 4 %", float(right), float(best), 0.95, True),
        Row(f"tempo of {len(songs)} real songs, within 0.5 BPM", float(close), None, 0.9, True),
        Row(
            f"tempo of {len(loops)} loops of single stems, within 4 %",
            float(np.mean(loops)),
            float(best_of_loops),
            0.85,
            True,
        ),
    ]


def _sampled() -> list[Row]:
    scores: dict[str, list[float]] = {}
    for place, seed in enumerate(SEEDS):
        meter, drums = METERS[place % len(METERS)], place % 3 != 2
        mix, truth = rough_mix(seed, seconds=SECONDS, drums=drums, meter=meter, style="varied")
        beats_s, bpm = np.array(truth.beats_s), 60.0 / float(np.median(np.diff(truth.beats_s)))
        heard, with_drums = ours(mix), "with drums" if drums else "without drums"
        scores.setdefault("tempo", []).append(_right(heard.tempo_bpm, bpm))
        scores.setdefault("close", []).append(abs((heard.tempo_bpm or 0) - bpm) <= CLOSE_BPM)
        scores.setdefault("meter", []).append(heard.meter == meter)
        scores.setdefault(f"beats, {with_drums}", []).append(_f_measure(beats_s, np.array(heard.beats_s)))
        downbeats = _f_measure(np.array(truth.downbeats_s), np.array(heard.downbeats_s))
        scores.setdefault(f"downbeats, {with_drums}", []).append(downbeats)
        for peer, (heard_bpm, heard_s) in by_peers(mix).items():
            scores.setdefault(f"tempo {peer}", []).append(_right(heard_bpm, bpm))
            scores.setdefault(f"beats, {with_drums} {peer}", []).append(_f_measure(beats_s, heard_s))
    rows = [("tempo", 0.95), ("close", 0.9), ("meter", None)]
    rows += [("beats, with drums", 0.95), ("downbeats, with drums", 0.85)]
    rows += [("beats, without drums", 0.85), ("downbeats, without drums", 0.7)]
    return [
        Row(f"sample songs: {name}", float(np.mean(scores[name])), _best_peer(scores, name), goal, True)
        for name, goal in rows
    ]


def _own(folder: Path) -> list[Row]:
    scores: dict[str, list[float]] = {}
    for path in sorted(folder.glob("*.json")):
        truth = json.loads(path.read_text())
        if truth.get("part") or "beats_s" not in truth:
            continue
        with AudioFile(path.with_suffix(".wav")) as file:
            song = Audio(file.read(0, file.frames), file.rate_hz)
        bpm, heard = truth["tempo_bpm"], ours(song)
        scores.setdefault("tempo", []).append(_right(heard.tempo_bpm, bpm))
        scores.setdefault("tempo, within 0.5 BPM", []).append(abs((heard.tempo_bpm or 0) - bpm) <= CLOSE_BPM)
        for name, places_s in (("beats", heard.beats_s), ("downbeats", heard.downbeats_s)):
            scores.setdefault(name, []).append(_f_measure(np.array(truth[f"{name}_s"]), np.array(places_s)))
        for peer, (heard_bpm, heard_s) in by_peers(song).items():
            scores.setdefault(f"tempo {peer}", []).append(_right(heard_bpm, bpm))
            scores.setdefault(f"beats {peer}", []).append(_f_measure(np.array(truth["beats_s"]), heard_s))
        for loop in _bars(song, truth["downbeats_s"]):
            scores.setdefault("tempo of loops", []).append(_right(ours(loop).tempo_bpm, bpm))
            for peer, (heard_bpm, _) in by_peers(loop).items():
                scores.setdefault(f"tempo of loops {peer}", []).append(_right(heard_bpm, bpm))
    means = {name: float(np.mean(values)) for name, values in scores.items()}
    goals = {"tempo": 0.95, "tempo, within 0.5 BPM": 0.9, "tempo of loops": 0.85, "beats": 0.95, "downbeats": 0.85}
    return [
        Row(f"own songs: {name} ({len(scores[name])})", means[name], _best_peer(scores, name), goal, True)
        for name, goal in goals.items()
        if name in scores
    ]


def _bars(song: Audio, downbeats_s: list[float]) -> Iterator[Audio]:
    """Two loops of two and four bars from a third and two thirds of a song."""
    for count, place in ((2, len(downbeats_s) // 3), (4, 2 * len(downbeats_s) // 3)):
        if place + count < len(downbeats_s):
            start, end = (round(at_s * song.rate_hz) for at_s in (downbeats_s[place], downbeats_s[place + count]))
            yield Audio(song.samples[:, start:end], song.rate_hz)


def _best_peer(scores: dict[str, list[float]], name: str) -> float | None:
    found = [float(np.mean(scores[f"{name} {peer}"])) for peer in ("librosa", "essentia") if f"{name} {peer}" in scores]
    return max(found, default=None)


def _f_measure(truth_s: np.ndarray, heard_s: np.ndarray) -> float:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return float(mir_eval.beat.f_measure(truth_s, heard_s))


def _speed() -> list[Row]:
    """Process time for four minutes of stereo, without the harmony's chroma."""
    mix, _ = rough_mix(SEEDS[0], seconds=SECONDS)
    four_minutes = Audio(np.tile(mix.samples, 4), mix.rate_hz)
    rhythm_of(pulses_of(mix))
    before_s = time.process_time()
    rhythm_of(pulses_of(four_minutes))
    return [Row("rhythm of 4 minutes of stereo, s of one core", time.process_time() - before_s, None, 0.6, False)]
