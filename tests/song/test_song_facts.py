"""Identifiers, keys, tempos, shares, remarks, and what is checked about them."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from controlroom.song import identifiers
from controlroom.song.model import Person, Sheet, Split
from controlroom.song.musical import key_name, meter_name, rate_in_hz, share_of_one, tempo_bpm
from controlroom.song.remarks import Remark, clock, seconds_of
from controlroom.song.validate import validate_people, validate_references, validate_splits
from controlroom.song.words import natural, words_of


@pytest.mark.parametrize(
    ("read", "written", "normal"),
    [
        (identifiers.isrc, "US-S1Z-99-00001", "USS1Z9900001"),
        (identifiers.isrc, "isrc gbaye6300106", "GBAYE6300106"),
        (identifiers.isrc, "QZ ABC 24 00001", "QZABC2400001"),
        (identifiers.isrc, "US-S1Z-99-0001", None),
        (identifiers.isrc, "U1-S1Z-99-00001", None),
        (identifiers.iswc, "T-034.524.680-1", "T0345246801"),
        (identifiers.iswc, "ISWC T0345246801", "T0345246801"),
        (identifiers.iswc, "T-034.524.680-2", None),
        (identifiers.iswc, "034.524.680-1", None),
        (identifiers.ipi, "00014107338", "00014107338"),
        (identifiers.ipi, "IPI 14107338", None),
        (identifiers.ipi, "014107338", "00014107338"),
        (identifiers.ipi, "00014107339", None),
        (identifiers.ipi, "00000000000", None),
        (identifiers.isni, "0000 0001 2103 2683", "0000000121032683"),
        (identifiers.isni, "0000 0001 2103 2684", None),
        (identifiers.isni, "000000012146438X", "000000012146438X"),
    ],
)
def test_identifiers_have_one_normal_form_or_none(read, written, normal):
    assert read(written) == normal


def test_identifiers_are_printed_as_on_paper():
    assert identifiers.isrc_with_hyphens("USS1Z9900001") == "US-S1Z-99-00001"
    assert identifiers.iswc_with_dots("T0345246801") == "T-034.524.680-1"


@settings(deadline=None)
@given(st.integers(0, 10**9 - 1), st.integers(0, 8), st.integers(1, 9))
def test_a_wrong_figure_in_an_iswc_is_noticed_when_its_place_allows(number, place, change):
    digits = f"{number:09d}"
    check = next(c for c in "0123456789" if identifiers.iswc(f"T{digits}{c}"))
    wrong = digits[:place] + str((int(digits[place]) + change) % 10) + digits[place + 1 :]
    moved = (place + 1) * (int(wrong[place]) - int(digits[place])) % 10
    assert (identifiers.iswc(f"T{wrong}{check}") is None) == (moved != 0)


@settings(deadline=None)
@given(st.integers(1, 10**9 - 1), st.integers(0, 8), st.integers(1, 9))
def test_a_wrong_figure_in_an_ipi_is_nearly_always_noticed(number, place, change):
    digits = f"{number:09d}"
    checks = [c for c in range(100) if identifiers.ipi(f"{digits}{c:02d}")]
    assert len(checks) == 1
    wrong = digits[:place] + str((int(digits[place]) + change) % 10) + digits[place + 1 :]
    weights = sum((10 - at) * int(digit) for at, digit in enumerate(wrong)) % 101
    assert bool(identifiers.ipi(f"{wrong}{checks[0]:02d}")) == (
        int(wrong) > 0 and (101 - weights) % 101 % 100 == checks[0]
    )


@pytest.mark.parametrize(
    ("written", "key"),
    [
        ("F# minor", "F# minor"),
        ("F#m", "F# minor"),
        ("f sharp minor", "F# minor"),
        ("F♯ min", "F# minor"),
        ("fis-Moll", "F# minor"),
        ("Bb", "Bb major"),
        ("B♭ maj", "Bb major"),
        ("B-Dur", "Bb major"),
        ("H-Moll", "B minor"),
        ("B minor", "B minor"),
        ("Es-Dur", "Eb major"),
        ("As dur", "Ab major"),
        ("si bémol majeur", "Bb major"),
        ("Re menor", "D minor"),
        ("la minore", "A minor"),
        ("C", "C major"),
        ("Am", "A minor"),
        ("AM", "A major"),
        ("Abm", "Ab minor"),
        ("C# MAJOR", "C# major"),
        ("8A", "A minor"),
        ("8B", "C major"),
        ("11A", "F# minor"),
        ("1b", "B major"),
        ("5A", "C minor"),
        ("D dorian", None),
        ("X", None),
        ("", None),
        (7, None),
        ("minor", None),
        ("A#", "A# major"),
    ],
)
def test_keys_as_people_write_them(written, key):
    assert key_name(written) == key


@pytest.mark.parametrize(
    ("written", "bpm"),
    [
        (120, 120),
        ("120 bpm", 120),
        ("♩ = 92", 92),
        ("120,5", 120.5),
        (19, None),
        (401, None),
        ("fast", None),
        (True, None),
        (None, None),
    ],
)
def test_tempos_as_people_write_them(written, bpm):
    assert tempo_bpm(written) == bpm


@pytest.mark.parametrize(
    ("written", "meter"),
    [
        ("4/4", "4/4"),
        (" 6 / 8 ", "6/8"),
        (3, "3/4"),
        ("C", "4/4"),
        ("7/8", "7/8"),
        ("4/5", None),
        ("0/4", None),
        (True, None),
        ("x", None),
    ],
)
def test_meters_as_people_write_them(written, meter):
    assert meter_name(written) == meter


@pytest.mark.parametrize(
    ("written", "rate"),
    [(48000, 48000), ("48k", 48000), ("44.1 kHz", 44100), (44.1, 44100), ("96000 Hz", 96000), (1, None), ("x", None)],
)
def test_rates_as_people_write_them(written, rate):
    assert rate_in_hz(written) == rate


@pytest.mark.parametrize(
    ("written", "share"),
    [
        ("50%", Fraction(1, 2)),
        ("1/3", Fraction(1, 3)),
        (0.5, Fraction(1, 2)),
        ("33,3 %", Fraction(333, 1000)),
        (50, Fraction(1, 2)),
        (1, Fraction(1)),
        ("100%", Fraction(1)),
        ("0.5%", Fraction(1, 200)),
        ("-10%", Fraction(-1, 10)),
        ("3/2", Fraction(3, 2)),
        ("1/0", None),
        ("half", None),
        (True, None),
        (None, None),
        ("", None),
    ],
)
def test_shares_as_people_write_them(written, share):
    assert share_of_one(written) == share


def split(name: str, share: str, of: str = "work") -> Split:
    return Split(name=name, share=Fraction(share), of="work" if of == "work" else "recording")


def test_shares_that_add_up_are_fine():
    sheet = Sheet(splits=(split("a", "1/3"), split("b", "2/3"), split("c", "1", "recording")))
    assert validate_splits(sheet) == ()
    assert validate_splits(Sheet()) == ()


def test_shares_that_do_not_add_up_are_found_for_each_kind():
    findings = validate_splits(
        Sheet(splits=(split("a", "1/2"), split("b", "3/4", "recording"), split("c", "1/2", "recording")))
    )
    assert [(finding.code, finding.args) for finding in findings] == [
        ("splits_sum", {"of": "work", "total": "50%"}),
        ("splits_sum", {"of": "recording", "total": "125%"}),
    ]
    assert findings[0].says() == "The shares of the work add up to 50%, not to 100%."


def test_negative_and_double_shares_are_found():
    findings = validate_splits(Sheet(splits=(split("Ana", "3/2"), split("Bo", "-1/2"))))
    assert [finding.code for finding in findings] == ["split_negative"]
    findings = validate_splits(Sheet(splits=(split("Ana", "1/2"), split("ana", "1/2"))))
    assert [finding.code for finding in findings] == ["split_twice"]


def test_thirds_do_not_add_up_when_written_as_decimals():
    finding = validate_splits(Sheet(splits=tuple(split(name, "0.3333") for name in "abc")))[0]
    assert finding.args["total"] == "99.99%"


def test_wrong_check_digits_of_people_are_found():
    people = (Person(name="Ana", ipi="00014107338"), Person(name="Bo", ipi="00014107339", isni="0000 0001 2103 2684"))
    findings = validate_people(Sheet(people=people))
    assert [finding.args["kind"] for finding in findings] == ["IPI", "ISNI"]
    assert "Bo" in findings[0].says()


def test_references_that_are_not_there_are_found(tmp_path):
    (tmp_path / "a.wav").write_bytes(b"")
    findings = validate_references(Sheet(references=(Path("a.wav"), Path("b.wav"))), tmp_path)
    assert [finding.path for finding in findings] == ["b.wav"]


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("83", 83), ("1:23", 83), ("1:02:03.5", 3723.5), ("0:05,25", 5.25), ("1:75", None), ("soon", None), ("", None)],
)
def test_places_in_time_as_people_say_them(text, seconds):
    assert seconds_of(text) == seconds


@settings(deadline=None)
@given(st.integers(0, 100_000))
def test_a_clock_says_what_is_read_back(seconds):
    assert seconds_of(clock(seconds)) == seconds


def test_a_remark_is_a_value():
    assert Remark(text="louder", author="Ana", at_s=83.0) == Remark(text="louder", author="Ana", at_s=83.0)


def test_words_and_natural_order():
    assert words_of("03_KickIn-BGVox2DT") == ("03", "kick", "in", "bg", "vox", "2", "dt")
    assert words_of("OHs") == ("ohs",)
    assert sorted(["take 10", "Take 2", "take 1b", "take 1"], key=natural) == ["take 1", "take 1b", "Take 2", "take 10"]
