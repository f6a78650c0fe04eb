"""What is measured of a mix, on signals of which it is known."""

from __future__ import annotations

import numpy as np
import pytest

from controlroom.rooms.mastering import master, measure
from controlroom.rooms.mastering.listen import listen
from controlroom.sound.files import AudioFile, Format, write
from controlroom.sound.hearing import Hearing
from controlroom.sound.signal import Audio

RATE_HZ = 48000
RNG = np.random.default_rng(3)
NOISE = RNG.standard_normal((2, 6 * RATE_HZ)) * 0.05


def _measured(samples: np.ndarray):
    return measure(listen(Audio(samples, RATE_HZ)))


def _codes(report) -> set[str]:
    return {finding.code for finding in report.findings}


@pytest.mark.parametrize(
    ("left_and_right", "correlation", "loss_lu"),
    [((NOISE[0], NOISE[0]), 1.0, 0.0), ((NOISE[0], NOISE[1]), 0.0, 3.0), ((NOISE[0], 0.5 * NOISE[0]), 1.0, 0.46)],
    ids=["dual mono", "unrelated", "off centre"],
)
def test_the_image_and_what_mono_costs(left_and_right: tuple, correlation: float, loss_lu: float) -> None:
    stereo = _measured(np.stack(left_and_right)).stereo
    assert stereo.correlation == pytest.approx(correlation, abs=0.03)
    assert stereo.low_end_correlation == pytest.approx(correlation, abs=0.15)
    assert stereo.fold_loss_lu == pytest.approx(loss_lu, abs=0.1)


def test_a_turned_polarity_is_said() -> None:
    report = _measured(np.stack([NOISE[0], -NOISE[0]]))
    assert report.stereo.low_end_correlation == pytest.approx(-1.0, abs=0.01)
    assert {"master_low_end_phase", "master_fold_gone"} <= _codes(report)
    assert "master_fold_loss" in _codes(_measured(np.stack([NOISE[0], 0.2 * NOISE[1] - NOISE[0]])))


def test_no_figure_is_said_of_what_is_not_there() -> None:
    """A floor of the scale is no figure: a silent side, total cancellation."""
    for right in (0 * NOISE[0], -NOISE[0]):
        said = [finding.says() for finding in _measured(np.stack([NOISE[0], right])).findings]
        assert said
        assert not any("120.0" in says for says in said)
    assert "master_one_sided" in _codes(_measured(np.stack([NOISE[0], 0 * NOISE[0]])))


def test_a_side_that_is_louder_is_said() -> None:
    report = _measured(np.stack([NOISE[0], 0.7 * NOISE[1]]))
    assert "master_off_centre" in _codes(report)
    assert report.stereo.balance_db == pytest.approx(20 * np.log10(0.7), abs=0.1)


def test_mono_has_no_image() -> None:
    assert _measured(NOISE[:1]).stereo is None


def test_dc_and_rumble_are_seen() -> None:
    assert _measured(NOISE + 0.02).dc == pytest.approx(0.02, abs=0.002)
    rumble = 0.1 * np.sin(2 * np.pi * 9 * np.arange(6 * RATE_HZ) / RATE_HZ)
    assert _measured(NOISE + rumble).subsonic_db == pytest.approx(-1.8, abs=0.3)
    assert _measured(NOISE).subsonic_db < -25


def test_a_limited_record_is_recognised_and_a_mix_is_not(tune: Audio) -> None:
    crushed = np.clip(tune.samples * 12.0, -0.9, 0.9)
    assert _measured(crushed).finished
    assert "master_finished" in _codes(_measured(crushed))
    assert not _measured(tune.samples).finished
    assert not _measured(crushed * 0.1).finished
    assert not _measured(crushed[:, : 4 * RATE_HZ]).finished  # nobody can tell from so little
    beat_s = np.arange(8 * RATE_HZ) / RATE_HZ % 0.5
    kick = np.sin(2 * np.pi * (50 * beat_s + 0.16 * (1 - np.exp(-beat_s / 0.02)))) * np.exp(-beat_s / 0.12)
    assert not _measured(np.stack([kick, kick]) * 0.89).finished  # its peaks are alike, and nobody limited them


@pytest.mark.parametrize("song", ["caesium", "potassium", "band"])
def test_a_real_mix_is_not_finished_however_loud_it_is(excerpt, song: str) -> None:
    mix = excerpt(song, 20.0 if song == "band" else 60.0, 15.0)
    for peak in (None, 0.89, 1.5):
        gain = 1.0 if peak is None else peak / np.abs(mix.samples).max()
        assert not measure(listen(Audio(gain * mix.samples, mix.rate_hz))).finished


def test_masters_are_finished_and_so_are_their_mp3s(excerpt, tmp_path) -> None:
    for target_lufs in (-14.0, -9.0):
        made = master(excerpt("band", 20.0, 15.0), target_lufs=target_lufs)
        assert measure(listen(made.signal)).finished
        write(tmp_path / "master.mp3", made.signal, Format("mp3"))
        with AudioFile(tmp_path / "master.mp3") as lossy:
            assert measure(listen(lossy)).finished


def test_a_released_record_is_finished(recordings) -> None:
    with AudioFile(recordings / "songs" / "caesium" / "Master.m4a") as record:
        assert measure(listen(record)).finished


def _tone_codes(samples: np.ndarray) -> set[str]:
    return {code for code in _codes(_measured(samples)) if "tone" in code}


def test_tone_is_judged_of_music_and_not_of_a_click_a_moment_or_hiss(tune: Audio) -> None:
    assert {"master_tone_over", "master_tone_under"} == _tone_codes(tune.samples)
    silence = np.zeros((2, 8 * RATE_HZ))
    click, moment = silence.copy(), silence.copy()
    click[:, RATE_HZ] = 0.5
    moment[:, : 2 * RATE_HZ] = tune.samples[:, : 2 * RATE_HZ]
    for samples in (click, moment, tune.samples[:, : RATE_HZ // 3], 0.01 * RNG.standard_normal((2, 8 * RATE_HZ))):
        assert _tone_codes(samples) == set()
    assert _measured(moment).balance == ()
    assert "master_short" in _codes(_measured(moment))


def test_clipping_in_the_mix_is_said(tune: Audio) -> None:
    assert "clipped" in _codes(_measured(np.clip(tune.samples * 6, -1, 1)))


def test_silence_has_no_figures() -> None:
    report = _measured(np.zeros((2, RATE_HZ)))
    figures = (report.loudness.integrated_lufs, report.crest_db, report.tilt_db_per_octave, report.stereo)
    assert figures == (None,) * 4
    assert report.subsonic_db is None
    assert _codes(report) == {"master_no_loudness"}


def test_a_hearing_tells_the_same(tune: Audio) -> None:
    ours, theirs = measure(listen(tune)), measure(Hearing(tune))
    assert ours.loudness == theirs.loudness
    assert [region.off_db for region in ours.balance] == pytest.approx(
        [region.off_db for region in theirs.balance], abs=0.02
    )
