"""When the character of a sound is worth a word, and when it is not."""

from __future__ import annotations

import pytest

from controlroom.rooms.listening.character_faults import findings_of_character
from controlroom.sound.character import Sound
from controlroom.sound.lossy import Lossy
from controlroom.sound.meter import Loudness

CALM = Loudness(integrated_lufs=-16.0, true_peak_dbtp=-2.0, plr_db=14.0)
LOUD = Loudness(integrated_lufs=-6.0, true_peak_dbtp=0.0, plr_db=6.0)


@pytest.mark.parametrize(
    ("sound", "code"),
    [
        (Sound(lossy=Lossy(codec="AAC", confidence=0.99, rate_kbps=(96, 192))), "lossy_ancestry"),
        (Sound(hiss_db=-38.0), "hissy"),
        (Sound(reverberation_s=2.1, reverberation_confidence=0.8), "roomy"),
        (Sound(correlation=0.5, low_correlation=-0.6), "low_end_out_of_phase"),
        (Sound(delay_ms=14.0), "delayed_copy"),
        (Sound(wow_cents=12.0, wow_hz=0.56), "wow"),
    ],
)
def test_each_trait_has_its_finding(sound: Sound, code: str) -> None:
    assert [finding.code for finding in findings_of_character(sound, CALM)] == [code]


@pytest.mark.parametrize(
    "sound",
    [
        Sound(),
        Sound(hiss_db=-60.0, noise_floor_dbfs=-75.0),
        Sound(reverberation_s=0.7, reverberation_confidence=0.9),
        Sound(reverberation_s=2.1, reverberation_confidence=0.6),
        Sound(correlation=-0.9, low_correlation=-0.9),
        Sound(lossy=Lossy(confidence=0.3, cutoff_hz=16000.0)),
    ],
)
def test_what_is_usual_or_unsure_is_not_blamed(sound: Sound) -> None:
    assert list(findings_of_character(sound, CALM)) == []


def test_a_limiter_that_worked_too_hard_is_named() -> None:
    assert [finding.code for finding in findings_of_character(Sound(), LOUD)] == ["crushed"]
