"""Form: section boundaries, repetition and labels of sample songs whose sections are known, and boundaries of real
songs, where whole stems enter and leave.

Peer in the same run: librosa's agglomerative segmentation of chroma on its own beats. It has no number of sections of
its own and is told the true one; repetition and labels it does not give.
"""

from __future__ import annotations

import time
import warnings
from itertools import pairwise
from pathlib import Path

import librosa
import mir_eval
import numpy as np
import scipy.ndimage
import soxr

from controlroom.sample.rough import rough_mix
from controlroom.sample.truth import TrueSection, Truth
from controlroom.sound.chroma import chroma_of
from controlroom.sound.files import AudioFile
from controlroom.sound.form import Form, form_of
from controlroom.sound.meter import LoudnessMeter
from controlroom.sound.rhythm import pulses_of, rhythm_of
from controlroom.sound.signal import Audio, blocks
from controlroom.sound.timbre import timbre_of
from controlroom.sound.voice import features_of, voice_of
from listening_parts import Row

TRUE_BPM = {"hydrogen": 132.0, "potassium": 90.0, "caesium": 130.0}
SEEDS, SECONDS = range(700, 708), 130.0
METERS = ("4/4", "4/4", "4/4", "3/4", "4/4", "6/8", "4/4", "4/4")
RATE_HZ, PEER_HZ = 48_000, 22_050
WITHIN_S = 3.0
PAUSE_BARS, LEAST_BARS, NEAR_BARS = 5, 4, 2  # a stem's pauses that count as playing, its shortest entry, one event
Edges = np.ndarray  # (sections + 1,) in seconds


def figures(recordings: Path) -> list[Row]:
    """Rows on sample songs, then on real recordings, then speed."""
    return [*_sampled(), *_real(recordings), *_speed()]


def ours(audio: Audio) -> Form:
    meter = LoudnessMeter(audio.rate_hz, audio.channels)
    for block in blocks(audio):
        meter.add(block)
    chroma = chroma_of(audio)
    rhythm = rhythm_of(pulses_of(audio), chroma)
    voice = voice_of(features_of(audio), None, None)
    return form_of(
        timbre_of(audio),
        chroma,
        meter.series(),
        beats_s=rhythm.beats_s,
        downbeats_s=rhythm.downbeats_s,
        voice=[(span.start_s, span.end_s) for span in voice.present] or None,
    )


def by_peer(audio: Audio, sections: int) -> Edges:
    mono = np.asarray(soxr.resample(audio.samples.mean(axis=0), audio.rate_hz, PEER_HZ), np.float32)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        _, beats = librosa.beat.beat_track(y=mono, sr=PEER_HZ)
        chroma = librosa.util.sync(librosa.feature.chroma_cqt(y=mono, sr=PEER_HZ, tuning=0.0), beats)
        starts = librosa.segment.agglomerative(chroma, min(sections, chroma.shape[1]))
    times_s = librosa.frames_to_time(np.concatenate([[0], beats]), sr=PEER_HZ)
    return np.append(times_s[starts], len(mono) / PEER_HZ)


def _f(true_s: Edges, found_s: Edges) -> float:
    """F-measure of the boundaries within 3 s, without the two ends."""
    spans = [np.array(list(pairwise(edges))) for edges in (true_s, found_s)]
    return float(mir_eval.segment.detection(*spans, window=WITHIN_S, trim=True)[2])


def _edges(form: Form) -> Edges:
    return np.array([*(section.start_s for section in form.sections), form.sections[-1].end_s])


def _sampled() -> list[Row]:
    figures: list[tuple[float, float, float, float]] = []
    for seed, meter in zip(SEEDS, METERS, strict=True):
        audio, truth = rough_mix(seed, seconds=SECONDS, meter=meter, style="varied")
        form, spans = ours(audio), truth.sections
        true_s = np.array([*(span.start_s for span in spans), spans[-1].end_s])
        peer = _f(true_s, by_peer(audio, len(spans)))
        figures.append((_f(true_s, _edges(form)), peer, _pairwise(form, truth), _named(form, spans)))
    boundaries, peer, same, named = np.mean(figures, axis=0)
    of = f"of {len(figures)} sample songs"
    return [
        Row(f"section boundaries {of}, F (3 s)", float(boundaries), float(peer), 0.75, True),
        Row(f"which sections repeat, {of}, pairwise F", float(same), None, None, True),
        Row(f"section labels {of}, share of time right", float(named), None, None, True),
    ]


