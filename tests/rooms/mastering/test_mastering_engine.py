"""The sound of the engine. When it changes on purpose, `ENGINE` gets a new number and these figures are taken anew."""

from __future__ import annotations

import numpy as np
import pytest

from controlroom.rooms import mastering
from controlroom.rooms.mastering.plan import Clip, Glue, HighPass, Limit, MasterPlan, MonoBelow, Relief, ToneMove
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
    relief=Relief(mids_above_db=1.0),
    clip=Clip(above_db=2.5),
    limit=Limit(release_ms=30.0, lookahead_ms=1.5),
)
GOLDEN_ENGINE = 3
GOLDEN_GAIN_DB = 10.67393
GOLDEN_SAMPLES = [  # every 40,000th frame from the 20,000th on
    [0.03868, 0.28214, -0.32812, -0.18695, 0.54316, 0.14238, -0.36236, -0.00197, -0.16071],
    [0.03531, 0.37818, -0.21463, -0.18879, 0.63938, 0.3599, -0.3355, 0.05924, 0.06522],
]


def test_golden_samples(tune: Audio) -> None:
    made = mastering.render(tune, PLAN)
    assert mastering.ENGINE == GOLDEN_ENGINE
    assert made.gain_db == pytest.approx(GOLDEN_GAIN_DB, abs=0.0005)
    np.testing.assert_allclose(in_memory(made.signal).samples[:, 20_000::40_000], GOLDEN_SAMPLES, atol=5e-5)
