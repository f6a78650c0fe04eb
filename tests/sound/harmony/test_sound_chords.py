"""Chords: every root and quality, on the beats, with their bass; no chord where nothing is one."""

import msgspec
import numpy as np
import pytest

from controlroom.sound.chroma import Chroma, chroma_of
from controlroom.sound.harmony import harmony_of, parsed_chord
from controlroom.sound.harmony.chords import decoded
from controlroom.sound.harmony.decoding import chances, likeliest
from controlroom.sound.harmony.emission import CHORDS
from controlroom.sound.harmony.names import QUALITIES, Key
from controlroom.sound.harmony.spans import spans_of
from controlroom.sound.signal import Audio

HOP_S = 0.1
RATE_HZ = 22050


def chroma(chords, chord_s=2.0, seed=0):
    """What the chords (Harte syntax, "N" for a pause) would look like: their notes, the bass, a little of the rest."""
    chance = np.random.default_rng(seed)
    frames = round(chord_s / HOP_S)
    treble = 0.2 * chance.random((len(chords) * frames, 12))
    bass = 0.1 * chance.random((len(chords) * frames, 12))
    for index, text in enumerate(chords):
        chord, place = parsed_chord(text), slice(index * frames, (index + 1) * frames)
        if chord is None:
            treble[place] = bass[place] = 0.0
            continue
        for tone in chord.tones:
            treble[place, tone] += 3.0
        bass[place, (chord.root + chord.bass) % 12] += 2.0
    return Chroma(hop_s=HOP_S, tuning_hz=440.0, tuning_confidence=0.9, treble=treble, bass=bass)


def played(*midi, chord_s=2.0):
    """Notes with overtones, struck together."""
    t = np.arange(round(chord_s * RATE_HZ)) / RATE_HZ
    rates_hz = [440.0 * 2 ** ((note - 69) / 12) for note in midi]
    waves = [np.sin(2 * np.pi * hz * k * t + k) / k for hz in rates_hz for k in range(1, 9)]
    return 0.05 * sum(waves) * np.exp(-1.5 * t)


@pytest.mark.parametrize("quality", QUALITIES)
def test_every_root_and_quality_is_told(quality):
    tones = QUALITIES[quality]
    sound = [
        played(36 + root, *(48 + root + tone for tone in tones), 60 + root + tones[-1]) for root in range(0, 12, 2)
    ]
    heard = harmony_of(chroma_of(Audio(np.concatenate(sound), RATE_HZ)), np.arange(0, 12, 0.5), np.arange(0, 12, 2.0))
    told = [parsed_chord(span.chord) for span in heard.chords]
    assert [(chord.root, chord.quality) for chord in told] == [(root, quality) for root in range(0, 12, 2)]
    assert [span.start_s for span in heard.chords] == pytest.approx(np.arange(0, 12, 2.0), abs=1e-3)


@pytest.mark.parametrize("wanted", ["C:maj/3", "G:7/b7", "A:min/5", "F:maj7/7", "D:min"])
def test_the_bass_is_told(wanted):
    assert harmony_of(chroma(["Eb:maj", wanted, "Bb:maj"])).chords[1].chord == wanted


def test_changes_lie_on_the_beats():
    beats_s = np.arange(0.3, 12.0, 0.6)
    heard = harmony_of(chroma(["C:maj", "A:min", "F:maj", "G:7"] * 2, chord_s=1.4), beats_s, beats_s[::4])
    for span in heard.chords[1:]:
        assert np.abs(beats_s - span.start_s).min() < 1e-3


def test_without_beats_chords_are_told_every_half_second():
    heard = harmony_of(chroma(["C:maj", "A:min", "F:maj", "G:7"])).chords
    assert [span.chord for span in heard] == ["C:maj", "A:min", "F:maj", "G:7"]
    assert [span.start_s for span in heard] == pytest.approx([0, 2, 4, 6], abs=0.26)


