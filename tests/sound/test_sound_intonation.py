"""Held notes and their distance from the semitone that is meant."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest
import soundfile

from controlroom.sound.intonation import held_notes, meant_cents, note_name, pitch_cents, scale_of, tuning_cents
from controlroom.sound.pitch import PitchTrack, track_pitch
from controlroom.sound.signal import Audio

HOP_S = 0.005


def track(*notes: tuple[float, float], vibrato_cents: float = 0.0) -> PitchTrack:
    """Notes (pitch in cents, length in s; pitch 0: a rest) one after the other."""
    times_s = np.arange(0, sum(length for _, length in notes), HOP_S)
    cents = np.concatenate([np.full(round(length / HOP_S), pitch) for pitch, length in notes])[: len(times_s)]
    wobble = vibrato_cents * np.sin(2 * np.pi * 5.5 * times_s)
    f0_hz = np.where(cents > 0, 440.0 * 2 ** ((cents + wobble - 6900) / 1200), 0.0)
    return PitchTrack(hop_s=HOP_S, f0_hz=f0_hz, strength=np.where(f0_hz > 0, 0.95, 0.0))


def test_each_note_is_found_at_its_place_and_pitch() -> None:
    notes = held_notes(track((6000, 0.5), (0, 0.2), (6200, 0.5), (6425, 0.6)))
    assert [round(note.pitch_cents) for note in notes] == [6000, 6200, 6425]
    assert notes[1].start_s == pytest.approx(0.7, abs=0.01)
    assert notes[2].end_s == pytest.approx(1.8, abs=0.01)


def test_vibrato_is_neither_out_of_tune_nor_unsteady() -> None:
    (note,) = held_notes(track((6000, 1.5), vibrato_cents=60))
    assert note.pitch_cents == pytest.approx(6000, abs=5)
    assert note.drift_cents < 12


def test_a_drifting_note_is_unsteady() -> None:
    sliding = track((6000, 1.0))
    falling = PitchTrack(
        hop_s=HOP_S, f0_hz=sliding.f0_hz * 2 ** (-np.linspace(0, 80, 200) / 1200), strength=sliding.strength
    )
    (note,) = held_notes(falling)
    assert note.drift_cents > 18


def test_glides_and_unvoiced_sounds_are_no_notes() -> None:
    glide = PitchTrack(hop_s=HOP_S, f0_hz=np.geomspace(200, 400, 100), strength=np.full(100, 0.9))
    assert held_notes(glide) == ()
    assert held_notes(PitchTrack(hop_s=HOP_S, f0_hz=np.full(100, 200.0), strength=np.full(100, 0.3))) == ()
    assert held_notes(PitchTrack(hop_s=HOP_S, f0_hz=np.zeros(0), strength=np.zeros(0))) == ()


def test_the_tuning_is_the_performances_own() -> None:
    notes = held_notes(track((6030, 0.5), (6230, 0.5), (6535, 0.5), (6025, 0.5)))
    assert tuning_cents(notes) == pytest.approx(30, abs=3)
    assert tuning_cents(()) == 0.0


def test_what_was_meant_follows_the_key_only_where_it_is_missed() -> None:
    c_major = scale_of("C major")
    assert meant_cents(6060, 0.0) == 6100
    assert meant_cents(6060, 0.0, c_major) == 6000  # a C, 60 cents sharp
    assert meant_cents(6105, 0.0, c_major) == 6100  # a clean C sharp is meant, key or not
    assert meant_cents(6060, 30.0, c_major) == 6030


def test_keys_and_names() -> None:
    assert scale_of("D major") == {2, 4, 6, 7, 9, 11, 1}
    assert scale_of("Bb minor") == {10, 0, 1, 3, 5, 6, 8, 9}
    assert scale_of(None) == frozenset()
    assert [note_name(float(cents)) for cents in pitch_cents(np.array([440.0, 261.6]))] == ["A4", "C4"]


@pytest.mark.recordings
def test_held_notes_of_a_singer_are_those_that_people_write_down(recordings: Path) -> None:
    samples, rate_hz = soundfile.read(recordings / "voice" / "vocadito_1.wav", dtype="float32")
    notes = held_notes(track_pitch(Audio(samples, rate_hz)))
    with (recordings / "voice" / "vocadito_1_notesA1.csv").open() as lines:
        written = [tuple(map(float, row)) for row in csv.reader(lines)]
    errors = []
    for onset_s, f0_hz, length_s in written:
        nearest = max(notes, key=lambda note: min(note.end_s, onset_s + length_s) - max(note.start_s, onset_s))
        if min(nearest.end_s, onset_s + length_s) - max(nearest.start_s, onset_s) > 0.05:
            errors.append(abs(nearest.pitch_cents - float(pitch_cents(np.array([f0_hz]))[0])))
    assert len(errors) > 0.6 * len(written)
    assert np.mean(np.array(errors) < 35) > 0.85
