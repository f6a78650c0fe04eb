"""What a delivery is told before it leaves: of its sound, its names, its cover, and of each place it goes to."""

from __future__ import annotations

from typing import Any

import msgspec
import numpy as np
import pytest

from controlroom.base.finding import Finding
from controlroom.rooms.delivery import Cover, DeliveredFile, Flight, Rights, decide, destinations, measure, preflight
from controlroom.rooms.delivery.destinations import _destination
from controlroom.sound.files import Credit
from controlroom.sound.meter import Loudness
from controlroom.sound.signal import Audio

RATE_HZ = 44100
NAMED = {"title": "Song", "artist": "Singer", "isrc": "DEABC2600001"}


def _flight(samples: np.ndarray, rate_hz: int = RATE_HZ, **names: Any) -> Flight:
    master = Audio(samples, rate_hz)
    return Flight(plan=decide(rate_hz=rate_hz, channels=master.channels, **{**NAMED, **names}), report=measure(master))


def _codes(samples: np.ndarray, rate_hz: int = RATE_HZ, **names: Any) -> dict[str, str]:
    return {finding.code: finding.severity for finding in preflight(_flight(samples, rate_hz, **names))}


def _song(seconds: float = 31.0, fade_s: float = 0.05) -> np.ndarray:
    samples = np.random.default_rng(1).standard_normal((2, round(seconds * RATE_HZ))) * 0.1
    ramp = np.linspace(0, 1, round(fade_s * RATE_HZ))
    samples[:, : len(ramp)] *= ramp
    samples[:, -len(ramp) :] *= ramp[::-1]
    return samples


SONG = _song()


def test_a_good_master_with_its_names_passes() -> None:
    assert _codes(_song()) == {}


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


@pytest.mark.parametrize("title", ["LOUD AND PROUD", "quiet and small"])
def test_titles_of_one_case_are_said(title: str) -> None:
    assert _codes(SONG, title=title) == {"delivery_title_case": "advice"}


@pytest.mark.parametrize("title", ["Damn", "DAMN", "夜に駆ける 夜に駆ける", "Loud and Proud", "4 5 6", "i"])
def test_titles_that_may_be_so(title: str) -> None:
    assert _codes(SONG, title=title) == {}


@pytest.mark.parametrize(
    ("names", "code"),
    [
        ({"artist": "Ana feat. Ben"}, "delivery_featured_artist"),
        ({"title": "Song ft. Ben"}, "delivery_featured_title"),
        ({"title": "Song (featuring Ben)"}, "delivery_featured_title"),
    ],
)
def test_featured_artists_stand_where_shops_want_them(names: dict[str, str], code: str) -> None:
    assert _codes(SONG, **names) == {code: "advice"}
    assert _codes(SONG, title="Song (feat. Ben)") == {}


@pytest.mark.parametrize(
    ("code", "right"),
    [
        ("4006381333931", True),
        ("036000291452", True),
        ("4006381333932", False),
        ("12345", False),
        ("03600029145x", False),
    ],
)
def test_the_last_figure_of_a_upc_checks_the_others(code: str, right: bool) -> None:
    assert ("delivery_upc_invalid" in _codes(SONG, upc=code)) is not right


def test_what_is_known_to_be_open_keeps_it_back() -> None:
    flight = msgspec.structs.replace(_flight(SONG), rights=Rights(splits_agreed="no", samples_cleared="no"))
    found = {finding.code: finding.severity for finding in preflight(flight)}
    assert found == {"delivery_splits_open": "blocking", "delivery_samples_open": "blocking"}


GOOD = Flight(
    plan=decide(
        rate_hz=48000,
        formats=["all"],
        destinations=["all"],
        alternates=["instrumental"],
        upc="036000291452",
        label="House",
        language="en",
        explicit=False,
        copyright="2026 House",
        date="2026-11-05",
        credits=(Credit("Ana", "songwriter"),),
        **NAMED,
    ),
    report=measure(Audio(_song(35.0), 48000)),
    loudness=Loudness(integrated_lufs=-14.0, true_peak_dbtp=-2.0),
    cover=Cover(data=b"x" * 1_000_000, kind="jpeg", width_px=3000, height_px=3000, colours="rgb"),
    rights=Rights(splits_agreed="yes", samples_cleared="yes"),
)