def _pairwise(form: Form, truth: Truth) -> float:
    end_s = max(form.sections[-1].end_s, truth.sections[-1].end_s)
    sides = [
        mir_eval.util.adjust_intervals(np.array([(s.start_s, s.end_s) for s in spans]), names, t_min=0.0, t_max=end_s)
        for spans, names in (
            (truth.sections, [span.label for span in truth.sections]),
            (form.sections, [section.letter for section in form.sections]),
        )
    ]
    return float(mir_eval.segment.pairwise(*sides[0], *sides[1])[2])


def _named(form: Form, spans: tuple[TrueSection, ...]) -> float:
    """The share of the song whose section has the right name."""
    right_s = sum(
        max(min(span.end_s, section.end_s) - max(span.start_s, section.start_s), 0.0)
        for span in spans
        for section in form.sections
        if span.label == section.label
    )
    return right_s / (spans[-1].end_s - spans[0].start_s)


def _real(recordings: Path) -> list[Row]:
    figures: list[tuple[float, float]] = []
    for name, bpm in TRUE_BPM.items():
        stems = [_stem(path) for path in sorted((recordings / "songs" / name).glob("*.m4a")) if path.stem != "Master"]
        total = np.zeros((2, max(stem.shape[1] for stem in stems)), np.float32)
        for stem in stems:
            total[:, : stem.shape[1]] += stem
        true_s = _entries(stems, 240.0 / bpm)
        song = Audio(total, RATE_HZ)
        figures.append((_f(true_s, _edges(ours(song))), _f(true_s, by_peer(song, len(true_s) - 1))))
    found, peer = np.mean(figures, axis=0)
    return [
        Row(f"where stems of {len(figures)} real songs enter and leave, F (3 s)", float(found), float(peer), None, True)
    ]


def _stem(path: Path) -> np.ndarray:
    with AudioFile(path) as file:
        samples = file.read(0, file.frames)
        return np.asarray(soxr.resample(samples.T, file.rate_hz, RATE_HZ), np.float32).T


def _entries(stems: list[np.ndarray], bar_s: float) -> Edges:
    """The bars at which whole stems begin or end to play, in seconds, and the two ends."""
    bars = int(max(stem.shape[1] for stem in stems) / RATE_HZ / bar_s)
    events = np.zeros(bars + 1)
    for stem in stems:
        marks = (np.arange(bars + 1) * bar_s * RATE_HZ).astype(int)
        levels = [
            float((stem[:, begin:end] ** 2).mean()) if begin < stem.shape[1] else 0.0 for begin, end in pairwise(marks)
        ]
        level_db = 10 * np.log10(np.array(levels) + 1e-12)
        plays = np.pad(level_db > max(np.percentile(level_db, 97) - 15, -55), PAUSE_BARS)
        plays = scipy.ndimage.binary_closing(plays, np.ones(PAUSE_BARS))[PAUSE_BARS:-PAUSE_BARS]
        turns = np.flatnonzero(np.diff(np.concatenate([[0], plays.astype(int), [0]])))
        for begin, end in turns.reshape(-1, 2):
            if end - begin >= LEAST_BARS:
                events[[begin, end]] += 1
    groups = np.split(np.flatnonzero(events), np.flatnonzero(np.diff(np.flatnonzero(events)) > NEAR_BARS) + 1)
    inner = [group[np.argmax(events[group])] for group in groups if group[0] > 0 and group[-1] < bars]
    return np.array([0, *inner, bars]) * bar_s


def _speed() -> list[Row]:
    """Process time for four minutes of stereo, beats and chroma given."""
    mix, truth = rough_mix(SEEDS[0], seconds=60.0)
    four_minutes = Audio(np.tile(mix.samples, 4)[:, : 240 * mix.rate_hz], mix.rate_hz)
    chroma, meter = chroma_of(four_minutes), LoudnessMeter(mix.rate_hz, 2)
    for block in blocks(four_minutes):
        meter.add(block)
    beats_s = np.arange(0.0, 240.0, truth.beats_s[1] - truth.beats_s[0]).tolist()
    timbre_of(mix)
    before_s = time.process_time()
    form_of(timbre_of(four_minutes), chroma, meter.series(), beats_s=beats_s, downbeats_s=beats_s[::4])
    return [Row("form of 4 minutes of stereo, s of one core", time.process_time() - before_s, None, 0.5, False)]
