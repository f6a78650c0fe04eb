"""Edits of a real recording with known truth: every place must be found again, and nothing invented."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from controlroom.base.canonical import from_json, to_json
from controlroom.base.errors import Cancelled
from controlroom.sample.composition import Score, compose
from controlroom.sample.demo import telephone_demo
from controlroom.sound.files import AudioFile, Format, write
from controlroom.sound.resample import Resampled
from controlroom.sound.signal import Audio, in_memory
from controlroom.sound.versions import Alignment, Fingerprint, align, align_fingerprints, fingerprint

pytestmark = pytest.mark.recordings


def spliced(audio: Audio, *spans_s: tuple[float, float]) -> Audio:
    rate = audio.rate_hz
    pieces = [audio.samples[:, round(a * rate) : round(b * rate)] for a, b in spans_s]
    return Audio(np.concatenate(pieces, axis=1), rate)


def with_silence(audio: Audio, at_s: float, length_s: float) -> Audio:
    at, rate = round(at_s * audio.rate_hz), audio.rate_hz
    silence = np.zeros((audio.channels, round(length_s * rate)), np.float32)
    return Audio(np.concatenate([audio.samples[:, :at], silence, audio.samples[:, at:]], axis=1), rate)


def worst_ms(found: Alignment, truth: Callable[[float], float | None]) -> float:
    """Of notes every half second; a note that should be lost and is not (or the reverse) is an error of its own."""
    errors = [0.0]
    for old_s in np.arange(0.25, found.old_duration_s - 0.25, 0.5):
        wanted, given = truth(float(old_s)), found.new_time(float(old_s))
        assert (wanted is None) == (given is None), f"{old_s} s: {given}, should be {wanted}"
        if wanted is not None and given is not None:
            errors.append(1000 * abs(given - wanted))
    return max(errors)


def after_cut(start_s: float, end_s: float) -> Callable[[float], float | None]:
    return lambda old_s: old_s if old_s < start_s else None if old_s < end_s else old_s - (end_s - start_s)


def test_a_version_aligns_with_itself(band, band_print):
    found = align_fingerprints(band_print, band_print, band, band)
    assert found.kind == "same recording"
    assert found.confidence == 1.0
    assert worst_ms(found, lambda old_s: old_s) < 0.1


def test_a_master_of_a_shorter_intro(band, band_print, mastered):
    shorter = spliced(mastered, (7.3, 90.0))
    found = align_fingerprints(band_print, fingerprint(shorter), band, shorter)
    assert worst_ms(found, lambda old_s: None if old_s < 7.3 else old_s - 7.3) < 1.0
    assert found.new_time(7.0) is None
    assert found.cut_at(3.0) == pytest.approx(0.0, abs=0.001)


def test_the_fingerprints_alone_tell_it_to_a_few_milliseconds(band_print, mastered):
    found = align_fingerprints(band_print, fingerprint(spliced(mastered, (7.3, 90.0))))
    assert worst_ms(found, lambda old_s: None if old_s < 7.3 else old_s - 7.3) < 5.0


def test_four_seconds_put_in(band, band_print):
    longer = with_silence(band, 30.0, 4.0)
    found = align_fingerprints(band_print, fingerprint(longer), band, longer)
    assert worst_ms(found, lambda old_s: old_s if old_s < 30 else old_s + 4) < 1.0
    assert found.new_time(29.97) == pytest.approx(29.97, abs=0.001)
    assert found.new_time(30.03) == pytest.approx(34.03, abs=0.001)
    assert found.old_time(32.0) is None


def test_a_chorus_cut_out_of_the_master_and_sent_as_mp3(band, band_print, mastered, tmp_path):
    cut = spliced(mastered, (0.0, 40.0), (55.3, 90.0))
    write(tmp_path / "cut.mp3", cut, Format("mp3", bitrate_kbps=128))
    with AudioFile(tmp_path / "cut.mp3") as heard:
        found = align_fingerprints(band_print, fingerprint(heard), band, heard)
    assert worst_ms(found, after_cut(40.0, 55.3)) < 1.0
    assert len(found.stretches) == 2
    assert found.new_time(39.97) == pytest.approx(39.97, abs=0.001)
    assert found.new_time(55.33) == pytest.approx(40.03, abs=0.001)


def test_aac_at_another_rate_behind_silence(band, band_print, mastered, tmp_path):
    late = Audio(np.pad(mastered.samples, ((0, 0), (round(3.21 * mastered.rate_hz), 0))), mastered.rate_hz)
    write(tmp_path / "late.m4a", Resampled(late, 48000), Format("aac", bitrate_kbps=96))
    with AudioFile(tmp_path / "late.m4a") as heard:
        found = align_fingerprints(band_print, fingerprint(heard), band, heard)
    assert worst_ms(found, lambda old_s: old_s + 3.21) < 1.0


@pytest.mark.parametrize(
    ("change", "polarity"),
    [
        (lambda x: -x, -1),
        (lambda x: 0.05 * x.mean(axis=0, keepdims=True), 1),
        (lambda x: np.stack([x[0], -x[1]]), None),
        (lambda x: np.where(np.arange(x.shape[1]) % 40000 == 7, np.nan, x), 1),
    ],
    ids=["turned over", "mono and quiet", "one side turned over", "with NaN"],
)
def test_what_else_happens_to_files(band, band_print, change, polarity):
    other = Audio(change(band.samples), band.rate_hz)
    found = align_fingerprints(band_print, fingerprint(other), band, other)
    assert worst_ms(found, lambda old_s: old_s) < 5.0
    assert polarity in (None, found.polarity)


@pytest.mark.parametrize("faster", [1.04, 0.96, 1.005])
def test_a_tape_that_runs_at_another_speed(band_print, mastered, faster):
    rate_hz = round(mastered.rate_hz * faster)
    found = align_fingerprints(band_print, fingerprint(Audio(mastered.samples, rate_hz)))
    assert worst_ms(found, lambda old_s: old_s * mastered.rate_hz / rate_hz) < 10.0
    if abs(faster - 1) > 0.01:
        assert found.kind == "same song"
        assert found.semitones == pytest.approx(12 * np.log2(faster), abs=0.17)


def test_another_speed_and_a_cut(band_print, mastered):
    rate_hz = round(1.04 * mastered.rate_hz)
    cut = Audio(spliced(mastered, (0.0, 40.0), (55.3, 90.0)).samples, rate_hz)
    found = align_fingerprints(band_print, fingerprint(cut))
    slower = mastered.rate_hz / rate_hz
    for old_s in (1.0, 20.0, 39.0, 56.3, 80.0):
        wanted = after_cut(40.0, 55.3)(old_s)
        assert found.new_time(old_s) == pytest.approx(wanted * slower, abs=0.02)
    assert found.new_time(47.0) is None


def test_a_song_played_anew_at_another_tempo_and_key():
    old, new = (compose(1, bpm, key, 48.0 * 96 / bpm) for bpm, key in ((96.0, "G major"), (104.0, "A major")))
    found = align(*(Audio(telephone_demo(score), 48000) for score in (old, new)))
    assert found.kind == "same song"
    assert found.semitones == pytest.approx(2.0, abs=0.34)
    for beat in range(8, old.grid.beats - 8, 4):
        assert found.new_time(old.grid.at(beat)) == pytest.approx(new.grid.at(beat), abs=0.05)


def test_other_songs_are_refused(band_print, recordings):
    with AudioFile(recordings / "songs" / "caesium" / "Master.m4a") as file:
        other = fingerprint(file)
    sung = fingerprint(_demo(compose(2, 96.0, None, 40.0)))
    for one, two in ((band_print, other), (other, band_print), (band_print, sung), (sung, other)):
        found = align_fingerprints(one, two)
        assert not found.aligned
        assert found.kind == "none"
        assert "do not sound like" in found.why
        assert found.new_time(10.0) is None


def _demo(score: Score) -> Audio:
    return Audio(telephone_demo(score), 48000)


def test_other_songs_of_the_same_maker_tempo_and_form_are_refused():
    one, two = (fingerprint(_demo(compose(seed, 96.0, None, 40.0))) for seed in (1, 2))
    assert not align_fingerprints(one, two).aligned


def test_another_song_over_the_same_drums_is_refused():
    """Same drummer, same bars, other players: what moves is alike, what is played is not."""
    draw = np.random.default_rng(1)
    time_s = np.arange(40 * 48000) / 48000
    beats = [0.3 * draw.standard_normal(4800) * np.exp(-np.arange(4800) / 600) for _ in range(80)]
    drums = np.concatenate([np.pad(beat, (0, 24000 - 4800)) for beat in beats])
    songs = []
    for _ in range(2):
        notes_hz = 110 * 2 ** (draw.integers(0, 24, 40) / 12)
        tune = 0.05 * np.sin(2 * np.pi * np.cumsum(np.repeat(notes_hz, 48000)) / 48000)
        songs.append(Audio((drums + tune)[None, : len(time_s)], 48000))
    assert not align(*songs).aligned
    assert align(songs[0], Audio(0.1 * songs[0].samples, 48000)).kind == "same recording"


def test_what_is_kept_is_small_and_whole(band_print, mastered):
    kept = to_json(band_print)
    assert len(kept) < 100_000
    assert from_json(kept, Fingerprint) == band_print
    found = align_fingerprints(band_print, fingerprint(mastered))
    assert from_json(to_json(found), Alignment) == found


def test_blocks_of_any_size_give_the_same_fingerprint(band, band_print):
    class Slowly:
        rate_hz, channels, frames = band.rate_hz, band.channels, band.frames

        def read(self, start: int, frames: int) -> np.ndarray:
            return band.read(start, frames)

    assert fingerprint(Slowly()) == band_print


def test_it_can_be_stopped(band):
    def stop(done: float, total: float, what: str = "") -> None:
        raise Cancelled()

    with pytest.raises(Cancelled):
        fingerprint(in_memory(band), stop)
