"""Top and tail: no breath and no decay is cut, and no noise is left."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from controlroom.rooms.editing import EditPlan, decide, measure, render
from controlroom.song.model import Mic, Part, Pass
from controlroom.sound.hearing import Hearing
from controlroom.sound.signal import Audio

RATE_HZ = 24000


def edited(
    row: np.ndarray, *, role: str = "guitar", printed: bool = False, rate_hz: int = RATE_HZ
) -> tuple[EditPlan, np.ndarray]:
    """The plan for one file, and what it becomes."""
    path, audio = Path("a.wav"), Audio(row, rate_hz)
    part = Part(name="a", role=role, passes=(Pass(name="1", mics=(Mic(path=path, role=role),)),), printed=printed)
    plan = decide(measure(part, {path: Hearing(audio)}))
    made = render({"1": {path: audio}}, plan)["a"]
    return plan, made.read(0, made.frames)


def noise(seconds: float, level_db: float, rate_hz: int = RATE_HZ) -> np.ndarray:
    return np.random.default_rng(7).standard_normal(round(seconds * rate_hz)) * 10 ** (level_db / 20)


def tone(seconds: float, level: float = 0.2, decay_s: float = 0.0) -> np.ndarray:
    times_s = np.arange(round(seconds * RATE_HZ)) / RATE_HZ
    row = level * np.sin(2 * np.pi * 330 * times_s)
    return row * np.exp(-times_s / decay_s) if decay_s else row


def placed(row: np.ndarray, sound: np.ndarray, at_s: float) -> np.ndarray:
    out = row.copy()
    out[round(at_s * RATE_HZ) :][: len(sound)] += sound
    return out


def test_noise_before_and_after_is_gone_and_the_sound_is_untouched() -> None:
    row = placed(noise(10.0, -65), tone(3.0), 3.0)
    plan, out = edited(row)
    assert 2.85 < plan.head_s < 3.0
    assert 6.0 < plan.tail_s < 6.5
    assert not out[0, : round(2.8 * RATE_HZ)].any()
    first, last = round(3.0 * RATE_HZ), round(6.0 * RATE_HZ)
    np.testing.assert_array_equal(out[0, first:last], row[first:last].astype(np.float32))


def test_a_decay_is_kept_until_the_noise_swallows_it() -> None:
    """A string that falls 60 dB in 4 s: in noise at -70 dBFS it is heard for more than 3 s."""
    ringing = tone(6.0, 0.3, decay_s=4.0 / 6.9)
    plan, _ = edited(placed(noise(12.0, -70), ringing, 2.0))
    lost_s = 2.0 + (4.0 / 6.9) * np.log(0.3 / np.sqrt(2) / 10 ** (-70 / 20))
    assert plan.tail_s > lost_s - 0.15
    assert plan.tail_s < lost_s + 1.2


def test_a_breath_before_the_first_word_is_kept() -> None:
    breath = noise(0.4, -45)
    row = placed(placed(noise(8.0, -72), breath, 2.2), tone(2.0), 2.75)
    plan, out = edited(row, role="lead vocal")
    assert plan.head_s < 2.2
    assert plan.head_s + plan.fade_in_ms / 1000 <= 2.21
    assert np.abs(out[0, round(2.25 * RATE_HZ) : round(2.55 * RATE_HZ)]).max() > 0.01


def test_hum_without_a_pause_is_not_taken_for_music() -> None:
    times_s = np.arange(8 * RATE_HZ) / RATE_HZ
    hum = 0.004 * (np.sin(2 * np.pi * 50 * times_s) + 0.5 * np.sin(2 * np.pi * 150 * times_s))
    plan, _ = edited(placed(hum, tone(4.0, 0.3), 2.0), role="bass")
    assert 1.8 < plan.head_s < 2.0
    assert 6.0 < plan.tail_s < 6.5


def test_a_sound_that_ends_in_digital_silence_is_passed_through() -> None:
    row = placed(np.zeros(6 * RATE_HZ), tone(3.0) * np.hanning(3 * RATE_HZ), 1.0)
    assert edited(row)[0].changes_nothing
    assert edited(row, printed=True)[0].changes_nothing


def test_a_printed_stem_keeps_its_noise_and_its_reverb() -> None:
    plan, _ = edited(placed(noise(8.0, -60), tone(3.0), 2.0), printed=True)
    assert plan.changes_nothing


def test_a_file_that_breaks_off_inside_the_sound_gets_a_short_fade() -> None:
    row = 0.3 * np.sin(2 * np.pi * 330 * (np.arange(4 * RATE_HZ) + 0.3 * RATE_HZ / 330) / RATE_HZ)
    plan, out = edited(row[: round(3.9 * RATE_HZ) + 11], printed=True)
    assert plan.head_s == 0.0
    assert plan.fade_in_ms + plan.fade_out_ms > 0
    assert max(plan.fade_in_ms, plan.fade_out_ms) <= 3.0
    assert abs(out[0, 0]) < 0.02 or plan.fade_in_ms == 0
    assert abs(out[0, -1]) < 0.02


def test_a_drummers_decay_in_the_last_mic_decides(part_of: Callable[..., Any]) -> None:
    """The room rings longer than the kick: all mics end together, when the room is gone."""
    kick = placed(noise(8.0, -75), tone(0.3, 0.4, decay_s=0.05), 1.0)
    room = placed(noise(8.0, -75), tone(4.0, 0.2, decay_s=0.5), 1.0)
    part, sources, hearings = part_of({"1": {"kick": kick, "room": room}}, role="drums")
    plan = decide(measure(part, hearings))
    made = render(sources, plan)
    assert plan.tail_s > 3.5
    assert {signal.frames for signal in made.values()} == {round(plan.tail_s * RATE_HZ)}


@pytest.mark.parametrize(
    "row",
    [
        np.zeros((1, RATE_HZ)),
        np.full((1, RATE_HZ), 0.25),
        np.ones((1, 1)) * 0.5,
        np.zeros((1, 1)),
        noise(1.0, -20)[None, :],
        np.tile(noise(1.0, -30), (24, 1)),
    ],
    ids=["silence", "DC", "one sample", "one silent sample", "one second", "24 channels"],
)
@pytest.mark.parametrize("rate_hz", [8000, 192000])
def test_odd_material_is_planned_and_rendered(row: np.ndarray, rate_hz: int) -> None:
    plan, out = edited(row, rate_hz=rate_hz)
    assert len(plan.segments) == 1
    assert out.shape[0] == row.shape[0]
    assert np.isfinite(out).all()


def test_a_silent_file_is_passed_through() -> None:
    assert edited(np.zeros(RATE_HZ))[0].changes_nothing
