"""Keys: all twenty-four, in modes without a dominant, modulating; doubts where an ear has them too."""

import itertools

import numpy as np
import pytest

from controlroom.sound.chroma import Chroma, chroma_of
from controlroom.sound.files import AudioFile
from controlroom.sound.harmony import Key, harmony_of, parsed_key
from controlroom.sound.harmony.names import FLATS
from controlroom.sound.signal import Audio

HOP_S, CHORD_S = 0.1, 2.0
THIRDS = {"maj": (0, 4, 7), "min": (0, 3, 7), "7": (0, 4, 7, 10)}


def chroma(*chords, seed=0):
    """Chords as (root, quality) that last two seconds each."""
    chance = np.random.default_rng(seed)
    frames = round(CHORD_S / HOP_S)
    treble, bass = (0.2 * chance.random((len(chords) * frames, 12)) for _ in range(2))
    for index, (root, quality) in enumerate(chords):
        place = slice(index * frames, (index + 1) * frames)
        for tone in THIRDS[quality]:
            treble[place, (root + tone) % 12] += 3.0
        bass[place, root % 12] += 2.0
    return Chroma(hop_s=HOP_S, tuning_hz=440.0, tuning_confidence=0.9, treble=treble, bass=bass)


def loop(tonic, *degrees, times=4, home="maj"):
    """A loop of (degree, quality), played `times`, and home."""
    return [((tonic + degree) % 12, quality) for degree, quality in degrees] * times + [(tonic % 12, home)]


MAJOR = ((0, "maj"), (5, "maj"), (7, "maj"), (9, "min"))
MINOR = ((0, "min"), (8, "maj"), (3, "maj"), (10, "maj"))


@pytest.mark.parametrize("tonic", range(12))
def test_every_key_is_told(tonic):
    assert harmony_of(chroma(*loop(tonic, *MAJOR))).key == Key(tonic, False).name
    assert harmony_of(chroma(*loop(tonic, *MINOR, home="min"))).key == Key(tonic, True).name


@pytest.mark.parametrize(
    ("key", "degrees", "home"),
    [
        ("D major", ((0, "maj"), (10, "maj"), (5, "maj"), (0, "maj")), "maj"),  # mixolydian
        ("D minor", ((0, "min"), (5, "maj"), (0, "min"), (10, "maj")), "min"),  # dorian
        ("D minor", ((0, "min"), (10, "maj"), (8, "maj"), (10, "maj")), "min"),  # aeolian, no dominant
        ("D minor", ((0, "min"), (5, "min"), (7, "7"), (0, "min")), "min"),  # harmonic
        ("D major", ((0, "maj"), (5, "maj"), (5, "min"), (0, "maj")), "maj"),  # with a borrowed chord
    ],
)
def test_modes_have_their_tonic(key, degrees, home):
    heard = harmony_of(chroma(*loop(2, *degrees, home=home)))
    assert heard.key == key
    assert heard.key_confidence > 0.5


def test_a_loop_between_relative_keys_is_doubted():
    """vi IV I V: its end decides, and the other key is named."""
    degrees = ((9, "min"), (5, "maj"), (0, "maj"), (7, "maj"))
    major = harmony_of(chroma(*loop(0, *degrees)))
    minor = harmony_of(chroma(*loop(0, *degrees), (9, "min")))
    assert (major.key, minor.key) == ("C major", "A minor")
    assert minor.key_doubt.key == "C major"
    assert minor.key_doubt.relation == "its relative major"
    assert 0.1 <= minor.key_doubt.share < minor.key_confidence


@pytest.mark.parametrize("up", [1, 2, 3, 6])
def test_a_modulation_is_placed(up):
    first, second = loop(0, *MAJOR, times=3), loop(up, *MAJOR, times=3)
    heard = harmony_of(chroma(*first, *second))
    assert [span.key for span in heard.keys] == ["C major", Key(up, False).name]
    assert heard.keys[1].start_s == pytest.approx(CHORD_S * len(first), abs=4.0)
    assert [remark.kind for remark in heard.notable if remark.kind == "modulation"] == ["modulation"]


