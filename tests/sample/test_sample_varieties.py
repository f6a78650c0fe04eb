"""Other metres, feels, tunings, keys and forms: what is written is right, and the truth says it exactly."""

from __future__ import annotations

import zlib
from itertools import pairwise
from pathlib import Path

import msgspec
import numpy as np
import pytest

from controlroom.base.errors import UsageError
from controlroom.sample import Truth, make_sample_song, rough_mix
from controlroom.sample.composition import Score, Wishes, compose
from controlroom.sample.composition.harmony import parse_key
from controlroom.sample.composition.melody import VOICES
from controlroom.sample.facts import truth_on_paper
from controlroom.sample.mistakes import draw_mistakes

PAIRS = ("4/4,3/4", "4/4,6/8", "3/4,4/4", "6/8,4/4")
FEELS = ("human", "drifting", "step")
DIGESTS = ((1, 1104720444), (2, 1406111299), (3, 2331424311), (5, 2357908720), (7, 255844024))


def onsets_s(truth: Truth, *midi: int) -> np.ndarray:
    return np.array([note.start_s for note in truth.notes if note.part == "drums" and note.midi in midi])


@pytest.mark.parametrize("meter", ["3/4", "6/8"])
@pytest.mark.parametrize("seed", range(5))
def test_other_metres_can_be_recorded_at_any_length(meter: str, seed: int) -> None:
    seconds = 20 + 30 * seed
    score = compose(seed, None, None, seconds, meter=meter)
    truth = truth_on_paper(score)
    draw_mistakes(score)
    per_bar = {"3/4": 3, "6/8": 2}[meter]
    assert (truth.meter, truth.duration_s) == (meter, seconds)
    assert [span.meter for span in truth.meters] == [meter]
    assert truth.downbeats_s == truth.beats_s[::per_bar]
    assert truth.beats_s[-1] <= seconds - 2.9


@pytest.mark.parametrize(("meter", "per_beat"), [("3/4", 2), ("6/8", 3)])
@pytest.mark.parametrize("seed", range(4))
def test_the_band_plays_the_metre_it_is_in(meter: str, per_beat: int, seed: int) -> None:
    """The bass begins every bar, and stays on eighths (two to a quarter, three to a dotted one)."""
    score = compose(seed, 90.0, None, 60, meter=meter)
    truth = truth_on_paper(score)
    bass_s = np.array([note.start_s for note in score.bass])
    assert all(np.min(np.abs(bass_s - downbeat_s)) < 1e-6 for downbeat_s in truth.downbeats_s)
    beats = np.interp(bass_s, truth.beats_s, np.arange(len(truth.beats_s)))
    late = np.abs(beats * per_beat - np.round(beats * per_beat))
    assert late.max() < (1e-6 if meter == "6/8" else 0.15)  # quarters swing lightly
    kicks = onsets_s(truth, 36)
    assert np.mean([np.min(np.abs(kicks - downbeat_s)) < 1e-6 for downbeat_s in truth.downbeats_s]) > 0.7


@pytest.mark.parametrize("meter", PAIRS)
@pytest.mark.parametrize("seed", range(3))
def test_a_bridge_in_another_metre(meter: str, seed: int) -> None:
    home, other = meter.split(",")
    truth = truth_on_paper(compose(seed, 90.0, None, 90, meter=meter))
    bridge = next(section for section in truth.sections if section.label == "bridge")
    assert [span.meter for span in truth.meters] == [home, other, home]
    assert (truth.meters[1].start_s, truth.meters[1].end_s) == (bridge.start_s, bridge.end_s)
    per_bar = {"4/4": 4, "3/4": 3, "6/8": 2}
    for span in truth.meters:
        bars = [at for at, beat_s in enumerate(truth.beats_s) if beat_s in truth.downbeats_s]
        inside = [b - a for a, b in pairwise(bars) if span.start_s <= truth.beats_s[a] < span.end_s]
        assert inside
        assert set(inside[:-1]) == {per_bar[span.meter]}


