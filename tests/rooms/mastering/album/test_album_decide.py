"""The album's rules: distances kept in part, tone brought together in part, gaps by how songs begin and end."""

from __future__ import annotations

import msgspec
import numpy as np
import pytest

from controlroom.base.canonical import from_toml, to_toml
from controlroom.rooms.mastering import album, measure, propose
from controlroom.rooms.mastering.album.decide import track_plan
from controlroom.rooms.mastering.album.plan import AlbumPlan, AlbumTrack
from controlroom.rooms.mastering.album.report import SongReport
from controlroom.rooms.mastering.listen import listen
from controlroom.sound.filters import Band, Equalizer
from controlroom.sound.signal import Audio

RATE = 44100


def _music(seconds: float = 8.0, seed: int = 0, level: float = 1.0, bands: tuple[Band, ...] = ()) -> Audio:
    """Pink-like noise with a beat, from silence into silence."""
    rng = np.random.default_rng(seed)
    frames = round(seconds * RATE)
    white = np.fft.rfft(rng.standard_normal((2, frames)))
    pink = np.fft.irfft(white / np.sqrt(np.maximum(np.fft.rfftfreq(frames) * RATE, 20.0)), frames)
    beat = 0.3 + np.exp(-(np.arange(frames) / RATE % 0.5) / 0.1)
    sound = pink / pink.std() * beat * 0.05 * level
    ramp = round(0.01 * RATE)
    sound[:, :ramp] *= np.linspace(0, 1, ramp)
    sound[:, -ramp:] *= np.linspace(1, 0, ramp)
    if bands:
        sound = Equalizer(RATE, 2, bands).process(Audio(sound, RATE).samples)
    return Audio(sound, RATE)


def _heard(*sounds: Audio) -> list[SongReport]:
    return [album.hear(sound, f"{k}.wav", title=f"Song {k}") for k, sound in enumerate(sounds)]


def test_the_loudest_song_is_the_anchor_and_softer_ones_stay_softer_within_limits() -> None:
    songs = _heard(_music(seed=1), _music(seed=2, level=0.6), _music(seed=3, level=0.05))
    offsets = [track.loudness_lu for track in album.decide(songs).tracks]
    assert offsets[0] == 0.0
    assert offsets[1] == pytest.approx(-1.1, abs=0.4)  # half of half of 4.4 dB: the peaks are as much lower
    assert offsets[2] == pytest.approx(-3.0, abs=0.4)  # the limit


def test_the_same_song_twice_is_as_loud_twice() -> None:
    songs = _heard(_music(seed=1), _music(seed=1))
    plan = album.decide(songs, target_lufs=-12.0)
    assert [track.loudness_lu for track in plan.tracks] == [0.0, 0.0]
    assert plan.target_lufs == -12.0
    assert all(track.reasons for track in plan.tracks)


def test_tone_comes_halfway_toward_the_others_and_never_more_than_two_db() -> None:
    dull = (Band("highshelf", 3000.0, -6.0),)
    songs = _heard(*(_music(seed=k) for k in range(1, 4)), _music(seed=4, bands=dull))
    plan = album.decide(songs)
    moves = plan.tracks[3].tone or ()
    assert moves
    assert all(0 < move.gain_db <= 2.0 and move.freq_hz >= 2000 for move in moves)
    assert all(track.tone == () for track in plan.tracks[:3])


def test_the_faults_of_a_song_are_treated_as_in_a_master_of_its_own() -> None:
    music = _music(seed=1, bands=(Band("highshelf", 5000.0, 12.0),))
    (song,) = _heard(music)
    plan = album.decide([song], target_lufs=-14.0)
    ours = track_plan(plan, plan.tracks[0], song)
    heard = listen(music)
    alone = propose(music, heard, measure(heard), target_lufs=-14.0)
    assert ours.dynamic  # its sibilants
    assert (ours.tone, ours.dynamic, ours.width) == (alone.tone, alone.dynamic, alone.width)
    assert (ours.saturate, ours.target_lufs) == (alone.saturate, alone.target_lufs)


def test_songs_of_one_tone_are_left_alone() -> None:
    assert all(track.tone == () for track in album.decide(_heard(*(_music(seed=k) for k in range(3)))).tracks)


