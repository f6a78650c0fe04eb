"""Tempo and beats: machines, people, cross-rhythms, songs, and no beat where there is none."""

import itertools

import numpy as np
import pytest

from controlroom.sound.files import AudioFile
from controlroom.sound.rhythm import Rhythm, pulses_of, rhythm_of
from controlroom.sound.signal import Audio

RATE_HZ = 22050


def played(hits: list[tuple[float, str, float]], seconds: float) -> Audio:
    """Drums at (time_s, "kick" | "snare" | "hat", level)."""
    random = np.random.default_rng(0)
    out = 1e-4 * random.standard_normal(int(seconds * RATE_HZ))
    t = np.arange(RATE_HZ // 5) / RATE_HZ
    for time_s, what, level in hits:
        at = round(time_s * RATE_HZ)
        sound = {
            "kick": np.sin(2 * np.pi * 55 * t) * np.exp(-18 * t),
            "snare": random.standard_normal(len(t)) * np.exp(-30 * t),
            "hat": np.diff(random.standard_normal(len(t) + 1)) * np.exp(-90 * t),
        }[what][: max(len(out) - at, 0)]
        out[at : at + len(sound)] += 0.4 * level * sound
    return Audio(out, RATE_HZ)


def song(beats_s: np.ndarray, cross: bool = False) -> Audio:
    """Kick on one and before three, snare on two and four, hats in eighths; `cross`: a strong hit every 4/3 beats."""
    hits = []
    for i, (here, after) in enumerate(itertools.pairwise(beats_s)):
        hits += [(here, "snare", 0.8)] if i % 2 else [(here, "kick", 1.0)] if i % 4 == 0 else []
        hits += [((here + after) / 2, "kick", 0.7)] if i % 4 == 1 else []
        hits += [(here, "hat", 0.3), ((here + after) / 2, "hat", 0.25)]
    if cross:
        step = 4 / 3 * (beats_s[1] - beats_s[0])
        hits += [(beats_s[0] + i * step, "snare", 0.6) for i in range(int((beats_s[-1] - beats_s[0]) / step))]
    return played(hits, beats_s[-1] + 0.5)


@pytest.mark.parametrize("tempo_bpm", [84, 90, 101.5, 122])
def test_a_machine_keeps_time(tempo_bpm):
    truth_s = 0.5 + np.arange(0, 40, 60 / tempo_bpm)
    rhythm = rhythm_of(pulses_of(song(truth_s)))
    assert rhythm.tempo_bpm == pytest.approx(tempo_bpm, rel=0.001)
    assert rhythm.steady
    assert rhythm.tempo_confidence > 0.4
    assert rhythm.drift_percent < 0.5
    away = np.abs(np.array(rhythm.beats_s)[:, None] - truth_s).min(axis=0)
    assert (away < 0.03).mean() > 0.95
    assert rhythm.meter == "4/4"
    assert np.abs(np.array(rhythm.downbeats_s)[:, None] - truth_s[::4]).min(axis=1).max() < 0.03


def test_three_against_four_does_not_mislead():
    truth_s = 0.5 + np.arange(0, 60, 60 / 132)
    assert rhythm_of(pulses_of(song(truth_s, cross=True))).tempo_bpm == pytest.approx(132, rel=0.002)


def test_a_drummer_who_speeds_up_is_followed_and_called_unsteady():
    truth_s = 0.5 + np.cumsum(60 / np.linspace(96, 106, 80))
    rhythm = rhythm_of(pulses_of(song(truth_s)))
    assert rhythm.tempo_bpm == pytest.approx(101, rel=0.04)
    assert not rhythm.steady
    assert rhythm.drift_percent == pytest.approx(8, abs=3)
    assert (np.abs(np.array(rhythm.beats_s)[:, None] - truth_s[:-1]).min(axis=0) < 0.05).mean() > 0.9


def nothing(samples: np.ndarray) -> list[str]:
    """What is doubted of a sound without a beat; nothing may be said of it."""
    rhythm = rhythm_of(pulses_of(Audio(samples, RATE_HZ)))
    assert rhythm == Rhythm(doubts=rhythm.doubts)
    return [doubt.about for doubt in rhythm.doubts]


def test_no_beat_where_there_is_none():
    random = np.random.default_rng(1)
    t = np.arange(RATE_HZ * 20) / RATE_HZ
    drone = sum(np.sin(2 * np.pi * 110 * k * t) / k for k in range(1, 9)) * (1 + 0.3 * np.sin(2 * np.pi * 0.13 * t))
    for samples in (
        np.zeros(1),
        np.zeros(len(t)),
        np.full(len(t), 0.5),
        0.1 * random.standard_normal(len(t)),
        0.1 * drone,
    ):
        assert nothing(samples) == ["tempo"]
    assert nothing(played([(t, "snare", 1.0) for t in np.sort(random.uniform(0, 40, 70))], 41).samples) == ["tempo"]


@pytest.mark.recordings
@pytest.mark.parametrize(("name", "tempo_bpm"), [("hydrogen", 132), ("potassium", 90), ("caesium", 130)])
def test_songs_have_their_tempo(recordings, name, tempo_bpm):
    total = np.zeros(0, np.float32)
    for path in sorted((recordings / "songs" / name).glob("*.m4a")):
        if path.name != "Master.m4a":
            with AudioFile(path) as file:
                part = file.read(60 * file.rate_hz, 60 * file.rate_hz).mean(axis=0)[:: file.rate_hz // 24000]
            total = part if not len(total) else total + part
    rhythm = rhythm_of(pulses_of(Audio(total, 24000)))
    assert rhythm.tempo_bpm == pytest.approx(tempo_bpm, rel=0.005)