@pytest.mark.parametrize("feel", FEELS)
@pytest.mark.parametrize("seed", range(4))
def test_beats_come_as_they_are_felt_and_the_tempo_map_says_so(feel: str, seed: int) -> None:
    score = compose(seed, 100.0, None, 75, feel=feel)
    truth = truth_on_paper(score)
    tempi = 60 / np.diff(truth.beats_s)
    far = np.abs(tempi / 100 - 1).max()
    assert {"human": 0.018, "drifting": 0.025, "step": 0.02}[feel] < far < {"human": 0.035}.get(feel, 0.09)
    marks = {mark.time_s: mark.bpm for mark in truth.tempo_map}
    bpm = 0.0
    for beat_s, tempo in zip(truth.beats_s, tempi, strict=False):
        bpm = marks.get(beat_s, bpm)
        assert bpm == pytest.approx(tempo, abs=1e-6)
    assert truth.beats_s[-1] == pytest.approx(truth_on_paper(compose(seed, 100.0, None, 75)).beats_s[-1])
    downbeats = np.array(truth.downbeats_s)
    bass_s = np.array([note.start_s for note in score.bass])
    assert np.mean([np.min(np.abs(bass_s - at_s)) < 1e-6 for at_s in downbeats]) > 0.9


def test_drifting_is_faster_at_the_end_and_a_step_is_one_step() -> None:
    drifting, step = (truth_on_paper(compose(3, 100.0, None, 75, feel=feel)) for feel in ("drifting", "step"))
    tempi = 60 / np.diff(drifting.beats_s)
    assert 1.05 < tempi[-8:].mean() / tempi[:8].mean() < 1.13
    assert len(step.tempo_map) == 2
    assert step.tempo_map[1].time_s in [section.start_s for section in step.sections[1:]]


@pytest.mark.parametrize("style", ["plain", "varied"])
def test_the_last_chorus_is_a_tone_higher(style: str) -> None:
    plain, up = (compose(4, None, "E minor", 90, style=style, modulate=by) for by in (0, 2))
    truth = truth_on_paper(up)
    chorus = [section for section in truth.sections if section.label == "chorus"][-1]
    assert [span.key for span in truth.keys] == ["E minor", "F# minor"]
    assert truth.keys[1].start_s == chorus.start_s
    assert truth.keys[1].end_s == truth.duration_s
    for before, after in zip(plain.chords, up.chords, strict=True):
        assert (after.chord.root - before.chord.root) % 12 == (2 if before.start_s >= chorus.start_s else 0)
    for old, new in zip(plain.lead, up.lead, strict=True):
        moved = {(b.midi - a.midi) % 12 for a, b in zip(old.notes, new.notes, strict=True)}
        assert moved == ({2} if old.start_s >= chorus.start_s - 0.1 else {0})


def test_a_song_without_wishes_stays_in_its_key() -> None:
    truth = truth_on_paper(compose(1))
    assert [(span.start_s, span.end_s) for span in truth.keys] == [(truth.beats_s[0], truth.duration_s)]
    assert truth.tuning_hz == 440.0


