"""The rendered album: each song at its loudness, peaks under the ceiling, joints to the sample and without a click."""

from __future__ import annotations

import numpy as np
import pytest
from msgspec.structs import replace

from controlroom.base.errors import UsageError
from controlroom.rooms.mastering import album
from controlroom.rooms.mastering.album.checks import click_db
from controlroom.rooms.mastering.album.plan import AlbumPlan, AlbumTrack
from controlroom.sound.meter import true_peak_dbtp
from controlroom.sound.signal import Audio, Signal

SECTOR = 640  # at 48 kHz


def _songs(tune: Audio) -> dict[str, Signal]:
    second = Audio(tune.samples[::-1] * 0.6, tune.rate_hz)
    return {"a.wav": tune, "b.wav": second}


def _made(sounds: dict[str, Signal], **second: object) -> tuple[album.AlbumRender, AlbumPlan]:
    reports = [album.hear(sound, name) for name, sound in sounds.items()]
    tracks = [AlbumTrack(file=name) for name in sounds]
    tracks[1] = replace(tracks[1], **second)
    plan = album.decide(reports, AlbumPlan(tracks=tuple(tracks)), target_lufs=-14.0)
    return album.render(sounds, reports, plan), plan


def test_each_song_meets_its_loudness_and_begins_on_a_sector(tune: Audio) -> None:
    made, plan = _made(_songs(tune), gap_s=1.3)
    assert all(check.passed for check in album.checks(made, plan)), album.checks(made, plan)
    for one in made.tracks:
        assert one.start % SECTOR == 0
        assert one.loudness.integrated_lufs == pytest.approx(-14.0 + (one.track.loudness_lu or 0.0), abs=0.1)
    first, second = made.tracks
    assert second.pause_at - (first.start + tune.frames) in range(SECTOR)
    assert 0 <= second.start - (tune.frames + 1.3 * 48000) < SECTOR
    assert not made.signal.read(tune.frames, second.start - tune.frames).any()
    assert first.start + first.frames == second.start
    assert second.start + second.frames == made.signal.frames


def test_a_crossfade_overlaps_and_stays_under_the_ceiling(tune: Audio) -> None:
    made, plan = _made({"a.wav": tune, "b.wav": tune}, crossfade_s=3.0)
    overlap = tune.frames - made.tracks[1].start
    assert 0 <= overlap - 3 * 48000 < SECTOR
    assert (true_peak_dbtp(made.signal) or 0) <= -1.0
    assert all(check.passed for check in album.checks(made, plan))


def test_a_song_cut_in_two_is_mastered_as_one(tune: Audio) -> None:
    cut = 4 * 48000 + 317
    halves = {
        "a.wav": Audio(tune.read(0, cut), 48000),
        "b.wav": Audio(tune.read(cut, tune.frames), 48000),
    }
    made, _ = _made(halves, segue=True)
    assert made.signal.frames == tune.frames
    assert made.tracks[1].start == cut // SECTOR * SECTOR
    assert click_db(made.signal, cut) < 3.0
    reports = [album.hear(tune, "a.wav")]
    whole = album.render({"a.wav": tune}, reports, album.decide(reports, target_lufs=-14.0))
    np.testing.assert_array_equal(made.signal.read(0, tune.frames), whole.signal.read(0, tune.frames))


def test_the_album_is_the_same_in_blocks_and_made_twice(tune: Audio) -> None:
    once, _ = _made(_songs(tune), crossfade_s=1.0)
    again, _ = _made(_songs(tune), crossfade_s=1.0)
    whole = once.signal.read(0, once.signal.frames)
    pieces = [again.signal.read(at, 5000) for at in range(0, again.signal.frames, 5000)]
    np.testing.assert_array_equal(np.concatenate(pieces, axis=1), whole)


def test_another_rate_joins_in_at_its_pitch(tune: Audio) -> None:
    times_s = np.arange(44100 * 5) / 44100
    other = Audio(np.stack([0.1 * np.sin(2 * np.pi * 1000 * times_s)] * 2), 44100)
    made, plan = _made({"a.wav": tune, "b.wav": other}, tone=())
    assert plan.rate_hz in (44100, 48000)
    block = made.signal.read(made.tracks[1].start + plan.rate_hz, plan.rate_hz)[0]
    assert np.argmax(np.abs(np.fft.rfft(block))) == 1000


def test_mono_beside_stereo_is_refused(tune: Audio) -> None:
    with pytest.raises(UsageError, match="mono"):
        _made({"a.wav": tune, "b.wav": Audio(tune.samples[:1], 48000)})


def test_a_segue_between_rates_is_refused(tune: Audio) -> None:
    with pytest.raises(UsageError, match="segue"):
        _made({"a.wav": tune, "b.wav": Audio(tune.samples, 44100)}, segue=True)


def test_a_pre_master_for_vinyl_keeps_its_peaks_and_the_songs_their_distance(tune: Audio) -> None:
    sounds = _songs(tune)
    reports = [album.hear(sound, name) for name, sound in sounds.items()]
    wishes = AlbumPlan(medium="vinyl", tracks=tuple(AlbumTrack(file=name) for name in sounds))
    plan = album.decide(reports, wishes)
    made = album.render(sounds, reports, plan)
    assert plan.ceiling_dbtp == -3.0
    assert (made.loudness.true_peak_dbtp or 0) <= -3.0
    assert (made.loudness.plr_db or 0) > 10.0
    assert all(check.passed for check in album.checks(made, plan))


def test_a_broadcast_is_at_its_loudness_as_a_whole(tune: Audio) -> None:
    sounds = _songs(tune)
    reports = [album.hear(sound, name) for name, sound in sounds.items()]
    second = AlbumTrack(file="b.wav", loudness_lu=-3.0, segue=False)
    wishes = AlbumPlan(medium="r128", tracks=(AlbumTrack(file="a.wav"), second))
    made = album.render(sounds, reports, album.decide(reports, wishes))
    assert made.loudness.integrated_lufs == pytest.approx(-23.0, abs=0.5)