def _written(flight: Flight) -> Flight:
    files = tuple(
        DeliveredFile(
            path=flight.plan.file_name(item),
            sha256="0",
            kind=item.kind,
            bytes=9_000_000,
            bits=item.bits,
            rate_hz=item.rate_hz,
        )
        for item in flight.plan.items
    )
    return msgspec.structs.replace(flight, files=files)


def _told(flight: Flight) -> dict[tuple[str, str], str]:
    return {
        (str(finding.args.get("destination", "")), finding.code): finding.severity
        for finding in preflight(_written(flight))
    }


def test_a_complete_delivery_goes_everywhere_but_on_air() -> None:
    assert _told(GOOD) == {
        ("Broadcast (EBU R 128)", "destination_loudness"): "blocking",
        ("Broadcast, US (ATSC A/85)", "destination_loudness"): "blocking",
        ("Believe", "destination_short"): "advice",
    }
    quiet = msgspec.structs.replace(GOOD, loudness=Loudness(integrated_lufs=-23.0, true_peak_dbtp=-3.0))
    assert _told(quiet) == {("Believe", "destination_short"): "advice"}


def _at(flight: Flight, key: str) -> dict[str, str]:
    plan = msgspec.structs.replace(flight.plan, destinations=(key,))
    told = _told(msgspec.structs.replace(flight, plan=plan))
    return {code: severity for (_, code), severity in told.items()}


def test_loud_masters_need_more_room_at_spotify() -> None:
    loud = msgspec.structs.replace(GOOD, loudness=Loudness(integrated_lufs=-9.0, true_peak_dbtp=-1.0))
    assert _at(loud, "spotify") == {"destination_peak": "advice"}
    as_it_is = msgspec.structs.replace(GOOD, loudness=Loudness(integrated_lufs=-14.0, true_peak_dbtp=-1.0))
    assert _at(as_it_is, "spotify") == {}
    assert _at(loud, "broadcast")["destination_loudness"] == "blocking"
    hot = msgspec.structs.replace(GOOD, loudness=Loudness(integrated_lufs=-23.0, true_peak_dbtp=-0.5))
    assert _at(hot, "broadcast") == {"destination_peak": "blocking"}


def _without(**names: Any) -> Flight:
    return msgspec.structs.replace(GOOD, plan=msgspec.structs.replace(GOOD.plan, **names))


@pytest.mark.parametrize(
    ("flight", "key", "found"),
    [
        (_without(credits=()), "apple-digital-masters", {"destination_needs": "blocking"}),
        (_without(credits=(), composer="Ana"), "apple-digital-masters", {}),
        (_without(explicit=None), "apple-digital-masters", {"destination_needs": "blocking"}),
        (_without(explicit=None), "spotify", {"destination_wishes": "advice"}),
        (_without(items=GOOD.plan.items[:1]), "cd-plant", {"destination_no_file": "blocking"}),
        (_without(items=GOOD.plan.items[4:]), "bandcamp", {"destination_no_file": "blocking"}),
        (
            _without(items=tuple(item for item in GOOD.plan.items if not item.version)),
            "sync",
            {"destination_version_wanted": "advice"},
        ),
        (msgspec.structs.replace(GOOD, cover=None), "spotify", {"destination_no_cover": "blocking"}),
        (msgspec.structs.replace(GOOD, cover=None), "youtube", {"destination_no_cover": "advice"}),
        (
            msgspec.structs.replace(GOOD, rights=Rights()),
            "sync",
            {"destination_splits_unknown": "advice", "destination_samples_unknown": "advice"},
        ),
    ],
)
def test_what_one_place_asks_for(flight: Flight, key: str, found: dict[str, str]) -> None:
    assert _at(flight, key) == found


def _with_peak(flight: Flight, kind: str, peak_dbtp: float) -> Flight:
    files = _written(flight).files
    changed = (msgspec.structs.replace(file, true_peak_dbtp=peak_dbtp) if file.kind == kind else file for file in files)
    return msgspec.structs.replace(flight, files=tuple(changed))


def _found_at(flight: Flight, key: str) -> dict[str, Finding]:
    plan = msgspec.structs.replace(flight.plan, destinations=(key,))
    return {finding.code: finding for finding in preflight(msgspec.structs.replace(flight, plan=plan))}


