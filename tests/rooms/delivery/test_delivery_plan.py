"""What is delivered, under which name, and what the preflight says of it."""

from __future__ import annotations

import msgspec
import numpy as np
import pytest

from controlroom.base.canonical import from_toml, to_toml
from controlroom.rooms.delivery import DeliveryPlan, decide, measure, preflight
from controlroom.sound.signal import Audio

RATE_HZ = 44100
NAMED = {"title": "Song", "artist": "Singer", "isrc": "DEABC2600001"}


def _codes(samples: np.ndarray, rate_hz: int = RATE_HZ, **names: str) -> dict[str, str]:
    master = Audio(samples, rate_hz)
    plan = decide(rate_hz=rate_hz, channels=master.channels, **{**NAMED, **names})
    return {finding.code: finding.severity for finding in preflight(measure(master), plan)}


def _song(seconds: float = 31.0, fade_s: float = 0.05) -> np.ndarray:
    samples = np.random.default_rng(1).standard_normal((2, round(seconds * RATE_HZ))) * 0.1
    ramp = np.linspace(0, 1, round(fade_s * RATE_HZ))
    samples[:, : len(ramp)] *= ramp
    samples[:, -len(ramp) :] *= ramp[::-1]
    return samples


@pytest.mark.parametrize(
    ("rate_hz", "mp3_hz"), [(44100, 44100), (48000, 48000), (88200, 44100), (96000, 48000), (192000, 48000)]
)
def test_lossless_at_the_own_rate_and_mp3_where_it_plays(rate_hz: int, mp3_hz: int) -> None:
    plan = decide(rate_hz=rate_hz, **NAMED)
    assert [(item.kind, item.rate_hz) for item in plan.items] == [("wav", rate_hz), ("flac", rate_hz), ("mp3", mp3_hz)]
    assert plan.rates_hz == tuple(dict.fromkeys((rate_hz, mp3_hz)))


def test_surround_has_no_mp3() -> None:
    assert [item.kind for item in decide(rate_hz=48000, channels=6, **NAMED).items] == ["wav", "flac"]


@pytest.mark.parametrize(
    ("title", "artist", "name"),
    [
        ("A/B", "X", "X - A-B"),
        ("Love 🎹", "", "Love 🎹"),
        ("", "", "untitled"),
        ("../../etc", "..", "- ..-..-etc"),
        ("a\\b:c*?", "A", "A - a-b-c--"),
    ],
)
def test_any_title_is_a_file_name(title: str, artist: str, name: str) -> None:
    plan = decide(rate_hz=48000, title=title, artist=artist)
    assert plan.name == name
    assert (plan.title, plan.artist) == (title, artist)


def test_two_of_a_kind_have_names_of_their_own() -> None:
    plan = decide(rate_hz=96000, **NAMED)
    both = msgspec.structs.replace(plan, items=(plan.items[0], msgspec.structs.replace(plan.items[0], rate_hz=44100)))
    assert [both.file_name(item) for item in both.items] == [
        "Singer - Song (96 kHz 24 bit).wav",
        "Singer - Song (44.1 kHz 24 bit).wav",
    ]


def test_a_plan_survives_the_way_through_its_file() -> None:
    plan = decide(rate_hz=96000, **NAMED)
    assert from_toml(to_toml(plan), DeliveryPlan) == plan


def test_a_good_master_with_its_names_passes() -> None:
    assert _codes(_song()) == {}


def test_an_isrc_may_be_written_with_dashes() -> None:
    assert decide(rate_hz=44100, isrc="de-abc-26-00001").isrc == "DEABC2600001"
    assert _codes(_song(), isrc="DE-ABC-26-00001") == {}


@pytest.mark.parametrize(
    ("names", "code", "severity"),
    [
        ({"title": " "}, "delivery_no_title", "blocking"),
        ({"artist": ""}, "delivery_no_artist", "blocking"),
        ({"isrc": ""}, "delivery_no_isrc", "advice"),
        ({"isrc": "DEABC26"}, "delivery_isrc_invalid", "blocking"),
    ],
)
def test_what_is_missing_in_the_names(names: dict[str, str], code: str, severity: str) -> None:
    assert _codes(_song(), **names) == {code: severity}


def test_silence_is_nothing_to_release() -> None:
    assert _codes(np.zeros((2, RATE_HZ))) == {"delivery_silent": "blocking"}
    assert measure(Audio(np.zeros((2, RATE_HZ)), RATE_HZ)).silence_at_start_s == 1.0


def test_silence_at_the_ends_is_measured_and_said() -> None:
    padded = np.pad(_song(), ((0, 0), (3 * RATE_HZ, 7 * RATE_HZ)))
    report = measure(Audio(padded, RATE_HZ))
    assert report.silence_at_start_s == pytest.approx(3.0, abs=0.01)
    assert report.silence_at_end_s == pytest.approx(7.0, abs=0.01)
    assert _codes(padded) == {"delivery_silence_at_start": "advice", "delivery_silence_at_end": "advice"}


def test_ends_that_are_cut_off_are_said() -> None:
    loud = np.full((2, 40 * RATE_HZ), 0.3)
    assert set(_codes(loud)) == {"delivery_starts_cut", "delivery_ends_cut"}


@pytest.mark.parametrize(
    ("samples", "rate_hz", "code"),
    [
        (_song(5.0), 44100, "delivery_short"),
        (_song(40.0), 37800, "delivery_rate"),
        (np.concatenate([_song()] * 2), 44100, "delivery_channels"),
    ],
)
def test_what_services_do_not_take(samples: np.ndarray, rate_hz: int, code: str) -> None:
    assert _codes(samples, rate_hz) == {code: "advice"}
