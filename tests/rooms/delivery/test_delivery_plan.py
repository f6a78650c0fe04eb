"""What is delivered, under which name, and how it is told apart."""

from __future__ import annotations

import msgspec
import pytest

from controlroom.base.canonical import from_toml, to_toml
from controlroom.base.errors import UsageError
from controlroom.rooms.delivery import STANDARD, DeliveryPlan, Marker, decide
from controlroom.sound.files import Credit

NAMED = {"title": "Song", "artist": "Singer", "isrc": "DEABC2600001"}


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
    said = {"credits": (Credit("Ana", "writer"),), "markers": (Marker(at_s=1.5, label="Verse"),), "lyrics": "one\ntwo"}
    plan = decide(rate_hz=96000, formats=["all"], destinations=["spotify"], alternates=["tv mix"], **said, **NAMED)
    assert from_toml(to_toml(plan), DeliveryPlan) == plan


def test_a_plan_of_an_earlier_release_is_read() -> None:
    text = """
        schema = "controlroom.delivery/1"
        name = "Singer - Song"
        title = "Song"
        isrc = "DEABC2600001"
        [[items]]
        kind = "mp3"
        rate_hz = 48000
        bitrate_kbps = 320
    """
    plan = from_toml(text, DeliveryPlan)
    assert (plan.items[0].quality, plan.versions, plan.destinations) == ("48 kHz 320 kbps", (), ())


def test_the_standard_set_is_every_format_each_with_a_name_of_its_own() -> None:
    plan = decide(rate_hz=96000, formats=["all"], **NAMED)
    assert [(item.kind, item.rate_hz, item.bits or item.bitrate_kbps) for item in plan.items] == [
        ("wav", 96000, 24),
        ("wav", 44100, 16),
        ("flac", 96000, 24),
        ("alac", 96000, 24),
        ("mp3", 48000, 320),
        ("mp3", 48000, None),
        ("aac", 48000, 256),
        ("opus", 48000, 160),
    ]
    assert plan.items[5].vbr_quality == 0
    names = [plan.file_name(item) for item in plan.items]
    assert len(set(names)) == len(STANDARD)
    assert names[5] == "Singer - Song (48 kHz V0).mp3"
    assert plan.rates_hz == (96000, 48000, 44100)


def test_what_a_destination_wants_is_made() -> None:
    plan = decide(rate_hz=48000, destinations=["cd-plant"], **NAMED)
    assert ("wav", 44100, 16) in [(item.kind, item.rate_hz, item.bits) for item in plan.items]
    only = decide(rate_hz=48000, destinations=["cd-plant"], formats=["mp3-v0"], **NAMED)
    assert [item.vbr_quality for item in only.items] == [0]


def test_a_place_that_takes_no_high_rate_gets_one_that_it_takes() -> None:
    def wavs(rate_hz: int, key: str) -> list[tuple[int, int | None]]:
        items = decide(rate_hz=rate_hz, destinations=[key], **NAMED).items
        return [(item.rate_hz, item.bits) for item in items if item.kind == "wav"]

    assert wavs(96000, "broadcast") == [(96000, 24), (48000, 24)]
    assert wavs(44100, "broadcast") == [(48000, 24), (44100, 24)]
    assert wavs(192000, "believe") == [(192000, 24), (96000, 24)]
    assert wavs(176400, "believe") == [(176400, 24), (88200, 24)]
    assert wavs(48000, "broadcast") == [(48000, 24)]


def test_alternates_are_delivered_as_wav_with_their_name() -> None:
    plan = decide(rate_hz=48000, alternates=["instrumental", "a cappella", "tv mix"], **NAMED)
    assert [plan.file_name(item) for item in plan.items[3:]] == [
        "Singer - Song (Instrumental).wav",
        "Singer - Song (A Cappella).wav",
        "Singer - Song (TV Mix).wav",
    ]
    assert plan.file_name(plan.items[0]) == "Singer - Song.wav"
    assert (plan.versions, plan.rates_of("instrumental")) == (("instrumental", "a cappella", "tv mix"), (48000,))


def test_formats_and_destinations_that_are_none_are_refused() -> None:
    with pytest.raises(UsageError, match="wav24"):
        decide(rate_hz=48000, formats=["wav32"], **NAMED)
    with pytest.raises(UsageError, match="bandcamp"):
        decide(rate_hz=48000, destinations=["myspace"], **NAMED)


def test_what_holds_too_few_channels_is_refused_where_nothing_is_left() -> None:
    with pytest.raises(UsageError, match="6"):
        decide(rate_hz=48000, channels=6, formats=["mp3-320", "mp3-v0"], **NAMED)
    assert [item.kind for item in decide(rate_hz=48000, channels=6, formats=["mp3-v0", "aac-256"], **NAMED).items] == [
        "aac"
    ]


def test_a_long_title_is_cut_to_a_whole_name() -> None:
    plan = decide(rate_hz=48000, title="word " * 60)
    assert len(plan.name) <= 120
    assert plan.name == plan.name.strip()


def test_an_isrc_may_be_written_with_dashes() -> None:
    assert decide(rate_hz=44100, isrc="de-abc-26-00001").isrc == "DEABC2600001"
