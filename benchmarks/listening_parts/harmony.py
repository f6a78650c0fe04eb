"""Harmony: the key of real songs and their pitched stems, key and chords of sample songs, the tuning of a retuned song.

Peers in the same run: essentia's KeyExtractor (profiles krumhansl and edma, the better of both) and librosa's chroma
with the Krumhansl-Kessler profiles. Keys are scored as MIREX does:
the fifth above or below half, the relative key 0.3, the parallel key 0.2; a key that is not told scores nothing.
"""

from __future__ import annotations

import time
from collections.abc import Iterable
from itertools import pairwise
from pathlib import Path

import essentia.standard
import librosa
import mir_eval
import numpy as np
import soxr

from controlroom.sample.rough import rough_mix
from controlroom.sample.truth import Truth
from controlroom.sound.chroma import chroma_of
from controlroom.sound.files import AudioFile
from controlroom.sound.harmony import Harmony, harmony_of, parsed_key
from controlroom.sound.rhythm import pulses_of, rhythm_of
from controlroom.sound.signal import Audio
from listening_parts import Row

KEYS = {"hydrogen": "D major", "potassium": "C major", "caesium": "C major"}
STEMS = {  # those that hold more than one line
    "hydrogen": ("MINILOGUE SYNTH", "BGVOX AAHH", "BGVOX ECHO", "BGVOX HARMONY"),
    "potassium": ("KEYS", "PAD + BASS", "MINILOGUE_SYNTH", "MALLET"),
    "caesium": ("MINILOGUE_SYNTH", "BGVOX MAIN"),
}
SEEDS, SECONDS = range(800, 810), 75.0
TUNINGS_HZ, TUNED_S = (428.0, 432.0, 436.0, 443.0, 448.0, 452.0), 60
RATE_HZ, PEER_HZ = 44_100, 22_050
KRUMHANSL = (
    (6.35, 2.23, 3.48, 2.33, 4.38, 4.09, 2.52, 5.19, 2.39, 3.66, 2.29, 2.88),
    (6.33, 2.68, 3.52, 5.38, 2.60, 3.53, 2.54, 4.75, 3.98, 2.69, 3.34, 3.17),
)


def figures(recordings: Path) -> list[Row]:
    """Rows on real recordings, on sample songs, on retuned ones, and the speed."""
    return [*_keys_of_real_ones(recordings), *_sampled(), *_retuned(recordings), *_speed(recordings)]


def _keys_of_real_ones(recordings: Path) -> list[Row]:
    folder = recordings / "songs"
    songs = [(mixed(folder / name), key) for name, key in KEYS.items()]
    songs.append((read(folder / "caesium" / "Master.m4a"), KEYS["caesium"]))
    stems = [(read(folder / name / f"{stem}.m4a"), KEYS[name]) for name, names in STEMS.items() for stem in names]
    return [
        Row(f"key, {what}, MIREX weighted", *_scores(items), goal, True)
        for what, items, goal in (("songs", songs, 0.76), ("pitched stems", stems, None))
    ]


def _scores(items: list[tuple[Audio, str]]) -> tuple[float, float]:
    """Our mean score and the best peer's."""
    own = [mirex(harmony_of(chroma_of(audio)).key, key) for audio, key in items]
    peers = [[mirex(found, key) for found in keys_by_peers(audio)] for audio, key in items]
    return float(np.mean(own)), float(np.max(np.mean(peers, axis=0)))


def _sampled() -> list[Row]:
    """Sample songs of every mode: our own beats, then chords and key."""
    keys, chords, on_true_beats = [], [], []
    for seed in SEEDS:
        audio, truth = rough_mix(seed, seconds=SECONDS, style="varied")
        chroma = chroma_of(audio)
        rhythm = rhythm_of(pulses_of(audio), chroma)
        heard = harmony_of(chroma, rhythm.beats_s, rhythm.downbeats_s)
        keys.append(mirex(heard.key, truth.key))
        chords.append(overlap(heard, truth))
        on_true_beats.append(overlap(harmony_of(chroma, truth.beats_s, truth.downbeats_s), truth))
    return [
        Row("key, sample songs, MIREX weighted", float(np.mean(keys)), None, 0.9, True),
        Row("chords, sample songs, maj/min overlap", float(np.mean(chords)), None, 0.85, True),
        Row("chords, sample songs, maj/min overlap on the true beats", float(np.mean(on_true_beats)), None, None, True),
    ]


