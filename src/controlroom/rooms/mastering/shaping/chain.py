"""The processors of a plan before the gain, in the order of the signal; what does nothing is left out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import NamedTuple

import numpy as np

from controlroom.rooms.mastering.plan import (
    BandControl,
    DynamicBand,
    Glue,
    MasterPlan,
    Match,
    Multiband,
    Place,
    Saturate,
    ToneMove,
)
from controlroom.sound.dynamic_eq import MovingBand
from controlroom.sound.dynamics import Compressor
from controlroom.sound.filters import Band, Equalizer, response_db
from controlroom.sound.linear_phase import Curve, Floats, LinearPhase, through
from controlroom.sound.multiband import BandSettings, MultibandCompressor
from controlroom.sound.placed import Placed
from controlroom.sound.saturation import Saturator
from controlroom.sound.stream import Processor
from controlroom.sound.width import mono_below, side_width

PLACES: tuple[Place, ...] = ("stereo", "mid", "side")
HIGHEST_CROSSOVER = 0.45  # of the rate


class PlannedStep(NamedTuple):
    """One step of the plan: its name, its reason, and the processors that do it."""

    name: str
    reason: str
    processors: list[Processor]


def before_gain(plan: MasterPlan, rate_hz: int, channels: int) -> list[Processor]:
    """Everything before the gain, at the rate of the mix. Mono has no side: what is planned for it is left out."""
    return [processor for step in steps_of(plan, rate_hz, channels) for processor in step.processors]


def steps_of(plan: MasterPlan, rate_hz: int, channels: int) -> list[PlannedStep]:
    """The same, step by step, each with the reasons the plan gives for it."""
    steps: list[PlannedStep] = []

    def add(name: str, reasons: Sequence[str], processors: list[Processor]) -> None:
        if processors:
            steps.append(PlannedStep(name, " ".join(reason for reason in reasons if reason), processors))

    if plan.high_pass:
        add("high-pass", [plan.high_pass.reason], [Equalizer(rate_hz, channels, [plan.high_pass.band])])
    moves = [move for move in plan.tone if _acts(move)]
    add("tone", [move.reason for move in moves], _tone(moves, plan.tone_phase == "linear", rate_hz, channels))
    add("match", [match.reason for match in plan.match], _match(plan.match, rate_hz, channels))
    bands = [band for band in plan.dynamic if band.range_db > 0 and band.ratio > 1]
    for band in bands:
        add(f"dynamic band at {_hz(band.freq_hz)}", [band.reason], [_dynamic(band, rate_hz, channels)])
    if plan.multiband:
        add("multiband", [plan.multiband.reason], _multiband(plan.multiband, rate_hz, channels))
    if plan.glue and plan.glue.ratio > 1:
        add("glue", [plan.glue.reason], [_glue(plan.glue, rate_hz, channels)])
    steps += _side(plan, rate_hz) if channels == 2 else []
    if plan.saturate and plan.saturate.mix > 0:
        add("saturation", [plan.saturate.reason], [_saturation(plan.saturate, rate_hz, channels)])
    return steps


def _hz(freq_hz: float) -> str:
    return f"{freq_hz:.0f} Hz" if freq_hz < 1000 else f"{freq_hz / 1000:.1f} kHz"


def _acts(move: ToneMove) -> bool:
    return move.gain_db != 0 or move.kind not in ("bell", "lowshelf", "highshelf")


def _placed(place: Place, channels: int, make: Callable[[int], Processor]) -> list[Processor]:
    """A processor where it belongs; on mono, mid is all there is."""
    if place == "stereo" or (channels == 1 and place == "mid"):
        return [make(channels)]
    return [Placed(make(1), place)] if channels == 2 else []


def _tone(moves: Sequence[ToneMove], linear: bool, rate_hz: int, channels: int) -> list[Processor]:
    made: list[Processor] = []
    for place in PLACES:
        bands = [move.band for move in moves if move.place == place]
        if bands and linear:
            made += _linear(place, partial(response_db, bands, rate_hz), rate_hz, channels)
        elif bands:
            made += _placed(place, channels, partial(_equalizer, rate_hz, bands))
    return made


def _equalizer(rate_hz: int, bands: Sequence[Band], channels: int) -> Processor:
    return Equalizer(rate_hz, channels, bands)


def _match(matches: Sequence[Match], rate_hz: int, channels: int) -> list[Processor]:
    """The curves of one place together are one filter."""
    made: list[Processor] = []
    for place in PLACES:
        here = [match for match in matches if match.place == place and any(match.gain_db)]
        if here:
            curves = [through(match.freq_hz, match.gain_db) for match in here]
            made += _linear(place, partial(_sum_of, curves), rate_hz, channels)
    return made


def _sum_of(curves: Sequence[Curve], freqs_hz: Floats) -> Floats:
    return np.asarray(np.sum([curve(freqs_hz) for curve in curves], axis=0))


def _linear(place: Place, curve: Curve, rate_hz: int, channels: int) -> list[Processor]:
    return _placed(place, channels, lambda count: LinearPhase(rate_hz, count, curve))


def _dynamic(band: DynamicBand, rate_hz: int, channels: int) -> Processor:
    return MovingBand(
        rate_hz,
        channels,
        kind=band.kind,
        freq_hz=band.freq_hz,
        q=band.q,
        threshold_db=band.threshold_db,
        ratio=band.ratio,
        range_db=band.range_db,
        attack_ms=band.attack_ms,
        release_ms=band.release_ms,
    )


def _multiband(planned: Multiband, rate_hz: int, channels: int) -> list[Processor]:
    """Crossovers out of a low rate's reach are left out, with the bands above them."""
    crossovers_hz = [at_hz for at_hz in planned.crossovers_hz if at_hz < HIGHEST_CROSSOVER * rate_hz]
    bands = [_settings(band) for band in planned.bands[: len(crossovers_hz) + 1]]
    if not crossovers_hz or all(band.ratio == 1 and band.makeup_db == 0 for band in bands):
        return []
    return [MultibandCompressor(rate_hz, channels, crossovers_hz, bands, lookahead_ms=planned.lookahead_ms)]


