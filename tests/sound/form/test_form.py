"""Form: a small song of two kinds of bars is read back, and what has no form is not given one."""

import itertools
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import msgspec
import numpy as np
import pytest

from controlroom.sound.chroma import chroma_of
from controlroom.sound.files import AudioFile
from controlroom.sound.form import Form, form_of
from controlroom.sound.form.grid import MOST_UNITS, grid_of
from controlroom.sound.meter import LoudnessMeter
from controlroom.sound.signal import Audio, blocks
from controlroom.sound.timbre import timbre_of

RATE_HZ = 11025
BAR_S = 1.6
CHORDS = {
    "C": (60, 64, 67),
    "G": (55, 59, 62),
    "a": (57, 60, 64),
    "F": (53, 57, 60),
    "e": (52, 55, 59),
    "D": (50, 54, 57),
}
LEVEL = {"intro": 0.05, "verse": 0.12, "pre-chorus": 0.16, "chorus": 0.3, "bridge": 0.1, "outro": 0.05}
TUNES = {"intro": "CCCC", "verse": "CaFG", "pre-chorus": "eeDD", "chorus": "FCGa", "bridge": "eaeD", "outro": "CCCC"}
SONG = (
    ("intro", 4),
    ("verse", 8),
    ("pre-chorus", 4),
    ("chorus", 8),
    ("verse", 8),
    ("pre-chorus", 4),
    ("chorus", 8),
    ("bridge", 8),
    ("chorus", 8),
    ("outro", 4),
)


def played(song: Sequence[tuple[str, int]], moved: int = 0) -> Audio:
    """Chords of three partials, and a noise on every beat in all but intro, bridge and outro. The last chorus is
    `moved` semitones up."""
    chance, at = np.random.default_rng(5), np.arange(int(BAR_S * RATE_HZ)) / RATE_HZ
    bars = []
    last = max(number for number, (label, _) in enumerate(song) if label == "chorus" or len(song) == 1)
    for number, (label, length) in enumerate(song):
        for bar in range(length):
            notes = np.array(CHORDS[TUNES[label][bar % 4]]) + (moved if number == last else 0)
            tone = sum(
                np.sin(2 * np.pi * 440 * 2 ** ((note - 69) / 12) * partial * at) / partial
                for note in notes
                for partial in (1, 2, 3 if label == "verse" else 4)
            )
            hits = 0.0 if label in ("intro", "bridge", "outro") else 1.5 * np.exp(-(at % (BAR_S / 4)) / 0.03)
            bars.append(LEVEL[label] * (tone / 3 + hits * chance.standard_normal(len(at))))
    return Audio(np.concatenate(bars).astype(np.float32) * 0.5, RATE_HZ)


def edges_s(song: Sequence[tuple[str, int]]) -> np.ndarray:
    return BAR_S * np.cumsum([0, *(length for _, length in song)])


def heard(audio: Audio, *, beats: bool = True, voice: Sequence[tuple[float, float]] | None = None) -> Form:
    meter = LoudnessMeter(audio.rate_hz, audio.channels)
    for block in blocks(audio):
        meter.add(block)
    beats_s = np.arange(0.0, audio.frames / audio.rate_hz, BAR_S / 4).tolist() if beats else []
    return form_of(
        timbre_of(audio), chroma_of(audio), meter.series(), beats_s=beats_s, downbeats_s=beats_s[::4], voice=voice
    )


@cache
def song_form(moved: int = 0) -> Form:
    edges = edges_s(SONG)
    voice = [(edges[at], edges[at + 1]) for at in (1, 2, 3, 4, 5, 6, 7, 8)]
    return heard(played(SONG, moved), voice=voice)


def test_sections_of_a_song_begin_where_they_do_and_have_their_names():
    form = song_form()
    assert [section.label for section in form.sections] == [label for label, _ in SONG]
    assert [section.bars for section in form.sections] == [length for _, length in SONG]
    assert np.allclose([section.start_s for section in form.sections], edges_s(SONG)[:-1], atol=0.01)
    assert form.doubts == ()