def test_two_seconds_are_heard_between_songs_whatever_the_files_hold() -> None:
    silence = np.zeros((2, RATE // 2))
    padded = Audio(np.concatenate([_music(seed=1).samples, silence], axis=1), RATE)
    gaps = [track.gap_s for track in album.decide(_heard(padded, _music(seed=2), _music(seed=3))).tracks]
    assert gaps == [0.0, pytest.approx(1.5, abs=0.05), pytest.approx(2.0, abs=0.05)]


def test_a_concert_cut_in_two_goes_on_without_a_gap() -> None:
    whole = _music(10.0, seed=5)
    first, second = (Audio(whole.read(*part), RATE) for part in ((0, 200000), (200000, 300000)))
    plan = album.decide(_heard(first, second))
    assert plan.tracks[1].segue
    assert (plan.tracks[0].fade_out_s, plan.tracks[1].fade_in_s, plan.tracks[1].gap_s) == (0.0, 0.0, 0.0)


def _chord(seed: int, level: float = 0.1) -> Audio:
    rng = np.random.default_rng(seed)
    times_s = np.arange(2 * RATE) / RATE
    notes = rng.uniform(80, 900, 6)
    return Audio(
        level
        * np.array([sum(np.sin(2 * np.pi * f * times_s + rng.uniform(0, 6)) for f in notes) for _ in range(2)])
        / 3,
        RATE,
    )


def test_pieces_of_different_music_do_not_go_on_into_one_another() -> None:
    plan = album.decide(_heard(*(_chord(seed) for seed in range(30))))
    assert sum(bool(track.segue) for track in plan.tracks) <= 2  # now and then one looks right


def test_a_much_softer_piece_does_not_go_on_from_a_loud_one() -> None:
    noise = np.random.default_rng(1).normal(0, 0.1, (2, 2 * RATE))
    plan = album.decide(_heard(Audio(noise, RATE), Audio(noise * 0.02, RATE)))
    assert not plan.tracks[1].segue


@pytest.mark.parametrize("cut", [30000, 44100, 51234, 60001])
def test_music_cut_anywhere_goes_on(cut: int) -> None:
    whole = _chord(cut)
    parts = (Audio(whole.read(0, cut), RATE), Audio(whole.read(cut, RATE * 2), RATE))
    assert album.decide(_heard(*parts)).tracks[1].segue


def test_songs_cut_in_the_middle_of_other_sound_are_faded_and_kept_apart() -> None:
    first = Audio(np.full((2, RATE), 0.25), RATE)
    second = Audio(-np.sin(np.arange(3 * RATE) / 30 + 1.2)[None] * 0.3 + np.zeros((2, 1)), RATE)
    plan = album.decide(_heard(first, second))
    assert not plan.tracks[1].segue
    assert plan.tracks[1].gap_s == pytest.approx(2.0, abs=0.01)
    assert min(plan.tracks[0].fade_out_s or 0, plan.tracks[1].fade_in_s or 0) > 0


def test_what_a_person_wrote_stays() -> None:
    songs = _heard(_music(seed=1), _music(seed=2, level=0.3))
    wishes = AlbumPlan(
        title="Mine",
        target_lufs=-11.0,
        tracks=(
            AlbumTrack(file="0.wav", title="First"),
            AlbumTrack(file="1.wav", gap_s=0.25, loudness_lu=-0.5, tone=(), isrc="de-ab1-26-00007"),
        ),
    )
    plan = album.decide(songs, wishes)
    second = plan.tracks[1]
    assert (plan.title, plan.target_lufs, plan.tracks[0].title) == ("Mine", -11.0, "First")
    assert (second.gap_s, second.loudness_lu, second.tone, second.isrc) == (0.25, -0.5, (), "DEAB12600007")
    assert from_toml(to_toml(plan), AlbumPlan) == plan
    assert album.decide(songs, plan) == plan


def test_silence_has_no_loudness_and_stops_nobody() -> None:
    songs = _heard(Audio(np.zeros((2, 5 * RATE)), RATE), _music(seed=1))
    plan = album.decide(songs)
    assert [track.loudness_lu for track in plan.tracks] == [None, 0.0]
    silent = album.decide(_heard(Audio(np.zeros((1, RATE)), RATE)))
    assert silent.target_lufs is None


def test_the_rate_is_that_of_most_songs() -> None:
    songs = _heard(_music(seed=1), _music(seed=2))
    other = msgspec.structs.replace(songs[0], master=msgspec.structs.replace(songs[0].master, rate_hz=96000))
    assert album.decide([*songs, other]).rate_hz == RATE


@pytest.mark.parametrize(
    "wrong",
    [
        {"gap_s": -1.0},
        {"crossfade_s": 61.0},
        {"segue": True, "gap_s": 1.0},
        {"loudness_lu": 1.0},
        {"fade_in_s": float("nan")},
    ],
)
def test_a_track_that_cannot_be_meant_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises((ValueError, msgspec.ValidationError)):
        msgspec.convert({"file": "a.wav", **wrong}, AlbumTrack)
