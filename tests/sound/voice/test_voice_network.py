"""The network hears the same whatever pieces a file is looked at in, however loud it is, and whatever its rate."""

import numpy as np
import pytest
import soxr

from controlroom.sample import rough_mix
from controlroom.sound.signal import Audio
from controlroom.sound.voice import features_of, network
from controlroom.sound.voice.network import likelihoods


@pytest.fixture(scope="module")
def song():
    audio, _ = rough_mix(2002, seconds=30.0)
    return audio


def test_pieces_make_no_difference(song, monkeypatch):
    features = features_of(song)
    whole = likelihoods(features)
    monkeypatch.setattr(network, "PIECE", 77)
    assert likelihoods(features) == pytest.approx(whole, abs=1e-5)
    assert whole.shape == (2, len(features.motion))


@pytest.mark.parametrize("other", ["quieter", "at another rate"])
def test_level_and_rate_make_little_difference(song, other):
    samples, rate_hz = song.samples * np.float32(0.1), song.rate_hz
    if other == "at another rate":
        samples, rate_hz = soxr.resample(song.samples.T, song.rate_hz, 44100).T, 44100
    (one, _), (two, _) = likelihoods(features_of(song)), likelihoods(features_of(Audio(samples, rate_hz)))
    count = min(len(one), len(two))
    assert abs(len(one) - len(two)) <= 1
    assert np.mean((one[:count] > 0.5) == (two[:count] > 0.5)) > 0.95


def test_nothing_is_heard_in_nothing():
    assert likelihoods(features_of(Audio(np.zeros((2, 0)), 44100))).shape == (2, 0)