def test_sections_follow_each_other_without_gaps():
    sections = song_form().sections
    assert all(one.end_s == following.start_s for one, following in itertools.pairwise(sections))


def test_a_short_song_in_long_silence_is_all_that_is_divided():
    audio = played((("verse", 8), ("chorus", 8)))
    silence = np.zeros((1, 180 * RATE_HZ), np.float32)
    form = heard(Audio(np.concatenate([silence, audio.samples, silence[:, : 60 * RATE_HZ]], axis=1), RATE_HZ))
    assert form.sections[0].start_s == pytest.approx(180.0, abs=2 * BAR_S)
    assert form.sections[-1].end_s == pytest.approx(180.0 + 16 * BAR_S, abs=2 * BAR_S)
    assert all(section.loudness_lufs is not None for section in form.sections)


def test_a_rest_of_two_bars_is_no_section():
    song = (("verse", 8), ("chorus", 8), ("verse", 8), ("chorus", 8))
    audio = played(song)
    samples = audio.samples.copy()
    edge = round(16 * BAR_S * audio.rate_hz)
    samples[:, edge - round(2 * BAR_S * audio.rate_hz) : edge] *= 0.02
    lengths = [section.end_s - section.start_s for section in heard(Audio(samples, audio.rate_hz)).sections]
    assert len(lengths) > 2
    assert min(lengths[1:-1]) >= 4.0


def test_the_same_letter_for_what_comes_back():
    letters = {label: set() for label, _ in SONG}
    for section, (label, _) in zip(song_form().sections, SONG, strict=True):
        letters[label].add(section.letter)
    assert all(len(letters[label]) == 1 for label in ("verse", "pre-chorus", "chorus"))
    assert len(letters["verse"] | letters["pre-chorus"] | letters["chorus"] | letters["bridge"]) == 4


def test_a_chorus_two_semitones_up_is_the_same_chorus():
    form = song_form(moved=2)
    assert [section.label for section in form.sections] == [label for label, _ in SONG]


def test_voice_and_chorus_come_when_they_do():
    form = song_form()
    assert form.time_to_voice_s == pytest.approx(4 * BAR_S, abs=0.01)
    assert form.time_to_chorus_s == pytest.approx(16 * BAR_S, abs=0.01)


def test_energy_is_highest_in_the_chorus_and_lowest_at_the_ends():
    form = song_form()
    by_label = {section.label: section.energy for section in form.sections}
    assert by_label["chorus"] > by_label["verse"] > by_label["intro"]
    arc = {moment.at_s: moment.value for moment in form.energy}
    chorus = [value for at_s, value in arc.items() if 18 * BAR_S < at_s < 22 * BAR_S]
    intro = [value for at_s, value in arc.items() if 2 < at_s < 3 * BAR_S]
    assert min(chorus) > max(intro) + 0.3
    assert len(form.energy) <= 200


def test_without_a_voice_the_loud_part_that_comes_back_is_still_the_chorus():
    form = heard(played(SONG))
    assert form.time_to_voice_s is None
    assert form.time_to_chorus_s == pytest.approx(16 * BAR_S, abs=0.01)


def test_without_beats_sections_are_found_within_a_step_and_bars_are_not_counted():
    song = [(label, length) for label, length in SONG if label != "pre-chorus"]
    form = heard(played(song), beats=False)
    starts = np.array([section.start_s for section in form.sections])
    assert all(np.abs(starts - edge).min() <= 2.0 for edge in edges_s(song)[1:-1])
    assert len(form.sections) == len(song)
    assert all(section.bars is None for section in form.sections)


@pytest.mark.parametrize("song", [(("verse", 40),), (("verse", 8),)])
def test_one_part_over_and_over_gets_no_names(song: tuple[tuple[str, int], ...]):
    form = heard(played(song))
    assert {section.label for section in form.sections} <= {"section"}
    assert all(section.confidence == 0 for section in form.sections)
    assert form.time_to_chorus_s is None
    assert "form" in {doubt.about for doubt in form.doubts}


