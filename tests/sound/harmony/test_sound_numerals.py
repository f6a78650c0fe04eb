"""Numerals, remarks and progressions, as a musician would name them."""

import msgspec
import pytest

from controlroom.sound.harmony import ChordSpan, KeySpan, parsed_chord, parsed_key, progressions
from controlroom.sound.harmony.notable import remarks

BAR_S = 2.0


class Part(msgspec.Struct):
    start_s: float
    end_s: float
    label: str


def played(key, *chords, bars=1.0):
    """The chords (Harte syntax), `bars` each, and their key."""
    length_s = BAR_S * bars
    spans = [
        ChordSpan(
            start_s=index * length_s,
            end_s=(index + 1) * length_s,
            chord=chord,
            roman=parsed_chord(chord).numeral(parsed_key(key)),
            confidence=0.9,
        )
        for index, chord in enumerate(chords)
    ]
    return spans, [KeySpan(start_s=0.0, end_s=length_s * len(chords), key=key, confidence=0.9)]


def bars(count):
    return [BAR_S * bar for bar in range(count)]


@pytest.mark.parametrize(
    ("key", "chord", "numeral"),
    [
        ("C major", "C:maj", "I"),
        ("C major", "G:7", "V7"),
        ("C major", "Bb:maj", "bVII"),
        ("C major", "A:min7", "vi7"),
        ("C major", "D:hdim7", "iiø"),
        ("C major", "B:dim", "vii°"),
        ("C major", "F:maj7/3", "IVmaj7"),
        ("Eb major", "Bb:sus4", "Vsus4"),
        ("A minor", "F:maj", "VI"),
        ("A minor", "G:maj", "VII"),
        ("A minor", "E:7", "V7"),
        ("A minor", "Bb:maj", "bII"),
        ("F# minor", "B:min", "iv"),
    ],
)
def test_a_chord_has_its_numeral(key, chord, numeral):
    assert parsed_chord(chord).numeral(parsed_key(key)) == numeral


def said(key, *chords, kind=None, downbeats_s=()):
    return [remark.says for remark in remarks(*played(key, *chords), downbeats_s) if kind in (None, remark.kind)]


def test_a_borrowed_chord_is_named_with_its_bar():
    chords = ["C:maj", "A:min", "F:maj", "F:min", "C:maj", "G:maj", "F:min", "C:maj"]
    assert said("C major", *chords, kind="borrowed", downbeats_s=bars(8)) == [
        "the iv (Fm) of bar 4 is borrowed from C minor"
    ]


def test_keys_with_flats_keep_them():
    assert said("Ab major", "Ab:maj", "Gb:maj", "Db:maj", "Ab:maj", kind="borrowed") == [
        "the bVII (Gb) at 0:02 is borrowed from Ab minor"
    ]


def test_the_chords_of_the_key_are_not_borrowed():
    assert not said("C major", "C:maj", "D:min7", "E:min", "F:maj7", "G:7", "A:min", "B:dim", kind="borrowed")
    assert not said("A minor", "A:min", "E:7", "F:maj", "G:maj", "D:min", "G#:dim", "C:maj", kind="borrowed")


def test_nothing_is_borrowed_where_the_mode_is_in_doubt():
    chords = ["D:min", "A:maj", "Bb:maj", "G:min", "D:maj", "G:maj", "D:maj"]
    spans, keys = played("D major", *chords)
    assert [one.kind for one in remarks(spans, keys, ())].count("borrowed") == 2  # Bb and Gm, the tonic is none
    doubted = [msgspec.structs.replace(keys[0], confidence=0.66)]
    assert "borrowed" not in [one.kind for one in remarks(spans, doubted, ())]
    unknown = [msgspec.structs.replace(keys[0], confidence=0.4)]
    assert remarks(spans, unknown, ()) == ()


def test_a_secondary_dominant_is_one_only_where_it_leads():
    leads = said("C major", "C:maj", "D:7", "G:maj", "C:maj", kind="secondary dominant")
    assert leads == ["D7 is V7/V: it leads to G"]
    assert not said("C major", "C:maj", "D:7", "F:maj", "C:maj", kind="secondary dominant")
    assert not said("C major", "C:maj", "F:maj", "C:maj", "G:7", "C:maj", kind="secondary dominant")


