"""What the services do with a master's level, by the rules that they publish."""

from __future__ import annotations

import pytest

from controlroom.rooms.mastering.services import Service, playback
from controlroom.sound.meter import Loudness


def _by_name(lufs: float | None, peak_dbtp: float | None, album_lufs: float | None = None) -> dict[str, Service]:
    return {one.name: one for one in playback(lufs, peak_dbtp, album_lufs=album_lufs)}


def test_a_loud_master_is_turned_down_by_all_that_normalise() -> None:
    found = _by_name(-9.0, -1.0)
    wanted = {"Spotify": -14, "Spotify, loud": -11, "Spotify, quiet": -19, "YouTube": -14, "TIDAL": -14, "Deezer": -15}
    for name, level in (wanted | {"Apple Music, Sound Check": -16, "Amazon Music": -14}).items():
        assert found[name].playback_lufs == pytest.approx(level)
        assert found[name].gain_db == pytest.approx(level + 9.0)
        assert not found[name].limited
    for name in ("SoundCloud", "Qobuz", "Bandcamp"):
        assert found[name].gain_db == 0.0
        assert found[name].playback_lufs == -9.0
    assert "turns it down by 5.0 dB, to -14.0 LUFS" in found["Spotify"].says


def test_spotify_raises_into_the_headroom_as_its_own_example_says() -> None:
    quiet = _by_name(-20.0, -5.0)
    assert quiet["Spotify"].playback_lufs == pytest.approx(-16.0)
    assert quiet["Spotify"].limited
    assert quiet["Spotify, loud"].playback_lufs == pytest.approx(-11.0)
    assert quiet["Spotify, loud"].limited
    assert quiet["Spotify, quiet"].playback_lufs == pytest.approx(-19.0)
    assert not quiet["Spotify, quiet"].limited
    assert quiet["YouTube"].gain_db == 0.0
    assert "as far as its peaks allow" in quiet["Spotify"].says


def test_no_headroom_is_no_gain() -> None:
    full = _by_name(-18.0, 0.0)
    assert full["Spotify"].gain_db == 0.0
    assert full["Spotify"].limited
    assert "no headroom" in full["Spotify"].says


def test_the_ceiling_that_is_asked_for() -> None:
    loud, calm = _by_name(-9.0, -1.0), _by_name(-14.0, -1.0)
    assert (loud["Spotify"].ceiling_dbtp, loud["Spotify"].over_ceiling) == (-2.0, True)
    assert (loud["Amazon Music"].ceiling_dbtp, loud["YouTube"].ceiling_dbtp) == (-2.0, -1.0)
    assert not loud["YouTube"].over_ceiling
    assert (calm["Spotify"].ceiling_dbtp, calm["Spotify"].over_ceiling) == (-1.0, False)


def test_tidal_goes_by_the_album() -> None:
    assert _by_name(-12.0, -1.0, album_lufs=-9.0)["TIDAL"].playback_lufs == pytest.approx(-17.0)


def test_takes_a_meters_result_and_silence() -> None:
    meter = Loudness(
        integrated_lufs=-10.0,
        range_lu=3.0,
        max_momentary_lufs=-7.0,
        max_short_term_lufs=-8.0,
        true_peak_dbtp=-1.2,
    )
    assert playback(meter) == playback(-10.0, -1.2)
    assert all(one.playback_lufs is None and one.gain_db == 0.0 for one in playback(None, None))
