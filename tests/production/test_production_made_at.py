"""A master is made at a rate that its file has room for, and what has none is refused before anything is heard."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from controlroom.base.errors import UsageError
from controlroom.production.early import MEDIA, SUFFIXES, asked_ceiling, asked_file, asked_rate, asked_suffix
from controlroom.production.made_at import made_at
from controlroom.production.master_file import master_file
from controlroom.production.suffixes import FORMATS
from controlroom.rooms.mastering import MasterPlan, media
from controlroom.sound.files import Format, probe, write
from controlroom.sound.signal import Audio

OPUS, WAV = Path("a.opus"), Path("a.wav")


def _mix(rate_hz: int, channels: int = 2) -> Audio:
    noise = np.random.default_rng(5).standard_normal((channels, 2 * rate_hz))
    return Audio(0.1 * noise, rate_hz)


@pytest.mark.parametrize(
    ("rate_hz", "suffix", "made_hz"),
    [(44100, ".opus", 48000), (96000, ".opus", 48000), (88200, ".mp3", 44100), (96000, ".mp3", 48000)],
)
def test_a_file_without_room_for_the_mixs_rate_gets_one_that_it_has(rate_hz: int, suffix: str, made_hz: int) -> None:
    at = made_at(_mix(rate_hz), Path("a" + suffix), FORMATS[suffix], rate_hz=None, medium="", plan=None)
    assert at.rate_hz == made_hz
    assert at.findings[0].says() == f"{suffix} files have no {rate_hz} Hz: the master is made at {made_hz} Hz."


def test_every_other_rate_is_kept_without_a_word() -> None:
    plan = MasterPlan(rate_hz=96000)
    assert made_at(_mix(44100), WAV, Format("wav"), rate_hz=None, medium="", plan=None) == (44100, ())
    assert made_at(_mix(44100), WAV, Format("wav"), rate_hz=88200, medium="", plan=None) == (88200, ())
    assert made_at(_mix(44100), WAV, Format("wav"), rate_hz=None, medium="r128", plan=None) == (48000, ())
    assert made_at(_mix(44100), WAV, Format("wav"), rate_hz=None, medium="", plan=plan) == (96000, ())
    assert made_at(_mix(44100), OPUS, Format("opus"), rate_hz=None, medium="", plan=plan).rate_hz == 48000


@pytest.mark.parametrize(
    ("asked", "channels", "out", "says"),
    [
        ({"rate_hz": 44100}, 2, "a.opus", "opus files have no 44100 Hz"),
        ({"medium": "cd"}, 2, "a.opus", "opus files have no 44100 Hz"),
        ({"medium": "cd", "rate_hz": 96000}, 2, "a.wav", "cd is made at 44100 Hz"),
        ({}, 6, "a.mp3", "MP3 holds at most 2 channels, not 6"),
    ],
)
def test_what_the_file_has_no_room_for_is_refused(asked: dict, channels: int, out: str, says: str) -> None:
    path = Path(out)
    with pytest.raises(UsageError, match=says):
        made_at(
            _mix(48000, channels), path, FORMATS[path.suffix], **{"rate_hz": None, "medium": "", "plan": None} | asked
        )


def test_an_opus_of_a_mix_at_44_1_khz_is_written_and_says_so(tmp_path: Path) -> None:
    write(tmp_path / "mix.wav", _mix(44100), Format("wav", 24))
    made = master_file(tmp_path / "mix.wav", tmp_path / "master.opus", target_lufs=-20.0)
    assert probe(tmp_path / "master.opus").rate_hz == 48000
    assert "master_rate" in {finding["code"] for finding in made["findings"]}


def test_what_is_known_early_is_what_is_known_late() -> None:
    assert set(MEDIA) == set(media.MEDIA)
    assert set(SUFFIXES) == set(FORMATS)


def test_what_cannot_be_meant_is_refused_early(tmp_path: Path) -> None:
    for wrong in (
        lambda: asked_ceiling(0.5),
        lambda: asked_ceiling(-30.0),
        lambda: asked_rate(8000),
        lambda: asked_suffix(Path("a.xyz")),
    ):
        with pytest.raises(UsageError):
            wrong()
    with pytest.raises(Exception, match="it is not there"):
        asked_file(tmp_path / "none.wav")
    assert asked_suffix(Path("a.WAV")) == ".wav"
    assert (asked_ceiling(None), asked_rate(96000)) == (None, 96000)
