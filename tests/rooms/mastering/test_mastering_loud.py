"""How loud: the last stage grows with what stands over the ceiling, and what a mix carries follows from the mix."""

from __future__ import annotations

import sys
from collections.abc import Callable

import numpy as np
import pytest

from controlroom.rooms.mastering import MasterPlan, master, measure, propose
from controlroom.rooms.mastering.decide import aimed, decide
from controlroom.rooms.mastering.listen import listen
from controlroom.rooms.mastering.loud import MOST_RESIDUAL_DB, carried
from controlroom.rooms.mastering.peaks import held
from controlroom.rooms.mastering.translation import CodecSafe
from controlroom.sound.codecs import CODECS, decoded_peak_dbtp
from controlroom.sound.damage import damage, notch_depth_db, notched
from controlroom.sound.meter import measure_loudness
from controlroom.sound.signal import Audio, Signal, in_memory

RATE_HZ = 48000


@pytest.mark.parametrize(
    ("over_db", "relief", "mids", "clip"),
    [(0.5, False, False, False), (3.0, True, False, False), (8.0, True, True, True)],
)
def test_the_last_stage_grows_with_what_stands_over_the_ceiling(
    over_db: float, relief: bool, mids: bool, clip: bool
) -> None:
    plan = held(MasterPlan(rate_hz=RATE_HZ), over_db)
    assert (plan.ride is not None) == mids
    assert (plan.relief is not None, plan.clip is not None) == (relief, clip)
    assert (plan.relief is not None and plan.relief.mids_above_db is not None) == mids


def test_aiming_elsewhere_changes_level_and_last_stage_only(tune: Audio) -> None:
    report = measure(listen(tune))
    soft, loud = decide(report, target_lufs=-23.0), decide(report, target_lufs=-9.0)
    assert aimed(soft, report, -9.0) == loud


def _drums(crest: float) -> Audio:
    """Noise that decays from hits, over a bed; the larger `crest`, the sharper the hits."""
    rng = np.random.default_rng(3)
    time_s = np.arange(24 * RATE_HZ) / RATE_HZ
    hits = np.exp(-(time_s % 0.5) * 40.0) * crest
    bed = 0.05 * np.sin(2 * np.pi * 110.0 * time_s)
    return Audio(0.02 * rng.standard_normal((2, time_s.size)) * (1.0 + hits) + bed, RATE_HZ)


def test_a_dense_mix_carries_more_than_a_peaky_one() -> None:
    levels = []
    for crest in (2.0, 20.0):
        mix = _drums(crest)
        report = measure(listen(mix))
        found = carried(mix, report, decide(report))
        assert found is not None
        assert found.damage.residual_db is None or found.damage.residual_db <= MOST_RESIDUAL_DB
        levels.append(found.lufs)
    assert levels[0] > levels[1] + 2.0


def test_the_level_of_the_mix_does_not_change_what_it_carries() -> None:
    mix = _drums(8.0)
    found = []
    for gain_db in (-12.0, 0.0):
        louder = Audio(mix.samples * 10 ** (gain_db / 20), RATE_HZ)
        report = measure(listen(louder))
        level = carried(louder, report, decide(report))
        assert level is not None
        found.append(level.lufs)
    assert found[0] == pytest.approx(found[1], abs=0.15)


def test_no_louder_than_the_references() -> None:
    mix = _drums(2.0)
    heard = listen(mix)
    report = measure(heard)
    free = propose(mix, heard, report)
    bound = propose(mix, heard, report, at_most_lufs=-18.0)
    assert (free.target_lufs or 0.0) > -18.0
    assert bound.target_lufs == -18.0
    assert "-18.0" in bound.reasons[-1]


def test_silence_carries_nothing() -> None:
    mix = Audio(np.zeros((2, 10 * RATE_HZ)), RATE_HZ)
    report = measure(listen(mix))
    assert carried(mix, report, decide(report)) is None


