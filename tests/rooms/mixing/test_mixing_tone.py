"""Corrective equalising: little, and only where there is something."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from controlroom.rooms.mixing.report import TrackHeard
from controlroom.rooms.mixing.tone import MOST_DB, SHAPES, tone_of
from controlroom.sound.spectrum import THIRD_OCTAVES_HZ

Hear = Callable[..., TrackHeard]


def usual(shape: str, **changes_db: float) -> tuple[float, ...]:
    """A role's usual spectrum at -20 dB, with changes at third octaves ("at_315": 9.0)."""
    anchors = SHAPES[shape]
    levels = -20.0 + np.interp(np.log(THIRD_OCTAVES_HZ), np.log(list(anchors)), list(anchors.values()))
    levels[THIRD_OCTAVES_HZ < 75.0] = -90.0
    for place, change_db in changes_db.items():
        low_hz, high_hz = (float(edge) for edge in place.removeprefix("from_").split("_to_"))
        levels[(low_hz <= THIRD_OCTAVES_HZ) & (high_hz >= THIRD_OCTAVES_HZ)] += change_db
    return tuple(levels.tolist())


def test_what_is_usual_needs_nothing(hear: Hear) -> None:
    assert tone_of(hear("Vox", "lead vocal", bands_db=usual("voice"))).eq == ()


def test_mud_is_cut(hear: Hear) -> None:
    tone = tone_of(hear("Vox", "lead vocal", bands_db=usual("voice", from_180_to_500=10.0)))
    (mud,) = [band for band in tone.eq if band.kind == "bell"]
    assert mud.freq_hz == 315.0
    assert -MOST_DB <= mud.gain_db < -1.0
    assert any("Mud" in reason for reason in tone.reasons)


def test_harshness_is_cut_by_no_more_than_four(hear: Hear) -> None:
    tone = tone_of(hear("Gtr", "electric guitar", bands_db=usual("guitar", from_2000_to_5000=30.0)))
    assert min(band.gain_db for band in tone.eq) == -MOST_DB


def test_air_is_lifted_only_where_there_is_sound(hear: Hear) -> None:
    dull = usual("voice", from_7900_to_16100=-9.0)
    lifted = [band for band in tone_of(hear("Vox", "lead vocal", bands_db=dull)).eq if band.kind == "highshelf"]
    assert lifted
    assert 0.0 < lifted[0].gain_db <= 2.5
    narrow = hear("Vox", "lead vocal", bands_db=dull, reach_hz=11000.0)
    assert not [band for band in tone_of(narrow).eq if band.kind == "highshelf"]


def test_rumble_under_a_voice_is_cut(hear: Hear) -> None:
    levels = np.array(usual("voice"))
    levels[THIRD_OCTAVES_HZ < 60.0] = -30.0
    tone = tone_of(hear("Vox", "lead vocal", bands_db=tuple(levels.tolist())))
    assert tone.eq[0].kind == "highpass"
    assert tone.eq[0].freq_hz == 80.0


def test_low_notes_of_the_keys_are_kept(hear: Hear) -> None:
    """A piano that plays down to 40 Hz gets a high-pass below that, or none."""
    levels = np.where(THIRD_OCTAVES_HZ < 35.0, -50.0, -20.0)
    tone = tone_of(hear("Piano", "keys", bands_db=tuple(levels.tolist())))
    assert all(band.freq_hz < 35.0 for band in tone.eq if band.kind == "highpass")


def test_a_ringing_snare_is_damped(hear: Hear) -> None:
    tone = tone_of(hear("Snare", "snare", bands_db=usual("snare", from_780_to_820=14.0)))
    assert [band for band in tone.eq if band.freq_hz == pytest.approx(794, abs=2) and -4.0 <= band.gain_db < 0]


def test_silence_needs_nothing(hear: Hear) -> None:
    assert tone_of(hear("Nothing", "snare", None)).eq == ()
