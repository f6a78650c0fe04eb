"""Plans toward references: what they correct, what they leave alone, and by how much."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from controlroom.base.errors import UsageError
from controlroom.rooms.mastering import MasterPlan, master
from controlroom.rooms.mastering.plan import ToneMove
from controlroom.rooms.mastering.reference import (
    Amounts,
    Guide,
    Profile,
    compared,
    findings,
    merged,
    portrait,
    profile,
    toward,
    wanted_lufs,
)
from controlroom.rooms.mastering.reference.profile import CENTRES_HZ, widths_db
from controlroom.rooms.mastering.reference.tone import difference, smoothed_db, total_db
from controlroom.rooms.mastering.reference.toward import match_db
from controlroom.rooms.mastering.shaping import before_gain
from controlroom.sound.dynamics import Compressor
from controlroom.sound.files import AudioFile
from controlroom.sound.filters import Band, response_db
from controlroom.sound.meter import measure_loudness
from controlroom.sound.resample import Resampled
from controlroom.sound.signal import Audio, Signal
from controlroom.sound.spectrum import band_levels_db, spectrum_of
from controlroom.sound.stream import Chain

Song = Callable[..., Audio]
PLAN = MasterPlan(rate_hz=44100, target_lufs=-14.0)
TONE = Amounts(tone=1.0, dynamics=0.0, width=0.0)
SMILE = (Band("lowshelf", 120.0, 4.0), Band("bell", 700.0, -3.0, 0.7), Band("highshelf", 5000.0, 4.0))


@pytest.fixture(scope="module")
def plain(song: Song) -> Audio:
    return song()


@pytest.fixture(scope="module")
def mix(plain: Audio) -> Profile:
    return portrait(plain)


def shaped(signal: Audio, plan: MasterPlan) -> Signal:
    return Chain(signal, lambda: before_gain(plan, signal.rate_hz, signal.channels))


def test_a_known_equaliser_is_undone(song: Song, plain: Audio, mix: Profile) -> None:
    target = portrait(song(seed=2, bands=SMILE))
    plan = toward(PLAN, mix, target, TONE)
    made = portrait(shaped(plain, plan))
    there = (CENTRES_HZ > 40) & (CENTRES_HZ < 17000)
    off = smoothed_db(total_db(made.whole), there) - smoothed_db(total_db(target.whole), there)
    off = (off - np.median(off[there]))[there]
    assert np.abs(off).max() < 1.0
    drawn = match_db(plan) - response_db(SMILE, 44100, CENTRES_HZ)
    assert np.ptp(drawn[there]) < 2.5
    assert difference(mix, target).worst_db > 3.0


def test_itself_is_left_as_it_is(mix: Profile) -> None:
    plan = toward(PLAN, mix, mix, Amounts(tone=1.0, dynamics=1.0, width=1.0, loudness=1.0))
    assert (plan.match, plan.multiband, plan.width) == ((), None, ())
    assert plan.target_lufs == pytest.approx(mix.integrated_lufs, abs=0.01)
    assert findings(mix, mix) == ()


def test_bass_notes_of_another_key_are_left_alone(song: Song, mix: Profile) -> None:
    """An octave below 150 Hz sees the notes; the curve does not follow them."""
    other = portrait(song(seed=3, notes_hz=(77.8, 87.3, 103.8)))
    low = (CENTRES_HZ > 35) & (CENTRES_HZ < 120)
    seen = smoothed_db(total_db(other.whole), low) - smoothed_db(total_db(mix.whole), low)
    assert np.ptp(seen[low]) > 8.0
    curve = match_db(toward(PLAN, mix, other, TONE))
    assert np.ptp(curve[low]) < 1.5
    assert np.abs(curve[low]).max() < 2.0


def test_the_same_notes_with_more_bass_are_followed(song: Song, mix: Profile) -> None:
    bassy = portrait(song(seed=2, bands=[Band("bell", 65.0, 4.0, 0.9)]))
    curve = match_db(toward(PLAN, mix, bassy, TONE))
    at = [int(np.argmin(np.abs(CENTRES_HZ - hz))) for hz in (63.0, 250.0)]
    assert curve[at[0]] - curve[at[1]] == pytest.approx(3.5, abs=1.0)


def test_the_low_end_is_never_steep(song: Song, mix: Profile) -> None:
    for notes_hz in ((41.0,), (98.0,), (130.0,)):
        curve = match_db(toward(PLAN, mix, portrait(song(seed=4, notes_hz=notes_hz)), TONE))
        low = (CENTRES_HZ > 33) & (CENTRES_HZ < 140)
        assert np.abs(np.diff(curve[low])).max() <= 1.4


def test_nothing_happens_above_the_end_of_the_narrower(song: Song, plain: Audio, mix: Profile) -> None:
    bright = song(seed=2, bands=[Band("highshelf", 3000.0, 5.0)])
    narrow = portrait(Resampled(bright, 22050))
    curve = match_db(toward(PLAN, mix, narrow, TONE))
    assert curve[np.argmin(np.abs(CENTRES_HZ - 8000))] > 2.5
    assert np.abs(curve[CENTRES_HZ > 15000]).max() < 0.05
    made = portrait(shaped(plain, toward(PLAN, mix, narrow, TONE)))
    above = (CENTRES_HZ > 15000) & (CENTRES_HZ < 19000)
    kept = (total_db(made.whole) + made.integrated_lufs) - (total_db(mix.whole) + mix.integrated_lufs)
    assert np.abs(kept[above]).max() < 0.1
    assert "reference_in_part" not in {finding.code for finding in findings(mix, narrow)}


def test_a_narrow_mix_is_matched_where_it_sounds(song: Song, plain: Audio) -> None:
    narrow = portrait(Resampled(plain, 22050))
    curve = match_db(toward(PLAN, narrow, portrait(song(seed=2, bands=SMILE)), TONE))
    assert np.abs(curve[CENTRES_HZ > 15000]).max() < 0.05


def test_no_correction_passes_six_decibels(song: Song, mix: Profile) -> None:
    far = portrait(song(seed=2, bands=[Band("highshelf", 3000.0, 14.0), Band("lowshelf", 200.0, -6.0)]))
    curve = match_db(toward(PLAN, mix, far, TONE))
    assert np.abs(curve).max() == pytest.approx(6.0, abs=0.05)


def test_what_stays_off_is_told_with_its_reason(song: Song, plain: Audio, mix: Profile) -> None:
    far = portrait(song(seed=2, bands=[Band("highshelf", 3000.0, 14.0), Band("lowshelf", 200.0, -6.0)]))
    plan = toward(PLAN, mix, far, TONE)
    told = compared(mix, portrait(shaped(plain, plan)), far, plan)
    assert {miss.why for miss in told.misses} == {"limit"}
    worst = max(abs(miss.left_db) for miss in told.misses)
    assert worst == pytest.approx(told.worst_off_db, abs=0.01)
    codes = {finding.code for finding in findings(mix, far, TONE, told.misses)}
    assert codes == {"reference_far"}
    half = Amounts(tone=0.5, dynamics=0.0, width=0.0)
    assert findings(mix, far, half, told.misses) == ()  # no more was asked for
    other = portrait(song(seed=3, notes_hz=(77.8, 87.3, 103.8)))
    plan = toward(PLAN, mix, other, TONE)
    told = compared(mix, portrait(shaped(plain, plan)), other, plan)
    assert {miss.why for miss in told.misses} == {"notes"}
    assert all(miss.low_hz < 226.0 for miss in told.misses)


def test_a_bell_between_two_octaves_is_matched_in_every_octave(song: Song, plain: Audio, mix: Profile) -> None:
    """Octaves that begin anywhere, by a spectrum of its own; levels at equal loudness."""
    bands = [Band("bell", 500.0, -5.0, 1.5), Band("bell", 2000.0, 5.0, 1.5)]
    target = song(seed=2, bands=bands)
    made = shaped(plain, toward(PLAN, mix, portrait(target), TONE))
    levels = []
    for one in (made, target):
        spectrum, loudness = spectrum_of(one), measure_loudness(one).integrated_lufs
        assert loudness is not None
        begins_hz = np.geomspace(160.0, 8000.0, 80)
        pairs = [(hz, 2 * hz) for hz in begins_hz]
        levels.append([float(band_levels_db(spectrum, pair)[0]) - loudness for pair in pairs])
    assert np.abs(np.subtract(*levels)).max() < 0.7


def test_amounts_scale(song: Song, mix: Profile) -> None:
    target = portrait(song(seed=2, bands=SMILE, side=0.6))
    whole = toward(PLAN, mix, target, Amounts(tone=1.0, dynamics=0.0, width=0.0))
    half = toward(PLAN, mix, target, Amounts(tone=0.5, dynamics=0.0, width=0.0))
    np.testing.assert_allclose(match_db(half), 0.5 * match_db(whole), atol=0.1)
    none = toward(PLAN, mix, target, Amounts(tone=0.0, dynamics=0.0, width=0.0))
    assert (none.match, none.width, none.multiband, none.target_lufs) == ((), (), None, -14.0)
    for bad in (-0.1, 1.1, float("nan")):
        with pytest.raises(UsageError):
            Amounts(tone=bad)


def test_weights_pull_the_curve(song: Song, mix: Profile) -> None:
    bright = portrait(song(seed=2, bands=[Band("highshelf", 4000.0, 5.0)]))
    at = int(np.argmin(np.abs(CENTRES_HZ - 10000)))
    lifts = [match_db(toward(PLAN, mix, merged([mix, bright], [1.0, w]), TONE))[at] for w in (0.25, 1.0, 4.0)]
    assert lifts == sorted(lifts)
    assert lifts[2] == pytest.approx(4 * lifts[0], rel=0.3)


def test_width_goes_toward_the_reference(song: Song, plain: Audio, mix: Profile) -> None:
    target = portrait(song(seed=2, side=0.6))
    plan = toward(PLAN, mix, target, Amounts(tone=0.0, dynamics=0.0, width=1.0))
    assert all(band.from_hz >= 120.0 for band in plan.width)
    made = widths_db(portrait(shaped(plain, plan)))
    for now, wanted in list(zip(made, widths_db(target), strict=True))[1:]:
        assert now == pytest.approx(wanted, abs=0.7)
    narrower = toward(PLAN, target, mix, Amounts(tone=0.0, dynamics=0.0, width=1.0))
    assert all(band.side_db < 0 for band in narrower.width)


def test_a_mono_reference_leaves_the_width(plain: Audio, mix: Profile) -> None:
    mono = profile([Audio(plain.samples[:1], 44100)])
    assert toward(PLAN, mix, mono, Amounts(width=1.0)).width == ()
    assert {"reference_mono"} == {finding.code for finding in findings(mix, mono)}


def test_peaks_go_toward_a_denser_reference(plain: Audio, mix: Profile) -> None:
    made = Chain(plain, lambda: [Compressor(44100, 2, threshold_db=-30, ratio=3, attack_ms=1, release_ms=40)])
    dense = portrait(made)
    plan = toward(PLAN, mix, dense, Amounts(tone=0.0, dynamics=1.0, width=0.0))
    assert plan.multiband is not None
    after = portrait(shaped(plain, plan))
    for was, now, wanted in zip(mix.dynamics[1:], after.dynamics[1:], dense.dynamics[1:], strict=True):
        assert now.crest_db < was.crest_db - 0.3
        assert now.crest_db > wanted.crest_db - 1.0
        assert now.mean_db == pytest.approx(was.mean_db, abs=1.0)
    livelier = toward(PLAN, dense, mix, Amounts(tone=0.0, dynamics=1.0, width=0.0))
    assert livelier.multiband is None


def test_an_unlike_reference_gives_no_tone(song: Song, mix: Profile) -> None:
    voice = song(seed=5, notes_hz=(5.0,), bands=[Band("highpass", 400.0), Band("lowpass", 3000.0)] * 4)
    heard = portrait(voice)
    assert toward(PLAN, mix, heard, TONE).match == ()
    assert "reference_unlike" in {finding.code for finding in findings(mix, heard)}


def test_what_the_house_decided_by_itself_gives_way(song: Song, mix: Profile) -> None:
    own = MasterPlan(rate_hz=44100, target_lufs=-14.0, tone=(ToneMove(kind="bell", freq_hz=900.0, gain_db=1.0),))
    target = portrait(song(seed=2, bands=SMILE))
    assert toward(own, mix, target, TONE).tone == ()
    assert toward(own, mix, target, Amounts(tone=0.0)).tone == own.tone


def test_loudness_goes_all_or_part_of_the_way(mix: Profile) -> None:
    assert wanted_lufs(mix, -10.0, -20.0, 0.0) == -10.0
    assert wanted_lufs(mix, -10.0, -20.0, 1.0) == pytest.approx(mix.integrated_lufs, abs=0.01)
    assert wanted_lufs(mix, None, -20.0, 0.5) == pytest.approx((mix.integrated_lufs - 20.0) / 2, abs=0.01)
    assert wanted_lufs(mix, None, -20.0, 0.0) is None


def test_the_master_itself_lands_on_the_reference(
    song: Song, plain: Audio, mix: Profile, by_ffmpeg: Callable[[Signal], tuple[float, float]]
) -> None:
    loud = song(seed=2, bands=SMILE, level=0.35, side=0.2)
    guide = Guide(profile=profile([loud], names=["Loud"]), amounts=Amounts(loudness=1.0))
    made = master(plain, reference=guide)
    assert made.comparison is not None
    assert made.comparison.worst_off_db < 1.5
    assert made.comparison.most_correction_db <= 6.0
    lufs, dbtp = by_ffmpeg(made.signal)
    assert lufs == pytest.approx(guide.profile.integrated_lufs, abs=0.2)
    assert dbtp <= -0.9  # the limiter's own tests are stricter
    assert (made.loudness.true_peak_dbtp or 0.0) <= -1.0
    assert made.to_json()["reference"]["names"] == ("Loud",)


def test_sections_are_compared_like_with_like(song: Song) -> None:
    """A reference that is mostly quiet and one that is mostly loud ask for the same tone."""
    mix = portrait(song(seconds=24.0, quiet_db=9.0))
    target = portrait(song(seed=2, seconds=24.0, quiet_db=9.0, bands=SMILE))
    assert target.kinds
    assert difference(mix, target, match_db(toward(PLAN, mix, target, TONE))).worst_db < 1.0


def test_the_comparison_tells_what_was_and_what_is(song: Song, plain: Audio, mix: Profile) -> None:
    target = portrait(song(seed=2, bands=SMILE))
    plan = toward(PLAN, mix, target, TONE)
    told = compared(mix, portrait(shaped(plain, plan)), target, plan)
    assert told.worst_before_db > 3.0 > 1.0 > told.worst_off_db
    kilo = next(octave for octave in told.octaves if octave.hz == 8000.0)
    assert kilo.correction_db == pytest.approx(match_db(plan)[np.argmin(np.abs(CENTRES_HZ - 8000))], abs=0.01)
    assert "curves_db" not in told.to_json()


@pytest.mark.recordings
def test_a_voice_alone_is_known_and_gives_no_dynamics(recordings: Path, excerpt: Callable[..., Audio]) -> None:
    with AudioFile(recordings / "voice" / "vocadito_1.wav") as voice:
        alone = profile([voice], names=["voice"])
    song_mix = portrait(excerpt("caesium"))
    codes = {finding.code for finding in findings(song_mix, alone)}
    assert {"reference_sparse", "reference_mono"} <= codes
    plan = toward(PLAN, song_mix, alone, Amounts(dynamics=1.0, width=1.0))
    assert (plan.multiband, plan.width) == (None, ())


@pytest.mark.recordings
def test_a_real_mix_comes_near_its_own_record(recordings: Path, excerpt: Callable[..., Audio]) -> None:
    """The record of these stems starts 7.85 s into them and ends below 11 kHz."""
    with AudioFile(recordings / "songs" / "caesium" / "Master.m4a") as record:
        rate_hz = record.rate_hz
        same = Audio(record.read(round(52.15 * rate_hz), 15 * rate_hz), rate_hz)
    made = master(excerpt("caesium"), reference=Guide(profile=profile([same]), amounts=Amounts(loudness=1.0)))
    assert made.comparison is not None
    assert made.comparison.worst_off_db < 1.5 < made.comparison.worst_before_db
    (curve,) = made.plan.match
    assert all(abs(gain_db) < 0.05 for hz, gain_db in zip(curve.freq_hz, curve.gain_db, strict=True) if hz > 13000)
    wanted = measure_loudness(same).integrated_lufs
    assert made.loudness.integrated_lufs == pytest.approx(wanted, abs=0.2)
