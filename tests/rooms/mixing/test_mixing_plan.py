"""The plan as people have it: TOML that reads back the same, and edits that cannot be meant are refused."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from controlroom.base.canonical import from_toml, to_toml
from controlroom.base.errors import UsageError
from controlroom.rooms.mixing import MixPlan, checked
from controlroom.rooms.mixing.plan import BusPlan, Ride, Squeeze, TrackPlan
from controlroom.rooms.mixing.space import PLATE, planned
from controlroom.sound.filters import Band

VOX = TrackPlan(
    name="Vox",
    path="vox.wav",
    role="lead vocal",
    gain_db=-1.5,
    pan=0.1,
    polarity=-1,
    delay_ms=0.25,
    bus="vocals",
    sends={"plate": -15.0},
    compressor=Squeeze(threshold_db=-20.0, ratio=3.0, detector="rms"),
    eq=(Band("highpass", 80.0), Band("bell", 300.0, -2.0, 0.9)),
    rides=(Ride(at_s=1.0, gain_db=0.0), Ride(at_s=2.0, gain_db=1.0)),
)
PLAN = MixPlan(
    rate_hz=48000, tracks=(VOX,), buses=(BusPlan(name="vocals"),), reverbs=(planned("plate", PLATE),), gain_db=-2.0
)


def test_it_reads_back_as_it_was_written() -> None:
    assert from_toml(to_toml(PLAN), MixPlan) == PLAN


def test_a_few_lines_are_enough() -> None:
    text = 'rate_hz = 44100\n[[tracks]]\nname = "A"\npath = "a.wav"\nrole = "keys"\ngain_db = -3\n'
    plan = checked(from_toml(text, MixPlan))
    assert plan.tracks[0].gain_db == -3.0


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"pan": 1.5}, "Pan lies between"),
        ({"bus": "strings"}, "bus 'strings'.*At hand: vocals"),
        ({"sends": {"hall": -10.0}}, "sent to 'hall'.*At hand: plate"),
        ({"delay_ms": 5000.0}, "delayed by 5000 ms"),
        ({"gain_db": 90.0}, "gain of 90 dB"),
        ({"rides": (Ride(at_s=2.0, gain_db=0.0), Ride(at_s=1.0, gain_db=0.0))}, "out of order"),
        ({"compressor": Squeeze(threshold_db=-10.0, ratio=0.5)}, "ratio 0.5"),
        ({"compressor": Squeeze(threshold_db=-10.0, release_ms=0.0)}, "no time"),
    ],
)
def test_what_cannot_be_meant_is_refused(change: dict[str, Any], says: str) -> None:
    with pytest.raises(UsageError, match=says):
        checked(msgspec.structs.replace(PLAN, tracks=(msgspec.structs.replace(VOX, **change),)))


def test_names_are_there_once_and_the_schema_is_ours() -> None:
    with pytest.raises(UsageError, match="two tracks are called 'Vox'"):
        checked(msgspec.structs.replace(PLAN, tracks=(VOX, VOX)))
    with pytest.raises(UsageError, match="--replan"):
        checked(msgspec.structs.replace(PLAN, schema="controlroom.mix/99"))