def _retuned(recordings: Path) -> list[Row]:
    """The largest error in Hz on one song brought to several tunings, as one that plays at 440 Hz."""
    whole = read(recordings / "songs" / "caesium" / "Master.m4a")
    song = Audio(whole.samples[:, : TUNED_S * whole.rate_hz], whole.rate_hz)
    at_home = chroma_of(song).tuning_hz or 440.0
    errors = []
    for wanted_hz in TUNINGS_HZ:
        samples = soxr.resample(song.samples.T, wanted_hz, at_home, "HQ").T
        tuned = chroma_of(Audio(samples, song.rate_hz)).tuning_hz
        errors.append(abs((tuned or 0.0) - wanted_hz))
    return [Row("tuning of a retuned song, largest error in Hz", max(errors), None, 0.5, False)]


def _speed(recordings: Path) -> list[Row]:
    """How many times faster than real time, in process time; the peer is essentia's KeyExtractor alone."""
    song = read(recordings / "songs" / "caesium" / "Master.m4a")
    harmony_of(chroma_of(Audio(song.samples[:, : 10 * song.rate_hz], song.rate_hz)))  # compiled
    mono = np.ascontiguousarray(song.samples.mean(axis=0))
    start_s = time.process_time()
    harmony_of(chroma_of(song))
    own_s, start_s = time.process_time() - start_s, time.process_time()
    essentia.standard.KeyExtractor(profileType="krumhansl", sampleRate=song.rate_hz)(mono)
    peer_s, length_s = time.process_time() - start_s, song.frames / song.rate_hz
    return [Row("speed of harmony, times real time", length_s / own_s, length_s / peer_s, None, True)]


def read(path: Path) -> Audio:
    with AudioFile(path) as file:
        return Audio(file.read(0, file.frames), file.rate_hz)


def mixed(folder: Path) -> Audio:
    """The plain sum of a song's stems."""
    total = np.zeros((2, 0), np.float32)
    for path in sorted(folder.glob("*.m4a")):
        if path.stem != "Master":
            stem = read(path)
            samples = soxr.resample(stem.samples.T, stem.rate_hz, RATE_HZ).T
            longer = np.zeros((2, max(total.shape[1], samples.shape[1])), np.float32)
            longer[:, : total.shape[1]] = total
            longer[:, : samples.shape[1]] += samples
            total = longer
    return Audio(total / max(float(np.abs(total).max()), 1.0), RATE_HZ)


def keys_by_peers(audio: Audio) -> tuple[str, ...]:
    """By essentia (krumhansl, edma) and librosa."""
    mono = np.ascontiguousarray(soxr.resample(audio.samples.mean(axis=0), audio.rate_hz, RATE_HZ), np.float32)
    found = [essentia.standard.KeyExtractor(profileType=profile)(mono)[:2] for profile in ("krumhansl", "edma")]
    classes = librosa.feature.chroma_cqt(
        y=soxr.resample(mono, RATE_HZ, PEER_HZ), sr=PEER_HZ, hop_length=2048, tuning=0.0
    ).mean(axis=1)
    fits = [[np.corrcoef(classes, np.roll(profile, tonic))[0, 1] for tonic in range(12)] for profile in KRUMHANSL]
    mode, tonic = np.unravel_index(int(np.nan_to_num(fits).argmax()), (2, 12))
    name = f"{librosa.midi_to_note(int(tonic), octave=False, unicode=False)} {'minor' if mode else 'major'}"
    return (*(" ".join(each) for each in found), name)


def mirex(told: str | None, true: str) -> float:
    """The weighted score of MIREX audio key detection."""
    if not told:
        return 0.0
    return float(mir_eval.key.weighted_score(_sharp(true), _sharp(told)))


def _sharp(key: str) -> str:
    parsed = parsed_key(key)
    name = librosa.midi_to_note(parsed.tonic, octave=False, unicode=False)
    return f"{name} {'minor' if parsed.minor else 'major'}"


def overlap(heard: Harmony, truth: Truth) -> float:
    """The share of time whose chord is right, major and minor triads (J. Pauwels and G. Peeters, ICASSP 2013)."""
    reference = np.array([(span.start_s, span.end_s) for span in truth.chords])
    names = [span.chord for span in truth.chords]
    told, labels = _as_intervals((span.start_s, span.end_s, span.chord) for span in heard.chords)
    told, labels = mir_eval.util.adjust_intervals(told, labels, reference.min(), reference.max(), "N", "N")
    intervals, true, found = mir_eval.util.merge_labeled_intervals(reference, names, told, labels)
    lengths = mir_eval.util.intervals_to_durations(intervals)
    return float(mir_eval.chord.weighted_accuracy(mir_eval.chord.majmin(true, found), lengths))


def _as_intervals(spans: Iterable[tuple[float, float, str]]) -> tuple[np.ndarray, list[str]]:
    listed = list(spans) or [(0.0, 1.0, "N")]
    assert all(before[1] <= after[0] + 1e-6 for before, after in pairwise(listed))
    return np.array([span[:2] for span in listed]), [span[2] for span in listed]
