"""A check holds a figure against its bounds; a figure that does not exist fails nothing."""

import pytest

from controlroom.base.check import Check


@pytest.mark.parametrize(
    ("value", "passed"), [(-14.1, True), (-13.9, True), (-14.11, False), (-13.89, False), (None, True)]
)
def test_bounds_are_inclusive(value: float | None, passed: bool) -> None:
    assert Check(name="loudness", value=value, at_least=-14.1, at_most=-13.9).passed is passed


def test_a_figure_without_bounds_is_for_showing() -> None:
    assert Check(name="limiter at most", value=99.0).passed


def test_json_tells_value_bounds_and_verdict() -> None:
    told = Check(name="true peak", value=-0.5, unit="dBTP", at_most=-1.0).to_json()
    assert told == {
        "name": "true peak",
        "passed": False,
        "value": -0.5,
        "unit": "dBTP",
        "at_least": None,
        "at_most": -1.0,
    }
