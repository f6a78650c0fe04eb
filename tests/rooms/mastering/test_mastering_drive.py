"""The model of the limiter: exact where nothing is limited, monotone, and corrected by what was measured."""

from __future__ import annotations

import numpy as np
import pytest

from controlroom.rooms.mastering.drive import BLOCK_STEPS, MOST_HOPS, DriveModel, Profile, gated_lufs, hop_frames
from controlroom.rooms.mastering.plan import Limit
from controlroom.sound.meter import LoudnessMeter
from controlroom.sound.signal import BLOCK_FRAMES, Audio, blocks


def _model(tune: Audio, clip_db: float | None = None) -> tuple[DriveModel, float]:
    profile, meter = Profile(tune.rate_hz, tune.frames), LoudnessMeter(tune.rate_hz, tune.channels)
    for block in blocks(tune):
        profile.add(block)
        meter.add(block)
    whole_blocks = meter.series().momentary_lufs[BLOCK_STEPS - 1 :]
    return DriveModel(profile, whole_blocks, -1.0, Limit(), clip_db), meter.result().integrated_lufs


@pytest.mark.parametrize("rate_hz", [8000, 44100, 48000, 96000, 192000])
def test_hops_are_a_millisecond_or_more_and_fit_the_blocks(rate_hz: int) -> None:
    assert BLOCK_FRAMES % hop_frames(rate_hz, 1000) == 0
    assert 1.0 < 1000 * hop_frames(rate_hz, 1000) / rate_hz < 10.0


@pytest.mark.parametrize("hours", [1, 10, 100])
def test_a_long_programme_has_no_more_hops_than_fit(hours: int) -> None:
    frames = hours * 3600 * 96000
    hop = hop_frames(96000, frames)
    assert BLOCK_FRAMES % hop == 0
    assert frames / hop <= 1.2 * MOST_HOPS


def test_the_profile_holds_peaks_and_energy_of_every_hop() -> None:
    samples = np.zeros((2, 1000))
    samples[0, 70], samples[1, 71] = 0.5, -0.75
    profile = Profile(48000, 1000)
    profile.add(Audio(samples, 48000).samples)
    assert profile.peaks[:3] == pytest.approx([0.0, 0.75, 0.0])
    assert profile.energy.sum() == pytest.approx(0.25 + 0.5625)


@pytest.mark.parametrize("gain_db", [-20.0, 0.0])
def test_without_limiting_loudness_is_gain(tune: Audio, gain_db: float) -> None:
    model, integrated = _model(tune)
    assert model.loudness_lufs(gain_db) == pytest.approx(integrated + gain_db, abs=0.01)
    assert model.gain_for(integrated + gain_db) == pytest.approx(gain_db, abs=0.01)


@pytest.mark.parametrize("clip_db", [None, 3.0])
def test_more_gain_is_never_quieter_and_limiting_costs(tune: Audio, clip_db: float | None) -> None:
    model, integrated = _model(tune, clip_db)
    reached = [model.loudness_lufs(gain_db) for gain_db in range(0, 30, 3)]
    assert np.all(np.diff(reached) > 0)
    assert reached[-1] < integrated + 27


def test_it_learns_what_it_missed(tune: Audio) -> None:
    model, _ = _model(tune)
    model.learn(10.0, model.loudness_lufs(10.0) - 0.4)
    assert model.loudness_lufs(model.gain_for(-14.0)) == pytest.approx(-14.0, abs=0.01)


def test_gating_as_the_standard_says() -> None:
    assert gated_lufs(np.array([-20.0] * 10)) == pytest.approx(-20.0)
    assert gated_lufs(np.array([-20.0] * 10 + [-90.0] * 90)) == pytest.approx(-20.0)
    assert gated_lufs(np.array([-20.0] * 10 + [-36.0] * 10)) == pytest.approx(-20.0)
    assert gated_lufs(np.array([-20.0, -24.0])) == pytest.approx(10 * np.log10((0.01 + 10**-2.4) / 2))
