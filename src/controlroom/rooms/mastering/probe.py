"""A look at a few seconds behind the limiter, before a whole pass through it: what the model of it misses."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from controlroom.rooms.mastering.chain import LastStage
from controlroom.rooms.mastering.drive import BLOCK_STEPS, STEP_S
from controlroom.rooms.mastering.plan import MasterPlan
from controlroom.sound.meter import LoudnessMeter
from controlroom.sound.parallel import side_by_side
from controlroom.sound.signal import Shifted, Signal, duration_s
from controlroom.sound.stream import Chain

Floats: TypeAlias = npt.NDArray[np.float64]
Places: TypeAlias = npt.NDArray[np.int64]

PIECES, LEAD_STEPS, STEPS = 24, 3, 12  # steps of 100 ms: the limiter settles, then what is measured
WORTH_S = 3 * PIECES * (LEAD_STEPS + STEPS) * STEP_S  # shorter music is better looked at whole


def probed(mix: Signal, plan: MasterPlan, gain_db: float, ceiling_dbtp: float) -> tuple[Places, Floats] | None:
    """Of pieces all over `mix`, the loudness blocks behind the last stage: their numbers (one every 100 ms) and LUFS.

    None where the music is so short that a pass costs little more."""
    if duration_s(mix) < WORTH_S:
        return None
    last = int(duration_s(mix) / STEP_S) - LEAD_STEPS - STEPS
    firsts = np.round((np.arange(PIECES) + 0.5) / PIECES * last).astype(np.int64)

    def heard(first: int) -> Floats:
        return _behind(mix, first, LastStage(plan, mix.channels, gain_db, ceiling_dbtp))

    count = STEPS - BLOCK_STEPS + 1
    places = firsts[:, None] + LEAD_STEPS + np.arange(count)
    return places.ravel(), np.concatenate(side_by_side(heard, firsts.tolist()))


def _behind(mix: Signal, first: int, stage: LastStage) -> Floats:
    begin = round(first * STEP_S * mix.rate_hz)
    frames = round((LEAD_STEPS + STEPS) * STEP_S * mix.rate_hz)
    made = Chain(Shifted(mix, -begin, frames), lambda: [*stage.before_limiter(), stage.limiter])
    meter = LoudnessMeter(mix.rate_hz, mix.channels, true_peak=False)
    meter.add(made.read(0, frames))
    return meter.series().momentary_lufs[LEAD_STEPS + BLOCK_STEPS - 1 :].astype(float)
