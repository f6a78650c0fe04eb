"""The plan of a master as a form: every step can be seen, set and taken out."""

from __future__ import annotations

import pytest

from controlroom.base.errors import UsageError
from controlroom.production.plan_fields import plan_fields, with_changes
from controlroom.rooms.mastering.plan import (
    BandControl,
    DynamicBand,
    Glue,
    HighPass,
    MasterPlan,
    Match,
    MonoBelow,
    Multiband,
    Saturate,
    ToneMove,
    WidthBand,
)

TIMES = {"attack_ms": 10.0, "release_ms": 100.0}
CONTROL = BandControl(threshold_db=-20.0, ratio=2.0, knee_db=6.0, **TIMES)
FULL = MasterPlan(
    rate_hz=48000,
    target_lufs=-14.0,
    high_pass=HighPass(freq_hz=20.0),
    tone=(ToneMove(kind="bell", freq_hz=230.0, gain_db=-1.5),),
    match=(Match(freq_hz=(100.0, 1000.0), gain_db=(1.0, -1.0)),),
    dynamic=(DynamicBand(kind="bell", freq_hz=3000.0, q=1.0, threshold_db=-30.0, ratio=3.0, range_db=4.0, **TIMES),),
    multiband=Multiband(crossovers_hz=(120.0,), bands=(CONTROL, CONTROL)),
    glue=Glue(threshold_db=-18.0, ratio=1.5, knee_db=6.0, **TIMES),
    mono_below=MonoBelow(freq_hz=100.0),
    width=(WidthBand(from_hz=4000.0, to_hz=0.0, side_db=1.0),),
    saturate=Saturate(drive_db=3.0),
)


def test_every_step_stands_in_the_form_and_nothing_is_lost() -> None:
    groups = {group.path: group for group in plan_fields(FULL).every_group()}
    assert {"tone.0", "match.0", "dynamic.0", "multiband.bands.1", "width.0", "saturate", "glue"} <= set(groups)
    assert with_changes(FULL, {}) == FULL
    changed = with_changes(FULL, {"dynamic.0.range_db": "2", "multiband.bands.0.ratio": "3", "saturate.mix": "0.5"})
    assert (changed.dynamic[0].range_db, changed.multiband.bands[0].ratio, changed.saturate.mix) == (2.0, 3.0, 0.5)  # type: ignore[union-attr]
    assert changed.match == FULL.match


@pytest.mark.parametrize("step", ["tone.0", "match.0", "dynamic.0", "multiband", "width.0", "saturate", "glue"])
def test_every_step_can_be_taken_out(step: str) -> None:
    after = with_changes(FULL, {step: None})
    field = step.partition(".")[0]
    assert not getattr(after, field)
    assert with_changes(FULL, {step: None, "target_lufs": "-12"}).target_lufs == -12.0


def test_what_needs_a_curve_is_not_put_in_by_hand() -> None:
    bare = MasterPlan(rate_hz=48000)
    adds = {group.path: group.adds for group in plan_fields(bare).every_group()}
    assert adds["match"] == adds["multiband"] == ()
    assert adds["width"]
    assert with_changes(bare, {"width.0.from_hz": "200", "width.0.to_hz": "0", "width.0.side_db": "-2"}).width
    with pytest.raises(UsageError, match="lies between"):
        with_changes(FULL, {"saturate.mix": "2"})
