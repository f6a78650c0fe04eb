"""The voice: F0 beside Praat's, on a real and on thirty sung voices; where somebody sings in mixes of real stems."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import TypeAlias

import mir_eval
import numpy as np
import numpy.typing as npt
import parselmouth
import soxr

from controlroom.sample import VOICES, rough_mix, solo_voice
from controlroom.sound.files import AudioFile
from controlroom.sound.pitch import track_pitch
from controlroom.sound.signal import Audio, Signal, duration_s, in_memory
from controlroom.sound.voice import features_of, voice_of
from listening_parts import Row

Floats: TypeAlias = npt.NDArray[np.float64]
Tracked: TypeAlias = tuple[Floats, Floats]

SONGS = ("hydrogen", "potassium", "caesium")
SUNG_SEEDS, UNSUNG_SEEDS = range(2001, 2007), range(2011, 2015)  # of sample songs: the network learned from others
RATE_HZ = 44100
STEP_S = 0.1
HEARD_DB = -40.0  # under the loud parts of the vocal stems: what is softer is the tail of an echo
BLEED_DB = -20.0


def figures(recordings: Path) -> list[Row]:
    """All figures of the voice."""
    return [*pitch_figures(recordings), *presence_figures(recordings)]


def pitch_figures(recordings: Path) -> list[Row]:
    """Overall accuracy (50 cents) and speed of the pitch tracker and of Praat's, default settings."""
    sung = [_sung(at, voice) for at, voice in enumerate(VOICES)]
    with AudioFile(recordings / "voice/vocadito_1.wav") as file:
        real = in_memory(file), tuple(np.loadtxt(recordings / "voice/vocadito_1_f0.csv", delimiter=",").T)
    rows, seconds, sound_s = [], {"ours": 0.0, "Praat": 0.0}, 0.0
    track_pitch(Audio(real[0].samples[:, :RATE_HZ], RATE_HZ))  # the kernels are compiled before the clock starts
    for name, items in (("vocadito_1", [real]), ("30 sung voices", sung)):
        accuracy: dict[str, list[float]] = {"ours": [], "Praat": []}
        for audio, truth in items:
            sound_s += duration_s(audio)
            for who, track in (("ours", _ours), ("Praat", _praat)):
                began = time.process_time()
                times_s, f0_hz = track(audio)
                seconds[who] += time.process_time() - began
                scores = mir_eval.melody.evaluate(*truth, times_s, f0_hz)
                accuracy[who].append(float(scores["Overall Accuracy"]))
        ours, praat = (float(np.mean(accuracy[who])) for who in ("ours", "Praat"))
        rows.append(Row(f"F0 overall accuracy, {name}", ours, praat, praat, True))
    speeds = {who: sound_s / spent for who, spent in seconds.items()}
    rows.append(Row("F0 times real time", speeds["ours"], speeds["Praat"], 172.0, True))
    return rows


def _sung(at: int, voice: str) -> tuple[Audio, Tracked]:
    """One of the thirty: every third with the band in the microphone."""
    audio, truth = solo_voice(at + 1, seconds=25.0, voice=voice, bleed_db=BLEED_DB if at % 3 == 2 else None)
    return audio, (truth.times_s, truth.f0_hz)


def _ours(audio: Audio) -> Tracked:
    track = track_pitch(audio)
    return track.times_s, track.f0_hz


def _praat(audio: Audio) -> Tracked:
    pitch = parselmouth.Sound(audio.samples[0].astype(np.float64), audio.rate_hz).to_pitch_ac()
    return pitch.xs(), pitch.selected_array["frequency"]


