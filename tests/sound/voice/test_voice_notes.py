"""What a voice alone tells, from pitch tracks whose truth is known."""

import numpy as np
import pytest

from controlroom.sound.pitch import PitchTrack
from controlroom.sound.voice.notes import (
    hardest_of,
    intonation_of,
    range_of,
    sung_notes,
    tessitura_of,
    top_of,
    vibrato_of,
)

HOP_S, CELL_S = 0.005, 0.1


def track_of(*notes: tuple[float, float], vibrato_cents: float = 0.0) -> PitchTrack:
    """Notes (MIDI, seconds) with pauses of 0.2 s between."""
    pieces = []
    for midi, length_s in notes:
        time = np.arange(0, length_s, HOP_S)
        cents = 100 * midi + vibrato_cents * np.sin(2 * np.pi * 5.5 * time)
        pieces += [440 * 2 ** ((cents - 6900) / 1200), np.zeros(round(0.2 / HOP_S))]
    f0_hz = np.concatenate(pieces)
    return PitchTrack(hop_s=HOP_S, f0_hz=f0_hz, strength=np.where(f0_hz > 0, 0.95, 0.0))


def notes_of(track: PitchTrack):
    return sung_notes(track, np.ones(int(len(track.f0_hz) * HOP_S / CELL_S) + 1, bool), CELL_S)


TUNE = [(60, 0.5), (64, 0.5), (67, 1.0), (65, 0.4), (72, 1.5), (60, 0.6), (67, 0.5), (72, 0.4)]


def test_the_range_ends_at_held_notes():
    notes = notes_of(track_of(*TUNE))
    assert range_of(notes, 0.0) == (6000.0, 7200.0)
    tessitura = tessitura_of(notes, 0.0)
    assert (tessitura.low_note, tessitura.median_note, tessitura.high_note) == ("C4", "G4", "C5")


def test_a_slip_of_the_tracker_is_no_note():
    slipped = [*TUNE[:3], (67 - 12, 0.15), (67 + 24, 0.12), *TUNE[3:]]
    assert range_of(notes_of(track_of(*slipped)), 0.0) == (6000.0, 7200.0)


def test_what_sounds_where_nobody_sings_is_no_note():
    track = track_of(*TUNE, (40, 2.0))
    singing = np.arange(int(len(track.f0_hz) * HOP_S / CELL_S) + 1) * CELL_S < len(track.f0_hz) * HOP_S - 2.2
    assert range_of(sung_notes(track, singing, CELL_S), 0.0) == (6000.0, 7200.0)


def test_the_top_note_is_counted_and_its_last_place_given():
    track = track_of(*TUNE)
    top = top_of(notes_of(track), 7200.0, 0.0)
    assert (top.note, top.times) == ("C5", 2)
    assert top.last_at_s == pytest.approx(len(track.f0_hz) * HOP_S - 0.6, abs=0.1)


def test_the_hardest_passage_is_the_high_long_one_after_the_leap():
    low = [(60, 0.4), (62, 0.4), (64, 0.4), (60, 0.5)] * 4
    pause = (0.0, 0.0)
    notes = notes_of(track_of(*low, (60, 0.5), (76, 2.0), pause))
    first = hardest_of(notes, 0.0)[0]
    assert first.note == "E5"
    assert "held for" in first.because
    assert "leap of 16 semitones" in first.because


def test_intonation_is_against_the_song_where_its_tuning_is_known():
    sharp = [(midi + 0.2, length_s) for midi, length_s in TUNE]
    against_song = intonation_of(notes_of(track_of(*sharp)), 440.0)
    assert against_song.median_cents == pytest.approx(20, abs=1)
    assert against_song.spread_cents < 2
    own = intonation_of(notes_of(track_of(*sharp)), None)
    assert own.median_cents is None
    assert own.own_tuning
    assert intonation_of(notes_of(track_of(*sharp[:3])), 440.0) is None


def test_vibrato_is_measured_on_long_notes_and_not_found_where_there_is_none():
    long_notes = [(60, 1.2), (64, 1.5), (67, 1.2), (62, 0.3)]
    track = track_of(*long_notes, vibrato_cents=40.0)
    vibrato = vibrato_of(track, notes_of(track))
    assert vibrato.rate_hz == pytest.approx(5.5, abs=0.1)
    assert vibrato.extent_cents == pytest.approx(40, abs=3)
    assert vibrato.share == 1.0
    straight = track_of(*long_notes)
    assert vibrato_of(straight, notes_of(straight)) is None


def test_a_singer_holds_notes_and_a_speaker_glides():
    from controlroom.sound.voice.notes import held_share

    time_s = np.arange(4000) * 0.005
    steady = np.ones(len(time_s))
    spoken = PitchTrack(hop_s=0.005, f0_hz=120 * 2 ** (0.4 * np.sin(2 * np.pi * 2.5 * time_s)), strength=steady)
    sung = PitchTrack(hop_s=0.005, f0_hz=220 * 2 ** (np.floor(2 * time_s) % 5 / 12), strength=steady)
    assert held_share(spoken) < 0.05
    assert held_share(sung) > 0.6
    assert held_share(PitchTrack(hop_s=0.005, f0_hz=0 * time_s, strength=steady)) == 0.0
