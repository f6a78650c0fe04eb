"""The course of a tempo: a machine's grid is found through pauses, and a person's time is not called a machine's."""

import numpy as np
import pytest

from controlroom.sound.rhythm.course import course_of


def heard(period_s: float, count: int, error_s: float, seed: int) -> np.ndarray:
    """Beats of a machine as they are tracked."""
    return 0.4 + period_s * np.arange(count) + np.random.default_rng(seed).normal(0, error_s, count)


def test_a_machine_keeps_its_grid_where_drums_pause_and_beats_come_back_half_way():
    period_s = 60 / 90
    beats_s = heard(period_s, 360, 0.015, 1)
    beats_s[40:64] += period_s * 0.25 * np.sin(np.linspace(0, np.pi, 24))  # a pause, wandered through
    beats_s[280:] += period_s * np.minimum(np.arange(80) / 8, 1) / 2
    course = course_of(beats_s, wander=0.004)
    assert course.to_click
    assert course.steady
    assert course.tempo_bpm == pytest.approx(90, rel=2e-4)
    off_s = (course.beats_s - 0.4 + period_s / 2) % period_s - period_s / 2
    assert np.abs(off_s).max() < 0.02
    assert len(course.curve) == 2


@pytest.mark.parametrize("seed", range(6))
def test_a_person_is_not_called_a_machine(seed):
    random = np.random.default_rng(seed)
    periods_s = 0.5 * np.exp(np.cumsum(random.normal(0, 0.002, 300)))
    course = course_of(np.cumsum(periods_s) + random.normal(0, 0.01, 300), wander=0.005)
    assert course.to_click is False
    assert course.drift_percent > 2
