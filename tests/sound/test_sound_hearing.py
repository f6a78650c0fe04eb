"""A hearing: one pass, whatever the material; kept and fresh say the same."""

import numpy as np
import pytest

from controlroom.base import canonical
from controlroom.sound.hearing import Hearing
from controlroom.sound.levels import levels_of
from controlroom.sound.meter import measure_loudness
from controlroom.sound.onsets import onsets_of
from controlroom.sound.signal import Audio
from controlroom.sound.spectrum import spectrum_of, third_octave_levels_db
from controlroom.sound.survey import Survey
from controlroom.sound.waveform import waveform_of


def music(rate_hz: int = 48000, seconds: float = 12.0) -> Audio:
    random = np.random.default_rng(3)
    out = 0.001 * random.standard_normal((2, int(rate_hz * seconds)))
    t = np.arange(rate_hz // 3) / rate_hz
    for i, at in enumerate(range(rate_hz // 10, out.shape[1] - len(t), rate_hz // 2)):
        note = 0.3 * np.sin(2 * np.pi * 110 * 2 ** (i % 5 / 4) * t) * np.exp(-6 * t)
        out[:, at : at + len(t)] += note * [[1], [0.6]] + 0.05 * random.standard_normal(len(t)) * np.exp(-50 * t)
    return Audio(out, rate_hz)


class Counting(Audio):
    heard = 0

    def read(self, start, frames):
        block = super().read(start, frames)
        self.heard += block.shape[1]
        return block


def test_one_pass_serves_all_features_and_agrees_with_each_alone():
    audio = music()
    counting = Counting(audio.samples, audio.rate_hz)
    hearing = Hearing(counting)
    assert counting.heard == 0
    assert hearing.loudness.integrated_lufs == pytest.approx(measure_loudness(audio).integrated_lufs, abs=1e-6)
    assert hearing.levels == levels_of(audio)
    assert hearing.spectrum.cross_power.sum() == pytest.approx(spectrum_of(audio).cross_power.sum(), rel=0.01)
    assert third_octave_levels_db(hearing.spectrum) == pytest.approx(
        third_octave_levels_db(spectrum_of(audio)), abs=0.01
    )
    assert hearing.onsets.times_s == pytest.approx(onsets_of(audio).times_s, abs=1e-4)
    assert hearing.onsets.envelope == pytest.approx(onsets_of(audio).envelope, abs=0.006)
    assert hearing.waveform.highest == pytest.approx(waveform_of(audio).highest, abs=1e-4)
    assert len(hearing.loudness_series.momentary_lufs) == 120
    assert counting.heard == audio.frames


def test_kept_and_fresh_are_the_same_to_the_last_digit():
    fresh = Hearing(music())
    kept = Hearing.from_survey(canonical.from_json(canonical.to_json(fresh.survey), Survey))
    assert kept.survey == fresh.survey
    assert np.array_equal(kept.spectrum.channel_power, fresh.spectrum.channel_power)
    assert np.array_equal(kept.onsets.times_s, fresh.onsets.times_s)
    assert (kept.rate_hz, kept.channels, kept.duration_s) == (48000, 2, 12.0)
    with pytest.raises(ValueError, match="signal"):
        _ = kept.pitch


def test_a_survey_of_five_minutes_is_small():
    minutes = Audio(np.tile(music(8000).samples, (1, 25)), 8000)
    assert len(canonical.to_json(Hearing(minutes).survey)) < 200_000


def test_cancelling_stops_the_pass():
    def stop(done, total, what=""):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        _ = Hearing(music(), stop).survey


@pytest.mark.parametrize("rate_hz", [8000, 44100, 192000])
@pytest.mark.parametrize(
    "samples",
    [
        np.zeros((1, 0)),
        np.full((1, 1), 0.5),
        np.zeros((2, 5000)),
        np.full((2, 5000), -1.0),
        np.random.default_rng(0).standard_normal((3, 30000)).clip(-1, 1),
        np.sign(np.sin(np.arange(20000) / 50)),
        1e-7 * np.random.default_rng(0).standard_normal((1, 20000)),
    ],
    ids=["nothing", "one sample", "silence", "full-scale DC", "noise", "square", "next to nothing"],
)
def test_nothing_breaks_it(samples, rate_hz):
    hearing = Hearing(Audio(samples, rate_hz))
    survey = canonical.from_json(canonical.to_json(hearing.survey), Survey)
    assert survey == hearing.survey
    for array in (hearing.spectrum.power, hearing.onsets.envelope, hearing.waveform.rms, hearing.pitch.f0_hz):
        assert np.isfinite(array).all()
    assert b"null" not in canonical.to_json(hearing.levels.dc)
