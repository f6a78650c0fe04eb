"""The render: joints, fades, placement; the same for every mic and for every block size."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import pytest

from controlroom.base.canonical import from_toml, to_toml
from controlroom.base.errors import UsageError
from controlroom.rooms.editing import ENGINE, EditPlan, PlannedMic, PlannedTake, Segment, render
from controlroom.sound.signal import Audio, Samples, Signal, blocks

RATE_HZ = 48000
ONES = np.ones((1, 2 * RATE_HZ), np.float32)


def plan_of(*segments: Segment, **fields: object) -> EditPlan:
    takes = tuple(PlannedTake(name=name, start_s=0.0, end_s=2.0) for name in "ab")
    mic = PlannedMic(name="vocal", role="lead vocal", files={"a": Path("a.wav"), "b": Path("b.wav")})
    given: dict[str, object] = {"takes": takes, "mics": (mic,), "head_s": 0.0, "tail_s": 2.0, "crossfade_ms": 20.0}
    return EditPlan(part="vocal", segments=segments, **{**given, **fields})  # type: ignore[arg-type]


def sources(a: np.ndarray, b: np.ndarray) -> dict[str, dict[Path, Signal]]:
    return {"a": {Path("a.wav"): Audio(a, RATE_HZ)}, "b": {Path("b.wav"): Audio(b, RATE_HZ)}}


def heard(signal: Signal, frames: int = 1 << 20) -> Samples:
    return np.concatenate(list(blocks(signal, frames)), axis=1)


A, B = Segment(take="a", start_s=0.0, end_s=1.0), Segment(take="b", start_s=1.0, end_s=2.0)


def test_equal_gain_keeps_what_two_takes_share() -> None:
    same = Segment(take="b", start_s=1.0, end_s=2.0, crossfade="equal gain")
    out = heard(render(sources(ONES, ONES), plan_of(A, same))["vocal"])
    np.testing.assert_allclose(out, 1.0, atol=1e-6)


def test_equal_power_keeps_the_power_of_unrelated_takes() -> None:
    draw = np.random.default_rng(1)
    one, other = (draw.standard_normal((1, 2 * RATE_HZ)).astype(np.float32) for _ in range(2))
    out = heard(render(sources(one, other), plan_of(A, B, crossfade_ms=400.0))["vocal"])
    joint = out[0, round(0.95 * RATE_HZ) : round(1.05 * RATE_HZ)]
    assert np.mean(joint**2) == pytest.approx(1.0, abs=0.08)


@pytest.mark.parametrize("frames", [1, 77, 4096, 32768])
def test_every_block_size_gives_the_same_samples(frames: int) -> None:
    draw = np.random.default_rng(2)
    one, other = (draw.standard_normal((1, 9000)).astype(np.float32) for _ in range(2))
    short = [Segment(take="a", start_s=0.0, end_s=0.06), Segment(take="b", start_s=0.06, end_s=0.19)]
    plan = plan_of(*short, head_s=0.01, tail_s=0.18, fade_in_ms=5.0, fade_out_ms=30.0)
    made = {size: render(sources(one, other), plan)["vocal"] for size in (frames, 1 << 20)}
    np.testing.assert_array_equal(heard(made[frames], frames), heard(made[1 << 20]))


def test_outside_head_and_tail_there_is_silence_and_the_fades_lie_inside() -> None:
    plan = plan_of(
        Segment(take="a", start_s=0.0, end_s=2.0), head_s=0.5, tail_s=1.5, fade_in_ms=10.0, fade_out_ms=100.0
    )
    signal = render(sources(ONES, ONES), plan)["vocal"]
    out = heard(signal)[0]
    assert signal.frames == round(1.5 * RATE_HZ)
    assert not out[: RATE_HZ // 2].any()
    assert out[round(0.511 * RATE_HZ)] == 1.0
    assert out[round(1.399 * RATE_HZ)] == 1.0
    assert (np.diff(out[round(1.41 * RATE_HZ) :]) < 0).all()
    assert out[-1] < 1e-4


def test_without_fades_the_samples_are_untouched() -> None:
    row = np.random.default_rng(3).standard_normal((2, 2 * RATE_HZ)).astype(np.float32)
    plan = plan_of(Segment(take="a", start_s=0.0, end_s=2.0))
    assert plan.changes_nothing
    np.testing.assert_array_equal(heard(render(sources(row, row), plan)["vocal"]), row)


def test_all_mics_of_a_pass_go_through_the_same_joints() -> None:
    """Two mics that are copies of each other still cancel to nothing."""
    draw = np.random.default_rng(4)
    rows = [draw.standard_normal((1, 2 * RATE_HZ)).astype(np.float32) for _ in range(2)]
    both = {
        name: {Path(f"{name}1.wav"): Audio(row, RATE_HZ), Path(f"{name}2.wav"): Audio(-row, RATE_HZ)}
        for name, row in zip("ab", rows, strict=True)
    }
    mics = tuple(
        PlannedMic(name=f"mic {k}", role="overhead", files={name: Path(f"{name}{k}.wav") for name in "ab"})
        for k in (1, 2)
    )
    plan = plan_of(A, B, mics=mics, fade_out_ms=50.0, head_s=0.1, fade_in_ms=30.0)
    made = render(both, plan)
    np.testing.assert_array_equal(heard(made["mic 1"]), -heard(made["mic 2"]))


def test_a_pass_sounds_where_it_was_recorded() -> None:
    click = np.zeros((1, RATE_HZ), np.float32)
    click[0, 100] = 1.0
    takes = (PlannedTake(name="a", start_s=0.0, end_s=2.0), PlannedTake(name="b", start_s=1.0, end_s=2.0))
    out = heard(render(sources(0 * ONES, click), plan_of(A, B, takes=takes, crossfade_ms=0.0))["vocal"])
    assert np.flatnonzero(out[0]).tolist() == [RATE_HZ + 100]


def test_files_of_another_rate_and_width_are_brought_to_the_session() -> None:
    wide = np.tile(np.sin(2 * np.pi * 500 * np.arange(2 * 24000) / 24000), (2, 1))
    files: dict[str, dict[Path, Signal]] = {
        "a": {Path("a.wav"): Audio(ONES * 0.5, RATE_HZ)},
        "b": {Path("b.wav"): Audio(wide, 24000)},
    }
    signal = render(files, plan_of(A, B))["vocal"]
    out = heard(signal)
    assert (signal.rate_hz, signal.channels, out.shape) == (RATE_HZ, 2, (2, 2 * RATE_HZ))
    assert (out[:, RATE_HZ // 2] == 0.5).all()
    second = out[0, round(1.2 * RATE_HZ) : round(1.8 * RATE_HZ)]
    assert np.sqrt(np.mean(second**2)) == pytest.approx(np.sqrt(0.5), rel=0.01)


def test_a_mic_that_a_take_does_not_have_is_silent_there() -> None:
    mic = PlannedMic(name="room", role="room", files={"a": Path("a.wav")})
    out = heard(render(sources(ONES, ONES), plan_of(A, B, mics=(mic,), crossfade_ms=0.0))["room"])
    assert out[0, RATE_HZ - 1] == 1.0
    assert not out[0, RATE_HZ:].any()


def test_a_plan_is_read_back_as_it_was_written() -> None:
    plan = plan_of(A, B, reasons=("a carries the part.",))
    assert from_toml(to_toml(plan), EditPlan) == plan


def test_what_a_plan_changes() -> None:
    whole = Segment(take="a", start_s=0.0, end_s=2.0)
    assert plan_of(whole).changes_nothing
    assert not plan_of(whole, fade_out_ms=5.0).changes_nothing
    assert not plan_of(whole, head_s=0.1).changes_nothing
    assert not plan_of(whole, tail_s=1.9).changes_nothing
    assert not plan_of(A, B).changes_nothing
    moved = (PlannedTake(name="a", start_s=0.5, end_s=2.0),)
    assert not plan_of(whole, takes=moved).changes_nothing


@pytest.mark.parametrize(
    ("broken", "says"),
    [
        (plan_of(Segment(take="c", start_s=0.0, end_s=1.0)), "'c'"),
        (plan_of(Segment(take="a", start_s=1.0, end_s=0.5)), "ends before it starts"),
        (plan_of(A, Segment(take="b", start_s=0.9, end_s=2.0)), "overlap"),
        (plan_of(A, crossfade_ms=-1.0), "shorter than nothing"),
        (plan_of(A, schema="controlroom/edit-plan/99"), "schema"),
    ],
)
def test_a_plan_out_of_shape_is_refused_in_one_line(broken: EditPlan, says: str) -> None:
    with pytest.raises(UsageError, match=says):
        render(sources(ONES, ONES), broken)


def test_what_a_plan_sounds_like_changes_only_with_the_engines_number() -> None:
    """The golden samples, at 16 bits: a new digest needs a new ENGINE, and a new line here."""
    ramp = (np.arange(12000) * 7919 % 20011 / 20011 - 0.5).astype(np.float32)
    segments = [
        Segment(take="a", start_s=0.0, end_s=0.08),
        Segment(take="b", start_s=0.08, end_s=0.17, crossfade="equal gain"),
        Segment(take="a", start_s=0.17, end_s=0.25),
    ]
    plan = plan_of(*segments, head_s=0.01, tail_s=0.24, fade_in_ms=7.0, fade_out_ms=25.0)
    out = heard(render(sources(ramp, ramp[::-1].copy()), plan)["vocal"])
    digest = hashlib.sha256(np.round(out * 32767).astype("<i2").tobytes()).hexdigest()[:16]
    assert {1: "d254223e4be6048d"}[ENGINE] == digest