def presence_figures(recordings: Path) -> list[Row]:
    """F-measure of singing in tenths of a second: real mixes, and those mixes without the voice."""
    rows, false_alarms = [], []
    for song in SONGS:
        vocals, band = _stems(recordings / "songs" / song)
        truth = _heard(vocals)
        scores = [_f_measure(_present(vocals * np.float32(10 ** (by_db / 20)) + band), truth) for by_db in (-6, 0, 6)]
        rows.append(Row(f"singing, F, {song} (vocals -6, 0, +6 dB)", float(np.mean(scores)), None, 0.9, True))
        false_alarms.append(float(_present(band).mean()))
    for audio in _without_voice(recordings):
        false_alarms.append(float(_found(audio).mean()))
    rows.append(Row("singing found where nobody sings, share", float(np.mean(false_alarms)), None, 0.05, False))
    scores = []
    for seed in SUNG_SEEDS:
        audio, truth = rough_mix(seed, seconds=40.0)
        found = _found(audio)
        sung = np.zeros(len(found), bool)
        for phrase in truth.phrases:
            sung[int(phrase.start_s / STEP_S) : int(phrase.end_s / STEP_S) + 1] = True
        scores.append(_f_measure(found, sung))
    rows.append(Row("singing, F, sample songs never trained on", float(np.mean(scores)), None, 0.9, True))
    return rows


def _stems(folder: Path) -> tuple[Floats, Floats]:
    """(vocals, band), the plain sums of a song's stems at 44.1 kHz, (channels, frames)."""
    sums: dict[bool, Floats] = {}
    for path in sorted(folder.iterdir()):
        if path.stem == "Master":
            continue
        with AudioFile(path) as file:
            samples = in_memory(file).samples
            if file.rate_hz != RATE_HZ:
                samples = soxr.resample(samples.T, file.rate_hz, RATE_HZ).T
        part = np.zeros((2, max(samples.shape[1], *(held.shape[1] for held in sums.values()), 0)), np.float32)
        part[:, : samples.shape[1]] = samples
        sung = "VOX" in path.stem
        if sung in sums:
            part[:, : sums[sung].shape[1]] += sums[sung]
        sums[sung] = part
    frames = min(held.shape[1] for held in sums.values())
    return sums[True][:, :frames], sums[False][:, :frames]


def _heard(vocals: Floats) -> npt.NDArray[np.bool_]:
    """(steps,) where the vocal stems stand above `HEARD_DB`, smoothed over 0.3 s."""
    step = round(STEP_S * RATE_HZ)
    count = vocals.shape[1] // step
    power = (vocals[:, : count * step].astype(float) ** 2).mean(axis=0).reshape(count, step).mean(axis=1)
    smooth = np.convolve(power, np.ones(3) / 3, mode="same")
    return np.asarray(10 * np.log10(smooth + 1e-12) > 10 * np.log10(np.percentile(smooth, 95)) + HEARD_DB)


def _present(samples: Floats) -> npt.NDArray[np.bool_]:
    return _found(Audio(samples, RATE_HZ))


def _found(signal: Signal) -> npt.NDArray[np.bool_]:
    voice = voice_of(features_of(signal), None, None)
    found = np.zeros(int(duration_s(signal) / STEP_S), bool)
    for span in voice.present:
        found[round(span.start_s / STEP_S) : round(span.end_s / STEP_S)] = True
    return found


def _f_measure(found: npt.NDArray[np.bool_], truth: npt.NDArray[np.bool_]) -> float:
    count = min(len(found), len(truth))
    found, truth = found[:count], truth[:count]
    return float(2 * (found & truth).sum() / max(found.sum() + truth.sum(), 1))


def _without_voice(recordings: Path) -> Iterator[Signal]:
    parts = []
    for path in sorted((recordings / "band").iterdir()):
        with AudioFile(path) as file:
            parts.append(in_memory(file))
    frames = min(part.frames for part in parts)
    yield Audio(np.sum([part.samples[:2, :frames].mean(axis=0) for part in parts], axis=0), parts[0].rate_hz)
    for seed in UNSUNG_SEEDS:
        yield rough_mix(seed, seconds=40.0, voice=False)[0]
