"""The master itself: at its target, under its ceiling, the same every time, whatever comes in."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import msgspec
import numpy as np
import pytest

from controlroom.base.errors import Cancelled, SurroundingsFailed
from controlroom.rooms.mastering import MasterPlan, master, render
from controlroom.rooms.mastering.plan import Glue, HighPass, MonoBelow, ToneMove
from controlroom.sound.files import AudioFile, Format, write
from controlroom.sound.meter import measure_loudness
from controlroom.sound.resample import Resampled
from controlroom.sound.signal import Audio, Signal, in_memory

ByFfmpeg = Callable[[Signal], tuple[float, float]]


def _holds(signal: Signal, target_lufs: float, by_ffmpeg: ByFfmpeg, ceiling_dbtp: float = -1.0) -> None:
    ours, (lufs, dbtp) = measure_loudness(signal), by_ffmpeg(signal)
    assert ours.integrated_lufs == pytest.approx(target_lufs, abs=0.1)
    assert lufs == pytest.approx(target_lufs, abs=0.1)
    assert ours.true_peak_dbtp <= ceiling_dbtp
    assert dbtp <= ceiling_dbtp


@pytest.mark.recordings
@pytest.mark.parametrize("target_lufs", [-14.0, -9.0])
@pytest.mark.parametrize("song", ["hydrogen", "potassium", "caesium", "band"])
def test_real_mixes_meet_target_and_ceiling(
    excerpt: Callable[..., Audio], by_ffmpeg: ByFfmpeg, song: str, target_lufs: float
) -> None:
    made = master(excerpt(song), target_lufs=target_lufs)
    _holds(made.signal, target_lufs, by_ffmpeg)
    assert all(check.passed for check in made.checks)
    assert made.passes <= 3


@pytest.mark.recordings
@pytest.mark.parametrize("gain_db", [-40.0, 15.0], ids=["quiet", "hot"])
def test_the_level_of_the_mix_does_not_matter(
    excerpt: Callable[..., Audio], by_ffmpeg: ByFfmpeg, gain_db: float
) -> None:
    mix = excerpt("band", 20.0)
    made = master(Audio(mix.samples * 10 ** (gain_db / 20), mix.rate_hz), target_lufs=-14.0)
    _holds(made.signal, -14.0, by_ffmpeg)


@pytest.mark.parametrize(("mix_hz", "master_hz"), [(44100, 44100), (96000, 96000), (96000, 48000), (22050, 44100)])
def test_any_rate(tune: Audio, by_ffmpeg: ByFfmpeg, mix_hz: int, master_hz: int) -> None:
    mix = Resampled(tune, mix_hz)
    made = master(mix, rate_hz=master_hz, target_lufs=-11.0)
    assert made.signal.rate_hz == master_hz
    assert made.signal.frames == round(mix.frames * master_hz / mix_hz)
    _holds(made.signal, -11.0, by_ffmpeg)


def test_mono_stays_mono_and_dual_mono_stays_dual_mono(tune: Audio, by_ffmpeg: ByFfmpeg) -> None:
    mono = master(Audio(tune.samples[:1], tune.rate_hz), target_lufs=-12.0)
    assert mono.signal.channels == 1
    _holds(mono.signal, -12.0, by_ffmpeg)
    dual = in_memory(master(Audio(tune.samples[[0, 0]], tune.rate_hz), target_lufs=-12.0).signal).samples
    np.testing.assert_array_equal(dual[0], dual[1])


def test_six_channels_are_one_programme(tune: Audio) -> None:
    made = master(Audio(np.concatenate([tune.samples] * 3), tune.rate_hz), target_lufs=-14.0)
    assert made.loudness.integrated_lufs == pytest.approx(-14.0, abs=0.1)
    assert made.loudness.true_peak_dbtp <= -1.0


def test_the_written_file_holds_the_ceiling(tune: Audio, tmp_path: Path, by_ffmpeg: ByFfmpeg) -> None:
    made = master(tune, target_lufs=-9.0)
    write(tmp_path / "master.wav", made.signal, Format("wav", 24))
    with AudioFile(tmp_path / "master.wav") as written:
        _holds(written, -9.0, by_ffmpeg)


def test_what_needs_no_limiting_is_gain_and_nothing_else(tune: Audio) -> None:
    plan = MasterPlan(rate_hz=tune.rate_hz, target_lufs=-30.0)
    made = render(tune, plan)
    factor = np.float32(10 ** (made.gain_db / 20))
    np.testing.assert_allclose(in_memory(made.signal).samples, tune.samples * factor, atol=1e-7)
    assert (made.passes, made.taken.limiter_max_db) == (1, 0.0)


def test_without_a_target_the_gain_is_what_the_plan_says(tune: Audio) -> None:
    made = render(tune, MasterPlan(rate_hz=tune.rate_hz, gain_db=-3.0))
    assert made.gain_db == -3.0
    assert made.loudness.integrated_lufs == pytest.approx(measure_loudness(tune).integrated_lufs - 3.0, abs=0.01)


def test_nothing_is_moved_in_time(tune: Audio) -> None:
    plan = MasterPlan(rate_hz=tune.rate_hz, target_lufs=-12.0)
    made = in_memory(render(tune, plan).signal).samples[0]
    lags = np.arange(-40, 41)
    likeness = [np.dot(tune.samples[0, 1000:-1000], made[1000 + lag : len(made) - 1000 + lag]) for lag in lags]
    assert lags[int(np.argmax(likeness))] == 0


def test_every_step_of_a_plan_is_heard(tune: Audio) -> None:
    plain = MasterPlan(rate_hz=tune.rate_hz)
    steps = {
        "high_pass": HighPass(freq_hz=100.0),
        "mono_below": MonoBelow(freq_hz=200.0),
        "tone": (ToneMove(kind="bell", freq_hz=1000.0, gain_db=3.0),),
        "glue": Glue(threshold_db=-30.0, ratio=2.0, knee_db=6.0, attack_ms=10.0, release_ms=100.0),
    }
    before = in_memory(render(tune, plain).signal).samples
    for name, step in steps.items():
        after = in_memory(render(tune, msgspec.structs.replace(plain, **{name: step})).signal).samples
        assert np.abs(after - before).max() > 0.005, name


def test_the_low_end_becomes_mono_and_the_rest_stays_wide() -> None:
    rng = np.random.default_rng(4)
    wide = Audio(rng.standard_normal((2, 96000)) * 0.1, 48000)
    made = in_memory(render(wide, MasterPlan(rate_hz=48000, mono_below=MonoBelow(freq_hz=150.0))).signal).samples
    side = np.abs(np.fft.rfft((made[0] - made[1])[: 2 * 48000])) ** 2
    mid = np.abs(np.fft.rfft((made[0] + made[1])[: 2 * 48000])) ** 2
    assert 10 * np.log10(side[20:80].sum() / mid[20:80].sum()) < -15
    assert 10 * np.log10(side[2000:].sum() / mid[2000:].sum()) == pytest.approx(0.0, abs=0.3)


@pytest.mark.parametrize("block_frames", [1000, 7777])
def test_same_input_and_plan_give_the_same_samples(tune: Audio, block_frames: int) -> None:
    plan = MasterPlan(rate_hz=tune.rate_hz, target_lufs=-11.0, high_pass=HighPass(freq_hz=20.0))
    first, second = render(tune, plan).signal, render(tune, plan).signal
    for at in range(0, first.frames, block_frames):
        np.testing.assert_array_equal(first.read(at, block_frames), second.read(at, block_frames))


def test_silence_stays_silence() -> None:
    made = master(Audio(np.zeros((2, 48000)), 48000))
    assert not in_memory(made.signal).samples.any()
    assert (made.loudness.integrated_lufs, made.loudness.true_peak_dbtp) == (None, None)
    assert [finding.code for finding in made.findings] == ["master_no_loudness"]


@pytest.mark.parametrize("samples", [[[0.5]], [[1.7], [1.7]], [[2.0] * 3000]], ids=["one", "one over", "short DC"])
def test_too_short_to_measure_keeps_its_level_under_the_ceiling(samples: list[list[float]]) -> None:
    made = master(Audio(np.array(samples), 48000))
    assert made.signal.frames == len(samples[0])
    assert made.loudness.true_peak_dbtp <= -1.0
    assert "master_no_loudness" in {finding.code for finding in made.findings}


def test_one_loud_click_does_not_keep_the_music_down() -> None:
    samples = np.random.default_rng(6).standard_normal(5 * 48000) * 1e-2
    samples[100000] = 1.0
    made = master(Audio(samples, 48000), target_lufs=-14.0)
    assert made.loudness.integrated_lufs == pytest.approx(-14.0, abs=0.1)
    assert master(Audio(samples, 48000)).loudness.integrated_lufs > -14.0  # nor what the music is found to carry
    assert made.loudness.true_peak_dbtp <= -1.0


def test_hiss_that_its_tone_takes_below_the_absolute_gate_meets_its_target() -> None:
    hiss = Audio(np.random.default_rng(7).standard_normal((2, 4 * 48000)) * 1.8e-4, 48000)
    assert master(hiss, target_lufs=-14.0).loudness.integrated_lufs == pytest.approx(-14.0, abs=0.1)


@pytest.mark.recordings
def test_parts_below_the_absolute_gate_come_to_count(recordings: Path) -> None:
    with AudioFile(recordings / "loudness" / "1770-2_Comp_AbsGateTest.wav") as quiet:
        assert master(quiet, target_lufs=-14.0).loudness.integrated_lufs == pytest.approx(-14.0, abs=0.1)


def test_a_target_beyond_the_material_is_said(tune: Audio) -> None:
    made = master(tune, target_lufs=-2.0)
    assert {"master_target_missed", "master_price"} & {finding.code for finding in made.findings}
    assert made.loudness.true_peak_dbtp <= -1.0


def test_a_reference_sets_loudness_and_tone(tune: Audio) -> None:
    bright = Audio(np.diff(tune.samples * 0.5, prepend=0.0) + 0.2 * tune.samples, tune.rate_hz)
    made = master(tune, target_lufs=None, reference=bright)
    assert made.plan.target_lufs == pytest.approx(measure_loudness(bright).integrated_lufs, abs=0.01)
    (curve,) = made.plan.match
    assert curve.gain_db[np.searchsorted(curve.freq_hz, 6000.0)] > 3.0
    assert made.comparison is not None


def test_progress_rises_to_one_and_can_cancel(tune: Audio) -> None:
    told: list[float] = []
    master(tune, progress=lambda done, total, what="": told.append(done / total))
    assert told == sorted(told)
    assert told[-1] == 1.0

    def stop(done: float, total: float, what: str = "") -> None:
        if done / total > 0.5:
            raise Cancelled

    with pytest.raises(Cancelled):
        master(tune, progress=stop)


def test_a_full_disk_is_said_in_one_line(tune: Audio) -> None:
    full = Path("/dev/full")
    if not full.exists():
        pytest.skip("this system has no /dev/full")
    with pytest.raises(SurroundingsFailed):
        render(tune, MasterPlan(rate_hz=tune.rate_hz), folder=full)
