"""The sound of the engine: when it changes, `ENGINE` gets a new number and the figures here are taken anew."""

from __future__ import annotations

import numpy as np
import pytest

from controlroom.rooms import mastering
from controlroom.rooms.mastering.plan import Clip, Glue, HighPass, MasterPlan, MonoBelow, ToneMove
from controlroom.sound.signal import Audio, in_memory

GOLDEN = {"engine": 1}
PLAN = MasterPlan(
    rate_hz=44100,
    target_lufs=-10.0,
    high_pass=HighPass(freq_hz=25.0),
    mono_below=MonoBelow(freq_hz=100.0),
    tone=(
        ToneMove(kind="lowshelf", freq_hz=110.0, gain_db=-1.5),
        ToneMove(kind="highshelf", freq_hz=8000.0, gain_db=2.0),
    ),
    glue=Glue(threshold_db=-16.0, ratio=1.5, knee_db=6.0, attack_ms=30.0, release_ms=200.0),
    clip=Clip(above_db=3.0),
)


def test_golden_samples(tune: Audio) -> None:
    made = mastering.render(tune, PLAN)
    samples = in_memory(made.signal).samples
    places = samples[:, 20_000::40_000]
    assert GOLDEN["engine"] == mastering.ENGINE
    assert made.gain_db == pytest.approx(GOLDEN["gain_db"], abs=0.005)
    np.testing.assert_allclose(places, GOLDEN["samples"], atol=2e-4)
