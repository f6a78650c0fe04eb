"""A/B at equal loudness, blends, and the pictures of a comparison."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree
from collections.abc import Callable

import numpy as np
import pytest

from controlroom.base.errors import UsageError
from controlroom.rooms.mastering import MasterPlan
from controlroom.rooms.mastering.reference import (
    bands_picture,
    blend,
    compared,
    correction_picture,
    evened,
    portrait,
    spectrum_picture,
    toward,
)
from controlroom.sound.drawing import png_of, standalone
from controlroom.sound.meter import Loudness, measure_loudness, true_peak_dbtp
from controlroom.sound.signal import Audio

Song = Callable[..., Audio]


def test_both_play_equally_loud_and_under_the_ceiling(song: Song) -> None:
    soft, loud = song(seconds=3.0, level=0.03), song(seconds=3.0, seed=2, level=0.3, beat=0.0)
    levels = [measure_loudness(one) for one in (soft, loud)]
    gains = evened(*levels)
    played = [
        Audio(one.samples * 10 ** (gain / 20), one.rate_hz)
        for one, gain in zip((soft, loud), (gains.first_db, gains.second_db), strict=True)
    ]
    lufs = [measure_loudness(one).integrated_lufs for one in played]
    assert lufs[0] == pytest.approx(lufs[1], abs=0.02)
    assert gains.first_db <= 0.0 >= gains.second_db
    assert all((true_peak_dbtp(one) or -99.0) <= -0.99 for one in played)


def test_a_peak_over_the_ceiling_lowers_both() -> None:
    hot = Loudness(integrated_lufs=-8.0, true_peak_dbtp=1.0, plr_db=9.0)
    gains = evened(hot, Loudness(integrated_lufs=-9.0, true_peak_dbtp=-1.0, plr_db=8.0), ceiling_dbtp=-1.0)
    assert gains.at_lufs == pytest.approx(-10.0)
    assert (gains.first_db, gains.second_db) == (-2.0, -1.0)


def test_silence_keeps_its_level() -> None:
    assert evened(Loudness(), Loudness(integrated_lufs=-9.0, plr_db=8.0)).at_lufs is None


def test_a_blend_is_its_shares(song: Song) -> None:
    first, second = song(seconds=1.0), song(seconds=1.0, seed=2)
    half = blend(first, second, 0.25)
    np.testing.assert_allclose(half.read(0, 44100), 0.75 * first.samples + 0.25 * second.samples, atol=1e-6)
    np.testing.assert_array_equal(blend(first, second, 0.0).read(100, 500), first.samples[:, 100:600])
    np.testing.assert_array_equal(blend(first, second, 1.0).read(100, 500), second.samples[:, 100:600])


def test_blends_that_cannot_be_are_refused(song: Song) -> None:
    first = song(seconds=1.0)
    for second, share in ((first, 1.5), (Audio(first.samples, 48000), 0.5), (Audio(first.samples[:1], 44100), 0.5)):
        with pytest.raises(UsageError):
            blend(first, second, share)


def test_pictures_are_drawn_also_where_figures_are_missing(song: Song) -> None:
    mix = portrait(song())
    mono = portrait(Audio(song(seed=2).samples[:1], 44100))
    plan = toward(MasterPlan(rate_hz=44100), mix, mono)
    comparison = compared(mix, mix, mono, plan)
    for draw in (spectrum_picture, correction_picture, bands_picture):
        picture = draw(comparison)
        assert ElementTree.fromstring(standalone(picture)).tag.endswith("svg")
        assert "nan" not in picture.lower().replace("dominant", "")
        assert png_of(picture, 400)[:4] == b"\x89PNG"