def _settings(band: BandControl) -> BandSettings:
    return BandSettings(
        threshold_db=band.threshold_db,
        ratio=band.ratio,
        knee_db=band.knee_db,
        attack_ms=band.attack_ms,
        release_ms=band.release_ms,
        makeup_db=band.makeup_db,
    )


def _glue(glue: Glue, rate_hz: int, channels: int) -> Processor:
    return Compressor(
        rate_hz,
        channels,
        threshold_db=glue.threshold_db,
        ratio=glue.ratio,
        knee_db=glue.knee_db,
        attack_ms=glue.attack_ms,
        release_ms=glue.release_ms,
        detector="rms",
        auto_release=True,
    )


def _side(plan: MasterPlan, rate_hz: int) -> list[PlannedStep]:
    """What happens to the difference between left and right."""
    steps = []
    if plan.mono_below:
        low = plan.mono_below
        steps.append(PlannedStep("low end to mono", low.reason, [mono_below(rate_hz, low.freq_hz, low.slope_db)]))
    bands = [band for band in plan.width if band.side_db != 0]
    if bands:
        made = side_width(rate_hz, [(band.from_hz, band.to_hz, band.side_db) for band in bands])
        steps.append(PlannedStep("width", " ".join(band.reason for band in bands if band.reason), [made]))
    return steps


def _saturation(saturate: Saturate, rate_hz: int, channels: int) -> Processor:
    return Saturator(
        rate_hz,
        channels,
        drive_db=saturate.drive_db,
        level_db=saturate.level_db,
        mix=saturate.mix,
        below_hz=saturate.below_hz,
    )