@pytest.mark.parametrize("beats", [(), (0.0, 0.1, 0.2, 0.3)])
@pytest.mark.parametrize("frames", [1, 300, RATE_HZ])
def test_a_moment_has_no_form(frames: int, beats: tuple[float, ...]):
    audio = Audio(np.random.default_rng(0).standard_normal((1, frames)).astype(np.float32) * 0.1, RATE_HZ)
    series = LoudnessMeter(RATE_HZ, 1).series()
    form = form_of(timbre_of(audio), chroma_of(audio), series, beats_s=beats, downbeats_s=beats)
    assert [section.label for section in form.sections] == ["section"]
    assert form.energy == ()


def test_hours_are_read_in_linear_time_and_are_no_song():
    song = played(SONG)
    timbre, chroma, repeats = timbre_of(song), chroma_of(song), 80
    many = msgspec.structs.replace(
        timbre,
        bands_db=np.tile(timbre.bands_db, (repeats, 1)),
        level_db=np.tile(timbre.level_db, repeats),
        side_db=np.tile(timbre.side_db, repeats),
    )
    harmony = msgspec.structs.replace(
        chroma, treble=np.tile(chroma.treble, (repeats, 1)), bass=np.tile(chroma.bass, (repeats, 1))
    )
    downbeats_s = np.arange(0.0, repeats * edges_s(SONG)[-1], BAR_S).tolist()
    grid = grid_of(downbeats_s, downbeats_s, downbeats_s[-1])
    assert len(grid.edges_s) <= MOST_UNITS + 1
    assert grid.bars_each == 10
    form = form_of(many, harmony, LoudnessMeter(RATE_HZ, 1).series(), beats_s=downbeats_s, downbeats_s=downbeats_s)
    assert {section.label for section in form.sections} == {"section"}
    assert [doubt.because for doubt in form.doubts] == ["it is longer than a song"]


def test_noise_has_no_form():
    noise = np.random.default_rng(3).standard_normal((1, 90 * RATE_HZ)).astype(np.float32) * 0.1
    form = heard(Audio(noise, RATE_HZ), beats=False)
    assert len(form.sections) == 1
    assert form.doubts


@pytest.mark.parametrize("frames", [0, 1, RATE_HZ, 30 * RATE_HZ])
def test_silence_has_no_sections(frames: int):
    form = heard(Audio(np.zeros((1, frames), np.float32), RATE_HZ), beats=False)
    assert form.sections == ()
    assert [doubt.because for doubt in form.doubts] == ["nothing sounds"]


def test_silence_around_a_song_belongs_to_no_section():
    silence = np.zeros((1, int(10 * BAR_S * RATE_HZ)), np.float32)
    song = played(SONG)
    form = heard(Audio(np.concatenate([silence, song.samples, silence], axis=1), RATE_HZ))
    assert form.sections[0].start_s == pytest.approx(10 * BAR_S, abs=0.01)
    assert form.sections[-1].end_s == pytest.approx(10 * BAR_S + edges_s(SONG)[-1], abs=BAR_S + 0.01)


@pytest.mark.recordings
def test_a_released_song_turns_where_its_stems_enter_and_leave(recordings: Path):
    """The bars are those at which the drums change in the stems; the master starts 7.85 s into them."""
    bar_s, early_s = 240 / 130, 7.85
    true_s = np.array([21, 37, 53, 61, 77, 85, 93, 109, 125]) * bar_s - early_s
    with AudioFile(recordings / "songs" / "caesium" / "Master.m4a") as master:
        downbeats_s = np.arange(5 * bar_s - early_s, master.frames / master.rate_hz, bar_s).tolist()
        form = form_of(
            timbre_of(master),
            chroma_of(master),
            LoudnessMeter(master.rate_hz, 2).series(),
            beats_s=downbeats_s,
            downbeats_s=downbeats_s,
        )
    starts_s = np.array([section.start_s for section in form.sections[1:]])
    found = [np.abs(starts_s - at_s).min() < 0.1 for at_s in true_s]
    assert sum(found) >= len(true_s) - 1
    assert len(starts_s) <= 1.5 * len(true_s)
