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
        at, noise = round(time_s * RATE_HZ), random.standard_normal(len(t) + 2)
        sound = {
            "kick": np.sin(2 * np.pi * (55 * t - 3 * np.exp(-40 * t))) * np.exp(-18 * t)
            + 0.2 * noise[2:] * np.exp(-300 * t),
            "snare": (0.5 * np.diff(noise[1:]) + 0.5 * np.sin(2 * np.pi * 190 * t)) * np.exp(-30 * t),
            "hat": np.diff(noise, 2) * np.exp(-90 * t),
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


def in_three(beats_s: np.ndarray) -> list[tuple[float, str, float]]:
    """A waltz: kick on one, lighter snare on two and three, hats in eighths."""
    hits = []
    for i, (here, after) in enumerate(itertools.pairwise(beats_s)):
        hits += [(here, "kick", 1.0)] if i % 3 == 0 else [(here, "snare", 0.25)]
        hits += [(here, "hat", 0.3), ((here + after) / 2, "hat", 0.2)]
    return hits


def test_a_waltz_is_counted_in_three():
    truth_s = 0.5 + np.arange(0, 40, 60 / 120)
    rhythm = rhythm_of(pulses_of(played(in_three(truth_s), 41)))
    assert rhythm.tempo_bpm == pytest.approx(120, rel=0.001)
    assert rhythm.meter == "3/4"
    assert np.abs(np.array(rhythm.downbeats_s)[:, None] - truth_s[::3]).min(axis=1).max() < 0.03


def test_six_eighths_beat_in_dotted_quarters():
    truth_s = 0.5 + np.arange(0, 40, 60 / 66)
    hits = []
    for i, here in enumerate(truth_s):
        hits += [(here, "snare", 0.8)] if i % 2 else [(here, "kick", 1.0)]
        hits += [(here + third * 60 / 66 / 3, "hat", 0.3 - 0.1 * (third > 0)) for third in range(3)]
    rhythm = rhythm_of(pulses_of(played(hits, 41)))
    assert rhythm.tempo_bpm == pytest.approx(66, rel=0.001)
    assert rhythm.meter == "6/8"
    assert np.diff(rhythm.downbeats_s) == pytest.approx(2 * 60 / 66, abs=0.002)


def test_a_new_metre_is_told_from_where_it_begins():
    four_s = 0.5 + np.arange(64) * 0.5
    three_s = four_s[-1] + 0.5 + np.arange(61) * 0.5
    hits = in_three(three_s)
    for i, here in enumerate(four_s):
        hits += [(here, "snare", 0.8)] if i % 2 else [(here, "kick", 1.0)] if i % 4 == 0 else []
        hits += [(here, "hat", 0.3), (here + 0.25, "hat", 0.25)]
    rhythm = rhythm_of(pulses_of(played(hits, 64)))
    assert rhythm.tempo_bpm == pytest.approx(120, rel=0.001)
    assert [change.meter for change in rhythm.changes] == ["3/4"]
    assert rhythm.changes[0].at_s == pytest.approx(three_s[0], abs=6.0)


def test_a_new_tempo_is_told_from_where_it_begins():
    first_s = 0.5 + np.arange(64) * 60 / 100
    second_s = first_s[-1] + 60 / 100 + np.arange(64) * 60 / 109
    rhythm = rhythm_of(pulses_of(song(np.concatenate([first_s, second_s]))))
    assert rhythm.to_click is False
    assert [change.tempo_bpm for change in rhythm.changes] == [pytest.approx(109, rel=0.01)]
    assert rhythm.changes[0].at_s == pytest.approx(second_s[0], abs=3.0)
    assert rhythm.curve[2].bpm == pytest.approx(100, rel=0.01)
    assert rhythm.curve[-2].bpm == pytest.approx(109, rel=0.01)


@pytest.mark.parametrize(("tempo_bpm", "bars"), [(93, 1), (128, 2), (104, 4)])
def test_a_loop_has_the_tempo_of_its_length(tempo_bpm, bars):
    length_s = bars * 240 / tempo_bpm
    whole = song(np.arange(4 * bars + 5) * 60 / tempo_bpm)
    loop = Audio(whole.samples[:, : round(length_s * RATE_HZ)], RATE_HZ)
    assert rhythm_of(pulses_of(loop)).tempo_bpm == pytest.approx(tempo_bpm, rel=0.001)


def test_where_another_tempo_may_be_felt_it_is_named():
    rhythm = rhythm_of(pulses_of(played([(0.5 + 0.6 * i, "kick", 1.0) for i in range(40)], 25)))
    assert rhythm.tempo_bpm is None or rhythm.tempo_confidence < 0.999
    for figure in (rhythm.tempo_confidence, rhythm.meter_confidence, rhythm.beats_confidence):
        assert 0 <= figure <= 1


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
