"""The song on paper: any key, tempo and length can be played and sung."""

from __future__ import annotations

from itertools import pairwise

import pytest

from controlroom.base.errors import UsageError
from controlroom.sample.composition import Score, compose
from controlroom.sample.composition.form import LEAD_IN_S, RING_S, grid_for
from controlroom.sample.composition.harmony import parse_key
from controlroom.sample.composition.melody import VOICES
from controlroom.sample.mistakes import draw_mistakes

NAMES = ("C", "C#", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B")
KEYS = [f"{name} {mode}" for name in NAMES for mode in ("major", "minor")]
EVERY_KEY = [(at, key, 60.0 + 120.0 * at / 23) for at, key in enumerate(KEYS)]


def labels(score: Score) -> list[str]:
    return [section.label for section in score.sections]


@pytest.mark.parametrize(("seed", "key", "tempo_bpm"), EVERY_KEY)
def test_every_key_and_tempo_fills_twenty_seconds(seed: int, key: str, tempo_bpm: float) -> None:
    score = compose(seed, tempo_bpm, key, 20)
    assert score.key.name == key
    assert score.grid.tempo_bpm == tempo_bpm
    assert labels(score)[0] == "intro"
    assert labels(score)[-1] == "outro"
    assert {"verse", "chorus"} <= set(labels(score))
    assert sum(section.length for section in score.sections) == score.grid.measures
    ring_s = 20 - score.grid.at(score.grid.beats)
    assert RING_S <= ring_s < RING_S + 2 * score.grid.beat_s * score.grid.beats_per_measure


@pytest.mark.parametrize("seconds", [60, 75, 90])
@pytest.mark.parametrize("seed", range(6))
def test_a_song_of_usual_length_has_two_verses_and_two_choruses(seed: int, seconds: float) -> None:
    found = labels(compose(seed, seconds=seconds))
    assert found.count("verse") == 2
    assert found.count("chorus") >= 2
    assert found[:5] == ["intro", "verse", "chorus", "verse", "chorus"]


@pytest.mark.parametrize("seed", range(8))
def test_the_tune_can_be_sung(seed: int) -> None:
    score = compose(seed)
    voice = next(voice for voice in VOICES if voice.name == score.voice)
    for phrase in score.lead:
        midi = [note.midi for note in phrase.notes]
        assert min(midi) >= voice.lowest
        assert max(midi) <= voice.highest
        assert all(abs(b - a) <= 9 and abs(b - a) != 6 for a, b in pairwise(midi))
        assert all(one.end_s <= other.start_s for one, other in pairwise(phrase.notes))
    for one, other in pairwise(score.lead):
        assert other.start_s - one.end_s > 0.25  # time to breathe


@pytest.mark.parametrize("seed", range(8))
def test_long_notes_are_tones_of_their_chord(seed: int) -> None:
    score = compose(seed)
    fits, count = 0, 0
    for phrase in score.lead:
        for note in phrase.notes:
            if note.end_s - note.start_s > 2 * score.grid.beat_s * 0.9:
                chord = next(
                    span.chord for span in score.chords if span.start_s - 0.05 <= note.start_s < span.end_s - 0.05
                )
                fits += note.midi % 12 in chord.pitch_classes
                count += 1
    assert count
    assert fits >= 0.8 * count


@pytest.mark.parametrize("seed", range(6))
def test_harmony_voices_keep_off_the_lead(seed: int) -> None:
    score = compose(seed)
    sung = {(phrase.start_s): phrase for phrase in score.lead}
    assert score.high
    for high, low in zip(score.high, score.low, strict=True):
        lead = sung[high.start_s]
        for own, above, below in zip(lead.notes, high.notes, low.notes, strict=True):
            assert above.midi - own.midi >= 3
            assert own.midi - below.midi >= 3


def test_the_hook_comes_back_with_its_words() -> None:
    score = compose(1)
    chorus = [phrase for phrase in score.lead if phrase.label == "chorus"]
    hook = [phrase for phrase in chorus if score.title.lower() in phrase.words.lower()]
    assert len(hook) >= 4
    assert len({tuple(note.midi for note in phrase.notes) for phrase in hook}) == 1


def test_seeds_write_different_songs() -> None:
    songs = [compose(seed) for seed in range(12)]
    assert len({song.title for song in songs}) >= 10
    assert len({tuple(span.chord.name.split(":")[1] for span in song.chords) for song in songs}) >= 8
    assert len({tuple(note.midi for note in song.lead[0].notes) for song in songs}) >= 10
    assert compose(3) == compose(3)


def test_swing_moves_off_beats_only() -> None:
    grid = grid_for(100, 60, 0.56)
    assert grid.swung(7) == pytest.approx(grid.at(7))
    assert grid.swung(7.5) - grid.at(7.5) == pytest.approx(0.06 * grid.beat_s)
    assert grid.at(0) == LEAD_IN_S


@pytest.mark.parametrize(
    ("text", "name"), [("am", "A minor"), ("Bb", "Bb major"), ("f# Minor", "F# minor"), ("Db major", "Db major")]
)
def test_keys_are_read_as_people_write_them(text: str, name: str) -> None:
    assert parse_key(text).name == name


@pytest.mark.parametrize("text", ["", "H major", "A blue", "A minor seven", "Cb#"])
def test_no_such_key(text: str) -> None:
    with pytest.raises(UsageError, match="no such key"):
        parse_key(text)


@pytest.mark.parametrize(("tempo_bpm", "seconds"), [(59, 75), (181, 75), (100, 19), (100, 601)])
def test_what_nobody_can_play_is_refused(tempo_bpm: float, seconds: float) -> None:
    with pytest.raises(UsageError):
        compose(1, tempo_bpm, None, seconds)


@pytest.mark.parametrize("seed", range(12))
def test_every_phrase_has_a_good_pass_but_the_one_that_is_punched_in(seed: int) -> None:
    score = compose(seed, seconds=20 + 5 * seed)
    mistakes = draw_mistakes(score)
    for phrase in range(len(score.lead)):
        good = [kinds[phrase] is None for kinds in mistakes.weak]
        assert any(good) != (phrase == mistakes.punch)
    assert len(set(mistakes.weak)) == len(mistakes.weak)
