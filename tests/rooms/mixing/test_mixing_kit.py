"""The kit: faults are mended, nature is left alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from controlroom.rooms.mixing import TrackIn, decide, measure
from controlroom.rooms.mixing.kit import Alignment, alignments
from controlroom.rooms.mixing.plan import MixPlan
from controlroom.rooms.mixing.report import MixReport, Relation, TrackHeard

RATE_HZ = 48000
Floats = npt.NDArray[np.float64]
Kit = Callable[..., dict[str, Floats]]
Hear = Callable[..., TrackHeard]
ROLES = {
    "Kick": ("kick", None),
    "Snare Top": ("snare top", None),
    "Snare Bottom": ("snare bottom", None),
    "Tom": ("tom", None),
    "OH L": ("overhead", "L"),
    "OH R": ("overhead", "R"),
}


@pytest.fixture
def mixed(kit: Kit, arrive: Callable[..., TrackIn]) -> Callable[..., MixPlan]:
    def make(change: Callable[[dict[str, Floats]], Any] = lambda mics: None) -> MixPlan:
        mics = kit()
        change(mics)
        tracks = {
            name: arrive(samples, ROLES[name][0], side=ROLES[name][1], part="drums") for name, samples in mics.items()
        }
        return decide(measure(tracks))

    return make


def delayed(samples: Floats, frames: int) -> Floats:
    return np.concatenate([np.zeros(frames), samples[:-frames]])


def test_a_natural_kit_keeps_its_overheads_and_polarities(mixed: Callable[..., MixPlan]) -> None:
    plan = mixed()
    assert {track.name for track in plan.tracks if track.polarity < 0} == {"Snare Bottom"}
    assert plan.track("OH L").delay_ms == plan.track("OH R").delay_ms == 0.0


def test_a_cross_wired_tom_is_turned_back(mixed: Callable[..., MixPlan]) -> None:
    plan = mixed(lambda mics: mics.update({"Tom": -mics["Tom"]}))
    assert plan.track("Tom").polarity == -1
    assert plan.track("Kick").polarity == 1
    assert any("cross-wired" in reason for reason in plan.track("Tom").reasons)


def test_a_delay_between_left_and_right_is_taken_out(mixed: Callable[..., MixPlan]) -> None:
    plan = mixed(lambda mics: mics.update({"OH R": delayed(mics["OH R"], 72)}))
    assert plan.track("OH R").delay_ms == pytest.approx(-1.5, abs=0.05)
    assert plan.track("OH L").delay_ms == 0.0


def test_one_overhead_wired_the_wrong_way_round_is_turned(mixed: Callable[..., MixPlan]) -> None:
    plan = mixed(lambda mics: mics.update({"OH R": -mics["OH R"]}))
    assert plan.track("OH R").polarity == -1
    assert plan.track("OH L").polarity == 1
    assert plan.track("Kick").polarity == 1


def test_both_overheads_turned_over_are_turned_back_not_the_whole_kit(mixed: Callable[..., MixPlan]) -> None:
    plan = mixed(lambda mics: mics.update({"OH L": -mics["OH L"], "OH R": -mics["OH R"]}))
    assert plan.track("OH L").polarity == plan.track("OH R").polarity == -1
    assert plan.track("Kick").polarity == plan.track("Snare Top").polarity == plan.track("Tom").polarity == 1


def test_a_close_mic_that_fights_the_overheads_is_moved_to_them(mixed: Callable[..., MixPlan]) -> None:
    """The kick's 62 Hz comes 8 ms later overhead: half a period, so that the two cancel."""

    def far(mics: dict[str, Floats]) -> None:
        for side in ("OH L", "OH R"):
            mics[side] = mics[side] + 0.5 * delayed(mics["Kick"], 384)

    plan = mixed(far)
    assert plan.track("Kick").delay_ms == pytest.approx(8.0, abs=0.1)


def test_a_close_mic_that_adds_up_with_the_overheads_stays(report: Callable[..., MixReport], hear: Hear) -> None:
    def spot(together: float) -> dict[str, Alignment]:
        relation = Relation(
            track="Kick",
            reference="OH",
            kind="spot",
            delay_ms=4.0,
            polarity=1,
            correlation=0.6,
            together=together,
            side=None,
        )
        return alignments(report(hear("Kick", "kick"), hear("OH", "overhead"), relations=(relation,)))

    assert spot(0.2) == {}
    assert spot(-0.4)["Kick"].delay_ms == 4.0


def test_the_lower_head_goes_along_when_the_upper_one_is_moved(report: Callable[..., MixReport], hear: Hear) -> None:
    spot = Relation(track="Top", reference="OH", kind="spot", delay_ms=3.0, polarity=1, correlation=0.6, together=-0.4)
    heads = Relation(
        track="Top",
        reference="Bottom",
        kind="companion",
        delay_ms=0.05,
        polarity=-1,
        correlation=-0.7,
        together=-0.7,
    )
    tracks = (hear("Top", "snare top"), hear("Bottom", "snare bottom"), hear("OH", "overhead"))
    done = alignments(report(*tracks, relations=(spot, heads)))
    assert (done["Top"].polarity, done["Top"].delay_ms) == (1, 3.0)
    assert (done["Bottom"].polarity, done["Bottom"].delay_ms) == (-1, 3.0)


def test_the_tom_stands_where_the_overheads_hear_it(mixed: Callable[..., MixPlan]) -> None:
    """It reaches the left overhead a millisecond before the right one."""
    plan = mixed()
    assert plan.track("Tom").pan == pytest.approx(-0.5, abs=0.05)
    assert plan.track("Kick").pan == plan.track("Snare Top").pan == 0.0
    assert plan.track("OH L").pan == -plan.track("OH R").pan == -1.0


def test_a_direct_line_is_moved_to_its_amplifier(arrive: Callable[..., TrackIn]) -> None:
    rng = np.random.default_rng(5)
    times_s = np.arange(8 * RATE_HZ) / RATE_HZ
    notes = np.sin(2 * np.pi * np.repeat(rng.choice([41.2, 55.0, 61.7, 73.4], 16), RATE_HZ // 2) * times_s)
    line = 0.2 * np.tanh(3 * notes * np.exp(-(times_s % 0.5) / 0.3)) + 0.002 * rng.standard_normal(len(times_s))
    tracks = {
        "DI": arrive(line, "bass DI", part="bass"),
        "Amp": arrive(-delayed(np.tanh(2 * line), 58), "bass amp", part="bass"),
    }
    plan = decide(measure(tracks))
    assert plan.track("DI").delay_ms == pytest.approx(58 / 48, abs=0.05)
    assert plan.track("Amp").polarity == -1


def test_strangers_are_left_alone(arrive: Callable[..., TrackIn], kit: Kit) -> None:
    """Electronic stems in parts of their own have no relations, whatever they are called."""
    mics = kit()
    report = measure({name: arrive(mics[name], ROLES[name][0], part=name) for name in mics})
    assert not report.relations
    assert not alignments(report)
