"""The processors of a plan: in its order, nothing for nothing, and each step measured."""

from __future__ import annotations

import msgspec
import numpy as np
import pytest
from full_master_plan import CONTROL, EVERYTHING

from controlroom.base.canonical import from_toml, to_toml
from controlroom.rooms.mastering.plan import (
    MasterPlan,
    Match,
    Multiband,
    Saturate,
    ToneMove,
    WidthBand,
)
from controlroom.rooms.mastering.shaping import Measured, before_gain, steps_of
from controlroom.sound.meter import measure_loudness
from controlroom.sound.signal import Audio, in_memory
from controlroom.sound.stream import Chain

NAMES = [
    "high-pass",
    "tone",
    "match",
    "dynamic band at 7.0 kHz",
    "multiband",
    "glue",
    "low end to mono",
    "width",
    "saturation",
]


def test_the_steps_stand_in_the_order_of_the_plan_with_their_reasons() -> None:
    steps = steps_of(EVERYTHING, 48000, 2)
    assert [step.name for step in steps] == NAMES
    assert [step.reason for step in steps][:2] == ["Rumble.", "Mud. Voice."]
    assert from_toml(to_toml(EVERYTHING), MasterPlan) == EVERYTHING


def test_mono_has_no_side() -> None:
    names = [step.name for step in steps_of(EVERYTHING, 48000, 1)]
    assert names == [name for name in NAMES if name not in ("low end to mono", "width")]


def test_what_does_nothing_is_left_out() -> None:
    nothing = MasterPlan(
        rate_hz=48000,
        tone=(ToneMove(kind="bell", freq_hz=300.0, gain_db=0.0),),
        match=(Match(freq_hz=(100.0, 1000.0), gain_db=(0.0, 0.0)),),
        dynamic=(msgspec.structs.replace(EVERYTHING.dynamic[0], range_db=0.0),),
        multiband=Multiband(crossovers_hz=(200.0,), bands=(msgspec.structs.replace(CONTROL, ratio=1.0),) * 2),
        width=(WidthBand(from_hz=400.0, to_hz=0.0, side_db=0.0),),
        saturate=Saturate(drive_db=3.0, mix=0.0),
    )
    assert before_gain(nothing, 48000, 2) == []


@pytest.mark.parametrize(("rate_hz", "channels"), [(48000, 2), (44100, 1), (96000, 2), (8000, 2)])
def test_the_whole_chain_lines_up_with_its_source(rate_hz: int, channels: int) -> None:
    """A click goes in, and its loudest sample comes out where it was."""
    click = np.zeros((channels, rate_hz), np.float32)
    click[:, rate_hz // 2] = 0.5
    made = Chain(Audio(click, rate_hz), lambda: before_gain(EVERYTHING, rate_hz, channels))
    out = in_memory(Audio(made.read(0, made.frames), rate_hz)).samples
    assert abs(int(np.argmax(np.abs(out[0]))) - rate_hz // 2) <= 1
    assert np.isfinite(out).all()


def test_linear_phase_makes_the_same_tone(tune: Audio) -> None:
    plan = MasterPlan(rate_hz=48000, tone=EVERYTHING.tone[:1])
    levels = []
    for phase in ("minimum", "linear"):
        chosen = msgspec.structs.replace(plan, tone_phase=phase)
        made = Chain(tune, lambda chosen=chosen: before_gain(chosen, 48000, 2))  # type: ignore[misc]
        spectrum = np.abs(np.fft.rfft(made.read(0, made.frames)[0])) ** 2
        levels.append(10 * np.log10(np.add.reduceat(spectrum, [400, 1600, 3200, 12800, 51200, 102400])))
    np.testing.assert_allclose(levels[0], levels[1], atol=0.1)


def test_each_step_is_measured_and_the_steps_add_up(tune: Audio) -> None:
    measured = Measured(EVERYTHING, 48000, 2)
    made = Chain(tune, measured.processors)
    out = Audio(made.read(0, made.frames), 48000)
    steps = measured.steps()
    assert [step.name for step in steps] == NAMES
    before, after = measure_loudness(tune).integrated_lufs, measure_loudness(out).integrated_lufs
    assert before is not None
    assert after is not None
    total_lu = sum(step.loudness_change_lu or 0.0 for step in steps)
    assert total_lu == pytest.approx(after - before, abs=0.4)
    peaks_db = 20 * np.log10(np.abs(out.samples).max() / np.abs(tune.samples).max())
    assert sum(step.peak_change_db or 0.0 for step in steps) == pytest.approx(peaks_db, abs=0.1)
    compressed = steps[NAMES.index("multiband")]
    assert compressed.loudness_change_lu is not None
    assert compressed.most_db is not None
    assert compressed.most_db <= compressed.loudness_change_lu < -0.5


def test_measuring_changes_nothing_and_no_step_is_no_step(tune: Audio) -> None:
    measured = Measured(EVERYTHING, 48000, 2)
    tapped, plain = Chain(tune, measured.processors), Chain(tune, lambda: before_gain(EVERYTHING, 48000, 2))
    np.testing.assert_array_equal(tapped.read(0, 100_000), plain.read(0, 100_000))
    empty = Measured(MasterPlan(rate_hz=48000), 48000, 2)
    assert empty.processors() == []
    assert empty.steps() == ()


def test_silence_has_no_changes() -> None:
    measured = Measured(EVERYTHING, 48000, 2)
    made = Chain(Audio(np.zeros((2, 96000)), 48000), measured.processors)
    made.read(0, made.frames)
    assert {(step.loudness_change_lu, step.peak_change_db, step.most_db) for step in measured.steps()} == {(None,) * 3}


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"crossovers_hz": (200.0,), "bands": (CONTROL,)}, "one crossover fewer"),
        ({"crossovers_hz": (2000.0, 200.0), "bands": (CONTROL,) * 3}, "rise"),
        ({"crossovers_hz": (10.0,), "bands": (CONTROL,) * 2}, "above 20 Hz"),
    ],
)
def test_a_multiband_that_cannot_be_is_refused(fields: dict[str, object], says: str) -> None:
    with pytest.raises(msgspec.ValidationError, match=says):
        msgspec.convert(msgspec.to_builtins(fields), Multiband)


def test_a_band_that_cannot_be_is_refused() -> None:
    for good, changed, says in (
        (EVERYTHING.dynamic[0], {"q": 0.0}, "above 0"),
        (CONTROL, {"ratio": 0.0}, "at least 1"),
    ):
        with pytest.raises(msgspec.ValidationError, match=says):
            msgspec.convert({**msgspec.to_builtins(good), **changed}, type(good))