def test_a_pause_is_no_chord():
    heard = harmony_of(chroma(["C:maj", "G:maj", "N", "F:maj", "C:maj"])).chords
    assert [span.chord for span in heard] == ["C:maj", "G:maj", "N", "F:maj", "C:maj"]
    assert heard[2].roman is None


def test_where_most_fits_no_chord_that_is_said():
    def walled(wall_s):
        """Eight seconds of chords, then a wall of notes."""
        held, chance = chroma(["D:min", "G:maj", "C:maj", "A:min"]), np.random.default_rng(1)
        wall = 1.0 + 0.3 * chance.random((round(wall_s / HOP_S), 12))
        return msgspec.structs.replace(
            held, treble=np.concatenate([held.treble, wall]), bass=np.concatenate([held.bass, 0.1 * wall])
        )

    some, most = harmony_of(walled(4.0)), harmony_of(walled(40.0))
    assert "chords" not in {doubt.about for doubt in some.doubts}
    assert "chords" in {doubt.about for doubt in most.doubts}
    assert most.chords_confidence < some.chords_confidence
    assert (most.key_confidence or 0.0) < some.key_confidence


def test_spans_cover_everything_once():
    spans = spans_of(chroma(["C:maj"] * 4), [1.0, 1.5, 2.0, 4.0, 4.5], [1.0, 4.0])
    assert spans.edges_s[0] == 0
    assert spans.edges_s[-1] == pytest.approx(7.9)
    assert np.diff(spans.edges_s).min() > 0.3
    assert spans.on_beat.sum() == 5
    assert spans.on_downbeat.sum() == 2


def test_the_path_and_the_chances_agree_with_all_paths_tried():
    chance = np.random.default_rng(3)
    fit, change = chance.normal(size=(5, 3)), np.array([0.0, 1.0, 0.5, 2.0, 0.7])
    paths = np.array(np.meshgrid(*[range(3)] * 5, indexing="ij")).reshape(5, -1).T
    moved = paths[:, 1:] != paths[:, :-1]
    scores = fit[np.arange(5), paths].sum(axis=1) - moved @ change[1:]
    assert likeliest(fit, change).tolist() == paths[scores.argmax()].tolist()
    # A change may also lead back to the same state: its weight is added to that of staying.
    weights = np.exp(fit[np.arange(5), paths].sum(axis=1))
    weights *= np.prod(np.where(moved, np.exp(-change[1:]), 1 + np.exp(-change[1:])), axis=1)
    shares = np.array([[weights[paths[:, place] == state].sum() for state in range(3)] for place in range(5)])
    assert chances(fit, change) == pytest.approx(shares / weights.sum())


def test_noise_speaks_of_no_chords():
    noise = 0.1 * np.random.default_rng(0).standard_normal(22050 * 12)
    heard = harmony_of(chroma_of(Audio(noise, 22050)))
    assert heard.key is None
    assert heard.chords == ()
    assert {"key", "chords", "tuning"} <= {doubt.about for doubt in heard.doubts}


def test_a_confidence_is_a_chance():
    """Where the notes are less clear, fewer chords are right, and the confidence says so."""
    clear, blurred = chroma(["C:maj", "A:min", "D:min", "G:maj"] * 8), chroma(["C:maj", "A:min", "D:min", "G:maj"] * 8)
    blurred.treble[:] += 4 * np.random.default_rng(1).random(blurred.treble.shape)
    blurred.treble[:] += 3 * np.roll(blurred.treble, 3, axis=1)
    shares = []
    for each in (clear, blurred):
        path, likely = decoded(spans_of(each, (), ()))
        shares.append(likely[np.arange(len(path)), path].mean())
    assert shares[0] > 0.9
    assert shares[1] < 0.8


def test_names_go_there_and_back():
    for chord in CHORDS:
        for key in (Key(5, False), Key(4, True)):
            assert parsed_chord(chord.harte(key)) == chord
    assert parsed_chord("N") is None
