"""The sound of the engine. When it changes on purpose, `ENGINE` gets a new number and these figures are taken anew."""

from __future__ import annotations

import numpy as np
import pytest

from controlroom.rooms import mastering
from controlroom.rooms.mastering.plan import Clip, Glue, HighPass, MasterPlan, MonoBelow, ToneMove
from controlroom.sound.signal import Audio, in_memory

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
GOLDEN_ENGINE = 1
GOLDEN_GAIN_DB = 11.44434
GOLDEN_SAMPLES = [  # every 40,000th frame from the 20,000th on
    [0.04192, 0.30295, -0.34788, -0.19922, 0.49991, 0.14072, -0.35984, -0.00189, -0.15652],
    [0.03827, 0.40608, -0.22756, -0.20118, 0.58846, 0.35572, -0.33316, 0.05686, 0.06352],
]


def test_golden_samples(tune: Audio) -> None:
    made = mastering.render(tune, PLAN)
    assert mastering.ENGINE == GOLDEN_ENGINE
    assert made.gain_db == pytest.approx(GOLDEN_GAIN_DB, abs=0.0005)
    np.testing.assert_allclose(in_memory(made.signal).samples[:, 20_000::40_000], GOLDEN_SAMPLES, atol=5e-5)
