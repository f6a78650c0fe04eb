"""The comp: weak phrases are avoided, a punch-in is taken, drums are joined before a hit, all mics together."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from controlroom.rooms.editing import EditPlan, EditReport, decide, measure, render

RATE_HZ = 24000
PHRASES = (1.0, 5.0, 9.0, 13.0)

Singer = Callable[..., np.ndarray]
Drummer = Callable[..., tuple[np.ndarray, np.ndarray]]
PartOf = Callable[..., Any]


def taken(plan: EditPlan, at_s: float) -> str:
    """The take that plays at a time."""
    return next(segment.take for segment in plan.segments if segment.start_s <= at_s < segment.end_s)


def by_phrase(plan: EditPlan) -> list[str]:
    return [taken(plan, start_s + 1.0) for start_s in PHRASES]


def comp(part_of: PartOf, passes: dict[str, np.ndarray], **options: Any) -> tuple[EditReport, EditPlan]:
    part, _, hearings = part_of({name: {"vox": row} for name, row in passes.items()}, **options)
    report = measure(part, hearings)
    return report, decide(report)


def test_each_weak_phrase_is_taken_from_another_pass(singer: Singer, part_of: PartOf) -> None:
    passes = {"1": singer(1, off={0: 70.0}), "2": singer(2, late={1: 0.1}), "3": singer(3, quiet={2: 10.0})}
    report, plan = comp(part_of, passes)
    chosen = by_phrase(plan)
    assert chosen[0] != "1"
    assert chosen[1] != "2"
    assert chosen[2] != "3"
    assert report.common_time


def test_the_score_says_what_is_wrong(singer: Singer, part_of: PartOf) -> None:
    passes = {"1": singer(1, off={0: 70.0}), "2": singer(2, late={1: 0.1}), "3": singer(3, quiet={2: 10.0})}
    report, _ = comp(part_of, passes)

    def at(place_s: float) -> Any:
        return next(phrase.scores for phrase in report.phrases if phrase.start_s <= place_s < phrase.end_s)

    assert at(2.0)["1"].pitch_cents > 30
    assert at(2.0)["2"].pitch_cents < 12
    assert at(6.0)["2"].timing_ms == pytest.approx(100, abs=20)
    assert at(6.0)["3"].timing_ms < 20
    assert at(10.0)["3"].level_db == pytest.approx(10, abs=2)


def test_good_takes_are_not_cut_up(singer: Singer, part_of: PartOf) -> None:
    _, plan = comp(part_of, {str(seed): singer(seed) for seed in (1, 2, 3)})
    assert len(plan.segments) == 1


def test_takes_are_joined_in_the_quiet_between_phrases(singer: Singer, part_of: PartOf) -> None:
    passes = {"1": singer(1, off={0: 55.0, 2: 55.0}), "2": singer(2, off={1: 55.0, 3: 55.0})}
    _, plan = comp(part_of, passes)
    assert by_phrase(plan) == ["2", "1", "2", "1"]
    for segment in plan.segments[1:]:
        sung = [start_s for start_s in PHRASES if start_s - 0.02 < segment.start_s < start_s + 2.5]
        assert not sung, f"joined at {segment.start_s} s, inside a phrase"


def test_a_missing_phrase_is_filled(singer: Singer, part_of: PartOf) -> None:
    _, plan = comp(
        part_of,
        {
            "1": singer(1, missing=[2]),
            "2": singer(2, off={0: 60.0, 1: 60.0, 3: 60.0}),
            "3": singer(3, off={0: 60.0, 1: 60.0, 3: 60.0}),
        },
    )
    assert by_phrase(plan)[2] in ("2", "3")


def test_a_clipped_phrase_is_avoided(singer: Singer, part_of: PartOf) -> None:
    hot = singer(1)
    first, last = round(5.9 * RATE_HZ), round(6.4 * RATE_HZ)
    hot[first:last] = np.clip(4 * hot[first:last], -0.9, 0.9)
    _, plan = comp(part_of, {"1": hot, "2": singer(2, off={0: 50.0})})
    assert by_phrase(plan)[1] == "2"


@pytest.mark.parametrize("flagged", ["punch", ""])
def test_a_punch_in_is_taken_where_it_lies(singer: Singer, part_of: PartOf, flagged: str) -> None:
    again = singer(9)[round(8.2 * RATE_HZ) : round(12.2 * RATE_HZ)]
    passes = {"1": singer(1), "2": singer(2, off={0: 60.0, 1: 60.0, 3: 60.0}), "punch": again}
    _, plan = comp(part_of, passes, starts_s={"punch": 8.2}, punch_in=flagged)
    assert by_phrase(plan) == ["1", "1", "punch", "1"]
    into, out_of = (
        edge for segment in plan.segments if segment.take == "punch" for edge in (segment.start_s, segment.end_s)
    )
    assert 8.2 < into < 9.01
    assert 11.4 < out_of < 12.2


def test_a_spoilt_punch_in_is_left_out(singer: Singer, part_of: PartOf) -> None:
    again = singer(9, off={2: 90.0}, quiet={2: 0.0})[round(8.2 * RATE_HZ) : round(12.2 * RATE_HZ)]
    again = np.clip(30 * again, -0.9, 0.9)
    passes = {"1": singer(1), "2": singer(2), "punch": again}
    _, plan = comp(part_of, passes, starts_s={"punch": 8.2}, punch_in="punch")
    assert "punch" not in by_phrase(plan)


def test_passes_that_were_not_played_to_the_same_time_are_not_joined(singer: Singer, part_of: PartOf) -> None:
    other = singer(2)
    slow = np.interp(np.arange(0, len(other), 0.62), np.arange(len(other)), other)
    report, plan = comp(part_of, {"1": singer(1), "2": np.roll(slow, 40000)})
    assert not report.common_time
    assert len(plan.segments) == 1


def test_two_takes_of_a_copy_are_crossfaded_at_equal_gain(singer: Singer, part_of: PartOf) -> None:
    row = singer(1)
    spoilt = row.copy()
    first, last = round(5.9 * RATE_HZ), round(6.4 * RATE_HZ)
    spoilt[first:last] = np.clip(4 * spoilt[first:last], -0.9, 0.9)
    again = row.copy()
    first, last = round(13.4 * RATE_HZ), round(13.9 * RATE_HZ)
    again[first:last] = np.clip(4 * again[first:last], -0.9, 0.9)
    _, plan = comp(part_of, {"1": spoilt, "2": again})
    assert len(plan.segments) > 1
    assert {segment.crossfade for segment in plan.segments[1:]} == {"equal gain"}


def test_a_drummers_slips_are_avoided_and_joints_lie_before_a_hit(drummer: Drummer, part_of: PartOf) -> None:
    slips = {"1": {5: 0.035, 21: -0.04}, "2": {13: 0.03}}
    played = {name: drummer(int(name), slips[name]) for name in slips}
    rows = {name: {"close": close, "far": far} for name, (close, far) in played.items()}
    part, _, hearings = part_of(rows, role="drums")
    for tempo_bpm in (120.0, None):
        plan = decide(measure(part, hearings, tempo_bpm=tempo_bpm))
        for name, beats in slips.items():
            for beat, shift_s in beats.items():
                assert taken(plan, 0.5 + 0.5 * beat + shift_s) != name
        for segment in plan.segments[1:]:
            before_s = (0.5 - (segment.start_s - 0.5) % 0.5) % 0.5
            assert 0.003 < before_s < 0.06
    assert plan.crossfade_ms <= 10


def test_mics_of_a_pass_stay_together(drummer: Drummer, part_of: PartOf) -> None:
    """The far mic is the close one, 72 frames late: after the comp it still is, joints and all."""
    played = {name: drummer(seed, slips) for name, seed, slips in (("1", 1, {5: 0.035}), ("2", 2, {13: 0.03}))}
    rows = {name: {"close": close, "far": far} for name, (close, far) in played.items()}
    part, sources, hearings = part_of(rows, role="drums")
    made = render(sources, decide(measure(part, hearings, tempo_bpm=120.0)))
    close, far = (made[name].read(0, made[name].frames)[0] for name in ("close", "far"))
    inside = slice(round(0.6 * RATE_HZ), round(15.5 * RATE_HZ))
    error = far[72:][inside] - 0.5 * close[:-72][inside]
    assert np.sqrt(np.mean(error**2)) < 0.02 * np.sqrt(np.mean(far[inside] ** 2))


def test_reasons_name_the_take_and_the_fault(singer: Singer, part_of: PartOf) -> None:
    passes = {
        "1": singer(1, off={0: 60.0}),
        "2": singer(2, late={1: 0.1, 3: 0.1}),
        "3": singer(3, quiet={1: 9.0, 2: 9.0}),
    }
    _, plan = comp(part_of, passes)
    assert by_phrase(plan)[1:] == ["1", "1", "1"]
    assert any("carries the part" in reason for reason in plan.reasons)
    assert any("cents off pitch" in reason for reason in plan.reasons)


@pytest.mark.parametrize("kind", ["silence", "DC", "short", "empty second"])
def test_odd_passes_are_planned_and_rendered(kind: str, singer: Singer, part_of: PartOf) -> None:
    rows = {
        "silence": {"1": np.zeros(48000), "2": np.zeros(24000)},
        "DC": {"1": np.full(48000, 0.2), "2": np.full(48000, -0.2)},
        "short": {"1": np.ones(1) * 0.3, "2": np.ones(3) * 0.3},
        "empty second": {"1": singer(1), "2": np.zeros(2400)},
    }[kind]
    for role in ("lead vocal", "drums"):
        part, sources, hearings = part_of({name: {"mic": row} for name, row in rows.items()}, role=role)
        plan = decide(measure(part, hearings, tempo_bpm=100.0))
        made = render(sources, plan)["mic"]
        assert np.isfinite(made.read(0, made.frames)).all()
        if kind == "empty second":
            assert {segment.take for segment in plan.segments} == {"1"}


@pytest.mark.recordings
def test_a_real_singers_spoilt_phrases_are_avoided(recordings: Path, part_of: PartOf) -> None:
    """One real performance three times; in each another stretch is spoilt: sharp, late, clipped."""
    row, rate_hz = soundfile.read(recordings / "voice" / "vocadito_1.wav")

    def stretch(start_s: float, end_s: float) -> slice:
        return slice(round(start_s * rate_hz), round(end_s * rate_hz))

    sharp, late, clipped = row.copy(), row.copy(), row.copy()
    place = stretch(9.6, 12.2)
    there = row[place]
    factor = 2 ** (70 / 1200)
    sharp[place] = np.interp(np.arange(len(there)) * factor % len(there), np.arange(len(there)), there)
    place, by = stretch(15.6, 18.3), round(0.11 * rate_hz)
    late[place] = row[place.start - by : place.stop - by]
    place = stretch(24.9, 25.4)
    clipped[place] = np.clip(12 * row[place], -0.5, 0.5)
    draw = np.random.default_rng(5)
    passes = {"sharp": sharp, "late": late, "clipped": clipped}
    rows = {name: {"vox": samples + 1e-4 * draw.standard_normal(len(samples))} for name, samples in passes.items()}
    part, _, hearings = part_of(rows, rate_hz=rate_hz)
    plan = decide(measure(part, hearings))
    assert taken(plan, 11.0) != "sharp"
    assert taken(plan, 17.0) != "late"
    assert taken(plan, 25.2) != "clipped"