@pytest.mark.parametrize("a4_hz", [415.0, 432.0, 466.0])
def test_the_whole_band_is_tuned_to_its_a(a4_hz: float) -> None:
    """Long piano and guitar notes without voice and drums: their spectrum lies on the tuning's semitones."""
    audio, truth = rough_mix(2, seconds=20, drums=False, voice=False, tuning_hz=a4_hz)
    assert truth.tuning_hz == a4_hz
    size = 1 << 16
    row = audio.samples.sum(axis=0)
    parts = [row[begin : begin + size] for begin in range(0, row.size - size, size // 2)]
    power = (np.abs(np.fft.rfft(np.array(parts) * np.hanning(size))) ** 2).sum(axis=0)
    hz = np.fft.rfftfreq(size, 1 / audio.rate_hz)
    peaks = np.flatnonzero((power[1:-1] > power[:-2]) & (power[1:-1] > power[2:])) + 1
    peaks = peaks[(hz[peaks] > 200) & (hz[peaks] < 1200)]
    semitones = 12 * np.log2(hz[peaks] / a4_hz)
    away = np.angle(np.sum(power[peaks] * np.exp(2j * np.pi * semitones))) / (2 * np.pi)
    assert abs(100 * away) < 6  # cents


def labels(score: Score) -> list[str]:
    return [section.label for section in score.sections]


@pytest.mark.parametrize("seed", range(12))
def test_varied_songs_have_forms_as_songs_have(seed: int) -> None:
    score = compose(seed, seconds=180 + 5 * seed, style="varied")
    found = labels(score)
    assert (found[0], found[-1]) == ("intro", "outro")
    assert found.count("chorus") >= 2
    assert found.count("verse") >= 2
    assert found.index("verse") < found.index("chorus")
    assert abs(score.duration_s - (180 + 5 * seed)) < 0.08 * score.duration_s
    assert sum(section.length for section in score.sections) == score.grid.measures
    for label in ("verse", "chorus"):
        lengths_s = [s.length for s in score.sections if s.label == label]
        assert 10 < lengths_s[0] * score.grid.beats_per_measure * score.grid.beat_s < 45


def test_seeds_differ_in_form_groove_tempo_and_harmony() -> None:
    songs = [compose(seed, seconds=150, style="varied") for seed in range(24)]
    assert len({tuple(labels(song)) for song in songs}) >= 14
    assert {"pre-chorus", "bridge", "break", "instrumental"} <= {label for song in songs for label in labels(song)}
    tempi = [song.grid.tempo_bpm for song in songs]
    assert min(tempi) < 85
    assert max(tempi) > 135
    qualities = {span.chord.quality for song in songs for span in song.chords}
    assert {"maj", "min", "7", "maj7", "min7", "dim", "sus2", "sus4"} == qualities
    assert any(song.grid.swing > 0.6 for song in songs)
    half_time = sum(
        not any(abs((hit.at_s - 1.0) / song.grid.beat_s % 4 - 1) < 0.05 for hit in song.drums if hit.drum == "snare")
        for song in songs
    )
    assert 1 <= half_time <= 16


@pytest.mark.parametrize("seed", range(10))
def test_varied_tunes_can_be_sung_and_played_with_mistakes(seed: int) -> None:
    score = compose(seed, seconds=100, style="varied", meter=("4/4", "3/4", "6/8", *PAIRS)[seed % 7])
    voice = next(voice for voice in VOICES if voice.name == score.voice)
    for phrase in score.lead:
        assert min(note.midi for note in phrase.notes) >= voice.lowest
        assert max(note.midi for note in phrase.notes) <= voice.highest
    for one, other in pairwise(score.lead):
        assert other.start_s - one.end_s > 0.2  # time to breathe
    draw_mistakes(score)


def test_chords_are_spelled_as_a_musician_would() -> None:
    c, a_minor, d_minor = (parse_key(name) for name in ("C major", "A minor", "D minor"))
    assert [c.chord(numeral).name for numeral in ("bVII", "bVI", "iv", "V/V", "V/vi")] == [
        "Bb:maj", "Ab:maj", "F:min", "D:7", "E:7",
    ]  # fmt: skip
    assert [a_minor.chord(numeral).name for numeral in ("V7", "vii0", "bII")] == ["E:7", "G#:dim", "Bb:maj"]
    assert d_minor.chord("vii0").name == "C#:dim"


@pytest.mark.parametrize(
    "wishes",
    [{"meter": "5/4"}, {"meter": "4/4,3/4,6/8"}, {"feel": "drunk"}, {"style": "polka"}, {"tuning_hz": 500.0}],
)
def test_what_nobody_knows_is_refused(wishes: dict[str, object]) -> None:
    with pytest.raises(UsageError):
        compose(1, **wishes)  # type: ignore[arg-type]


def test_six_eight_is_not_played_too_fast() -> None:
    with pytest.raises(UsageError, match="40 to 110"):
        compose(1, 140.0, None, 60, meter="6/8")


def written(score: Score) -> str:
    """The score as text, times in milliseconds."""
    sung = [note for phrase in (*score.lead, *score.high, *score.low) for note in phrase.notes]
    parts = (score.bass, score.arpeggio, score.strum, score.keys, sung)
    lines = (
        score.title,
        score.key.name,
        f"{score.grid.tempo_bpm:g}",
        " ".join(f"{section.label}{section.length}" for section in score.sections),
        " ".join(span.chord.name for span in score.chords),
        *(" ".join(f"{note.midi}@{1000 * note.start_s:.0f}" for note in part) for part in parts),
        " ".join(f"{hit.drum}@{1000 * hit.at_s:.0f}" for hit in score.drums),
        " ".join(phrase.words for phrase in score.lead),
    )
    return "\n".join(lines)


@pytest.mark.parametrize(("seed", "digest"), DIGESTS)
def test_songs_without_wishes_stay_what_they_were(seed: int, digest: int) -> None:
    assert zlib.crc32(written(compose(seed, seconds=60)).encode()) == digest


def test_a_song_with_every_wish_can_be_recorded(tmp_path: Path) -> None:
    wishes: Wishes = {"meter": "6/8", "feel": "human", "tuning_hz": 432.0, "modulate": 2, "style": "varied"}
    truth = make_sample_song(tmp_path / "song", seed=6, seconds=20, **wishes)
    assert msgspec.json.decode((tmp_path / "song" / "truth.json").read_bytes(), type=Truth) == truth
    assert truth.phrases
    assert truth.faults
    assert 'meter = "6/8"' in (tmp_path / "song" / "song.toml").read_text()
