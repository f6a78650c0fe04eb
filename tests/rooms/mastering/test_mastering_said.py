"""What is said of a finished master is true of odd material too."""

from __future__ import annotations

import msgspec
import numpy as np
import pytest

from controlroom.rooms.mastering import findings, master
from controlroom.sound.signal import Audio

RATE_HZ = 48000


def _said(made) -> dict[str, str]:
    return {finding.code: finding.says() for finding in made.findings}


def test_a_lone_click_ends_under_its_target_and_the_reason_is_true() -> None:
    click = np.zeros((2, 3 * RATE_HZ))
    click[:, RATE_HZ] = 0.5
    made = master(Audio(click, RATE_HZ), target_lufs=-14.0)
    said = _said(made)
    assert "more gain only makes the limiter work harder" in said["master_target_missed"]
    assert set(said) == {"master_target_missed", "master_short"}
    assert not any("-120" in says for says in said.values())
    assert next(check.value for check in made.checks if check.name == "distortion") is None


@pytest.mark.parametrize(
    ("residual_db", "code", "says"),
    [(-12.0, "master_price", "lies -12 dB from the music"), (None, "master_price_peaks", "off the peaks: a lower")],
)
def test_what_a_target_costs_is_said_without_a_figure_that_is_not_there(
    tune: Audio, residual_db: float | None, code: str, says: str
) -> None:
    made = master(Audio(tune.samples[:, : 2 * RATE_HZ], RATE_HZ), target_lufs=-14.0)
    hard = msgspec.structs.replace(
        made, taken=msgspec.structs.replace(made.taken, limiter_max_db=3.0, limiter_mean_db=2.0)
    )
    (found,) = findings(hard, made.plan, msgspec.structs.replace(made.damage, residual_db=residual_db))
    assert found.code == code
    assert says in found.says()


def test_what_no_limiter_did_is_not_the_price_of_a_target(tune: Audio) -> None:
    made = master(Audio(tune.samples[:, : 2 * RATE_HZ], RATE_HZ), target_lufs=-30.0)
    assert findings(made, made.plan, msgspec.structs.replace(made.damage, residual_db=-12.0)) == ()


def test_a_level_over_the_target_is_not_put_down_to_the_limiter(tune: Audio) -> None:
    made = master(Audio(tune.samples[:, : 2 * RATE_HZ], RATE_HZ), target_lufs=-14.0)
    asked = msgspec.structs.replace(made.plan, target_lufs=-15.0)
    (found,) = findings(made, asked, made.damage)
    assert found.code == "master_target_passed"
    assert "jumps" in found.says()
