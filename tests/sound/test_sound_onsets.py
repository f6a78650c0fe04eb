"""Onsets: every hit found to a millisecond, singing in time, none in silence or steady sound."""

import numpy as np
import pytest

from controlroom.sound.files import AudioFile
from controlroom.sound.onsets import OnsetAccumulator, onsets_of
from controlroom.sound.signal import Audio


def played(rate_hz: int, seconds: float = 20.0) -> tuple[np.ndarray, np.ndarray]:
    """Kicks, snares and hats at irregular times over a noise floor; the times in s."""
    random = np.random.default_rng(0)
    out = 0.001 * random.standard_normal(int(seconds * rate_hz))
    t = np.arange(rate_hz // 4) / rate_hz
    times, at = [], rate_hz // 2
    while at < len(out) - rate_hz // 2:
        noise = random.standard_normal(len(t) + 1)
        hit = (
            np.sin(2 * np.pi * 60 * t + 30 * np.exp(-t * 60)) * np.exp(-t * 15),
            0.5 * noise[1:] * np.exp(-t * 30) + 0.3 * np.sin(2 * np.pi * 190 * t) * np.exp(-t * 25),
            0.2 * np.diff(noise) * np.exp(-t * 80),
        )[random.integers(3)]
        out[at : at + len(t)] += 0.4 * random.uniform(0.3, 1) * hit
        times.append(at / rate_hz)
        at += int(rate_hz * random.uniform(0.12, 0.5))
    return out, np.array(times)


@pytest.mark.parametrize("rate_hz", [22050, 44100, 48000, 96000])
def test_hits_are_found_to_a_millisecond(rate_hz):
    samples, times_s = played(rate_hz)
    onsets = onsets_of(Audio(samples, rate_hz))
    away = np.abs(onsets.times_s[:, None] - times_s)
    assert (away.min(axis=0) < 0.02).mean() >= 0.97
    assert (away.min(axis=1) < 0.02).mean() >= 0.97
    assert np.median(away.min(axis=0)) < 0.001
    assert np.percentile(away.min(axis=0), 90) < 0.002


@pytest.mark.parametrize("size", [1, 999, 50_000])
def test_the_block_size_leaves_no_trace(size):
    samples = played(8000, 5.0)[0].astype(np.float32)
    accumulator = OnsetAccumulator(8000)
    for at in range(0, len(samples), size):
        accumulator.add(samples[at : at + size])
    pieces, whole = accumulator.result(), onsets_of(Audio(samples, 8000))
    assert np.array_equal(pieces.envelope, whole.envelope)
    assert np.array_equal(pieces.times_s, whole.times_s)


def test_vibrato_silence_and_noise_do_not_begin():
    t = np.arange(48000 * 4) / 48000
    vibrato = sum(np.sin(2 * np.pi * 220 * k * t + 2 * k * np.sin(2 * np.pi * 5.5 * t)) / k for k in range(1, 15))
    for steady in (0.1 * vibrato, 0.1 * np.random.default_rng(0).standard_normal(len(t)), 0 * t, 0 * t + 0.5):
        assert (onsets_of(Audio(steady, 48000)).times_s < 0.05).all()


def test_the_envelope_follows_the_loudness_of_no_one():
    samples, _ = played(48000)
    loud, quiet = onsets_of(Audio(samples, 48000)), onsets_of(Audio(samples / 100, 48000))
    assert len(quiet.times_s) == pytest.approx(len(loud.times_s), abs=2)


@pytest.mark.recordings
def test_sung_notes_begin_where_two_annotators_heard_them(recordings):
    with AudioFile(recordings / "voice/vocadito_1.wav") as file:
        onsets = onsets_of(file)
    for annotator in ("A1", "A2"):
        notes_s = np.loadtxt(recordings / f"voice/vocadito_1_notes{annotator}.csv", delimiter=",")[:, 0]
        away = np.abs(onsets.times_s[:, None] - notes_s).min(axis=0)
        assert (away < 0.08).mean() > 0.7