def test_a_borrowed_chord_is_no_modulation():
    heard = harmony_of(chroma(*loop(0, *MAJOR), *loop(0, (5, "min"), (0, "maj"), times=1), *loop(0, *MAJOR)))
    assert [span.key for span in heard.keys] == ["C major"]


def test_a_drone_has_no_key():
    t = np.arange(22050 * 12) / 22050
    drone = 0.05 * sum(np.sin(2 * np.pi * 98.0 * k * t + k) / k for k in range(1, 12))
    heard = harmony_of(chroma_of(Audio(drone, 22050)))
    assert heard.key is None
    assert heard.tuning_hz == pytest.approx(440, abs=1)
    assert any(doubt.about == "key" for doubt in heard.doubts)
    assert all(span.roman is None for span in heard.chords)


def test_chance_has_hardly_a_key():
    sure = []
    for seed in range(8):
        chance = np.random.default_rng(seed)
        heard = harmony_of(chroma(*[(int(chance.integers(12)), "maj") for _ in range(30)], seed=seed))
        sure.append(heard.key_confidence or 0.0)
    assert np.mean(sure) < 0.75


def test_a_short_recording_is_less_sure():
    assert harmony_of(chroma(*loop(0, *MAJOR, times=1))).key_confidence < 0.95
    long = harmony_of(chroma(*loop(0, *MAJOR, times=8))).key_confidence
    assert harmony_of(chroma(*loop(0, *MAJOR, times=1))).key_confidence < long


def test_few_chords_tell_less_of_a_key():
    alone = harmony_of(chroma(*[(7, "maj")] * 20)).key_confidence
    between_two = harmony_of(chroma(*loop(7, (0, "maj"), (10, "maj"), times=10))).key_confidence
    assert alone < 0.71
    assert between_two < 0.86
    assert harmony_of(chroma(*loop(7, *MAJOR, times=5))).key_confidence > 0.86


def test_a_major_end_of_a_piece_in_minor_does_not_make_it_major():
    minor = ((0, "min"), (7, "7"), (0, "min"), (5, "min"), (8, "maj"), (7, "maj"))
    heard = harmony_of(chroma(*loop(2, *minor, times=3, home="maj")))
    assert heard.key == "D minor"
    assert "Picardy third at the end" in {remark.says for remark in heard.notable}


@pytest.mark.parametrize("rate_hz", [8000, 44100])
def test_nothing_pitched_has_no_key(rate_hz):
    for samples in (np.zeros((1, 1)), np.zeros((2, rate_hz * 6)), np.full((1, rate_hz * 6), 0.5)):
        heard = harmony_of(chroma_of(Audio(samples, rate_hz)))
        assert heard.key is None
        assert heard.doubts


def test_the_other_reading_of_a_far_tuning_is_told():
    far = chroma(*loop(0, *MAJOR))
    doubts = harmony_of(
        Chroma(**{name: getattr(far, name) for name in far.__struct_fields__} | {"tuning_hz": 432.0})
    ).doubts
    assert any("457.7 Hz" in doubt.because and "a semitone lower" in doubt.because for doubt in doubts)
    assert not harmony_of(far).doubts


def test_key_names_are_the_usual_ones():
    names = {Key(tonic, minor).name for tonic, minor in itertools.product(range(12), (False, True))}
    assert {"Bb minor", "F# minor", "Eb minor", "Db major", "F# major", "G# minor"} <= names
    assert all(parsed_key(name).name == name for name in names)
    assert parsed_key("A# minor") == parsed_key("Bb minor")
    assert [parsed_key(note).tonic for note in FLATS] == list(range(12))


@pytest.mark.recordings
def test_a_choir_on_one_chord_has_its_key(recordings):
    with AudioFile(recordings / "songs" / "hydrogen" / "BGVOX AAHH.m4a") as file:
        heard = harmony_of(chroma_of(file))
    assert heard.key == "D major"
    assert heard.tuning_hz == pytest.approx(440, abs=1.5)


@pytest.mark.recordings
def test_drums_alone_have_none(recordings):
    with AudioFile(recordings / "band" / "drums.mp3") as file:
        heard = harmony_of(chroma_of(file))
    assert heard.key is None
    assert heard.chords == ()
