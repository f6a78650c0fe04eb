"""Profiles: what a record sounds like, kept, read back, and several weighed together."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from controlroom.base.errors import UsageError
from controlroom.rooms.mastering.reference import Refused, from_toml, merged, portrait, profile, to_toml
from controlroom.rooms.mastering.reference.profile import CENTRES_HZ, NOTHING_DB, widths_db
from controlroom.rooms.mastering.reference.tone import smoothed_db, total_db
from controlroom.sound.filters import Band
from controlroom.sound.meter import measure_loudness
from controlroom.sound.signal import Audio, Shifted

Song = Callable[..., Audio]


@pytest.fixture(scope="module")
def plain(song: Song) -> Audio:
    return song()


def test_the_levels_are_those_of_the_sound(plain: Audio) -> None:
    times_s = np.arange(8 * 48000) / 48000
    tone = Audio(0.5 * np.tile(np.sin(2 * np.pi * 1000 * times_s), (2, 1)), 48000)
    heard = portrait(tone)
    at = int(np.argmin(np.abs(CENTRES_HZ - 1000)))
    loudness = measure_loudness(tone).integrated_lufs
    assert loudness is not None
    assert total_db(heard.whole)[at] == pytest.approx(10 * np.log10(2 * 0.125) - loudness, abs=0.05)
    assert heard.integrated_lufs == pytest.approx(loudness, abs=0.01)
    assert np.all(total_db(heard.whole)[CENTRES_HZ > 2000] == NOTHING_DB)


def test_loudness_changes_nothing_but_loudness(plain: Audio) -> None:
    loud, soft = portrait(plain), portrait(Audio(plain.samples * 0.25, plain.rate_hz))
    assert loud.integrated_lufs - soft.integrated_lufs == pytest.approx(12.04, abs=0.02)
    np.testing.assert_allclose(total_db(loud.whole), total_db(soft.whole), atol=0.05)


def test_the_rate_leaves_no_trace(plain: Audio) -> None:
    from controlroom.sound.resample import Resampled

    there = (CENTRES_HZ > 40) & (CENTRES_HZ < 15000)
    first, second = portrait(plain), portrait(Resampled(plain, 96000))
    levels = [smoothed_db(total_db(one.whole), there)[there] for one in (first, second)]
    np.testing.assert_allclose(*levels, atol=0.5)  # where the end of an octave cuts a bass note
    assert np.abs(levels[0] - levels[1]).mean() < 0.1


def test_quiet_and_loud_sections_are_told_apart(song: Song, plain: Audio) -> None:
    verse_and_chorus = portrait(song(seconds=24.0, quiet_db=9.0))
    quiet, loud = verse_and_chorus.kinds
    assert (quiet.name, loud.name) == ("quiet", "loud")
    assert quiet.share == pytest.approx(0.5, abs=0.1)
    assert loud.level_lu - quiet.level_lu == pytest.approx(9.0, abs=1.0)
    assert portrait(plain).kinds == ()


def test_given_sections_are_one_kind_each(song: Song) -> None:
    both = song(seconds=24.0, quiet_db=9.0)
    told = portrait(both, sections=[(0.0, 6.0), (6.0, 24.0)])
    assert told.kinds[0].share == pytest.approx(0.25, abs=0.1)


def test_width_is_side_less_middle(song: Song) -> None:
    from controlroom.sound.correlation import stereo_image

    wide = song(notes_hz=(5.0,), side=0.5)
    left, right = wide.samples.astype(float)
    image = stereo_image(float(left @ left), float(right @ right), float(left @ right))
    assert image is not None
    assert widths_db(portrait(wide))[1] == pytest.approx(20 * np.log10(0.5), abs=0.7)


def test_mono_has_no_width_and_is_said(plain: Audio) -> None:
    for mono in (Audio(plain.samples[:1], plain.rate_hz), Audio(plain.samples[[0, 0]], plain.rate_hz)):
        heard = profile([mono], names=["mono"])
        assert widths_db(heard) == (None,) * 4
        assert [finding.code for finding in heard.findings] == ["reference_mono"]


def test_what_tells_nothing_is_refused_or_left_out(plain: Audio) -> None:
    silence = Audio(np.zeros((2, 10 * 44100)), 44100)
    short = Audio(plain.samples[:, : 3 * 44100], 44100)
    click = Audio(plain.samples[:, : 44100 // 4], 44100)  # too short to have a loudness, but not silent
    for useless, code in ((silence, "reference_silent"), (short, "reference_short"), (click, "reference_short")):
        with pytest.raises(Refused) as refused:
            profile([useless], names=["useless"])
        assert refused.value.finding.code == code
        kept = profile([useless, plain], [5.0, 1.0])
        assert [finding.code for finding in kept.findings] == [code]
        assert kept.whole == portrait(plain).whole


def test_a_kept_profile_is_the_same(song: Song) -> None:
    made = profile([song(quiet_db=9.0, seconds=24.0)], names=["A record"])
    assert from_toml(to_toml(made)) == made


def test_a_profile_of_other_bands_is_refused(plain: Audio) -> None:
    text = to_toml(portrait(plain))
    with pytest.raises(UsageError):
        from_toml(text.replace("    20158.7,\n", "", 1))
    for figure in ("integrated_lufs = ", "duration_s = ", "mean_db = "):
        with pytest.raises(UsageError):
            from_toml(text.replace(figure, f"{figure}inf #", 1))
    with pytest.raises(UsageError):
        from_toml(text.split("[[dynamics]]")[0] + "[[dynamics]]" + text.split("[[dynamics]]")[1])


def test_weights_weigh(song: Song, plain: Audio) -> None:
    bright = portrait(song(bands=[Band("highshelf", 4000.0, 8.0)]))
    dark = portrait(plain)
    mean = merged([dark, bright], [1.0, 3.0])
    wanted = 0.25 * np.array(dark.whole.mid_db) + 0.75 * np.array(bright.whole.mid_db)
    there = np.array(dark.whole.mid_db) > NOTHING_DB
    np.testing.assert_allclose(np.array(mean.whole.mid_db)[there], wanted[there], atol=0.02)
    assert mean.integrated_lufs == pytest.approx(0.25 * dark.integrated_lufs + 0.75 * bright.integrated_lufs, abs=0.01)
    assert merged([dark, bright], [2.0, 6.0]) == mean
    for bad in ([0.0, 1.0], [-1.0, 1.0], [float("nan"), 1.0], [1.0]):
        with pytest.raises(UsageError):
            merged([dark, bright], bad)
    with pytest.raises(UsageError):
        merged([])


def test_a_narrow_one_says_nothing_beyond_its_end(plain: Audio) -> None:
    from controlroom.sound.resample import Resampled

    narrow, wide = portrait(Resampled(plain, 22050)), portrait(plain)
    assert narrow.bandwidth_hz <= 11025
    both = merged([narrow, wide])
    above = CENTRES_HZ > 12000
    assert np.all(total_db(narrow.whole)[above] == NOTHING_DB)
    np.testing.assert_allclose(total_db(both.whole)[above], total_db(wide.whole)[above], atol=0.02)


def test_block_sizes_leave_no_trace(plain: Audio) -> None:
    once = portrait(Shifted(plain, 0, plain.frames))
    assert once == portrait(plain)
