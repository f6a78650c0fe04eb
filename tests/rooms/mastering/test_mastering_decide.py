"""The proposal: nothing without a reason, never more than it says, and in a form that a person can change."""

from __future__ import annotations

import msgspec
import pytest

from controlroom.base.canonical import from_toml, to_toml
from controlroom.rooms.mastering import MasterPlan, MasterReport, decide
from controlroom.rooms.mastering.report import Stereo
from controlroom.sound.meter import Loudness
from controlroom.sound.tone import REGIONS, RegionBalance

IN_BALANCE = dict.fromkeys((region.name for region in REGIONS), 0.0)
MIX = Loudness(
    integrated_lufs=-20.0,
    range_lu=4.0,
    max_momentary_lufs=-15.0,
    max_short_term_lufs=-17.0,
    true_peak_dbtp=-6.0,
    plr_db=14.0,
)


def _report(off_db: dict[str, float | None] | None = None, **changes: object) -> MasterReport:
    ranges = {region.name: region.range_db for region in REGIONS}
    off = {**IN_BALANCE, **(off_db or {})}
    report = MasterReport(
        rate_hz=48000,
        channels=2,
        duration_s=200.0,
        loudness=MIX,
        crest_db=14.0,
        tilt_db_per_octave=-2.0,
        balance=tuple(RegionBalance(name=name, off_db=db, range_db=ranges[name]) for name, db in off.items()),
        bandwidth_hz=None,
        stereo=Stereo(correlation=0.8, side_db=-9.0, balance_db=0.0, low_end_correlation=0.98, fold_loss_lu=0.5),
        subsonic_db=-40.0,
        dc=0.0,
        finished=False,
    )
    return msgspec.structs.replace(report, **changes)


def _moves(plan: MasterPlan) -> dict[float, float]:
    return {move.freq_hz: move.gain_db for move in plan.tone}


def test_a_good_mix_gets_gain_and_a_ceiling_and_nothing_else() -> None:
    plan = decide(_report(), target_lufs=-14.0)
    assert (plan.high_pass, plan.mono_below, plan.tone, plan.glue, plan.clip) == (None, None, (), None, None)
    assert (plan.target_lufs, plan.gain_db, plan.limit.ceiling_dbtp, plan.rate_hz) == (-14.0, 6.0, -1.0, 48000)


def test_a_plan_survives_the_way_through_its_file() -> None:
    plan = decide(_report({"low end": 9.0, "air": -8.0}, dc=0.01), target_lufs=-9.0)
    assert from_toml(to_toml(plan), MasterPlan) == plan


def test_a_plan_with_a_misspelt_field_is_refused() -> None:
    with pytest.raises(msgspec.ValidationError, match="celing"):
        from_toml(to_toml(decide(_report())).replace("ceiling_dbtp", "celing_dbtp"), MasterPlan)


def test_tone_goes_half_of_the_way_into_the_range() -> None:
    assert _moves(decide(_report({"low end": 8.0}))) == {110.0: -1.5}
    assert _moves(decide(_report({"presence": -7.0}))) == {3600.0: 1.5}


def test_tone_within_the_range_is_left_alone() -> None:
    assert decide(_report({"low end": 4.9, "mids": -3.4, "air": -5.5})).tone == ()


@pytest.mark.parametrize(("region", "off_db", "gain_db"), [("mids", -12.0, 3.0), ("low end", 30.0, -3.0)])
def test_tone_never_moves_more_than_three_db(region: str, off_db: float, gain_db: float) -> None:
    assert list(_moves(decide(_report({region: off_db}))).values()) == [gain_db]


def test_a_voice_alone_keeps_its_tone() -> None:
    plan = decide(_report({"low mids": 18.0, "presence": -20.0, "air": 12.0}))
    assert plan.tone == ()
    assert "whole mix" in plan.reasons[0]


