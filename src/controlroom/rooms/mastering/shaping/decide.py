"""What a mix needs beyond balance and level: only what is measured, each with its figures, and as a rule nothing."""

from __future__ import annotations

import math
from typing import NamedTuple

from msgspec.structs import replace

from controlroom.rooms.mastering.listen import Heard
from controlroom.rooms.mastering.measure import judged
from controlroom.rooms.mastering.plan import DynamicBand, MasterPlan, Place, Saturate, ToneMove, WidthBand
from controlroom.rooms.mastering.report import MasterReport
from controlroom.rooms.mastering.shaping.faults import Moving, Resonance, bare_bass_db, moving, resonances, side_off
from controlroom.sound.moments import RANGES_HZ, Moments
from controlroom.sound.spectrum import Spectrum

MOST_RESONANCES = 2
RESONANCE_SHARE, MOST_CUT_DB, RESONANCE_Q = 0.6, 6.0, 6.0
RATIO, LEAST_RANGE_DB, MOST_RANGE_DB = 3.0, 2.0, 6.0
SIDE_AIM_DB, SIDE_SHARE, MOST_SIDE_DB = -3.0, 0.5, 3.0
BARE_BASS_DB, BASS_PRESENT_DB = 15.0, -3.0
BASS_BELOW_HZ, BASS_DRIVE_DB = 120.0, 6.0


class Watch(NamedTuple):
    """A range that may hurt for moments: in which share of the time it is looked at, from how far over the curve on,
    down to where it is brought, and how fast."""

    name: str
    says: str
    share: float
    least_db: float
    aim_db: float
    attack_ms: float
    release_ms: float


WATCHED = (
    Watch("low", "The low end booms", 99.0, 5.0, 3.0, 20.0, 150.0),
    Watch("presence", "The presence gets harsh", 95.0, 2.5, 2.0, 8.0, 80.0),
    Watch("sibilance", "Sibilance jumps out", 95.0, 2.5, 2.0, 4.0, 60.0),
)


def shaped(plan: MasterPlan, report: MasterReport, heard: Heard) -> MasterPlan:
    """`plan` with what its faults ask for: cuts of resonances, moving bands, width, harmonics for a bare bass.

    Nothing for a finished master, silence, and what is no whole mix (a voice alone, a test tone); where the plan has
    such steps already, they stay as they are. Without `heard.moments` only what the long-term spectrum tells is done.
    """
    if report.finished or report.loudness.integrated_lufs is None or not judged(report.balance):
        return plan
    moments = heard.moments if heard.moments and heard.moments.frames else None
    return replace(
        plan,
        tone=plan.tone + (_cuts(moments, report) if moments else ()),
        dynamic=plan.dynamic or (_bands(moments, report) if moments else ()),
        width=plan.width or _width(heard.spectrum),
        saturate=plan.saturate or (_harmonics(heard.spectrum, moments, report) if moments else None),
    )


def _cuts(moments: Moments, report: MasterReport) -> tuple[ToneMove, ...]:
    found: list[tuple[Resonance, Place]] = []
    for ring in resonances(moments, "mid", report.bandwidth_hz):
        found.append((ring, "stereo" if ring.both or report.channels != 2 else "mid"))
    for ring in resonances(moments, "side", report.bandwidth_hz):
        if all(abs(math.log2(ring.freq_hz / other.freq_hz)) > 1 / 6 for other, _ in found):
            found.append((ring, "side"))
    worst = sorted(found, key=lambda one: -one[0].least_db)[:MOST_RESONANCES]
    return tuple(_cut(ring, place) for ring, place in worst)


def _cut(ring: Resonance, place: Place) -> ToneMove:
    where = "" if place == "stereo" else f" in the {place}"
    return ToneMove(
        kind="bell",
        freq_hz=round(ring.freq_hz, 1),
        gain_db=-round(min(RESONANCE_SHARE * ring.stands_db, MOST_CUT_DB), 1),
        q=RESONANCE_Q,
        place=place,
        reason=f"It rings at {ring.freq_hz:.0f} Hz{where}: {ring.stands_db:.1f} dB above its surroundings half of the "
        f"time, and still {ring.least_db:.1f} dB where it sticks out least.",
    )


def _bands(moments: Moments, report: MasterReport) -> tuple[DynamicBand, ...]:
    ends_hz = report.bandwidth_hz or math.inf
    found = []
    for watch in WATCHED:
        fault = moving(moments, watch.name, watch.share, watch.least_db)
        if fault and RANGES_HZ[watch.name][1] < ends_hz:
            found.append(_band(watch, fault))
    return tuple(found)


def _band(watch: Watch, fault: Moving) -> DynamicBand:
    low_hz, high_hz = RANGES_HZ[watch.name]
    freq_hz = math.sqrt(low_hz * high_hz)
    return DynamicBand(
        kind="bell",
        freq_hz=round(freq_hz),
        q=round(freq_hz / (high_hz - low_hz), 2),
        threshold_db=round(fault.curve_db + watch.aim_db, 1),
        ratio=RATIO,
        range_db=round(min(max(fault.over_db - watch.aim_db, LEAST_RANGE_DB), MOST_RANGE_DB), 1),
        attack_ms=watch.attack_ms,
        release_ms=watch.release_ms,
        reason=f"{watch.says}: {fault.over_db:.1f} dB over the curve of records in the loudest {fault.share:.0f} % of "
        f"the time, {fault.usual_db:+.1f} dB in the loudest fifth.",
    )


def _width(spectrum: Spectrum) -> tuple[WidthBand, ...]:
    """Half of the way back; a side that is lost is lifted by no more than that either."""
    bands = []
    for off in side_off(spectrum):
        side_db = SIDE_SHARE * (SIDE_AIM_DB - off.side_db) if off.side_db > SIDE_AIM_DB else MOST_SIDE_DB
        says = "louder than" if off.side_db > 0 else "below"
        bands.append(
            WidthBand(
                from_hz=off.from_hz,
                to_hz=off.to_hz,
                side_db=round(max(side_db, -MOST_SIDE_DB), 1),
                reason=f"From {off.from_hz:.0f} to {off.to_hz:.0f} Hz the side is {abs(off.side_db):.1f} dB {says} the "
                f"middle{'; on one loudspeaker it is gone' if off.side_db > 0 else ', the rest is wide'}.",
            )
        )
    return tuple(bands)


def _harmonics(spectrum: Spectrum, moments: Moments, report: MasterReport) -> Saturate | None:
    """For a bass that is there, but only below 150 Hz."""
    bare_db = bare_bass_db(spectrum)
    low = next((region.off_db for region in report.balance if region.name == "low end"), None)
    if bare_db < BARE_BASS_DB or low is None or low < BASS_PRESENT_DB:
        return None
    return Saturate(
        drive_db=BASS_DRIVE_DB,
        level_db=round(moments.level_db("low", 80.0), 1),
        below_hz=BASS_BELOW_HZ,
        reason=f"From 150 to 500 Hz there is {bare_db:.0f} dB less than below: small loudspeakers lose the bass.",
    )