@pytest.mark.recordings
@pytest.mark.parametrize("freq_hz", [1000.0, 3000.0])
def test_at_minus_nine_notches_stay_deep_and_onsets_stay(excerpt: Callable[..., Audio], freq_hz: float) -> None:
    mix = excerpt("band", 20.0)
    made = master(mix, target_lufs=-9.0)
    cost = damage(mix, made.signal)
    assert cost.residual_db is not None
    assert cost.residual_db < -15.0
    assert cost.onsets is not None
    assert abs(cost.onsets.first_5_ms_db) < 1.5
    assert abs(cost.onsets.first_20_ms_db) < 1.5
    cut = in_memory(notched(mix, (freq_hz,)))
    depth = notch_depth_db(master(cut, plan=made.plan).signal, freq_hz)
    assert depth is not None
    assert depth > 25.0


@pytest.mark.recordings
def test_a_master_at_its_own_loudness_is_left_alone_and_told_so(excerpt: Callable[..., Audio]) -> None:
    finished = in_memory(master(excerpt("band", 20.0), target_lufs=-10.0).signal)
    again = master(finished)
    assert "master_finished" in {finding.code for finding in again.findings}
    assert again.loudness.integrated_lufs == pytest.approx(measure_loudness(finished).integrated_lufs, abs=0.1)
    rest = in_memory(again.signal).samples - finished.samples
    assert 10 * np.log10((rest**2).sum() / (finished.samples**2).sum()) < -30


def test_codec_safety_comes_down_no_further_than_density_allows(tune: Audio, monkeypatch: pytest.MonkeyPatch) -> None:
    """With codecs that always throw 2 dB more, the ceiling falls 2 of 6 dB; the rest is level, and is said."""

    def fussy(make: Callable[[float], Signal], ceiling_dbtp: float, **_: object) -> CodecSafe:
        for lower_db in (0.0, 2.0, 4.0, 6.0):
            signal = make(ceiling_dbtp - lower_db)
        return CodecSafe(signal=signal, ceiling_dbtp=ceiling_dbtp - 6.0, overs=())

    monkeypatch.setattr(sys.modules["controlroom.rooms.mastering.master"], "safe_for_codecs", fussy)
    made = master(tune, target_lufs=-12.0, codec_safe=True)
    assert made.plan.limit.ceiling_dbtp == -7.0
    assert made.loudness.integrated_lufs == pytest.approx(-16.0, abs=0.1)
    assert made.loudness.true_peak_dbtp is not None
    assert made.loudness.true_peak_dbtp <= -7.0
    assert "master_codecs_turned_down" in {finding.code for finding in made.findings}


@pytest.mark.recordings
def test_codec_safe_masters_decode_below_full_scale(excerpt: Callable[..., Audio]) -> None:
    made = master(excerpt("band", 20.0, 8.0), target_lufs=-9.0, codec_safe=True)
    assert made.loudness.integrated_lufs == pytest.approx(-9.0, abs=0.1)
    for name in ("aac-256", "mp3-320", "opus-160"):
        peak_dbtp = decoded_peak_dbtp(made.signal, CODECS[name])
        assert peak_dbtp is not None
        assert peak_dbtp <= 0.0


@pytest.mark.recordings
def test_a_hot_master_at_its_own_loudness_under_a_lower_ceiling_changes_least(excerpt: Callable[..., Audio]) -> None:
    hot = in_memory(master(excerpt("band", 20.0), target_lufs=-10.0, ceiling_dbtp=-0.3).signal)
    made = master(hot, target_lufs=measure_loudness(hot).integrated_lufs)
    assert made.loudness.true_peak_dbtp is not None
    assert made.loudness.true_peak_dbtp <= -1.0
    rest = in_memory(made.signal).samples - hot.samples
    assert 10 * np.log10((rest**2).sum() / (hot.samples**2).sum()) < -30