def test_sound_that_ends_at_11_khz_is_not_lifted_above() -> None:
    dull = {"air": -9.0}
    assert _moves(decide(_report(dull))) == {8000.0: 2.0}
    assert decide(_report(dull, bandwidth_hz=11000.0)).tone == ()
    assert _moves(decide(_report({"air": 9.0}, bandwidth_hz=11000.0))) == {8000.0: -2.0}


def test_where_there_is_nothing_there_is_nothing_to_lift() -> None:
    assert decide(_report({"low end": -12.0, "air": None})).tone == ()


@pytest.mark.parametrize("changes", [{"dc": 0.01}, {"subsonic_db": -10.0}])
def test_rumble_and_dc_are_taken_out(changes: dict[str, float]) -> None:
    high_pass = decide(_report(**changes)).high_pass
    assert high_pass is not None
    assert high_pass.freq_hz == 20.0


@pytest.mark.parametrize(("correlation", "folds"), [(0.95, False), (0.4, True), (-0.5, False)])
def test_a_wide_low_end_is_folded_but_never_one_that_would_vanish(correlation: float, folds: bool) -> None:
    stereo = msgspec.structs.replace(_report().stereo, low_end_correlation=correlation)
    assert (decide(_report(stereo=stereo)).mono_below is not None) == folds


def test_a_finished_master_keeps_its_sound() -> None:
    loud = Loudness(integrated_lufs=-9.0, range_lu=8.0, max_short_term_lufs=-7.0, true_peak_dbtp=0.5, plr_db=9.5)
    plan = decide(_report({"low end": 12.0}, loudness=loud, finished=True, dc=0.01), target_lufs=-14.0)
    assert (plan.high_pass, plan.tone, plan.glue, plan.clip) == (None, (), None, None)
    assert plan.gain_db == -5.0
    assert "finished master" in plan.reasons[0]


def test_a_finished_master_over_the_ceiling_is_turned_down_rather_than_limited_again() -> None:
    loud = Loudness(
        integrated_lufs=-8.4,
        range_lu=4.0,
        max_momentary_lufs=-6.0,
        max_short_term_lufs=-7.0,
        true_peak_dbtp=0.5,
        plr_db=8.9,
    )
    plan = decide(_report({}, loudness=loud, finished=True), target_lufs=None, ceiling_dbtp=-1.0)
    assert plan.target_lufs == pytest.approx(-9.9)
    assert plan.gain_db == pytest.approx(-1.5)


def test_only_much_limiting_is_shared_with_the_clipper() -> None:
    assert decide(_report(), target_lufs=-14.0).clip is None
    assert decide(_report(), target_lufs=-9.0).clip is not None


def test_without_a_target_the_level_stays_open_and_all_else_is_decided() -> None:
    """What a mix carries is found by trying, and nowhere guessed."""
    loud = msgspec.structs.replace(MIX, true_peak_dbtp=3.0)
    plan = decide(_report({"low end": 8.0}, loudness=loud), target_lufs=None)
    assert (plan.target_lufs, plan.gain_db) == (None, 0.0)
    assert _moves(plan) == {110.0: -1.5}
    assert plan.relief is not None  # 4 dB over the ceiling as they are


def test_without_loudness_there_is_no_target() -> None:
    plan = decide(_report(loudness=Loudness(true_peak_dbtp=2.0)))
    assert (plan.target_lufs, plan.gain_db) == (None, -3.0)
    assert decide(_report(loudness=Loudness())).gain_db == 0.0


@pytest.mark.parametrize(
    ("mix_hz", "master_hz"), [(44100, 44100), (96000, 96000), (192000, 192000), (22050, 44100), (8000, 48000)]
)
def test_the_rate_is_the_mixs_own_and_at_least_44_1(mix_hz: int, master_hz: int) -> None:
    assert decide(_report(rate_hz=mix_hz)).rate_hz == master_hz
    assert decide(_report(rate_hz=mix_hz), rate_hz=44100).rate_hz == 44100
