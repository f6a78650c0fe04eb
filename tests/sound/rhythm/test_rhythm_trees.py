"""Trees that weigh the evidence for a beat: how they are read, and that the shipped ones fit what is measured."""

import numpy as np
import pytest

from controlroom.sound.rhythm import pulses_of
from controlroom.sound.rhythm.accents import accents_of
from controlroom.sound.rhythm.choice import evidence_rows, grids_of, learnt, shares, weighed
from controlroom.sound.rhythm.grids import Harmony
from controlroom.sound.rhythm.trees import Trees
from controlroom.sound.signal import Audio


def test_a_row_falls_to_one_leaf_of_each_tree():
    trees = Trees(
        np.array([[0, 1, 2], [2, 0, 0]]),
        np.array([[0.5, 1.0, 3.0], [2.0, np.inf, 0.0]]),
        np.array([[1.0, 2.0, 4.0, 8.0], [10.0, 20.0, 40.0, 80.0]]),
    )
    rows = np.array([[0.0, 1.0, 9.0], [0.5, 1.1, 2.0], [0.6, 0.0, 3.0], [-1.0, 0.0, 3.1]])
    assert trees.odds(rows).tolist() == [1 + 40, 2 + 10, 4 + 80, 1 + 40]
    assert trees.odds(rows[:0]).shape == (0,)


def test_likelihoods_leave_the_rest_to_no_beat_at_all():
    odds = np.array([2.0, 0.0, -1.0])
    likely = shares(odds, 1.0)
    assert likely == pytest.approx(np.exp(odds) / (1 + np.exp(odds).sum()))
    assert np.ptp(shares(odds, 0.5)) < np.ptp(likely)


def test_the_shipped_trees_ask_for_evidence_that_there_is():
    clicks = 1e-4 * np.random.default_rng(0).standard_normal(30 * 8000)
    clicks[::4000] = 1.0
    pulses = pulses_of(Audio(clicks, 8000))
    accents = accents_of(pulses)
    grids = grids_of(pulses, accents, Harmony(None))
    trees, sureness = learnt()
    names = [list(grid.evidence) for grid in grids]
    assert all(each == names[0] for each in names)
    assert trees.columns.max() == evidence_rows(grids).shape[1] - 1
    assert np.isfinite(trees.values).all()
    assert all(0.2 < factor < 2 for factor in sureness.values())
    likely = [grid.likelihood for grid in weighed(grids, pulses.duration_s)]
    assert likely == sorted(likely, reverse=True)
    assert 0 < sum(likely) < 1
