"""The curve: as near to its goal as its limits allow, and what is out of reach spoils nothing."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.optimize

from controlroom.rooms.mastering.reference.curve import _least_squares, curve_to
from controlroom.rooms.mastering.reference.profile import CENTRES_HZ, Floats
from controlroom.rooms.mastering.reference.tone import OCTAVES, Goal, loudness_db

BOTH = (CENTRES_HZ > 35) & (CENTRES_HZ < 16000)
OCTAVES_UP = np.log2(CENTRES_HZ / 1000)
PINK = np.full(len(CENTRES_HZ), -30.0)


def goal(wanted_db: Floats, alike: float = 1.0, levels_db: Floats = PINK) -> Goal:
    """To gain `wanted_db` everywhere."""
    groups = (OCTAVES * BOTH)[BOTH]
    made_db = levels_db + wanted_db
    level_db = 10 * np.log10(groups @ 10 ** (made_db / 10)) - loudness_db(made_db)
    return Goal(groups=groups, weights=np.ones(len(groups)), level_db=level_db, both=BOTH, alike=alike)


def test_a_curve_within_the_limits_is_found() -> None:
    wanted_db = 3.0 * np.sin(OCTAVES_UP * 1.5)
    asked = goal(wanted_db)
    curve_db = curve_to(asked, PINK)
    assert np.abs(asked.left_db(PINK + curve_db)).max() < 0.2
    off = (curve_db - wanted_db)[BOTH]
    assert np.ptp(off) < 1.5


def test_tones_between_gaps_are_matched_in_octaves_that_begin_anywhere() -> None:
    """A few tones and hardly anything between: every octave steps where a tone enters it."""
    levels_db = np.where(np.arange(len(CENTRES_HZ)) % 7 == 0, -20.0, -60.0)
    asked = goal(3.0 * np.sin(OCTAVES_UP * 1.5), levels_db=levels_db)
    assert np.abs(asked.left_db(levels_db)).max() > 2.5
    assert np.abs(asked.left_db(levels_db + curve_to(asked, levels_db))).max() < 0.5


def test_what_is_out_of_reach_does_not_spoil_the_rest() -> None:
    wanted_db = 20.0 / (1 + np.exp(-4 * (OCTAVES_UP - 3)))  # a shelf at 8 kHz
    asked = goal(wanted_db)
    curve_db = curve_to(asked, PINK)
    assert np.abs(curve_db).max() == pytest.approx(6.0, abs=1e-6)
    left_db = asked.left_db(PINK + curve_db)
    middle = (CENTRES_HZ[BOTH] > 100) & (CENTRES_HZ[BOTH] < 3000)
    assert left_db[CENTRES_HZ[BOTH] > 14000].min() - np.median(left_db[middle]) > 4.0
    assert np.abs(left_db[middle] - np.median(left_db[middle])).max() < 1.0


def test_a_gain_alone_is_no_tone() -> None:
    assert np.abs(curve_to(goal(np.full(len(CENTRES_HZ), 5.0)), PINK)).max() < 0.01


def test_the_second_time_finds_the_same_curve() -> None:
    asked = goal(3.0 * np.sin(OCTAVES_UP * 1.5))
    once = curve_to(asked, PINK)
    again = curve_to(asked, PINK + once, once)
    assert np.abs(again - once).max() < 0.1


def test_the_low_end_is_level_over_other_notes_and_never_steep() -> None:
    wanted_db = 6.0 * np.sin(OCTAVES_UP * 4)
    low = BOTH & (CENTRES_HZ < 113)
    for alike, most_db in ((0.0, 0.5), (1.0, 6.0)):
        curve_db = curve_to(goal(wanted_db, alike), PINK)
        assert np.abs(np.diff(curve_db[low])).max() <= most_db / 12 + 1e-6
    assert np.abs(np.diff(curve_db[BOTH])).max() <= 18.0 / 12 + 1e-6


def test_nothing_is_done_half_an_octave_beyond_what_both_have() -> None:
    curve_db = curve_to(goal(2.0 * OCTAVES_UP), PINK)
    assert not curve_db[(CENTRES_HZ > 16000 * 1.43) | (CENTRES_HZ < 35 / 1.43)].any()
    assert np.abs(curve_db[BOTH]).max() > 4.0


def test_least_squares_under_limits_are_those_of_another_solver() -> None:
    rng = np.random.default_rng(3)
    rows, sought = rng.standard_normal((30, 8)), 5 * rng.standard_normal(30)
    limits, most = np.concatenate([np.eye(8), -np.eye(8)]), np.full(16, 0.4)
    found = _least_squares(rows, sought, limits, most)
    other = scipy.optimize.lsq_linear(rows, sought, (-0.4, 0.4), tol=1e-12).x
    np.testing.assert_allclose(found, other, atol=1e-5)
    assert np.abs(found).max() == pytest.approx(0.4)