def test_a_codec_that_clips_keeps_back_what_goes_where_none_may() -> None:
    clipping = _with_peak(GOOD, "aac", 0.3)
    assert _found_at(clipping, "apple-digital-masters")["destination_codec_overs"].severity == "blocking"
    assert "destination_codec_overs" not in _found_at(clipping, "apple-music")
    assert "destination_codec_overs" not in _found_at(_with_peak(GOOD, "mp3", 0.3), "apple-digital-masters")


def test_the_peak_that_counts_is_that_of_the_best_file_which_is_taken() -> None:
    only_mp3 = _without(items=tuple(item for item in GOOD.plan.items if item.kind == "mp3"))
    assert _found_at(_with_peak(only_mp3, "mp3", 0.3), "soundcloud")["destination_peak"].args["peak_dbtp"] == 0.3
    both = _with_peak(_with_peak(GOOD, "mp3", 0.3), "wav", -1.5)
    assert "destination_peak" not in _found_at(both, "soundcloud")


def test_what_is_only_practice_warns_and_keeps_nothing_back() -> None:
    bare = msgspec.structs.replace(GOOD, cover=None)
    amazon, spotify = (_found_at(bare, key)["destination_no_cover"] for key in ("amazon-music-hd", "spotify"))
    assert (amazon.severity, amazon.args["source"]) == ("warning", "Controlroom")
    assert (spotify.severity, str(spotify.args["source"])[:8]) == ("blocking", "https://")


@pytest.mark.parametrize(
    ("channels", "key", "found"),
    [
        (6, "spotify", True),
        (1, "spotify", True),
        (1, "apple-music", True),
        (1, "bandcamp", False),
        (1, "broadcast", False),
    ],
)
def test_channels_that_a_place_takes(channels: int, key: str, found: bool) -> None:
    flight = msgspec.structs.replace(_written(GOOD), report=msgspec.structs.replace(GOOD.report, channels=channels))
    assert ("destination_channels" in _found_at(flight, key)) is found


def test_a_song_longer_than_a_side_does_not_go_on_vinyl() -> None:
    long = msgspec.structs.replace(_written(GOOD), report=msgspec.structs.replace(GOOD.report, duration_s=1500.0))
    assert _found_at(long, "vinyl-plant")["destination_long"].says().count("25.0 minutes") == 1


def test_every_rule_of_every_place_is_dated_and_says_who_says_it() -> None:
    known = destinations()
    assert {"spotify", "apple-digital-masters", "amazon-music-hd", "youtube", "bandcamp", "soundcloud"} <= set(known)
    assert {"beatport", "hi-res", "broadcast", "sync", "cd-plant", "cd-baby", "vinyl-plant"} <= set(known)
    for place in known.values():
        defaults = dict(
            zip(place.__struct_fields__[-len(place.__struct_defaults__) :], place.__struct_defaults__, strict=True)
        )
        stated = {
            name
            for name, value in msgspec.structs.asdict(place).items()
            if name not in ("key", "name", "said", "deliver") and value != defaults.get(name, ())
        }
        assert stated <= place.said.keys(), place.key
        for said in place.said.values():
            assert said.as_of >= "2026"
            assert (said.by == "Controlroom") is (said.basis == "practice")


def test_a_rule_without_a_source_or_said_twice_is_refused() -> None:
    block = {"by": "IEC", "as_of": "2026-11", "basis": "published", "channels": [2], "accepts": [{"kind": "wav"}]}
    values = {"name": "Plant", "deliver": ["wav16"]}
    with pytest.raises(ValueError, match="channels stands twice"):
        _destination("plant", {**values, "rules": [dict(block), {**block, "accepts": []}]})
    with pytest.raises(ValueError, match="by"):
        _destination("plant", {**values, "rules": [{name: value for name, value in block.items() if name != "by"}]})


@pytest.mark.parametrize("rate_hz", [44100, 48000, 88200, 96000, 192000])
@pytest.mark.parametrize("key", list(destinations()))
def test_what_is_made_for_a_place_is_taken_there_from_any_session(key: str, rate_hz: int) -> None:
    place = destinations()[key]
    items = decide(rate_hz=rate_hz, destinations=[key], **NAMED).items
    assert any(place.takes(item.kind, item.bits, item.rate_hz) for item in items)
    assert len({decide(rate_hz=rate_hz, destinations=[key], **NAMED).file_name(item) for item in items}) == len(items)
