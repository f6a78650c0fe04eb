"""Destinations: what is measured is true, every rule can fail, and adapted masters hold them."""

from __future__ import annotations

import numpy as np
import pytest

from controlroom.base.errors import UsageError
from controlroom.rooms.mastering import decide, listen, master, media
from controlroom.rooms.mastering.measure import measure as measure_mix
from controlroom.rooms.mastering.media.sides import SIDES, side_format
from controlroom.sound.signal import Audio

RATE = 48000


def _tone(freq_hz: float, level: float, seconds: float = 12.0, phase: float = 0.0) -> np.ndarray:
    times_s = np.arange(round(seconds * RATE)) / RATE
    return level * np.sin(2 * np.pi * freq_hz * times_s + phase)


def _stereo(left: np.ndarray, right: np.ndarray) -> Audio:
    return Audio(np.stack([left, right]), RATE)


def test_the_low_end_is_measured_where_it_is_out_of_phase() -> None:
    bass = _tone(60, 0.3, 30)
    right = bass.copy()
    right[10 * RATE : 20 * RATE] *= -1
    report = media.measure(_stereo(bass, right))
    worst = report.worst_low
    assert worst is not None
    assert (worst.start_s, worst.low_correlation) == (10.0, pytest.approx(-1.0, abs=0.05))
    assert report.side_low_db == pytest.approx(-3.0, abs=0.1)  # a third of the time side, two thirds mid


@pytest.mark.parametrize(("side", "expected_db"), [(0.0, -80.0), (0.1, -20.0), (1.0, 0.0)])
def test_side_below_150_hz_is_what_it_is(side: float, expected_db: float) -> None:
    mid, beside = _tone(60, 0.2), side * _tone(60, 0.2, phase=np.pi / 2)
    report = media.measure(_stereo(mid + beside, mid - beside))
    assert report.side_low_db == pytest.approx(expected_db, abs=0.2)


def test_treble_out_of_phase_is_no_matter_of_the_low_end() -> None:
    bass, treble = _tone(60, 0.2), _tone(3000, 0.4)
    report = media.measure(_stereo(bass + treble, bass - treble))
    assert (report.side_low_db or 0) < -40


def test_sibilants_are_found_in_their_place() -> None:
    music, hiss = _tone(300, 0.2, 40), _tone(8000, 0.9, 0.05)
    music[round(23.4 * RATE) : round(23.4 * RATE) + len(hiss)] += hiss
    report = media.measure(_stereo(music, music))
    assert report.worst_sibilance is not None
    assert report.worst_sibilance.start_s == 20.0
    assert report.sibilance_over_db == pytest.approx(20 * np.log10(0.9 / 0.2), abs=1.2)  # the band is not brick-walled
    (finding,) = [one for one in media.findings(media.medium("vinyl"), report) if one.code == "medium_sibilants"]
    assert (finding.start_s, finding.end_s) == (20.0, 30.0)
    assert "13" in finding.says() or "12." in finding.says()


def test_sub_bass_is_told_from_bass() -> None:
    deep, middle = _tone(50, 0.3), _tone(400, 0.3)
    assert media.measure(_stereo(deep + middle, deep + middle)).sub_db == pytest.approx(-3.0, abs=0.3)
    assert (media.measure(_stereo(middle, middle)).sub_db or 0) < -40


def test_blocks_of_any_size_measure_alike() -> None:
    sound = Audio(np.random.default_rng(1).normal(0, 0.1, (2, RATE * 11)), RATE)
    reports = []
    for size in (RATE * 11, 1001):
        ear = media.MediumEar(RATE, 2)
        for at in range(0, sound.frames, size):
            ear.add(sound.read(at, size))
        known = media.measure(sound)
        reports.append(ear.result(known.loudness, listen_levels(sound)))
    assert reports[0].side_low_db == pytest.approx(reports[1].side_low_db, abs=1e-6)
    assert [s.sibilance_db for s in reports[0].stretches] == pytest.approx(
        [s.sibilance_db for s in reports[1].stretches], abs=1e-6
    )


def listen_levels(sound: Audio):
    return listen.listen(sound).levels


@pytest.mark.parametrize("sound", [Audio(np.zeros((2, RATE)), RATE), Audio(np.zeros((1, 10)), RATE)])
def test_silence_breaks_no_rule_but_has_no_figures(sound: Audio) -> None:
    report = media.measure(sound)
    assert report.level_db is None
    for medium in media.MEDIA.values():
        assert all(check.passed for check in media.checks(medium, report))


def test_every_rule_can_fail_and_is_said_in_a_sentence() -> None:
    rng = np.random.default_rng(2)
    noise = np.clip(rng.normal(0, 0.9, (2, 20 * RATE)), -0.99, 0.99)
    bad = Audio(noise, RATE)
    codes = {
        name: {f.code for f in media.findings(one, media.measure(bad)) if f.says()} for name, one in media.MEDIA.items()
    }
    assert codes["vinyl"] >= {"medium_peak", "medium_dense", "medium_low_width", "medium_low_phase", "medium_clipped"}
    assert codes["club"] >= {"medium_dense", "medium_low_width", "medium_sub"}
    assert codes["r128"] == {"medium_loud", "medium_peak", "medium_short_term"}
    assert codes["a85"] == {"medium_loud", "medium_peak"}


