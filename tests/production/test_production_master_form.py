"""The plan of a master as a form: every step can be seen, set and taken out."""

from __future__ import annotations

import pytest
from full_master_plan import EVERYTHING

from controlroom.base.errors import UsageError
from controlroom.production.plan_fields import plan_fields, with_changes
from controlroom.rooms.mastering.plan import MasterPlan


def test_every_step_stands_in_the_form_and_nothing_is_lost() -> None:
    groups = {group.path: group for group in plan_fields(EVERYTHING).every_group()}
    assert {"tone.0", "match.0", "dynamic.0", "multiband.bands.1", "width.0", "saturate", "glue"} <= set(groups)
    assert with_changes(EVERYTHING, {}) == EVERYTHING
    changed = with_changes(
        EVERYTHING, {"dynamic.0.range_db": "2", "multiband.bands.0.ratio": "3", "saturate.mix": "0.5"}
    )
    assert (changed.dynamic[0].range_db, changed.multiband.bands[0].ratio, changed.saturate.mix) == (2.0, 3.0, 0.5)  # type: ignore[union-attr]
    assert changed.match == EVERYTHING.match


@pytest.mark.parametrize("step", ["tone.0", "match.0", "dynamic.0", "multiband", "width.0", "saturate", "glue"])
def test_every_step_can_be_taken_out(step: str) -> None:
    after = with_changes(EVERYTHING, {step: None})
    field = step.partition(".")[0]
    before, left = getattr(EVERYTHING, field), getattr(after, field)
    assert left == (before[1:] if isinstance(before, tuple) else None)
    assert with_changes(EVERYTHING, {step: None, "target_lufs": "-12"}).target_lufs == -12.0


def test_what_needs_a_curve_is_not_put_in_by_hand() -> None:
    bare = MasterPlan(rate_hz=48000)
    adds = {group.path: group.adds for group in plan_fields(bare).every_group()}
    assert adds["match"] == adds["multiband"] == ()
    assert adds["width"]
    assert with_changes(bare, {"width.0.from_hz": "200", "width.0.to_hz": "0", "width.0.side_db": "-2"}).width
    with pytest.raises(UsageError, match="lies between"):
        with_changes(EVERYTHING, {"saturate.mix": "2"})