def test_endings_are_cadences():
    assert said("C major", "C:maj", "F:maj", "G:7", "C:maj") == ["authentic cadence at the end"]
    assert said("C major", "C:maj", "G:maj", "F:maj", "C:maj") == ["plagal cadence at the end"]
    assert said("C major", "C:maj", "G:maj", "F:min", "C:maj", kind="cadence") == ["minor plagal cadence at the end"]
    assert said("C major", "C:maj", "F:maj") == []
    assert said("D minor", "D:min", "G:min", "A:7", "D:maj") == ["Picardy third at the end"]


def test_a_deceptive_cadence_is_the_exception():
    home = ["C:maj", "F:maj", "G:7"] * 4
    once = said("C major", *home, "A:min", "F:maj", "G:7", "C:maj", kind="cadence")
    assert once == ["deceptive cadence: the dominant goes to Am", "authentic cadence at the end"]
    assert not said("C major", *["C:maj", "G:maj", "A:min", "F:maj"] * 4, kind="cadence")


def test_a_loop_is_found_and_named_once():
    chords, keys = played("G major", *["G:maj", "D:maj", "E:min", "C:maj"] * 4, bars=2)
    (verse,) = progressions(chords, keys, [Part(0.0, 64.0, "verse")], bars(32))
    assert verse.numerals == ("I", "V", "vi", "IV")
    assert verse.bars == (2, 2, 2, 2)
    assert verse.times == 4
    assert verse.says == "I V vi IV, 2 bars each, 4 times"


def test_one_chord_is_no_loop():
    chords, keys = played("C major", *["C:maj"] * 4)
    (chorus,) = progressions(chords, keys, [Part(0.0, 8.0, "chorus")], bars(4))
    assert chorus.says == "stays on I"


def test_an_odd_bar_does_not_hide_the_loop():
    chords, keys = played("G major", *["G:maj", "D:maj", "E:min", "C:maj"] * 3, *["G:maj", "D:maj", "E:min7", "A:min"])
    (verse,) = progressions(chords, keys, [Part(0.0, 32.0, "verse")], bars(16))
    assert verse.says == "I V vi IV, 1 bar each, 4 times"


def test_the_way_into_a_section_is_a_cadence():
    chords, keys = played("C major", "C:maj", "A:min", "C:maj", "F:maj", "C:maj", "G:maj", "C:maj", "G:maj")
    parts = [Part(0.0, 8.0, "verse"), Part(8.0, 16.0, "chorus")]
    verse, chorus = progressions(chords, keys, parts, bars(8))
    assert verse.cadence is None
    assert chorus.cadence == "plagal cadence into the chorus"
    assert chorus.says == "I V, 1 bar each, twice"


def test_without_bars_there_is_nothing_to_name():
    chords, keys = played("C major", "C:maj", "F:maj")
    assert progressions(chords, keys, [Part(0.0, 4.0, "verse")], []) == ()
    assert progressions(chords, keys, [], bars(2)) == ()


@pytest.mark.parametrize(
    ("key", "chords"),
    [
        ("C major", "Bb:maj Eb:maj Ab:maj Db:maj F#:dim D:7"),
        ("A major", "G:maj C:maj F:maj Bb:maj G#:dim"),
        ("E major", "D:maj G:maj F#:7 A#:dim"),
        ("D minor", "Bb:maj Eb:maj C#:dim F:maj F#:maj"),
        ("F# minor", "E#:dim G:maj A:maj D:maj"),
        ("Eb minor", "Cb:maj Gb:maj D:dim"),
        ("Eb major", "E:dim B:maj Db:maj A:dim"),  # Fb, Cb and Bbb are read by nobody
        ("Db major", "B:maj A:maj Gb:min C:dim"),
    ],
)
def test_chords_are_written_by_their_degree(key, chords):
    for chord in chords.split():
        assert parsed_chord(chord).harte(parsed_key(key)) == chord
        assert parsed_chord(parsed_chord(chord).harte(parsed_key(key))) == parsed_chord(chord)