def test_what_has_six_channels_is_for_no_groove_and_no_club_but_for_broadcast() -> None:
    report = media.measure(Audio(np.random.default_rng(4).normal(0, 0.02, (6, 5 * RATE)), RATE))
    said = {
        name: [f for f in media.findings(one, report) if f.code == "medium_channels"]
        for name, one in media.MEDIA.items()
    }
    assert {name for name, found in said.items() if found} == {"vinyl", "club", "cd"}
    assert said["vinyl"][0].says().startswith("It has 6 channels; for vinyl 2 are the most. Mix it down")


@pytest.mark.parametrize(("freq_hz", "code"), [(2000.0, "medium_sub_none"), (400.0, "medium_sub")])
def test_a_club_is_told_of_a_bass_that_is_weak_or_not_there(freq_hz: float, code: str) -> None:
    sound = _tone(freq_hz, 0.3) + _tone(50, 0.02 if code == "medium_sub" else 0.0)
    found = [f for f in media.findings(media.medium("club"), media.measure(_stereo(sound, sound))) if "_sub" in f.code]
    assert [f.code for f in found] == [code]
    assert "-80" not in found[0].says()


def test_a_loudness_that_misses_says_what_to_do() -> None:
    loud, quiet = (
        media.measure(Audio(np.random.default_rng(4).normal(0, s, (2, 5 * RATE)), RATE)) for s in (0.1, 0.005)
    )
    (finding,) = [f for f in media.findings(media.medium("r128"), loud) if f.code == "medium_loud"]
    assert f"Turn it down by {(loud.loudness.integrated_lufs or 0) + 22.5:.1f} dB" in finding.says()
    (finding,) = [f for f in media.findings(media.medium("club"), quiet) if f.code == "medium_quiet"]
    assert f"It lacks {-13 - (quiet.loudness.integrated_lufs or 0):.1f} dB" in finding.says()


@pytest.mark.parametrize("name", ["vinyl", "club", "r128", "a85"])
def test_an_adapted_master_holds_the_rules_of_its_medium(tune: Audio, name: str) -> None:
    medium = media.medium(name)
    report = measure_mix(listen.listen(tune))
    plan = media.adapt(decide(report), medium, report, media.measure(tune))
    made = master(tune, plan=plan, report=report)
    failed = [check for check in media.checks(medium, media.measure(made.signal)) if not check.passed]
    assert not failed


def test_a_wide_low_end_is_made_mono_for_vinyl_and_one_out_of_phase_is_only_said() -> None:
    bass, other = _tone(50, 0.2), _tone(50, 0.2, phase=np.pi / 3)
    middle = np.random.default_rng(3).normal(0, 0.02, len(bass))
    vinyl = media.medium("vinyl")
    for right, folded in ((other, True), (-bass, False)):
        sound = _stereo(bass + middle, right + middle)
        report = measure_mix(listen.listen(sound))
        plan = media.adapt(decide(report), vinyl, report)
        assert (plan.mono_below is not None and plan.mono_below.freq_hz == 150.0) == folded
        if folded:
            assert (media.measure(master(sound, plan=plan, report=report).signal).side_low_db or 0) < -15


def test_vinyl_has_no_loudness_target_and_no_wall(tune: Audio) -> None:
    report = measure_mix(listen.listen(tune))
    plan = media.adapt(decide(report, target_lufs=-8.0), media.medium("vinyl"), report)
    assert (plan.target_lufs, plan.clip, plan.limit.ceiling_dbtp) == (None, None, -3.0)
    made = master(tune, plan=plan, report=report)
    assert made.taken.limiter_max_db < 2.5


def test_the_destinations_are_known_by_name() -> None:
    assert media.medium(" R128 ").target_lufs == -23.0
    assert (media.medium("cd").bits, media.medium("cd").rate_hz) == (16, 44100)
    with pytest.raises(UsageError, match="vinyl, club, cd, r128, a85"):
        media.medium("cassette")


def test_sides_are_split_so_that_the_longer_one_is_shortest() -> None:
    rng = np.random.default_rng(4)
    for _ in range(50):
        lengths = list(rng.uniform(60, 400, rng.integers(1, 14)))
        best = media.sides(lengths)
        longest = [max(sum(lengths[:k]), sum(lengths[k:])) for k in range(len(lengths) + 1)]
        assert longest[best] == pytest.approx(min(longest))


def test_a_long_side_costs_level_and_a_too_long_one_is_said() -> None:
    side = side_format(12, 33)
    assert media.level_for(18, side) == 0.0
    assert media.level_for(25, side) == pytest.approx(-2.9, abs=0.1)
    vinyl = media.medium("vinyl")
    codes = [[f.code for f in media.side_findings(vinyl, [minutes * 60.0] * 4)] for minutes in (8, 11, 14)]
    assert codes == [[], ["vinyl_side_level"] * 2, ["vinyl_side_long"] * 2]
    assert media.side_findings(media.medium("club"), [9999.0]) == ()
    assert all(one.full_min < one.most_min for one in SIDES)
    with pytest.raises(UsageError, match="12 inches"):
        side_format(8, 78)
