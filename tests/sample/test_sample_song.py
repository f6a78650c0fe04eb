"""The session on disk: what the truth says is what can be measured, and a song is there whole or not at all."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import msgspec
import numpy as np
import numpy.typing as npt
import pytest

from controlroom.base.errors import Cancelled, UsageError
from controlroom.base.files import sha256_of
from controlroom.sample import Truth, make_sample_song
from controlroom.sample.composition import compose
from controlroom.sample.composition.melody import VOICES
from controlroom.sample.instruments.drum_room import MICS, delay_s
from controlroom.sample.instruments.tone import coloured
from controlroom.sample.mistakes import draw_mistakes
from controlroom.sample.singers import lead_pass
from controlroom.sample.truth import SCHEMA
from controlroom.sound.correlation import best_delay
from controlroom.sound.files import probe
from controlroom.sound.filters import Band
from controlroom.sound.levels import levels_of
from controlroom.sound.onsets import onsets_of
from controlroom.sound.pitch import track_pitch
from controlroom.sound.signal import Audio

RATE_HZ = 48000
Row = npt.NDArray[np.float32]
Song = tuple[Path, Truth]
Listen = Callable[[str], Row]


def faults(truth: Truth, kind: str, name: str) -> list[tuple[float, float, float]]:
    """(start_s, end_s, amount) of the faults of a kind in a file."""
    found = [fault for fault in truth.faults if fault.kind == kind and Path(fault.file).stem == name]
    return [(fault.start_s, fault.end_s, fault.amount or 0.0) for fault in found]


def hits(truth: Truth, *midi: int) -> list[float]:
    return [note.start_s for note in truth.notes if note.part == "drums" and note.midi in midi]


def at(seconds: float) -> int:
    return round(seconds * RATE_HZ)


def test_the_folder_is_a_song_folder(song: Song) -> None:
    folder, truth = song
    sheet = tomllib.loads((folder / "song.toml").read_text())
    assert sheet["title"] == truth.title
    assert sheet["key"] == truth.key
    assert sheet["tempo_bpm"] == truth.tempo_map[0].bpm
    for of in ("work", "recording"):
        assert sum(Fraction(split["share"]) for split in sheet["splits"] if split["of"] == of) == 1
    written = msgspec.json.decode((folder / "truth.json").read_bytes(), type=Truth)
    assert written == truth
    assert truth.to_json()["key"] == truth.key
    on_disk = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    assert on_disk == {file.file for file in truth.files} | {"song.toml", "truth.json"}


def test_raw_files_are_as_a_studio_leaves_them(song: Song) -> None:
    folder, truth = song
    for file in truth.files:
        info = probe(folder / file.file)
        if file.part == "demo":
            assert info.codec == "aac"
            continue
        assert (info.codec, info.rate_hz, info.channels) == ("pcm_s24", RATE_HZ, 1)
        assert info.time_reference == round((3600 + file.start_s) * RATE_HZ)
        if file.pass_name != "punch":
            assert info.frames == at(truth.duration_s)


def test_levels_are_those_of_recordings(song: Song, listen: Listen) -> None:
    for file in song[1].files:
        if file.part == "demo" or file.file.endswith(("Lead Vox_02.wav", "Gtr 1_01.wav")):
            continue  # those two hold the clipped word and the click
        levels = levels_of(Audio(listen(Path(file.file).stem), RATE_HZ))
        assert -20 < (levels.peak_db or 0) < -5, file.file
        assert abs(levels.dc[0]) < 1e-4, file.file
        assert levels.clipped_frames == (0,), file.file
        assert levels.clicks == (), file.file
        assert levels.dropouts == (), file.file


def test_a_quiet_room_is_heard_before_the_first_note(listen: Listen) -> None:
    for name in ("Snare Top_01", "OH L_02", "Lead Vox_01", "Electric Gtr 2_01"):
        before = listen(name)[at(0.1) : at(0.8)]
        assert -75 < 20 * np.log10(np.std(before)) < -60, name


def test_beats_lie_on_the_tempo_map(song: Song) -> None:
    truth = song[1]
    mark = truth.tempo_map[0]
    assert truth.beats_s[0] == mark.time_s
    assert np.allclose(np.diff(truth.beats_s), 60 / mark.bpm)
    assert truth.downbeats_s == truth.beats_s[::4]
    for spans in (truth.chords, truth.sections):
        assert spans[0].start_s == mark.time_s
        assert spans[-1].end_s == truth.duration_s
        assert all(one.end_s == other.start_s for one, other in pairwise(spans))


@pytest.mark.parametrize("drum_pass", ["01", "02"])
def test_the_drummer_plays_what_is_written_but_for_the_slips(song: Song, listen: Listen, drum_pass: str) -> None:
    truth = song[1]
    slips = faults(truth, "timing", f"Snare Top_{drum_pass}")
    assert len(slips) >= 2
    for name, midi in (("Kick In", (36,)), ("Snare Top", (37, 38))):
        heard = onsets_of(Audio(listen(f"{name}_{drum_pass}"), RATE_HZ)).times_s
        late_ms = {hit: 1000 * (heard[np.argmin(np.abs(heard - hit))] - hit) for hit in hits(truth, *midi)}
        slipped = {
            hit: next((amount for start, _, amount in slips if abs(start - min(amount / 1000, 0) - hit) < 1e-6), 0)
            for hit in late_ms
        }
        off = np.array([late_ms[hit] - slipped[hit] for hit in late_ms])
        assert np.median(np.abs(off)) < 4
        assert np.mean(np.abs(off) < 12) > 0.85
        for hit in (hit for hit in late_ms if slipped[hit] and name == "Snare Top"):
            assert late_ms[hit] == pytest.approx(slipped[hit], abs=6)


def test_the_two_drum_passes_slip_at_different_places(song: Song) -> None:
    one, other = (
        {round(start, 1) for start, _, _ in faults(song[1], "timing", f"Snare Top_{n}")} for n in ("01", "02")
    )
    assert not one & other


@pytest.mark.parametrize("name", ["Lead Vox_01", "Lead Vox_02", "Lead Vox_03", "Lead Vox_punch"])
def test_good_phrases_are_in_tune_and_weak_notes_off_by_what_the_truth_says(
    song: Song, listen: Listen, name: str
) -> None:
    truth = song[1]
    start_s = next(file.start_s for file in truth.files if Path(file.file).stem == name)
    track = track_pitch(Audio(listen(name), RATE_HZ), 90, 900)
    times = track.times_s + start_s
    wrong = {(start, end): cents for start, end, cents in faults(truth, "pitch", name)}
    checked = 0
    for phrase in (phrase for phrase in truth.phrases if Path(phrase.file).stem == name and phrase.weak != "thin"):
        late = next((amount / 1000 for start, _, amount in faults(truth, "timing", name) if start == phrase.start_s), 0)
        for note in (note for note in truth.notes if note.part == "lead vocal"):
            start, end = note.start_s + late, note.end_s + late
            if start < phrase.start_s - 1e-6 or end > phrase.end_s + 1e-6 or end - start < 0.2:
                continue
            inside = (times > start + 0.1) & (times < end - 0.06) & (track.f0_hz > 0)
            cents = 1200 * np.log2(np.median(track.f0_hz[inside]) / 440) + 6900 - 100 * note.midi
            assert cents == pytest.approx(wrong.get((note.start_s, note.end_s), 0.0), abs=20)
            checked += 1
    assert checked or all(phrase.weak == "thin" for phrase in truth.phrases if Path(phrase.file).stem == name)


def test_every_pass_has_other_weak_phrases(song: Song) -> None:
    truth = song[1]
    weak = {
        name: tuple(phrase.weak for phrase in truth.phrases if Path(phrase.file).stem == name)
        for name in ("Lead Vox_01", "Lead Vox_02", "Lead Vox_03")
    }
    assert len(set(weak.values())) == 3
    never_good = [column for column in zip(*weak.values(), strict=True) if None not in column]
    assert len(never_good) == 1  # that is what the punch-in is for


def test_late_phrases_are_late(song: Song, listen: Listen) -> None:
    """A late phrase begins later in its pass than the same phrase in a good pass."""
    truth = song[1]
    lead = [phrase for phrase in truth.phrases if "Lead Vox" in phrase.file]
    late = [phrase for phrase in lead if phrase.weak == "late"]
    assert late
    for phrase in late:
        shift = next(f.amount for f in truth.faults if f.file == phrase.file and f.start_s == phrase.start_s) or 0.0
        assert 80 <= shift <= 130
        good = next(
            other for other in lead if other.weak is None and abs(other.start_s + shift / 1000 - phrase.start_s) < 1e-6
        )
        envelopes = []
        for one in (phrase, good):
            offset = next(file.start_s for file in truth.files if file.file == one.file)
            row = listen(Path(one.file).stem)[at(good.start_s - 0.1 - offset) : at(good.end_s + 0.3 - offset)]
            power = np.convolve(row**2, np.ones(480) / 480, mode="same")[::48]  # one figure a millisecond
            envelopes.append(np.log10(power + 1e-5) - np.log10(power + 1e-5).mean())
        meeting = np.correlate(envelopes[0], envelopes[1], mode="full")
        assert np.argmax(meeting) - (len(envelopes[1]) - 1) == pytest.approx(shift, abs=35)


def test_the_clipped_word_is_cut_flat_and_nothing_else_is(song: Song, listen: Listen) -> None:
    ((start, end, _),) = faults(song[1], "clipped", "Lead Vox_02")
    levels = levels_of(Audio(listen("Lead Vox_02"), RATE_HZ))
    assert levels.clipped_frames[0] > 50
    assert all(start - 0.1 < span.start_s and span.end_s < end + 0.1 for span in levels.clipped)


@pytest.mark.parametrize("seed", [2, 5, 9])
def test_the_clipped_word_is_a_vowel_cut_flat_in_any_song(seed: int) -> None:
    score = compose(seed, seconds=20)
    mistakes = draw_mistakes(score)
    levels = levels_of(Audio(lead_pass(score, mistakes, mistakes.clipped_pass), RATE_HZ))
    assert levels.clipped_frames[0] > 50
    assert levels.clicks == ()


def test_the_click_is_where_the_truth_says(song: Song, listen: Listen) -> None:
    ((start, _, _),) = faults(song[1], "click", "Electric Gtr 1_01")
    levels = levels_of(Audio(listen("Electric Gtr 1_01"), RATE_HZ))
    assert [click.at_s for click in levels.clicks] == [pytest.approx(start, abs=0.001)]


def test_the_bass_hums_on_its_di_only(song: Song, listen: Listen) -> None:
    ((_, _, level),) = faults(song[1], "hum", "Bass DI_01")
    direct, amp = (levels_of(Audio(listen(name), RATE_HZ)).hum for name in ("Bass DI_01", "Bass Amp_01"))
    assert amp is None
    assert direct is not None
    assert direct.level_db == pytest.approx(level, abs=3)


def test_the_late_bass_note_is_late(song: Song, listen: Listen) -> None:
    ((start, _, shift),) = faults(song[1], "timing", "Bass DI_01")
    finger = coloured(listen("Bass DI_01"), [Band("highpass", 900.0)] * 2)  # where its attack is sharp
    heard = onsets_of(Audio(finger, RATE_HZ)).times_s
    assert 1000 * (heard[np.argmin(np.abs(heard - start - shift / 1000))] - start) == pytest.approx(shift, abs=8)


@pytest.mark.parametrize("drum_pass", ["01", "02"])
def test_the_tom_is_cross_wired(song: Song, listen: Listen, drum_pass: str) -> None:
    """Around tom strokes its microphone moves against the overheads, at the natural delay."""
    truth = song[1]
    tom, left = listen(f"Tom_{drum_pass}"), listen(f"OH L_{drum_pass}")
    mics = {mic.name: mic for mic in MICS}
    for midi, drum in ((48, "rack tom"), (43, "floor tom")):
        found = []
        for hit in hits(truth, midi)[:6]:
            part = slice(at(hit - 0.005), at(hit + 0.1))
            found.append(best_delay(tom[part], left[part], RATE_HZ, 6.0))
        natural_ms = 1000 * (delay_s(drum, mics["OH L"]) - delay_s(drum, mics["Tom"]))
        assert all(delay.polarity == -1 for delay in found)
        assert np.median([1000 * delay.frames / RATE_HZ for delay in found]) == pytest.approx(natural_ms, abs=0.3)


def test_the_right_overhead_is_late_in_the_first_pass_only(song: Song, listen: Listen) -> None:
    ((_, _, extra_ms),) = faults(song[1], "delay", "OH R_01")
    for drum_pass, expected in (("01", extra_ms), ("02", 0.0)):
        delay = best_delay(listen(f"OH L_{drum_pass}"), listen(f"OH R_{drum_pass}"), RATE_HZ, 5.0)
        assert 1000 * delay.frames / RATE_HZ == pytest.approx(expected, abs=0.05)
        assert delay.polarity == 1


def test_natural_opposite_phase_of_the_snare_is_no_fault(song: Song, listen: Listen) -> None:
    assert not any("Snare Bottom" in fault.file for fault in song[1].faults)
    delay = best_delay(listen("Snare Top_02"), listen("Snare Bottom_02"), RATE_HZ, 2.0)
    assert delay.polarity == -1


def test_the_demo_sounds_like_a_telephone(song: Song, listen: Listen) -> None:
    row = listen("phone demo")
    assert abs(row.size - at(song[1].duration_s)) < 2
    power = np.abs(np.fft.rfft(row)) ** 2
    hz = np.fft.rfftfreq(row.size, 1 / RATE_HZ)
    middle = power[(hz > 250) & (hz < 4000)].sum()
    assert power[hz < 100].sum() < 1e-3 * middle
    assert power[hz > 11000].sum() < 1e-3 * middle


def test_choruses_are_louder_than_verses(song: Song, listen: Listen) -> None:
    together = sum(listen(name) for name in ("OH L_02", "Bass Amp_01", "Electric Gtr 2_01", "Keys L_01", "BV High_01"))
    rms = {}
    for section in song[1].sections:
        part = together[at(section.start_s) : at(section.end_s)]
        rms.setdefault(section.label, []).append(20 * np.log10(np.std(part)))
    assert min(rms["chorus"]) > max(rms["verse"]) + 2


def test_the_sum_has_the_tilt_of_music(listen: Listen) -> None:
    """Power density falls by 3 to 7 dB an octave from 80 Hz to 10 kHz, and no third octave stands out by 9 dB."""
    drums = {"Kick In_02": 0, "Snare Top_02": -2, "OH L_02": 0, "OH R_02": 0}
    band = {"Bass Amp_01": -3, "Electric Gtr 1_01": -6, "Electric Gtr 2_01": -12, "Keys L_01": -5, "Keys R_01": -5}
    names = {**drums, **band, "Lead Vox_01": 1, "BV High_01": -7, "BV Low_01": -7}
    together = sum(listen(name) * np.float32(10 ** (db / 20)) for name, db in names.items())
    power = np.abs(np.fft.rfft(together)) ** 2
    hz = np.fft.rfftfreq(together.size, 1 / RATE_HZ)
    centres = 1000 * 2 ** (np.arange(-11, 11) / 3)
    bands = np.array([power[(hz >= c / 2 ** (1 / 6)) & (hz < c * 2 ** (1 / 6))].mean() for c in centres])
    level_db, octaves = 10 * np.log10(bands), np.log2(centres)
    slope, offset = np.polyfit(octaves, level_db, 1)
    assert -7 < slope < -3
    assert np.max(level_db - (slope * octaves + offset)) < 9


@pytest.mark.parametrize(("tempo_bpm", "key"), [(60, "F# minor"), (180, "Bb major"), (140, "D minor")])
def test_any_tempo_and_key_can_be_recorded(tmp_path: Path, tempo_bpm: float, key: str) -> None:
    truth = make_sample_song(tmp_path / "song", seed=7, tempo_bpm=tempo_bpm, key=key, seconds=20)
    assert truth.key == key
    assert truth.tempo_map[0].bpm == tempo_bpm
    assert len(truth.files) == 25
    sung_notes = [note.midi for note in truth.notes if note.part == "lead vocal"]
    assert min(voice.lowest for voice in VOICES) <= min(sung_notes)
    assert max(sung_notes) <= max(voice.highest for voice in VOICES)


def test_same_seed_same_files_bit_by_bit(tmp_path: Path) -> None:
    folders = [tmp_path / name for name in ("one", "other")]
    for folder in folders:
        make_sample_song(folder, seed=5, seconds=20)
    one, other = (
        {path.relative_to(folder): sha256_of(path) for path in folder.rglob("*") if path.is_file()}
        for folder in folders
    )
    assert one == other


def test_a_cancelled_session_leaves_nothing(tmp_path: Path) -> None:
    def stop(done: float, total: float, what: str = "") -> None:
        if done >= 3:
            raise Cancelled

    with pytest.raises(Cancelled):
        make_sample_song(tmp_path / "song", seconds=20, progress=stop)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_with_something_in_it_is_refused(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(UsageError, match="something in it"):
        make_sample_song(tmp_path, seconds=20)
    with pytest.raises(UsageError, match="not a sample song"):
        make_sample_song(tmp_path, seconds=20, force=True)
    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]


def test_force_replaces_a_sample_song(tmp_path: Path) -> None:
    folder = tmp_path / "song"
    folder.mkdir()
    (folder / "truth.json").write_text(f'{{"schema": "{SCHEMA}"}}')
    (folder / "old.wav").write_bytes(b"old")
    truth = make_sample_song(folder, seed=3, seconds=20, force=True)
    assert msgspec.json.decode((folder / "truth.json").read_bytes(), type=Truth) == truth
    assert not (folder / "old.wav").exists()
    assert [path.name for path in tmp_path.iterdir()] == ["song"]
