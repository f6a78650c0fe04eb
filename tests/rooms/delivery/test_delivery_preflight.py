"""What a delivery is told before it leaves: of its sound, its names, its cover, and of each place it goes to."""

from __future__ import annotations

from typing import Any

import msgspec
import numpy as np
import pytest

from controlroom.rooms.delivery import Cover, DeliveredFile, Flight, Rights, decide, destinations, measure, preflight
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
    assert _told(GOOD) == {("Broadcast (EBU R 128)", "destination_loudness"): "blocking"}
    quiet = msgspec.structs.replace(GOOD, loudness=Loudness(integrated_lufs=-23.0, true_peak_dbtp=-3.0))
    assert _told(quiet) == {}


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
        (_without(items=GOOD.plan.items[:8]), "sync", {"destination_version_wanted": "advice"}),
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


def test_every_place_is_dated_and_says_where_that_is_said() -> None:
    assert {"spotify", "apple-digital-masters", "amazon-music-hd", "youtube", "bandcamp", "soundcloud"} <= set(
        destinations()
    )
    assert {"beatport", "hi-res", "broadcast", "sync", "cd-plant"} <= set(destinations())
    for place in destinations().values():
        assert place.sources
        assert place.as_of >= "2026"
        plan = decide(rate_hz=48000, formats=place.deliver, **NAMED)
        assert any(one.takes(item.kind, item.bits, item.rate_hz) for one in place.accepts for item in plan.items)
